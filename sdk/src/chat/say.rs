//! What members do in a chat.

use std::time::SystemTime;

use super::ChatHandle;
use crate::{
    Chat, Client, Error,
    convert::{FromWire, time},
    generated::{
        AddChatMemberRequest, LeaveChatRequest, ReadChatUpToRequest, SendChatMessageRequest, StartChatRequest,
        agent_desk_client::AgentDeskClient,
    },
    request::{answers_revision, builder, fresh_id, takes_request_id},
};

builder! {
    /// Starts a chat; from [`AgentDesk::start_chat`](crate::AgentDesk::start_chat).
    StartChat(StartChatRequest)
}
takes_request_id!(StartChat);

/// A chat that was started, or that the pair had already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartedChat {
    /// The chat.
    pub chat: Chat,
    /// False: the pair had it already.
    pub is_new: bool,
}

impl StartChat {
    pub(crate) fn new(client: &Client, member_agent_ids: Vec<String>) -> Self {
        let (request_id, acting_for, name) = (fresh_id(), client.acting(), String::new());
        Self { client: client.clone(), request: StartChatRequest { request_id, acting_for, member_agent_ids, name } }
    }

    /// A group's name, up to 256 bytes.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.request.name = name.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<StartedChat, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).start_chat(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(StartedChat { chat: Chat::from_wire(answer.chat.unwrap_or_default()), is_new: answer.is_new })
    }
}

builder! {
    /// A message to be said; from [`ChatHandle::say`]. The request id is the message's id.
    SendChatMessage(SendChatMessageRequest)
}
takes_request_id!(SendChatMessage);

/// A message that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentChatMessage {
    /// Where: the chat that was named, or the one that goes on from it.
    pub chat_id: String,
    /// Its revision.
    pub revision: u64,
    /// When it was said.
    pub create_time: SystemTime,
    /// It opened that chat.
    pub is_new: bool,
}

impl SendChatMessage {
    pub(crate) fn new(chat: &ChatHandle, text: String) -> Self {
        let client = chat.client.clone();
        let (request_id, acting_for, chat_id) = (fresh_id(), client.acting(), chat.id.clone());
        Self { client, request: SendChatMessageRequest { request_id, acting_for, chat_id, text } }
    }

    /// Sends it.
    pub async fn send(self) -> Result<SentChatMessage, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).send_chat_message(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(SentChatMessage {
            chat_id: answer.chat_id,
            revision: answer.revision,
            create_time: time(answer.create_time.unwrap_or_default()),
            is_new: answer.is_new,
        })
    }
}

builder! {
    /// Adds a colleague; from [`ChatHandle::add_member`].
    AddChatMember(AddChatMemberRequest)
}
takes_request_id!(AddChatMember);
answers_revision!(AddChatMember, AgentDeskClient::add_chat_member);

impl AddChatMember {
    pub(crate) fn new(chat: &ChatHandle, agent_id: String) -> Self {
        let client = chat.client.clone();
        let (request_id, acting_for, chat_id) = (fresh_id(), client.acting(), chat.id.clone());
        Self { client, request: AddChatMemberRequest { request_id, acting_for, chat_id, agent_id } }
    }
}

builder! {
    /// Leaves a group; from [`ChatHandle::leave`].
    LeaveChat(LeaveChatRequest)
}
takes_request_id!(LeaveChat);
answers_revision!(LeaveChat, AgentDeskClient::leave_chat);

impl LeaveChat {
    pub(crate) fn new(chat: &ChatHandle) -> Self {
        let client = chat.client.clone();
        let (request_id, acting_for, chat_id) = (fresh_id(), client.acting(), chat.id.clone());
        Self { client, request: LeaveChatRequest { request_id, acting_for, chat_id } }
    }
}

builder! {
    /// Tells how far the agent has read; from [`ChatHandle::read_up_to`].
    ReadChatUpTo(ReadChatUpToRequest)
}
takes_request_id!(ReadChatUpTo);
answers_revision!(ReadChatUpTo, AgentDeskClient::read_chat_up_to);

impl ReadChatUpTo {
    pub(crate) fn new(chat: &ChatHandle, read_revision: u64) -> Self {
        let client = chat.client.clone();
        let (request_id, acting_for, chat_id) = (fresh_id(), client.acting(), chat.id.clone());
        Self { client, request: ReadChatUpToRequest { request_id, acting_for, chat_id, read_revision } }
    }
}
