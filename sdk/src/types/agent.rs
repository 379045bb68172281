//! What an agent is doing.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, count, optional, some, time, wire_enum},
    generated as wire,
};

/// An agent's state and room.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentState {
    /// The agent.
    pub agent_id: String,
    /// The state.
    pub status: AgentStatus,
    /// Why not ready: the agent's own word, or one of the service's: `no-answer`, `declined`, `signed-in`.
    pub reason: Option<String>,
    /// Set while a NOT_READY asked for while busy waits for the work to be done.
    pub next_status: Option<AgentStatus>,
    /// Its reason.
    pub next_reason: Option<String>,
    /// Sessions held + offers ringing + wrap-ups.
    pub units: u32,
    /// How many of those may be at once.
    pub capacity: u32,
    /// Since when in this state.
    pub since_time: SystemTime,
}

impl FromWire<wire::AgentState> for AgentState {
    fn from_wire(wire: wire::AgentState) -> Self {
        Self {
            agent_id: wire.agent_id,
            status: AgentStatus::from_wire(wire.status),
            reason: some(wire.reason),
            next_status: optional(wire.next_status),
            next_reason: some(wire.next_reason),
            units: count(wire.units),
            capacity: count(wire.capacity),
            since_time: time(wire.since_time.unwrap_or_default()),
        }
    }
}

wire_enum! {
    /// What an agent is doing, as they or the service set it.
    AgentStatus {
        /// Not signed in.
        SignedOut,
        /// Takes router offers.
        Ready,
        /// Takes invitations only.
        NotReady,
    }
}
