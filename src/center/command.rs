//! What is asked, in the imperative, and how it is answered.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{
    canned::CannedResponse,
    event::Audience,
    ids::{
        AgentId, AttachmentId, ChatId, Code, CustomerKey, FileId, Incarnation, Label, OfferId, QueueId, RequestId,
        ResponseId, ServiceId, SessionId,
    },
    offer::InviteMode,
    queue::{Queue, Wanted},
    session::Channel,
    settings::{AgentConfig, Settings},
    target::Target,
    time::{Millis, Time},
};

/// Who calls: one person, the service itself, or a service for a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Caller {
    /// For whom it is done.
    #[n(0)]
    pub who: Who,
    /// The service that acts for them.
    #[n(1)]
    pub via: Option<ServiceId>,
}

/// A person, as the rules know them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(flat)]
pub enum Who {
    /// A customer.
    #[n(0)]
    Customer(#[n(0)] CustomerKey),
    /// An agent or supervisor of the center.
    #[n(1)]
    Agent(#[n(0)] AgentId),
    /// A supervisor by their credential.
    #[n(2)]
    Supervisor(#[n(0)] AgentId),
    /// An integrator or operator, for nobody.
    #[n(3)]
    Service(#[n(0)] ServiceId),
    /// The service itself: deadlines, presence, housekeeping.
    #[n(4)]
    System,
}

impl Who {
    /// The agent's or supervisor's id.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(id) | Self::Supervisor(id) => Some(id),
            Self::Customer(_) | Self::Service(_) | Self::System => None,
        }
    }
}

/// A request's id and what tells its content from another's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Requested {
    /// The caller's id of it.
    #[n(0)]
    pub id: RequestId,
    /// A keyed hash of the content.
    #[n(1)]
    pub fingerprint: u64,
}

/// A command as it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Asked {
    /// Who asks.
    #[n(0)]
    pub caller: Caller,
    /// The request's id; none for the system's own.
    #[n(1)]
    pub request: Option<Requested>,
    /// What is asked.
    #[n(2)]
    pub command: Command,
}

/// What an agent who transfers to a queue does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum TransferLeave {
    /// Stays connected.
    #[n(0)]
    Stay,
    /// Leaves in this commit.
    #[n(1)]
    Now,
    /// Leaves in the commit in which the entry is taken.
    #[n(2)]
    WhenTaken,
}

/// What becomes of the customer when the last agent leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum IfLast {
    /// Back to the home queue.
    #[n(0)]
    ReturnToQueue,
    /// Wait for the invited colleague.
    #[n(1)]
    AwaitInvitee,
    /// End.
    #[n(2)]
    End,
}

/// What is said at a start; texts are given whole.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StartSession {
    /// For comparing.
    #[n(0)]
    pub customer: CustomerKey,
    /// The customer's id.
    #[n(1)]
    pub customer_id: String,
    /// The name to show, or empty.
    #[n(2)]
    pub name: String,
    /// Where to wait.
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
    pub attributes: Vec<(Code, String)>,
    /// What is wanted of its agents.
    #[n(7)]
    #[cbor(default)]
    pub skills: Vec<Wanted>,
    /// How the customer writes.
    #[n(8)]
    #[cbor(default)]
    pub channel: Channel,
    /// Who is asked first, if they can take it.
    #[n(9)]
    pub agent: Option<AgentId>,
}

impl StartSession {
    /// A start of which nothing else is said.
    pub fn new(customer: CustomerKey, customer_id: String, queue: QueueId) -> Self {
        Self {
            customer,
            customer_id,
            name: String::new(),
            queue,
            language: None,
            priority: 0,
            attributes: Vec::new(),
            skills: Vec::new(),
            channel: Channel::Web,
            agent: None,
        }
    }
}

/// A session shall wait in a queue.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TransferToQueue {
    /// The session.
    #[n(0)]
    pub session: SessionId,
    /// The queue.
    #[n(1)]
    pub queue: QueueId,
    /// What the agent does.
    #[n(2)]
    pub leave: TransferLeave,
    /// For staff, or empty.
    #[n(3)]
    pub note: String,
    /// New priority.
    #[n(4)]
    pub priority: Option<i32>,
    /// Guards against a stale view.
    #[n(5)]
    pub expected: Option<u32>,
    /// What is wanted of the next agent.
    #[n(6)]
    pub skills: Option<Vec<Wanted>>,
    /// BCP 47 tag.
    #[n(7)]
    pub language: Option<Label>,
}

impl TransferToQueue {
    /// A transfer of which nothing else is said: the agent stays.
    pub fn new(session: SessionId, queue: QueueId) -> Self {
        Self {
            session,
            queue,
            leave: TransferLeave::Stay,
            note: String::new(),
            priority: None,
            expected: None,
            skills: None,
            language: None,
        }
    }
}

