//! A customer's chat begins: always in a queue, and one at a time.

use super::{about, queue::Entering};
use crate::center::{
    Answer, Attribute, Caller, Center, Channel, Happened, Queue, QueueCause, QueueId, Refusal, SessionId, StartSession,
    Started, Who, commit::Commit,
};

pub(super) fn start(
    center: &Center,
    caller: &Caller,
    mut start: StartSession,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let by_customer = caller.via.is_none();
    let for_integrators = [
        ("priority", start.priority != 0),
        ("skills", !start.skills.is_empty()),
        ("agent_id", start.agent.is_some()),
        ("channel", start.channel != Channel::Web),
    ];
    if let Some((field, _)) = for_integrators.into_iter().find(|(_, given)| by_customer && *given) {
        return Err(Refusal::FieldInvalid { field: field.into(), why: "integrators only".into() });
    }
    match &caller.who {
        Who::Customer(key) if *key == start.customer => {}
        _ => return Err(Refusal::RoleNotAllowed),
    }
    let open = center.index().customers.get(&start.customer).copied();
    // Who has an open session gets that one, whatever has become of the queue.
    if open.is_none() {
        let queue = center.queues.get(&start.queue).filter(|queue| queue.open_to_customers || !by_customer);
        let queue = center.with_room(queue.ok_or(Refusal::QueueNotFound)?)?.id.clone();
        if let Some(agent) = &start.agent {
            center.agent(agent)?;
        }
        start.queue = queue;
    }
    Ok(move |commit: &mut Commit<'_>| match open {
        Some(session) => about(session),
        None => Answer { is_new: true, ..about(begin(commit, start, by_customer)) },
    })
}

impl Center {
    /// The queue that a start comes to: this one, or where it sends starts while it is full.
    pub fn with_room<'a>(&'a self, queue: &'a Queue) -> Result<&'a Queue, Refusal> {
        let mut tried: Vec<&QueueId> = Vec::new();
        let mut next = Some(queue);
        while let Some(queue) = next.filter(|queue| !tried.contains(&&queue.id)) {
            if !self.is_open(&queue.id) {
                // A full queue's stand-in may be closed: then it is as full as before.
                return Err(if tried.is_empty() { Refusal::QueueClosed } else { Refusal::QueueFull });
            }
            let waiting = self.index().waiting.get(&queue.id).map_or(0, |places| places.len());
            if queue.max_length == 0 || waiting < queue.max_length as usize {
                return Ok(queue);
            }
            tried.push(&queue.id);
            next = queue.full_overflow.as_ref().and_then(|other| self.queues.get(other));
        }
        Err(Refusal::QueueFull)
    }
}

fn begin(commit: &mut Commit<'_>, start: StartSession, by_customer: bool) -> SessionId {
    let session = SessionId::from_bytes(commit.seed.next(commit.now));
    let customer_id = commit.content.put(start.customer_id);
    let name = commit.known(start.name, by_customer);
    let attributes = start.attributes.into_iter().map(|(name, value)| {
        let value = commit.known(value, by_customer);
        Attribute { name, value, verified: !by_customer }
    });
    let attributes = attributes.collect();
    let StartSession { queue, language, priority, customer, skills, channel, agent, .. } = start;
    let started =
        Started { customer, customer_id, name, queue: queue.clone(), language, priority, attributes, skills, channel };
    commit.session(session, Happened::Started(Box::new(started)));
    let entering = Entering::new(commit.get(session), queue, QueueCause::Started);
    commit.enqueue(session, Entering { named: agent, ..entering });
    commit.greet(session);
    session
}
