//! The rules of live chat: a pure, deterministic state machine over a log.
//!
//! [`Center`] is one tenant. [`Center::handle`] first checks a command, reading only, and may refuse it; what it then
//! decides is a list of events, each applied at once by `evolve`, routing last, and can no longer fail. Folding the
//! same events with [`Center::apply`] gives the same state, for ever. Nothing in here does I/O, reads a clock, draws
//! a random number or depends on the order of a hash map: time, ids and places for texts are passed in.
//!
//! Read in this order: `session`, `agent`, `offer` (the nouns) · `event`, `command`, `refusal` (the words) · `handle/`
//! (a family of commands a file) · `routing`, `deadline` · `evolve`, `index` · `check` (the invariants).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use minicbor::{Decode, Encode};

use crate::bugs::bug;

mod access;
mod agent;
mod chat;
mod check;
mod command;
mod commit;
mod deadline;
mod event;
mod evolve;
mod handle;
mod ids;
mod index;
mod offer;
mod refusal;
mod routing;
mod session;
mod settings;
mod target;
mod text;
mod time;

#[cfg(test)]
mod tests;

pub use access::{Access, Viewer};
pub use agent::{Agent, NextNotReady, Status, Work};
pub use chat::{CHAT_AGE, CHAT_MEMORY, Chat, ChatClosed, ChatMember, MAX_CHAT_MEMBERS, MAX_CHATS};
pub use command::{Answer, Asked, Caller, Command, IfLast, Object, Requested, StartSession, TransferLeave, Who};
pub use event::{
    AgentChange, Attribute, Audience, By, CenterChange, ChatEndReason, ChatEvent, ChatHappened, ChatStarted, EndReason,
    Event, Happened, JoinCause, LeaderStarted, LeaveReason, QueueCause, Record, SessionEvent, Started, UnqueueReason,
    WrapUpOutcome,
};
pub use handle::Decided;
pub use ids::{
    AgentId, CenterId, ChatId, Code, CustomerKey, Incarnation, Label, MAX_NAME, OfferId, QueueId, RequestId, Seed,
    ServiceId, SessionId, TeamId, is_name,
};
pub use index::{Index, Subject};
pub use offer::{CancelCause, InviteMode, Offer, OfferKind, Outcome};
pub use refusal::Refusal;
pub use session::{Away, EndedOffer, Participant, Place, QueueEntry, ReadMark, Session, State, WrapUp};
pub use settings::{AgentConfig, MaxWaitAction, Queue, Settings};
pub use target::{MAX_FAVOURITES, Target};
pub use text::{Content, Text};
pub use time::{HOUR, MINUTE, Millis, SECOND, Time};

/// How long an accepted request is remembered.
pub const REQUEST_MEMORY: Millis = 24 * HOUR;

/// Requests of one caller that are remembered at once; more are refused RATE_LIMITED.
pub const REQUESTS_PER_CALLER: u32 = 100_000;

/// One tenant: its agents, queues, unarchived sessions and settings.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Center {
    /// Its id.
    #[n(0)]
    pub id: CenterId,
    /// Commits so far.
    #[n(1)]
    pub seq: u64,
    /// What it sets.
    #[n(2)]
    pub settings: Settings,
    /// Its queues.
    #[n(3)]
    pub queues: BTreeMap<QueueId, Queue>,
    /// Its agents and supervisors.
    #[n(4)]
    pub agents: BTreeMap<AgentId, Agent>,
    /// Its sessions that aren't archived.
    #[n(5)]
    pub sessions: BTreeMap<SessionId, Session>,
    /// Requests answered in the last day.
    #[n(6)]
    requests: Requests,
    /// Runs of nodes whose streams live.
    #[n(7)]
    living: BTreeSet<Incarnation>,
    /// Set from a leader's start until the deadlines have moved: by how much.
    #[n(8)]
    down_for: Option<Millis>,
    /// What each agent likes to see first in the Invite window; only those who have such.
    #[n(10)]
    #[cbor(skip_if = "BTreeMap::is_empty")]
    favourites: BTreeMap<AgentId, BTreeSet<Target>>,
    /// Chats of its agents among themselves.
    #[n(11)]
    #[cbor(skip_if = "BTreeMap::is_empty")]
    chats: BTreeMap<ChatId, Chat>,
    /// Derived.
    #[cbor(skip)]
    index: Index,
}

/// Requests that were answered, for those who ask again.
#[derive(Clone, Debug, Default, Encode, Decode)]
struct Requests {
    #[n(0)]
    answers: BTreeMap<Caller, BTreeMap<RequestId, Remembered>>,
    /// The oldest first.
    #[n(1)]
    by_time: VecDeque<(Time, Caller, RequestId)>,
}

/// One request that was answered.
#[derive(Clone, Debug, Encode, Decode)]
struct Remembered {
    #[n(0)]
    fingerprint: u64,
    #[n(1)]
    answer: Answer,
}

impl Requests {
    /// What a caller's request was answered, unless that is too long ago; what is forgotten may not be dropped yet.
    fn get(&self, caller: &Caller, id: &RequestId, now: Time) -> Option<&Remembered> {
        self.answers.get(caller)?.get(id).filter(|known| now.since(known.answer.time) <= REQUEST_MEMORY)
    }

    /// Whether a caller has as many as are remembered of one.
    fn are_too_many(&self, caller: &Caller, now: Time) -> bool {
        let limit = REQUESTS_PER_CALLER as usize;
        self.answers.get(caller).is_some_and(|all| {
            let fresh = |known: &&Remembered| now.since(known.answer.time) <= REQUEST_MEMORY;
            all.len() >= limit && all.values().filter(fresh).count() >= limit
        })
    }
}

impl Center {
    /// A center of which nothing is known yet.
    pub fn new(id: CenterId, living: BTreeSet<Incarnation>) -> Self {
        Self {
            id,
            seq: 0,
            settings: Settings::default(),
            queues: BTreeMap::new(),
            agents: BTreeMap::new(),
            sessions: BTreeMap::new(),
            requests: Requests::default(),
            living,
            down_for: None,
            favourites: BTreeMap::new(),
            chats: BTreeMap::new(),
            index: Index::default(),
        }
    }

    /// Builds what isn't stored: call it once after decoding.
    pub fn restore(&mut self) {
        if bug!(RequestsForgottenOnRestart) {
            self.requests = Requests::default();
        }
        self.rebuild();
    }

    /// Lookups that are derived.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// When something is due next.
    pub fn next_deadline(&self) -> Option<Time> {
        if self.down_for.is_some() || !self.index.unrouted.is_empty() {
            return Some(Time::AT_ONCE);
        }
        self.index.deadlines.first().map(|(time, _)| *time)
    }

    /// An agent's state, by whoever needs to know it.
    pub fn agent(&self, id: &AgentId) -> Result<&Agent, Refusal> {
        self.agents.get(id).ok_or(Refusal::AgentNotFound)
    }
}
