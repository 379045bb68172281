//! 10, told again from the rules alone: whoever is offered a session couldn't be offered an earlier one.

use std::{cmp::Reverse, collections::BTreeMap};

use chatsession::center::*;

/// What a session wants of its agent now: its own wishes and its queue's, as far as its waiting hasn't made them give way.
fn wants(center: &Center, session: &Session, now: Time) -> BTreeMap<Code, u32> {
    let (mut wants, Some(entry)) = (BTreeMap::new(), session.entry.as_ref()) else { return BTreeMap::new() };
    let Some(queue) = center.queues.get(&entry.queue) else { return wants };
    let waited = now.since(entry.entered);
    let enough = queue.widening.iter().rfind(|step| step.after <= waited).map(|step| step.level);
    for wanted in session.skills.iter().chain(&queue.skills) {
        let level = wants.entry(wanted.skill.clone()).or_insert(0);
        *level = enough.unwrap_or(wanted.level).max(*level);
    }
    wants.retain(|_, level| *level > 0);
    wants
}

fn can(agent: &Agent, wants: &BTreeMap<Code, u32>) -> bool {
    wants.iter().all(|(skill, level)| agent.config.skills.get(skill).is_some_and(|own| own >= level))
}

fn is_available(center: &Center, agent: &Agent) -> bool {
    agent.status == Status::Ready
        && agent.next.is_none()
        && !agent.desks.is_empty()
        && agent.config.kind != AgentKind::Assistant
        && !matches!(agent.ramp, Ramp::Until(_))
        && agent.work.units() < agent.capacity(&center.settings)
}

/// Whether the rules let the router offer a session to this agent now, room aside.
fn offerable(center: &Center, session: &Session, agent: &Agent, now: Time) -> bool {
    let id = &agent.config.id;
    let waits = session.entry.as_ref().filter(|entry| entry.expire > now && entry.closed.is_none());
    let (Some(entry), wants) = (waits, wants(center, session, now)) else { return false };
    let absent = session.away.as_ref().is_some_and(|away| away.absent);
    let busy_with_it = session.connected_as(id).is_some() || session.offer_to(id).is_some();
    let serves = agent.config.queues.contains(&entry.queue);
    let others = center.agents.values().any(|other| {
        let other_id = &other.config.id;
        other.config.queues.contains(&entry.queue)
            && other.config.kind != AgentKind::Assistant
            && other.status != Status::SignedOut
            && can(other, &wants)
            && !session.skipped.contains_key(other_id)
            && session.connected_as(other_id).is_none()
    });
    let waited_for = entry.preferred.as_ref().map(|preferred| &preferred.agent).filter(|preferred| {
        let there = center.agents.get(*preferred).is_some_and(|agent| agent.status != Status::SignedOut);
        there && !session.skipped.contains_key(*preferred)
    });
    let ringing = session.offers.iter().any(|offer| offer.kind == OfferKind::Router);
    let skipped = session.skipped.contains_key(id) && others;
    let waits_in_vain = absent && session.attending().next().is_none();
    let stay = session.connected().filter(|participant| !session.leaving.contains(&participant.agent)).count();
    let conference = |offer: &&Offer| matches!(offer.kind, OfferKind::Invitation { mode: InviteMode::Conference, .. });
    let full = stay + session.offers.iter().filter(conference).count() >= center.settings.max_participants as usize;
    let for_another = waited_for.is_some_and(|waited_for| waited_for != id);
    serves && can(agent, &wants) && !full && !ringing && !busy_with_it && !waits_in_vain && !skipped && !for_another
}

fn place(center: &Center, session: &Session) -> Option<(Reverse<i32>, u64, SessionId)> {
    let entry = session.entry.as_ref()?;
    let since = entry.entered.0.saturating_sub(entry.waited_before);
    let boost = center.queues.get(&entry.queue).map_or(0, |queue| queue.priority);
    Some((Reverse(session.priority + boost), since, session.id))
}

pub fn fair(center: &Center, now: Time, event: &Event) -> Result<(), String> {
    let Event::Session(SessionEvent { session, what: Happened::OfferMade(offer), .. }) = event else { return Ok(()) };
    let (session, agent) = (&center.sessions[session], &center.agents[&offer.agent]);
    let (units, capacity) = (agent.work.units(), agent.capacity(&center.settings));
    if units >= capacity {
        return Err(format!("3: {} has {units} of {capacity} units and is offered one more", offer.agent));
    }
    if session.connected_as(&offer.agent).is_some() || session.offer_to(&offer.agent).is_some() {
        return Err(format!("2: {} is offered what they have", offer.agent));
    }
    if offer.kind != OfferKind::Router {
        return Ok(());
    }
    if !is_available(center, agent) || !offerable(center, session, agent, now) {
        return Err(format!("10: {} can't be offered {}", offer.agent, session.id));
    }
    let named = session.entry.as_ref().and_then(|entry| center.agents.get(entry.named.as_ref()?));
    if let Some(named) = named.filter(|named| named.config.id != offer.agent && is_available(center, named))
        && offerable(center, session, named, now)
    {
        return Err(format!("10: {} is offered {} before {}", offer.agent, session.id, named.config.id));
    }
    let earlier = center
        .sessions
        .values()
        .filter(|other| place(center, other).is_some_and(|at| Some(at) < place(center, session)));
    match earlier.into_iter().find(|other| offerable(center, other, agent, now)) {
        Some(other) => Err(format!("10: {} is offered {} before {}", offer.agent, session.id, other.id)),
        None => Ok(()),
    }
}
