//! From the wire to the domain: a value that comes out of here is valid. Every field that can't be is named.

use super::pb;
use crate::center::{
    AgentId, Audience, Channel, ChatId, Code, ForcedState, IfLast, InviteMode, Label, Millis, OfferId, QueueId,
    RequestId, ServiceId, SessionId, TeamId, TransferLeave, Wanted, is_name,
};

mod attachments;
mod canned;
mod config;
mod masks;
mod queue;
mod target;

pub(super) use attachments::{attachment_id, attachments, content_type, file_name, file_size};
pub(super) use canned::{canned_response, response_id};
pub(super) use config::{ActingFor, acting_for, customer_id, object};
pub(super) use target::target;

/// A field that can't be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// Its path in the request.
    pub(super) field: String,
    /// What is wrong with it.
    pub(super) why: String,
}

/// A field's value, or what is wrong with it.
pub(super) type Field<T> = Result<T, Violation>;

pub(super) fn wrong<T>(field: impl Into<String>, why: impl Into<String>) -> Field<T> {
    Err(Violation { field: field.into(), why: why.into() })
}

/// All fields of a request together, so that every wrong one is told at once.
pub(super) trait All {
    type Out;
    fn all(self) -> Result<Self::Out, Vec<Violation>>;
}

macro_rules! all {
    ($($name:ident)+) => {
        impl<$($name),+> All for ($(Field<$name>,)+) {
            type Out = ($($name,)+);
            #[expect(non_snake_case, reason = "types and values share their names")]
            fn all(self) -> Result<Self::Out, Vec<Violation>> {
                let ($($name,)+) = self;
                let mut wrong = Vec::new();
                $(let $name = $name.map_err(|violation| wrong.push(violation));)+
                match ($($name,)+) {
                    ($(Ok($name),)+) => Ok(($($name,)+)),
                    _ => Err(wrong),
                }
            }
        }
    };
}

all!(A);
all!(A B);
all!(A B C);
all!(A B C D);
all!(A B C D E);
all!(A B C D E F);
all!(A B C D E F G);
all!(A B C D E F G H);
all!(A B C D E F G H I);

const NAME: &str = "must match [A-Za-z0-9_-]{1,64}";

