//! Chats with colleagues on a desk: each is followed by a cursor, as a session is.

use std::collections::BTreeMap;

use tonic::Status;

use super::Desk;
use crate::{
    center::{AgentId, Center, ChatId, MAX_CHATS, Refusal, SessionId},
    grpc::{
        agent_desk::named,
        edge::Call,
        from_pb::{self, Violation},
        pb, status, to_pb,
    },
    live::Start,
};

/// A chat that the desk follows by itself.
pub(super) struct ShownChat {
    /// Behind what the agent has read, and not before their joining.
    after: u32,
    last: u32,
    /// It is closed.
    over: bool,
}

/// Where a desk that resumes goes on in a chat that it names.
pub(super) struct Known {
    after: u32,
    last: u32,
    over: bool,
    until: Option<u32>,
}

/// Chats that an agent is in, open or with something unread; closed ones as far as there is room.
pub(super) fn view(center: &Center, agent: &AgentId) -> BTreeMap<ChatId, ShownChat> {
    let own = center.chats_of(agent).filter(|(_, own)| own.left.is_none());
    let (open, closed): (Vec<_>, Vec<_>) = own.partition(|(chat, _)| chat.is_open());
    let unread = closed.into_iter().filter(|(chat, own)| chat.is_unread_by(own));
    let shown = open.into_iter().chain(unread).take(MAX_CHATS);
    let shown = shown.map(|(chat, own)| {
        let after = own.read.max(own.joined_at - 1);
        (chat.id, ShownChat { after, last: chat.revision, over: !chat.is_open() })
    });
    shown.collect()
}

/// The same as the desk's first message shows them.
pub(super) async fn shown(call: &Call, agent: &AgentId) -> Result<Vec<pb::Chat>, Status> {
    let agent = agent.clone();
    let read = call.shard.handle.read_here(&call.center, move |center, _| {
        let known = view(center, &agent).into_keys().filter_map(|id| center.chat_of(&agent, id).ok());
        known.map(|(chat, own)| to_pb::chat(chat, own)).collect::<Vec<_>>()
    });
    let mut chats = Vec::new();
    for seen in read.await.map_err(status::unavailable)? {
        chats.push(named(call, seen).await?);
    }
    Ok(chats)
}

pub(super) fn positions(positions: Vec<pb::ChatPosition>) -> Result<BTreeMap<ChatId, u32>, Status> {
    if positions.len() > MAX_CHATS {
        let why = format!("are more than {MAX_CHATS}");
        return Err(status::of(Refusal::FieldInvalid { field: "chat_positions".into(), why }));
    }
    let parsed = positions.into_iter().enumerate().map(|(at, position)| {
        let chat = from_pb::chat_id(&position.chat_id);
        let at = |wrong: Violation| Violation { field: format!("chat_positions[{at}].{}", wrong.field), ..wrong };
        Ok((chat.map_err(at)?, from_pb::revision(position.after_revision)))
    });
    parsed.collect::<Result<_, _>>().map_err(|wrong| status::invalid(vec![wrong]))
}

/// Drops what isn't the agent's, and refuses what hasn't happened.
pub(super) async fn known(
    call: &Call,
    agent: &AgentId,
    named: BTreeMap<ChatId, u32>,
) -> Result<BTreeMap<ChatId, Known>, Status> {
    let agent = agent.clone();
    let read = call.shard.handle.read(&call.center, move |center, _| {
        let mut all = BTreeMap::new();
        for (id, after) in named {
            let Ok((chat, own)) = center.chat_of(&agent, id) else { continue };
            let last = own.left.unwrap_or(chat.revision);
            if after > last {
                return Err(Refusal::PositionInFuture { last });
            }
            let (after, over) = (after.max(own.joined_at - 1), !chat.is_open() && own.left.is_none());
            all.insert(id, Known { after, last, over, until: own.left });
        }
        Ok(all)
    });
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

impl Desk {
    /// Follows the chats that the desk named, those that are over up to their end.
    pub(super) fn follow_named_chats(&mut self) {
        for (id, Known { after, last, over, until }) in std::mem::take(&mut self.chats) {
            self.reached.insert(id.log(), after);
            if after < last || !(over || until.is_some()) {
                self.follow(id.log(), Start { after, last, over }, until);
            }
        }
    }

    /// Follows chats that are new here.
    pub(super) fn follow_new_chats(&mut self) {
        let shown = self.shown.chats.iter().map(|(id, chat)| (id.log(), chat.after, chat.last, chat.over));
        for (log, after, last, over) in shown.collect::<Vec<(SessionId, u32, u32, bool)>>() {
            let after = self.reached.get(&log).copied().unwrap_or(after);
            if !self.cursors.contains_key(&log) && (after < last || !over) {
                self.follow(log, Start { after, last, over }, None);
            }
        }
    }
}
