//! `Administration`.

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{
    auth::Role,
    edge::Edge,
    from_pb,
    pb::{self, administration_server::Administration},
    status,
};
use crate::center::{Caller, Refusal, ServiceId, Who};

/// Objects of one call.
const OBJECTS: usize = 20_000;

/// The service, over an edge.
#[derive(Clone)]
pub struct AdministrationService(pub Arc<Edge>);

#[async_trait]
impl Administration for AdministrationService {
    async fn apply(
        &self,
        request: Request<Streaming<pb::ApplyRequest>>,
    ) -> Result<Response<pb::ApplyResponse>, Status> {
        let run = |call: super::edge::Call, mut requests: Streaming<pb::ApplyRequest>| async move {
            if !matches!(call.identity.role, Role::Integrator | Role::Operator) {
                return Err(status::role_not_allowed());
            }
            let service = ServiceId::parse(&call.identity.subject).ok_or_else(status::unauthenticated)?;
            let (mut objects, mut wrong) = (Vec::new(), Vec::new());
            while let Some(request) = requests.message().await? {
                let at = objects.len() + wrong.len();
                if at == OBJECTS {
                    return Err(status::of(Refusal::LimitReached { limit: "objects".into() }));
                }
                match from_pb::object(at, request) {
                    Ok(object) => objects.push(object),
                    Err(violation) => wrong.push(violation),
                }
            }
            if !wrong.is_empty() {
                return Err(status::invalid(wrong));
            }
            let caller = Caller { who: Who::Service(service), via: None };
            let applied = call.shard.handle.apply(&call.center, caller, objects).await.map_err(status::unavailable)?;
            let (changed, center_seq) = applied.map_err(status::of)?;
            Ok(pb::ApplyResponse { changed, center_seq })
        };
        self.0.unary(request, run).await
    }
}
