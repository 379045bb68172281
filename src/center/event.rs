//! What happened, in the past tense: the log's words. Their numbers are frozen: a kind's meaning never changes.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use crate::bugs::bug;

use super::{
    command::{Answer, Caller},
    ids::{AgentId, Code, CustomerKey, Incarnation, Label, OfferId, QueueId, RequestId, ServiceId, SessionId},
    offer::{Offer, Outcome},
    settings::{AgentConfig, Queue, Settings},
    text::Text,
    time::{Millis, Time},
};

/// One commit: what a command made of one center, all of it or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    /// The center.
    #[n(0)]
    pub center: super::ids::CenterId,
    /// Its number in the center: 1, 2, 3 …
    #[n(1)]
    pub seq: u64,
    /// When it was decided.
    #[n(2)]
    pub time: Time,
    /// What happened, in order.
    #[n(3)]
    pub events: Vec<Event>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Event {
    /// In a session; numbered there.
    #[n(0)]
    Session(#[n(0)] SessionEvent),
    /// To an agent.
    #[n(1)]
    Agent {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// What.
        #[n(1)]
        change: AgentChange,
    },
    /// To the center.
    #[n(2)]
    Center(#[n(0)] CenterChange),
}

/// Who may see an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Audience {
    /// Everyone in the session.
    #[n(0)]
    Everyone,
    /// Staff only.
    #[n(1)]
    Staff,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum By {
    /// The service itself.
    #[n(0)]
    System,
    /// The session's customer.
    #[n(1)]
    Customer,
    /// An agent.
    #[n(2)]
    Agent {
        /// Who.
        #[n(0)]
        id: AgentId,
        /// Their name then.
        #[n(1)]
        name: Label,
        /// They are a supervisor.
        #[n(2)]
        supervisor: bool,
    },
    /// A queue's automatic message.
    #[n(3)]
    Queue {
        /// Which.
        #[n(0)]
        id: QueueId,
        /// Its name then.
        #[n(1)]
        name: Label,
    },
}

/// One numbered event of a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SessionEvent {
    /// The session.
    #[n(0)]
    pub session: SessionId,
    /// Its number: 1, 2, 3 …
    #[n(1)]
    pub revision: u32,
    /// Its number among the events for everyone; none when it is for staff.
    #[n(2)]
    pub public: Option<u32>,
    /// Who did it.
    #[n(3)]
    pub by: By,
    /// The service that acted for them.
    #[n(4)]
    pub via: Option<ServiceId>,
    /// What.
    #[n(5)]
    pub what: Happened,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum EndReason {
    /// By the customer.
    #[n(0)]
    Customer,
    /// By an agent.
    #[n(1)]
    Agent,
    /// By a supervisor.
    #[n(2)]
    Supervisor,
    /// By an integrator, for the customer.
    #[n(3)]
    Integrator,
    /// The customer said nothing.
    #[n(4)]
    Inactivity,
    /// The customer was gone while it waited.
    #[n(5)]
    CustomerGone,
    /// It waited too long.
    #[n(6)]
    MaxWait,
    /// It became too old.
    #[n(7)]
    AgeLimit,
}

/// Why a session entered a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum QueueCause {
    /// It started there.
    #[n(0)]
    Started,
    /// An agent transferred it.
    #[n(1)]
    Transferred,
    /// Nobody was left.
    #[n(2)]
    Returned,
    /// It waited too long elsewhere.
    #[n(3)]
    Overflowed,
}

/// Why a session left its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum UnqueueReason {
    /// An agent took it.
    #[n(0)]
    Taken,
    /// An agent withdrew it.
    #[n(1)]
    Withdrawn,
    /// It waited too long, attended.
    #[n(2)]
    MaxWait,
    /// It ended.
    #[n(3)]
    Ended,
}

/// How an agent came to be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum JoinCause {
    /// By a router offer.
    #[n(0)]
    Routed,
    /// Invited to a conference.
    #[n(1)]
    Conference,
    /// Invited to take over.
    #[n(2)]
    Transfer,
}

/// Why an agent is no longer connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum LeaveReason {
    /// They left.
    #[n(0)]
    Left,
    /// A successor took over, or the queue has it.
    #[n(1)]
    Transferred,
    /// They were cut off past the grace.
    #[n(2)]
    AgentGone,
    /// They signed out.
    #[n(3)]
    SignedOut,
    /// The session ended.
    #[n(4)]
    SessionEnded,
}

/// How a wrap-up ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum WrapUpOutcome {
    /// The agent completed it.
    #[n(0)]
    Completed,
    /// Its time ran out.
    #[n(1)]
    TimedOut,
    /// The agent joined again.
    #[n(2)]
    Rejoined,
}

/// What is said at a start.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Started {
    /// For comparing.
    #[n(0)]
    pub customer: CustomerKey,
    /// The customer's id.
    #[n(1)]
    pub customer_id: Text,
    /// The customer's name.
    #[n(2)]
    pub name: Option<Text>,
    /// The queue it starts into.
    #[n(3)]
    pub queue: QueueId,
    /// BCP 47 tag.
    #[n(4)]
    pub language: Option<Label>,
    /// Higher goes first.
    #[n(5)]
    pub priority: i32,
    /// What is known.
    #[n(6)]
    pub attributes: Vec<Attribute>,
}

