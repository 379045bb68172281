//! Somebody says something, or has read it.

use super::{about, attachment};
use crate::bugs::bug;
use crate::center::{
    Answer, Audience, Caller, Center, Happened, MessageParts, PostedMore, Quoted, ReadMark, Refusal, Requested,
    SessionId, Who, commit::Commit, session::Session,
};

pub(super) fn send(
    center: &Center,
    caller: &Caller,
    request: Option<Requested>,
    id: SessionId,
    text: String,
    audience: Audience,
    with: Option<Box<MessageParts>>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let request =
        request.ok_or_else(|| Refusal::FieldInvalid { field: "request_id".into(), why: "is required".into() })?;
    if audience == Audience::Staff && caller.who.agent().is_none() {
        return Err(Refusal::FieldInvalid { field: "audience".into(), why: "customers speak to everyone".into() });
    }
    let session = match audience {
        // A supervisor whispers without being in the session.
        Audience::Staff if center.is_supervisor(&caller.who) => center.open(caller, id)?,
        Audience::Staff | Audience::Everyone => center.speaker(caller, id)?.0,
    };
    let so_far = match audience {
        Audience::Everyone => session.public,
        Audience::Staff => session.revision - session.public,
    };
    if so_far >= center.settings.max_events {
        return Err(Refusal::SessionFull);
    }
    let MessageParts { reply_to, attachments } = with.map(|with| *with).unwrap_or_default();
    let quoted = reply_to.map(|reply_to| quoted(session, caller, audience, reply_to)).transpose()?;
    attachment::to_send(center, caller, session, &attachments)?;
    Ok(move |commit: &mut Commit<'_>| {
        let (text, by) = (commit.masked(text), commit.caller_by());
        let text = commit.content.put(text);
        let attachments = commit.posted(id, attachments);
        let more = (!attachments.is_empty()).then(|| Box::new(PostedMore { attachments, automatic: false }));
        let fingerprint = Some(request.fingerprint);
        let posted = Happened::Posted { message: request.id, fingerprint, text, quoted, more };
        commit.tell(id, by, audience, posted);
        let session = commit.get(id);
        Answer { revision: session.revision, public: session.public, ..about(id) }
    })
}

/// The message that is answered, by its number among those that the sender sees.
fn quoted(session: &Session, caller: &Caller, audience: Audience, reply_to: u32) -> Result<Quoted, Refusal> {
    let wrong = |why: &str| Refusal::FieldInvalid { field: "reply_to_revision".into(), why: why.into() };
    let by_customer = matches!(caller.who, Who::Customer(_));
    let last = if by_customer { session.public } else { session.revision };
    if reply_to == 0 || reply_to > last {
        return Err(wrong("is no message's"));
    }
    let revision = if by_customer { session.staff_revision(reply_to) } else { reply_to };
    if !session.is_message(revision) {
        return Err(wrong("is no message's"));
    }
    if audience == Audience::Everyone && session.staff_only.binary_search(&revision).is_ok() {
        return Err(wrong("is a message for staff, and this one is for everyone"));
    }
    Ok(Quoted { revision, public: session.public_revision(revision) })
}

/// Counts only while a message is unread: marks upon marks would have no end.
pub(super) fn read(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    revision: u32,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, participant) = center.speaker(caller, id)?;
    let known = session.reads.get(&participant).copied().unwrap_or_default();
    let by_customer = matches!(caller.who, Who::Customer(_));
    let last = if by_customer { session.public } else { session.revision };
    if revision > last {
        return Err(Refusal::PositionInFuture { last });
    }
    let (mark, said) = (center.read_mark(id, revision, by_customer), session.said);
    // Whether everyone hears of it depends on what everyone sees alone: customers must not learn that staff has whispered.
    let for_staff = !by_customer && mark.revision > known.revision && said.revision > known.revision;
    let for_everyone = (mark.public > known.public && said.public > known.public) || (for_staff && bug!(ReadMarkLeaks));
    Ok(move |commit: &mut Commit<'_>| {
        if for_everyone || for_staff {
            let audience = if for_everyone { Audience::Everyone } else { Audience::Staff };
            let public = if for_everyone { mark.public.max(known.public) } else { known.public };
            let (by, revision) = (commit.caller_by(), mark.revision.max(known.revision));
            commit.tell(id, by, audience, Happened::Read { participant, revision, public });
        }
        about(id)
    })
}

impl Center {
    /// An open session in which the caller may speak, and their number in it.
    pub(super) fn speaker(&self, caller: &Caller, id: SessionId) -> Result<(&Session, u32), Refusal> {
        match &caller.who {
            Who::Customer(_) => self.open(caller, id).map(|session| (session, 0)),
            _ => self.attended_by(caller, id).map(|(session, participant)| (session, participant.number)),
        }
    }

    /// Puts a mark of one numbering into both.
    fn read_mark(&self, id: SessionId, revision: u32, by_customer: bool) -> ReadMark {
        let session = &self.sessions[&id];
        match by_customer {
            true => ReadMark { revision: session.staff_revision(revision), public: revision },
            false => ReadMark { revision, public: session.public_revision(revision) },
        }
    }
}
