//! An agent leaves. The last one says what becomes of the customer.

use super::about;
use crate::center::{
    AgentId, AgentKind, Answer, Audience, By, Caller, Center, EndReason, Happened, IfLast, LeaveReason, Participant,
    Refusal, SessionId, agent::NO_RESPONSE, commit::Commit, session::Session,
};

pub(super) fn leave(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    if_last: Option<IfLast>,
    expected: Option<u32>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, participant) = center.attended_by(caller, id)?;
    session.expect(expected)?;
    let agent = participant.agent.clone();
    let is_last = session.is_alone_with(&agent) && session.entry.is_none();
    let if_last = match is_last {
        true => Some(choice(center.awaits_invitee(session), if_last)?),
        false => None,
    };
    Ok(move |commit: &mut Commit<'_>| {
        match if_last {
            Some(IfLast::End) => commit.end_session(id, EndReason::Agent),
            Some(IfLast::ReturnToQueue) => {
                commit.return_home(id);
                commit.leave(id, &agent, LeaveReason::Left);
            }
            Some(IfLast::AwaitInvitee) | None => commit.leave(id, &agent, LeaveReason::Left),
        }
        about(id)
    })
}

fn choice(awaits_invitee: bool, asked: Option<IfLast>) -> Result<IfLast, Refusal> {
    let mut choices = vec![IfLast::ReturnToQueue, IfLast::End];
    if awaits_invitee {
        choices.insert(1, IfLast::AwaitInvitee);
    }
    asked.filter(|asked| choices.contains(asked)).ok_or(Refusal::LastAgent(choices))
}

impl Center {
    /// Whether somebody is invited who would attend it.
    pub(in crate::center) fn awaits_invitee(&self, session: &Session) -> bool {
        let attends = |agent: &AgentId| self.agents[agent].config.kind != AgentKind::Assistant;
        session.offers.iter().any(|offer| !offer.is_router() && attends(&offer.agent))
    }

    /// A session that the caller knows and that hasn't ended.
    pub(super) fn open(&self, caller: &Caller, id: SessionId) -> Result<&Session, Refusal> {
        let session = self.known(&caller.who, id)?;
        session.is_open().then_some(session).ok_or(Refusal::SessionEnded)
    }

    /// An open session and the caller's membership in it.
    pub(super) fn attended_by(&self, caller: &Caller, id: SessionId) -> Result<(&Session, &Participant), Refusal> {
        let session = self.known(&caller.who, id)?;
        let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
        if !session.is_open() {
            return Err(Refusal::SessionEnded);
        }
        Ok((session, session.connected_as(agent).ok_or(Refusal::NotParticipant)?))
    }
}

impl Session {
    /// Refuses a caller who looks at an older session.
    pub(super) fn expect(&self, expected: Option<u32>) -> Result<(), Refusal> {
        match expected {
            Some(revision) if revision < self.structure => Err(Refusal::RevisionStale { current: self.structure }),
            Some(revision) if revision > self.revision => Err(Refusal::PositionInFuture { last: self.revision }),
            _ => Ok(()),
        }
    }
}

/// What the customer reads when an agent has left without their own doing.
const BACK_IN_QUEUE: &str =
    "Your agent had to leave. You are back in the queue and keep your place; the next agent is on the way.";

impl Commit<'_> {
    /// An agent doesn't go on, and didn't say what becomes of the customer: who was alone with them waits again.
    pub(super) fn send_away(&mut self, id: SessionId, agent: &AgentId, reason: LeaveReason) {
        let session = self.get(id);
        if session.is_alone_with(agent) && session.entry.is_none() && !self.center.awaits_invitee(session) {
            self.return_home(id);
            self.say(id, By::System, Audience::Everyone, BACK_IN_QUEUE);
        }
        self.leave(id, agent, reason);
        if reason == LeaveReason::NoResponse {
            self.stop(agent, NO_RESPONSE);
        }
    }

    /// An agent is no longer connected; their after-chat work begins.
    pub(super) fn leave(&mut self, id: SessionId, agent: &AgentId, reason: LeaveReason) {
        let Some(participant) = self.get(id).connected_as(agent).cloned() else {
            return;
        };
        let Participant { number, agent, name, queue, assistant, .. } = participant;
        let left = Happened::Left { participant: number, agent: agent.clone(), name, reason };
        match reason {
            LeaveReason::Left | LeaveReason::Transferred | LeaveReason::Removed | LeaveReason::TakenOver => {
                self.session(id, left);
            }
            LeaveReason::AgentGone | LeaveReason::SignedOut | LeaveReason::SessionEnded | LeaveReason::NoResponse => {
                self.system(id, left)
            }
        }
        // Who only helped has nothing to wrap up.
        if !assistant {
            self.start_wrap_up(id, agent, &queue);
        }
    }
}
