//! The invariants, as one checker: what must hold after every commit.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Center, Time, Waits, Work,
    ids::{AgentId, QueueId, SessionId},
    index::{Subject, Wishes},
    session::Session,
};

impl Center {
    /// Everything that is wrong with the state at `now`; nothing, ever.
    pub fn violations(&self, now: Time) -> Vec<String> {
        let mut wrong: Vec<String> =
            self.sessions.values().flat_map(|session| self.session_violations(session)).collect();
        wrong.extend(self.work_violations());
        wrong.extend(self.routing_violations(now));
        wrong.extend(self.figure_violations());
        wrong.extend(self.chat_violations());
        wrong
    }

    /// 1 and 2 of one session, and that it has a way out (9).
    pub fn session_violations(&self, session: &Session) -> Vec<String> {
        let id = session.id;
        let mut wrong = Vec::new();
        let covered = session.is_attended() || session.entry.is_some() || session.has_invitation();
        if session.is_open() && !covered {
            wrong.push(format!("{id}: open, and nobody's"));
        }
        if !session.is_open() && (session.is_attended() || session.entry.is_some() || !session.offers.is_empty()) {
            wrong.push(format!("{id}: ended, and still somebody's"));
        }
        let router_offers = session.offers.iter().filter(|offer| offer.is_router()).count();
        if router_offers > 1 || (router_offers == 1 && session.entry.is_none()) {
            wrong.push(format!("{id}: {router_offers} router offers, entry {:?}", session.entry));
        }
        for offer in &session.offers {
            if session.connected_as(&offer.agent).is_some() {
                wrong.push(format!("{id}: {} is offered what they hold", offer.agent));
            }
            if session.offers.iter().filter(|other| other.agent == offer.agent).count() > 1 {
                wrong.push(format!("{id}: {} has two offers", offer.agent));
            }
        }
        if session.next_deadline(&self.settings, &self.living).is_none() && session.is_open() {
            wrong.push(format!("{id}: open without a deadline"));
        }
        if !session.closed && !session.is_open() && session.wrap_ups.is_empty() {
            wrong.push(format!("{id}: ended without work, and not closed"));
        }
        if session.revision as usize != session.public as usize + session.staff_only.len() {
            wrong.push(format!("{id}: the numberings differ"));
        }
        wrong
    }

    /// 3: units are what the sessions say. (That none is added beyond capacity is seen between two states.)
    fn work_violations(&self) -> Vec<String> {
        let mut expected: BTreeMap<&AgentId, Work> = BTreeMap::new();
        for session in self.sessions.values() {
            for participant in session.connected() {
                expected.entry(&participant.agent).or_default().held.insert(session.id);
            }
            for offer in &session.offers {
                expected.entry(&offer.agent).or_default().ringing.insert(offer.id, session.id);
            }
            for agent in session.wrap_ups.keys() {
                expected.entry(agent).or_default().wrap_ups.insert(session.id);
            }
        }
        let differs = |agent: &&super::Agent| agent.work != expected.get(&agent.config.id).cloned().unwrap_or_default();
        self.agents.values().filter(differs).map(|agent| format!("{}: units differ", agent.config.id)).collect()
    }

    /// Whoever entered a queue came to exactly one thing there, or still waits.
    fn figure_violations(&self) -> Vec<String> {
        let waiting = |queue: &QueueId| self.index.waiting.get(queue).map_or(0, |places| places.len() as u64);
        let differs = |(queue, it): &(&QueueId, &Waits)| {
            it.entered != it.taken + it.abandoned + it.turned_away + it.overflowed + it.withdrawn + waiting(queue)
        };
        self.waits.iter().filter(differs).map(|(queue, it)| format!("{queue}: it doesn't add up: {it:?}")).collect()
    }

    /// 10: no session waits that somebody available could be offered, unless the router is still at it.
    fn routing_violations(&self, now: Time) -> Vec<String> {
        if !self.index.unrouted.is_empty() {
            return Vec::new();
        }
        let waiting = self.index.offerable.values().flat_map(Wishes::places);
        let possible = waiting.filter_map(|place| Some((place.session, self.first_agent_for(place.session, now)?)));
        possible.map(|(session, agent)| format!("{session}: could be offered to {agent}")).collect()
    }

    /// Chats have members who know them, a pair has one that is open, and each has a way out (9).
    fn chat_violations(&self) -> Vec<String> {
        let (mut wrong, mut pairs) = (Vec::new(), BTreeSet::new());
        for chat in self.chats.values() {
            let id = chat.id;
            let unknown =
                chat.members.iter().any(|member| self.chats_of(&member.agent).all(|(other, _)| other.id != id));
            let ahead = chat.members.iter().any(|member| member.read.max(member.joined_at) > chat.revision);
            if unknown || ahead || (chat.is_open() && chat.present().next().is_none()) {
                wrong.push(format!("{id}: a chat without its members"));
            }
            let two: Vec<&AgentId> = chat.members.iter().map(|member| &member.agent).collect();
            if chat.is_pair
                && (two.len() > 2 || (chat.is_open() && two.len() < 2) || (chat.is_open() && !pairs.insert(two)))
            {
                wrong.push(format!("{id}: two chats of one pair"));
            }
            if !self.index.deadlines.contains(&(chat.next_deadline(), Subject::Chat(id))) {
                wrong.push(format!("{id}: a chat without a deadline"));
            }
        }
        wrong
    }

    /// 3, seen between two states: agents who hold more than they may, and more than before.
    pub fn over_capacity(&self, before: &BTreeMap<AgentId, u32>) -> Vec<String> {
        let units = self.agents.values().map(|agent| (agent, agent.work.units()));
        let over = units.filter(|(agent, units)| {
            *units > agent.capacity(&self.settings) && *units > before.get(&agent.config.id).copied().unwrap_or(0)
        });
        over.map(|(agent, units)| format!("{}: {units} units", agent.config.id)).collect()
    }

    /// Cheap enough for every commit of a debug build: the sessions that it touched.
    pub(super) fn assert_sessions(&self, touched: &[SessionId]) {
        for session in touched.iter().filter_map(|id| self.sessions.get(id)) {
            let wrong = self.session_violations(session);
            debug_assert!(wrong.is_empty(), "{wrong:?}");
        }
    }
}
