//! Offers: "take this session", put to one agent.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, optional, some, time, wire_enum},
    generated as wire,
};

/// "Take this session", put to one agent, with a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    /// Given by the server.
    pub offer_id: String,
    /// Router offer or invitation.
    pub kind: OfferKind,
    /// Set for invitations.
    pub mode: Option<InviteMode>,
    /// To whom.
    pub agent_id: String,
    /// Who invites; empty for a router offer.
    pub inviter_agent_id: Option<String>,
    /// The queue it comes from, or the session's home queue for an invitation.
    pub queue_id: String,
    /// When it ends by itself.
    pub expire_time: SystemTime,
    /// When it was made.
    pub create_time: SystemTime,
}

impl FromWire<wire::Offer> for Offer {
    fn from_wire(wire: wire::Offer) -> Self {
        Self {
            offer_id: wire.offer_id,
            kind: OfferKind::from_wire(wire.kind),
            mode: optional(wire.mode),
            agent_id: wire.agent_id,
            inviter_agent_id: some(wire.inviter_agent_id),
            queue_id: wire.queue_id,
            expire_time: time(wire.expire_time.unwrap_or_default()),
            create_time: time(wire.create_time.unwrap_or_default()),
        }
    }
}

wire_enum! {
    /// Who puts the offer.
    OfferKind {
        /// The router, from a queue.
        Router,
        /// A colleague.
        Invitation,
    }
}

wire_enum! {
    /// What accepting an invitation means for the one who invites.
    InviteMode {
        /// Both are connected afterwards.
        Conference,
        /// The inviter leaves in the commit in which the invitee joins.
        Transfer,
        /// A supervisor reassigns: everybody who attends the session leaves in that commit.
        Reassign,
    }
}

wire_enum! {
    /// How an offer ended.
    OfferOutcome {
        /// Taken.
        Accepted,
        /// Declined by the agent.
        Declined,
        /// Its deadline passed.
        NoAnswer,
        /// The agent signed out or their connection was lost past the grace.
        AgentGone,
        /// Called off; see the cause.
        Canceled,
    }
}

wire_enum! {
    /// Why an offer was canceled.
    CancelCause {
        /// Called off by the inviter, a connected agent or a supervisor.
        ByInviter,
        /// Somebody else took the session.
        Taken,
        /// The session ended.
        SessionEnded,
        /// The session was withdrawn from the queue.
        Withdrawn,
        /// The session moved to another queue.
        Moved,
    }
}
