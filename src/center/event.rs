//! What happened, in the past tense: the log's words. Their numbers are frozen: a kind's meaning never changes.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{
    attachment::Attachment,
    canned::CannedResponse,
    command::{Answer, Caller},
    holder::Holder,
    hours::Openness,
    ids::{
        AgentId, AttachmentId, ChatId, Code, FileId, Incarnation, Label, QueueId, RequestId, ResponseId, ServiceId,
        SessionId,
    },
    queue::Queue,
    settings::{AgentConfig, Settings},
    target::Target,
    time::{Millis, Time},
};

mod chat;
mod happened;
mod reason;

pub use chat::{ChatEndReason, ChatEvent, ChatHappened, ChatStarted};
pub use happened::{Attribute, Happened, PostedMore, Quoted, Started, Updated};
pub use reason::{EndReason, JoinCause, LeaveReason, QueueCause, UnqueueReason, WrapUpOutcome};

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
    /// In a chat of colleagues; numbered there.
    #[n(3)]
    Chat(#[n(0)] ChatEvent),
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

impl SessionEvent {
    /// Its number in the numbering of an audience that may see it.
    pub fn number(&self, audience: Audience) -> u32 {
        match audience {
            Audience::Staff => self.revision,
            Audience::Everyone => self.public.unwrap_or(0),
        }
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
    /// The next session may come.
    #[n(7)]
    RampedUp,
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
    /// A queue with hours opened, or closed, or it is known until when it stays so.
    #[n(9)]
    QueueHours {
        /// The queue.
        #[n(0)]
        queue: QueueId,
        /// How it stands.
        #[n(1)]
        openness: Openness,
    },
    /// A waiting session's next step of widening has come.
    #[n(10)]
    Widened {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// A waiting customer was told so.
    #[n(11)]
    WaitingTold {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// A session waits for its preferred agent no longer.
    #[n(12)]
    PreferenceEnded {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// Something that is written down and changes nothing else.
    #[n(13)]
    Audited {
        /// Who did it.
        #[n(0)]
        by: Caller,
        /// What.
        #[n(1)]
        what: Audit,
    },
    /// A queue is no more.
    #[n(14)]
    QueueDeleted(#[n(0)] QueueId),
    /// An agent is no more.
    #[n(15)]
    AgentDeleted(#[n(0)] AgentId),
    /// An agent has one favourite more.
    #[n(40)]
    FavouritePut {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// Whom or which.
        #[n(1)]
        target: Target,
    },
    /// An agent has one favourite less.
    #[n(41)]
    FavouriteDeleted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// Whom or which.
        #[n(1)]
        target: Target,
    },
    /// A member read in a chat that is closed: nobody else has to know.
    #[n(42)]
    ChatRead {
        /// The chat.
        #[n(0)]
        chat: ChatId,
        /// Who.
        #[n(1)]
        agent: AgentId,
        /// Up to which revision.
        #[n(2)]
        revision: u32,
    },
    /// A chat was closed long ago: its memory is free.
    #[n(43)]
    ChatForgotten {
        /// The chat.
        #[n(0)]
        chat: ChatId,
    },
    /// A canned response that all share is this.
    #[n(30)]
    CannedPut(#[n(0)] Box<CannedResponse>),
    /// An agent's own is this.
    #[n(31)]
    OwnCannedPut {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// What.
        #[n(1)]
        response: Box<CannedResponse>,
    },
    /// A shared one is gone.
    #[n(44)]
    CannedDeleted(#[n(0)] ResponseId),
    /// An agent's own is gone.
    #[n(32)]
    OwnCannedDeleted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// Which.
        #[n(1)]
        id: ResponseId,
    },
    /// A file is going to be sent: nobody's to see but its owner's.
    #[n(33)]
    AttachmentCreated {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Which.
        #[n(1)]
        id: AttachmentId,
        /// What is known of it.
        #[n(2)]
        attachment: Box<Attachment>,
    },
    /// Its bytes are all there.
    #[n(34)]
    AttachmentUploaded {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Which.
        #[n(1)]
        id: AttachmentId,
        /// Under which name they lie.
        #[n(2)]
        file: FileId,
    },
    /// It was sent with no message for too long.
    #[n(35)]
    AttachmentDropped {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Which.
        #[n(1)]
        id: AttachmentId,
    },
}

/// What is written down of those who may do much.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Audit {
    /// A supervisor looks into a session without being in it.
    #[n(0)]
    MonitoringStarted(#[n(0)] SessionId),
    /// They no longer do.
    #[n(1)]
    MonitoringStopped(#[n(0)] SessionId),
    /// An agent's state was set by somebody else.
    #[n(2)]
    AgentForced(#[n(0)] AgentId),
    /// The settings were changed.
    #[n(3)]
    SettingsPut,
    /// A queue was put.
    #[n(4)]
    QueuePut(#[n(0)] QueueId),
    /// An agent was put.
    #[n(5)]
    AgentPut(#[n(0)] AgentId),
    /// A queue was deleted.
    #[n(6)]
    QueueDeleted(#[n(0)] QueueId),
    /// An agent was deleted.
    #[n(7)]
    AgentDeleted(#[n(0)] AgentId),
    /// A shared canned response was put.
    #[n(8)]
    CannedPut(#[n(0)] ResponseId),
    /// A shared canned response was deleted.
    #[n(9)]
    CannedDeleted(#[n(0)] ResponseId),
    /// Somebody's credentials count no more.
    #[n(10)]
    CredentialsRevoked(#[n(0)] Holder),
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
    /// The log's form is raised to this: from here on it may hold kinds of records that only those read who know this form.
    /// None: as it was.
    #[n(5)]
    pub format: Option<u32>,
}
