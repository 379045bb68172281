//! Sessions by page, newest first.

use tonic::Status;

use crate::{
    center::{Center, QueueId, Session, SessionId, State, Viewer},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field},
        pb, status, to_pb,
    },
};

/// Sessions that one call looks at: a filter that few pass may give a short page with a token.
const LOOKED_AT: usize = 10_000;

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
    let read = call.edge.shard.read(&call.center, move |center, _| page(center, &viewer, &filter, before, most));
    let (found, next, center_seq) = read.await.map_err(status::unavailable)?;
    let mut sessions = Vec::with_capacity(found.len());
    for (mut session, texts) in found {
        texts.fill(&mut session, &call.edge.feed).await.map_err(|error| status::unreadable(&error))?;
        sessions.push(session);
    }
    let next_page_token = next.map(|id| id.to_string()).unwrap_or_default();
    Ok(pb::ListSessionsResponse { sessions, next_page_token, center_seq })
}

type Page = (Vec<(pb::Session, to_pb::Texts)>, Option<SessionId>, u64);

fn page(center: &Center, viewer: &Viewer, filter: &Filter, before: Option<SessionId>, most: usize) -> Page {
    let mut found = Vec::new();
    let older = |id: &SessionId| before.is_none_or(|before| *id < before);
    let newest_first = center.sessions.iter().rev().filter(|(id, _)| older(id));
    for (looked_at, (id, session)) in newest_first.enumerate() {
        let Ok((session, access)) = center.view(viewer, session.id) else { continue };
        if !filter.passes(session) {
            continue;
        }
        found.push(to_pb::session(session, access.audience));
        if found.len() == most || looked_at == LOOKED_AT {
            return (found, Some(*id), center.seq);
        }
    }
    (found, None, center.seq)
}

impl Filter {
    fn passes(&self, session: &Session) -> bool {
        let state = match session.state() {
            State::Waiting => pb::SessionState::Waiting,
            State::Attended => pb::SessionState::Attended,
            State::Ended => pb::SessionState::Ended,
            State::Closed => pb::SessionState::Closed,
        };
        let queue = session.entry.as_ref().map_or(&session.home, |entry| &entry.queue);
        self.state.is_none_or(|wanted| wanted == state)
            && self.queue.as_ref().is_none_or(|wanted| wanted == queue)
            && self.customer.is_none_or(|wanted| wanted == session.customer)
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
