//! Who served which customer last: whom a customer who comes back would like to meet.

use std::collections::{BTreeMap, VecDeque};

use minicbor::{Decode, Encode};

use super::{
    ids::{AgentId, CustomerKey},
    time::{Millis, Time},
};

/// Customers remembered at once; the longest ago goes first. About 10 MB.
const KEPT: usize = 100_000;

/// Customers and their last agents.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub(super) struct LastAgents {
    #[n(0)]
    agents: BTreeMap<CustomerKey, (AgentId, Time)>,
    /// The longest ago first.
    #[n(1)]
    by_time: VecDeque<(Time, CustomerKey)>,
}

impl LastAgents {
    /// Remembers for so long; 0 is not at all.
    pub(super) fn note(&mut self, customer: CustomerKey, agent: &AgentId, now: Time, memory: Millis) {
        if memory > 0 {
            self.agents.insert(customer, (agent.clone(), now));
            self.by_time.push_back((now, customer));
        }
        while let Some((when, customer)) = self.by_time.front().copied() {
            if when + memory > now && self.by_time.len() <= KEPT {
                break;
            }
            self.by_time.pop_front();
            // Unless they were served again since.
            if self.agents.get(&customer).is_some_and(|(_, last)| *last == when) {
                self.agents.remove(&customer);
            }
        }
    }

    /// Whom a customer met last, unless that is too long ago.
    pub(super) fn of(&self, customer: &CustomerKey, now: Time, memory: Millis) -> Option<&AgentId> {
        self.agents.get(customer).filter(|(_, when)| now.since(*when) < memory).map(|(agent, _)| agent)
    }
}
