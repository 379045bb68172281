//! Who is there at this node: desks and customers' watches are counted here; the core hears of the first and the last.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::shards::Shards;
use crate::center::{AgentId, CenterId, Command, Incarnation, SessionId};

/// Counts of open streams.
#[derive(Clone)]
pub(super) struct Presence {
    shards: Arc<Shards>,
    incarnation: Incarnation,
    counts: Arc<Mutex<HashMap<(CenterId, Present), usize>>>,
}

/// Who is present.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Present {
    /// An agent, at a desk.
    Agent(AgentId),
    /// The customer of a session.
    Customer(SessionId),
}

impl Presence {
    pub(super) fn new(shards: Arc<Shards>, incarnation: Incarnation) -> Self {
        Self { shards, incarnation, counts: Arc::default() }
    }

    /// Somebody is here for as long as the guard lives.
    pub(super) fn enter(&self, center: &CenterId, who: Present) -> Here {
        let key = (center.clone(), who);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        *count += 1;
        if *count == 1 {
            // Told under the lock, so that coming and going are told in order.
            self.tell(&key, true);
        }
        drop(counts);
        Here { presence: self.clone(), key }
    }

    fn tell(&self, (center, who): &(CenterId, Present), open: bool) {
        let incarnation = self.incarnation;
        let command = match (who.clone(), open) {
            (Present::Agent(agent), true) => Command::OpenDesk { agent, incarnation },
            (Present::Agent(agent), false) => Command::CloseDesk { agent, incarnation },
            (Present::Customer(session), true) => Command::OpenCustomer { session, incarnation },
            (Present::Customer(session), false) => Command::CloseCustomer { session, incarnation },
        };
        self.shards.of(center).handle.presence(center, command);
    }

    /// Tells everything once more: a shard took this node's streams for gone.
    pub(super) fn tell_again(&self, shard: u32) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.keys().filter(|(center, _)| self.shards.of(center).number == shard).for_each(|key| self.tell(key, true));
    }
}

/// Somebody's stream is open.
pub(super) struct Here {
    presence: Presence,
    key: (CenterId, Present),
}

impl Drop for Here {
    fn drop(&mut self) {
        let mut counts = self.presence.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
                self.presence.tell(&self.key, false);
            }
        }
    }
}
