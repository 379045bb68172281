//! The router at work in a very large center: everybody is busy, very many wait, and each chat that ends makes its agent free for
//! the next one. The core alone, on one thread.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use chatsession::center::{
    AgentConfig, AgentId, Code, Command, CustomerKey, HOUR, Object, Queue, QueueId, SessionId, Settings, StartSession,
    Time, Wanted, Who,
};

use crate::{
    Failure,
    floor::{Chance, Floor},
    quantile,
    referee::offers,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Agents, all ready, of two queues each.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) agents: usize,
    /// Sessions that wait at any time.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) sessions: usize,
    /// Skills: each agent has 1 to 5 of them, each session wants one, at levels from 1 to 100.
    #[arg(long, default_value_t = 50)]
    pub(crate) skills: usize,
    /// Queues.
    #[arg(long, default_value_t = 12)]
    pub(crate) queues: usize,
    /// Chats that end while it is measured.
    #[arg(long, default_value_t = 200_000)]
    pub(crate) decisions: usize,
}

/// Chats that an agent holds at once.
const CAPACITY: u32 = 4;

/// A crowd and its router.
struct Crowd {
    floor: Floor<()>,
    chance: Chance,
    queues: Vec<QueueId>,
    skills: Vec<Code>,
    started: u64,
    /// Chats going on.
    held: Vec<(AgentId, SessionId)>,
}

/// How long the commits of each kind took.
#[derive(Default)]
struct Times {
    /// A chat ends, and the router decides who comes next.
    decide: Vec<Duration>,
    /// Of those, commits in which nobody who waits was good for the agent.
    idle: usize,
    accept: Vec<Duration>,
    start: Vec<Duration>,
}

impl Crowd {
    fn new(args: &Args) -> Self {
        let named = |kind: &str, count: usize| (0..count).map(|at| format!("{kind}-{at}")).collect::<Vec<_>>();
        let queues = named("queue", args.queues).iter().filter_map(|id| QueueId::parse(id)).collect();
        let skills = named("skill", args.skills).iter().filter_map(|id| Code::parse(id)).collect();
        let chance = Chance::new(1, false);
        let mut crowd = Self { floor: Floor::new(1), chance, queues, skills, started: 0, held: Vec::new() };
        let settings = Settings { capacity: CAPACITY, max_age: 1_000 * HOUR, ..Settings::default() };
        crowd.floor.system(Command::Put(Object::Settings(Box::new(settings))));
        for id in &crowd.queues {
            let queue = Queue { max_wait: 1_000 * HOUR, ..Queue::new(id.clone(), id.as_str().into()) };
            crowd.floor.system(Command::Put(Object::Queue(Box::new(queue))));
        }
        (0..args.sessions).for_each(|_| crowd.start());
        for at in 0..args.agents {
            let before = crowd.held.len();
            crowd.employ(at);
            (before..crowd.held.len()).for_each(|_| crowd.start());
        }
        crowd
    }

    fn wish(&mut self) -> Wanted {
        let skill = self.skills[self.chance.below(self.skills.len())].clone();
        Wanted { skill, level: 1 + self.chance.below(100) as u32 }
    }

    fn start(&mut self) {
        self.started += 1;
        // A start a millisecond: nobody comes at the same time as somebody else.
        self.floor.now = self.floor.now + 1;
        let customer = CustomerKey::from_bytes(u128::from(self.started).to_be_bytes());
        let queue = self.queues[self.chance.below(self.queues.len())].clone();
        let mut start = StartSession::new(customer, format!("customer-{}", self.started), queue);
        start.skills = vec![self.wish()];
        let start = Command::StartSession(Box::new(start));
        let started = self.floor.ask(Who::Customer(customer), true, start).expect("a start is never refused here");
        let rings = started.record.as_ref().map(offers).unwrap_or_default();
        rings.into_iter().for_each(|(session, agent, offer)| self.accept(agent, session, offer));
    }

