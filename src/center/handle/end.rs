//! The end: absorbing. After it only after-chat work is accepted.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Caller, CancelCause, Center, EndReason, Happened, LeaveReason, Refusal, SessionId, Who,
    commit::Commit,
};

pub(super) fn end(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    end_for_all: bool,
    expected: Option<u32>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.known(&caller.who, id)?;
    if matches!(caller.who, Who::Service(_) | Who::System) {
        return Err(Refusal::RoleNotAllowed);
    }
    if !session.is_open() {
        return Err(Refusal::SessionEnded);
    }
    let reason = match &caller.who {
        Who::Customer(_) if caller.via.is_some() => EndReason::Integrator,
        Who::Customer(_) => EndReason::Customer,
        Who::Agent(agent) | Who::Supervisor(agent) => {
            let connected = session.connected_as(agent).is_some();
            // A supervisor resolves what nobody else can.
            if !connected && !center.is_supervisor(&caller.who) {
                return Err(Refusal::NotParticipant);
            }
            session.expect(expected)?;
            let others = session.attending().any(|participant| participant.agent != *agent);
            if others && !end_for_all {
                return Err(Refusal::OthersConnected);
            }
            if center.is_supervisor(&caller.who) { EndReason::Supervisor } else { EndReason::Agent }
        }
        Who::Service(_) | Who::System => return Err(Refusal::RoleNotAllowed),
    };
    Ok(move |commit: &mut Commit<'_>| {
        commit.end_session(id, reason);
        about(id)
    })
}

impl Commit<'_> {
    /// Nothing more is said: offers are canceled, the entry is removed, everyone leaves into their after-chat work.
    pub(super) fn end_session(&mut self, id: SessionId, reason: EndReason) {
        self.cancel_offers(id, CancelCause::SessionEnded, |offer| !bug!(OfferSurvivesEnd) || offer.is_router());
        self.unqueue_ending(id, reason);
        let connected: Vec<AgentId> = self.get(id).connected().map(|participant| participant.agent.clone()).collect();
        for agent in connected {
            self.leave(id, &agent, LeaveReason::SessionEnded);
        }
        match reason {
            EndReason::Customer | EndReason::Agent | EndReason::Supervisor | EndReason::Integrator => {
                self.session(id, Happened::Ended { reason });
            }
            EndReason::Inactivity
            | EndReason::CustomerGone
            | EndReason::MaxWait
            | EndReason::AgeLimit
            | EndReason::QueueClosed => {
                self.system(id, Happened::Ended { reason });
            }
        }
    }
}
