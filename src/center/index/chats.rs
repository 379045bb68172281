//! Where chats of colleagues are found.

use std::collections::{BTreeMap, BTreeSet};

use super::{Index, Subject};
use crate::center::{
    chat::Chat,
    ids::{AgentId, ChatId},
    time::Time,
};

/// Chats by who is or was in them.
#[derive(Clone, Debug, Default)]
pub(in crate::center) struct ChatIndex {
    /// Of an agent.
    pub(in crate::center) of: BTreeMap<AgentId, BTreeSet<ChatId>>,
    /// The newest of two agents, the earlier id first.
    pub(in crate::center) pairs: BTreeMap<(AgentId, AgentId), ChatId>,
}

/// Where the indexes have a chat.
#[derive(Clone, Debug, Default)]
pub(in crate::center) struct ChatKeys {
    deadline: Option<Time>,
    pub(in crate::center) members: usize,
}

/// Two agents, whoever is named first.
pub(in crate::center) fn pair(one: &AgentId, other: &AgentId) -> (AgentId, AgentId) {
    (one.min(other).clone(), one.max(other).clone())
}

fn pair_of(chat: &Chat) -> Option<(AgentId, AgentId)> {
    match &chat.members[..] {
        [one, other] if chat.is_pair => Some(pair(&one.agent, &other.agent)),
        _ => None,
    }
}

impl Index {
    /// Follows a change of a chat.
    pub(in crate::center) fn chat(&mut self, chat: &mut Chat) {
        let deadline = Some(chat.next_deadline());
        self.move_deadline(Subject::Chat(chat.id), chat.keys.deadline, deadline);
        chat.keys.deadline = deadline;
        // Nobody is dropped from the members before they are no more: who left is still one of those who may see some of it.
        for member in &chat.members[chat.keys.members..] {
            self.chats.of.entry(member.agent.clone()).or_default().insert(chat.id);
        }
        // Of chats that go on from each other the last one.
        if let Some(pair) = pair_of(chat).filter(|_| chat.keys.members == 0 && chat.next.is_none()) {
            self.chats.pairs.insert(pair, chat.id);
        }
        chat.keys.members = chat.members.len();
    }

    /// A chat is forgotten.
    pub(in crate::center) fn forget_chat(&mut self, chat: &Chat) {
        self.move_deadline(Subject::Chat(chat.id), chat.keys.deadline, None);
        for member in &chat.members {
            if let Some(chats) = self.chats.of.get_mut(&member.agent) {
                chats.remove(&chat.id);
                if chats.is_empty() {
                    self.chats.of.remove(&member.agent);
                }
            }
        }
        self.forget_pair(chat);
    }

    /// Two agents' chat is no longer theirs.
    pub(in crate::center) fn forget_pair(&mut self, chat: &Chat) {
        if let Some(pair) = pair_of(chat)
            && self.chats.pairs.get(&pair) == Some(&chat.id)
        {
            self.chats.pairs.remove(&pair);
        }
    }
}
