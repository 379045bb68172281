//! How a queue stands, before a chat.

use tonic::Status;

use crate::{
    center::{Center, Label, Moment, Openness, QueueId, Refusal},
    grpc::{
        auth::Role,
        edge::Call,
        from_pb::{self, All},
        pb, status, to_pb,
    },
};

pub(super) async fn get(call: Call, it: pb::GetAvailabilityRequest) -> Result<pb::GetAvailabilityResponse, Status> {
    let fields = (from_pb::queue_id("queue_id", &it.queue_id), from_pb::language(&it.language));
    let (queue, language) = fields.all().map_err(status::invalid)?;
    let by_customer = call.identity.role == Role::Customer;
    let read =
        call.shard.handle.read(&call.center, move |center, _| see(center, &queue, language.as_ref(), by_customer));
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

fn see(
    center: &Center,
    id: &QueueId,
    language: Option<&Label>,
    by_customer: bool,
) -> Result<pb::GetAvailabilityResponse, Refusal> {
    let queue = center.queues.get(id).filter(|queue| queue.open_to_customers || !by_customer);
    let queue = queue.ok_or(Refusal::QueueNotFound)?;
    let Openness { open, until, .. } = center.openness.get(id).copied().unwrap_or(Openness::ALWAYS);
    let index = center.index();
    let waiting = index.waiting.get(id).map_or(0, |places| places.len());
    Ok(pb::GetAvailabilityResponse {
        open,
        next_open_time: until.filter(|_| !open).map(to_pb::time),
        next_close_time: until.filter(|_| open).map(to_pb::time),
        accepting: center.with_room(queue).is_ok(),
        signed_in_agents: index.signed_in.get(id).map_or(0, |agents| agents.len()) as i32,
        waiting: waiting as i32,
        estimated_wait: center.estimate_in(id).map(to_pb::duration),
        closed_message: queue.words(Moment::Closed, language).unwrap_or_default().to_owned(),
        display_name: queue.name.as_str().to_owned(),
    })
}
