//! Rules of single events and of whole commits, told again without the core's help.

use chatsession::center::*;

use crate::{truth::Check, waiting};

pub fn must(holds: bool, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(what()) }
}

/// Only staff may see these.
fn is_for_staff(what: &Happened) -> bool {
    matches!(
        what,
        Happened::OfferMade(_)
            | Happened::OfferEnded { .. }
            | Happened::OfferExtended { .. }
            | Happened::CustomerAway { .. }
            | Happened::CustomerReturned
            | Happened::WrapUpStarted { .. }
            | Happened::WrapUpCompleted { .. }
            | Happened::DispositionSet { .. }
            | Happened::Closed
            | Happened::LeavePlanned { .. }
            | Happened::LeavePlanDropped { .. }
            | Happened::FlagRaised { .. }
            | Happened::FlagCleared
            | Happened::CapacityOverridden { .. }
    )
}

/// 9: not before its time, and not more than a second after it, but for the time in which nobody led.
pub fn on_time(what: &str, due: Time, now: Time, stalls: &[(Time, Time)]) -> Check {
    must(due <= now, || format!("9: {what} is due at {due:?} and happens at {now:?}"))?;
    let mut latest = due + SECOND;
    while let Some((_, to)) = stalls.iter().find(|(from, to)| *from <= latest && *to + SECOND > latest) {
        latest = *to + SECOND;
    }
    must(now <= latest, || format!("9: {what} is due at {due:?}, late at {now:?}"))
}

/// What must hold of an event in the state before it.
pub fn before(center: &Center, record: &Record, at: usize, stalls: &[(Time, Time)]) -> Check {
    let now = record.time;
    let Event::Session(event) = &record.events[at] else {
        waiting::quietly(center, record, &record.events[at], stalls)?;
        return agent_gone(center, record, &record.events[at], stalls);
    };
    if matches!(event.what, Happened::Started(_)) {
        return must(event.revision == 1 && event.public == Some(1), || "7: a session starts at 1".into());
    }
    let session = center.sessions.get(&event.session).ok_or("an event of no session")?;
    let dense =
        event.revision == session.revision + 1 && event.public.is_none_or(|public| public == session.public + 1);
    must(dense, || {
        format!("7: {}/{:?} follows {}/{}", event.revision, event.public, session.revision, session.public)
    })?;
    must(!(is_for_staff(&event.what) && event.public.is_some()), || format!("8: {:?}", event.what))?;
    let afterwards = is_for_staff(&event.what);
    must(session.is_open() || afterwards, || format!("{} has ended, and {:?}", session.id, event.what))?;
    match &event.what {
        Happened::OfferEnded { offer, outcome, .. } => {
            let offer = session.offer(*offer).ok_or("an offer that isn't open ended")?;
            let silent = *outcome == Outcome::NoAnswer;
            must(!silent || offer.expire <= now, || format!("9: {} rang until {:?} only", offer.id, now))?;
            if silent { on_time("an offer", offer.expire, now, stalls) } else { Ok(()) }
        }
        Happened::Joined { agent, cause, .. } => {
            let by_hand = matches!(cause, JoinCause::TakenFromQueue | JoinCause::BargedIn | JoinCause::TookOver);
            let accepted = record.events[..at].iter().any(|earlier| {
                matches!(earlier, Event::Session(SessionEvent { session, what: Happened::OfferEnded { agent: whose, outcome: Outcome::Accepted, .. }, .. })
                    if *session == event.session && whose == agent)
            });
            must(accepted != by_hand && session.connected_as(agent).is_none(), || {
                format!("2: {agent} joined without an offer")
            })
        }
        Happened::WrapUpCompleted { agent, outcome: WrapUpOutcome::TimedOut, .. } => {
            on_time("a wrap-up", session.wrap_ups.get(agent).ok_or("no wrap-up")?.expire, now, stalls)
        }
        Happened::Unqueued { .. }
        | Happened::Queued { .. }
        | Happened::Left { reason: LeaveReason::NoResponse, .. } => waiting::over(session, record, &event.what, stalls),
        Happened::Ended { reason } => match reason {
            EndReason::Inactivity => {
                // Everyone left a moment ago, and with them the clock.
                Ok(())
            }
            EndReason::CustomerGone => {
                let end = session.away.as_ref().and_then(|away| away.end).ok_or("9: the customer isn't gone")?;
                on_time("absence", end, now, stalls)
            }
            EndReason::AgeLimit => on_time("age", session.created + center.settings.max_age, now, stalls),
            _ => Ok(()),
        },
        Happened::Read { participant, public, .. } => {
            let known = session.reads.get(participant).map_or(0, |mark| mark.public);
            must(event.public.is_some() == (*public > known), || "8: a read mark of the wrong audience".into())
        }
        _ => Ok(()),
    }
}

pub fn ends(record: &Record, id: SessionId, why: EndReason) -> bool {
    record.events.iter().any(|event| {
        matches!(event, Event::Session(SessionEvent { session, what: Happened::Ended { reason }, .. })
            if *session == id && *reason == why)
    })
}

