//! Why the router offers a session to one agent and not to another, as things stand.

use super::{
    Center,
    agent::{Agent, Ramp, Status},
    ids::{AgentId, Code, SessionId},
    refusal::Refusal,
    session::Session,
    time::Time,
};

/// What the router sees of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Why it isn't looking for an agent at all; none when it is.
    pub hold: Option<Hold>,
    /// Sessions of its queue before it, and itself.
    pub place: Option<usize>,
    /// The agents asked about, each with everything that stands in the way; nothing is "would be asked".
    pub agents: Vec<(AgentId, Vec<Obstacle>)>,
}

/// Why a session isn't offered to anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It isn't in a queue.
    NotQueued,
    /// It rings at this agent's desk.
    Ringing(AgentId),
    /// Its customer is gone.
    CustomerAbsent,
    /// Its time in the queue is over.
    WaitOver,
    /// As many as may be are connected, or asked to join.
    Full,
}

/// What stands between a session and an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// They don't serve the queue.
    NotServing,
    /// They are signed out.
    SignedOut,
    /// They are not ready.
    NotReady(Option<Code>),
    /// They will be not ready once their work is done.
    GoingNotReady,
    /// No desk stream of theirs is open.
    NoDesk,
    /// They hold as much as they may.
    AtCapacity,
    /// They get their next session only then.
    RampingUp(Time),
    /// They help others and are never routed to.
    Assistant,
    /// They are not good enough at this; the level wanted.
    Skill(Code, u32),
    /// The session waits for its preferred agent until then.
    AnotherPreferred(AgentId, Time),
    /// They sent it away, declined or missed it; until then others come first.
    Skipped(Time),
    /// They are connected to it.
    Connected,
    /// They have an offer of it.
    Offered,
    /// Others come first: their turn among those who could take it, from 2.
    LaterTurn(usize),
}

/// Agents explained at once.
pub const EXPLAINED: usize = 100;

impl Center {
    /// Explains one session; for one agent, or for the first of those who serve its queue.
    pub fn explain(&self, id: SessionId, about: Option<&AgentId>, now: Time) -> Result<Explanation, Refusal> {
        let session = self.sessions.get(&id).ok_or(Refusal::SessionNotFound)?;
        let agents: Vec<&Agent> = match about {
            Some(agent) => vec![self.agent(agent)?],
            None => {
                let queue = session.entry.as_ref().map_or(&session.home, |entry| &entry.queue);
                let serves = |agent: &&Agent| agent.config.queues.contains(queue);
                self.agents.values().filter(serves).take(EXPLAINED).collect()
            }
        };
        let explained = agents.into_iter().map(|agent| (agent.config.id.clone(), self.obstacles(session, agent, now)));
        Ok(Explanation { hold: self.hold(session, now), place: self.place_of(id), agents: explained.collect() })
    }

    fn hold(&self, session: &Session, now: Time) -> Option<Hold> {
        let Some(entry) = &session.entry else { return Some(Hold::NotQueued) };
        if let Some(offer) = session.router_offer() {
            return Some(Hold::Ringing(offer.agent.clone()));
        }
        if entry.expire <= now || entry.closed.is_some() {
            return Some(Hold::WaitOver);
        }
        if !session.is_offerable() {
            return Some(Hold::CustomerAbsent);
        }
        (session.would_connect() >= self.settings.max_participants as usize).then_some(Hold::Full)
    }

    fn obstacles(&self, session: &Session, agent: &Agent, now: Time) -> Vec<Obstacle> {
        let mut found = self.own_obstacles(agent);
        let id = &agent.config.id;
        if let Some(entry) = &session.entry {
            if !agent.config.queues.contains(&entry.queue) {
                found.push(Obstacle::NotServing);
            }
            let lacks = |skill: &Code, level: u32| agent.config.skills.get(skill).is_none_or(|own| *own < level);
            let lacking = entry.wants.iter().filter(|wanted| lacks(&wanted.skill, wanted.level));
            found.extend(lacking.map(|wanted| Obstacle::Skill(wanted.skill.clone(), wanted.level)));
            if let (Some(waited_for), Some(preferred)) = (self.waited_for(session), &entry.preferred)
                && waited_for != id
            {
                found.push(Obstacle::AnotherPreferred(waited_for.clone(), preferred.until));
            }
        }
        if session.connected_as(id).is_some() {
            found.push(Obstacle::Connected);
        }
        if session.offer_to(id).is_some() {
            found.push(Obstacle::Offered);
        }
        if let Some(until) = session.skipped.get(id).filter(|_| self.anyone_else(session)) {
            found.push(Obstacle::Skipped(*until));
        }
        if found.is_empty() {
            found.extend(self.turn_of(session, agent, now).map(Obstacle::LaterTurn));
        }
        found
    }

    fn own_obstacles(&self, agent: &Agent) -> Vec<Obstacle> {
        let mut found = Vec::new();
        match &agent.status {
            Status::SignedOut => found.push(Obstacle::SignedOut),
            Status::NotReady(reason) => found.push(Obstacle::NotReady(reason.clone())),
            Status::Ready if agent.next.is_some() => found.push(Obstacle::GoingNotReady),
            Status::Ready => {}
        }
        if agent.is_signed_in() && agent.desks.is_empty() {
            found.push(Obstacle::NoDesk);
        }
        if !agent.has_room(&self.settings) {
            found.push(Obstacle::AtCapacity);
        }
        if let Ramp::Until(time) = agent.ramp {
            found.push(Obstacle::RampingUp(time));
        }
        if agent.config.kind == super::AgentKind::Assistant {
            found.push(Obstacle::Assistant);
        }
        found
    }

    /// An agent's turn among those who could be asked now; none for the first.
    fn turn_of(&self, session: &Session, agent: &Agent, now: Time) -> Option<usize> {
        let entry = session.entry.as_ref()?;
        let turns = &self.index.available.get(&entry.queue)?.all;
        let named = self.named_for(session, now);
        let able = turns.iter().map(|turn| &turn.agent).filter(|agent| self.agents[*agent].can(&entry.wants));
        let others = able.filter(|agent| named != Some(agent) && self.may_offer(session, agent, now));
        let mut turns = named.into_iter().chain(others);
        turns.position(|other| *other == agent.config.id).filter(|before| *before > 0).map(|before| before + 1)
    }
}
