//! How a session waits, and what it waits for.

use std::cmp::Reverse;

use minicbor::{Decode, Encode};

use crate::center::{AgentId, Millis, QueueId, SessionId, Text, Time, Wanted};

/// How a customer writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Channel {
    /// In a page or an app that is open.
    #[default]
    #[n(0)]
    Web,
    /// By a messenger: answers may take hours.
    #[n(1)]
    Messenger,
}

/// An agent asks for help.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Flag {
    /// Who.
    #[n(0)]
    pub agent: AgentId,
    /// Since when.
    #[n(1)]
    pub time: Time,
    /// What for.
    #[n(2)]
    pub note: Option<Text>,
}

/// A first word that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FirstResponse {
    /// By whom.
    #[n(0)]
    pub agent: AgentId,
    /// Until when.
    #[n(1)]
    pub due: Time,
}

/// A session's place in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct QueueEntry {
    /// The queue.
    #[n(0)]
    pub queue: QueueId,
    /// When it entered.
    #[n(1)]
    pub entered: Time,
    /// Time unattended before.
    #[n(2)]
    pub waited_before: Millis,
    /// When `max_wait` runs out.
    #[n(3)]
    pub expire: Time,
    /// Its queue's priority.
    #[n(4)]
    #[cbor(default)]
    pub boost: i32,
    /// What is wanted of an agent now.
    #[n(5)]
    #[cbor(default)]
    pub wants: Vec<Wanted>,
    /// When less will be wanted.
    #[n(6)]
    pub widen: Option<Time>,
    /// Its queue has closed, and doesn't keep who waits.
    #[n(7)]
    pub closed: Option<Time>,
    /// Until then only this agent is asked.
    #[n(8)]
    pub preferred: Option<Preferred>,
    /// Asked first if they can take it; no one waits for them.
    #[n(9)]
    pub named: Option<AgentId>,
    /// How often the customer is told that they wait; 0 is never.
    #[n(10)]
    #[cbor(default)]
    pub tell_every: Millis,
    /// When that was last.
    #[n(11)]
    #[cbor(default)]
    pub told: Time,
    /// How long it was thought to take when it entered.
    #[n(12)]
    pub estimate: Option<Millis>,
}

impl QueueEntry {
    /// Whether this agent is waited for.
    pub(in crate::center) fn prefers(&self, agent: &AgentId) -> bool {
        self.preferred.as_ref().is_some_and(|preferred| preferred.agent == *agent)
    }
}

/// An agent who is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Preferred {
    /// Who.
    #[n(0)]
    pub agent: AgentId,
    /// For how long.
    #[n(1)]
    pub until: Time,
}

/// The one order over all queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Higher first.
    pub priority: Reverse<i32>,
    /// Enter time less what it waited before: earlier first.
    pub since: Time,
    /// Breaks ties.
    pub session: SessionId,
}
