//! After-chat work: what came of a session, by each agent who was in it.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Caller, Center, Code, Happened, QueueId, Refusal, SessionId, WrapUp, WrapUpOutcome,
    commit::Commit, session::Session,
};

impl Center {
    /// A session that the calling agent took part in.
    fn worked_on(&self, caller: &Caller, id: SessionId) -> Result<(&Session, AgentId), Refusal> {
        let session = self.known(&caller.who, id)?;
        let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
        session.participant(agent).ok_or(Refusal::NotParticipant)?;
        Ok((session, agent.clone()))
    }
}

/// During the chat, or while the wrap-up is open.
pub(super) fn dispose(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    code: Option<Code>,
    notes: String,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, agent) = center.worked_on(caller, id)?;
    if session.connected_as(&agent).is_none() && !session.wrap_ups.contains_key(&agent) {
        return Err(Refusal::WrapUpClosed);
    }
    let queue = session.participant(&agent).and_then(|participant| center.queues.get(&participant.queue));
    let allowed = queue.map(|queue| &queue.dispositions).filter(|allowed| !allowed.is_empty());
    if code.as_ref().is_some_and(|code| allowed.is_some_and(|allowed| !allowed.contains(code))) {
        return Err(Refusal::FieldInvalid { field: "code".into(), why: "is none of the queue's dispositions".into() });
    }
    let code = code.or_else(|| session.dispositions.get(&agent).cloned());
    Ok(move |commit: &mut Commit<'_>| {
        let notes = commit.note(notes);
        commit.session(id, Happened::DispositionSet { agent, code, notes });
        about(id)
    })
}

pub(super) fn complete(
    center: &Center,
    caller: &Caller,
    id: SessionId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, agent) = center.worked_on(caller, id)?;
    let wrap_up = session.wrap_ups.get(&agent).ok_or(Refusal::WrapUpClosed)?;
    if wrap_up.disposition_required && !session.dispositions.contains_key(&agent) {
        return Err(Refusal::DispositionRequired);
    }
    Ok(move |commit: &mut Commit<'_>| {
        commit.end_wrap_up(id, &agent, WrapUpOutcome::Completed);
        about(id)
    })
}

impl Commit<'_> {
    /// An agent who has left has after-chat work, when the queue that they took the session from says so.
    pub(super) fn start_wrap_up(&mut self, id: SessionId, agent: AgentId, queue: &QueueId) {
        let queue = self.center.queues.get(queue);
        let Some(queue) = queue.filter(|queue| queue.wrap_up_time > 0 && !bug!(NoWrapUp)) else {
            return;
        };
        let WrapUp { expire, disposition_required } =
            WrapUp { expire: self.now + queue.wrap_up_time, disposition_required: queue.disposition_required };
        self.system(id, Happened::WrapUpStarted { agent, expire, disposition_required });
    }

    /// It is done, one way or another.
    pub(super) fn end_wrap_up(&mut self, id: SessionId, agent: &AgentId, outcome: WrapUpOutcome) {
        let disposition = self.get(id).dispositions.get(agent).cloned();
        let completed = Happened::WrapUpCompleted { agent: agent.clone(), outcome, disposition };
        match outcome {
            WrapUpOutcome::Completed => self.session(id, completed),
            WrapUpOutcome::TimedOut | WrapUpOutcome::Rejoined => self.system(id, completed),
        }
    }
}
