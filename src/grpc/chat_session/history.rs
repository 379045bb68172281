//! A session's events by page.

use tonic::Status;

use crate::{
    center::Refusal,
    grpc::{
        edge::Call,
        from_pb::{self, All},
        pb, status, to_pb,
    },
};

/// A page ends at about this many bytes, whatever was asked.
const PAGE_BYTES: usize = 1024 * 1024;

pub(super) async fn list(call: Call, it: pb::ListEventsRequest) -> Result<pb::ListEventsResponse, Status> {
    let fields = (
        call.session(&it.session_id),
        from_pb::page_size(it.page_size, 100, 500),
        page(&it.page_token, it.after_revision),
    );
    let (session, most, mut after) = fields.all().map_err(status::invalid)?;
    let viewer = call.viewer(it.acting_for)?;
    let seen = call.see(viewer, session, |session, access| (session.last_for(access.audience), access));
    let (last, access) = seen.await?;
    let last = access.until.unwrap_or(last);
    if after > last {
        return Err(status::of(Refusal::PositionInFuture { last }));
    }
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
