//! Which rows of the Invite window are wanted.

use crate::generated as wire;

/// Which rows of the Invite window are wanted; every row at first. Each method leaves fewer.
#[must_use = "it says what to ask for"]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetFilter {
    pub(crate) query: String,
    pub(crate) kinds: Vec<i32>,
    pub(crate) team_id: String,
    pub(crate) skill: String,
    pub(crate) favourites_only: bool,
    pub(crate) available_only: bool,
}

impl TargetFilter {
    /// Every row.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those whose id or name contains this, any case; up to 64 characters.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = query.into();
        self
    }

    /// Colleagues; with [`queues`](Self::queues) both.
    pub fn agents(mut self) -> Self {
        self.kinds.push(wire::TargetKind::Agent.into());
        self
    }

    /// Queues; with [`agents`](Self::agents) both.
    pub fn queues(mut self) -> Self {
        self.kinds.push(wire::TargetKind::Queue.into());
        self
    }

    /// Colleagues of a team, and no queues.
    pub fn team(mut self, team_id: impl Into<String>) -> Self {
        self.team_id = team_id.into();
        self
    }

    /// Colleagues with a skill, and no queues.
    pub fn skill(mut self, skill: impl Into<String>) -> Self {
        self.skill = skill.into();
        self
    }

    /// What the agent marked as a favourite.
    pub fn favourites(mut self) -> Self {
        self.favourites_only = true;
        self
    }

    /// Those who could take a session now: colleagues who are signed in and have room, queues that somebody serves.
    pub fn available(mut self) -> Self {
        self.available_only = true;
        self
    }
}

impl From<&str> for TargetFilter {
    fn from(query: &str) -> Self {
        Self::new().query(query)
    }
}

impl From<String> for TargetFilter {
    fn from(query: String) -> Self {
        Self::new().query(query)
    }
}
