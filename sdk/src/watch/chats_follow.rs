//! Where a desk has got to in its agent's chats.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    DeskEvent,
    follow::{Continuation, Next, Position},
};
use crate::{
    ChatEvent, ChatEventKind, Desk,
    convert::list,
    generated::{ChatEvents, ChatPosition},
};

/// The contract's limit, which is also how many open chats an agent may have.
const POSITIONS: usize = 200;

#[derive(Default)]
pub(super) struct ChatsFollow {
    chats: BTreeMap<String, Followed>,
    /// Chats of the desk as it opened last: closed ones are shown again until they are read.
    shown: BTreeSet<String>,
}

#[derive(Default)]
struct Followed {
    position: Position,
    closed: bool,
}

impl ChatsFollow {
    pub(super) fn new(positions: Vec<(String, u64)>) -> Self {
        let followed = |revision| Followed { position: Position::after(revision), closed: false };
        let chats = positions.into_iter().map(|(id, revision)| (id, followed(revision))).collect();
        Self { chats, shown: BTreeSet::new() }
    }

    /// The newest chats come last.
    pub(super) fn positions(&self) -> Vec<ChatPosition> {
        let named = self.chats.iter().rev().take(POSITIONS);
        let position = |(id, followed): (&String, &Followed)| ChatPosition {
            chat_id: id.clone(),
            after_revision: followed.position.revision,
        };
        named.map(position).collect()
    }

    pub(super) fn opened(&mut self, desk: &Desk) {
        self.shown = desk.chats.iter().map(|chat| chat.chat_id.clone()).collect();
    }

    /// Closed chats that the desk doesn't show won't come again.
    pub(super) fn caught_up(&mut self) {
        self.chats.retain(|id, followed| !followed.closed || self.shown.contains(id));
    }

    pub(super) fn events(&mut self, events: ChatEvents, own: &str, out: &mut VecDeque<DeskEvent>) -> Next {
        let (chat_id, mut left) = (events.chat_id, false);
        for event in list::<_, ChatEvent>(events.events) {
            // A chat's first event says itself where the desk starts.
            let before = || Followed { position: Position::after(event.revision.saturating_sub(1)), closed: false };
            let followed = self.chats.entry(chat_id.clone()).or_insert_with(before);
            match followed.position.advance(event.revision) {
                Continuation::Repeat => continue,
                Continuation::Gap => return followed.position.gap(),
                Continuation::Next => {}
            }
            followed.closed |= matches!(event.kind, ChatEventKind::Closed(_));
            left = match &event.kind {
                ChatEventKind::MemberLeft(member) => left || member.agent_id == own,
                ChatEventKind::MemberJoined(member) => left && member.agent_id != own,
                _ => left,
            };
            out.push_back(DeskEvent::ChatEvent { chat_id: chat_id.clone(), event: Box::new(event) });
        }
        if left {
            self.chats.remove(&chat_id);
        }
        Next::Read
    }
}
