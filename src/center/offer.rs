//! Offers: "take this session", put to one agent, with a deadline.

use minicbor::{Decode, Encode};

use super::{
    ids::{AgentId, OfferId, QueueId},
    text::Text,
    time::Time,
};

/// What accepting an invitation means for the inviter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum InviteMode {
    /// Both are connected.
    #[n(0)]
    Conference,
    /// The inviter leaves.
    #[n(1)]
    Transfer,
    /// A supervisor asks, and whoever attends the session leaves.
    #[n(2)]
    Reassign,
}

/// Who puts an offer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum OfferKind {
    /// The router, from the queue.
    #[n(0)]
    Router,
    /// A colleague.
    #[n(1)]
    Invitation {
        /// Who invites.
        #[n(0)]
        inviter: AgentId,
        /// What for.
        #[n(1)]
        mode: InviteMode,
    },
}

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(flat)]
pub enum Outcome {
    /// Taken.
    #[n(0)]
    Accepted,
    /// Declined.
    #[n(1)]
    Declined,
    /// Its deadline passed.
    #[n(2)]
    NoAnswer,
    /// The agent signed out, or was cut off past the grace.
    #[n(3)]
    AgentGone,
    /// Called off.
    #[n(4)]
    Canceled(#[n(0)] CancelCause),
}

/// Why an offer was called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum CancelCause {
    /// By the inviter, a connected agent or a supervisor.
    #[n(0)]
    ByInviter,
    /// Somebody else took the session.
    #[n(1)]
    Taken,
    /// The session ended.
    #[n(2)]
    SessionEnded,
    /// The session was withdrawn from the queue.
    #[n(3)]
    Withdrawn,
    /// The session moved to another queue, or its wait there ended.
    #[n(4)]
    Moved,
}

/// An offer that rings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Offer {
    /// Its id.
    #[n(0)]
    pub id: OfferId,
    /// To whom.
    #[n(1)]
    pub agent: AgentId,
    /// From whom.
    #[n(2)]
    pub kind: OfferKind,
    /// The queue it comes from; for an invitation the home queue.
    #[n(3)]
    pub queue: QueueId,
    /// When it was made.
    #[n(4)]
    pub made: Time,
    /// When it ends by itself.
    #[n(5)]
    pub expire: Time,
    /// What the inviter wrote.
    #[n(6)]
    pub note: Option<Text>,
    /// It was prolonged after a recovery, and the session doesn't say so yet.
    #[n(7)]
    pub untold: bool,
}

impl Offer {
    /// Whether the router made it.
    pub fn is_router(&self) -> bool {
        self.kind == OfferKind::Router
    }

    /// Whether accepting it makes its taker the session's agent instead of others: any but a conference's.
    pub fn takes_over(&self) -> bool {
        !matches!(self.kind, OfferKind::Invitation { mode: InviteMode::Conference, .. })
    }

    /// Whether accepting it makes everybody else leave: a supervisor's.
    pub fn replaces(&self) -> bool {
        matches!(self.kind, OfferKind::Invitation { mode: InviteMode::Reassign, .. })
    }
}
