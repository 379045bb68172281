//! A chat of colleagues among themselves: a pair or a group, without a customer. It takes no units, is never offered and has
//! no rule of presence. Only its members know of it.

use minicbor::{Decode, Encode};

use super::{
    Center,
    event::ChatEndReason,
    ids::{AgentId, ChatId, Label},
    index::ChatKeys,
    refusal::Refusal,
    settings::Settings,
    text::Text,
    time::{HOUR, Millis, Time},
};

/// Members of a chat, its starter among them: a group that is larger is an audience.
pub const MAX_CHAT_MEMBERS: usize = 50;

/// Open chats of one agent: a desk follows all of them.
pub const MAX_CHATS: usize = 200;

/// How old a chat may become. The log is kept from its first event on; whoever goes on then does so in a linked one.
pub const CHAT_AGE: Millis = 30 * 24 * HOUR;

/// How long a chat is remembered once it is closed, and what was said in it can be read.
pub const CHAT_MEMORY: Millis = 7 * 24 * HOUR;

/// How long a pair may say nothing, unless the center sets another time.
pub const CHAT_IDLE_TIME: Millis = 24 * HOUR;

/// A chat. What is said lies in the log.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Chat {
    /// Its id.
    #[n(0)]
    pub id: ChatId,
    /// Of two, for good; otherwise a group.
    #[n(1)]
    pub is_pair: bool,
    /// What its starter called it.
    #[n(2)]
    pub name: Option<Text>,
    /// When it started.
    #[n(3)]
    pub created: Time,
    /// The last event's number.
    #[n(4)]
    pub revision: u32,
    /// Everyone who is or was a member; one entry an agent.
    #[n(5)]
    pub members: Vec<ChatMember>,
    /// The last message's number; 0 before the first.
    #[n(6)]
    pub said: u32,
    /// When it was said; before the first, when the chat started.
    #[n(7)]
    pub said_time: Time,
    /// When a pair that says nothing is closed.
    #[n(8)]
    pub quiet_end: Option<Time>,
    /// Set once nothing more is said in it.
    #[n(9)]
    pub closed: Option<ChatClosed>,
    /// The chat that it goes on from.
    #[n(10)]
    pub previous: Option<ChatId>,
    /// The chat that goes on from it.
    #[n(11)]
    pub next: Option<ChatId>,
    /// Where the indexes have it. Derived.
    #[cbor(skip)]
    pub(super) keys: ChatKeys,
}

/// An agent's membership, from their first joining on: who comes back sees the absence, too.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChatMember {
    /// Who.
    #[n(0)]
    pub agent: AgentId,
    /// Their name when they joined.
    #[n(1)]
    pub name: Label,
    /// The first revision that they may see.
    #[n(2)]
    pub joined_at: u32,
    /// How far they have read.
    #[n(3)]
    pub read: u32,
    /// Where they left: the last revision that they may see.
    #[n(4)]
    pub left: Option<u32>,
}

/// The end of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChatClosed {
    /// Why.
    #[n(0)]
    pub reason: ChatEndReason,
    /// When.
    #[n(1)]
    pub time: Time,
}

impl Settings {
    /// How long a pair may say nothing.
    pub fn chat_idle_time(&self) -> Millis {
        self.chat_idle_time.unwrap_or(CHAT_IDLE_TIME)
    }
}

impl Chat {
    /// Whether something can be said in it.
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Those who are in it.
    pub fn present(&self) -> impl Iterator<Item = &ChatMember> {
        self.members.iter().filter(|member| member.left.is_none())
    }

    /// An agent's membership, also one that is over.
    pub fn member(&self, agent: &AgentId) -> Option<&ChatMember> {
        self.members.iter().find(|member| &member.agent == agent)
    }

    /// Whether a member has something to read.
    pub fn is_unread_by(&self, member: &ChatMember) -> bool {
        member.left.is_none() && self.said > member.read
    }

    /// Whether no more messages fit.
    pub(super) fn is_full(&self, settings: &Settings) -> bool {
        self.revision >= settings.max_events
    }

    /// When something happens to it by itself.
    pub(super) fn next_deadline(&self) -> Time {
        let aged = self.created + CHAT_AGE;
        match &self.closed {
            Some(closed) => closed.time + CHAT_MEMORY,
            None => self.quiet_end.map_or(aged, |quiet| quiet.min(aged)),
        }
    }

    /// As for sessions: the time that the service was down is nobody's silence.
    pub(super) fn prolong(&mut self, by: Millis, not_before: Time) {
        self.quiet_end.iter_mut().for_each(|time| *time = (*time + by).max(not_before));
    }
}

impl Center {
    /// A chat and an agent's membership in it, which may be over. For all others there is no such chat.
    pub fn chat_of(&self, agent: &AgentId, id: ChatId) -> Result<(&Chat, &ChatMember), Refusal> {
        let chat = self.chats.get(&id).ok_or(Refusal::ChatNotFound)?;
        Ok((chat, chat.member(agent).ok_or(Refusal::ChatNotFound)?))
    }

    /// The chats that an agent is or was in, the newest first.
    pub fn chats_of(&self, agent: &AgentId) -> impl DoubleEndedIterator<Item = (&Chat, &ChatMember)> {
        let known = self.index.chats.of.get(agent).into_iter().flatten().rev();
        known.filter_map(|id| self.chat_of(agent, *id).ok())
    }
}
