//! An agent or supervisor, as it is configured.

use crate::{convert::wire_enum, generated as wire};

wire_enum! {
    /// What not every agent may do.
    AgentPermission {
        /// Take a session from a queue that they serve, out of its order.
        TakeFromQueue,
        /// Go beyond their capacity when they take a session, barge in or take over.
        OverrideCapacity,
    }
}

/// An agent or supervisor, as it is configured.
#[must_use = "nothing changes before `apply`"]
#[derive(Clone, Debug, PartialEq)]
pub struct Agent(pub(crate) wire::Agent);

impl Agent {
    /// An agent: an id, `[A-Za-z0-9_-]{1,64}`, which is the `sub` of their token; and the name that customers and
    /// colleagues see, 1 to 128 bytes.
    pub fn new(agent_id: impl Into<String>, display_name: impl Into<String>) -> Self {
        Self(wire::Agent { agent_id: agent_id.into(), display_name: display_name.into(), ..Default::default() })
    }

    /// A queue that they serve, besides those named before. Up to 200.
    pub fn queue(mut self, queue_id: impl Into<String>) -> Self {
        self.0.queue_ids.push(queue_id.into());
        self
    }

    /// A team that they are in, `[A-Za-z0-9_-]{1,64}`, besides those named before. Up to 20.
    pub fn team(mut self, team_id: impl Into<String>) -> Self {
        self.0.team_ids.push(team_id.into());
        self
    }

    /// Units that they may hold at once, 1 to 100. Default: the center's setting.
    pub fn capacity(mut self, units: u32) -> Self {
        self.0.capacity = units;
        self
    }

    /// Something that they can do, and how well, 1 to 100. Up to 100.
    pub fn skill(mut self, skill: impl Into<String>, level: u32) -> Self {
        self.0.skills.push(wire::AgentSkill { skill: skill.into(), level });
        self
    }

    /// They are a program that serves customers as an agent does.
    pub fn bot(mut self) -> Self {
        self.0.kind = wire::AgentKind::Bot.into();
        self
    }

    /// They are a program that helps those who attend a session, and attends nobody. It is invited, never routed to.
    pub fn assistant(mut self) -> Self {
        self.0.kind = wire::AgentKind::Assistant.into();
        self
    }

    /// They may do that, besides what was said before.
    pub fn permission(mut self, permission: AgentPermission) -> Self {
        self.0.permissions.push(permission.to_wire());
        self
    }

    /// The agent's id.
    pub fn id(&self) -> &str {
        &self.0.agent_id
    }

    /// They are a supervisor.
    pub fn supervisor(mut self) -> Self {
        self.0.supervisor = true;
        self
    }
}
