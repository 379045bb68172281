//! Indexes over a center's state: derived, never stored, kept current by every event.

use std::collections::{BTreeMap, BTreeSet};

mod chats;

pub(super) use chats::{ChatIndex, ChatKeys, pair};

use super::{
    Center,
    agent::Agent,
    ids::{AgentId, ChatId, CustomerKey, Incarnation, QueueId, SessionId},
    session::{Place, Session},
    settings::Settings,
    time::Time,
};

/// Whose deadline it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An agent's.
    Agent(AgentId),
    /// A session's.
    Session(SessionId),
    /// A chat's.
    Chat(ChatId),
}

/// An agent who could take a session now, in the order in which they are asked: the fewest units taken, then the
/// longest since accepting or becoming ready, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn {
    units: u32,
    idle_since: Time,
    /// Who.
    pub agent: AgentId,
}

/// Where the indexes have a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionKeys {
    deadline: Option<Time>,
    waiting: Option<(QueueId, Place)>,
    offerable: bool,
    skips: bool,
    open: bool,
    closed: Option<Time>,
}

/// Where the indexes have an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AgentKeys {
    deadline: Option<Time>,
    turn: Option<Turn>,
    signed_in: bool,
    queues: BTreeSet<QueueId>,
}

/// Everything that is looked up other than by id.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The earliest deadline of everyone who has one.
    pub deadlines: BTreeSet<(Time, Subject)>,
    /// Sessions waiting, by queue.
    pub waiting: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Of those the ones that the router may offer.
    pub offerable: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Waiting sessions for which somebody is skipped, by queue.
    pub skipping: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Agents who could take a session, by queue.
    pub available: BTreeMap<QueueId, BTreeSet<Turn>>,
    /// Agents signed in, by queue.
    pub signed_in: BTreeMap<QueueId, BTreeSet<AgentId>>,
    /// Closed sessions by their end, the earliest first: what can be archived.
    pub closed: BTreeSet<(Time, SessionId)>,
    /// Open sessions by customer.
    pub customers: BTreeMap<CustomerKey, SessionId>,
    /// What changed since the router last looked: only a pair with one of these can be new.
    pub unrouted: Unrouted,
    /// Chats of colleagues.
    pub(super) chats: ChatIndex,
}

/// What the router has to look at.
#[derive(Clone, Debug, Default)]
pub struct Unrouted {
    /// Sessions that became offerable, or to more agents.
    pub sessions: BTreeSet<Place>,
    /// Agents who became available.
    pub agents: BTreeSet<AgentId>,
}

impl Unrouted {
    /// Whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.agents.is_empty()
    }
}

fn insert<K: Ord + Clone, V: Ord>(map: &mut BTreeMap<K, BTreeSet<V>>, key: &K, value: V) {
    map.entry(key.clone()).or_default().insert(value);
}

fn remove<K: Ord, V: Ord>(map: &mut BTreeMap<K, BTreeSet<V>>, key: &K, value: &V) {
    if let Some(set) = map.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            map.remove(key);
        }
    }
}

impl Index {
    pub(super) fn move_deadline(&mut self, subject: Subject, from: Option<Time>, to: Option<Time>) {
        if from == to {
            return;
        }
        if let Some(time) = from {
            self.deadlines.remove(&(time, subject.clone()));
        }
        if let Some(time) = to {
            self.deadlines.insert((time, subject));
        }
    }

    /// Follows a change of a session.
    pub(super) fn session(&mut self, session: &mut Session, settings: &Settings, living: &BTreeSet<Incarnation>) {
        let deadline = session.next_deadline(settings, living);
        self.move_deadline(Subject::Session(session.id), session.keys.deadline, deadline);
        session.keys.deadline = deadline;
        if session.keys.open != session.is_open() {
            session.keys.open = session.is_open();
            if session.is_open() {
                self.customers.insert(session.customer, session.id);
            } else {
                self.customers.remove(&session.customer);
            }
        }
        let closed = session.ended.as_ref().filter(|_| session.closed).map(|ended| ended.time);
        if session.keys.closed != closed {
            session.keys.closed = closed;
            self.closed.extend(closed.map(|time| (time, session.id)));
        }
        let waiting = session.entry.as_ref().map(|entry| entry.queue.clone()).zip(session.place());
        let (offerable, skips) = (session.is_offerable(), waiting.is_some() && !session.skipped.is_empty());
        if (&waiting, offerable, skips) != (&session.keys.waiting, session.keys.offerable, session.keys.skips) {
            self.forget_waiting(session);
            self.note_waiting(session, waiting, offerable, skips);
        }
    }

    fn forget_waiting(&mut self, session: &mut Session) {
        if let Some((queue, place)) = session.keys.waiting.take() {
            remove(&mut self.waiting, &queue, &place);
            remove(&mut self.offerable, &queue, &place);
            remove(&mut self.skipping, &queue, &place);
            self.unrouted.sessions.remove(&place);
        }
    }

