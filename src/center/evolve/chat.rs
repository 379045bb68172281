//! What an event does to a chat of colleagues.

use crate::center::{
    AgentId, By, Center, ChatEvent, ChatHappened, ChatId, ChatMember, ChatStarted, Time,
    chat::{Chat, ChatClosed},
};

impl Center {
    pub(super) fn chat_event(&mut self, now: Time, event: &ChatEvent) {
        if let ChatHappened::Started(started) = &event.what {
            self.chats.insert(event.chat, Chat::started(event.chat, started, now));
            if let Some(previous) = started.previous.and_then(|previous| self.chats.get_mut(&previous)) {
                previous.next = Some(event.chat);
            }
        }
        if let Some(chat) = self.chats.get_mut(&event.chat) {
            chat.follow(now, event);
            self.index.chat(chat);
        }
    }

    pub(super) fn chat_read(&mut self, id: ChatId, agent: &AgentId, revision: u32) {
        if let Some(chat) = self.chats.get_mut(&id) {
            chat.read(agent, revision);
        }
    }

    /// Somebody is no more: the chats that they have left are nobody's of that id.
    pub(super) fn forget_member(&mut self, agent: &AgentId) {
        for id in self.index.chats.of.remove(agent).unwrap_or_default() {
            let Some(chat) = self.chats.get_mut(&id) else { continue };
            self.index.forget_pair(chat);
            chat.members.retain(|member| member.agent != *agent);
            chat.keys.members = chat.members.len();
        }
    }

    pub(super) fn forget_chat(&mut self, id: &ChatId) {
        let Some(chat) = self.chats.remove(id) else { return };
        self.index.forget_chat(&chat);
        for other in [chat.previous, chat.next].into_iter().flatten() {
            if let Some(other) = self.chats.get_mut(&other) {
                other.previous = other.previous.filter(|previous| previous != id);
                other.next = other.next.filter(|next| next != id);
            }
        }
    }
}

impl Chat {
    fn started(id: ChatId, started: &ChatStarted, now: Time) -> Self {
        let member = |(agent, name): &(AgentId, _)| ChatMember {
            agent: agent.clone(),
            name: Clone::clone(name),
            joined_at: 1,
            read: 0,
            left: None,
        };
        Self {
            id,
            is_pair: started.is_pair,
            name: started.name,
            created: now,
            revision: 0,
            members: started.members.iter().map(member).collect(),
            said: 0,
            said_time: now,
            quiet_end: started.quiet_end,
            closed: None,
            previous: started.previous,
            next: None,
            keys: Default::default(),
        }
    }

    fn follow(&mut self, now: Time, event: &ChatEvent) {
        self.revision = event.revision;
        match &event.what {
            ChatHappened::Started(_) => {}
            ChatHappened::Joined { agent, name } => {
                match self.members.iter_mut().find(|member| &member.agent == agent) {
                    Some(back) => back.left = None,
                    None => self.members.push(ChatMember {
                        agent: agent.clone(),
                        name: name.clone(),
                        joined_at: event.revision,
                        read: event.revision,
                        left: None,
                    }),
                }
            }
            ChatHappened::Left { agent, .. } => {
                for member in self.members.iter_mut().filter(|member| &member.agent == agent) {
                    member.left = Some(event.revision);
                }
            }
            ChatHappened::Posted { quiet_end, .. } => {
                (self.said, self.said_time, self.quiet_end) = (event.revision, now, *quiet_end);
                // Who speaks has read what they answer.
                if let By::Agent { id, .. } = &event.by {
                    self.read(id, event.revision);
                }
            }
            ChatHappened::Read { agent, revision } => self.read(agent, *revision),
            ChatHappened::Closed { reason } => self.closed = Some(ChatClosed { reason: *reason, time: now }),
        }
    }

    fn read(&mut self, agent: &AgentId, revision: u32) {
        for member in self.members.iter_mut().filter(|member| &member.agent == agent) {
            member.read = member.read.max(revision);
        }
    }
}
