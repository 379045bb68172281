//! Whom one could invite.

use crate::{
    Client, Pages, Target, TargetFilter,
    convert::FromWire,
    generated::{ListTargetsRequest, agent_desk_client::AgentDeskClient},
    request::builder,
};

builder! {
    /// Asks whom one could invite; from [`AgentDesk::list_targets`](crate::AgentDesk::list_targets).
    ListTargets(ListTargetsRequest)
}

impl ListTargets {
    pub(crate) fn new(client: Client, filter: TargetFilter) -> Self {
        let acting_for = client.acting();
        let TargetFilter { query, kinds, team_id, skill, favourites_only, available_only } = filter;
        let (page_size, page_token) = Default::default();
        let request = ListTargetsRequest {
            acting_for,
            query,
            page_size,
            page_token,
            kinds,
            team_id,
            skill,
            favourites_only,
            available_only,
        };
        Self { client, request }
    }

    /// How many are fetched at once, 1 to 100. Default 50.
    pub fn page_size(mut self, size: u16) -> Self {
        self.request.page_size = size.into();
        self
    }

    /// Colleagues by id, then queues by id, fetched as they are read.
    pub fn pages(self) -> Pages<Target> {
        let Self { client, request } = self;
        Pages::new(move |page_token| {
            let client = client.clone();
            let request = ListTargetsRequest { page_token, ..request.clone() };
            async move {
                let call = |channel, request| async move { AgentDeskClient::new(channel).list_targets(request).await };
                let page = client.call(request, call).await?;
                let targets = page.targets.into_iter().filter_map(Option::from_wire).collect();
                Ok((targets, page.next_page_token))
            }
        })
    }
}
