//! Which events of a center are wanted.

use std::{collections::BTreeSet, sync::LazyLock};

use prost::Message;

use crate::{
    center::SessionId,
    grpc::{
        from_pb::{self, Field},
        pb,
    },
};

const KINDS: usize = 50;
const SESSIONS: usize = 100;

/// What isn't a session's.
pub(super) const AGENT_STATE_CHANGED: &str = "agent_state_changed";
pub(super) const AUDIT_RECORDED: &str = "audit_recorded";

/// The kinds of events with their numbers in the contract, as the contract itself has them.
static NAMES: LazyLock<Vec<(String, i32)>> = LazyLock::new(|| {
    let files = prost_types::FileDescriptorSet::decode(pb::DESCRIPTORS).expect("our own descriptors");
    let messages = files.file.iter().filter(|file| file.package() == "chatsession.v1").flat_map(|it| &it.message_type);
    let event = messages.into_iter().find(|message| message.name() == "Event").expect("the contract has events");
    let kinds = event.field.iter().filter(|field| field.oneof_index.is_some());
    kinds.map(|field| (field.name().to_owned(), field.number())).collect()
});

/// Which are wanted; everything where nothing is named.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// By their numbers.
    kinds: BTreeSet<i32>,
    agent_states: bool,
    audit: bool,
    sessions: BTreeSet<SessionId>,
    names_kinds: bool,
}

impl Filter {
    pub(super) fn parse(asked: Option<pb::EventFilter>) -> Field<Self> {
        let Some(pb::EventFilter { kinds, session_ids }) = asked else { return Ok(Self::default()) };
        if kinds.len() > KINDS {
            return from_pb::wrong("filter.kinds", format!("are more than {KINDS}"));
        }
        if session_ids.len() > SESSIONS {
            return from_pb::wrong("filter.session_ids", format!("are more than {SESSIONS}"));
        }
        let mut filter = Self { names_kinds: !kinds.is_empty(), ..Self::default() };
        for (at, kind) in kinds.iter().enumerate() {
            match (kind.as_str(), NAMES.iter().find(|(name, _)| name == kind)) {
                (AGENT_STATE_CHANGED, _) => filter.agent_states = true,
                (AUDIT_RECORDED, _) => filter.audit = true,
                (_, Some((_, number))) => drop(filter.kinds.insert(*number)),
                (_, None) => return from_pb::wrong(format!("filter.kinds[{at}]"), "is no kind of event"),
            }
        }
        for (at, session) in session_ids.iter().enumerate() {
            let id = from_pb::session_id(session);
            filter.sessions.insert(
                id.map_err(|wrong| from_pb::Violation { field: format!("filter.session_ids[{at}]"), ..wrong })?,
            );
        }
        Ok(filter)
    }

    pub(super) fn wants_session(&self, session: SessionId) -> bool {
        self.sessions.is_empty() || self.sessions.contains(&session)
    }

    pub(super) fn wants(&self, event: &pb::Event) -> bool {
        !self.names_kinds || self.kinds.contains(&number(event))
    }

    pub(super) fn wants_agent_states(&self) -> bool {
        self.sessions.is_empty() && (self.agent_states || !self.names_kinds)
    }

    pub(super) fn wants_audit(&self) -> bool {
        self.sessions.is_empty() && (self.audit || !self.names_kinds)
    }
}

/// The number of an event's kind in the contract: its wire form begins with it.
fn number(event: &pb::Event) -> i32 {
    let Some(kind) = &event.kind else { return 0 };
    let mut bytes = Vec::with_capacity(kind.encoded_len());
    kind.encode(&mut bytes);
    prost::encoding::decode_key(&mut bytes.as_slice()).map_or(0, |(number, _)| number as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_name_that_the_contract_gives_it() {
        let warned = pb::Event {
            kind: Some(pb::event::Kind::EndingWarned(pb::EndingWarned::default())),
            ..pb::Event::default()
        };
        let named = |name: &str| {
            let asked = pb::EventFilter { kinds: vec![name.into()], session_ids: Vec::new() };
            Filter::parse(Some(asked)).unwrap()
        };
        assert!(named("ending_warned").wants(&warned));
        assert!(!named("session_ended").wants(&warned));
        assert!(!named(AUDIT_RECORDED).wants(&warned));
        assert_eq!(NAMES.len(), 24);
    }
}
