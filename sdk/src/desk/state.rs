//! Ready or not ready.

use crate::{
    AgentState, AgentStatus, Client, Error,
    convert::FromWire,
    generated::{SetStateRequest, agent_desk_client::AgentDeskClient},
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// Another state; from [`AgentDesk::set_ready`](crate::AgentDesk::set_ready) and
    /// [`set_not_ready`](crate::AgentDesk::set_not_ready).
    SetState(SetStateRequest)
}
takes_request_id!(SetState);

impl SetState {
    pub(crate) fn ready(client: &Client) -> Self {
        Self::to(client, AgentStatus::Ready, String::new())
    }

    pub(crate) fn not_ready(client: &Client, reason: String) -> Self {
        Self::to(client, AgentStatus::NotReady, reason)
    }

    fn to(client: &Client, status: AgentStatus, reason: String) -> Self {
        let status = status.to_wire();
        let request = SetStateRequest { request_id: fresh_id(), acting_for: client.acting(), status, reason };
        Self { client: client.clone(), request }
    }

    /// Sends it.
    pub async fn send(self) -> Result<AgentState, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).set_state(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AgentState::from_wire(answer.state.unwrap_or_default()))
    }
}
