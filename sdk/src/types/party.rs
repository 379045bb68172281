//! Who takes part in a session.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, some, time},
    generated as wire,
};

/// The customer of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Customer {
    /// The customer's id. Staff only; empty once erased.
    pub customer_id: Option<String>,
    /// The name to show, if known.
    pub display_name: Option<String>,
    /// No Watch of theirs is open. Integrator-run customers are never away. Staff only.
    pub away: bool,
}

impl FromWire<wire::Customer> for Customer {
    fn from_wire(wire: wire::Customer) -> Self {
        Self { customer_id: some(wire.customer_id), display_name: some(wire.display_name), away: wire.away }
    }
}

/// An agent's membership in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// Number within the session, from 1 in order of joining; a return is a new one.
    pub participant_id: String,
    /// The agent. Staff only.
    pub agent_id: Option<String>,
    /// The name to show.
    pub display_name: String,
    /// Connected now.
    pub connected: bool,
    /// When they joined.
    pub join_time: SystemTime,
    /// When they left; unset while connected.
    pub leave_time: Option<SystemTime>,
    /// They help who attends the session, and attend nobody.
    pub assistant: bool,
}

impl FromWire<wire::Participant> for Participant {
    fn from_wire(wire: wire::Participant) -> Self {
        Self {
            participant_id: wire.participant_id,
            agent_id: some(wire.agent_id),
            display_name: wire.display_name,
            connected: wire.connected,
            join_time: time(wire.join_time.unwrap_or_default()),
            leave_time: wire.leave_time.map(time),
            assistant: wire.assistant,
        }
    }
}

/// How far someone has read; cumulative.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadMark {
    /// The participant's number; `0` is the customer.
    pub participant_id: String,
    /// Everything up to this revision, in the caller's numbering.
    pub revision: u64,
}

impl FromWire<wire::ReadMark> for ReadMark {
    fn from_wire(wire: wire::ReadMark) -> Self {
        Self { participant_id: wire.participant_id, revision: wire.revision }
    }
}
