//! What happens by itself to those who wait, to queues, and to agents who start or rest: not before its time, nor much after.

use chatsession::center::*;

use crate::{
    rules::{ends, must, on_time},
    truth::Check,
};

/// The end of a wait, and of an agent's silence.
pub fn over(session: &Session, record: &Record, what: &Happened, stalls: &[(Time, Time)]) -> Check {
    let (entry, now) = (session.entry.as_ref(), record.time);
    let in_vain = |what: &str, due: Option<Time>| -> Check {
        must(session.offers.is_empty(), || format!("9: {what} waits for a ringing offer"))?;
        // A ring may have held it up for as long as it liked.
        let ever = [(Time(0), Time(u64::MAX / 2))];
        on_time(what, due.ok_or_else(|| format!("9: {what} without its time"))?, now, &ever)
    };
    let max_wait = || in_vain("max_wait", entry.map(|entry| entry.expire));
    let closing = || in_vain("closing", entry.and_then(|entry| entry.closed));
    match what {
        Happened::Left { agent, reason: LeaveReason::NoResponse, .. } => {
            let owed = session.first_response.as_ref().filter(|owed| owed.agent == *agent);
            on_time("a first word", owed.ok_or_else(|| format!("9: {agent} owes no word"))?.due, now, stalls)
        }
        Happened::Unqueued { reason: UnqueueReason::MaxWait, .. } => max_wait(),
        Happened::Unqueued { reason: UnqueueReason::QueueClosed, .. } => closing(),
        Happened::Unqueued { reason: UnqueueReason::Ended, .. } if ends(record, session.id, EndReason::MaxWait) => {
            max_wait()
        }
        Happened::Unqueued { reason: UnqueueReason::Ended, .. } if ends(record, session.id, EndReason::QueueClosed) => {
            closing()
        }
        Happened::Queued { cause: QueueCause::Overflowed, .. } => match entry.and_then(|entry| entry.closed) {
            Some(_) => closing(),
            None => max_wait(),
        },
        _ => Ok(()),
    }
}

fn next_telling(session: &Session) -> Option<Time> {
    let entry = session.entry.as_ref().filter(|entry| entry.tell_every > 0)?;
    Some(entry.told.max(session.unattended_since?) + entry.tell_every)
}

/// What has no revision of its own.
pub fn quietly(center: &Center, record: &Record, event: &Event, stalls: &[(Time, Time)]) -> Check {
    let now = record.time;
    let entry = |id: &SessionId| center.sessions.get(id).and_then(|session| session.entry.as_ref());
    let due = |what: &str, due: Option<Time>| {
        on_time(what, due.ok_or_else(|| format!("9: {what}, and it was never due"))?, now, stalls)
    };
    match event {
        Event::Center(CenterChange::QueueHours { queue, openness }) => {
            let hours = center.queues.get(queue).and_then(|queue| queue.hours.as_ref());
            must(hours.is_none_or(|hours| hours.at(now).open == openness.open), || {
                format!("{queue} opens as it likes")
            })?;
            let put = |event: &Event| matches!(event, Event::Center(CenterChange::QueuePut(put)) if put.id == *queue);
            if record.events.iter().any(put) {
                return Ok(());
            }
            due(
                "a queue's opening or closing",
                center.openness.get(queue).and_then(|openness| openness.until.or(openness.again)),
            )
        }
        Event::Center(CenterChange::Widened { session }) => due("widening", entry(session).and_then(|it| it.widen)),
        Event::Center(CenterChange::PreferenceEnded { session }) => {
            due("a preference", entry(session).and_then(|entry| Some(entry.preferred.as_ref()?.until)))
        }
        Event::Center(CenterChange::WaitingTold { session }) => {
            due("a periodic message", center.sessions.get(session).and_then(next_telling))
        }
        Event::Agent { agent, change: AgentChange::RampedUp } => match center.agents[agent].ramp {
            Ramp::Until(time) => due("ramp-up", Some(time)),
            Ramp::Open | Ramp::Over => Err(format!("9: {agent} isn't starting")),
        },
        Event::Agent { agent, change: AgentChange::Ready } => {
            let asked = |event: &Event| matches!(event, Event::Center(CenterChange::Remembered { .. }));
            let rested = center.agents[agent].since + center.settings.no_answer_return_time;
            must(record.events.iter().any(asked) || rested <= now, || format!("9: {agent} is back before {rested:?}"))
        }
        _ => Ok(()),
    }
}

/// All of it that must not be behind.
pub fn due(center: &Center, mut due: impl FnMut(&str, String, Option<Time>)) {
    for session in center.sessions.values().filter(|session| session.is_open()) {
        let id = || session.id.to_string();
        due("a first word", id(), session.first_response.as_ref().map(|owed| owed.due));
        due("a periodic message", id(), next_telling(session));
        if let Some(entry) = &session.entry {
            due("widening", id(), entry.widen);
            due("a preference", id(), entry.preferred.as_ref().map(|preferred| preferred.until));
        }
    }
    for (queue, openness) in &center.openness {
        due("opening or closing", queue.to_string(), openness.until.or(openness.again));
    }
    for agent in center.agents.values() {
        if let Ramp::Until(time) = agent.ramp {
            due("ramp-up", agent.config.id.to_string(), Some(time));
        }
    }
}
