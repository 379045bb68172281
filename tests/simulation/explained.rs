//! What is said of routing agrees with what it does; what assistants, onlookers and overrides must not do.

use std::collections::BTreeMap;

use chatsession::center::*;

use crate::{rules::must, truth::Check};

fn in_the_way(obstacles: &[Obstacle]) -> bool {
    obstacles.iter().any(|obstacle| !matches!(obstacle, Obstacle::LaterTurn(_)))
}

/// Whoever is offered a session had nothing in the way just before.
pub fn before(center: &Center, record: &Record, event: &Event) -> Check {
    let Event::Session(SessionEvent { session, what: Happened::OfferMade(offer), .. }) = event else { return Ok(()) };
    if !offer.is_router() {
        return Ok(());
    }
    let told = center.explain(*session, Some(&offer.agent), record.time).map_err(|refusal| refusal.to_string())?;
    let free = told.hold.is_none() && told.agents.iter().all(|(_, obstacles)| !in_the_way(obstacles));
    must(free, || format!("10: {} is offered {session}, explained is {told:?}", offer.agent))
}

/// Nobody who could be offered what waits is left over, and nobody attends by helping or by looking on.
pub fn after(center: &Center, record: &Record) -> Check {
    for session in center.sessions.values() {
        let kind = |agent: &AgentId| center.agents.get(agent).map(|agent| agent.config.kind);
        let attended = session.connected().any(|other| kind(&other.agent) != Some(AgentKind::Assistant));
        must(session.is_attended() == attended, || format!("1: {} is attended by helpers", session.id))?;
        let waits = session.is_open() && !attended;
        must(!session.is_open() || session.unattended_since.is_some() == waits, || {
            format!("1: {} is nobody's since {:?}", session.id, session.unattended_since)
        })?;
        if session.entry.is_none() || record.events.iter().all(|event| matches!(event, Event::Chat(_))) {
            continue;
        }
        let told = center.explain(session.id, None, record.time).map_err(|refusal| refusal.to_string())?;
        let free = |(_, obstacles): &(AgentId, Vec<Obstacle>)| !in_the_way(obstacles);
        let missed = told.agents.iter().find(|agent| told.hold.is_none() && free(agent));
        must(missed.is_none(), || format!("10: {} waits, and nothing is in the way of {missed:?}", session.id))?;
    }
    let looks = |event: &Event| {
        matches!(event, Event::Center(CenterChange::Audited { what, .. })
            if matches!(what, Audit::MonitoringStarted(_) | Audit::MonitoringStopped(_)))
    };
    let touched = |event: &Event| !matches!(event, Event::Center(_));
    let seen = record.events.iter().any(looks) && record.events.iter().any(touched);
    must(!seen, || format!("8: who looks in is noticed: {:?}", record.events))
}

/// 3: only who may goes beyond their capacity, and the session says so.
pub fn over_capacity(center: &Center, units: &BTreeMap<AgentId, u32>, record: &Record) -> Vec<String> {
    let mut over = center.over_capacity(units);
    for event in &record.events {
        let Event::Session(SessionEvent { what: Happened::CapacityOverridden { agent, .. }, .. }) = event else {
            continue;
        };
        let who = &center.agents[agent];
        match who.may(Permission::OverrideCapacity) && who.work.units() > who.capacity(&center.settings) {
            true => over.retain(|over| !over.starts_with(agent.as_str())),
            false => over.push(format!("{agent} overrides nothing, or mustn't")),
        }
    }
    over
}
