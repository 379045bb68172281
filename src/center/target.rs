//! Whom or what an agent may pick in the Invite window, and which of these they like to see first.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{
    Center,
    ids::{AgentId, QueueId},
};

/// Favourites that an agent may have: what fits on a screen, many times over.
pub const MAX_FAVOURITES: usize = 100;

/// A colleague or a queue. Colleagues come first, each by their ids.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Target {
    /// A colleague.
    #[n(0)]
    Agent(#[n(0)] AgentId),
    /// A queue.
    #[n(1)]
    Queue(#[n(0)] QueueId),
}

impl Center {
    /// An agent's favourites, if they have any.
    pub fn favourites(&self, agent: &AgentId) -> Option<&BTreeSet<Target>> {
        self.favourites.get(agent)
    }

    /// Follows a change of an agent's favourites.
    pub(super) fn favourite(&mut self, agent: &AgentId, target: &Target, is_one: bool) {
        let own = self.favourites.entry(agent.clone()).or_default();
        match is_one {
            true => own.insert(target.clone()),
            false => own.remove(target),
        };
        if own.is_empty() {
            self.favourites.remove(agent);
        }
    }
}
