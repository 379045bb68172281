//! What supervisors do: look in, remove, reassign, set an agent's state. Joining is in `take`.

use super::{about, queue::Entering};
use crate::center::{
    AgentChange, AgentId, AgentKind, Answer, Audit, Caller, Center, CenterChange, ForcedState, Happened, InviteMode,
    LeaveReason, Offer, OfferId, OfferKind, QueueCause, QueueId, Refusal, Session, SessionId, Status, Successor,
    commit::Commit,
};

impl Center {
    /// An open session, for a supervisor.
    pub(super) fn supervised(&self, caller: &Caller, id: SessionId) -> Result<&Session, Refusal> {
        let session = self.known(&caller.who, id)?;
        if !self.is_supervisor(&caller.who) {
            return Err(Refusal::RoleNotAllowed);
        }
        session.is_open().then_some(session).ok_or(Refusal::SessionEnded)
    }
}

/// Noted in the center's log, and nowhere in the session.
pub(super) fn monitor(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    on: bool,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    center.known(&caller.who, id)?;
    let supervisor = caller.who.agent().filter(|_| center.is_supervisor(&caller.who));
    let supervisor = supervisor.ok_or(Refusal::RoleNotAllowed)?.clone();
    let (known, by) = (center.monitors.contains(&(id, supervisor)), caller.clone());
    Ok(move |commit: &mut Commit<'_>| {
        if known != on {
            let what = if on { Audit::MonitoringStarted(id) } else { Audit::MonitoringStopped(id) };
            commit.center(CenterChange::Audited { by, what });
        }
        about(id)
    })
}

pub(super) fn remove(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    agent: AgentId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.supervised(caller, id)?;
    session.connected_as(&agent).ok_or(Refusal::AgentNotFound)?;
    Ok(move |commit: &mut Commit<'_>| {
        commit.send_away(id, &agent, LeaveReason::Removed);
        about(id)
    })
}

/// To an agent it is an offer, to a queue a transfer; whoever attends it stays until it is taken.
pub(super) fn reassign(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    to: Successor,
    note: String,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.supervised(caller, id)?;
    let supervisor = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?.clone();
    match &to {
        Successor::Agent(agent) => {
            center.check_invitee(session, agent, InviteMode::Reassign, &supervisor)?;
            if center.agents[agent].config.kind == AgentKind::Assistant {
                return Err(Refusal::FieldInvalid {
                    field: "agent_id".into(),
                    why: "an assistant can only join".into(),
                });
            }
        }
        Successor::Queue(queue) => check_queue(center, session, queue)?,
    }
    Ok(move |commit: &mut Commit<'_>| {
        let note = commit.masked(note);
        match to {
            Successor::Agent(agent) => commit.offer_instead(id, supervisor, agent, note),
            Successor::Queue(queue) => {
                commit.give_to_queue(id, queue, &note);
                about(id)
            }
        }
    })
}

fn check_queue(center: &Center, session: &Session, queue: &QueueId) -> Result<(), Refusal> {
    let target = center.queues.get(queue).ok_or(Refusal::QueueNotFound)?;
    if session.entry.as_ref().is_some_and(|entry| entry.queue == *queue) {
        return Err(Refusal::AlreadyQueued);
    }
    if !center.is_open(queue) {
        return Err(Refusal::QueueClosed);
    }
    center.is_staffed(target).then_some(()).ok_or(Refusal::QueueUnstaffed)
}

/// At once, whatever the agent is doing. Signing out hands their sessions back.
pub(super) fn force(
    center: &Center,
    caller: &Caller,
    id: AgentId,
    state: ForcedState,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    if !center.is_supervisor(&caller.who) {
        return Err(Refusal::RoleNotAllowed);
    }
    let agent = center.agent(&id)?;
    if let ForcedState::NotReady(reason) = &state {
        center.check_reason(reason.as_ref())?;
    }
    let differs = match &state {
        ForcedState::SignedOut => agent.is_signed_in(),
        ForcedState::Ready if !agent.is_signed_in() => return Err(Refusal::AgentSignedOut),
        ForcedState::Ready if agent.desks.is_empty() => return Err(Refusal::DeskRequired),
        ForcedState::Ready => agent.status != Status::Ready || agent.next.is_some(),
        ForcedState::NotReady(_) if !agent.is_signed_in() => return Err(Refusal::AgentSignedOut),
        ForcedState::NotReady(reason) => agent.status != Status::NotReady(reason.clone()) || agent.next.is_some(),
    };
    let by = caller.clone();
    Ok(move |commit: &mut Commit<'_>| {
        if differs {
            match state {
                ForcedState::SignedOut => commit.agent_gone(&id, LeaveReason::SignedOut),
                ForcedState::Ready => commit.agent(&id, AgentChange::Ready),
                ForcedState::NotReady(reason) => commit.agent(&id, AgentChange::NotReady { reason }),
            }
            commit.center(CenterChange::Audited { by, what: Audit::AgentForced(id) });
        }
        Answer::default()
    })
}

impl Commit<'_> {
    fn offer_instead(&mut self, id: SessionId, supervisor: AgentId, agent: AgentId, note: String) -> Answer {
        let (offer, expire) =
            (OfferId::from_bytes(self.seed.next(self.now)), self.now + self.center.settings.invitation_time);
        let kind = OfferKind::Invitation { inviter: supervisor, mode: InviteMode::Reassign };
        let (queue, note) = (self.get(id).home.clone(), self.text(note));
        let made = Offer { id: offer, agent, kind, queue, made: self.now, expire, note, untold: false };
        self.session(id, Happened::OfferMade(Box::new(made)));
        Answer { offer: Some(offer), expire, ..about(id) }
    }

    fn give_to_queue(&mut self, id: SessionId, queue: QueueId, note: &str) {
        let attending: Vec<AgentId> = self.get(id).attending().map(|other| other.agent.clone()).collect();
        let entering = Entering::new(self.get(id), queue, QueueCause::Reassigned);
        self.enqueue(id, entering);
        if !note.is_empty() {
            let by = self.caller_by();
            self.say(id, by, crate::center::Audience::Staff, note);
        }
        self.greet(id);
        for agent in attending {
            self.session(id, Happened::LeavePlanned { agent });
        }
    }
}
