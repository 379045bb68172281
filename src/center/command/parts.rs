//! What commands say.

use minicbor::{Decode, Encode};

use crate::center::{
    AgentConfig, AgentId, AttachmentId, CannedResponse, Channel, Code, CustomerKey, Label, Queue, QueueId, SessionId,
    Settings, Wanted,
};

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
