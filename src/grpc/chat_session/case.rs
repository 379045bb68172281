//! What is known of a session, and flags.

use tonic::Status;

use super::{revision, session};
use crate::{
    center::{Command, UpdateSession},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field, NOTE},
        pb, status,
    },
};

pub(super) async fn update(call: Call, it: pb::UpdateSessionRequest) -> Result<pb::UpdateSessionResponse, Status> {
    let fields = (
        from_pb::request_id(&it.request_id),
        call.session(&it.session_id),
        it.customer_name.map(name).transpose(),
        it.language.map(language).transpose(),
        it.priority.map(from_pb::priority).transpose(),
        from_pb::wanted_whole(it.skills),
        from_pb::attributes(it.attributes),
    );
    let (request, session, name, language, priority, skills, attributes) = fields.all().map_err(status::invalid)?;
    let update = Box::new(UpdateSession { name, language, priority, skills, attributes });
    let command = Command::UpdateSession { session, update };
    let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
    Ok(pb::UpdateSessionResponse { revision: revision(&answer, &caller) })
}

fn name(name: String) -> Field<String> {
    match name.is_empty() {
        true => from_pb::wrong("customer_name", "is required"),
        false => from_pb::text("customer_name", name, 256),
    }
}

fn language(tag: String) -> Field<crate::center::Label> {
    from_pb::language(&tag)?.map_or_else(|| from_pb::wrong("language", "must be a BCP 47 tag"), Ok)
}

pub(super) async fn raise_flag(call: Call, it: pb::RaiseFlagRequest) -> Result<pb::RaiseFlagResponse, Status> {
    let fields =
        (from_pb::request_id(&it.request_id), call.session(&it.session_id), from_pb::text("note", it.note, NOTE));
    let (request, session, note) = fields.all().map_err(status::invalid)?;
    let (answer, caller) = call.mutate(it.acting_for, request, Command::RaiseFlag { session, note }).await?;
    Ok(pb::RaiseFlagResponse { revision: revision(&answer, &caller) })
}

pub(super) async fn clear_flag(call: Call, it: pb::ClearFlagRequest) -> Result<pb::ClearFlagResponse, Status> {
    let (request, session) = session(&call, &it.request_id, &it.session_id)?;
    let (answer, caller) = call.mutate(it.acting_for, request, Command::ClearFlag { session }).await?;
    Ok(pb::ClearFlagResponse { revision: revision(&answer, &caller) })
}
