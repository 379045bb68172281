//! Sessions by page, newest first.

use std::ops::Bound;

use tonic::Status;

use crate::{
    center::{Audience, Center, QueueId, Session, SessionId, Viewer},
    grpc::{
        as_it_was::Seen,
        edge::Call,
        from_pb::{self, All, Field},
        pb, status, to_pb,
    },
};

/// Sessions that one call looks at: a filter that few pass may give a short page with a token.
const LOOKED_AT: usize = 10_000;

/// A page ends at about this many bytes, whatever was asked.
const PAGE_BYTES: usize = 1024 * 1024;

#[derive(Clone)]
struct Filter {
    state: Option<pb::SessionState>,
    queue: Option<QueueId>,
    customer: Option<crate::center::CustomerKey>,
}

pub(super) async fn list(call: Call, it: pb::ListSessionsRequest) -> Result<pb::ListSessionsResponse, Status> {
    let viewer = call.viewer(it.acting_for)?;
    let fields = (
        from_pb::page_size(it.page_size, 50, 100),
        before(&it.page_token),
        state(it.state),
        from_pb::optional("queue_id", &it.queue_id, from_pb::queue_id),
        customer(&it.customer_id, &viewer),
    );
    let (most, before, state, queue, customer) = fields.all().map_err(status::invalid)?;
    let customer = customer.map(|id| call.edge.id_key.customer(&call.center, &id));
    let filter = Filter { state, queue, customer };
    let (eyes, wanted) = (viewer.clone(), filter.clone());
    let read = call.shard.handle.read(&call.center, move |center, _| page(center, &eyes, &wanted, before, most));
    let Page { found, mut next, center_seq } = read.await.map_err(status::unavailable)?;
    let (mut sessions, mut bytes) = (Vec::with_capacity(found.len()), 0);
    for (id, seen) in found {
        let is_present = seen.is_present();
        let session = seen.filled(&call).await?;
        // Of who has left, only what they may see is compared with what they look for.
        if is_present || filter.passes_as_shown(&session) {
            bytes += prost::Message::encoded_len(&session);
            sessions.push(session);
        }
        if bytes >= PAGE_BYTES {
            next = Some(id);
            break;
        }
    }
    let next_page_token = next.map(|id| id.to_string()).unwrap_or_default();
    // A center's commits count what customers don't see.
    let center_seq = if matches!(viewer, Viewer::Customer(..)) { 0 } else { center_seq };
    Ok(pb::ListSessionsResponse { sessions, next_page_token, center_seq })
}

struct Page {
    found: Vec<(SessionId, Seen)>,
    next: Option<SessionId>,
    center_seq: u64,
}

fn page(center: &Center, viewer: &Viewer, filter: &Filter, before: Option<SessionId>, most: usize) -> Page {
    let mut page = Page { found: Vec::new(), next: None, center_seq: center.seq };
    let before = before.map_or(Bound::Unbounded, Bound::Excluded);
    let mut older = center.sessions.range((Bound::Unbounded, before)).rev().peekable();
    let mut looked_at = 0;
    while let Some((id, session)) = older.next() {
        looked_at += 1;
        if let Ok((session, access)) = center.view(viewer, session.id) {
            let is_past = access.until.is_some_and(|until| until < session.revision);
            if is_past || filter.passes(session, access.audience) {
                page.found.push((*id, Seen::of(session, &access, viewer)));
            }
        }
        if page.found.len() == most || looked_at == LOOKED_AT {
            page.next = older.peek().map(|_| *id);
            break;
        }
    }
    page
}

impl Filter {
    fn passes(&self, session: &Session, audience: Audience) -> bool {
        let queue = session.entry.as_ref().map_or(&session.home, |entry| &entry.queue);
        self.state.is_none_or(|wanted| wanted == to_pb::state(session, audience))
            && self.queue.as_ref().is_none_or(|wanted| wanted == queue)
            && self.customer.is_none_or(|wanted| wanted == session.customer)
    }

    /// As [`Self::passes`], of what is shown; the customer isn't for those who may see only that.
    fn passes_as_shown(&self, session: &pb::Session) -> bool {
        let queue = session.queue_entry.as_ref().map_or(&session.home_queue_id, |entry| &entry.queue_id);
        self.state.is_none_or(|wanted| wanted == session.state())
            && self.queue.as_ref().is_none_or(|wanted| wanted.as_str() == queue)
    }
}

fn before(token: &str) -> Field<Option<SessionId>> {
    match (token.is_empty(), SessionId::parse(token)) {
        (true, _) => Ok(None),
        (false, Some(id)) => Ok(Some(id)),
        (false, None) => from_pb::wrong("page_token", "is none of ours"),
    }
}

fn state(state: i32) -> Field<Option<pb::SessionState>> {
    match pb::SessionState::try_from(state) {
        Ok(pb::SessionState::Unspecified) => Ok(None),
        Ok(state) => Ok(Some(state)),
        Err(_) => from_pb::wrong("state", "is no value of its enum"),
    }
}

fn customer(id: &str, viewer: &Viewer) -> Field<Option<String>> {
    match (id.is_empty(), viewer) {
        (true, _) => Ok(None),
        (false, Viewer::Agent(_)) => from_pb::wrong("customer_id", "is not for agents"),
        (false, Viewer::All | Viewer::Customer(..)) => from_pb::customer_id("customer_id", id).map(Some),
    }
}
