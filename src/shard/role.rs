//! What a node is to a shard: told from outside, never trusted for safety. Who leads is decided by the log alone.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::watch;

use super::{batch::FORMAT_KNOWN, errand::Elsewhere};
use crate::{center::Incarnation, journal::Position};

/// What this node is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// It is to lead; otherwise it follows.
    pub lead: bool,
    /// Runs of nodes whose streams live.
    pub living: BTreeSet<Incarnation>,
    /// The newest form of the log that every node knows.
    pub format: u32,
}

impl Role {
    /// Of the only node.
    pub fn alone(incarnation: Incarnation) -> Self {
        Self { lead: true, living: BTreeSet::from([incarnation]), format: FORMAT_KNOWN }
    }
}

/// How a shard stands at this node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The last position that is folded here, as of the last change of anything else.
    pub position: Position,
    /// The last leader's number.
    pub epoch: u64,
    /// Who that was.
    pub leader: Option<Incarnation>,
    /// This node leads.
    pub leads: bool,
    /// It has folded the log to its end once, and may lead.
    pub caught_up: bool,
    /// The epoch since which this node's streams count.
    pub lives_since: Option<u64>,
}

/// A shard's place among nodes.
#[derive(Clone)]
pub struct Place {
    /// This run of this node.
    pub incarnation: Incarnation,
    /// What it is to be.
    pub role: watch::Receiver<Role>,
    /// The way to the other nodes; none where there is but one.
    pub elsewhere: Option<Arc<dyn Elsewhere>>,
}

impl Place {
    /// The only node leads.
    pub fn alone(incarnation: Incarnation) -> Self {
        // A role that nobody changes any more stays as it is.
        Self { incarnation, role: watch::channel(Role::alone(incarnation)).1, elsewhere: None }
    }
}
