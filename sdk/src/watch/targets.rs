//! Watching the Invite window.

use std::collections::VecDeque;

use super::{
    Watch,
    follow::{Cut, Follow, Next, Received, Terms, after_goodbye},
    wire::Wire,
};
use crate::{
    Client, Error, Target, TargetFilter, TargetId,
    convert::FromWire,
    generated::{WatchTargetsRequest, WatchTargetsResponse, watch_targets_response::Kind},
};

/// An Invite window's stream; from [`AgentDesk::watch_targets`](crate::AgentDesk::watch_targets). It ends only with an
/// error.
pub type TargetsWatch = Watch<TargetsEvent>;

/// What a [`TargetsWatch`] delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetsEvent {
    /// The rows as they are: first of all, and again each time the stream had to be opened again.
    #[non_exhaustive]
    Opened {
        /// Colleagues by id, then queues by id; up to 100.
        targets: Vec<Target>,
        /// There may be more than are shown.
        more: bool,
    },
    /// What changed of them, at most once a second.
    #[non_exhaustive]
    Changed {
        /// Rows that came or changed, whole.
        put: Vec<Target>,
        /// Rows that aren't shown any more.
        removed: Vec<TargetId>,
        /// There may be more than are shown.
        more: bool,
    },
}

/// A window to be opened; from [`AgentDesk::watch_targets`](crate::AgentDesk::watch_targets).
#[must_use = "nothing opens before `open`"]
#[derive(Clone, Debug)]
pub struct WatchTargets {
    client: Client,
    filter: TargetFilter,
}

impl WatchTargets {
    pub(crate) fn new(client: Client, filter: TargetFilter) -> Self {
        Self { client, filter }
    }

    /// Opens it. Fails when the service can't be reached for as long as
    /// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout). Afterwards the stream resumes for as long as it takes.
    pub async fn open(self) -> Result<TargetsWatch, Error> {
        let patience = self.client.patience();
        let TargetFilter { query, kinds, team_id, skill, favourites_only, available_only } = self.filter;
        let acting_for = self.client.acting();
        let request = WatchTargetsRequest { acting_for, query, kinds, team_id, skill, favourites_only, available_only };
        Watch::open(TargetsFollow(request), Wire::new(self.client), patience).await
    }
}

/// It always starts afresh.
pub(crate) struct TargetsFollow(WatchTargetsRequest);

fn targets(wire: Vec<crate::generated::Target>) -> Vec<Target> {
    wire.into_iter().filter_map(Option::from_wire).collect()
}

impl Follow for TargetsFollow {
    type Request = WatchTargetsRequest;
    type Response = WatchTargetsResponse;
    type Item = TargetsEvent;

    fn request(&self) -> WatchTargetsRequest {
        self.0.clone()
    }

    fn received(&self) -> Received {
        Received::new()
    }

    fn terms(first: &WatchTargetsResponse) -> Option<Terms> {
        match &first.kind {
            Some(Kind::Opened(opened)) => Some(Terms::new(&opened.stream_id, opened.lease, opened.heartbeat_interval)),
            _ => None,
        }
    }

    fn read(&mut self, response: WatchTargetsResponse, out: &mut VecDeque<TargetsEvent>) -> Next {
        match response.kind {
            Some(Kind::Opened(opened)) => {
                out.push_back(TargetsEvent::Opened { targets: targets(opened.targets), more: opened.more });
            }
            Some(Kind::Changed(changed)) => out.push_back(TargetsEvent::Changed {
                put: targets(changed.put),
                removed: changed.removed.into_iter().filter_map(TargetId::from_wire).collect(),
                more: changed.more,
            }),
            Some(Kind::Goodbye(goodbye)) => return Next::Reopen(after_goodbye(goodbye.reason())),
            Some(Kind::Heartbeat(_)) | None => {}
        }
        Next::Read
    }

    fn closed(&mut self, _: &mut VecDeque<TargetsEvent>) -> Next {
        Next::Reopen(Cut::Broken)
    }

    fn refused(&mut self, error: Error, _: &mut VecDeque<TargetsEvent>) -> Next {
        Next::Fail(error)
    }
}
