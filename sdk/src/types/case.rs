//! What a session is about, where it waits and what came of it.

use std::time::{Duration, SystemTime};

use crate::{
    convert::{FromWire, duration, time},
    generated as wire,
};

/// A named value given at the start of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attribute {
    /// `[A-Za-z0-9_-]{1,64}`.
    pub name: String,
    /// Up to 4 KiB; 64 KiB for all of a session together.
    pub value: String,
    /// True when an integrator gave it; false when the customer said so themselves. Output only.
    pub verified: bool,
}

impl FromWire<wire::Attribute> for Attribute {
    fn from_wire(wire: wire::Attribute) -> Self {
        Self { name: wire.name, value: wire.value, verified: wire.verified }
    }
}

/// A session's place in one service queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueEntry {
    /// The queue.
    pub queue_id: String,
    /// When it entered this queue.
    pub enter_time: SystemTime,
    /// Time it spent unattended before that; counts for its place.
    pub waited_before: Duration,
    /// When `max_wait` runs out. Staff only.
    pub expire_time: Option<SystemTime>,
}

impl FromWire<wire::QueueEntry> for QueueEntry {
    fn from_wire(wire: wire::QueueEntry) -> Self {
        Self {
            queue_id: wire.queue_id,
            enter_time: time(wire.enter_time.unwrap_or_default()),
            waited_before: duration(wire.waited_before.unwrap_or_default()),
            expire_time: wire.expire_time.map(time),
        }
    }
}

/// After-chat work of one agent on one session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WrapUp {
    /// The session.
    pub session_id: String,
    /// The agent.
    pub agent_id: String,
    /// When it ends by itself, with disposition NONE_GIVEN if none was set.
    pub expire_time: SystemTime,
}

impl FromWire<wire::WrapUp> for WrapUp {
    fn from_wire(wire: wire::WrapUp) -> Self {
        Self {
            session_id: wire.session_id,
            agent_id: wire.agent_id,
            expire_time: time(wire.expire_time.unwrap_or_default()),
        }
    }
}

/// What an agent says of a session's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Disposition {
    /// The agent.
    pub agent_id: String,
    /// The code, `[A-Za-z0-9_-]{1,64}`; NONE_GIVEN when the wrap-up timed out without one.
    pub code: String,
}

impl FromWire<wire::Disposition> for Disposition {
    fn from_wire(wire: wire::Disposition) -> Self {
        Self { agent_id: wire.agent_id, code: wire.code }
    }
}
