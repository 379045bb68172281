//! The core alone, on one thread: what a decision costs before anything is written.

use std::{collections::BTreeSet, time::Instant};

use chatsession::center::{
    AgentConfig, AgentId, Asked, Audience, Caller, Center, CenterId, Command, Content, CustomerKey, Incarnation,
    Object, Queue, QueueId, RequestId, Requested, Seed, SessionId, StartSession, Time, Who,
};

use crate::Failure;

/// A center that is asked, without anything around it.
pub(crate) struct Alone {
    pub(crate) center: Center,
    number: u64,
}

pub(crate) const NODE: Incarnation = Incarnation::from_bytes([1; 16]);

pub(crate) fn queue(id: &str) -> Queue {
    Queue { max_wait: 86_400_000, ..Queue::new(QueueId::parse(id).expect("a name"), id.into()) }
}

pub(crate) fn agent(at: usize, queues: BTreeSet<QueueId>) -> AgentConfig {
    let id = AgentId::parse(&format!("agent-{at}")).expect("a name");
    AgentConfig { queues, capacity: Some(100), ..AgentConfig::new(id, "Agent".into()) }
}

pub(crate) fn start(at: u64, queue: &str) -> (Who, Command) {
    let customer = CustomerKey::from_bytes(u128::from(at).to_be_bytes());
    let queue = QueueId::parse(queue).expect("a name");
    let start = StartSession::new(customer, format!("customer-{at}"), queue);
    (Who::Customer(customer), Command::StartSession(Box::new(start)))
}

pub(crate) fn asked(number: u64, who: Who, command: Command) -> Asked {
    let id = RequestId::parse(&format!("r-{number}")).expect("a name");
    Asked { caller: Caller { who, via: None }, request: Some(Requested { id, fingerprint: number }), command }
}

impl Alone {
    fn new() -> Self {
        let center = Center::new(CenterId::parse("bench").expect("a name"), BTreeSet::from([NODE]));
        Self { center, number: 0 }
    }

    fn ask(&mut self, who: Who, command: Command) -> Option<SessionId> {
        self.number += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.number.to_be_bytes());
        let asked = asked(self.number, who, command);
        let now = Time(1_000_000 + self.number / 100);
        let decided = self.center.handle(asked, now, Seed::new(seed), Content::new(1, 0));
        decided.expect("the workload asks for nothing that is refused").answer.session
    }

    fn system(&mut self, command: Command) {
        let asked = Asked { caller: Caller { who: Who::System, via: None }, request: None, command };
        let decided = self.center.handle(asked, Time(1_000_000), Seed::new([9; 32]), Content::new(1, 0));
        decided.expect("the workload asks for nothing that is refused");
    }
}

/// Messages to some of so many open sessions, one after the other.
fn messages(sessions: u64) -> f64 {
    const MESSAGES: u64 = 500_000;
    const STEP: u64 = 7_919;
    let mut alone = Alone::new();
    alone.system(Command::Put(Object::Queue(Box::new(queue("desk")))));
    let open: Vec<(Who, SessionId)> = (0..sessions)
        .map(|at| {
            let (who, command) = start(at, "desk");
            (who.clone(), alone.ask(who, command).expect("a session"))
        })
        .collect();
    let text = "x".repeat(300);
    let started = Instant::now();
    for at in 0..MESSAGES {
        let (who, session) = open[(at * STEP % sessions) as usize].clone();
        alone.ask(who, Command::SendMessage { session, text: text.clone(), audience: Audience::Everyone, with: None });
    }
    MESSAGES as f64 / started.elapsed().as_secs_f64()
}

/// 100,000 sessions wait in 50 queues; then 10,000 agents who serve two of them each become ready, one after another.
fn routing() -> f64 {
    const QUEUES: usize = 50;
    const SESSIONS: u64 = 100_000;
    const AGENTS: usize = 10_000;
    let mut alone = Alone::new();
    let queues: Vec<String> = (0..QUEUES).map(|at| format!("queue-{at}")).collect();
    for id in &queues {
        alone.system(Command::Put(Object::Queue(Box::new(queue(id)))));
    }
    for at in 0..SESSIONS {
        let (who, command) = start(at, &queues[at as usize % QUEUES]);
        alone.ask(who, command);
    }
    for at in 0..AGENTS {
        let served = [&queues[at % QUEUES], &queues[(at * 7 + 3) % QUEUES]];
        let served = served.into_iter().filter_map(|id| QueueId::parse(id)).collect();
        let mut config = agent(at, served);
        config.capacity = Some(4);
        let id = config.id.clone();
        alone.system(Command::Put(Object::Agent(Box::new(config))));
        alone.ask(Who::Agent(id.clone()), Command::SignIn);
        alone.system(Command::OpenDesk { agent: id, incarnation: NODE });
    }
    let started = Instant::now();
    for at in 0..AGENTS {
        let id = AgentId::parse(&format!("agent-{at}")).expect("a name");
        alone.ask(Who::Agent(id), Command::SetState { ready: true, reason: None });
    }
    let offers = alone.center.agents.values().map(|agent| agent.work.ringing.len()).sum::<usize>();
    offers as f64 / started.elapsed().as_secs_f64()
}

pub(crate) fn run() -> Result<(), Failure> {
    let few = messages(1_000);
    println!("messages decided   {few:>9.0} a second   (must 200,000, aim 1,000,000)");
    for sessions in [100_000, 1_000_000] {
        let cost = few / messages(sessions);
        println!("  with {sessions:>7} open sessions {cost:.2} × the cost with 1,000   (must ≤ 1.2, aim flat)");
    }
    println!("offers decided     {:>9.0} a second   (must 50,000, aim 200,000)", routing());
    Ok(())
}
