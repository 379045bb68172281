//! Sessions by page.

use crate::{
    Client, Pages, Session, SessionState,
    convert::list,
    generated::{ListSessionsRequest, chat_session_client::ChatSessionClient},
    request::builder,
};

builder! {
    /// Asks for sessions; from [`Client::list_sessions`].
    ListSessions(ListSessionsRequest)
}

impl ListSessions {
    pub(crate) fn new(client: Client) -> Self {
        let acting_for = client.acting();
        Self { client, request: ListSessionsRequest { acting_for, ..Default::default() } }
    }

    /// Only those in this state.
    pub fn state(mut self, state: SessionState) -> Self {
        self.request.state = state.to_wire();
        self
    }

    /// Only those that wait in this queue or, when not waiting, were last in it.
    pub fn queue(mut self, queue_id: impl Into<String>) -> Self {
        self.request.queue_id = queue_id.into();
        self
    }

    /// Only this customer's. Not for agents.
    pub fn customer(mut self, customer_id: impl Into<String>) -> Self {
        self.request.customer_id = customer_id.into();
        self
    }

    /// How many are fetched at once, 1 to 100. Default 50.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// Fetches them as they are read.
    pub fn pages(self) -> Pages<Session> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListSessionsRequest { page_token, ..request.clone() };
            async move {
                let call =
                    |channel, request| async move { ChatSessionClient::new(channel).list_sessions(request).await };
                let page = client.call(request, call).await?;
                Ok((list(page.sessions), page.next_page_token))
            }
        })
    }
}
