//! How a queue stands, before a chat.

use std::time::{Duration, SystemTime};

use crate::{
    Client, Error,
    convert::{count, duration, some, time},
    generated::{GetAvailabilityRequest, chat_session_client::ChatSessionClient},
    request::builder,
};

builder! {
    /// Asks how a queue stands; from [`Client::availability`].
    GetAvailability(GetAvailabilityRequest)
}

/// How a queue stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Availability {
    /// Within its hours.
    pub open: bool,
    /// When it opens next; `None` while open, or when not within a year.
    pub next_open_time: Option<SystemTime>,
    /// When it closes next; `None` while closed, or when not within a year.
    pub next_close_time: Option<SystemTime>,
    /// A new customer's session would be accepted now.
    pub accepting: bool,
    /// Agents who are signed in and serve it.
    pub signed_in_agents: u32,
    /// Sessions waiting in it.
    pub waiting: u32,
    /// How long a customer who starts now would wait, when that is known.
    pub estimated_wait: Option<Duration>,
    /// What the queue says to who comes while it is closed.
    pub closed_message: Option<String>,
    /// The queue's name.
    pub display_name: String,
}

impl GetAvailability {
    pub(crate) fn of(client: &Client, queue_id: String) -> Self {
        Self { client: client.clone(), request: GetAvailabilityRequest { queue_id, ..Default::default() } }
    }

    /// For the closed message, a BCP 47 tag.
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.request.language = tag.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<Availability, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).get_availability(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(Availability {
            open: answer.open,
            next_open_time: answer.next_open_time.map(time),
            next_close_time: answer.next_close_time.map(time),
            accepting: answer.accepting,
            signed_in_agents: count(answer.signed_in_agents),
            waiting: count(answer.waiting),
            estimated_wait: answer.estimated_wait.map(duration),
            closed_message: some(answer.closed_message),
            display_name: answer.display_name,
        })
    }
}
