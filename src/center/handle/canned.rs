//! An agent's own canned responses.

use crate::center::{
    AgentId, Answer, Caller, CannedResponse, Center, CenterChange, QueueId, Refusal, ResponseId, canned::MAX_PERSONAL,
    commit::Commit,
};

fn own<'a>(center: &Center, caller: &'a Caller) -> Result<&'a AgentId, Refusal> {
    let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
    center.agent(agent).map(|_| agent)
}

pub(super) fn put(
    center: &Center,
    caller: &Caller,
    response: CannedResponse,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = own(center, caller)?.clone();
    if let Some(at) = center.unknown_queue(&response) {
        let field = format!("response.queue_ids[{at}]");
        return Err(Refusal::FieldInvalid { field, why: "no such queue".into() });
    }
    let known = center.own_responses(&agent);
    let before = known.and_then(|own| own.get(&response.id));
    if before.is_none() && known.is_some_and(|own| own.len() >= MAX_PERSONAL) {
        return Err(Refusal::LimitReached { limit: "personal_canned_responses".into() });
    }
    let differs = before != Some(&response);
    Ok(move |commit: &mut Commit<'_>| {
        if differs {
            commit.center(CenterChange::OwnCannedPut { agent, response: Box::new(response) });
        }
        Answer::default()
    })
}

pub(super) fn delete(
    center: &Center,
    caller: &Caller,
    id: ResponseId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = own(center, caller)?.clone();
    let known = center.own_responses(&agent).is_some_and(|own| own.contains_key(&id));
    if !known {
        return Err(Refusal::CannedResponseNotFound);
    }
    Ok(move |commit: &mut Commit<'_>| {
        commit.center(CenterChange::OwnCannedDeleted { agent, id });
        Answer::default()
    })
}

impl Center {
    /// Where a response names a queue that isn't there.
    fn unknown_queue(&self, response: &CannedResponse) -> Option<usize> {
        response.queues.iter().position(|queue: &QueueId| !self.queues.contains_key(queue))
    }
}
