//! Whom one could invite.

use std::time::{Duration, SystemTime};

use crate::{
    convert::{FromWire, count, duration, time},
    generated as wire,
};

use super::AgentState;

/// One row of the Invite window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// A colleague.
    Agent(AgentTarget),
    /// A queue.
    Queue(QueueTarget),
}

/// Which row of the Invite window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TargetId {
    /// A colleague, by the agent's id.
    Agent(String),
    /// A queue, by its id.
    Queue(String),
}

impl TargetId {
    pub(crate) fn to_wire(&self) -> wire::TargetRef {
        let target = match self {
            Self::Agent(id) => wire::target_ref::Target::AgentId(id.clone()),
            Self::Queue(id) => wire::target_ref::Target::QueueId(id.clone()),
        };
        wire::TargetRef { target: Some(target) }
    }

    pub(crate) fn from_wire(wire: wire::TargetRef) -> Option<Self> {
        Some(match wire.target? {
            wire::target_ref::Target::AgentId(id) => Self::Agent(id),
            wire::target_ref::Target::QueueId(id) => Self::Queue(id),
        })
    }
}

impl Target {
    /// Which row it is.
    pub fn id(&self) -> TargetId {
        match self {
            Self::Agent(agent) => TargetId::Agent(agent.state.agent_id.clone()),
            Self::Queue(queue) => TargetId::Queue(queue.queue_id.clone()),
        }
    }
}

/// A colleague in the Invite window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentTarget {
    /// The colleague's state and room.
    pub state: AgentState,
    /// Their name.
    pub display_name: String,
    /// Whether they are a supervisor.
    pub supervisor: bool,
    /// The queues they serve.
    pub queue_ids: Vec<String>,
    /// What they can do, and how well, 1 to 100.
    pub skills: Vec<(String, u32)>,
    /// Whether the agent marked them as a favourite.
    pub favourite: bool,
    /// The teams they are in.
    pub team_ids: Vec<String>,
    /// Units that are free; 0 for who is signed out.
    pub room: u32,
}

impl FromWire<wire::AgentTarget> for AgentTarget {
    fn from_wire(wire: wire::AgentTarget) -> Self {
        Self {
            state: AgentState::from_wire(wire.state.unwrap_or_default()),
            display_name: wire.display_name,
            supervisor: wire.supervisor,
            queue_ids: wire.queue_ids,
            skills: wire.skills.into_iter().map(|skill| (skill.skill, skill.level)).collect(),
            favourite: wire.favourite,
            team_ids: wire.team_ids,
            room: count(wire.room),
        }
    }
}

/// A queue in the Invite window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueTarget {
    /// The queue.
    pub queue_id: String,
    /// Its name.
    pub display_name: String,
    /// Sessions waiting in it.
    pub waiting: u32,
    /// How long the first of them has waited in it; zero in a window that stays current, which has `waiting_since`.
    pub longest_wait: Duration,
    /// Agents who are ready and serve it.
    pub ready_agents: u32,
    /// Agents who are signed in and serve it.
    pub signed_in_agents: u32,
    /// Within its hours.
    pub open: bool,
    /// How long a session that enters now will wait, when that is known.
    pub estimated_wait: Option<Duration>,
    /// Whether the agent marked it as a favourite.
    pub favourite: bool,
    /// Since when the first of them has waited in it.
    pub waiting_since: Option<SystemTime>,
}

impl FromWire<wire::QueueTarget> for QueueTarget {
    fn from_wire(wire: wire::QueueTarget) -> Self {
        Self {
            queue_id: wire.queue_id,
            display_name: wire.display_name,
            waiting: count(wire.waiting),
            longest_wait: duration(wire.longest_wait.unwrap_or_default()),
            ready_agents: count(wire.ready_agents),
            signed_in_agents: count(wire.signed_in_agents),
            open: wire.open,
            estimated_wait: wire.estimated_wait.map(duration),
            favourite: wire.favourite,
            waiting_since: wire.waiting_since.map(time),
        }
    }
}

/// `None` for a kind of row that this version of the client doesn't know.
impl FromWire<wire::Target> for Option<Target> {
    fn from_wire(wire: wire::Target) -> Self {
        match wire.kind? {
            wire::target::Kind::Agent(agent) => Some(Target::Agent(AgentTarget::from_wire(agent))),
            wire::target::Kind::Queue(queue) => Some(Target::Queue(QueueTarget::from_wire(queue))),
        }
    }
}
