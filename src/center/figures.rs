//! What an agent's time went to and what became of what they were offered: counted by every event, never down, so that a report
//! of any period is the difference of two readings.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::{
    agent::{Agent, Status, Work},
    ids::Code,
    time::{Millis, Time},
};

/// Reasons for being not ready that are counted apart, so that agents who invent them don't make the state grow: the time of
/// further ones counts as without a reason.
const REASONS: usize = 50;

/// The figures of one agent, since they were configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct AgentFigures {
    /// Up to when their time is counted.
    #[n(0)]
    counted: Option<Time>,
    /// Time ready, with nothing in hand.
    #[n(1)]
    pub ready: Millis,
    /// Time not ready, with nothing in hand, by reason.
    #[n(2)]
    pub not_ready: BTreeMap<Option<Code>, Millis>,
    /// Time with at least one session or offer.
    #[n(3)]
    pub busy: Millis,
    /// Time with after-chat work alone.
    #[n(4)]
    pub after_chat: Millis,
    /// Time connected, of every session: two at once count twice.
    #[n(5)]
    pub connected: Millis,
    /// Time of after-chat work, of every session.
    #[n(6)]
    pub wrapping_up: Millis,
    /// Offers, by the router and by colleagues.
    #[n(7)]
    pub offered: u64,
    /// Those they accepted.
    #[n(8)]
    pub accepted: u64,
    /// Those they declined.
    #[n(9)]
    pub declined: u64,
    /// Those they let pass.
    #[n(10)]
    pub missed: u64,
    /// Sessions joined, each time.
    #[n(11)]
    pub joined: u64,
}

impl AgentFigures {
    /// Counts the time until now, in which nothing changed.
    pub(super) fn count(&mut self, now: Time, status: &Status, work: &Work) {
        let spent = self.counted.map_or(0, |counted| now.since(counted));
        self.counted = Some(now);
        self.connected += spent * work.held.len() as Millis;
        self.wrapping_up += spent * work.wrap_ups.len() as Millis;
        match status {
            Status::SignedOut => {}
            _ if !work.held.is_empty() || !work.ringing.is_empty() => self.busy += spent,
            _ if !work.wrap_ups.is_empty() => self.after_chat += spent,
            Status::Ready => self.ready += spent,
            Status::NotReady(reason) => self.not_ready(reason.as_ref(), spent),
        }
    }

    fn not_ready(&mut self, reason: Option<&Code>, spent: Millis) {
        let known = reason.is_some_and(|reason| self.not_ready.contains_key(&Some(reason.clone())));
        let counted = reason.filter(|_| known || self.not_ready.len() < REASONS).cloned();
        *self.not_ready.entry(counted).or_default() += spent;
    }
}

impl Agent {
    /// Their figures as of a time.
    pub fn figures_at(&self, now: Time) -> AgentFigures {
        let mut figures = self.figures.clone();
        figures.count(now, &self.status, &self.work);
        figures
    }
}
