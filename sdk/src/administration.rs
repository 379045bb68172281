//! A center's queues, agents and settings.

mod agent;
mod hours;
mod manage;
mod put;
mod queue;
mod settings;

pub use agent::{Agent, AgentPermission};
pub use hours::{Hours, Weekday};
pub use manage::{DeleteAgent, DeleteQueue, DeleteSharedCannedResponse, Holder, RevokeCredentials};
pub use put::Put;
pub use queue::{Queue, QueueMoment};
pub use settings::CenterSettings;

use crate::{
    CannedResponse, Client, Error,
    generated::{ApplyRequest, administration_client::AdministrationClient, apply_request::Object},
};

/// A center's queues, agents and settings; from [`Client::administration`].
#[derive(Clone, Debug)]
pub struct Administration {
    client: Client,
}

/// One object of a center.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConfigObject {
    /// The center's settings, whole.
    Settings(CenterSettings),
    /// A queue.
    Queue(Queue),
    /// An agent or supervisor.
    Agent(Agent),
    /// A canned response that all agents share. Up to 2,000 of a center.
    CannedResponse(CannedResponse),
}

/// Objects that are applied.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// How many objects differed from what was there.
    pub changed: u32,
    /// The center's commit number after it.
    pub center_seq: u64,
}

impl Administration {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Puts the objects, all or none: they are validated together, then applied, live. What isn't named stays as it
    /// is. Up to 20,000. Refused with [`Reason::FieldInvalid`](crate::Reason::FieldInvalid), which names the fields.
    ///
    /// ```no_run
    /// # async fn apply(client: chatsession_sdk::Client) -> Result<(), chatsession_sdk::Error> {
    /// use chatsession_sdk::{Agent, Queue};
    ///
    /// let sales = Queue::new("sales", "Sales");
    /// let ada = Agent::new("ada", "Ada").queue("sales");
    /// client.administration().apply([sales.into(), ada.into()]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn apply(&self, objects: impl IntoIterator<Item = ConfigObject>) -> Result<Applied, Error> {
        let objects: Vec<ApplyRequest> = objects.into_iter().map(ConfigObject::into_request).collect();
        let call = |channel, request: tonic::Request<Vec<ApplyRequest>>| async move {
            AdministrationClient::new(channel).apply(request.map(tokio_stream::iter)).await
        };
        let answer = self.client.call(objects, call).await?;
        Ok(Applied { changed: answer.changed, center_seq: answer.center_seq })
    }
}

impl ConfigObject {
    fn into_request(self) -> ApplyRequest {
        let object = match self {
            Self::Settings(settings) => Object::Settings(settings.0),
            Self::Queue(queue) => Object::Queue(queue.0),
            Self::Agent(agent) => Object::Agent(agent.0),
            Self::CannedResponse(response) => Object::CannedResponse(response.into_wire()),
        };
        ApplyRequest { object: Some(object) }
    }
}

impl From<CenterSettings> for ConfigObject {
    fn from(settings: CenterSettings) -> Self {
        Self::Settings(settings)
    }
}

impl From<Queue> for ConfigObject {
    fn from(queue: Queue) -> Self {
        Self::Queue(queue)
    }
}

impl From<Agent> for ConfigObject {
    fn from(agent: Agent) -> Self {
        Self::Agent(agent)
    }
}

impl From<CannedResponse> for ConfigObject {
    fn from(response: CannedResponse) -> Self {
        Self::CannedResponse(response)
    }
}
