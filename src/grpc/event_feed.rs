//! `EventFeed`: everything of a center, as it comes or by page.

use std::{pin::Pin, sync::Arc};

use tokio::time::{Duration, Instant, timeout_at};
use tonic::{Request, Response, Status, async_trait};

use self::filter::Filter;
use super::{
    auth::Role,
    codec::Frame,
    edge::{Call, Edge},
    from_pb::{self, All},
    pb::{self, event_feed_server::EventFeed},
    status,
};
use crate::live::{CenterCursor, CenterStep, NotFollowed};

mod commit;
mod filter;
mod stream;

/// The service, over an edge.
#[derive(Clone)]
pub struct EventFeedService(pub Arc<Edge>);

/// A feed's frames.
type FeedStream = Pin<Box<dyn tokio_stream::Stream<Item = Result<Frame, Status>> + Send>>;

/// An answer, or a message of a stream, ends at about this many bytes.
const BYTES: usize = 1024 * 1024;

#[async_trait]
impl EventFeed for EventFeedService {
    type WatchCenterStream = FeedStream;

    async fn watch_center(
        &self,
        request: Request<pb::WatchCenterRequest>,
    ) -> Result<Response<Self::WatchCenterStream>, Status> {
        self.0.stream(stream::open(&self.0, request)).await
    }

    async fn list_commits(
        &self,
        request: Request<pb::ListCommitsRequest>,
    ) -> Result<Response<pb::ListCommitsResponse>, Status> {
        let patience = self.0.patience(&request);
        self.0.unary(request, |call, it| list(call, it, patience)).await
    }
}

/// Where somebody wants to go on, in which history.
struct From {
    after: Option<u64>,
    history: String,
}

/// A cursor, and the center's last commit.
async fn follow(call: &Call, from: From) -> Result<(CenterCursor, u64), Status> {
    if !from.history.is_empty() && from.history != call.edge.id_key.history() {
        return Err(status::history_replaced());
    }
    let following = call.shard.feed.following(&call.center);
    let read = call.shard.handle.read(&call.center, |center, _| center.seq);
    let last = read.await.map_err(status::unavailable)?;
    let after = from.after.unwrap_or(last);
    if after > last {
        return Err(status::seq_in_future(last));
    }
    let cursor = following.behind(after, last).await.map_err(|why| match why {
        NotFollowed::Compacted(oldest) => status::seq_compacted(oldest),
        NotFollowed::Failed(error) => status::unreadable(&error),
    })?;
    Ok((cursor, last))
}

/// The feed is for services alone.
fn admitted(call: &Call) -> Result<(), Status> {
    match call.identity.role {
        Role::Integrator | Role::Operator => Ok(()),
        Role::Customer | Role::Agent | Role::Supervisor => Err(status::role_not_allowed()),
    }
}

async fn list(call: Call, it: pb::ListCommitsRequest, patience: Duration) -> Result<pb::ListCommitsResponse, Status> {
    admitted(&call)?;
    let fields = (Filter::parse(it.filter), from_pb::page_size(it.page_size, 100, 500), from_pb::wait(it.wait));
    let (filter, most, wait) = fields.all().map_err(status::invalid)?;
    let until = Instant::now() + wait.min(patience);
    let (mut cursor, _) = follow(&call, From { after: Some(it.after_center_seq), history: it.history_id }).await?;
    let (mut page, mut bytes) = (pb::ListCommitsResponse::default(), 0);
    page.history_id = call.edge.id_key.history();
    page.center_seq = it.after_center_seq;
    loop {
        // What is there is taken. What isn't there yet is waited for while there is nothing.
        let step = match cursor.is_caught_up() {
            true if !page.commits.is_empty() => return Ok(page),
            true => {
                let waited = timeout_at(until, cursor.step()).await;
                call.still_counts()?;
                let Ok(step) = waited else { return Ok(page) };
                step
            }
            false => cursor.step().await,
        };
        match step.map_err(|error| status::unreadable(&error))? {
            CenterStep::Commits(found) => {
                for found in found {
                    if page.commits.len() == most || bytes >= BYTES {
                        page.more = true;
                        return Ok(page);
                    }
                    page.center_seq = found.record().seq;
                    if let Some(commit) = commit::of(&found, &filter) {
                        bytes += prost::Message::encoded_len(&commit);
                        page.commits.push(commit);
                    }
                }
            }
            CenterStep::CaughtUp => {}
            CenterStep::Draining if page.commits.is_empty() => return Err(status::draining()),
            CenterStep::Draining => return Ok(page),
        }
    }
}
