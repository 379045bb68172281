//! Chats and their events by page.

use super::ChatHandle;
use crate::{
    Chat, ChatEvent, Client, Pages,
    convert::list,
    generated::{ListChatEventsRequest, ListChatsRequest, agent_desk_client::AgentDeskClient},
    request::builder,
};

builder! {
    /// Asks for the agent's chats; from [`AgentDesk::list_chats`](crate::AgentDesk::list_chats).
    ListChats(ListChatsRequest)
}

builder! {
    /// Asks for a chat's events; from [`ChatHandle::events`].
    ChatEvents(ListChatEventsRequest)
}

impl ListChats {
    pub(crate) fn new(client: Client) -> Self {
        let acting_for = client.acting();
        Self { client, request: ListChatsRequest { acting_for, ..Default::default() } }
    }

    /// Only open ones that the agent is in.
    pub fn open_only(mut self) -> Self {
        self.request.open_only = true;
        self
    }

    /// How many are fetched at once, 1 to 100. Default 50.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// The newest first, fetched as they are read.
    pub fn pages(self) -> Pages<Chat> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListChatsRequest { page_token, ..request.clone() };
            async move {
                let call = |channel, request| async move { AgentDeskClient::new(channel).list_chats(request).await };
                let page = client.call(request, call).await?;
                Ok((list(page.chats), page.next_page_token))
            }
        })
    }
}

impl ChatEvents {
    pub(crate) fn new(chat: &ChatHandle) -> Self {
        let client = chat.client.clone();
        let (acting_for, chat_id) = (client.acting(), chat.id.clone());
        Self { client, request: ListChatEventsRequest { acting_for, chat_id, ..Default::default() } }
    }

    /// Only those after this revision.
    pub fn after(mut self, revision: u64) -> Self {
        self.request.after_revision = revision;
        self
    }

    /// How many are fetched at once, 1 to 500. Default 100.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// Fetches them as they are read.
    pub fn pages(self) -> Pages<ChatEvent> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListChatEventsRequest { page_token, ..request.clone() };
            async move {
                let call =
                    |channel, request| async move { AgentDeskClient::new(channel).list_chat_events(request).await };
                let page = client.call(request, call).await?;
                Ok((list(page.events), page.next_page_token))
            }
        })
    }
}