/// A named value of a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attribute {
    /// Its name.
    #[n(0)]
    pub name: Code,
    /// Its value.
    #[n(1)]
    pub value: Option<Text>,
    /// An integrator says so.
    #[n(2)]
    pub verified: bool,
}

/// The kinds of a session's events.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Happened {
    /// Everyone. It began.
    #[n(0)]
    Started(#[n(0)] Box<Started>),
    /// Everyone. It waits in this queue now.
    #[n(1)]
    Queued {
        /// Where.
        #[n(0)]
        queue: QueueId,
        /// Why.
        #[n(1)]
        cause: QueueCause,
        /// Time unattended before.
        #[n(2)]
        waited_before: Millis,
        /// When `max_wait` runs out.
        #[n(3)]
        expire: Time,
        /// The session's priority from now on.
        #[n(4)]
        priority: i32,
    },
    /// Everyone. It waits in no queue now.
    #[n(2)]
    Unqueued {
        /// Where it was.
        #[n(0)]
        queue: QueueId,
        /// Why.
        #[n(1)]
        reason: UnqueueReason,
    },
    /// Staff. An offer rings.
    #[n(3)]
    OfferMade(#[n(0)] Box<Offer>),
    /// Staff. An offer ended.
    #[n(4)]
    OfferEnded {
        /// Which.
        #[n(0)]
        offer: OfferId,
        /// Whose.
        #[n(1)]
        agent: AgentId,
        /// How.
        #[n(2)]
        outcome: Outcome,
        /// The router made it.
        #[n(3)]
        router: bool,
    },
    /// Staff. An offer was prolonged after a recovery.
    #[n(5)]
    OfferExtended {
        /// Which.
        #[n(0)]
        offer: OfferId,
        /// Until when.
        #[n(1)]
        expire: Time,
        /// Whose.
        #[n(2)]
        agent: AgentId,
    },
    /// Everyone. An agent is connected.
    #[n(6)]
    Joined {
        /// Their number in the session.
        #[n(0)]
        participant: u32,
        /// Who.
        #[n(1)]
        agent: AgentId,
        /// Their name.
        #[n(2)]
        name: Label,
        /// How.
        #[n(3)]
        cause: JoinCause,
        /// The queue whose wrap-up is theirs.
        #[n(4)]
        queue: QueueId,
    },
    /// Everyone. An agent is no longer connected.
    #[n(7)]
    Left {
        /// Their number in the session.
        #[n(0)]
        participant: u32,
        /// Who.
        #[n(1)]
        agent: AgentId,
        /// Their name.
        #[n(2)]
        name: Label,
        /// Why.
        #[n(3)]
        reason: LeaveReason,
    },
    /// Either. Somebody said something.
    #[n(8)]
    Posted {
        /// The sender's id of it.
        #[n(0)]
        message: RequestId,
        /// Of the request; none for automatic messages.
        #[n(1)]
        fingerprint: Option<u64>,
        /// What.
        #[n(2)]
        text: Text,
    },
    /// Everyone when it advances what customers see, else staff. Somebody read up to here.
    #[n(9)]
    Read {
        /// The participant's number; 0 is the customer.
        #[n(0)]
        participant: u32,
        /// In staff's numbering.
        #[n(1)]
        revision: u32,
        /// In the customer's.
        #[n(2)]
        public: u32,
    },
    /// Staff. The customer's last watch closed.
    #[n(10)]
    CustomerAway {
        /// Until when it is offered all the same.
        #[n(0)]
        grace_end: Time,
    },
    /// Staff. The customer watches again.
    #[n(11)]
    CustomerReturned,
    /// Everyone. It ends soon.
    #[n(12)]
    Warned {
        /// Why.
        #[n(0)]
        reason: EndReason,
        /// When.
        #[n(1)]
        end: Time,
    },
    /// Everyone. It ended.
    #[n(13)]
    Ended {
        /// Why.
        #[n(0)]
        reason: EndReason,
    },
    /// Staff. After-chat work began.
    #[n(14)]
    WrapUpStarted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// Until when.
        #[n(1)]
        expire: Time,
        /// It needs a disposition.
        #[n(2)]
        disposition_required: bool,
    },
    /// Staff. After-chat work is done.
    #[n(15)]
    WrapUpCompleted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// How.
        #[n(1)]
        outcome: WrapUpOutcome,
        /// What they said; none is NONE_GIVEN.
        #[n(2)]
        disposition: Option<Code>,
    },
    /// Staff. An agent said what came of it.
    #[n(16)]
    DispositionSet {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// What.
        #[n(1)]
        code: Code,
        /// For colleagues.
        #[n(2)]
        notes: Option<Text>,
    },
    /// Staff. The last wrap-up is done.
    #[n(17)]
    Closed,
    /// Staff. An agent leaves when the entry is taken.
    #[n(18)]
    LeavePlanned {
        /// Who.
        #[n(0)]
        agent: AgentId,
    },
    /// Staff. The entry went without being taken.
    #[n(19)]
    LeavePlanDropped {
        /// Who.
        #[n(0)]
        agent: AgentId,
    },
}

