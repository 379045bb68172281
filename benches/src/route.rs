//! The router in a large center: 10,000 agents, 100,000 sessions that wait, 50 skills. Each step an agent is done with a session,
//! and whom they are offered next is decided in that commit.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chatsession::center::{
    AgentId, Code, Command, Event, Happened, Object, QueueId, Record, SessionEvent, SessionId, StartSession, Wanted,
    Who,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{
    Failure,
    core::{Alone, NODE, agent, queue, start},
    quantile,
};

const AGENTS: usize = 10_000;
const SESSIONS: u64 = 100_000;
const SKILLS: usize = 50;
const QUEUES: usize = 12;

/// How large it is.
pub(crate) struct Size {
    pub(crate) agents: usize,
    pub(crate) sessions: u64,
    pub(crate) decisions: usize,
}

fn skill(at: usize) -> Code {
    Code::parse(&format!("skill-{at}")).expect("a name")
}

/// What was offered in a commit.
fn offered(record: Option<&Record>) -> Vec<(SessionId, AgentId, Command)> {
    let events = record.into_iter().flat_map(|record| &record.events);
    let offers = events.filter_map(|event| match event {
        Event::Session(SessionEvent { session, what: Happened::OfferMade(offer), .. }) => {
            let accept = Command::AcceptOffer { session: *session, offer: offer.id };
            Some((*session, offer.agent.clone(), accept))
        }
        _ => None,
    });
    offers.collect()
}

fn furnish(alone: &mut Alone, random: &mut StdRng, size: &Size) -> Vec<AgentId> {
    let queues: Vec<String> = (0..QUEUES).map(|at| format!("queue-{at}")).collect();
    for id in &queues {
        alone.system(Command::Put(Object::Queue(Box::new(queue(id)))));
    }
    for at in 0..size.sessions {
        let (who, command) = start(at, &queues[random.random_range(0..QUEUES)]);
        let Command::StartSession(start) = command else { continue };
        let skills = vec![Wanted { skill: skill(random.random_range(0..SKILLS)), level: random.random_range(1..=60) }];
        alone.ask_for(who, Command::StartSession(Box::new(StartSession { skills, ..*start })));
    }
    (0..size.agents)
        .map(|at| {
            let served: BTreeSet<QueueId> =
                (0..3).filter_map(|_| QueueId::parse(&queues[random.random_range(0..QUEUES)])).collect();
            let mut config = agent(at, served);
            config.capacity = Some(1);
            let skills = random.random_range(1..=5);
            config.skills =
                (0..skills).map(|_| (skill(random.random_range(0..SKILLS)), random.random_range(1..=100))).collect();
            let id = config.id.clone();
            alone.system(Command::Put(Object::Agent(Box::new(config))));
            alone.ask(Who::Agent(id.clone()), Command::SignIn);
            alone.system(Command::OpenDesk { agent: id.clone(), incarnation: NODE });
            id
        })
        .collect()
}

/// Decisions a second, and how long each took.
pub(crate) fn decide(size: &Size) -> (f64, Vec<Duration>) {
    let (mut alone, mut random) = (Alone::new(), StdRng::seed_from_u64(50));
    let agents = furnish(&mut alone, &mut random, size);
    let (mut ringing, mut times) = (Vec::new(), Vec::with_capacity(size.decisions));
    for id in agents {
        let began = Instant::now();
        let decided = alone.decided(Who::Agent(id), Command::SetState { ready: true, reason: None });
        times.push(began.elapsed());
        ringing.extend(offered(decided.record.as_ref()));
    }
    while times.len() < size.decisions {
        let Some((session, agent, accept)) = ringing.pop() else { break };
        alone.ask(Who::Agent(agent.clone()), accept);
        let end = Command::EndSession { session, end_for_all: false, expected: None };
        let began = Instant::now();
        let decided = alone.decided(Who::Agent(agent), end);
        times.push(began.elapsed());
        let next = offered(decided.record.as_ref());
        alone.system(Command::Archive { session });
        ringing.extend(next);
    }
    let all: Duration = times.iter().sum();
    (times.len() as f64 / all.as_secs_f64(), times)
}

/// Prints the figures.
pub(crate) fn run() -> Result<(), Failure> {
    let (rate, times) = decide(&Size { agents: AGENTS, sessions: SESSIONS, decisions: 60_000 });
    let micros = |at| quantile(&times, at).as_secs_f64() * 1e6;
    println!("routing decisions  {rate:>9.0} a second   (must 50,000, aim 200,000)");
    println!("  {} agents, {} sessions waiting, {} skills, {} queues", AGENTS, SESSIONS, SKILLS, QUEUES);
    println!("  each p50 {:.1} µs, p99 {:.1} µs, p99.9 {:.1} µs", micros(0.5), micros(0.99), micros(0.999));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_done_is_offered_the_next() {
        let (_, times) = decide(&Size { agents: 60, sessions: 600, decisions: 200 });
        assert_eq!(times.len(), 200);
    }
}
