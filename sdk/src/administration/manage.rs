//! What is configured: read, listed, deleted.

use super::{Administration, Agent, CenterSettings, Queue};
use crate::{
    CannedResponse,
    convert::{FromWire, list},
};
use crate::{
    Error, Pages,
    generated::{
        DeleteAgentRequest, DeleteQueueRequest, DeleteSharedCannedResponseRequest, GetAgentRequest, GetQueueRequest,
        GetSettingsRequest, GetSharedCannedResponseRequest, ListAgentsRequest, ListQueuesRequest,
        ListSharedCannedResponsesRequest, RevokeCredentialsRequest, administration_client::AdministrationClient,
        revoke_credentials_request,
    },
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// Deletes a queue that nothing needs; from [`Administration::delete_queue`].
    DeleteQueue(DeleteQueueRequest)
}
takes_request_id!(DeleteQueue);

builder! {
    /// Deletes an agent who is signed out and has no work; from [`Administration::delete_agent`].
    DeleteAgent(DeleteAgentRequest)
}
takes_request_id!(DeleteAgent);

builder! {
    /// Deletes a shared canned response; from [`Administration::delete_canned_response`].
    DeleteSharedCannedResponse(DeleteSharedCannedResponseRequest)
}
takes_request_id!(DeleteSharedCannedResponse);

builder! {
    /// Revokes somebody's tokens; from [`Administration::revoke_credentials`].
    RevokeCredentials(RevokeCredentialsRequest)
}
takes_request_id!(RevokeCredentials);

impl RevokeCredentials {
    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call =
            |channel, request| async move { AdministrationClient::new(channel).revoke_credentials(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

/// Whose credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Holder {
    /// An agent's or a supervisor's.
    Agent(String),
    /// A customer's.
    Customer(String),
    /// An integrator's or an operator's.
    Service(String),
}

impl Holder {
    fn into_wire(self) -> revoke_credentials_request::Holder {
        match self {
            Self::Agent(id) => revoke_credentials_request::Holder::AgentId(id),
            Self::Customer(id) => revoke_credentials_request::Holder::CustomerId(id),
            Self::Service(id) => revoke_credentials_request::Holder::ServiceId(id),
        }
    }
}

impl DeleteSharedCannedResponse {
    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move {
            AdministrationClient::new(channel).delete_shared_canned_response(request).await
        };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl DeleteQueue {
    /// Sends it. Refused with [`Reason::QueueInUse`](crate::Reason::QueueInUse).
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { AdministrationClient::new(channel).delete_queue(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl DeleteAgent {
    /// Sends it. Refused with [`Reason::AgentInUse`](crate::Reason::AgentInUse).
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { AdministrationClient::new(channel).delete_agent(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl Administration {
    /// Lets tokens of somebody's count no more that were issued so far. Their streams end within 5 s.
    pub fn revoke_credentials(&self, holder: Holder) -> RevokeCredentials {
        let request = RevokeCredentialsRequest { request_id: fresh_id(), holder: Some(holder.into_wire()) };
        RevokeCredentials { client: self.client.clone(), request }
    }

    /// The center's settings, every value given.
    pub async fn settings(&self) -> Result<CenterSettings, Error> {
        let call = |channel, request| async move { AdministrationClient::new(channel).get_settings(request).await };
        let answer = self.client.call(GetSettingsRequest {}, call).await?;
        Ok(CenterSettings(answer.settings.unwrap_or_default()))
    }

    /// A queue as it is set.
    pub async fn queue(&self, queue_id: impl Into<String>) -> Result<Queue, Error> {
        let call = |channel, request| async move { AdministrationClient::new(channel).get_queue(request).await };
        let answer = self.client.call(GetQueueRequest { queue_id: queue_id.into() }, call).await?;
        Ok(Queue(answer.queue.unwrap_or_default()))
    }

    /// An agent as they are set.
    pub async fn agent(&self, agent_id: impl Into<String>) -> Result<Agent, Error> {
        let call = |channel, request| async move { AdministrationClient::new(channel).get_agent(request).await };
        let answer = self.client.call(GetAgentRequest { agent_id: agent_id.into() }, call).await?;
        Ok(Agent(answer.agent.unwrap_or_default()))
    }

    /// All queues, by id.
    pub fn queues(&self) -> Pages<Queue> {
        let client = self.client.clone();
        Pages::new(move |page_token| {
            let (client, request) = (client.clone(), ListQueuesRequest { page_size: 0, page_token });
            async move {
                let call =
                    |channel, request| async move { AdministrationClient::new(channel).list_queues(request).await };
                let page = client.call(request, call).await?;
                Ok((page.queues.into_iter().map(Queue).collect(), page.next_page_token))
            }
        })
    }

    /// All agents, by id.
    pub fn agents(&self) -> Pages<Agent> {
        let client = self.client.clone();
        Pages::new(move |page_token| {
            let (client, request) = (client.clone(), ListAgentsRequest { page_size: 0, page_token });
            async move {
                let call =
                    |channel, request| async move { AdministrationClient::new(channel).list_agents(request).await };
                let page = client.call(request, call).await?;
                Ok((page.agents.into_iter().map(Agent).collect(), page.next_page_token))
            }
        })
    }

    /// Deletes a queue that nothing needs.
    pub fn delete_queue(&self, queue_id: impl Into<String>) -> DeleteQueue {
        let request = DeleteQueueRequest { request_id: fresh_id(), queue_id: queue_id.into() };
        DeleteQueue { client: self.client.clone(), request }
    }

    /// Deletes an agent who is signed out and has no work.
    pub fn delete_agent(&self, agent_id: impl Into<String>) -> DeleteAgent {
        let request = DeleteAgentRequest { request_id: fresh_id(), agent_id: agent_id.into() };
        DeleteAgent { client: self.client.clone(), request }
    }

    /// A canned response that all agents share.
    pub async fn canned_response(&self, response_id: impl Into<String>) -> Result<CannedResponse, Error> {
        let call = |channel, request| async move {
            AdministrationClient::new(channel).get_shared_canned_response(request).await
        };
        let request = GetSharedCannedResponseRequest { response_id: response_id.into() };
        let answer = self.client.call(request, call).await?;
        Ok(CannedResponse::from_wire(answer.canned_response.unwrap_or_default()))
    }

    /// All of them, by id.
    pub fn canned_responses(&self) -> Pages<CannedResponse> {
        let client = self.client.clone();
        Pages::new(move |page_token| {
            let (client, request) = (client.clone(), ListSharedCannedResponsesRequest { page_size: 0, page_token });
            async move {
                let call = |channel, request| async move {
                    AdministrationClient::new(channel).list_shared_canned_responses(request).await
                };
                let page = client.call(request, call).await?;
                Ok((list(page.canned_responses), page.next_page_token))
            }
        })
    }

    /// Deletes one of them.
    pub fn delete_canned_response(&self, response_id: impl Into<String>) -> DeleteSharedCannedResponse {
        let request = DeleteSharedCannedResponseRequest { request_id: fresh_id(), response_id: response_id.into() };
        DeleteSharedCannedResponse { client: self.client.clone(), request }
    }
}
