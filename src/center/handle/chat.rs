//! Colleagues chat among themselves.

use std::collections::BTreeSet;

use crate::center::{
    AgentId, Answer, By, Caller, Center, CenterChange, Chat, ChatEndReason, ChatHappened, ChatId, ChatMember,
    ChatStarted, Label, MAX_CHAT_MEMBERS, MAX_CHATS, Refusal, Requested, Text, commit::Commit, index::pair,
};

/// The answer about a chat: its events are found as a session's are.
fn about(chat: ChatId, revision: u32) -> Answer {
    Answer { session: Some(chat.log()), revision, ..Answer::default() }
}

fn invalid(field: &str, why: &str) -> Refusal {
    Refusal::FieldInvalid { field: field.into(), why: why.into() }
}

pub(super) fn start(
    center: &Center,
    caller: &Caller,
    mut members: BTreeSet<AgentId>,
    name: String,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let own = center.caller_agent(caller)?.0.clone();
    members.remove(&own);
    let other = members.first().ok_or_else(|| invalid("member_agent_ids", "names nobody else"))?.clone();
    let is_pair = members.len() == 1;
    if members.len() >= MAX_CHAT_MEMBERS {
        return Err(invalid("member_agent_ids", "are more than a chat has"));
    }
    if is_pair && !name.is_empty() {
        return Err(invalid("name", "is for groups of three and more"));
    }
    members.iter().try_for_each(|agent| center.agent(agent).map(drop))?;
    members.insert(own.clone());
    let known = center.index.chats.pairs.get(&pair(&own, &other)).filter(|_| is_pair);
    let known = known.and_then(|id| center.chats.get(id));
    let (last, open) = (known.map(|chat| chat.id), known.filter(|chat| chat.is_open()));
    let open = open.map(|chat| (chat.id, chat.revision, chat.is_full(&center.settings)));
    if open.is_none() {
        members.iter().try_for_each(|agent| center.has_room_to_chat(agent))?;
    }
    Ok(move |commit: &mut Commit<'_>| match open {
        Some((id, revision, false)) => about(id, revision),
        _ => {
            if let Some((full, ..)) = open {
                commit.chat(full, By::System, ChatHappened::Closed { reason: ChatEndReason::Full });
            }
            let name = commit.text(name);
            let id = commit.start_chat(members, is_pair, name, last);
            Answer { is_new: true, ..about(id, 1) }
        }
    })
}

pub(super) fn send(
    center: &Center,
    caller: &Caller,
    request: Option<Requested>,
    id: ChatId,
    text: String,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let request = request.ok_or_else(|| invalid("request_id", "is required"))?;
    // Who isn't in the chat that they name learns nothing of the one in which it goes on.
    center.chat_with(caller, id)?;
    let chat = center.goes_on(id);
    let (chat, _) = center.chat_with(caller, chat)?;
    let emptied = chat.closed.as_ref().is_some_and(|closed| closed.reason == ChatEndReason::Emptied);
    // Of two, one is no more.
    let halved = chat.is_pair && chat.members.len() < 2;
    if emptied || halved {
        return Err(Refusal::ChatClosed);
    }
    if chat.is_open() && chat.is_full(&center.settings) {
        return Err(Refusal::ChatFull);
    }
    let (id, is_open, is_pair) = (chat.id, chat.is_open(), chat.is_pair);
    let members: BTreeSet<AgentId> = chat.present().map(|member| member.agent.clone()).collect();
    if !is_open {
        members.iter().try_for_each(|agent| center.has_room_to_chat(agent))?;
    }
    Ok(move |commit: &mut Commit<'_>| {
        let id = if is_open { id } else { commit.start_chat(members, is_pair, None, Some(id)) };
        let text = commit.masked(text);
        let (text, by) = (commit.content.put(text), commit.caller_by());
        let quiet_end = commit.quiet_end(is_pair);
        commit.chat(id, by, ChatHappened::Posted { message: request.id, text, quiet_end });
        Answer { is_new: !is_open, ..about(id, commit.center.chats[&id].revision) }
    })
}

pub(super) fn add(
    center: &Center,
    caller: &Caller,
    id: ChatId,
    agent: AgentId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let chat = center.open_group(caller, id)?;
    let name = center.agent(&agent)?.config.name.clone();
    if chat.member(&agent).is_some_and(|member| member.left.is_none()) {
        return Err(Refusal::AlreadyMember);
    }
    // Who left is remembered as a member: coming and going has its bound, too.
    let known = chat.member(&agent).is_some();
    if chat.present().count() >= MAX_CHAT_MEMBERS || (!known && chat.members.len() >= 4 * MAX_CHAT_MEMBERS) {
        return Err(Refusal::LimitReached { limit: "chat_members".into() });
    }
    center.has_room_to_chat(&agent)?;
    Ok(move |commit: &mut Commit<'_>| {
        let by = commit.caller_by();
        commit.chat(id, by, ChatHappened::Joined { agent, name });
        about(id, commit.center.chats[&id].revision)
    })
}

