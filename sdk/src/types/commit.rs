//! What happens in a center.

use std::time::SystemTime;

use crate::{
    Actor, AgentStatus, Event,
    convert::{FromWire, some, time, wire_enum},
    generated::{self as wire, center_event::Kind},
};

/// What was decided at once in a center: all of it happened, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// Its number in the center.
    pub center_seq: u64,
    /// When it was decided.
    pub create_time: SystemTime,
    /// What happened, in order; at least one.
    pub events: Vec<CenterEvent>,
}

impl FromWire<wire::Commit> for Commit {
    fn from_wire(wire: wire::Commit) -> Self {
        Self {
            center_seq: wire.center_seq,
            create_time: time(wire.create_time.unwrap_or_default()),
            events: wire.events.into_iter().map(CenterEvent::from_wire).collect(),
        }
    }
}

/// Something that happened in a center.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CenterEvent {
    /// In a session, as staff sees it.
    #[non_exhaustive]
    SessionHappened {
        /// The session.
        session_id: String,
        /// What.
        event: Box<Event>,
    },
    /// An agent's state is another.
    #[non_exhaustive]
    AgentStateChanged {
        /// The agent.
        agent_id: String,
        /// The state.
        status: AgentStatus,
        /// Why not ready.
        reason: Option<String>,
        /// They stay as they are until their work is done, and are in that state from then on.
        once_work_is_done: bool,
    },
    /// Somebody did what is to be accounted for.
    #[non_exhaustive]
    AuditRecorded {
        /// What.
        kind: AuditKind,
        /// Who.
        actor: Actor,
        /// The integrator that acted for them, if one did.
        acting_service: Option<Actor>,
        /// The session, agent, queue, canned response or service; none for the settings, and for a customer.
        subject_id: Option<String>,
    },
    /// Something that this version of the SDK doesn't know.
    Unknown,
}

impl FromWire<wire::CenterEvent> for CenterEvent {
    fn from_wire(wire: wire::CenterEvent) -> Self {
        match wire.kind {
            Some(Kind::SessionHappened(it)) => Self::SessionHappened {
                session_id: it.session_id,
                event: Box::new(Event::from_wire(it.event.unwrap_or_default())),
            },
            Some(Kind::AgentStateChanged(it)) => Self::AgentStateChanged {
                agent_id: it.agent_id,
                status: AgentStatus::from_wire(it.status),
                reason: some(it.reason),
                once_work_is_done: it.once_work_is_done,
            },
            Some(Kind::AuditRecorded(it)) => Self::AuditRecorded {
                kind: AuditKind::from_wire(it.kind),
                actor: Actor::from_wire(it.actor.unwrap_or_default()),
                acting_service: it.acting_service.map(Actor::from_wire),
                subject_id: some(it.subject_id),
            },
            None => Self::Unknown,
        }
    }
}

wire_enum! {
    /// What is accounted for.
    AuditKind {
        /// A supervisor looks into a session without being in it.
        MonitoringStarted,
        /// They no longer do.
        MonitoringStopped,
        /// An agent's state was set by somebody else.
        AgentForced,
        /// The center's settings were put.
        SettingsPut,
        /// A queue was put.
        QueuePut,
        /// An agent was put.
        AgentPut,
        /// A queue was deleted.
        QueueDeleted,
        /// An agent was deleted.
        AgentDeleted,
        /// A shared canned response was put.
        CannedResponsePut,
        /// A shared canned response was deleted.
        CannedResponseDeleted,
        /// Somebody's credentials were revoked.
        CredentialsRevoked,
    }
}
