//! Chats of colleagues among themselves.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, list, optional, some, time, wire_enum},
    generated as wire,
};

use super::Actor;

wire_enum! {
    /// Where a chat stands, for the agent who asks.
    ChatState {
        /// Something can be said in it.
        Open,
        /// It is closed; a message to it opens one that goes on from it, unless its last member left.
        Closed,
        /// The agent has left it, and sees it up to their leaving.
        Left,
    }
}

wire_enum! {
    /// Why a chat was closed.
    ChatEndReason {
        /// A pair said nothing for long.
        Quiet,
        /// The last member left.
        Emptied,
        /// It was as old as a chat may be.
        Aged,
        /// It had as many events as a chat may have, and its pair went on in another one.
        Full,
    }
}

/// A member of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatMember {
    /// The agent.
    pub agent_id: String,
    /// Their name.
    pub display_name: String,
    /// How far they have read; 0 before anything.
    pub read_revision: u64,
}

impl FromWire<wire::ChatMember> for ChatMember {
    fn from_wire(wire: wire::ChatMember) -> Self {
        let wire::ChatMember { agent_id, display_name, read_revision } = wire;
        Self { agent_id, display_name, read_revision }
    }
}

/// A chat of colleagues among themselves, without a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Chat {
    /// Its id.
    pub chat_id: String,
    /// Where it stands.
    pub state: ChatState,
    /// Two members, for good; otherwise a group.
    pub pair: bool,
    /// A group's name.
    pub name: Option<String>,
    /// Who is in it now. For an agent who has left: only they.
    pub members: Vec<ChatMember>,
    /// The last event's number; for an agent who has left, that of their leaving.
    pub revision: u64,
    /// How far the agent has read.
    pub read_revision: u64,
    /// The agent hasn't read the last message.
    pub unread: bool,
    /// When it started.
    pub create_time: SystemTime,
    /// When something was said last; before the first message, when it started.
    pub last_message_time: Option<SystemTime>,
    /// The chat that it goes on from.
    pub previous_chat_id: Option<String>,
    /// The chat that goes on from it.
    pub next_chat_id: Option<String>,
    /// Why it was closed, if it was.
    pub end_reason: Option<ChatEndReason>,
}

impl FromWire<wire::Chat> for Chat {
    fn from_wire(wire: wire::Chat) -> Self {
        Self {
            chat_id: wire.chat_id,
            state: ChatState::from_wire(wire.state),
            pair: wire.pair,
            name: some(wire.name),
            members: list(wire.members),
            revision: wire.revision,
            read_revision: wire.read_revision,
            unread: wire.unread,
            create_time: time(wire.create_time.unwrap_or_default()),
            last_message_time: wire.last_message_time.map(time),
            previous_chat_id: some(wire.previous_chat_id),
            next_chat_id: some(wire.next_chat_id),
            end_reason: optional(wire.end_reason),
        }
    }
}

/// One event of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatEvent {
    /// Its number in the chat: 1, 2, 3 … without holes.
    pub revision: u64,
    /// When it happened.
    pub create_time: SystemTime,
    /// Who did it.
    pub actor: Actor,
    /// The service that acted for them.
    pub acting_service: Option<Actor>,
    /// What happened.
    pub kind: ChatEventKind,
}

/// What happened in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatEventKind {
    /// It began.
    #[non_exhaustive]
    Started {
        /// Two members, for good.
        pair: bool,
        /// A group's name.
        name: Option<String>,
        /// Who is in it.
        members: Vec<ChatMember>,
        /// The chat that it goes on from.
        previous_chat_id: Option<String>,
    },
    /// Somebody is a member now.
    MemberJoined(ChatMember),
    /// Somebody is no longer one.
    MemberLeft(ChatMember),
    /// Somebody said something.
    #[non_exhaustive]
    MessagePosted {
        /// The sender's id of it.
        message_id: String,
        /// What; none when it was erased.
        text: Option<String>,
    },
    /// A member read.
    #[non_exhaustive]
    Read {
        /// Who.
        agent_id: String,
        /// Up to this revision.
        read_revision: u64,
    },
    /// Nothing more is said in it.
    Closed(ChatEndReason),
    /// A kind that this version of the client doesn't know.
    Unknown,
}

impl FromWire<wire::ChatEvent> for ChatEvent {
    fn from_wire(wire: wire::ChatEvent) -> Self {
        Self {
            revision: wire.revision,
            create_time: time(wire.create_time.unwrap_or_default()),
            actor: Actor::from_wire(wire.actor.unwrap_or_default()),
            acting_service: wire.acting_service.map(Actor::from_wire),
            kind: wire.kind.map_or(ChatEventKind::Unknown, ChatEventKind::from_wire),
        }
    }
}

impl FromWire<wire::chat_event::Kind> for ChatEventKind {
    fn from_wire(wire: wire::chat_event::Kind) -> Self {
        use wire::chat_event::Kind;
        match wire {
            Kind::Started(started) => Self::Started {
                pair: started.pair,
                name: some(started.name),
                members: list(started.members),
                previous_chat_id: some(started.previous_chat_id),
            },
            Kind::MemberJoined(joined) => Self::MemberJoined(ChatMember::from_wire(joined.member.unwrap_or_default())),
            Kind::MemberLeft(left) => Self::MemberLeft(ChatMember::from_wire(left.member.unwrap_or_default())),
            Kind::MessagePosted(posted) => Self::MessagePosted {
                message_id: posted.message_id,
                text: Some(posted.text).filter(|_| !posted.redacted),
            },
            Kind::Read(read) => Self::Read { agent_id: read.agent_id, read_revision: read.read_revision },
            Kind::Closed(closed) => Self::Closed(ChatEndReason::from_wire(closed.reason)),
        }
    }
}
