//! Signing in and out.

use crate::{
    AgentState, Client, Error,
    convert::FromWire,
    generated::{SignInRequest, SignOutRequest, agent_desk_client::AgentDeskClient},
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// Signs an agent in; from [`AgentDesk::sign_in`](crate::AgentDesk::sign_in).
    SignIn(SignInRequest)
}
takes_request_id!(SignIn);

builder! {
    /// Signs an agent out; from [`AgentDesk::sign_out`](crate::AgentDesk::sign_out).
    SignOut(SignOutRequest)
}
takes_request_id!(SignOut);

impl SignIn {
    pub(crate) fn new(client: &Client) -> Self {
        let request = SignInRequest { request_id: fresh_id(), acting_for: client.acting() };
        Self { client: client.clone(), request }
    }

    /// Sends it. Signing in twice changes nothing.
    pub async fn send(self) -> Result<AgentState, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).sign_in(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AgentState::from_wire(answer.state.unwrap_or_default()))
    }
}

impl SignOut {
    pub(crate) fn new(client: &Client) -> Self {
        let request = SignOutRequest { request_id: fresh_id(), acting_for: client.acting(), hand_back: false };
        Self { client: client.clone(), request }
    }

    /// Returns the sessions that the agent alone attends to their home queues, and leaves the others.
    pub fn hand_back(mut self) -> Self {
        self.request.hand_back = true;
        self
    }

    /// Sends it. Refused with [`Reason::AgentHasSessions`](crate::Reason::AgentHasSessions) while the agent holds some.
    pub async fn send(self) -> Result<AgentState, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).sign_out(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AgentState::from_wire(answer.state.unwrap_or_default()))
    }
}
