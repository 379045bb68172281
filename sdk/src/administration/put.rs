//! One object is put.

use super::{Administration, ConfigObject};
use crate::{
    Client, Error,
    generated::{
        PutAgentRequest, PutQueueRequest, PutSettingsRequest, PutSharedCannedResponseRequest,
        administration_client::AdministrationClient,
    },
    request::fresh_id,
};

/// Creates an object or replaces it whole; from [`Administration::put`].
#[derive(Clone, Debug)]
#[must_use = "nothing happens before it is sent"]
pub struct Put {
    client: Client,
    request_id: String,
    object: ConfigObject,
}

impl Administration {
    /// Creates a queue, an agent, a shared canned response or replaces it whole; likewise the settings. Refused with
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid), which names the fields.
    ///
    /// ```no_run
    /// # async fn put(client: chatsession_sdk::Client) -> Result<(), chatsession_sdk::Error> {
    /// client.administration().put(chatsession_sdk::Queue::new("sales", "Sales")).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn put(&self, object: impl Into<ConfigObject>) -> Put {
        Put { client: self.client.clone(), request_id: fresh_id(), object: object.into() }
    }
}

impl Put {
    /// Under this id instead of a fresh one, `[A-Za-z0-9_-]{1,64}`: asking again with it has no second effect.
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.request_id = id.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let Self { client, request_id, object } = self;
        match object {
            ConfigObject::Settings(it) => {
                let call =
                    |channel, request| async move { AdministrationClient::new(channel).put_settings(request).await };
                client.call(PutSettingsRequest { request_id, settings: Some(it.0) }, call).await.map(|_| ())
            }
            ConfigObject::Queue(it) => {
                let call =
                    |channel, request| async move { AdministrationClient::new(channel).put_queue(request).await };
                client.call(PutQueueRequest { request_id, queue: Some(it.0) }, call).await.map(|_| ())
            }
            ConfigObject::Agent(it) => {
                let call =
                    |channel, request| async move { AdministrationClient::new(channel).put_agent(request).await };
                client.call(PutAgentRequest { request_id, agent: Some(it.0) }, call).await.map(|_| ())
            }
            ConfigObject::CannedResponse(it) => {
                let call = |channel, request| async move {
                    AdministrationClient::new(channel).put_shared_canned_response(request).await
                };
                let request = PutSharedCannedResponseRequest { request_id, canned_response: Some(it.into_wire()) };
                client.call(request, call).await.map(|_| ())
            }
        }
    }
}
