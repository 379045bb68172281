//! What an agent may say of a session's outcome.

use tonic::Status;

use crate::{
    center::Refusal,
    grpc::{edge::Call, from_pb::All, pb, status},
};

pub(super) async fn list(call: Call, it: pb::ListDispositionsRequest) -> Result<pb::ListDispositionsResponse, Status> {
    let (session,) = (call.session(&it.session_id),).all().map_err(status::invalid)?;
    let who = call.caller(it.acting_for)?.who;
    let read = call.shard.handle.read(&call.center, move |center, _| {
        let (codes, required) = center.dispositions(&who, session)?;
        let codes = codes.iter().map(ToString::to_string).collect();
        Ok::<_, Refusal>(pb::ListDispositionsResponse { codes, required, center_seq: center.seq })
    });
    read.await.map_err(status::unavailable)?.map_err(status::of)
}
