//! What supervisors see beyond agents, and agents' states. What they do to a session is on its handle.

mod explain;
mod live;
mod statistics;

pub use explain::{ExplainRouting, Explanation, RoutingCandidate, RoutingHold, RoutingObstacle, RoutingObstacleKind};
pub use live::{ListLiveSessions, LiveSession};
pub use statistics::{AgentStatistics, NotReadyTime, QueueStatistics};

use crate::{
    AgentState, AgentStatus, Client, Error,
    convert::FromWire,
    generated::{ForceAgentStateRequest, supervision_client::SupervisionClient},
    request::{builder, fresh_id, takes_request_id},
};

/// What supervisors see and do; from [`Client::supervision`].
#[derive(Clone, Debug)]
pub struct Supervision {
    client: Client,
}

builder! {
    /// Sets an agent's state at once; from [`Supervision::force_state`].
    ForceAgentState(ForceAgentStateRequest)
}
takes_request_id!(ForceAgentState);

impl Supervision {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Open sessions, those who have waited longest first.
    pub fn live_sessions(&self) -> ListLiveSessions {
        ListLiveSessions::new(self.client.clone())
    }

    /// Why a session is, or isn't, offered to agents, as things stand.
    pub fn explain_routing(&self, session_id: impl Into<String>) -> ExplainRouting {
        ExplainRouting::of(self.client.clone(), session_id.into())
    }

    /// Sets an agent's state at once, whatever they are doing. Signing out hands their sessions back.
    pub fn force_state(&self, agent_id: impl Into<String>, status: AgentStatus) -> ForceAgentState {
        let request = ForceAgentStateRequest {
            request_id: fresh_id(),
            acting_for: self.client.acting(),
            agent_id: agent_id.into(),
            status: status.to_wire(),
            reason: String::new(),
        };
        ForceAgentState { client: self.client.clone(), request }
    }
}

impl ForceAgentState {
    /// Why not ready, `[A-Za-z0-9_-]{1,64}`.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.request.reason = reason.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<AgentState, Error> {
        let call = |channel, request| async move { SupervisionClient::new(channel).force_agent_state(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AgentState::from_wire(answer.state.unwrap_or_default()))
    }
}
