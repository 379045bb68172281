//! Chats of colleagues: what must hold of them, and what somebody would like to do in one.

use std::{collections::BTreeMap, sync::Arc};

use chatsession::{
    center::*,
    live::SessionCommit,
    shard::{Committed, Places},
};

use crate::{
    people::{AGENTS, People, agent_id, person},
    truth::Check,
};

/// 7, and that a chat is nobody's work: what an agent does in one changes no session and no agent.
pub fn before(center: &Center, record: &Record, event: &Event) -> Check {
    let Event::Chat(event) = event else { return Ok(()) };
    let known = AGENTS.iter().find_map(|name| center.chat_of(&agent_id(name), event.chat).ok());
    let revision = known.map_or(0, |(chat, _)| chat.revision);
    if event.revision != revision + 1 {
        return Err(format!("7: {} follows {revision} in chat {}", event.revision, event.chat));
    }
    if known.is_some_and(|(chat, _)| !chat.is_open()) {
        return Err(format!("chat {} is closed, and {:?}", event.chat, event.what));
    }
    let speaks = |id: &AgentId| known.is_none_or(|(chat, _)| chat.present().any(|member| member.agent == *id));
    let By::Agent { id, .. } = &event.by else { return Ok(()) };
    if !speaks(id) {
        return Err(format!("8: {id} isn't in chat {}, and {:?}", event.chat, event.what));
    }
    let elsewhere = |event: &&Event| matches!(event, Event::Session(_) | Event::Agent { .. });
    match record.events.iter().find(elsewhere) {
        Some(other) => Err(format!("a chat made {other:?}")),
        None => Ok(()),
    }
}

/// 8: who was never in a chat finds none, by whatever way.
pub fn after(center: &Center, record: &Record) -> Check {
    for event in &record.events {
        let Event::Chat(event) = event else { continue };
        let id = event.chat;
        let members = AGENTS.iter().find_map(|name| center.chat_of(&agent_id(name), id).ok());
        let (chat, _) = members.ok_or("a chat of nobody")?;
        for name in AGENTS {
            let agent = agent_id(name);
            let is_member = chat.members.iter().any(|member| member.agent == agent);
            let finds = center.chat_of(&agent, id).is_ok() || center.chats_of(&agent).any(|(chat, _)| chat.id == id);
            if finds != is_member {
                return Err(format!("8: {agent} finds chat {id}: {finds}, a member: {is_member}"));
            }
        }
        let as_session =
            [Viewer::All, Viewer::Agent(agent_id("sue"))].map(|viewer| center.view(&viewer, id.log()).is_ok());
        if as_session.contains(&true) || center.sessions.contains_key(&id.log()) {
            return Err(format!("8: chat {id} is a session"));
        }
    }
    Ok(())
}

/// What desks bring of chats: all of it, once, in order, also read again from where the log has it.
#[derive(Default)]
pub struct Chats {
    batches: Vec<Arc<Committed>>,
    seen: BTreeMap<ChatId, u32>,
}

impl Chats {
    pub fn durable(&mut self, batch: &Arc<Committed>, places: &Places) -> Check {
        self.batches.push(batch.clone());
        let mut touched = Vec::new();
        for event in batch.records.iter().flat_map(|record| &record.events) {
            if let Event::Chat(event) = event {
                let seen = self.seen.entry(event.chat).or_default();
                if event.revision != *seen + 1 {
                    return Err(format!("7: {} follows {seen} in chat {}", event.revision, event.chat));
                }
                *seen = event.revision;
                touched.push(event.chat);
            }
        }
        touched.dedup();
        touched.into_iter().try_for_each(|chat| self.read_again(chat, places))
    }

    fn read_again(&self, chat: ChatId, places: &Places) -> Check {
        let mut last = 0;
        for place in places.of(chat.log()) {
            let batch = &self.batches[place.position as usize - 1];
            let commit = SessionCommit::of(batch, place.record as usize, chat.log());
            if commit.events(Audience::Everyone).next().is_some() || commit.public.is_some() {
                return Err(format!("8: customers may see chat {chat}"));
            }
            for event in commit.chat_events() {
                if event.revision != last + 1 {
                    return Err(format!("7: {} follows {last} in chat {chat}, read again", event.revision));
                }
                last = event.revision;
            }
        }
        match Some(&last) == self.seen.get(&chat) {
            true => Ok(()),
            false => Err(format!("7: chat {chat} is read again up to {last} only")),
        }
    }
}

impl People<'_> {
    /// Something with colleagues.
    pub fn among_themselves(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let [own, other, third] = [0, 1, 2].map(|_| self.agent());
        let known: Vec<(ChatId, u32)> = center.chats_of(&own).map(|(chat, _)| (chat.id, chat.revision)).collect();
        let own_chats = || center.chats_of(&own).filter(|(_, member)| member.left.is_none());
        let groups: Vec<ChatId> = own_chats().filter(|(chat, _)| !chat.is_pair).map(|(chat, _)| chat.id).collect();
        let unread = own_chats().find(|(chat, own)| chat.is_unread_by(own)).map(|(chat, _)| (chat.id, chat.revision));
        if let Some((chat, revision)) = unread.filter(|_| self.rng.one_in(3)) {
            return Some((person(Who::Agent(own)), Command::ReadChatUpTo { chat, revision }));
        }
        let group = self.rng.pick(&groups).copied();
        let command = match (self.rng.below(18), self.rng.pick(&known).copied()) {
            (0, _) => Command::PutFavourite { target: Target::Agent(other) },
            (1, _) => Command::DeleteFavourite { target: Target::Agent(other) },
            (2..4, _) | (_, None) => Command::StartChat { members: [other].into(), name: String::new() },
            (4..7, _) => Command::StartChat { members: [other, third.clone()].into(), name: String::new() },
            (7, Some((chat, _))) => Command::AddChatMember { chat: group.unwrap_or(chat), agent: other },
            (8 | 9, Some((chat, _))) => Command::LeaveChat { chat: group.unwrap_or(chat) },
            (10..12, Some((chat, last))) => Command::ReadChatUpTo { chat, revision: last },
            (_, Some((chat, _))) => Command::SendChatMessage { chat, text: "between us".into() },
        };
        // Sometimes somebody who has no business there.
        let own = if self.rng.one_in(12) { third } else { own };
        Some((person(Who::Agent(own)), command))
    }
}