/// What shall be changed of a session; what is unset stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct UpdateSession {
    /// The customer's name.
    #[n(0)]
    pub name: Option<String>,
    /// BCP 47 tag.
    #[n(1)]
    pub language: Option<Label>,
    /// Higher goes first.
    #[n(2)]
    pub priority: Option<i32>,
    /// What is wanted of its agents.
    #[n(3)]
    pub skills: Option<Vec<Wanted>>,
    /// These are so from now on; an empty value takes one away.
    #[n(4)]
    pub attributes: Vec<(Code, String)>,
}

/// To whom a supervisor gives a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Successor {
    /// An agent, who is asked.
    #[n(0)]
    Agent(#[n(0)] AgentId),
    /// A queue.
    #[n(1)]
    Queue(#[n(0)] QueueId),
}

/// A state that a supervisor sets.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ForcedState {
    /// Ready.
    #[n(0)]
    Ready,
    /// Not ready, at once.
    #[n(1)]
    NotReady(#[n(0)] Option<Code>),
    /// Signed out; their sessions are handed back.
    #[n(2)]
    SignedOut,
}

/// An object of a center's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Object {
    /// Settings.
    #[n(0)]
    Settings(#[n(0)] Box<Settings>),
    /// A queue.
    #[n(1)]
    Queue(#[n(0)] Box<Queue>),
    /// An agent.
    #[n(2)]
    Agent(#[n(0)] Box<AgentConfig>),
    /// A canned response that all share.
    #[n(3)]
    CannedResponse(#[n(0)] Box<CannedResponse>),
}

/// What a message is beyond its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct MessageParts {
    /// The message that it answers, in the sender's numbering.
    #[n(0)]
    pub reply_to: Option<u32>,
    /// Files.
    #[n(1)]
    pub attachments: Vec<NamedAttachment>,
}

/// A file, and what it is called: the rules don't know its name, they only put it where the message's text lies.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NamedAttachment {
    /// Which.
    #[n(0)]
    pub id: AttachmentId,
    /// What it is called.
    #[n(1)]
    pub name: String,
}

/// What may be asked. Revisions are those of Session.structure_revision.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Command {
    /// A customer's chat begins.
    #[n(0)]
    StartSession(#[n(0)] Box<StartSession>),
    /// A colleague is invited.
    #[n(1)]
    Invite {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The colleague.
        #[n(1)]
        agent: AgentId,
        /// What for.
        #[n(2)]
        mode: InviteMode,
        /// For the colleague, or empty.
        #[n(3)]
        note: String,
        /// How long it rings.
        #[n(4)]
        ring: Option<Millis>,
        /// Guards against a stale view.
        #[n(5)]
        expected: Option<u32>,
    },
    /// An invitation is called off.
    #[n(2)]
    CancelInvitation {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The invitation.
        #[n(1)]
        offer: OfferId,
    },
    /// An offer is taken.
    #[n(3)]
    AcceptOffer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The offer.
        #[n(1)]
        offer: OfferId,
    },
    /// An offer is declined.
    #[n(4)]
    DeclineOffer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The offer.
        #[n(1)]
        offer: OfferId,
    },
    /// The session shall wait in a queue.
    #[n(5)]
    TransferToQueue(#[n(0)] Box<TransferToQueue>),
    /// The session shall wait in no queue.
    #[n(6)]
    WithdrawFromQueue {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Guards against a stale view.
        #[n(1)]
        expected: Option<u32>,
    },
    /// The agent leaves.
    #[n(7)]
    Leave {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Read only when nothing else would remain.
        #[n(1)]
        if_last: Option<IfLast>,
        /// Guards against a stale view.
        #[n(2)]
        expected: Option<u32>,
    },
    /// The session ends for all.
    #[n(8)]
    EndSession {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Also with other agents connected.
        #[n(1)]
        end_for_all: bool,
        /// Guards against a stale view.
        #[n(2)]
        expected: Option<u32>,
    },
    /// Somebody says something; the request's id is the message's.
    #[n(9)]
    SendMessage {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What.
        #[n(1)]
        text: String,
        /// To whom.
        #[n(2)]
        audience: Audience,
        /// What most messages have nothing of.
        #[n(3)]
        with: Option<Box<MessageParts>>,
    },
    /// Somebody has read up to a revision of their numbering.
    #[n(10)]
    ReadUpTo {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The revision.
        #[n(1)]
        revision: u32,
    },
    /// An agent says what came of the session.
    #[n(11)]
    SetDisposition {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The word.
        #[n(1)]
        code: Code,
        /// For colleagues, or empty.
        #[n(2)]
        notes: String,
    },
    /// An agent's after-chat work is done.
    #[n(12)]
    CompleteWrapUp {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// An agent comes to work.
    #[n(13)]
    SignIn,
    /// An agent goes.
    #[n(14)]
    SignOut {
        /// Sessions are returned.
        #[n(0)]
        hand_back: bool,
    },
    /// An agent wants router offers, or none.
    #[n(15)]
    SetState {
        /// Ready.
        #[n(0)]
        ready: bool,
        /// Why not.
        #[n(1)]
        reason: Option<Code>,
    },
    /// The first desk stream of an agent at a node opened.
    #[n(16)]
    OpenDesk {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The last one closed.
    #[n(17)]
    CloseDesk {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The first watch of a session's customer at a node opened.
    #[n(18)]
    OpenCustomer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The last one closed.
    #[n(19)]
    CloseCustomer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// An object is configured; validated with its likes before.
    #[n(20)]
    Put(#[n(0)] Object),
    /// What is due happens.
    #[n(21)]
    Due,
    /// A closed session's transcript is safe elsewhere.
    #[n(22)]
    Archive {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// An agent takes a session from its queue, out of order.
    #[n(23)]
    TakeFromQueue {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond the agent's capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// What is known of a session, or wanted for it, changes.
    #[n(24)]
    UpdateSession {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What.
        #[n(1)]
        update: Box<UpdateSession>,
    },
    /// An agent asks for help.
    #[n(25)]
    RaiseFlag {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What for, or empty.
        #[n(1)]
        note: String,
    },
    /// Nobody needs help any more.
    #[n(26)]
    ClearFlag {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// A supervisor looks into a session, or no longer does.
    #[n(27)]
    Monitor {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// From now on.
        #[n(1)]
        on: bool,
    },
    /// A supervisor joins.
    #[n(28)]
    BargeIn {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond their capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// A supervisor joins, and everybody else leaves.
    #[n(29)]
    TakeOver {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond their capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// A supervisor removes an agent.
    #[n(50)]
    RemoveParticipant {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The agent.
        #[n(1)]
        agent: AgentId,
    },
    /// A supervisor gives a session to somebody else.
    #[n(51)]
    Reassign {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// To whom.
        #[n(1)]
        to: Successor,
        /// For the successor, or empty.
        #[n(2)]
        note: String,
    },
    /// A supervisor sets an agent's state.
    #[n(52)]
    ForceAgentState {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The state.
        #[n(1)]
        state: ForcedState,
    },
    /// A queue shall be no more.
    #[n(53)]
    DeleteQueue {
        /// The queue.
        #[n(0)]
        queue: QueueId,
    },
    /// An agent shall be no more.
    #[n(54)]
    DeleteAgent {
        /// The agent.
        #[n(0)]
        agent: AgentId,
    },
    /// An agent keeps a canned response of their own.
    #[n(30)]
    PutCannedResponse(#[n(0)] Box<CannedResponse>),
    /// An agent deletes one.
    #[n(31)]
    DeleteCannedResponse {
        /// Which.
        #[n(0)]
        id: ResponseId,
    },
    /// Somebody is going to send a file.
    #[n(32)]
    CreateAttachment {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The file's id from now on.
        #[n(1)]
        id: AttachmentId,
        /// What it is called.
        #[n(2)]
        name: String,
        /// Its MIME type.
        #[n(3)]
        content_type: Label,
        /// Bytes.
        #[n(4)]
        size: u64,
    },
    /// A file's bytes are all there.
    #[n(33)]
    FinishUpload {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The file.
        #[n(1)]
        id: AttachmentId,
        /// Under which name they lie.
        #[n(2)]
        file: FileId,
    },
    /// An agent likes to see somebody or a queue first.
    #[n(40)]
    PutFavourite {
        /// Whom or which.
        #[n(0)]
        target: Target,
    },
    /// An agent no longer does.
    #[n(41)]
    DeleteFavourite {
        /// Whom or which.
        #[n(0)]
        target: Target,
    },
    /// Colleagues chat among themselves: two, who have one open chat at most, or a group.
    #[n(42)]
    StartChat {
        /// The others.
        #[n(0)]
        members: BTreeSet<AgentId>,
        /// A group's name, or empty.
        #[n(1)]
        name: String,
    },
    /// A member says something; the request's id is the message's.
    #[n(43)]
    SendChatMessage {
        /// The chat; where it goes on in another one, that.
        #[n(0)]
        chat: ChatId,
        /// What.
        #[n(1)]
        text: String,
    },
    /// A member adds a colleague to a group.
    #[n(44)]
    AddChatMember {
        /// The chat.
        #[n(0)]
        chat: ChatId,
        /// The colleague.
        #[n(1)]
        agent: AgentId,
    },
    /// A member leaves a group.
    #[n(45)]
    LeaveChat {
        /// The chat.
        #[n(0)]
        chat: ChatId,
    },
    /// A member has read up to a revision.
    #[n(46)]
    ReadChatUpTo {
        /// The chat.
        #[n(0)]
        chat: ChatId,
        /// The revision.
        #[n(1)]
        revision: u32,
    },
}

/// What an accepted command is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
    /// The session it was about.
    #[n(0)]
    pub session: Option<SessionId>,
    /// The session's revision after it.
    #[n(1)]
    pub revision: u32,
    /// The same in the customer's numbering.
    #[n(2)]
    pub public: u32,
    /// The invitation made.
    #[n(3)]
    pub offer: Option<OfferId>,
    /// When it ends.
    #[n(4)]
    pub expire: Time,
    /// The session is new.
    #[n(5)]
    pub is_new: bool,
    /// When it was decided.
    #[n(6)]
    pub time: Time,
}
