//! An agent's desk.

mod canned;
mod dispositions;
mod favourites;
mod sign;
mod state;
mod targets;

pub use canned::{DeleteCannedResponse, ListCannedResponses, PutCannedResponse};
pub use dispositions::ListDispositions;
pub use favourites::{DeleteFavourite, PutFavourite};
pub use sign::{SignIn, SignOut};
pub use state::SetState;
pub use targets::ListTargets;

use crate::{
    CannedResponse, Client, ListChats, StartChat, TargetFilter, TargetId,
    watch::{WatchDesk, WatchTargets},
};

/// An agent's desk; from [`Client::desk`]. Its methods give requests; `send` sends them.
#[derive(Clone, Debug)]
pub struct AgentDesk {
    client: Client,
}

impl AgentDesk {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Signs the agent in, not ready. An agent who doesn't [`watch`](Self::watch) within 30 s is signed out again.
    pub fn sign_in(&self) -> SignIn {
        SignIn::new(&self.client)
    }

    /// Signs the agent out. Refused while holding sessions unless handed back.
    pub fn sign_out(&self) -> SignOut {
        SignOut::new(&self.client)
    }

    /// Takes router offers from now on. Needs an open [`watch`](Self::watch).
    pub fn set_ready(&self) -> SetState {
        SetState::ready(&self.client)
    }

    /// Takes invitations only, for a reason of up to 64 characters of `[A-Za-z0-9_-]`, or none where the center allows
    /// it. While busy it stops new router offers at once, and the state follows when the work is done.
    pub fn set_not_ready(&self, reason: impl Into<String>) -> SetState {
        SetState::not_ready(&self.client, reason.into())
    }

    /// Colleagues and queues to choose from in the Invite window: those that pass a filter, or whose id or name contains a
    /// text, any case; all when it is empty.
    pub fn list_targets(&self, filter: impl Into<TargetFilter>) -> ListTargets {
        ListTargets::new(self.client.clone(), filter.into())
    }

    /// The same as a window that stays current: the first 100 rows, and what changes of them.
    pub fn watch_targets(&self, filter: impl Into<TargetFilter>) -> WatchTargets {
        WatchTargets::new(self.client.clone(), filter.into())
    }

    /// Marks a colleague or a queue as one that the agent likes to see first; up to 100. Twice changes nothing.
    pub fn put_favourite(&self, target: TargetId) -> PutFavourite {
        PutFavourite::new(&self.client, target)
    }

    /// Takes the mark away, if it is there.
    pub fn delete_favourite(&self, target: TargetId) -> DeleteFavourite {
        DeleteFavourite::new(&self.client, target)
    }

    /// Starts a chat with colleagues, signed in or not: with one a pair, which has one open chat at most and gets that back,
    /// with 2 to 49 a group.
    pub fn start_chat<I: Into<String>>(&self, agent_ids: impl IntoIterator<Item = I>) -> StartChat {
        StartChat::new(&self.client, agent_ids.into_iter().map(Into::into).collect())
    }

    /// Chats that the agent is or was in, the newest first; closed ones for 7 days.
    pub fn list_chats(&self) -> ListChats {
        ListChats::new(self.client.clone())
    }

    /// Keeps a canned response of the agent's own, in place of the one that had its id. Up to 500.
    pub fn put_canned_response(&self, response: CannedResponse) -> PutCannedResponse {
        PutCannedResponse::new(&self.client, response)
    }

    /// Deletes a canned response of the agent's own.
    pub fn delete_canned_response(&self, response_id: impl Into<String>) -> DeleteCannedResponse {
        DeleteCannedResponse::new(&self.client, response_id.into())
    }

    /// The agent's own canned responses and those that all share, those whose title, shortcut or text contains `query`, any
    /// case; all when it is empty.
    pub fn list_canned_responses(&self, query: impl Into<String>) -> ListCannedResponses {
        ListCannedResponses::new(self.client.clone(), query.into())
    }

    /// What the agent may say of a session's outcome with
    /// [`set_disposition`](crate::SessionHandle::set_disposition), and whether they must.
    pub fn list_dispositions(&self, session_id: impl Into<String>) -> ListDispositions {
        ListDispositions::new(&self.client, session_id.into())
    }

    /// Everything of this agent: state, offers, every event of the sessions they are connected to, typing.
    pub fn watch(&self) -> WatchDesk {
        WatchDesk::new(self.client.clone())
    }
}
