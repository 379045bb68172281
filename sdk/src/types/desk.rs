//! An agent's desk as it stands.

use std::time::{Duration, SystemTime};

use crate::{
    convert::{FromWire, duration, list, some, time},
    generated as wire,
};

use super::{AgentState, Attribute, Chat, Offer, Session, WrapUp};

/// The desk as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Desk {
    /// The agent.
    pub state: AgentState,
    /// Offers ringing here.
    pub offers: Vec<DeskOffer>,
    /// Sessions that the agent is connected to.
    pub sessions: Vec<Session>,
    /// The agent's after-chat work.
    pub wrap_ups: Vec<WrapUp>,
    /// Open chats with colleagues that the agent is in, and closed ones with something unread.
    pub chats: Vec<Chat>,
    /// The agent's own name.
    pub display_name: String,
    /// The center's reasons to choose from when not ready, as they were when the stream opened; none is any.
    pub reasons: Vec<String>,
    /// Whoever isn't ready must give one.
    pub reason_required: bool,
}

impl FromWire<wire::Desk> for Desk {
    fn from_wire(wire: wire::Desk) -> Self {
        Self {
            state: AgentState::from_wire(wire.state.unwrap_or_default()),
            offers: list(wire.offers),
            sessions: list(wire.sessions),
            wrap_ups: list(wire.wrap_ups),
            chats: list(wire.chats),
            display_name: wire.display_name,
            reasons: wire.reasons,
            reason_required: wire.reason_required,
        }
    }
}

/// An offer as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeskOffer {
    /// The offer.
    pub offer: Offer,
    /// The session.
    pub session_id: String,
    /// What the inviter wrote.
    pub note: Option<String>,
    /// The customer's name.
    pub customer_name: Option<String>,
    /// BCP 47 tag, if known.
    pub language: Option<String>,
    /// What is known of the case.
    pub attributes: Vec<Attribute>,
    /// How long the customer has been without an agent.
    pub waited: Duration,
    /// The server's clock, to count down by.
    pub server_time: SystemTime,
    /// Who invites, by name; empty for a router offer.
    pub inviter_name: Option<String>,
}

impl FromWire<wire::DeskOffer> for DeskOffer {
    fn from_wire(wire: wire::DeskOffer) -> Self {
        Self {
            offer: Offer::from_wire(wire.offer.unwrap_or_default()),
            session_id: wire.session_id,
            note: some(wire.note),
            customer_name: some(wire.customer_name),
            language: some(wire.language),
            attributes: list(wire.attributes),
            waited: duration(wire.waited.unwrap_or_default()),
            server_time: time(wire.server_time.unwrap_or_default()),
            inviter_name: some(wire.inviter_name),
        }
    }
}
