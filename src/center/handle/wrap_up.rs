//! After-chat work: what came of a session, by each agent who was in it.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Caller, Center, Code, Happened, Queue, QueueId, Refusal, SessionId, WrapUp, WrapUpOutcome,
    command::Who,
    commit::Commit,
    session::{Participant, Session},
};

impl Center {
    /// A session that the calling agent took part in.
    fn worked_on(&self, who: &Who, id: SessionId) -> Result<(&Session, &Participant), Refusal> {
        let session = self.known(who, id)?;
        let agent = who.agent().ok_or(Refusal::RoleNotAllowed)?;
        Ok((session, session.participant(agent).ok_or(Refusal::NotParticipant)?))
    }

    /// The dispositions that an agent may choose from, none for any; and whether one is required.
    pub fn dispositions(&self, who: &Who, id: SessionId) -> Result<(&[Code], bool), Refusal> {
        let (session, participant) = self.worked_on(who, id)?;
        let queue = self.queues.get(&participant.queue);
        let required = match session.wrap_ups.get(&participant.agent) {
            Some(wrap_up) => wrap_up.disposition_required,
            None => queue.is_some_and(|queue| queue.wrap_up_time > 0 && queue.disposition_required),
        };
        Ok((queue.map_or(&[], |queue: &Queue| &queue.dispositions), required))
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
    let (session, participant) = center.worked_on(&caller.who, id)?;
    let agent = participant.agent.clone();
    if session.connected_as(&agent).is_none() && !session.wrap_ups.contains_key(&agent) {
        return Err(Refusal::WrapUpClosed);
    }
    let (allowed, _) = center.dispositions(&caller.who, id)?;
    if code.as_ref().is_some_and(|code| !allowed.is_empty() && !allowed.contains(code)) {
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
    let (session, participant) = center.worked_on(&caller.who, id)?;
    let agent = participant.agent.clone();
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
