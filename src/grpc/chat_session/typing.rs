//! Typing: shown to who watches now, and forgotten.

use tonic::Status;

use crate::{
    center::{Audience, Refusal, Who},
    grpc::{
        edge::Call,
        frames,
        from_pb::{self, All},
        pb, status,
    },
    live::{Eyes, Signal},
};

pub(super) async fn send(call: Call, it: pb::SendTypingRequest) -> Result<pb::SendTypingResponse, Status> {
    let fields = (call.session(&it.session_id), from_pb::audience(it.audience));
    let (session, audience) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    let (who, from) = match &caller.who {
        Who::Customer(_) if audience == Audience::Staff => {
            return Err(status::of(Refusal::FieldInvalid {
                field: "audience".into(),
                why: "customers speak to everyone".into(),
            }));
        }
        Who::Customer(_) => (caller.who.clone(), Eyes::Customer),
        Who::Agent(agent) | Who::Supervisor(agent) => (caller.who.clone(), Eyes::Agent(agent.clone())),
        Who::Service(_) | Who::System => return Err(status::role_not_allowed()),
    };
    let read = call.shard.handle.read_here(&call.center, move |center, _| center.speaks_as(&who, session));
    let participant = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let bytes = frames::typing(session.to_string(), participant).0.into();
    call.shard.feed.signal(session, Signal { from, audience, bytes, public: None });
    Ok(pb::SendTypingResponse {})
}
