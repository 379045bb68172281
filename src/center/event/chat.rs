//! What happened in a chat of colleagues.

use minicbor::{Decode, Encode};

use super::By;
use crate::center::{
    ids::{AgentId, ChatId, Label, RequestId, ServiceId},
    text::Text,
    time::Time,
};

/// One numbered event of a chat, for its members.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChatEvent {
    /// The chat.
    #[n(0)]
    pub chat: ChatId,
    /// Its number: 1, 2, 3 …
    #[n(1)]
    pub revision: u32,
    /// Who did it.
    #[n(2)]
    pub by: By,
    /// The service that acted for them.
    #[n(3)]
    pub via: Option<ServiceId>,
    /// What.
    #[n(4)]
    pub what: ChatHappened,
}

/// What is said at a chat's start.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChatStarted {
    /// Of two, for good.
    #[n(0)]
    pub is_pair: bool,
    /// Its name.
    #[n(1)]
    pub name: Option<Text>,
    /// Who is in it, and their names.
    #[n(2)]
    pub members: Vec<(AgentId, Label)>,
    /// The chat that it goes on from.
    #[n(3)]
    pub previous: Option<ChatId>,
    /// When it is closed if nothing is said.
    #[n(4)]
    pub quiet_end: Option<Time>,
}

/// The kinds of a chat's events.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum ChatHappened {
    /// It began.
    #[n(0)]
    Started(#[n(0)] Box<ChatStarted>),
    /// Somebody is a member now.
    #[n(1)]
    Joined {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// Their name.
        #[n(1)]
        name: Label,
    },
    /// Somebody is no longer one.
    #[n(2)]
    Left {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// Their name.
        #[n(1)]
        name: Label,
    },
    /// Somebody said something.
    #[n(3)]
    Posted {
        /// The sender's id of it.
        #[n(0)]
        message: RequestId,
        /// What.
        #[n(1)]
        text: Text,
        /// When the chat is closed if nothing more is said.
        #[n(2)]
        quiet_end: Option<Time>,
    },
    /// Somebody read up to here.
    #[n(4)]
    Read {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// The revision.
        #[n(1)]
        revision: u32,
    },
    /// Nothing more is said in it.
    #[n(5)]
    Closed {
        /// Why.
        #[n(0)]
        reason: ChatEndReason,
    },
}

/// Why a chat ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ChatEndReason {
    /// The pair said nothing for long.
    #[n(0)]
    Quiet,
    /// The last member left.
    #[n(1)]
    Emptied,
    /// It was as old as a chat may be.
    #[n(2)]
    Aged,
    /// It had as many events as a chat may have, and its pair went on.
    #[n(3)]
    Full,
}
