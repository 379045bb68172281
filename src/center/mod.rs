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
use last_agents::LastAgents;

mod access;
mod agent;
mod archived;
mod attachment;
mod automatic;
mod canned;
mod chat;
mod check;
mod command;
mod commit;
mod deadline;
mod event;
mod evolve;
mod explain;
mod figures;
mod handle;
mod holder;
mod hours;
mod ids;
mod index;
mod last_agents;
mod mask;
mod offer;
mod queue;
mod refusal;
mod routing;
mod session;
mod settings;
mod target;
mod text;
mod time;
mod waits;

#[cfg(test)]
mod tests;

pub use access::{Access, Viewer};
pub use agent::{Agent, NextNotReady, Ramp, Status, Work};
pub use archived::TooLate;
pub use attachment::{Attachment, AttachmentLimits, PostedAttachment, UNSENT_KEPT};
pub use canned::{CannedResponse, CannedResponses, CannedSearch, MAX_PERSONAL, MAX_SHARED, Variables};
pub use chat::{CHAT_AGE, CHAT_IDLE_TIME, CHAT_MEMORY, Chat, ChatClosed, ChatMember, MAX_CHAT_MEMBERS, MAX_CHATS};
pub use command::{
    Answer, Asked, Caller, Command, ForcedState, IfLast, MessageParts, NamedAttachment, Object, Requested,
    StartSession, Successor, TransferLeave, TransferToQueue, UpdateSession, Who,
};
pub use event::{
    AgentChange, Attribute, Audience, Audit, By, CenterChange, ChatEndReason, ChatEvent, ChatHappened, ChatStarted,
    EndReason, Event, Happened, JoinCause, LeaderStarted, LeaveReason, PostedMore, QueueCause, Quoted, Record,
    SessionEvent, Started, UnqueueReason, Updated, WrapUpOutcome,
};
pub use explain::{EXPLAINED, Explanation, Hold, Obstacle};
pub use figures::AgentFigures;
pub use handle::Decided;
pub use holder::Holder;
pub use hours::{DAY, Holiday, Hours, Openness, Span, is_time_zone};
pub use ids::{
    AgentId, AttachmentId, CenterId, ChatId, Code, CustomerKey, FileId, Incarnation, Label, MAX_NAME, OfferId, QueueId,
    RequestId, ResponseId, Seed, ServiceId, SessionId, TeamId, is_name,
};
pub use index::{Index, Subject, Turns, Wishes};
pub use mask::{MAX_MASKS, Mask, Masking, masking};
pub use offer::{CancelCause, InviteMode, Offer, OfferKind, Outcome};
pub use queue::{ClosingAction, MaxWaitAction, Moment, Queue, QueueMessage, ServiceLevel, Wanted, Widening};
pub use refusal::Refusal;
pub use session::{
    Away, Channel, EndedOffer, FirstResponse, Flag, Participant, Place, Preferred, QueueEntry, ReadMark, Session,
    State, WrapUp,
};
pub use settings::{AgentConfig, AgentKind, Permission, Settings};
pub use target::{MAX_FAVOURITES, Target};
pub use text::{Content, Text};
pub use time::{HOUR, MINUTE, Millis, SECOND, Time};
pub use waits::{COUNTED, Waits};

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
    /// What its queues have seen.
    #[n(12)]
    #[cbor(default)]
    pub waits: BTreeMap<QueueId, Waits>,
    /// How queues with hours stand.
    #[n(13)]
    #[cbor(default)]
    pub openness: BTreeMap<QueueId, Openness>,
    /// Supervisors who look into sessions.
    #[n(14)]
    #[cbor(default)]
    pub monitors: BTreeSet<(SessionId, AgentId)>,
    /// Who served whom last.
    #[n(15)]
    #[cbor(default)]
    last_agents: LastAgents,
    /// Its canned responses, and its agents' own.
    #[n(9)]
    canned: Option<Box<CannedResponses>>,
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
    /// Derived of the settings.
    #[cbor(skip)]
    masks: mask::Masks,
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
            waits: BTreeMap::new(),
            openness: BTreeMap::new(),
            monitors: BTreeSet::new(),
            last_agents: LastAgents::default(),
            canned: None,
            favourites: BTreeMap::new(),
            chats: BTreeMap::new(),
            index: Index::default(),
            masks: mask::Masks::default(),
        }
    }

    /// Builds what isn't stored: call it once after decoding.
    pub fn restore(&mut self) {
        if bug!(RequestsForgottenOnRestart) {
            self.requests = Requests::default();
        }
        self.masks = mask::Masks::of(&self.settings);
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

    /// Whether a queue is open now; one without hours always is.
    pub fn is_open(&self, queue: &QueueId) -> bool {
        self.openness.get(queue).is_none_or(|openness| openness.open)
    }

    /// An agent's state, by whoever needs to know it.
    pub fn agent(&self, id: &AgentId) -> Result<&Agent, Refusal> {
        self.agents.get(id).ok_or(Refusal::AgentNotFound)
    }
}
