//! Why a command is refused: a closed list. A refused command has changed nothing.

use std::borrow::Cow;

use minicbor::{Decode, Encode};
use thiserror::Error;

use super::{command::IfLast, offer::Outcome};

/// A fact that stands in the way. The contract's `Reason` says what each means to a caller.
#[derive(Clone, Debug, PartialEq, Eq, Error, Encode, Decode)]
#[cbor(flat)]
pub enum Refusal {
    /// A field's value can't be.
    #[error("{field}: {why}")]
    #[n(0)]
    FieldInvalid {
        /// The field's path in the request.
        #[n(0)]
        field: String,
        /// What is wrong with it.
        #[n(1)]
        why: String,
    },
    /// The caller's role may not do this.
    #[error("the caller's role may not do this")]
    #[n(1)]
    RoleNotAllowed,
    /// The caller isn't in the session.
    #[error("the caller is not connected to the session")]
    #[n(2)]
    NotParticipant,
    /// No such session for the caller.
    #[error("no such session")]
    #[n(3)]
    SessionNotFound,
    /// No such agent.
    #[error("no such agent")]
    #[n(4)]
    AgentNotFound,
    /// No such queue.
    #[error("no such queue")]
    #[n(5)]
    QueueNotFound,
    /// No such offer for the caller.
    #[error("no such offer")]
    #[n(6)]
    OfferNotFound,
    /// It has ended.
    #[error("the session has ended")]
    #[n(7)]
    SessionEnded,
    /// The offer has ended.
    #[error("the offer has ended: {0:?}")]
    #[n(8)]
    OfferClosed(#[n(0)] Outcome),
    /// The colleague is signed out.
    #[error("the agent is signed out")]
    #[n(9)]
    AgentSignedOut,
    /// The agent has no room.
    #[error("the agent has no room for one more session")]
    #[n(10)]
    AgentAtCapacity,
    /// The caller is signed out.
    #[error("the agent is not signed in")]
    #[n(11)]
    NotSignedIn,
    /// The agent holds sessions.
    #[error("the agent still holds sessions")]
    #[n(12)]
    AgentHasSessions,
    /// Not ready needs a reason.
    #[error("NOT_READY needs a reason here")]
    #[n(13)]
    StateReasonRequired,
    /// The queue is full.
    #[error("the queue is full")]
    #[n(14)]
    QueueFull,
    /// Nobody serves the queue now.
    #[error("nobody who serves the queue is signed in")]
    #[n(15)]
    QueueUnstaffed,
    /// It waits in no queue.
    #[error("the session is not in a queue")]
    #[n(16)]
    NotQueued,
    /// The last agent must choose.
    #[error("the last agent must say what becomes of the customer (if_last)")]
    #[n(17)]
    LastAgent(#[n(0)] Vec<IfLast>),
    /// Other agents are connected.
    #[error("other agents are connected")]
    #[n(18)]
    OthersConnected,
    /// The queue wants a disposition.
    #[error("a disposition is required")]
    #[n(19)]
    DispositionRequired,
    /// No wrap-up is open.
    #[error("the agent has no open wrap-up for the session")]
    #[n(20)]
    WrapUpClosed,
    /// Ready needs a desk stream.
    #[error("READY needs an open desk stream")]
    #[n(21)]
    DeskRequired,
    /// The colleague is connected.
    #[error("the agent is connected to the session")]
    #[n(22)]
    AlreadyParticipant,
    /// The colleague has an offer for it.
    #[error("the agent has an open offer for the session")]
    #[n(23)]
    AlreadyOffered,
    /// It waits there.
    #[error("the session waits in that queue")]
    #[n(24)]
    AlreadyQueued,
    /// The id was used with another content.
    #[error("the request id was used with another content")]
    #[n(25)]
    RequestIdReused,
    /// The view was stale.
    #[error("the session has changed since expected_revision; it is at {current}")]
    #[n(26)]
    RevisionStale {
        /// The structure revision now.
        #[n(0)]
        current: u32,
    },
    /// Beyond the last event.
    #[error("the position is beyond the last event, {last}")]
    #[n(27)]
    PositionInFuture {
        /// The last revision, in the caller's numbering.
        #[n(0)]
        last: u32,
    },
    /// The caller's requests of the last day are too many to remember one more.
    #[error("too many requests of this caller are remembered")]
    #[n(28)]
    RateLimited,
    /// A limit is reached.
    #[error("the limit {limit} is reached")]
    #[n(29)]
    LimitReached {
        /// The setting's name.
        #[n(0)]
        limit: Cow<'static, str>,
    },
    /// No more messages.
    #[error("the session has as many events as one may have")]
    #[n(30)]
    SessionFull,
    /// Not within its hours.
    #[error("the queue is closed")]
    #[n(31)]
    QueueClosed,
    /// Something needs the queue.
    #[error("the queue is in use: {by}")]
    #[n(32)]
    QueueInUse {
        /// What.
        #[n(0)]
        by: Cow<'static, str>,
    },
    /// The agent is at work.
    #[error("the agent is in use: {by}")]
    #[n(33)]
    AgentInUse {
        /// With what.
        #[n(0)]
        by: Cow<'static, str>,
    },
    /// No such canned response of the caller's.
    #[error("the agent has no such canned response")]
    #[n(40)]
    CannedResponseNotFound,
    /// No such file for the caller.
    #[error("no such attachment")]
    #[n(41)]
    AttachmentNotFound,
    /// The file's bytes aren't there yet.
    #[error("the attachment isn't uploaded yet")]
    #[n(42)]
    AttachmentNotReady,
    /// No such chat for the caller.
    #[error("no such chat")]
    #[n(45)]
    ChatNotFound,
    /// It is closed.
    #[error("the chat is closed")]
    #[n(46)]
    ChatClosed,
    /// The colleague is in it.
    #[error("the agent is a member of the chat")]
    #[n(47)]
    AlreadyMember,
    /// No more messages.
    #[error("the chat has as many events as one may have")]
    #[n(48)]
    ChatFull,
    /// A pair stays one.
    #[error("a chat of two keeps its two members")]
    #[n(49)]
    ChatIsPair,
}