    fn note_waiting(&mut self, session: &mut Session, waiting: Option<(QueueId, Place)>, offerable: bool, skips: bool) {
        if let Some((queue, place)) = &waiting {
            insert(&mut self.waiting, queue, *place);
            if skips {
                insert(&mut self.skipping, queue, *place);
            }
            if offerable {
                insert(&mut self.offerable, queue, *place);
                self.unrouted.sessions.insert(*place);
            }
        }
        session.keys.waiting = waiting;
        session.keys.offerable = offerable;
        session.keys.skips = skips;
    }

    /// A session is archived.
    pub(super) fn forget(&mut self, session: &Session) {
        self.move_deadline(Subject::Session(session.id), session.keys.deadline, None);
        if let Some(time) = session.keys.closed {
            self.closed.remove(&(time, session.id));
        }
    }

    /// A session may be offered to more agents than before.
    pub(super) fn reconsider(&mut self, session: &Session) {
        if session.is_offerable() {
            self.unrouted.sessions.extend(session.place());
        }
    }

    /// Every session may be offered to more agents than before.
    pub(super) fn reconsider_all(&mut self) {
        self.unrouted.sessions.extend(self.offerable.values().flatten());
    }

    /// Follows a change of an agent.
    pub(super) fn agent(&mut self, agent: &mut Agent, settings: &Settings, living: &BTreeSet<Incarnation>) {
        let deadline = agent.next_deadline(living);
        self.move_deadline(Subject::Agent(agent.config.id.clone()), agent.keys.deadline, deadline);
        agent.keys.deadline = deadline;
        let turn = agent.is_available(settings).then(|| Turn {
            units: agent.work.units(),
            idle_since: agent.idle_since,
            agent: agent.config.id.clone(),
        });
        let queues_changed = agent.keys.queues != agent.config.queues;
        if turn == agent.keys.turn && agent.is_signed_in() == agent.keys.signed_in && !queues_changed {
            return;
        }
        let id = &agent.config.id;
        for queue in &agent.keys.queues {
            if let Some(turn) = &agent.keys.turn {
                remove(&mut self.available, queue, turn);
            }
            remove(&mut self.signed_in, queue, id);
        }
        for queue in &agent.config.queues {
            if let Some(turn) = &turn {
                insert(&mut self.available, queue, turn.clone());
            }
            if agent.is_signed_in() {
                insert(&mut self.signed_in, queue, id.clone());
            }
        }
        match &turn {
            Some(_) => self.unrouted.agents.insert(id.clone()),
            None => self.unrouted.agents.remove(id),
        };
        if queues_changed || agent.keys.signed_in != agent.is_signed_in() {
            // Who is skipped depends on whether anybody else is there.
            for queue in agent.keys.queues.union(&agent.config.queues) {
                let affected = self.skipping.get(queue).into_iter().flatten();
                let offerable = self.offerable.get(queue);
                self.unrouted
                    .sessions
                    .extend(affected.filter(|place| offerable.is_some_and(|set| set.contains(place))));
            }
        }
        agent.keys.turn = turn;
        agent.keys.signed_in = agent.is_signed_in();
        agent.keys.queues = agent.config.queues.clone();
    }
}

impl Center {
    /// Builds what isn't stored, for a center that was just read.
    pub(super) fn rebuild(&mut self) {
        self.index = Index::default();
        for agent in self.agents.values_mut() {
            agent.work = Default::default();
            agent.keys = AgentKeys::default();
        }
        for session in self.sessions.values_mut() {
            session.keys = SessionKeys::default();
            for participant in session.participants.iter().filter(|participant| participant.left.is_none()) {
                if let Some(agent) = self.agents.get_mut(&participant.agent) {
                    agent.work.held.insert(session.id);
                }
            }
            for offer in &session.offers {
                if let Some(agent) = self.agents.get_mut(&offer.agent) {
                    agent.work.ringing.insert(offer.id, session.id);
                }
            }
            for agent in session.wrap_ups.keys() {
                if let Some(agent) = self.agents.get_mut(agent) {
                    agent.work.wrap_ups.insert(session.id);
                }
            }
        }
        self.chats.values_mut().for_each(|chat| chat.keys = ChatKeys::default());
        self.reindex_all();
    }

    /// Follows a change that may concern everybody.
    pub(super) fn reindex_all(&mut self) {
        for session in self.sessions.values_mut() {
            self.index.session(session, &self.settings, &self.living);
        }
        for agent in self.agents.values_mut() {
            self.index.agent(agent, &self.settings, &self.living);
        }
        self.chats.values_mut().for_each(|chat| self.index.chat(chat));
    }
}
