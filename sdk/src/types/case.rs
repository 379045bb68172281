//! What a session is about, where it waits and what came of it.

use std::time::{Duration, SystemTime};

use crate::{
    convert::{FromWire, count, duration, list, optional, some, time, wire_enum},
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
    /// What is wanted of its agent now. Staff only.
    pub wanted_skills: Vec<WantedSkill>,
    /// The agent who alone is asked for now. Staff only.
    pub preferred_agent_id: Option<String>,
    /// Until when. Staff only.
    pub preferred_until_time: Option<SystemTime>,
}

impl FromWire<wire::QueueEntry> for QueueEntry {
    fn from_wire(wire: wire::QueueEntry) -> Self {
        Self {
            queue_id: wire.queue_id,
            enter_time: time(wire.enter_time.unwrap_or_default()),
            waited_before: duration(wire.waited_before.unwrap_or_default()),
            expire_time: wire.expire_time.map(time),
            wanted_skills: list(wire.wanted_skills),
            preferred_agent_id: some(wire.preferred_agent_id),
            preferred_until_time: wire.preferred_until_time.map(time),
        }
    }
}

/// A skill that a session wants of its agent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedSkill {
    /// `[A-Za-z0-9_-]{1,64}`.
    pub skill: String,
    /// At least this well, 1 to 100.
    pub level: u32,
}

impl FromWire<wire::WantedSkill> for WantedSkill {
    fn from_wire(wire: wire::WantedSkill) -> Self {
        Self { skill: wire.skill, level: wire.level }
    }
}

wire_enum! {
    /// How a customer writes.
    Channel {
        /// In a page or an app that is open.
        Web,
        /// By a messenger: answers may take hours.
        Messenger,
    }
}

/// An agent asks for help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Who.
    pub agent_id: String,
    /// Since when.
    pub raise_time: SystemTime,
}

impl FromWire<wire::Flag> for Flag {
    fn from_wire(wire: wire::Flag) -> Self {
        Self { agent_id: wire.agent_id, raise_time: time(wire.raise_time.unwrap_or_default()) }
    }
}

/// How a waiting customer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitStatus {
    /// The queue.
    pub queue_id: String,
    /// The place in it, from 1; 1,000 stands for that and more.
    pub position: u32,
    /// How long it will still take, when that is known.
    pub estimated_wait: Option<Duration>,
    /// Why it is worse than what was told before; `None` when it isn't.
    pub change: Option<WaitChange>,
}

impl FromWire<wire::WaitStatus> for WaitStatus {
    fn from_wire(wire: wire::WaitStatus) -> Self {
        Self {
            queue_id: wire.queue_id,
            position: count(wire.position),
            estimated_wait: wire.estimated_wait.map(duration),
            change: optional(wire.change),
        }
    }
}

wire_enum! {
    /// Why a wait became longer.
    WaitChange {
        /// Somebody with a higher priority, or who has waited longer elsewhere, entered before.
        OthersFirst,
        /// The queue is slower than it was.
        Slower,
        /// It waits in another queue now.
        Moved,
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

/// What an agent may say of a session's outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DispositionChoices {
    /// The codes, in the queue's order; none is any.
    pub codes: Vec<String>,
    /// The agent's after-chat work can't be completed without one.
    pub required: bool,
}

impl FromWire<wire::ListDispositionsResponse> for DispositionChoices {
    fn from_wire(wire: wire::ListDispositionsResponse) -> Self {
        Self { codes: wire.codes, required: wire.required }
    }
}
