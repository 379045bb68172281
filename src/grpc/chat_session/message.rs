//! Something is said: a text, files, or both.

use tonic::Status;

use super::revision;
use crate::{
    center::{Command, MessageParts, NamedAttachment, Requested, SessionId, Text},
    grpc::{
        edge::Call,
        from_pb::{self, All},
        pb, status, to_pb,
    },
};

pub(super) async fn send(call: Call, it: pb::SendMessageRequest) -> Result<pb::SendMessageResponse, Status> {
    let fields = (
        from_pb::request_id(&it.request_id),
        call.session(&it.session_id),
        from_pb::message(it.text, !it.attachment_ids.is_empty()),
        from_pb::audience(it.audience),
        from_pb::attachments(&it.attachment_ids),
    );
    let (request, session, text, audience, attachments) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    let reply_to = (it.reply_to_revision > 0).then(|| from_pb::revision(it.reply_to_revision));
    let parts = MessageParts { reply_to, attachments };
    let with = (parts != MessageParts::default()).then(|| Box::new(parts));
    let mut command = Command::SendMessage { session, text, audience, with };
    // What is asked is told apart by what was sent: names are read here, and may be erased meanwhile.
    let request = Requested { id: request, fingerprint: call.fingerprint(&command) };
    if let Command::SendMessage { with: Some(parts), .. } = &mut command {
        name(&call, session, &mut parts.attachments).await?;
    }
    let answer = call.ask_by(caller.clone(), request, command).await?;
    Ok(pb::SendMessageResponse { revision: revision(&answer, &caller), create_time: Some(to_pb::time(answer.time)) })
}

/// Reads what files are called: the rules put the names beside the message's text.
async fn name(call: &Call, session: SessionId, files: &mut [NamedAttachment]) -> Result<(), Status> {
    if files.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    let read = call.shard.handle.read(&call.center, move |center, _| {
        let session = center.sessions.get(&session);
        let place = |id| session.and_then(|session| session.attachment(id)).map(|known| known.name);
        ids.into_iter().map(place).collect::<Vec<Option<Text>>>()
    });
    let places = read.await.map_err(status::unavailable)?;
    for (file, place) in files.iter_mut().zip(places) {
        let Some(place) = place else { continue };
        let name = call.shard.feed.text(place).await.map_err(|error| status::unreadable(&error))?;
        file.name = name.unwrap_or_default();
    }
    Ok(())
}
