//! A customer's chat begins: always in a queue, and one at a time.

use super::about;
use crate::center::{
    Answer, Attribute, Caller, Center, Happened, QueueCause, Refusal, SessionId, StartSession, Started, Who,
    commit::Commit,
};

pub(super) fn start(
    center: &Center,
    caller: &Caller,
    start: StartSession,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let by_customer = caller.via.is_none();
    if by_customer && start.priority != 0 {
        return Err(Refusal::FieldInvalid { field: "priority".into(), why: "integrators only".into() });
    }
    match &caller.who {
        Who::Customer(key) if *key == start.customer => {}
        _ => return Err(Refusal::RoleNotAllowed),
    }
    let open = center.index().customers.get(&start.customer).copied();
    // Who has an open session gets that one, whatever has become of the queue.
    if open.is_none() {
        let queue = center.queues.get(&start.queue).filter(|queue| queue.open_to_customers || !by_customer);
        let queue = queue.ok_or(Refusal::QueueNotFound)?;
        let waiting = center.index().waiting.get(&queue.id).map_or(0, |places| places.len());
        if queue.max_length > 0 && waiting >= queue.max_length as usize {
            return Err(Refusal::QueueFull);
        }
    }
    Ok(move |commit: &mut Commit<'_>| match open {
        Some(session) => about(session),
        None => Answer { is_new: true, ..about(begin(commit, start, by_customer)) },
    })
}

fn begin(commit: &mut Commit<'_>, start: StartSession, by_customer: bool) -> SessionId {
    let session = SessionId::from_bytes(commit.seed.next(commit.now));
    let customer_id = commit.content.put(start.customer_id);
    let name = commit.text(start.name);
    let attributes = start.attributes.into_iter();
    let attributes =
        attributes.map(|(name, value)| Attribute { name, value: commit.text(value), verified: !by_customer }).collect();
    let (queue, language, priority, customer) = (start.queue, start.language, start.priority, start.customer);
    let started = Started { customer, customer_id, name, queue: queue.clone(), language, priority, attributes };
    commit.session(session, Happened::Started(Box::new(started)));
    commit.enqueue(session, queue, QueueCause::Started, priority);
    session
}
