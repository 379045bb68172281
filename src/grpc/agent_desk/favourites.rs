//! What an agent likes to see first in the Invite window.

use tonic::Status;

use crate::{
    center::Command,
    grpc::{
        edge::Call,
        from_pb::{self, All},
        pb, status,
    },
};

pub(super) async fn put(call: Call, it: pb::PutFavouriteRequest) -> Result<pb::PutFavouriteResponse, Status> {
    let fields = (from_pb::request_id(&it.request_id), from_pb::target(it.target));
    let (request, target) = fields.all().map_err(status::invalid)?;
    call.ask(call.caller(it.acting_for)?, request, Command::PutFavourite { target }).await?;
    Ok(pb::PutFavouriteResponse {})
}

pub(super) async fn delete(call: Call, it: pb::DeleteFavouriteRequest) -> Result<pb::DeleteFavouriteResponse, Status> {
    let fields = (from_pb::request_id(&it.request_id), from_pb::target(it.target));
    let (request, target) = fields.all().map_err(status::invalid)?;
    call.ask(call.caller(it.acting_for)?, request, Command::DeleteFavourite { target }).await?;
    Ok(pb::DeleteFavouriteResponse {})
}