/// Nobody is signed out by the lease while it lasts.
fn agent_gone(center: &Center, record: &Record, event: &Event, stalls: &[(Time, Time)]) -> Check {
    let asked = record.events.iter().any(|event| matches!(event, Event::Center(CenterChange::Remembered { .. })));
    match event {
        Event::Agent { agent, change: AgentChange::SignedOut } if !asked => {
            let (limit, misses) = (center.settings.misses_to_sign_out, center.agents[agent].misses);
            if limit > 0 && misses >= limit {
                return Ok(());
            }
            let end = center.agents[agent].grace_end.ok_or_else(|| format!("9: {agent} wasn't cut off"))?;
            on_time("a lease", end, record.time, stalls)
        }
        _ => Ok(()),
    }
}

/// What a commit as a whole must come to.
pub fn after(before: &Center, center: &Center, record: &Record) -> Check {
    for event in &record.events {
        let Event::Session(event) = event else { continue };
        let Some(session) = center.sessions.get(&event.session) else { continue };
        let earlier = before.sessions.get(&event.session);
        match &event.what {
            Happened::OfferEnded { offer, outcome: Outcome::Accepted, .. } => {
                let offer = earlier.and_then(|session| session.offer(*offer)).ok_or("accepted, and never open")?;
                let assists = center.agents[&offer.agent].config.kind == AgentKind::Assistant;
                accepted(earlier, session, offer, assists)?;
            }
            Happened::Left { agent, .. } => {
                let queue = session.participant(agent).and_then(|past| center.queues.get(&past.queue));
                let helped = session.participant(agent).is_some_and(|past| past.assistant);
                let owed = queue.is_some_and(|queue| queue.wrap_up_time > 0) && !helped;
                must(owed == session.wrap_ups.contains_key(agent), || format!("{agent} left, wrap-up owed: {owed}"))?;
            }
            Happened::Unqueued { reason: UnqueueReason::Taken, .. } => {
                let mut planned = earlier.into_iter().flat_map(|session| &session.leaving);
                let drops = |event: &Event, who: &AgentId| matches!(event, Event::Session(SessionEvent { what: Happened::LeavePlanDropped { agent }, .. }) if agent == who);
                // Who takes over what they planned to leave stays, and says so.
                let dropped = |who: &AgentId| record.events.iter().any(|event| drops(event, who));
                let stays = planned.find(|agent| session.connected_as(agent).is_some() && !dropped(agent));
                must(stays.is_none(), || format!("{stays:?} was to leave when it is taken"))?;
            }
            _ => {}
        }
        let plans_without_entry = session.entry.is_none() && !session.leaving.is_empty();
        must(!plans_without_entry, || format!("{:?} leave when nothing is taken", session.leaving))?;
        let place = |session: &Session| session.entry.as_ref().map(|entry| (entry.queue.clone(), entry.entered));
        let moved = earlier.and_then(place) != place(session);
        let kept = earlier.is_some_and(|earlier| earlier.leaving.intersection(&session.leaving).next().is_some());
        let again = record
            .events
            .iter()
            .any(|event| matches!(event, Event::Session(SessionEvent { what: Happened::LeavePlanned { .. }, .. })));
        must(!moved || !kept || again, || "a plan to leave outlived its entry".into())?;
    }
    Ok(())
}

fn accepted(earlier: Option<&Session>, session: &Session, offer: &Offer, assists: bool) -> Check {
    must(session.connected_as(&offer.agent).is_some(), || "2: accepted, and not connected".into())?;
    let was_attended = earlier.is_some_and(Session::is_attended);
    let conference = matches!(offer.kind, OfferKind::Invitation { mode: InviteMode::Conference, .. });
    must(conference || !assists, || format!("{} only helps, and took it", offer.agent))?;
    if conference && (was_attended || assists) {
        return Ok(());
    }
    must(session.entry.is_none(), || "accepted, and still queued".into())?;
    must(conference || session.offers.iter().all(|other| !other.takes_over()), || "2: rivals still ring".into())?;
    if let OfferKind::Invitation { inviter, mode: InviteMode::Transfer } = &offer.kind {
        must(session.connected_as(inviter).is_none(), || format!("{inviter} handed it over and stays"))?;
    }
    Ok(())
}

/// 9: what is due at `now` and hasn't happened, by whoever decided something at `now`.
pub fn overdue(center: &Center, now: Time) -> Vec<String> {
    let mut overdue = Vec::new();
    let mut due = |what: &str, id: String, time: Option<Time>| {
        if time.is_some_and(|time| time <= now) {
            overdue.push(format!("{what} of {id} is overdue"));
        }
    };
    for session in center.sessions.values() {
        let id = || session.id.to_string();
        session.offers.iter().for_each(|offer| due("an offer", id(), Some(offer.expire)));
        session.wrap_ups.values().for_each(|wrap_up| due("a wrap-up", id(), Some(wrap_up.expire)));
        if session.is_open() {
            due("absence", id(), session.away.as_ref().and_then(|away| away.end));
            due("silence", id(), session.inactivity.as_ref().map(|inactivity| inactivity.end));
            due("age", id(), Some(session.created + center.settings.max_age));
        }
    }
    center.agents.values().for_each(|agent| due("a lease", agent.config.id.to_string(), agent.grace_end));
    waiting::due(center, &mut due);
    overdue
}
