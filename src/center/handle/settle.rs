//! What holds at the end of every commit, whatever was asked: how offers end, and the rules that follow from it.

use crate::bugs::bug;
use crate::center::{
    AgentChange, AgentId, CancelCause, Code, Happened, LeaveReason, Offer, OfferId, Outcome, SessionId, Status,
    agent::{DECLINED, NO_ANSWER},
    commit::Commit,
};

impl Commit<'_> {
    /// An offer ends, in exactly one way. Only router offers change an agent's state.
    pub(super) fn end_offer(&mut self, id: SessionId, offer: OfferId, outcome: Outcome) {
        let Some(offer) = self.get(id).offer(offer).cloned() else {
            return;
        };
        let router = offer.is_router();
        let ended = Happened::OfferEnded { offer: offer.id, agent: offer.agent.clone(), outcome, router };
        match outcome {
            Outcome::Accepted | Outcome::Declined | Outcome::Canceled(CancelCause::ByInviter) => {
                self.session(id, ended)
            }
            Outcome::NoAnswer | Outcome::AgentGone | Outcome::Canceled(_) => self.system(id, ended),
        }
        if router {
            self.after_router_offer(&offer.agent, outcome);
        }
    }

    fn after_router_offer(&mut self, id: &AgentId, outcome: Outcome) {
        let agent = &self.center.agents[id];
        let limit = self.center.settings.declines_to_not_ready;
        let reason = match outcome {
            Outcome::NoAnswer => NO_ANSWER,
            Outcome::Declined if limit > 0 && agent.declines >= limit => DECLINED,
            _ => return,
        };
        self.stop(id, reason);
        let limit = self.center.settings.misses_to_sign_out;
        let agent = &self.center.agents[id];
        if outcome == Outcome::NoAnswer && limit > 0 && agent.misses >= limit && agent.is_signed_in() {
            self.agent_gone(id, LeaveReason::SignedOut);
        }
    }

    /// An agent who is ready is so no more, for a reason of the service's. Who had asked for a break meanwhile has it, by their
    /// own word.
    pub(super) fn stop(&mut self, id: &AgentId, reason: &str) {
        let agent = &self.center.agents[id];
        if agent.status == Status::Ready {
            let reason = match &agent.next {
                Some(next) => next.reason.clone(),
                None => Code::parse(reason),
            };
            self.agent(id, AgentChange::NotReady { reason });
        }
    }

    /// Calls off every open offer of a kind.
    pub(super) fn cancel_offers(&mut self, id: SessionId, cause: CancelCause, which: impl Fn(&Offer) -> bool) {
        let offers: Vec<OfferId> =
            self.get(id).offers.iter().filter(|offer| which(offer)).map(|offer| offer.id).collect();
        for offer in offers {
            self.end_offer(id, offer, Outcome::Canceled(cause));
        }
    }

    /// Nobody is lost, what is done is closed, and who asked to stop stops.
    pub(super) fn settle(&mut self) {
        for id in self.sessions.clone() {
            let session = self.get(id);
            let orphaned = !session.is_attended() && session.entry.is_none() && !self.center.awaits_invitee(session);
            if session.is_open() && orphaned && !bug!(OrphanOnLastLeave) {
                self.return_home(id);
            }
            let session = self.get(id);
            if !session.is_open() && !session.closed && session.wrap_ups.is_empty() {
                self.system(id, Happened::Closed);
            }
        }
        for id in self.agents.clone() {
            let agent = &self.center.agents[&id];
            if let Some(next) = agent.next.clone().filter(|_| agent.work.units() == 0) {
                self.agent(&id, AgentChange::NotReady { reason: next.reason });
            }
        }
    }
}
