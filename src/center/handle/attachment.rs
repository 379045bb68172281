//! A file is announced, and then it is there.

use super::about;
use crate::center::{
    Answer, Attachment, AttachmentId, Caller, Center, CenterChange, FileId, Label, PostedAttachment, Refusal,
    SessionId, attachment::UNSENT_KEPT, command::NamedAttachment, commit::Commit, mask::HIDDEN, session::Session,
    text::Text,
};

fn wrong(field: impl Into<String>, why: impl Into<String>) -> Refusal {
    Refusal::FieldInvalid { field: field.into(), why: why.into() }
}

pub(super) fn create(
    center: &Center,
    caller: &Caller,
    session: SessionId,
    id: AttachmentId,
    name: String,
    content_type: Label,
    size: u64,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (open, _) = center.speaker(caller, session)?;
    let limits = center.settings.attachment_limits();
    if size > limits.max_bytes {
        return Err(wrong("size", format!("is more than {} bytes", limits.max_bytes)));
    }
    if !limits.content_types.contains(&content_type) {
        return Err(wrong("content_type", "is none that the center allows"));
    }
    let known = open.attachment(id);
    if known.is_some_and(|known| !known.is_of(&caller.who)) {
        return Err(Refusal::RequestIdReused);
    }
    if known.is_none() && open.attachments().count() >= limits.per_session as usize {
        return Err(Refusal::LimitReached { limit: "attachments.per_session".into() });
    }
    let (is_known, owner) = (known.is_some(), caller.who.agent().cloned());
    Ok(move |commit: &mut Commit<'_>| {
        if !is_known {
            let (name, created) = (commit.file_name(name), commit.now);
            let expire = created + UNSENT_KEPT;
            let attachment = Attachment { owner, name, content_type, size, created, expire, file: None, posted: None };
            commit.center(CenterChange::AttachmentCreated { session, id, attachment: Box::new(attachment) });
        }
        about(session)
    })
}

/// All bytes of a file are there. Of several uploads of one the first that is whole counts.
pub(super) fn uploaded(
    center: &Center,
    session: SessionId,
    id: AttachmentId,
    file: FileId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let known = center.sessions.get(&session).and_then(|session| session.attachment(id));
    let known = known.ok_or(Refusal::AttachmentNotFound)?.file;
    if known.is_some_and(|first| first != file) {
        return Err(Refusal::RequestIdReused);
    }
    Ok(move |commit: &mut Commit<'_>| {
        if known.is_none() {
            commit.center(CenterChange::AttachmentUploaded { session, id, file });
        }
        about(session)
    })
}

/// A message's files, as long as they may be sent with it.
pub(super) fn to_send(
    center: &Center,
    caller: &Caller,
    session: &Session,
    named: &[NamedAttachment],
) -> Result<(), Refusal> {
    if named.is_empty() {
        return Ok(());
    }
    let most = center.settings.attachment_limits().per_message as usize;
    if named.len() > most {
        return Err(wrong("attachment_ids", format!("are more than {most}")));
    }
    for (at, NamedAttachment { id, .. }) in named.iter().enumerate() {
        if named[..at].iter().any(|before| before.id == *id) {
            return Err(wrong(format!("attachment_ids[{at}]"), "is there twice"));
        }
        let known = session.attachment(*id).filter(|known| known.is_of(&caller.who));
        let known = known.ok_or(Refusal::AttachmentNotFound)?;
        if known.posted.is_some() {
            return Err(wrong(format!("attachment_ids[{at}]"), "was sent before"));
        }
        if known.file.is_none() {
            return Err(Refusal::AttachmentNotReady);
        }
    }
    Ok(())
}

impl Commit<'_> {
    /// A file's name, which may tell what must not be stored as well as a text.
    fn file_name(&mut self, name: String) -> Text {
        let masked = self.masked(name);
        self.content.put(if masked.is_empty() { HIDDEN.to_owned() } else { masked })
    }

    /// A message's files, their names beside its text.
    pub(super) fn posted(&mut self, session: SessionId, named: Vec<NamedAttachment>) -> Vec<PostedAttachment> {
        let mut posted = Vec::with_capacity(named.len());
        for NamedAttachment { id, name } in named {
            let Some(known) = self.get(session).attachment(id).cloned() else { continue };
            let name = self.file_name(name);
            posted.push(PostedAttachment { id, name, content_type: known.content_type, size: known.size });
        }
        posted
    }
}
