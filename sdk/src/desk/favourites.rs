//! What an agent likes to see first.

use crate::{
    Client, Error, TargetId,
    generated::{DeleteFavouriteRequest, PutFavouriteRequest, agent_desk_client::AgentDeskClient},
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// Marks a favourite; from [`AgentDesk::put_favourite`](crate::AgentDesk::put_favourite).
    PutFavourite(PutFavouriteRequest)
}
takes_request_id!(PutFavourite);

builder! {
    /// Takes a favourite's mark away; from [`AgentDesk::delete_favourite`](crate::AgentDesk::delete_favourite).
    DeleteFavourite(DeleteFavouriteRequest)
}
takes_request_id!(DeleteFavourite);

impl PutFavourite {
    pub(crate) fn new(client: &Client, target: TargetId) -> Self {
        let (request_id, acting_for, target) = (fresh_id(), client.acting(), Some(target.to_wire()));
        Self { client: client.clone(), request: PutFavouriteRequest { request_id, acting_for, target } }
    }

    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).put_favourite(request).await };
        self.client.call(self.request, call).await?;
        Ok(())
    }
}

impl DeleteFavourite {
    pub(crate) fn new(client: &Client, target: TargetId) -> Self {
        let (request_id, acting_for, target) = (fresh_id(), client.acting(), Some(target.to_wire()));
        Self { client: client.clone(), request: DeleteFavouriteRequest { request_id, acting_for, target } }
    }

    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).delete_favourite(request).await };
        self.client.call(self.request, call).await?;
        Ok(())
    }
}
