//! Chats of colleagues among themselves.

mod list;
mod say;

pub use list::{ChatEvents, ListChats};
pub use say::{AddChatMember, LeaveChat, ReadChatUpTo, SendChatMessage, SentChatMessage, StartChat, StartedChat};

use crate::Client;

/// A chat of colleagues; from [`Client::chat`]. Its methods give requests; `send` sends them.
#[derive(Clone, Debug)]
pub struct ChatHandle {
    client: Client,
    id: String,
}

impl ChatHandle {
    pub(crate) fn new(client: Client, id: String) -> Self {
        Self { client, id }
    }

    /// The chat's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Says something, up to 16 KiB. Where the chat is closed, that opens one that goes on from it, unless its last member
    /// left.
    pub fn say(&self, text: impl Into<String>) -> SendChatMessage {
        SendChatMessage::new(self, text.into())
    }

    /// Adds a colleague to a group. They see it from then on.
    pub fn add_member(&self, agent_id: impl Into<String>) -> AddChatMember {
        AddChatMember::new(self, agent_id.into())
    }

    /// Leaves a group. It is closed with its last member.
    pub fn leave(&self) -> LeaveChat {
        LeaveChat::new(self)
    }

    /// Tells that the agent has read up to a revision.
    pub fn read_up_to(&self, revision: u64) -> ReadChatUpTo {
        ReadChatUpTo::new(self, revision)
    }

    /// The chat's events, from the agent's joining to their leaving.
    pub fn events(&self) -> ChatEvents {
        ChatEvents::new(self)
    }
}
