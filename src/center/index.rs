//! Indexes over a center's state: derived, never stored, kept current by every event.

use std::collections::{BTreeMap, BTreeSet};

mod chats;
mod wishes;

pub use wishes::Wishes;

pub(super) use chats::{ChatIndex, ChatKeys, pair};

use super::{
    Center,
    agent::Agent,
    ids::{AgentId, ChatId, Code, CustomerKey, Incarnation, QueueId, SessionId},
    queue::Wanted,
    session::{Place, Session},
    settings::{AgentKind, Settings},
    time::Time,
};

/// Whose deadline it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An agent's.
    Agent(AgentId),
    /// A session's.
    Session(SessionId),
    /// A queue's.
    Queue(QueueId),
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

/// Agents of one queue who could take a session.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// All of them.
    pub all: BTreeSet<Turn>,
    /// Those of each skill.
    pub skilled: BTreeMap<Code, BTreeSet<Turn>>,
}

/// Where the indexes have a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SessionKeys {
    deadline: Option<Time>,
    waiting: Option<Waiting>,
    open: bool,
    known: bool,
    closed: Option<Time>,
}

/// How a session waits, as far as the router has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    queue: QueueId,
    place: Place,
    wants: Vec<Wanted>,
    preferred: Option<AgentId>,
    offerable: bool,
    skips: bool,
}

/// Where the indexes have an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AgentKeys {
    deadline: Option<Time>,
    turn: Option<Turn>,
    serves: bool,
    queues: BTreeSet<QueueId>,
    skills: BTreeMap<Code, u32>,
}

