//! Sessions by page, newest first.

use std::ops::Bound;

use tonic::Status;

use crate::{
    center::{Audience, Center, QueueId, Session, SessionId, Viewer},
    grpc::{
        as_it_was::Seen,
        edge::Call,
        from_pb::{self, All, Field},
        pages::PAGE_BYTES,
        pb, status, to_pb,
    },
};

/// Sessions that one call looks at: a filter that few pass may give a short page with a token.
const LOOKED_AT: usize = 10_000;

#[derive(Clone)]
struct Filter {
    state: Option<pb::SessionState>,
    queue: Option<QueueId>,
    customer: Option<crate::center::CustomerKey>,
}

pub(super) async fn list(call: Call, it: pb::ListSessionsRequest) -> Result<pb::ListSessionsResponse, Status> {
    // Who may not list at all hears first of what can't be.
    let viewer = call.viewer(it.acting_for);
    let fields = (
        from_pb::page_size(it.page_size, 50, 100),
        before(&it.page_token),
        state(it.state),
        from_pb::optional("queue_id", &it.queue_id, from_pb::queue_id),
        customer(&it.customer_id, viewer.as_ref().ok()),
    );
    let (most, before, state, queue, customer) = fields.all().map_err(status::invalid)?;
    let viewer = viewer?;
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
    let mut older = older(center, viewer, filter, before).peekable();
    let mut looked_at = 0;
    while let Some(id) = older.next() {
        looked_at += 1;
        if let Ok((session, access)) = center.view(viewer, id) {
            let is_past = access.until.is_some_and(|until| until < session.revision);
            if is_past || filter.passes(session, access.audience) {
                page.found.push((id, Seen::of(session, &access, viewer)));
            }
        }
        if page.found.len() == most || looked_at == LOOKED_AT {
            page.next = older.peek().map(|_| id);
            break;
        }
    }
    page
}

/// Sessions to look at. Of a customer's the own ones only: a page's token names the last that was looked at.
fn older<'a>(
    center: &'a Center,
    viewer: &Viewer,
    filter: &Filter,
    before: Bound<SessionId>,
) -> Box<dyn Iterator<Item = SessionId> + 'a> {
    let range = (Bound::Unbounded, before);
    let customer = match viewer {
        Viewer::Customer(key, _) => Some(*key),
        Viewer::Agent(_) | Viewer::All => filter.customer,
    };
    match customer {
        None => Box::new(center.sessions.range(range).rev().map(|(id, _)| *id)),
        Some(key) => {
            let own = center.index().of_customers.get(&key);
            Box::new(own.into_iter().flat_map(move |own| own.range(range).rev().copied()))
        }
    }
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

fn customer(id: &str, viewer: Option<&Viewer>) -> Field<Option<String>> {
    match (id.is_empty(), viewer) {
        (true, _) => Ok(None),
        (false, Some(Viewer::Agent(_))) => from_pb::wrong("customer_id", "is not for agents"),
        (false, _) => from_pb::customer_id("customer_id", id).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::center::{
        By, CenterId, Channel, CustomerKey, Event, Happened, Record, SessionEvent, Started, Text, Time,
    };

    fn key(number: u8) -> CustomerKey {
        CustomerKey::from_bytes([number; 16])
    }

    fn id(number: u128) -> SessionId {
        SessionId::from_bytes(number.to_be_bytes())
    }

    /// A customer starts sessions, by the numbers that are their ids.
    fn starts(center: &mut Center, customer: u8, numbers: impl IntoIterator<Item = u128>) {
        let started = Started {
            customer: key(customer),
            customer_id: Text { position: 1, item: 0, len: 0 },
            name: None,
            queue: QueueId::parse("sales").unwrap(),
            language: None,
            priority: 0,
            attributes: Vec::new(),
            skills: Vec::new(),
            channel: Channel::default(),
        };
        let event = |number| {
            let what = Happened::Started(Box::new(started.clone()));
            let (session, by) = (id(number), By::Customer);
            Event::Session(SessionEvent { session, revision: 1, public: Some(1), by, via: None, what })
        };
        let events = numbers.into_iter().map(event).collect();
        center.apply(&Record { center: center.id.clone(), seq: center.seq + 1, time: Time(1), events });
    }

    #[test]
    fn a_customer_finds_their_own_among_any_number_and_no_token_names_a_strangers() {
        let mut center = Center::new(CenterId::parse("acme").unwrap(), std::collections::BTreeSet::new());
        starts(&mut center, 1, [1, 3]);
        starts(&mut center, 2, (2..3).chain(4..5 + LOOKED_AT as u128));
        let filter = Filter { state: None, queue: None, customer: None };
        let seen = |most, before| {
            let page = page(&center, &Viewer::Customer(key(1), None), &filter, before, most);
            (page.found.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), page.next)
        };
        assert_eq!(seen(50, None), (vec![id(3), id(1)], None));
        assert_eq!(seen(1, None), (vec![id(3)], Some(id(3))));
        assert_eq!(seen(1, Some(id(3))), (vec![id(1)], None));
    }
}
