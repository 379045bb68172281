//! An agent or supervisor, as it is configured.

use crate::generated as wire;

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

    /// They are a supervisor.
    pub fn supervisor(mut self) -> Self {
        self.0.supervisor = true;
        self
    }
}
