//! An offer is taken or declined. Of accepts that exclude each other one succeeds; the others learn why.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, AgentKind, Answer, Caller, CancelCause, Center, Happened, InviteMode, JoinCause, LeaveReason, Moment,
    Offer, OfferId, OfferKind, Outcome, Participant, QueueId, Refusal, SessionId, UnqueueReason, commit::Commit,
    session::Session,
};

/// The agent's own open offer.
fn own_offer<'a>(
    center: &'a Center,
    caller: &Caller,
    session: SessionId,
    offer: OfferId,
) -> Result<(&'a Session, &'a Offer), Refusal> {
    // Who had an offer learns how it ended, though they may know nothing else of the session any more.
    let offered = |agent: &AgentId| {
        let session = center.sessions.get(&session)?;
        session.ended_offers.iter().any(|ended| ended.id == offer && ended.agent == *agent).then_some(session)
    };
    let session = match caller.who.agent().and_then(offered) {
        Some(session) => session,
        None => center.known(&caller.who, session)?,
    };
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
    let leaves = |other: &&Participant| {
        session.transfers_from(offer).is_some_and(|inviter| inviter.agent == other.agent)
            || (session.is_taken_by(offer) && session.leaving.contains(&other.agent))
            || (offer.replaces() && !other.assistant)
    };
    let stay = session.connected().filter(|other| !leaves(other)).count();
    if stay >= center.settings.max_participants as usize {
        return Err(Refusal::LimitReached { limit: "max_participants".into() });
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
        // An assistant attends nobody: who waits goes on waiting.
        let assists = self.center.agents[&offer.agent].config.kind == AgentKind::Assistant;
        let takes = !assists && self.get(id).is_taken_by(&offer);
        let inviter = self.get(id).transfers_from(&offer).map(|inviter| inviter.agent.clone());
        let (cause, queue) = match &offer.kind {
            OfferKind::Router => (JoinCause::Routed, offer.queue.clone()),
            OfferKind::Invitation { mode: InviteMode::Transfer, .. } => {
                (JoinCause::Transfer, self.get(id).home.clone())
            }
            OfferKind::Invitation { mode: InviteMode::Conference, .. } => {
                (JoinCause::Conference, self.get(id).home.clone())
            }
            OfferKind::Invitation { mode: InviteMode::Reassign, .. } => {
                (JoinCause::Reassigned, self.get(id).home.clone())
            }
        };
        let replaced = self.replaced_by(id, &offer);
        self.end_offer(id, offer.id, Outcome::Accepted);
        if offer.takes_over() && !bug!(RivalsStillRing) {
            self.cancel_offers(id, CancelCause::Taken, Offer::takes_over);
        }
        // Before the joining, so that the queue it was taken from is open to overflow again.
        let from = self.get(id).entry.as_ref().filter(|_| takes).map(|entry| entry.queue.clone());
        let mut leavers: Vec<AgentId> = inviter.filter(|_| !bug!(InviterStays)).into_iter().collect();
        leavers.extend(if takes { self.taken(id) } else { Vec::new() });
        let owed = self.get(id).attending().all(|other| leavers.contains(&other.agent)) || offer.replaces();
        self.join(id, &offer.agent, cause, queue, owed);
        for leaver in leavers {
            self.leave(id, &leaver, LeaveReason::Transferred);
        }
        for leaver in replaced {
            self.leave(id, &leaver, LeaveReason::TakenOver);
        }
        self.welcome(id, from);
    }

    /// Whom a supervisor wants replaced by who accepts this.
    fn replaced_by(&self, id: SessionId, offer: &Offer) -> Vec<AgentId> {
        let attending = self.get(id).attending().filter(|_| offer.replaces());
        attending.map(|participant| participant.agent.clone()).collect()
    }

    /// The queue that a session was taken from says that somebody is here now.
    pub(super) fn welcome(&mut self, id: SessionId, from: Option<QueueId>) {
        let Some(queue) = from.and_then(|queue| self.center.queues.get(&queue)) else {
            return;
        };
        let language = self.get(id).language.clone();
        if let Some(words) = queue.words(Moment::Connected, language.as_ref()).map(str::to_owned) {
            let queue = queue.id.clone();
            self.queue_says(id, &queue, &words);
        }
    }

    /// The queue entry, if there is one, has served its purpose; tells who planned to leave then.
    pub(super) fn taken(&mut self, id: SessionId) -> Vec<AgentId> {
        let Some(entry) = self.get(id).entry.clone() else {
            return Vec::new();
        };
        self.cancel_offers(id, CancelCause::Taken, Offer::is_router);
        self.session(id, Happened::Unqueued { queue: entry.queue, reason: UnqueueReason::Taken, end: None });
        self.get(id).leaving.iter().cloned().collect()
    }

    /// An agent is connected. Who joins others owes no first word: somebody speaks to the customer already, and goes on to.
    pub(super) fn join(&mut self, id: SessionId, agent: &AgentId, cause: JoinCause, queue: QueueId, owed: bool) {
        if self.get(id).wrap_ups.contains_key(agent) {
            self.end_wrap_up(id, agent, crate::center::WrapUpOutcome::Rejoined);
        }
        let config = &self.center.agents[agent].config;
        let (name, participant) = (config.name.clone(), self.get(id).joins + 1);
        let assistant = (config.kind == AgentKind::Assistant).then_some(true);
        let time = self.center.queues.get(&queue).map_or(0, |queue| queue.first_response_time);
        let first_response = (owed && assistant.is_none() && time > 0).then(|| self.now + time);
        let agent = agent.clone();
        self.session(id, Happened::Joined { participant, agent, name, cause, queue, assistant, first_response });
    }
}

impl Session {
    /// Whether accepting this offer takes the session out of its queue.
    fn is_taken_by(&self, offer: &Offer) -> bool {
        (offer.takes_over() && !bug!(EntryLeftAfterAccept)) || !self.is_attended()
    }
}
