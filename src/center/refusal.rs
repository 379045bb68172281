//! Why a command is refused: a closed list. A refused command has changed nothing.

use thiserror::Error;

use super::{command::IfLast, offer::Outcome};

/// A fact that stands in the way. The contract's `Reason` says what each means to a caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A field's value can't be.
    #[error("{field}: {why}")]
    FieldInvalid {
        /// The field's path in the request.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// The caller's role may not do this.
    #[error("the caller's role may not do this")]
    RoleNotAllowed,
    /// The caller isn't in the session.
    #[error("the caller is not connected to the session")]
    NotParticipant,
    /// No such session for the caller.
    #[error("no such session")]
    SessionNotFound,
    /// No such agent.
    #[error("no such agent")]
    AgentNotFound,
    /// No such queue.
    #[error("no such queue")]
    QueueNotFound,
    /// No such offer for the caller.
    #[error("no such offer")]
    OfferNotFound,
    /// It has ended.
    #[error("the session has ended")]
    SessionEnded,
    /// The offer has ended.
    #[error("the offer has ended: {0:?}")]
    OfferClosed(Outcome),
    /// The colleague is signed out.
    #[error("the agent is signed out")]
    AgentSignedOut,
    /// The agent has no room.
    #[error("the agent has no room for one more session")]
    AgentAtCapacity,
    /// The caller is signed out.
    #[error("the agent is not signed in")]
    NotSignedIn,
    /// The agent holds sessions.
    #[error("the agent still holds sessions")]
    AgentHasSessions,
    /// Not ready needs a reason.
    #[error("NOT_READY needs a reason here")]
    StateReasonRequired,
    /// The queue is full.
    #[error("the queue is full")]
    QueueFull,
    /// Nobody serves the queue now.
    #[error("nobody who serves the queue is signed in")]
    QueueUnstaffed,
    /// It waits in no queue.
    #[error("the session is not in a queue")]
    NotQueued,
    /// The last agent must choose.
    #[error("the last agent must say what becomes of the customer (if_last)")]
    LastAgent(Vec<IfLast>),
    /// Other agents are connected.
    #[error("other agents are connected")]
    OthersConnected,
    /// The queue wants a disposition.
    #[error("a disposition is required")]
    DispositionRequired,
    /// No wrap-up is open.
    #[error("the agent has no open wrap-up for the session")]
    WrapUpClosed,
    /// Ready needs a desk stream.
    #[error("READY needs an open desk stream")]
    DeskRequired,
    /// The colleague is connected.
    #[error("the agent is connected to the session")]
    AlreadyParticipant,
    /// The colleague has an offer for it.
    #[error("the agent has an open offer for the session")]
    AlreadyOffered,
    /// It waits there.
    #[error("the session waits in that queue")]
    AlreadyQueued,
    /// The id was used with another content.
    #[error("the request id was used with another content")]
    RequestIdReused,
    /// The view was stale.
    #[error("the session has changed since expected_revision; it is at {current}")]
    RevisionStale {
        /// The structure revision now.
        current: u32,
    },
    /// Beyond the last event.
    #[error("the position is beyond the last event, {last}")]
    PositionInFuture {
        /// The last revision, in the caller's numbering.
        last: u32,
    },
    /// The caller's requests of the last day are too many to remember one more.
    #[error("too many requests of this caller are remembered")]
    RateLimited,
    /// A limit is reached.
    #[error("the limit {limit} is reached")]
    LimitReached {
        /// The setting's name.
        limit: &'static str,
    },
    /// No more messages.
    #[error("the session has as many events as one may have")]
    SessionFull,
}
