//! What a state says, in words that stay the same when later builds know more: only what was there from the first on.

use std::fmt::Write;

use chatsession::{
    center::{Agent, Center, Session},
    shard::State,
};

/// Every fact, a line each.
pub fn of(state: &State) -> String {
    let mut told = format!("position {} time {} epoch {}\n", state.position, state.time.0, state.epoch);
    for center in state.centers.values() {
        self::center(center, &mut told);
    }
    told
}

fn center(center: &Center, told: &mut String) {
    let queues: Vec<_> = center.queues.keys().collect();
    writeln!(told, "center {} at {}: queues {queues:?}, capacity {}", center.id, center.seq, center.settings.capacity)
        .unwrap();
    center.agents.values().for_each(|agent| self::agent(agent, told));
    center.sessions.values().for_each(|session| self::session(session, told));
}

fn agent(agent: &Agent, told: &mut String) {
    let Agent { config, status, since, next, idle_since, declines, desks, grace_end, .. } = agent;
    let queues = &config.queues;
    writeln!(told, "agent {} serves {queues:?}: {status:?} since {since:?}, next {next:?}", config.id).unwrap();
    writeln!(told, "  idle since {idle_since:?}, declined {declines}, desks {desks:?}, grace {grace_end:?}").unwrap();
}

fn session(session: &Session, told: &mut String) {
    let Session { id, customer_id, name, language, attributes, created, priority, home, .. } = session;
    writeln!(told, "session {id} {:?} of {customer_id:?} {name:?} {language:?}", session.state()).unwrap();
    writeln!(told, "  {attributes:?} created {created:?}, priority {priority}, home {home}").unwrap();
    let Session { revision, public, structure, staff_only, messages, joins, .. } = session;
    writeln!(told, "  revision {revision}, public {public}, structure {structure}, staff only {staff_only:?}").unwrap();
    writeln!(told, "  {joins} joins, {} messages, reads {:?}", messages.len(), session.reads).unwrap();
    if let Some(entry) = &session.entry {
        let (queue, before, until) = (&entry.queue, entry.waited_before, entry.expire);
        writeln!(told, "  in {queue} since {:?}, before {before}, until {until:?}", entry.entered).unwrap();
    }
    for offer in &session.offers {
        let (id, agent, kind) = (offer.id, &offer.agent, &offer.kind);
        writeln!(told, "  offer {id} to {agent} {kind:?}, {:?} to {:?}", offer.made, offer.expire).unwrap();
    }
    for offer in &session.ended_offers {
        writeln!(told, "  offer {} to {} ended: {:?}", offer.id, offer.agent, offer.outcome).unwrap();
    }
    for it in &session.participants {
        let (number, agent, joined) = (it.number, &it.agent, (it.joined, it.joined_at));
        writeln!(told, "  {number} {agent} joined {joined:?}, left {:?}, sees {:?}", it.left, it.sees_until).unwrap();
    }
    let Session { visited, unattended_since, waited, leaving, skipped, watching, .. } = session;
    writeln!(told, "  visited {visited:?}, unattended {unattended_since:?}, waited {waited}").unwrap();
    writeln!(told, "  leaving {leaving:?}, skipped {skipped:?}, watching {watching:?}").unwrap();
    let Session { away, staff_spoke_last, age_warned, wrap_ups, dispositions, ended, closed, .. } = session;
    writeln!(told, "  {away:?}, staff spoke last {staff_spoke_last}, age warned {age_warned}").unwrap();
    writeln!(told, "  {wrap_ups:?}, {dispositions:?}, {ended:?}, closed {closed}").unwrap();
}
