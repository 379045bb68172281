//! Files: announced, and fetched.

use tonic::Status;

use super::revision;
use crate::{
    center::{Attachment, Command, Refusal, Time},
    files::{Link, Way},
    grpc::{
        edge::Call,
        files::name_of,
        from_pb::{self, All},
        pb, status, to_pb,
    },
};

pub(super) async fn create(
    call: Call,
    it: pb::CreateAttachmentRequest,
) -> Result<pb::CreateAttachmentResponse, Status> {
    let fields = (
        from_pb::request_id(&it.request_id),
        call.session(&it.session_id),
        from_pb::file_name(it.file_name),
        from_pb::content_type("content_type", &it.content_type),
        from_pb::file_size(it.size),
    );
    let (request, session, name, content_type, size) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    // The same request names the same file.
    let id = call.edge.id_key.attachment(&call.center, &caller, session, &request);
    let command = Command::CreateAttachment { session, id, name, content_type, size };
    let answer = call.ask(caller.clone(), request, command).await?;
    let expire = call.edge.files.expire(Way::Up);
    let link = Link { center: call.center.clone(), session, attachment: id, expire };
    Ok(pb::CreateAttachmentResponse {
        attachment_id: id.to_string(),
        upload_url: call.url(Way::Up, &link),
        expire_time: Some(to_pb::time(expire)),
        revision: revision(&answer, &caller),
    })
}

pub(super) async fn get(call: Call, it: pb::GetAttachmentRequest) -> Result<pb::GetAttachmentResponse, Status> {
    let fields = (call.session(&it.session_id), from_pb::attachment_id("attachment_id", &it.attachment_id));
    let (session, id) = fields.all().map_err(status::invalid)?;
    let viewer = call.viewer(it.acting_for.clone())?;
    let who = call.caller(it.acting_for).ok().map(|caller| caller.who);
    let seen =
        call.see(viewer, session, move |session, access| session.attachment_for(who.as_ref(), &access, id).cloned());
    let attachment: Result<Attachment, Refusal> = seen.await?;
    let attachment = attachment.map_err(status::of)?;
    let name = name_of(&call.shard.feed, session, &attachment).await;
    let name = name.map_err(|error| status::unreadable(&error))?;
    let expire: Time = call.edge.files.expire(Way::Down);
    let link = Link { center: call.center.clone(), session, attachment: id, expire };
    Ok(pb::GetAttachmentResponse {
        download_url: call.url(Way::Down, &link),
        expire_time: Some(to_pb::time(expire)),
        name: name.unwrap_or_default(),
        content_type: attachment.content_type.as_str().to_owned(),
        size: attachment.size,
    })
}
