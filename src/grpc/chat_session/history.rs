//! A session's events by page.

use std::{future::poll_fn, task::Poll};

use tokio::time::{Duration, Instant, timeout_at};
use tonic::Status;

use crate::{
    center::{Access, Refusal, Session, SessionId},
    grpc::{
        edge::Call,
        from_pb::{self, All},
        pb, status, to_pb,
    },
    live::{Cursor, Eyes, Over, Start, Step},
};

/// A page ends at about this many bytes, whatever was asked.
const PAGE_BYTES: usize = 1024 * 1024;

pub(super) async fn list(
    call: Call,
    it: pb::ListEventsRequest,
    patience: Duration,
) -> Result<pb::ListEventsResponse, Status> {
    let fields = (
        call.session(&it.session_id),
        from_pb::page_size(it.page_size, 100, 500),
        page(&it.page_token, it.after_revision),
        from_pb::wait(it.wait),
    );
    let (session, most, after, wait) = fields.all().map_err(status::invalid)?;
    let viewer = call.viewer(it.acting_for)?;
    let until = Instant::now() + wait.min(patience);
    loop {
        let look = |session: &Session, access: Access| {
            let (last, over) = (session.last_for(access.audience), session.is_over_for(access.audience));
            (access.until.unwrap_or(last), over || access.until.is_some(), access)
        };
        let (last, over, access) = call.see(viewer.clone(), session, look).await?;
        if after > last {
            return Err(status::of(Refusal::PositionInFuture { last }));
        }
        if after < last || over || until <= Instant::now() {
            return read(&call, session, &access, after, last, most).await;
        }
        // Whoever left meanwhile, or whose session ended, is told so by the next look.
        let start = Start { after, last, over };
        let waited = timeout_at(until, news(call.shard.feed.cursor(session, access, start, Eyes::Other))).await;
        call.still_counts()?;
        waited.unwrap_or(Ok(()))?;
    }
}

/// Returns when something has happened, or nothing more will; fails when that can't be known.
async fn news(mut cursor: Cursor) -> Result<(), Status> {
    poll_fn(|context| {
        loop {
            return Poll::Ready(match cursor.poll_step(context) {
                Poll::Ready(Step::CaughtUp(_) | Step::Beat(_) | Step::Signal(_)) => continue,
                Poll::Ready(Step::Events(..) | Step::Over(Over::Session | Over::Left)) => Ok(()),
                Poll::Ready(Step::Over(Over::Draining)) => Err(status::draining()),
                Poll::Ready(Step::Failed(error)) => Err(status::unreadable(&error)),
                Poll::Pending => return Poll::Pending,
            });
        }
    })
    .await
}

async fn read(
    call: &Call,
    session: SessionId,
    access: &Access,
    mut after: u32,
    last: u32,
    most: usize,
) -> Result<pb::ListEventsResponse, Status> {
    let (mut events, mut bytes) = (Vec::new(), 0);
    while after < last && events.len() < most && bytes < PAGE_BYTES {
        let history = call.shard.feed.history(session, access.audience, after, access.until).await;
        let commits = history.map_err(|error| status::unreadable(&error))?;
        if commits.is_empty() {
            break;
        }
        for commit in commits {
            for event in commit.events(access.audience) {
                let event = to_pb::event(&commit, event, access.audience);
                if event.revision <= u64::from(after) || event.revision > u64::from(last) {
                    continue;
                }
                if events.len() >= most || bytes >= PAGE_BYTES {
                    break;
                }
                bytes += prost::Message::encoded_len(&event);
                after = event.revision as u32;
                events.push(event);
            }
        }
    }
    let next_page_token = if after < last { after.to_string() } else { String::new() };
    Ok(pb::ListEventsResponse { events, next_page_token, revision: u64::from(last) })
}

/// A token is the last revision of the page before.
fn page(token: &str, after: u64) -> from_pb::Field<u32> {
    match token.is_empty() {
        true => Ok(from_pb::revision(after)),
        false => token.parse().or_else(|_| from_pb::wrong("page_token", "is none of ours")),
    }
}
