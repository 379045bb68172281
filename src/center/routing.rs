//! The router: who is asked to take which session, decided in the commit in which a pair becomes possible.
//!
//! Between commits no pair is possible, so a new one has something in it that just changed: only that is looked at.

use crate::bugs::bug;

use super::{
    Center,
    commit::Commit,
    event::Happened,
    ids::{AgentId, OfferId, SessionId},
    offer::{Offer, OfferKind},
    session::{Place, QueueEntry, Session},
    settings::AgentKind,
    time::Time,
};

/// Router offers of one commit; what is left is due at once.
pub(super) const MAX_OFFERS: usize = 64;

impl Commit<'_> {
    /// Makes every offer that is possible now, in the order of the sessions.
    pub(super) fn route(&mut self) {
        while self.offers < MAX_OFFERS {
            let Some((session, agent)) = self.center.next_match(self.now) else {
                return;
            };
            self.offer(session, agent);
            self.offers += 1;
        }
    }

    fn offer(&mut self, session: SessionId, agent: AgentId) {
        let Some(queue) = self.get(session).entry.as_ref().map(|entry| entry.queue.clone()) else {
            return;
        };
        let offer = Offer {
            id: OfferId::from_bytes(self.seed.next(self.now)),
            agent,
            kind: OfferKind::Router,
            queue,
            made: self.now,
            expire: self.now + self.center.settings.router_offer_time,
            note: None,
            untold: false,
        };
        self.system(session, Happened::OfferMade(Box::new(offer)));
    }
}

impl Center {
    /// The first session in the order that somebody can be offered, and who comes first for it.
    fn next_match(&mut self, now: Time) -> Option<(SessionId, AgentId)> {
        let agents: Vec<AgentId> = self.index.unrouted.agents.iter().cloned().collect();
        let mut first: Option<Place> = None;
        for agent in agents {
            match self.first_session_for(&agent, now) {
                Some(place) => first = Some(first.map_or(place, |first| first.min(place))),
                None => {
                    self.index.unrouted.agents.remove(&agent);
                }
            }
        }
        let earlier: Vec<Place> = self
            .index
            .unrouted
            .sessions
            .iter()
            .take_while(|place| first.is_none_or(|first| **place < first))
            .copied()
            .collect();
        for place in earlier {
            if let Some(agent) = self.first_agent_for(place.session, now) {
                return Some((place.session, agent));
            }
            self.index.unrouted.sessions.remove(&place);
        }
        let session = first?.session;
        self.first_agent_for(session, now).map(|agent| (session, agent))
    }

    /// The first session, over all their queues, that an agent can be offered.
    pub(super) fn first_session_for(&self, id: &AgentId, now: Time) -> Option<Place> {
        let agent = self.agents.get(id).filter(|agent| agent.is_available(&self.settings))?;
        let may =
            |place: &Place| self.sessions.get(&place.session).is_some_and(|session| self.may_offer(session, id, now));
        let wishes = agent.config.queues.iter().filter_map(|queue| self.index.offerable.get(queue));
        let firsts = wishes.filter_map(|wishes| wishes.first_for(agent, may));
        if bug!(UnfairOrder) { firsts.max() } else { firsts.min() }
    }

    /// The first agent, by whose turn it is, whom a session can be offered to.
    pub(super) fn first_agent_for(&self, id: SessionId, now: Time) -> Option<AgentId> {
        let session = self.sessions.get(&id).filter(|session| session.is_offerable())?;
        let entry = session.entry.as_ref()?;
        if let Some(named) = self.named_for(session, now) {
            return Some(named.clone());
        }
        // Of several skills, the one that the fewest have.
        let available = self.index.available.get(&entry.queue)?;
        let skilled = entry.wants.iter().map(|wanted| available.skilled.get(&wanted.skill));
        let fewest = skilled.collect::<Option<Vec<_>>>()?.into_iter().min_by_key(|turns| turns.len());
        let turns = fewest.unwrap_or(&available.all);
        let able = turns.iter().map(|turn| &turn.agent).filter(|agent| self.agents[*agent].can(&entry.wants));
        able.into_iter().find(|agent| self.may_offer(session, agent, now)).cloned()
    }

    /// The agent who was named for a session, if they can be asked now.
    pub(super) fn named_for<'a>(&self, session: &'a Session, now: Time) -> Option<&'a AgentId> {
        let entry = session.entry.as_ref()?;
        let named = entry.named.as_ref().filter(|named| self.could_take(named, entry))?;
        self.may_offer(session, named, now).then_some(named)
    }

    /// Whether an agent is available, serves the entry's queue and is as good as it wants.
    fn could_take(&self, agent: &AgentId, entry: &QueueEntry) -> bool {
        self.agents.get(agent).is_some_and(|agent| {
            agent.is_available(&self.settings) && agent.config.queues.contains(&entry.queue) && agent.can(&entry.wants)
        })
    }

    /// Whether an available agent of its queue, who is as good as it wants, can be offered an offerable session.
    pub(super) fn may_offer(&self, session: &Session, agent: &AgentId, now: Time) -> bool {
        session.entry.as_ref().is_some_and(|entry| entry.expire > now && entry.closed.is_none())
            && self.waited_for(session).is_none_or(|preferred| preferred == agent)
            && (session.connected_as(agent).is_none() || bug!(OfferedTheirOwn))
            && session.offer_to(agent).is_none()
            && session.would_connect() < self.settings.max_participants as usize
            && (!session.skipped.contains_key(agent) || !self.anyone_else(session))
    }

    /// The agent whom a session waits for: as long as they are at work, serve its queue and didn't send it away.
    pub(super) fn waited_for<'a>(&self, session: &'a Session) -> Option<&'a AgentId> {
        let entry = session.entry.as_ref()?;
        let preferred = &entry.preferred.as_ref()?.agent;
        let there = self.agents.get(preferred).is_some_and(|agent| {
            agent.is_signed_in()
                && agent.config.kind != AgentKind::Assistant
                && agent.config.queues.contains(&entry.queue)
        });
        (there && !session.skipped.contains_key(preferred)).then_some(preferred)
    }

    /// Whether somebody who serves its queue and is as good as it wants is signed in, not connected to it and not skipped, with
    /// room or without.
    pub(super) fn anyone_else(&self, session: &Session) -> bool {
        let Some(entry) = &session.entry else { return false };
        let Some(staff) = self.index.signed_in.get(&entry.queue) else {
            return false;
        };
        if !entry.wants.is_empty() {
            return staff.iter().any(|agent| {
                !session.skipped.contains_key(agent)
                    && session.connected_as(agent).is_none()
                    && self.agents[agent].can(&entry.wants)
            });
        }
        let connected = session.connected().map(|participant| &participant.agent);
        let not_skipped = connected.filter(|agent| !session.skipped.contains_key(*agent));
        let out = session.skipped.keys().chain(not_skipped).filter(|agent| staff.contains(*agent)).count();
        staff.len() > out
    }
}

impl Session {
    /// How many will be connected beside whoever takes it from its queue: those who stay, and who is asked to join them.
    pub(super) fn would_connect(&self) -> usize {
        self.staying().count() + self.offers.iter().filter(|offer| !offer.takes_over()).count()
    }
}