impl Happened {
    /// Whether only staff may see it: the one table. What may be either is told by `audience`.
    pub fn audience(&self, asked: Audience) -> Audience {
        if bug!(WhisperShown) && matches!(self, Self::Posted { .. }) {
            return Audience::Everyone;
        }
        match self {
            Self::Started(_)
            | Self::Queued { .. }
            | Self::Unqueued { .. }
            | Self::Joined { .. }
            | Self::Left { .. }
            | Self::Warned { .. }
            | Self::Ended { .. } => Audience::Everyone,
            Self::OfferMade(_)
            | Self::OfferEnded { .. }
            | Self::OfferExtended { .. }
            | Self::CustomerAway { .. }
            | Self::CustomerReturned
            | Self::WrapUpStarted { .. }
            | Self::WrapUpCompleted { .. }
            | Self::DispositionSet { .. }
            | Self::Closed
            | Self::LeavePlanned { .. }
            | Self::LeavePlanDropped { .. } => Audience::Staff,
            Self::Posted { .. } | Self::Read { .. } => asked,
        }
    }

    /// Whether it changes participants, queue or offers: what `expected_revision` guards.
    pub fn is_structural(&self) -> bool {
        matches!(
            self,
            Self::Started(_)
                | Self::Queued { .. }
                | Self::Unqueued { .. }
                | Self::OfferMade(_)
                | Self::OfferEnded { .. }
                | Self::OfferExtended { .. }
                | Self::Joined { .. }
                | Self::Left { .. }
                | Self::Ended { .. }
        )
    }
}

/// What happened to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum AgentChange {
    /// Signed in, not ready, without a desk yet.
    #[n(0)]
    SignedIn {
        /// Until when a desk must be open.
        #[n(0)]
        grace_end: Time,
    },
    /// Signed out.
    #[n(1)]
    SignedOut,
    /// Ready now.
    #[n(2)]
    Ready,
    /// Not ready now.
    #[n(3)]
    NotReady {
        /// Why.
        #[n(0)]
        reason: Option<Code>,
    },
    /// Not ready once the work in hand is done.
    #[n(4)]
    NotReadyNext {
        /// Why.
        #[n(0)]
        reason: Option<Code>,
    },
    /// The first desk stream of a node opened.
    #[n(5)]
    DeskOpened {
        /// The node's run.
        #[n(0)]
        incarnation: Incarnation,
    },
    /// The last desk stream of a node closed.
    #[n(6)]
    DeskClosed {
        /// The node's run.
        #[n(0)]
        incarnation: Incarnation,
        /// Until when the agent may be cut off.
        #[n(1)]
        grace_end: Time,
    },
}

/// What happened to a center.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum CenterChange {
    /// Its settings are these.
    #[n(0)]
    SettingsPut(#[n(0)] Box<Settings>),
    /// A queue is this.
    #[n(1)]
    QueuePut(#[n(0)] Box<Queue>),
    /// An agent is this.
    #[n(2)]
    AgentPut(#[n(0)] Box<AgentConfig>),
    /// A request was answered.
    #[n(3)]
    Remembered {
        /// Whose.
        #[n(0)]
        caller: Caller,
        /// Its id.
        #[n(1)]
        request: RequestId,
        /// Of its content.
        #[n(2)]
        fingerprint: u64,
        /// What was said.
        #[n(3)]
        answer: Answer,
    },
    /// Deadlines for persons moved, because the service was down.
    #[n(4)]
    DeadlinesMoved {
        /// By this.
        #[n(0)]
        by: Millis,
        /// And to no earlier than this.
        #[n(1)]
        not_before: Time,
    },
    /// The first watch of a customer at a node opened, or the last one closed.
    #[n(5)]
    CustomerWatching {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
        /// Opened.
        #[n(2)]
        open: bool,
    },
    /// The customer's grace is over: a waiting session isn't offered.
    #[n(6)]
    CustomerAbsent {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// An agent is no longer skipped for a session.
    #[n(7)]
    SkipEnded {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The agent.
        #[n(1)]
        agent: AgentId,
    },
    /// A closed session's transcript is archived: its memory is free.
    #[n(8)]
    Archived {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
}

/// A leader took over the shard: written alone, before it serves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LeaderStarted {
    /// One higher than the last.
    #[n(0)]
    pub epoch: u64,
    /// The leader's run.
    #[n(1)]
    pub incarnation: Incarnation,
    /// When.
    #[n(2)]
    pub now: Time,
    /// How long nobody led.
    #[n(3)]
    pub down_for: Millis,
    /// The runs whose streams live.
    #[n(4)]
    pub living: BTreeSet<Incarnation>,
}
