//! An agent comes, goes, and says whether they take router offers.

use crate::center::{
    Agent, AgentChange, AgentId, Answer, Audience, By, Caller, Center, Code, LeaveReason, Outcome, Refusal, Status,
    agent::OWN_REASONS, commit::Commit,
};

impl Center {
    /// Whether agents here may give this reason.
    pub(super) fn check_reason(&self, reason: Option<&Code>) -> Result<(), Refusal> {
        let allowed = &self.settings.reasons;
        match reason {
            Some(reason) if OWN_REASONS.contains(&reason.as_str()) => {
                Err(Refusal::FieldInvalid { field: "reason".into(), why: "is the service's own".into() })
            }
            Some(reason) if !allowed.is_empty() && !allowed.contains(reason) => {
                Err(Refusal::FieldInvalid { field: "reason".into(), why: "is none of the center's reasons".into() })
            }
            _ => Ok(()),
        }
    }

    /// The agent or supervisor who asks.
    pub(super) fn caller_agent<'a>(&'a self, caller: &'a Caller) -> Result<(&'a AgentId, &'a Agent), Refusal> {
        let id = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
        Ok((id, self.agent(id)?))
    }
}

pub(super) fn sign_in(
    center: &Center,
    caller: &Caller,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (id, agent) = center.caller_agent(caller)?;
    let (id, signed_in) = (id.clone(), agent.is_signed_in());
    Ok(move |commit: &mut Commit<'_>| {
        if !signed_in {
            let grace_end = commit.now + commit.center.settings.lease_grace;
            commit.agent(&id, AgentChange::SignedIn { grace_end });
        }
        Answer::default()
    })
}

pub(super) fn sign_out(
    center: &Center,
    caller: &Caller,
    hand_back: bool,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (id, agent) = center.caller_agent(caller)?;
    if !agent.work.held.is_empty() && !hand_back {
        return Err(Refusal::AgentHasSessions);
    }
    let (id, signed_in) = (id.clone(), agent.is_signed_in());
    Ok(move |commit: &mut Commit<'_>| {
        if signed_in {
            commit.agent_gone(&id, LeaveReason::SignedOut);
        }
        Answer::default()
    })
}

pub(super) fn set(
    center: &Center,
    caller: &Caller,
    ready: bool,
    reason: Option<Code>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (id, agent) = center.caller_agent(caller)?;
    if !agent.is_signed_in() {
        return Err(Refusal::NotSignedIn);
    }
    if ready && agent.desks.is_empty() {
        return Err(Refusal::DeskRequired);
    }
    if !ready && reason.is_none() && center.settings.reason_required {
        return Err(Refusal::StateReasonRequired);
    }
    center.check_reason(reason.as_ref())?;
    let later = agent.status == Status::Ready && agent.work.units() > 0;
    let change = match (ready, later) {
        (true, _) => (agent.status != Status::Ready || agent.next.is_some()).then_some(AgentChange::Ready),
        (false, true) => Some(AgentChange::NotReadyNext { reason }),
        (false, false) => {
            (agent.status != Status::NotReady(reason.clone())).then_some(AgentChange::NotReady { reason })
        }
    };
    let id = id.clone();
    Ok(move |commit: &mut Commit<'_>| {
        if let Some(change) = change {
            commit.agent(&id, change);
        }
        Answer::default()
    })
}

/// What the customer reads when their only agent has signed out.
const AGENT_SIGNED_OUT: &str =
    "Your agent had to leave. You are back in the queue and keep your place; the next agent is on the way.";

/// What the customer reads when the connection to their only agent is lost.
const AGENT_LOST: &str = "The connection to your agent was lost. You are back in the queue and keep your place; the next agent is on the way.";

impl Commit<'_> {
    /// An agent is gone: their offers end, their sessions lose them, and who was alone with them waits again.
    pub(super) fn agent_gone(&mut self, id: &AgentId, reason: LeaveReason) {
        let work = self.center.agents[id].work.clone();
        // Signed out first, so that nothing is routed back to them.
        self.agent(id, AgentChange::SignedOut);
        for (offer, session) in work.ringing {
            self.end_offer(session, offer, Outcome::AgentGone);
        }
        for session in work.held {
            let alone = self.get(session).is_alone_with(id);
            let covered = self.get(session).entry.is_some() || self.center.awaits_invitee(self.get(session));
            if alone && !covered {
                self.return_home(session);
                let why = if reason == LeaveReason::SignedOut { AGENT_SIGNED_OUT } else { AGENT_LOST };
                self.say(session, By::System, Audience::Everyone, why);
            }
            self.leave(session, id, reason);
        }
    }
}