pub(super) fn leave(
    center: &Center,
    caller: &Caller,
    id: ChatId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let chat = center.open_group(caller, id)?;
    let (own, _) = center.caller_agent(caller)?;
    let (agent, is_last) = (own.clone(), chat.present().count() == 1);
    let name = chat.member(own).map_or_else(|| own.as_str().into(), |member| member.name.clone());
    Ok(move |commit: &mut Commit<'_>| {
        let by = commit.caller_by();
        commit.chat(id, by, ChatHappened::Left { agent, name });
        let answer = about(id, commit.center.chats[&id].revision);
        if is_last {
            commit.chat(id, By::System, ChatHappened::Closed { reason: ChatEndReason::Emptied });
        }
        answer
    })
}

/// Counts only while something is unread: marks upon marks would have no end.
pub(super) fn read(
    center: &Center,
    caller: &Caller,
    id: ChatId,
    revision: u32,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (chat, member) = center.chat_with(caller, id)?;
    if revision > chat.revision {
        return Err(Refusal::PositionInFuture { last: chat.revision });
    }
    let (agent, is_open) = (member.agent.clone(), chat.is_open());
    let (counts, so_far) = (revision > member.read && chat.is_unread_by(member), chat.revision);
    Ok(move |commit: &mut Commit<'_>| {
        match (counts, is_open) {
            (true, true) => {
                let by = commit.caller_by();
                commit.chat(id, by, ChatHappened::Read { agent, revision });
            }
            (true, false) => commit.center(CenterChange::ChatRead { chat: id, agent, revision }),
            (false, _) => {}
        }
        about(id, so_far + u32::from(counts && is_open))
    })
}

impl Center {
    /// A chat that the caller is in.
    fn chat_with(&self, caller: &Caller, id: ChatId) -> Result<(&Chat, &ChatMember), Refusal> {
        let (agent, _) = self.caller_agent(caller)?;
        let (chat, member) = self.chat_of(agent, id)?;
        match member.left {
            None => Ok((chat, member)),
            Some(_) => Err(Refusal::NotParticipant),
        }
    }

    fn open_group(&self, caller: &Caller, id: ChatId) -> Result<&Chat, Refusal> {
        let (chat, _) = self.chat_with(caller, id)?;
        match (chat.is_open(), chat.is_pair) {
            (false, _) => Err(Refusal::ChatClosed),
            (true, true) => Err(Refusal::ChatIsPair),
            (true, false) => Ok(chat),
        }
    }

    /// The chat in which a chat goes on, the last of them.
    fn goes_on(&self, mut id: ChatId) -> ChatId {
        while let Some(next) = self.chats.get(&id).and_then(|chat| chat.next) {
            id = next;
        }
        id
    }

    fn has_room_to_chat(&self, agent: &AgentId) -> Result<(), Refusal> {
        let open = self.chats_of(agent).filter(|(chat, member)| chat.is_open() && member.left.is_none()).count();
        if open < MAX_CHATS { Ok(()) } else { Err(Refusal::LimitReached { limit: "chats".into() }) }
    }
}

impl Commit<'_> {
    fn start_chat(
        &mut self,
        members: BTreeSet<AgentId>,
        is_pair: bool,
        name: Option<Text>,
        previous: Option<ChatId>,
    ) -> ChatId {
        let id = ChatId::from_bytes(self.seed.next(self.now));
        let known = |agent: &AgentId| self.center.agents.get(agent).map(|agent| agent.config.name.clone());
        let named = |agent: AgentId| {
            let name: Label = known(&agent).unwrap_or_else(|| agent.as_str().into());
            (agent, name)
        };
        let members = members.into_iter().map(named).collect();
        let (quiet_end, by) = (self.quiet_end(is_pair), self.caller_by());
        let started = ChatStarted { is_pair, name, members, previous, quiet_end };
        self.chat(id, by, ChatHappened::Started(Box::new(started)));
        id
    }

    /// When a chat in which something is said now is closed, unless something more is said.
    fn quiet_end(&self, is_pair: bool) -> Option<crate::center::Time> {
        is_pair.then(|| self.now + self.center.settings.chat_idle_time())
    }

    /// Somebody is going to be no more: groups go on without them, and two aren't a pair any longer.
    pub(super) fn leave_chats(&mut self, agent: &AgentId) {
        let chats = self.center.chats_of(agent).filter(|(chat, member)| chat.is_open() && member.left.is_none());
        let chats: Vec<(ChatId, Label, bool)> = chats
            .map(|(chat, member)| (chat.id, member.name.clone(), chat.is_pair || chat.present().count() == 1))
            .collect();
        for (id, name, is_over) in chats {
            self.chat(id, By::System, ChatHappened::Left { agent: agent.clone(), name });
            if is_over {
                self.chat(id, By::System, ChatHappened::Closed { reason: ChatEndReason::Emptied });
            }
        }
    }

    /// A chat's time has come.
    pub(super) fn chat_due(&mut self, id: ChatId) {
        let Some(chat) = self.center.chats.get(&id) else { return };
        if !chat.is_open() {
            return self.center(CenterChange::ChatForgotten { chat: id });
        }
        let is_quiet = chat.quiet_end.is_some_and(|quiet| quiet <= self.now);
        let reason = if is_quiet { ChatEndReason::Quiet } else { ChatEndReason::Aged };
        self.chat(id, By::System, ChatHappened::Closed { reason });
    }
}