    fn employ(&mut self, at: usize) {
        let id = AgentId::parse(&format!("agent-{at}")).expect("a name");
        let queues = (0..2).map(|_| self.queues[self.chance.below(self.queues.len())].clone()).collect();
        let skills = 1 + self.chance.below(5);
        let skills: BTreeMap<Code, u32> = (0..skills).map(|_| self.wish()).map(|it| (it.skill, it.level)).collect();
        let records = self.floor.employ(AgentConfig { queues, skills, ..AgentConfig::new(id, "Agent".into()) });
        let rings: Vec<_> = records.iter().flat_map(offers).collect();
        rings.into_iter().for_each(|(session, agent, offer)| self.accept(agent, session, offer));
    }

    fn accept(&mut self, agent: AgentId, session: SessionId, offer: chatsession::center::OfferId) {
        let accept = Command::AcceptOffer { session, offer };
        self.floor.ask(Who::Agent(agent.clone()), false, accept).expect("the offer is open");
        self.held.push((agent, session));
    }

    fn waiting(&self) -> usize {
        self.floor.center.index().waiting.values().map(|places| places.len()).sum()
    }

    /// Some chat ends, the router decides, the agent accepts, and somebody new comes.
    fn turn(&mut self, times: &mut Times) {
        let (agent, session) = self.held.swap_remove(self.chance.below(self.held.len()));
        let end = Command::EndSession { session, end_for_all: false, expected: None };
        let began = Instant::now();
        let ended = self.floor.ask(Who::Agent(agent), false, end).expect("it goes on until its agent ends it");
        let took = began.elapsed();
        let rings = ended.record.as_ref().map(offers).unwrap_or_default();
        match rings.is_empty() {
            true => times.idle += 1,
            false => times.decide.push(took),
        }
        for (session, agent, offer) in rings {
            let began = Instant::now();
            self.accept(agent, session, offer);
            times.accept.push(began.elapsed());
        }
        self.floor.system(Command::Archive { session });
        let began = Instant::now();
        self.start();
        times.start.push(began.elapsed());
    }
}

/// Resident bytes of this process.
fn resident() -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(resident.split_whitespace().next().unwrap_or("0").parse::<u64>()? * 1_024)
}

fn line(what: &str, times: &[Duration]) {
    let sum: Duration = times.iter().sum();
    let rate = times.len() as f64 / sum.as_secs_f64();
    let [half, most] = [0.5, 0.99].map(|at| quantile(times, at).as_secs_f64() * 1e6);
    println!("{what:<36} {rate:>9.0} a second   p50 {half:>7.1} µs   p99 {most:>7.1} µs");
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let before = resident()?;
    let mut crowd = Crowd::new(args);
    let memory = resident()? - before;
    let (held, waiting) = (crowd.held.len(), crowd.waiting());
    println!(
        "{} agents, {} queues, {} skills; {held} chats going on, {waiting} waiting: {} MiB, {} bytes a session",
        args.agents,
        args.queues,
        args.skills,
        memory >> 20,
        memory / (held + waiting).max(1) as u64
    );
    let mut times = Times::default();
    let began = Instant::now();
    (0..args.decisions).for_each(|_| crowd.turn(&mut times));
    let took = began.elapsed().as_secs_f64();
    line("an end with its routing decision", &times.decide);
    println!("{:<36} (must 50,000 a second, aim 200,000)", "");
    line("an acceptance", &times.accept);
    line("a start that has to wait", &times.start);
    println!("whole turns (end, accept, archive, start)   {:.0} a second", args.decisions as f64 / took);
    println!("ends after which nobody suited the agent    {}", times.idle);
    println!("memory after {} turns                   {} MiB", args.decisions, (resident()? - before) >> 20);
    let wrong = crowd.floor.center.violations(Time(crowd.floor.now.0));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_small_crowd_then_the_router_leaves_no_pair_unmatched() {
        let args = Args { agents: 20, sessions: 300, skills: 5, queues: 3, decisions: 200 };
        run(&args).expect("no invariant is broken");
    }
}
