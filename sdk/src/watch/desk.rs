//! Watching a desk.

use super::{Watch, WatchEnd, desk_follow::DeskFollow, wire::Wire};
use crate::{AgentState, CancelCause, ChatEvent, Client, Desk, DeskOffer, Error, Event, OfferOutcome, WrapUp};

/// A desk's stream; from [`AgentDesk::watch`](crate::AgentDesk::watch).
pub type DeskWatch = Watch<DeskEvent>;

/// What a [`DeskWatch`] delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeskEvent {
    /// The desk as it stands: first of all, and again each time the stream had to start over. What it doesn't show of
    /// offers and wrap-ups shown before has ended meanwhile.
    Opened(Desk),
    /// The agent's state or room changed.
    State(AgentState),
    /// An offer rings here, or its deadline moved.
    Offer(Box<DeskOffer>),
    /// It no longer does.
    #[non_exhaustive]
    OfferEnded {
        /// The offer.
        offer_id: String,
        /// The session.
        session_id: String,
        /// How.
        outcome: OfferOutcome,
        /// Why, when canceled.
        cause: Option<CancelCause>,
    },
    /// Something happened in a session of the agent's, from their joining to their leaving. Revisions of one session
    /// come in order, each once.
    #[non_exhaustive]
    SessionEvent {
        /// The session.
        session_id: String,
        /// What happened.
        event: Box<Event>,
    },
    /// Every session's history has been delivered, ahead is live. The agent counts as being there: the desk may ask for ready.
    CaughtUp,
    /// Somebody types in a session of the agent's.
    #[non_exhaustive]
    Typing {
        /// The session.
        session_id: String,
        /// The participant's number; `0` is the customer.
        participant_id: String,
    },
    /// Somebody else's frontend has received a session of the agent's up to here. May be lost; keep the highest.
    #[non_exhaustive]
    Delivered {
        /// The session.
        session_id: String,
        /// The participant's number; `0` is the customer.
        participant_id: String,
        /// Up to this revision.
        revision: u64,
    },
    /// After-chat work began.
    WrapUp(WrapUp),
    /// After-chat work is done.
    #[non_exhaustive]
    WrapUpEnded {
        /// The session.
        session_id: String,
    },
    /// Something happened in a chat of the agent's with colleagues, from behind what they have read. Revisions of one chat
    /// come in order, each once.
    #[non_exhaustive]
    ChatEvent {
        /// The chat.
        chat_id: String,
        /// What happened.
        event: Box<ChatEvent>,
    },
    /// Last of all: why the stream ended.
    Ended(WatchEnd),
}

/// A desk's stream to be opened; from [`AgentDesk::watch`](crate::AgentDesk::watch).
#[must_use = "nothing opens before `open`"]
#[derive(Clone, Debug)]
pub struct WatchDesk {
    client: Client,
    positions: Vec<(String, u64)>,
    chats: Vec<(String, u64)>,
}

impl WatchDesk {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, positions: Vec::new(), chats: Vec::new() }
    }

    /// The last revision that the desk has of a session, from a stream before. A session that isn't named starts with
    /// the agent's joining. Up to 200.
    pub fn after(mut self, session_id: impl Into<String>, revision: u64) -> Self {
        self.positions.push((session_id.into(), revision));
        self
    }

    /// The last revision that the desk has of a chat with colleagues. One that isn't named starts behind what the agent has
    /// read. Up to 200.
    pub fn after_in_chat(mut self, chat_id: impl Into<String>, revision: u64) -> Self {
        self.chats.push((chat_id.into(), revision));
        self
    }

    /// Opens it. Refused with [`Reason::NotSignedIn`](crate::Reason::NotSignedIn). Fails when the service can't be
    /// reached for as long as [`ClientBuilder::timeout`](crate::ClientBuilder::timeout). Afterwards the stream resumes
    /// for as long as it takes.
    pub async fn open(self) -> Result<DeskWatch, Error> {
        let patience = self.client.patience();
        let follow = DeskFollow::new(self.client.acting(), self.positions, self.chats);
        Watch::open(follow, Wire::new(self.client), patience).await
    }
}
