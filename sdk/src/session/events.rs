//! A session's events by page.

use crate::{
    Event, Pages, SessionHandle,
    convert::list,
    generated::{ListEventsRequest, chat_session_client::ChatSessionClient},
    request::builder,
};

builder! {
    /// Asks for a session's events; from [`SessionHandle::events`].
    Events(ListEventsRequest)
}

impl Events {
    pub(crate) fn new(session: &SessionHandle) -> Self {
        let client = session.client().clone();
        let acting_for = client.acting();
        let session_id = session.id().to_owned();
        Self { client, request: ListEventsRequest { session_id, acting_for, ..Default::default() } }
    }

    /// Only those after this revision, in the caller's numbering.
    pub fn after(mut self, revision: u64) -> Self {
        self.request.after_revision = revision;
        self
    }

    /// How many are fetched at once, 1 to 500. Default 100.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// Fetches them as they are read.
    pub fn pages(self) -> Pages<Event> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListEventsRequest { page_token, ..request.clone() };
            async move {
                let call = |channel, request| async move { ChatSessionClient::new(channel).list_events(request).await };
                let page = client.call(request, call).await?;
                Ok((list(page.events), page.next_page_token))
            }
        })
    }
}
