//! A chat of colleagues, for a member.

use bytes::Bytes;

use super::{actor, service, time};
use crate::{
    center::{
        AgentId, Audience, Chat, ChatEndReason, ChatEvent, ChatHappened, ChatId, ChatMember, ChatStarted, Label, Text,
    },
    grpc::{
        codec::Frame,
        pb::{self, chat_event::Kind},
    },
    live::SessionCommit,
};

/// What a desk's stream says when something happened in a chat.
#[derive(Clone, PartialEq, prost::Message)]
struct Happened {
    #[prost(message, optional, tag = "12")]
    chat_events: Option<pb::ChatEvents>,
}

/// The message of a commit that has something of a chat, for who has everything up to `after`.
pub(super) fn events(commit: &SessionCommit, after: u32) -> Option<Bytes> {
    let id = commit.chat_events().next()?.chat;
    let new = commit.chat_events().filter(|event| event.revision > after);
    let events = new.map(|event| chat_event(commit, event)).collect();
    Some(Frame::of(&Happened { chat_events: Some(pb::ChatEvents { chat_id: id.to_string(), events }) }).0)
}

fn reason(reason: ChatEndReason) -> pb::ChatEndReason {
    match reason {
        ChatEndReason::Quiet => pb::ChatEndReason::Quiet,
        ChatEndReason::Emptied => pb::ChatEndReason::Emptied,
        ChatEndReason::Aged => pb::ChatEndReason::Aged,
        ChatEndReason::Full => pb::ChatEndReason::Full,
    }
}

fn id(id: Option<ChatId>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn member(agent: &AgentId, name: &Label, read: u32) -> pb::ChatMember {
    pb::ChatMember {
        agent_id: agent.to_string(),
        display_name: name.as_str().to_owned(),
        read_revision: u64::from(read),
    }
}

/// A chat as an agent sees it who is or was in it, without its name, and where that is. Who has left sees what was then.
pub(in crate::grpc) fn chat(chat: &Chat, own: &ChatMember) -> (pb::Chat, Option<Text>) {
    let (state, ended) = match (&chat.closed, own.left) {
        (_, Some(_)) => (pb::ChatState::Left, None),
        (Some(closed), None) => (pb::ChatState::Closed, Some(closed.reason)),
        (None, None) => (pb::ChatState::Open, None),
    };
    let is_in = own.left.is_none();
    let members = chat.present().filter(|_| is_in).chain(Some(own).filter(|_| !is_in));
    let shown = pb::Chat {
        chat_id: chat.id.to_string(),
        state: state.into(),
        pair: chat.is_pair,
        name: String::new(),
        members: members.map(|it| member(&it.agent, &it.name, it.read)).collect(),
        revision: u64::from(own.left.unwrap_or(chat.revision)),
        read_revision: u64::from(own.read),
        unread: chat.is_unread_by(own),
        create_time: Some(time(chat.created)),
        last_message_time: is_in.then(|| time(chat.said_time)),
        previous_chat_id: id(chat.previous),
        next_chat_id: id(chat.next.filter(|_| is_in)),
        end_reason: ended.map_or(pb::ChatEndReason::Unspecified, reason).into(),
    };
    (shown, chat.name)
}

/// An event of a chat.
pub(in crate::grpc) fn chat_event(commit: &SessionCommit, event: &ChatEvent) -> pb::ChatEvent {
    pb::ChatEvent {
        revision: u64::from(event.revision),
        create_time: Some(time(commit.time())),
        actor: Some(actor(&event.by, Audience::Staff)),
        acting_service: event.via.as_ref().map(service),
        kind: Some(kind(commit, &event.what)),
    }
}

fn read(commit: &SessionCommit, text: Option<Text>) -> String {
    text.and_then(|text| commit.batch().text(text)).unwrap_or_default().to_owned()
}

fn kind(commit: &SessionCommit, what: &ChatHappened) -> Kind {
    match what {
        ChatHappened::Started(started) => Kind::Started(self::started(commit, started)),
        ChatHappened::Joined { agent, name } => {
            Kind::MemberJoined(pb::ChatMemberJoined { member: Some(member(agent, name, 0)) })
        }
        ChatHappened::Left { agent, name } => {
            Kind::MemberLeft(pb::ChatMemberLeft { member: Some(member(agent, name, 0)) })
        }
        ChatHappened::Posted { message, text, .. } => Kind::MessagePosted(pb::ChatMessagePosted {
            message_id: message.to_string(),
            text: read(commit, Some(*text)),
            redacted: commit.batch().text(*text).is_none(),
        }),
        ChatHappened::Read { agent, revision } => {
            Kind::Read(pb::ChatRead { agent_id: agent.to_string(), read_revision: u64::from(*revision) })
        }
        ChatHappened::Closed { reason } => Kind::Closed(pb::ChatClosed { reason: self::reason(*reason).into() }),
    }
}

fn started(commit: &SessionCommit, started: &ChatStarted) -> pb::ChatStarted {
    pb::ChatStarted {
        pair: started.is_pair,
        name: read(commit, started.name),
        members: started.members.iter().map(|(agent, name)| member(agent, name, 0)).collect(),
        previous_chat_id: id(started.previous),
    }
}
