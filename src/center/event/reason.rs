//! Why things happened in a session.

use minicbor::{Decode, Encode};

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
    /// Its queue closed.
    #[n(8)]
    QueueClosed,
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
    /// It waited too long elsewhere, or that queue was full or closed.
    #[n(3)]
    Overflowed,
    /// A supervisor put it there.
    #[n(4)]
    Reassigned,
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
    /// The queue closed, attended.
    #[n(4)]
    QueueClosed,
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
    /// Took it from the queue by themselves.
    #[n(3)]
    TakenFromQueue,
    /// A supervisor joined.
    #[n(4)]
    BargedIn,
    /// A supervisor took over.
    #[n(5)]
    TookOver,
    /// A supervisor chose them.
    #[n(6)]
    Reassigned,
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
    /// They took it and said nothing.
    #[n(5)]
    NoResponse,
    /// A supervisor removed them.
    #[n(6)]
    Removed,
    /// A supervisor took over, or gave it to somebody else.
    #[n(7)]
    TakenOver,
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
