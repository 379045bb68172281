//! `Administration`.

use std::sync::Arc;

use tonic::{Request, Response, Status, Streaming, async_trait};

use super::{
    auth::Role,
    edge::{Call, Edge},
    from_pb::{self, All, Field},
    pages,
    pb::{
        self, administration_server::Administration, apply_request::Object,
        revoke_credentials_request::Holder as ByHolder,
    },
    status, to_pb,
};
use crate::center::{Caller, Center, Command, Holder, Refusal, ServiceId, Who};

/// Objects of one call.
const OBJECTS: usize = 20_000;

/// The service, over an edge.
#[derive(Clone)]
pub struct AdministrationService(pub Arc<Edge>);

type Reply<T> = Result<Response<T>, Status>;

#[async_trait]
impl Administration for AdministrationService {
    async fn apply(
        &self,
        request: Request<Streaming<pb::ApplyRequest>>,
    ) -> Result<Response<pb::ApplyResponse>, Status> {
        let run = |call: Call, mut requests: Streaming<pb::ApplyRequest>| async move {
            let caller = call.configurer()?;
            let (mut objects, mut wrong) = (Vec::new(), Vec::new());
            let (mut bytes, mut has_settings) = (0, false);
            while let Some(request) = requests.message().await? {
                let at = objects.len() + wrong.len();
                if at == OBJECTS {
                    return Err(status::of(Refusal::LimitReached { limit: "objects".into() }));
                }
                bytes += prost::Message::encoded_len(&request);
                if bytes > call.edge.limits.messages.apply_bytes {
                    return Err(status::limit_reached("limits.messages.apply_bytes"));
                }
                let is_settings = matches!(request.object, Some(Object::Settings(_)));
                let object = match request.object {
                    None => from_pb::wrong("object", "is required"),
                    // Which of them would count?
                    Some(_) if is_settings && has_settings => from_pb::wrong("settings", "come once"),
                    Some(object) => from_pb::object(object),
                };
                has_settings |= is_settings;
                match object {
                    Ok(object) => objects.push(object),
                    Err(it) => {
                        wrong.push(from_pb::Violation { field: format!("objects[{at}].{}", it.field), ..it });
                    }
                }
            }
            if !wrong.is_empty() {
                return Err(status::invalid(wrong));
            }
            let applied = call.shard.handle.apply(&call.center, caller, objects).await.map_err(status::unavailable)?;
            let (changed, center_seq) = applied.map_err(status::of)?;
            Ok(pb::ApplyResponse { changed, center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn put_settings(&self, request: Request<pb::PutSettingsRequest>) -> Reply<pb::PutSettingsResponse> {
        let run = |call: Call, it: pb::PutSettingsRequest| async move {
            call.put(&it.request_id, "settings", it.settings.map(Object::Settings)).await?;
            Ok(pb::PutSettingsResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn put_queue(&self, request: Request<pb::PutQueueRequest>) -> Reply<pb::PutQueueResponse> {
        let run = |call: Call, it: pb::PutQueueRequest| async move {
            call.put(&it.request_id, "queue", it.queue.map(Object::Queue)).await?;
            Ok(pb::PutQueueResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn put_agent(&self, request: Request<pb::PutAgentRequest>) -> Reply<pb::PutAgentResponse> {
        let run = |call: Call, it: pb::PutAgentRequest| async move {
            call.put(&it.request_id, "agent", it.agent.map(Object::Agent)).await?;
            Ok(pb::PutAgentResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn put_shared_canned_response(
        &self,
        request: Request<pb::PutSharedCannedResponseRequest>,
    ) -> Reply<pb::PutSharedCannedResponseResponse> {
        let run = |call: Call, it: pb::PutSharedCannedResponseRequest| async move {
            call.put(&it.request_id, "canned_response", it.canned_response.map(Object::CannedResponse)).await?;
            Ok(pb::PutSharedCannedResponseResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn get_shared_canned_response(
        &self,
        request: Request<pb::GetSharedCannedResponseRequest>,
    ) -> Reply<pb::GetSharedCannedResponseResponse> {
        let run = |call: Call, it: pb::GetSharedCannedResponseRequest| async move {
            let (id,) = (from_pb::response_id("response_id", &it.response_id),).all().map_err(status::invalid)?;
            let find = move |center: &Center| {
                center.shared_response(&id).map(to_pb::canned_response).ok_or(Refusal::CannedResponseNotFound)
            };
            let (response, center_seq) = call.configured(find).await?;
            Ok(pb::GetSharedCannedResponseResponse { canned_response: Some(response), center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn list_shared_canned_responses(
        &self,
        request: Request<pb::ListSharedCannedResponsesRequest>,
    ) -> Reply<pb::ListSharedCannedResponsesResponse> {
        let run = |call: Call, it: pb::ListSharedCannedResponsesRequest| async move {
            let (most, after) = pages::asked(it.page_size, &it.page_token)?;
            let list = move |center: &Center| {
                let behind = center.shared_responses().filter(|response| response.id.as_str() > after.as_str());
                Ok(behind.take(most + 1).map(to_pb::canned_response).collect())
            };
            let (found, center_seq) = call.configured(list).await?;
            let (found, next_page_token) = pages::cut(found, most, |it: &pb::CannedResponse| it.response_id.clone());
            Ok(pb::ListSharedCannedResponsesResponse { canned_responses: found, next_page_token, center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn delete_shared_canned_response(
        &self,
        request: Request<pb::DeleteSharedCannedResponseRequest>,
    ) -> Reply<pb::DeleteSharedCannedResponseResponse> {
        let run = |call: Call, it: pb::DeleteSharedCannedResponseRequest| async move {
            let fields = (from_pb::request_id(&it.request_id), from_pb::response_id("response_id", &it.response_id));
            let (request, id) = fields.all().map_err(status::invalid)?;
            call.ask(call.configurer()?, request, Command::DeleteShared { id }).await?;
            Ok(pb::DeleteSharedCannedResponseResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn get_settings(&self, request: Request<pb::GetSettingsRequest>) -> Reply<pb::GetSettingsResponse> {
        let run = |call: Call, _| async move {
            let read = call.configured(|center| Ok(to_pb::settings(&center.settings))).await?;
            Ok(pb::GetSettingsResponse { settings: Some(read.0), center_seq: read.1 })
        };
        self.0.unary(request, run).await
    }

    async fn get_queue(&self, request: Request<pb::GetQueueRequest>) -> Reply<pb::GetQueueResponse> {
        let run = |call: Call, it: pb::GetQueueRequest| async move {
            let (id,) = (from_pb::queue_id("queue_id", &it.queue_id),).all().map_err(status::invalid)?;
            let find = move |center: &Center| center.queues.get(&id).map(to_pb::queue).ok_or(Refusal::QueueNotFound);
            let (queue, center_seq) = call.configured(find).await?;
            Ok(pb::GetQueueResponse { queue: Some(queue), center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn list_queues(&self, request: Request<pb::ListQueuesRequest>) -> Reply<pb::ListQueuesResponse> {
        let run = |call: Call, it: pb::ListQueuesRequest| async move {
            let (most, after) = pages::asked(it.page_size, &it.page_token)?;
            let list = move |center: &Center| {
                let queues = center.queues.values().filter(|queue| queue.id.as_str() > after.as_str());
                Ok(queues.take(most + 1).map(to_pb::queue).collect())
            };
            let (queues, center_seq) = call.configured(list).await?;
            let (queues, next_page_token) = pages::cut(queues, most, |queue: &pb::Queue| queue.queue_id.clone());
            Ok(pb::ListQueuesResponse { queues, next_page_token, center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn delete_queue(&self, request: Request<pb::DeleteQueueRequest>) -> Reply<pb::DeleteQueueResponse> {
        let run = |call: Call, it: pb::DeleteQueueRequest| async move {
            let fields = (from_pb::request_id(&it.request_id), from_pb::queue_id("queue_id", &it.queue_id));
            let (request, queue) = fields.all().map_err(status::invalid)?;
            call.ask(call.configurer()?, request, Command::DeleteQueue { queue }).await?;
            Ok(pb::DeleteQueueResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn get_agent(&self, request: Request<pb::GetAgentRequest>) -> Reply<pb::GetAgentResponse> {
        let run = |call: Call, it: pb::GetAgentRequest| async move {
            let (id,) = (from_pb::agent_id("agent_id", &it.agent_id),).all().map_err(status::invalid)?;
            let find = move |center: &Center| center.agent(&id).map(|agent| to_pb::agent(&agent.config));
            let (agent, center_seq) = call.configured(find).await?;
            Ok(pb::GetAgentResponse { agent: Some(agent), center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn revoke_credentials(
        &self,
        request: Request<pb::RevokeCredentialsRequest>,
    ) -> Reply<pb::RevokeCredentialsResponse> {
        let run = |call: Call, it: pb::RevokeCredentialsRequest| async move {
            let fields = (from_pb::request_id(&it.request_id), call.holder(it.holder));
            let (request, holder) = fields.all().map_err(status::invalid)?;
            call.ask(call.configurer()?, request, Command::RevokeCredentials(holder)).await?;
            Ok(pb::RevokeCredentialsResponse {})
        };
        self.0.unary(request, run).await
    }

    async fn list_agents(&self, request: Request<pb::ListAgentsRequest>) -> Reply<pb::ListAgentsResponse> {
        let run = |call: Call, it: pb::ListAgentsRequest| async move {
            let (most, after) = pages::asked(it.page_size, &it.page_token)?;
            let list = move |center: &Center| {
                let agents = center.agents.values().filter(|agent| agent.config.id.as_str() > after.as_str());
                Ok(agents.take(most + 1).map(|agent| to_pb::agent(&agent.config)).collect())
            };
            let (agents, center_seq) = call.configured(list).await?;
            let (agents, next_page_token) = pages::cut(agents, most, |agent: &pb::Agent| agent.agent_id.clone());
            Ok(pb::ListAgentsResponse { agents, next_page_token, center_seq })
        };
        self.0.unary(request, run).await
    }

    async fn delete_agent(&self, request: Request<pb::DeleteAgentRequest>) -> Reply<pb::DeleteAgentResponse> {
        let run = |call: Call, it: pb::DeleteAgentRequest| async move {
            let fields = (from_pb::request_id(&it.request_id), from_pb::agent_id("agent_id", &it.agent_id));
            let (request, agent) = fields.all().map_err(status::invalid)?;
            call.ask(call.configurer()?, request, Command::DeleteAgent { agent }).await?;
            Ok(pb::DeleteAgentResponse {})
        };
        self.0.unary(request, run).await
    }
}

impl Call {
    /// Puts one object.
    async fn put(&self, request_id: &str, field: &str, object: Option<Object>) -> Result<(), Status> {
        let object = object.map_or_else(|| from_pb::wrong(field, "is required"), from_pb::object);
        let (request, object) = (from_pb::request_id(request_id), object).all().map_err(status::invalid)?;
        self.ask(self.configurer()?, request, Command::PutAlone(object)).await?;
        Ok(())
    }

    /// Whose credentials are meant.
    fn holder(&self, holder: Option<ByHolder>) -> Field<Holder> {
        match holder {
            Some(ByHolder::AgentId(id)) => from_pb::agent_id("agent_id", &id).map(Holder::Agent),
            Some(ByHolder::CustomerId(id)) => {
                let id = from_pb::customer_id("customer_id", &id)?;
                Ok(Holder::Customer(self.edge.id_key.customer(&self.center, &id)))
            }
            Some(ByHolder::ServiceId(id)) => from_pb::service_id("service_id", &id).map(Holder::Service),
            None => from_pb::wrong("holder", "is required"),
        }
    }

    /// Who configures, if the caller may.
    fn configurer(&self) -> Result<Caller, Status> {
        if !matches!(self.identity.role, Role::Integrator | Role::Operator) {
            return Err(status::role_not_allowed());
        }
        let service = ServiceId::parse(&self.identity.subject).ok_or_else(status::unauthenticated)?;
        Ok(Caller { who: Who::Service(service), via: None })
    }

    /// Reads what is configured, and the center's commit number.
    async fn configured<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Center) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<(T, u64), Status> {
        self.configurer()?;
        let read = self.shard.handle.read(&self.center, move |center, _| Ok((read(center)?, center.seq)));
        read.await.map_err(status::unavailable)?.map_err(status::of)
    }
}
