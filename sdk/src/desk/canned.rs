//! Canned responses.

use crate::{
    CannedResponse, Client, Error, ListedCannedResponse, Pages,
    convert::list,
    generated::{
        DeleteCannedResponseRequest, ListCannedResponsesRequest, PutCannedResponseRequest,
        agent_desk_client::AgentDeskClient,
    },
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// Keeps a canned response of the agent's own; from
    /// [`AgentDesk::put_canned_response`](crate::AgentDesk::put_canned_response).
    PutCannedResponse(PutCannedResponseRequest)
}
takes_request_id!(PutCannedResponse);

builder! {
    /// Deletes one; from [`AgentDesk::delete_canned_response`](crate::AgentDesk::delete_canned_response).
    DeleteCannedResponse(DeleteCannedResponseRequest)
}
takes_request_id!(DeleteCannedResponse);

builder! {
    /// Looks for canned responses; from [`AgentDesk::list_canned_responses`](crate::AgentDesk::list_canned_responses).
    ListCannedResponses(ListCannedResponsesRequest)
}

impl PutCannedResponse {
    pub(crate) fn new(client: &Client, response: CannedResponse) -> Self {
        let (request_id, acting_for) = (fresh_id(), client.acting());
        let response = Some(response.into_wire());
        Self { client: client.clone(), request: PutCannedResponseRequest { request_id, acting_for, response } }
    }

    /// Sends it. Refused with [`Reason::LimitReached`](crate::Reason::LimitReached) when the agent has 500 others.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).put_canned_response(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl DeleteCannedResponse {
    pub(crate) fn new(client: &Client, response_id: String) -> Self {
        let (request_id, acting_for) = (fresh_id(), client.acting());
        Self { client: client.clone(), request: DeleteCannedResponseRequest { request_id, acting_for, response_id } }
    }

    /// Sends it. Refused with [`Reason::CannedResponseNotFound`](crate::Reason::CannedResponseNotFound).
    pub async fn send(self) -> Result<(), Error> {
        let call =
            |channel, request| async move { AgentDeskClient::new(channel).delete_canned_response(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl ListCannedResponses {
    pub(crate) fn new(client: Client, query: String) -> Self {
        let acting_for = client.acting();
        Self { client, request: ListCannedResponsesRequest { acting_for, query, ..Default::default() } }
    }

    /// Only those for this queue, and those for all.
    pub fn queue(mut self, queue_id: impl Into<String>) -> Self {
        self.request.queue_id = queue_id.into();
        self
    }

    /// With the variables filled as they stand for this session. The agent is or was in it, or is a supervisor.
    pub fn for_session(mut self, session_id: impl Into<String>) -> Self {
        self.request.session_id = session_id.into();
        self
    }

    /// How many are fetched at once, 1 to 100. Default 50.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// The agent's own by id, then the center's by id, fetched as they are read.
    pub fn pages(self) -> Pages<ListedCannedResponse> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListCannedResponsesRequest { page_token, ..request.clone() };
            async move {
                let call = |channel, request| async move {
                    AgentDeskClient::new(channel).list_canned_responses(request).await
                };
                let page = client.call(request, call).await?;
                Ok((list(page.responses), page.next_page_token))
            }
        })
    }
}