/// Everything that is looked up other than by id.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The earliest deadline of everyone who has one.
    pub deadlines: BTreeSet<(Time, Subject)>,
    /// Sessions waiting, by queue.
    pub waiting: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Of those the ones that the router may offer, by what they want.
    pub offerable: BTreeMap<QueueId, Wishes>,
    /// Waiting sessions for which somebody is skipped, by queue.
    pub skipping: BTreeMap<QueueId, BTreeSet<Place>>,
    /// Waiting sessions that would rather have this agent.
    pub preferring: BTreeMap<AgentId, BTreeSet<Place>>,
    /// Agents who could take a session, by queue.
    pub available: BTreeMap<QueueId, Turns>,
    /// Agents signed in, by queue; no assistants.
    pub signed_in: BTreeMap<QueueId, BTreeSet<AgentId>>,
    /// Closed sessions by their end, the earliest first: what can be archived.
    pub closed: BTreeSet<(Time, SessionId)>,
    /// Open sessions by customer.
    pub customers: BTreeMap<CustomerKey, SessionId>,
    /// All sessions that aren't archived, by customer.
    pub of_customers: BTreeMap<CustomerKey, BTreeSet<SessionId>>,
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
        if !session.keys.known {
            session.keys.known = true;
            insert(&mut self.of_customers, &session.customer, session.id);
        }
        let closed = session.ended.as_ref().filter(|_| session.closed).map(|ended| ended.time);
        if session.keys.closed != closed {
            session.keys.closed = closed;
            self.closed.extend(closed.map(|time| (time, session.id)));
        }
        let waiting = session.entry.as_ref().zip(session.place()).map(|(entry, place)| Waiting {
            queue: entry.queue.clone(),
            place,
            wants: entry.wants.clone(),
            preferred: entry.preferred.as_ref().map(|preferred| preferred.agent.clone()),
            offerable: session.is_offerable(),
            skips: !session.skipped.is_empty(),
        });
        if waiting != session.keys.waiting {
            if let Some(before) = session.keys.waiting.take() {
                self.forget_waiting(&before);
            }
            if let Some(now) = &waiting {
                self.note_waiting(now);
            }
            session.keys.waiting = waiting;
        }
    }

    fn forget_waiting(&mut self, waiting: &Waiting) {
        let Waiting { queue, place, wants, preferred, .. } = waiting;
        remove(&mut self.waiting, queue, place);
        remove(&mut self.skipping, queue, place);
        if let Some(wishes) = self.offerable.get_mut(queue) {
            wishes.remove(wants, place);
            if wishes.is_empty() {
                self.offerable.remove(queue);
            }
        }
        if let Some(agent) = preferred {
            remove(&mut self.preferring, agent, place);
        }
        self.unrouted.sessions.remove(place);
    }

    fn note_waiting(&mut self, waiting: &Waiting) {
        let Waiting { queue, place, wants, preferred, offerable, skips } = waiting;
        insert(&mut self.waiting, queue, *place);
        if *skips {
            insert(&mut self.skipping, queue, *place);
        }
        if let Some(agent) = preferred {
            insert(&mut self.preferring, agent, *place);
        }
        if *offerable {
            self.offerable.entry(queue.clone()).or_default().insert(wants, *place);
            self.unrouted.sessions.insert(*place);
        }
    }

    /// A session is archived.
    pub(super) fn forget(&mut self, session: &Session) {
        self.move_deadline(Subject::Session(session.id), session.keys.deadline, None);
        if let Some(time) = session.keys.closed {
            self.closed.remove(&(time, session.id));
        }
        remove(&mut self.of_customers, &session.customer, &session.id);
    }

    /// A session may be offered to more agents than before.
    pub(super) fn reconsider(&mut self, session: &Session) {
        if session.is_offerable() {
            self.unrouted.sessions.extend(session.place());
        }
    }

    /// Every session may be offered to more agents than before.
    pub(super) fn reconsider_all(&mut self) {
        self.unrouted.sessions.extend(self.offerable.values().flat_map(Wishes::places));
    }

    /// Follows a change of an agent.
    pub(super) fn agent(&mut self, agent: &mut Agent, settings: &Settings, living: &BTreeSet<Incarnation>) {
        let deadline = agent.next_deadline(settings, living);
        self.move_deadline(Subject::Agent(agent.config.id.clone()), agent.keys.deadline, deadline);
        agent.keys.deadline = deadline;
        let turn = agent.is_available(settings).then(|| Turn {
            units: agent.work.units(),
            idle_since: agent.idle_since,
            agent: agent.config.id.clone(),
        });
        let serves = agent.is_signed_in() && agent.config.kind != AgentKind::Assistant;
        let reach_changed = agent.keys.queues != agent.config.queues || agent.keys.skills != agent.config.skills;
        let serving_changed = reach_changed || serves != agent.keys.serves;
        if turn == agent.keys.turn && !serving_changed {
            return;
        }
        self.forget_turn(agent);
        let id = &agent.config.id;
        if let Some(turn) = &turn {
            for queue in &agent.config.queues {
                let turns = self.available.entry(queue.clone()).or_default();
                turns.all.insert(turn.clone());
                agent.config.skills.keys().for_each(|skill| insert(&mut turns.skilled, skill, turn.clone()));
            }
            self.unrouted.agents.insert(id.clone());
        }
        agent.keys.turn = turn;
        if serving_changed {
            self.serving_changed(agent, serves);
        }
    }

    /// An agent came or went, or serves other queues, or is good at something else.
    fn serving_changed(&mut self, agent: &mut Agent, serves: bool) {
        self.forget_serving(agent);
        let id = &agent.config.id;
        if serves {
            agent.config.queues.iter().for_each(|queue| insert(&mut self.signed_in, queue, id.clone()));
        }
        // Who is skipped, or waited for, depends on whether anybody else is there, or they are.
        for queue in agent.keys.queues.union(&agent.config.queues) {
            self.unrouted.sessions.extend(self.skipping.get(queue).into_iter().flatten());
        }
        self.unrouted.sessions.extend(self.preferring.get(id).into_iter().flatten());
        agent.keys.serves = serves;
        agent.keys.queues = agent.config.queues.clone();
        agent.keys.skills = agent.config.skills.clone();
    }

    fn forget_turn(&mut self, agent: &Agent) {
        let AgentKeys { turn, queues, skills, .. } = &agent.keys;
        if let Some(turn) = turn {
            for queue in queues {
                let Some(turns) = self.available.get_mut(queue) else { continue };
                turns.all.remove(turn);
                skills.keys().for_each(|skill| remove(&mut turns.skilled, skill, turn));
                if turns.all.is_empty() {
                    self.available.remove(queue);
                }
            }
        }
        self.unrouted.agents.remove(&agent.config.id);
    }

    fn forget_serving(&mut self, agent: &Agent) {
        agent.keys.queues.iter().for_each(|queue| remove(&mut self.signed_in, queue, &agent.config.id));
    }

    /// An agent is no more.
    pub(super) fn forget_agent(&mut self, agent: &mut Agent) {
        self.forget_turn(agent);
        self.forget_serving(agent);
        self.move_deadline(Subject::Agent(agent.config.id.clone()), agent.keys.deadline, None);
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
        let changes = self.openness.iter().filter_map(|(queue, it)| Some((it.due()?, Subject::Queue(queue.clone()))));
        self.index.deadlines.extend(changes);
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
