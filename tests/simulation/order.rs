//! 10, told again from the rules alone: whoever is offered a session couldn't be offered an earlier one.

use chatsession::center::*;

/// Whether the rules let the router offer a session to this agent now, room aside.
fn offerable(center: &Center, session: &Session, agent: &Agent, now: Time) -> bool {
    let id = &agent.config.id;
    let Some(entry) = session.entry.as_ref().filter(|entry| entry.expire > now) else { return false };
    let absent = session.away.as_ref().is_some_and(|away| away.absent);
    let attended = session.connected().next().is_some();
    let busy_with_it = session.connected_as(id).is_some() || session.offer_to(id).is_some();
    let serves = agent.config.queues.contains(&entry.queue);
    let others = center.agents.values().any(|other| {
        let other_id = &other.config.id;
        other.config.queues.contains(&entry.queue)
            && other.status != Status::SignedOut
            && !session.skipped.contains_key(other_id)
            && session.connected_as(other_id).is_none()
    });
    let ringing = session.offers.iter().any(|offer| offer.kind == OfferKind::Router);
    let skipped = session.skipped.contains_key(id) && others;
    let waits_in_vain = absent && !attended;
    let stay = session.connected().filter(|participant| !session.leaving.contains(&participant.agent)).count();
    let conference = |offer: &&Offer| matches!(offer.kind, OfferKind::Invitation { mode: InviteMode::Conference, .. });
    let full = stay + session.offers.iter().filter(conference).count() >= center.settings.max_participants as usize;
    serves && !full && !ringing && !busy_with_it && !waits_in_vain && !skipped
}

fn place(session: &Session) -> Option<(std::cmp::Reverse<i32>, u64, SessionId)> {
    let entry = session.entry.as_ref()?;
    let since = entry.entered.0.saturating_sub(entry.waited_before);
    Some((std::cmp::Reverse(session.priority), since, session.id))
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
    let available = agent.status == Status::Ready && agent.next.is_none() && !agent.desks.is_empty();
    if !available || !offerable(center, session, agent, now) {
        return Err(format!("10: {} can't be offered {}", offer.agent, session.id));
    }
    let earlier = center.sessions.values().filter(|other| place(other).is_some_and(|at| Some(at) < place(session)));
    match earlier.into_iter().find(|other| offerable(center, other, agent, now)) {
        Some(other) => Err(format!("10: {} is offered {} before {}", offer.agent, session.id, other.id)),
        None => Ok(()),
    }
}
