//! Open sessions by page.

use std::time::Duration;

use crate::{
    Client, Pages, Session, SessionState,
    convert::{FromWire, count, duration, list, wire_duration},
    generated::{self as wire, ListLiveSessionsRequest, supervision_client::SupervisionClient},
    request::builder,
};

builder! {
    /// Asks for open sessions; from [`Supervision::live_sessions`](crate::Supervision::live_sessions).
    ListLiveSessions(ListLiveSessionsRequest)
}

/// A session as a supervisor's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveSession {
    /// The session.
    pub session: Session,
    /// How long its customer has been without an agent, all in all.
    pub waited: Duration,
    /// Its place in its queue, from 1 up to 1,000; `0` when it isn't in one.
    pub position: u32,
    /// Supervisors who look into it.
    pub monitor_agent_ids: Vec<String>,
}

impl FromWire<wire::LiveSession> for LiveSession {
    fn from_wire(wire: wire::LiveSession) -> Self {
        Self {
            session: Session::from_wire(wire.session.unwrap_or_default()),
            waited: duration(wire.waited.unwrap_or_default()),
            position: count(wire.position),
            monitor_agent_ids: wire.monitor_agent_ids,
        }
    }
}

impl ListLiveSessions {
    pub(crate) fn new(client: Client) -> Self {
        let acting_for = client.acting();
        Self { client, request: ListLiveSessionsRequest { acting_for, ..Default::default() } }
    }

    /// Only those in this state, waiting or attended.
    pub fn state(mut self, state: SessionState) -> Self {
        self.request.state = state.to_wire();
        self
    }

    /// Only those that wait in this queue, or whose home it is.
    pub fn queue(mut self, queue_id: impl Into<String>) -> Self {
        self.request.queue_id = queue_id.into();
        self
    }

    /// Only those that this agent is connected to.
    pub fn agent(mut self, agent_id: impl Into<String>) -> Self {
        self.request.agent_id = agent_id.into();
        self
    }

    /// Only those in which an agent asks for help.
    pub fn flagged(mut self) -> Self {
        self.request.flagged = true;
        self
    }

    /// Only those without an agent for at least this long.
    pub fn min_wait(mut self, wait: Duration) -> Self {
        self.request.min_wait = Some(wire_duration(wait));
        self
    }

    /// How many are fetched at once, 1 to 100. Default 50.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// Fetches them as they are read.
    pub fn pages(self) -> Pages<LiveSession> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListLiveSessionsRequest { page_token, ..request.clone() };
            async move {
                let call =
                    |channel, request| async move { SupervisionClient::new(channel).list_live_sessions(request).await };
                let page = client.call(request, call).await?;
                Ok((list(page.sessions), page.next_page_token))
            }
        })
    }
}
