//! What an agent may say of a session's outcome.

use crate::{
    Client, DispositionChoices, Error,
    convert::FromWire,
    generated::{ListDispositionsRequest, agent_desk_client::AgentDeskClient},
    request::builder,
};

builder! {
    /// Asks what the agent may say of a session's outcome; from
    /// [`AgentDesk::list_dispositions`](crate::AgentDesk::list_dispositions).
    ListDispositions(ListDispositionsRequest)
}

impl ListDispositions {
    pub(crate) fn new(client: &Client, session_id: String) -> Self {
        let acting_for = client.acting();
        Self { client: client.clone(), request: ListDispositionsRequest { acting_for, session_id } }
    }

    /// Sends it. Refused with [`Reason::NotParticipant`](crate::Reason::NotParticipant) for who never was in the session.
    pub async fn send(self) -> Result<DispositionChoices, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).list_dispositions(request).await };
        self.client.call(self.request, call).await.map(DispositionChoices::from_wire)
    }
}
