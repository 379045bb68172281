//! Somebody takes a session by themselves, without an offer: from its queue, or as a supervisor.

use super::about;
use crate::center::{
    AgentId, AgentKind, Answer, Caller, CancelCause, Center, Happened, JoinCause, LeaveReason, Offer, OfferId, Outcome,
    Permission, QueueId, Refusal, Session, SessionId, commit::Commit,
};

/// Units that anybody holds, whatever is overridden: what becomes of all their sessions when they are gone is one record.
const MOST_UNITS: u32 = 200;

/// Who joins, and whether that is beyond their capacity.
struct Joiner {
    agent: AgentId,
    over: bool,
}

impl Center {
    /// Whether the calling agent can join a session by themselves, beside so many who stay.
    fn joiner(
        &self,
        caller: &Caller,
        session: &Session,
        override_capacity: bool,
        stay: usize,
    ) -> Result<Joiner, Refusal> {
        let id = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
        let agent = self.agents.get(id).filter(|agent| agent.is_signed_in()).ok_or(Refusal::NotSignedIn)?;
        // It attends nobody: the session would be nobody's.
        if agent.config.kind == AgentKind::Assistant {
            return Err(Refusal::RoleNotAllowed);
        }
        // Their own offer of this session, and their after-chat work on it, have units, which joining sets free.
        let reserved = u32::from(session.offer_to(id).is_some()) + u32::from(session.wrap_ups.contains_key(id));
        let units = agent.work.units() - reserved;
        let over = units >= agent.capacity(&self.settings);
        if over && !(override_capacity && agent.may(Permission::OverrideCapacity)) {
            return Err(Refusal::AgentAtCapacity);
        }
        if units >= MOST_UNITS {
            return Err(Refusal::LimitReached { limit: "units_of_an_agent".into() });
        }
        if stay >= self.settings.max_participants as usize {
            return Err(Refusal::LimitReached { limit: "max_participants".into() });
        }
        Ok(Joiner { agent: id.clone(), over })
    }
}

/// With the permission, from a queue that one serves; for supervisors from any. The events say that it was out of order.
pub(super) fn take(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    override_capacity: bool,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.known(&caller.who, id)?;
    let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
    if !session.is_open() {
        return Err(Refusal::SessionEnded);
    }
    let queue = session.entry.as_ref().map(|entry| entry.queue.clone()).ok_or(Refusal::NotQueued)?;
    if !center.may_take(agent, session) && !center.is_supervisor(&caller.who) {
        return Err(Refusal::RoleNotAllowed);
    }
    if session.connected_as(agent).is_some() {
        return Err(Refusal::AlreadyParticipant);
    }
    let joiner = center.joiner(caller, session, override_capacity, session.staying().count())?;
    Ok(move |commit: &mut Commit<'_>| {
        commit.cancel_own(id, &joiner.agent);
        commit.cancel_offers(id, CancelCause::Taken, Offer::takes_over);
        let planned = commit.taken(id);
        let owed = commit.get(id).attending().all(|other| planned.contains(&other.agent));
        commit.join_by_themselves(id, &joiner, JoinCause::TakenFromQueue, queue.clone(), owed);
        for leaver in planned {
            commit.leave(id, &leaver, LeaveReason::Transferred);
        }
        commit.welcome(id, Some(queue));
        about(id)
    })
}

/// A supervisor joins those who attend it; who waits has been taken then.
pub(super) fn barge_in(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    override_capacity: bool,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.supervised(caller, id)?;
    if caller.who.agent().is_some_and(|agent| session.connected_as(agent).is_some()) {
        return Err(Refusal::AlreadyParticipant);
    }
    let stay = if session.is_attended() { session.connected().count() } else { session.staying().count() };
    let joiner = center.joiner(caller, session, override_capacity, stay)?;
    let home = session.home.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.cancel_own(id, &joiner.agent);
        let attended = commit.get(id).is_attended();
        let planned = if attended { Vec::new() } else { commit.taken(id) };
        commit.join_by_themselves(id, &joiner, JoinCause::BargedIn, home, !attended);
        for leaver in planned {
            commit.leave(id, &leaver, LeaveReason::Transferred);
        }
        about(id)
    })
}

/// A supervisor is the session's agent from now on, and the only one.
pub(super) fn take_over(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    override_capacity: bool,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.supervised(caller, id)?;
    let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?.clone();
    let joiner = match session.connected_as(&agent) {
        Some(_) => None,
        None => Some(center.joiner(caller, session, override_capacity, session.assisting().count())?),
    };
    let home = session.home.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.cancel_own(id, &agent);
        commit.cancel_offers(id, CancelCause::Taken, Offer::takes_over);
        // Who takes it over stays, whatever they planned.
        if commit.get(id).leaving.contains(&agent) {
            commit.system(id, Happened::LeavePlanDropped { agent: agent.clone() });
        }
        let planned = commit.taken(id);
        if let Some(joiner) = joiner {
            commit.join_by_themselves(id, &joiner, JoinCause::TookOver, home, true);
        }
        let others: Vec<AgentId> = commit.get(id).attending().map(|other| other.agent.clone()).collect();
        for other in others.into_iter().filter(|other| *other != agent) {
            commit.leave(id, &other, LeaveReason::TakenOver);
        }
        for leaver in planned {
            commit.leave(id, &leaver, LeaveReason::Transferred);
        }
        about(id)
    })
}

impl Commit<'_> {
    /// Joining ends an agent's own offers of the session: nothing is left to ask.
    fn cancel_own(&mut self, id: SessionId, agent: &AgentId) {
        let own = self.get(id).offers.iter().filter(|offer| offer.agent == *agent).map(|offer| offer.id);
        for offer in own.collect::<Vec<OfferId>>() {
            self.end_offer(id, offer, Outcome::Canceled(CancelCause::Taken));
        }
    }

    fn join_by_themselves(&mut self, id: SessionId, joiner: &Joiner, cause: JoinCause, queue: QueueId, owed: bool) {
        self.join(id, &joiner.agent, cause, queue, owed);
        if joiner.over {
            let agent = &self.center.agents[&joiner.agent];
            let (units, capacity) = (agent.work.units(), agent.capacity(&self.center.settings));
            self.session(id, Happened::CapacityOverridden { agent: joiner.agent.clone(), units, capacity });
        }
    }
}
