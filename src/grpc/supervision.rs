//! `Supervision`.

use std::sync::Arc;

use tonic::{Request, Response, Status, async_trait};

use super::{
    chat_session::{revision, session},
    edge::{Call, Edge},
    from_pb::{self, All, NOTE},
    pb::{self, reassign_request::To, supervision_server::Supervision},
    status, to_pb,
};
use crate::center::{Command, Successor};

mod explain;
mod live;
mod statistics;

/// The service, over an edge.
#[derive(Clone)]
pub struct SupervisionService(pub Arc<Edge>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl Supervision for SupervisionService {
    async fn list_live_sessions(
        &self,
        request: Request<pb::ListLiveSessionsRequest>,
    ) -> Reply<pb::ListLiveSessionsResponse> {
        self.0.unary(request, live::list).await
    }

    async fn monitor(&self, request: Request<pb::MonitorRequest>) -> Reply<pb::MonitorResponse> {
        let run = |call: Call, it: pb::MonitorRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let command = Command::Monitor { session, on: true };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::MonitorResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn stop_monitoring(&self, request: Request<pb::StopMonitoringRequest>) -> Reply<pb::StopMonitoringResponse> {
        let run = |call: Call, it: pb::StopMonitoringRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            call.mutate(it.acting_for, request, Command::Monitor { session, on: false }).await?;
            Ok(pb::StopMonitoringResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn barge_in(&self, request: Request<pb::BargeInRequest>) -> Reply<pb::BargeInResponse> {
        let run = |call: Call, it: pb::BargeInRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let command = Command::BargeIn { session, override_capacity: it.override_capacity };
            let (session, revision) = call.join(it.acting_for, request, command).await?;
            Ok(pb::BargeInResponse { session: Some(session), revision })
        };
        self.0.unary(request, run).await
    }

    async fn take_over(&self, request: Request<pb::TakeOverRequest>) -> Reply<pb::TakeOverResponse> {
        let run = |call: Call, it: pb::TakeOverRequest| async move {
            let (request, session) = session(&call, &it.request_id, &it.session_id)?;
            let command = Command::TakeOver { session, override_capacity: it.override_capacity };
            let (session, revision) = call.join(it.acting_for, request, command).await?;
            Ok(pb::TakeOverResponse { session: Some(session), revision })
        };
        self.0.unary(request, run).await
    }

    async fn remove_participant(
        &self,
        request: Request<pb::RemoveParticipantRequest>,
    ) -> Reply<pb::RemoveParticipantResponse> {
        let run = |call: Call, it: pb::RemoveParticipantRequest| async move {
            let fields = (
                from_pb::request_id(&it.request_id),
                call.session(&it.session_id),
                from_pb::agent_id("agent_id", &it.agent_id),
            );
            let (request, session, agent) = fields.all().map_err(status::invalid)?;
            let command = Command::RemoveParticipant { session, agent };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::RemoveParticipantResponse { revision: revision(&answer, &caller) })
        };
        self.0.unary(request, run).await
    }

    async fn reassign(&self, request: Request<pb::ReassignRequest>) -> Reply<pb::ReassignResponse> {
        let run = |call: Call, it: pb::ReassignRequest| async move {
            let to = match &it.to {
                Some(To::AgentId(id)) => from_pb::agent_id("agent_id", id).map(Successor::Agent),
                Some(To::QueueId(id)) => from_pb::queue_id("queue_id", id).map(Successor::Queue),
                None => from_pb::wrong("to", "is required"),
            };
            let fields = (
                from_pb::request_id(&it.request_id),
                call.session(&it.session_id),
                to,
                from_pb::text("note", it.note, NOTE),
            );
            let (request, session, to, note) = fields.all().map_err(status::invalid)?;
            let command = Command::Reassign { session, to, note };
            let (answer, caller) = call.mutate(it.acting_for, request, command).await?;
            Ok(pb::ReassignResponse {
                offer_id: answer.offer.map(|offer| offer.to_string()).unwrap_or_default(),
                expire_time: answer.offer.map(|_| to_pb::time(answer.expire)),
                revision: revision(&answer, &caller),
            })
        };
        self.0.unary(request, run).await
    }

    async fn force_agent_state(
        &self,
        request: Request<pb::ForceAgentStateRequest>,
    ) -> Reply<pb::ForceAgentStateResponse> {
        let run = |call: Call, it: pb::ForceAgentStateRequest| async move {
            let reason = from_pb::optional("reason", &it.reason, from_pb::code);
            let state = reason.and_then(|reason| from_pb::forced(it.status, reason));
            let fields = (from_pb::request_id(&it.request_id), from_pb::agent_id("agent_id", &it.agent_id), state);
            let (request, agent, state) = fields.all().map_err(status::invalid)?;
            let command = Command::ForceAgentState { agent: agent.clone(), state };
            call.mutate(it.acting_for, request, command).await?;
            let read = call.shard.handle.read(&call.center, move |center, _| {
                center.agent(&agent).map(|agent| to_pb::agent_state(agent, &center.settings))
            });
            let state = read.await.map_err(status::unavailable)?.map_err(status::of)?;
            Ok(pb::ForceAgentStateResponse { state: Some(state) })
        };
        self.0.unary(request, run).await
    }

    async fn explain_routing(&self, request: Request<pb::ExplainRoutingRequest>) -> Reply<pb::ExplainRoutingResponse> {
        self.0.unary(request, explain::explain).await
    }

    async fn list_queue_statistics(
        &self,
        request: Request<pb::ListQueueStatisticsRequest>,
    ) -> Reply<pb::ListQueueStatisticsResponse> {
        self.0.unary(request, statistics::queues).await
    }

    async fn list_agent_statistics(
        &self,
        request: Request<pb::ListAgentStatisticsRequest>,
    ) -> Reply<pb::ListAgentStatisticsResponse> {
        self.0.unary(request, statistics::agents).await
    }
}
