//! An offer is taken or declined. Of accepts that exclude each other one succeeds; the others learn why.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Caller, CancelCause, Center, Happened, InviteMode, JoinCause, LeaveReason, Offer, OfferId,
    OfferKind, Outcome, Refusal, SessionId, UnqueueReason, commit::Commit, session::Session,
};

/// The agent's own open offer.
fn own_offer<'a>(
    center: &'a Center,
    caller: &Caller,
    session: SessionId,
    offer: OfferId,
) -> Result<(&'a Session, &'a Offer), Refusal> {
    let session = center.known(&caller.who, session)?;
    let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
    let mine = |whose: &AgentId| whose == agent;
    if let Some(open) = session.offer(offer).filter(|open| mine(&open.agent)) {
        return Ok((session, open));
    }
    match session.ended_offers.iter().find(|ended| ended.id == offer && mine(&ended.agent)) {
        Some(ended) => Err(Refusal::OfferClosed(ended.outcome)),
        None => Err(Refusal::OfferNotFound),
    }
}

pub(super) fn accept(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    offer: OfferId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, offer) = own_offer(center, caller, id, offer)?;
    let leaves = u32::from(session.transfers_from(offer).is_some());
    if session.connected().count() as u32 >= center.settings.max_participants + leaves {
        return Err(Refusal::LimitReached { limit: "max_participants" });
    }
    let offer = offer.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.accepted(id, offer);
        about(id)
    })
}

pub(super) fn decline(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    offer: OfferId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (_, offer) = own_offer(center, caller, id, offer)?;
    let offer = offer.id;
    Ok(move |commit: &mut Commit<'_>| {
        commit.end_offer(id, offer, Outcome::Declined);
        about(id)
    })
}

impl Commit<'_> {
    fn accepted(&mut self, id: SessionId, offer: Offer) {
        let was_attended = self.get(id).is_attended();
        let inviter = self.get(id).transfers_from(&offer).map(|inviter| inviter.agent.clone());
        let (cause, queue) = match &offer.kind {
            OfferKind::Router => (JoinCause::Routed, offer.queue.clone()),
            OfferKind::Invitation { mode: InviteMode::Transfer, .. } => {
                (JoinCause::Transfer, self.get(id).home.clone())
            }
            OfferKind::Invitation { mode: InviteMode::Conference, .. } => {
                (JoinCause::Conference, self.get(id).home.clone())
            }
        };
        self.end_offer(id, offer.id, Outcome::Accepted);
        self.join(id, &offer.agent, cause, queue);
        if let Some(inviter) = inviter.filter(|_| !bug!(InviterStays)) {
            self.leave(id, &inviter, LeaveReason::Transferred);
        }
        if offer.takes_over() && !bug!(RivalsStillRing) {
            self.cancel_offers(id, CancelCause::Taken, Offer::takes_over);
        }
        if (offer.takes_over() && !bug!(EntryLeftAfterAccept)) || !was_attended {
            self.taken(id);
        }
    }

    /// The queue entry, if there is one, has served its purpose.
    fn taken(&mut self, id: SessionId) {
        let Some(entry) = self.get(id).entry.clone() else {
            return;
        };
        self.cancel_offers(id, CancelCause::Taken, Offer::is_router);
        self.session(id, Happened::Unqueued { queue: entry.queue, reason: UnqueueReason::Taken });
        let leaving: Vec<AgentId> = self.get(id).leaving.iter().cloned().collect();
        for agent in leaving {
            self.leave(id, &agent, LeaveReason::Transferred);
        }
    }

    fn join(&mut self, id: SessionId, agent: &AgentId, cause: JoinCause, queue: crate::center::QueueId) {
        if self.get(id).wrap_ups.contains_key(agent) {
            self.end_wrap_up(id, agent, crate::center::WrapUpOutcome::Rejoined);
        }
        let config = &self.center.agents[agent].config;
        let (name, participant) = (config.name.clone(), self.get(id).joins + 1);
        self.session(id, Happened::Joined { participant, agent: agent.clone(), name, cause, queue });
    }
}