fn name<T>(field: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Field<T> {
    parse(text).map_or_else(|| wrong(field, if text.is_empty() { "is required" } else { NAME }), Ok)
}

pub(super) fn agent_id(field: &str, text: &str) -> Field<AgentId> {
    name(field, text, AgentId::parse)
}

pub(super) fn service_id(field: &str, text: &str) -> Field<ServiceId> {
    name(field, text, ServiceId::parse)
}

pub(super) fn queue_id(field: &str, text: &str) -> Field<QueueId> {
    name(field, text, QueueId::parse)
}

pub(super) fn team_id(field: &str, text: &str) -> Field<TeamId> {
    name(field, text, TeamId::parse)
}

pub(super) fn request_id(text: &str) -> Field<RequestId> {
    name("request_id", text, RequestId::parse)
}

pub(super) fn code(field: &str, text: &str) -> Field<Code> {
    name(field, text, Code::parse)
}

pub(super) fn optional<T>(field: &str, text: &str, parse: impl Fn(&str, &str) -> Field<T>) -> Field<Option<T>> {
    if text.is_empty() { Ok(None) } else { parse(field, text).map(Some) }
}

/// One of ours is a UUID; any other well-formed id is one that nobody has.
fn given<T>(field: &str, text: &str, parse: impl Fn(&str) -> Option<T>, nobodys: T) -> Field<T> {
    match (parse(text).filter(|_| is_name(text)), is_name(text)) {
        (Some(id), _) => Ok(id),
        (None, true) => Ok(nobodys),
        (None, false) => wrong(field, if text.is_empty() { "is required" } else { NAME }),
    }
}

pub(super) fn session_id(text: &str) -> Field<SessionId> {
    given("session_id", text, SessionId::parse, SessionId::from_bytes([0; 16]))
}

pub(super) fn chat_id(text: &str) -> Field<ChatId> {
    given("chat_id", text, ChatId::parse, ChatId::from_bytes([0; 16]))
}

pub(super) fn offer_id(text: &str) -> Field<OfferId> {
    given("offer_id", text, OfferId::parse, OfferId::from_bytes([0; 16]))
}

/// A text of at most `most` bytes.
pub(super) fn text(field: &str, text: String, most: usize) -> Field<String> {
    if text.len() > most { wrong(field, format!("is longer than {most} bytes")) } else { Ok(text) }
}

/// The longest note.
pub(super) const NOTE: usize = 4 * 1024;

/// The longest message.
const MESSAGE: usize = 16 * 1024;

/// Something is said, or a file is sent.
pub(super) fn message(said: String, has_files: bool) -> Field<String> {
    if said.is_empty() && !has_files { wrong("text", "is required") } else { text("text", said, MESSAGE) }
}

/// BCP 47: letters, digits and hyphens, 2 to 35 of them.
pub(super) fn language(tag: &str) -> Field<Option<Label>> {
    let well_formed =
        (2..=35).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match (tag.is_empty(), well_formed) {
        (true, _) => Ok(None),
        (false, true) => Ok(Some(tag.into())),
        (false, false) => wrong("language", "must be a BCP 47 tag of 2 to 35 characters"),
    }
}

pub(super) fn priority(priority: i32) -> Field<i32> {
    if (-100..=100).contains(&priority) { Ok(priority) } else { wrong("priority", "must be from -100 to 100") }
}

/// The most skills that one session or queue may want.
const WANTED: usize = 20;

pub(super) fn wanted(field: &str, skills: Vec<pb::WantedSkill>) -> Field<Vec<Wanted>> {
    if skills.len() > WANTED {
        return wrong(field, format!("are more than {WANTED}"));
    }
    let mut parsed: Vec<Wanted> = Vec::with_capacity(skills.len());
    for (at, wanted) in skills.into_iter().enumerate() {
        let skill = code(&format!("{field}[{at}].skill"), &wanted.skill)?;
        if parsed.iter().any(|known| known.skill == skill) {
            return wrong(format!("{field}[{at}].skill"), "is there twice");
        }
        match wanted.level {
            level @ 0..=100 => parsed.push(Wanted { skill, level: level.max(1) }),
            _ => return wrong(format!("{field}[{at}].level"), "must be from 1 to 100, or 0 for 1"),
        }
    }
    Ok(parsed)
}

pub(super) fn wanted_whole(skills: Option<pb::WantedSkills>) -> Field<Option<Vec<Wanted>>> {
    skills.map(|skills| wanted("skills.skills", skills.skills)).transpose()
}

pub(super) fn channel(channel: i32) -> Field<Channel> {
    match pb::Channel::try_from(channel) {
        Ok(pb::Channel::Unspecified | pb::Channel::Web) => Ok(Channel::Web),
        Ok(pb::Channel::Messenger) => Ok(Channel::Messenger),
        Err(_) => wrong("channel", UNKNOWN),
    }
}

/// Revisions are small numbers; a larger one is one that no session has.
pub(super) fn revision(revision: u64) -> u32 {
    u32::try_from(revision).unwrap_or(u32::MAX)
}

pub(super) fn expected(structure: u64) -> Option<u32> {
    (structure > 0).then(|| revision(structure))
}

pub(super) fn millis(
    field: &str,
    length: Option<prost_types::Duration>,
    least: Millis,
    most: Millis,
) -> Field<Option<Millis>> {
    let Some(length) = length else { return Ok(None) };
    let bounds = || format!("must be from {least} ms to {most} ms");
    let Ok(length) = std::time::Duration::try_from(length) else { return wrong(field, bounds()) };
    match Millis::try_from(length.as_millis()) {
        Ok(length) if (least..=most).contains(&length) => Ok(Some(length)),
        _ => wrong(field, bounds()),
    }
}

pub(super) fn page_size(asked: i32, default: usize, most: usize) -> Field<usize> {
    match usize::try_from(asked) {
        Ok(0) => Ok(default),
        Ok(asked) if asked <= most => Ok(asked),
        _ => wrong("page_size", format!("must be from 1 to {most}, or 0 for {default}")),
    }
}

/// How long an answer may be waited for: proxies cut calls that say nothing for half a minute.
pub(super) fn wait(asked: Option<prost_types::Duration>) -> Field<std::time::Duration> {
    let longest = std::time::Duration::from_secs(25);
    let wait = asked.map_or(Ok(std::time::Duration::ZERO), std::time::Duration::try_from);
    match wait {
        Ok(wait) if wait <= longest => Ok(wait),
        _ => wrong("wait", "must be from 0 to 25 s"),
    }
}

pub(super) fn mode(mode: i32) -> Field<InviteMode> {
    match pb::InviteMode::try_from(mode) {
        Ok(pb::InviteMode::Conference) => Ok(InviteMode::Conference),
        Ok(pb::InviteMode::Transfer) => Ok(InviteMode::Transfer),
        Ok(pb::InviteMode::Unspecified) => wrong("mode", "is required"),
        Ok(pb::InviteMode::Reassign) => wrong("mode", "must be CONFERENCE or TRANSFER"),
        Err(_) => wrong("mode", UNKNOWN),
    }
}

const UNKNOWN: &str = "is no value of its enum";

pub(super) fn leave(leave: i32) -> Field<TransferLeave> {
    match pb::TransferLeave::try_from(leave) {
        Ok(pb::TransferLeave::Unspecified | pb::TransferLeave::Stay) => Ok(TransferLeave::Stay),
        Ok(pb::TransferLeave::Now) => Ok(TransferLeave::Now),
        Ok(pb::TransferLeave::WhenTaken) => Ok(TransferLeave::WhenTaken),
        Err(_) => wrong("leave", UNKNOWN),
    }
}

pub(super) fn if_last(if_last: i32) -> Field<Option<IfLast>> {
    match pb::IfLast::try_from(if_last) {
        Ok(pb::IfLast::Unspecified) => Ok(None),
        Ok(pb::IfLast::ReturnToQueue) => Ok(Some(IfLast::ReturnToQueue)),
        Ok(pb::IfLast::AwaitInvitee) => Ok(Some(IfLast::AwaitInvitee)),
        Ok(pb::IfLast::End) => Ok(Some(IfLast::End)),
        Err(_) => wrong("if_last", UNKNOWN),
    }
}

pub(super) fn audience(audience: i32) -> Field<Audience> {
    match pb::Audience::try_from(audience) {
        Ok(pb::Audience::Unspecified | pb::Audience::Everyone) => Ok(Audience::Everyone),
        Ok(pb::Audience::Staff) => Ok(Audience::Staff),
        Err(_) => wrong("audience", UNKNOWN),
    }
}

pub(super) fn ready(status: i32) -> Field<bool> {
    match pb::AgentStatus::try_from(status) {
        Ok(pb::AgentStatus::Ready) => Ok(true),
        Ok(pb::AgentStatus::NotReady) => Ok(false),
        Ok(pb::AgentStatus::Unspecified) => wrong("status", "is required"),
        Ok(pb::AgentStatus::SignedOut) => wrong("status", "must be READY or NOT_READY; use SignOut"),
        Err(_) => wrong("status", UNKNOWN),
    }
}

pub(super) fn forced(status: i32, reason: Option<Code>) -> Field<ForcedState> {
    match pb::AgentStatus::try_from(status) {
        Ok(pb::AgentStatus::NotReady) => Ok(ForcedState::NotReady(reason)),
        Ok(pb::AgentStatus::Ready | pb::AgentStatus::SignedOut) if reason.is_some() => {
            wrong("reason", "goes with NOT_READY")
        }
        Ok(pb::AgentStatus::Ready) => Ok(ForcedState::Ready),
        Ok(pb::AgentStatus::SignedOut) => Ok(ForcedState::SignedOut),
        Ok(pb::AgentStatus::Unspecified) => wrong("status", "is required"),
        Err(_) => wrong("status", UNKNOWN),
    }
}

/// The most attributes, the longest value, and the longest all together.
const ATTRIBUTES: (usize, usize, usize) = (64, 4 * 1024, 64 * 1024);

pub(super) fn attributes(attributes: Vec<pb::Attribute>) -> Field<Vec<(Code, String)>> {
    let (most, longest, together) = ATTRIBUTES;
    if attributes.len() > most {
        return wrong("attributes", format!("are more than {most}"));
    }
    let mut parsed: Vec<(Code, String)> = Vec::with_capacity(attributes.len());
    for (at, attribute) in attributes.into_iter().enumerate() {
        let name = code(&format!("attributes[{at}].name"), &attribute.name)?;
        if parsed.iter().any(|(known, _)| *known == name) {
            return wrong(format!("attributes[{at}].name"), "is there twice");
        }
        parsed.push((name, text(&format!("attributes[{at}].value"), attribute.value, longest)?));
    }
    match parsed.iter().map(|(_, value)| value.len()).sum::<usize>() > together {
        true => wrong("attributes", format!("are longer than {together} bytes together")),
        false => Ok(parsed),
    }
}
