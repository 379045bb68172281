//! One run of one seed.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};

use chatsession::center::{Caller, ServiceId, Who};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    history::History,
    log::{Log, with_log},
    net,
    node::{Air, Node},
    people::{AGENTS, CUSTOMERS, World, agent, center, configuration, customer, reader},
    rng::Rng,
};

/// How long things break.
const BREAKS: Duration = Duration::from_secs(45);
/// How long everything may take to be well again.
const SETTLES: Duration = Duration::from_secs(30);

thread_local! {
    static RNG: RefCell<Rng> = RefCell::new(Rng::new(0));
    static RUNS: Cell<u8> = const { Cell::new(0) };
}

pub fn chance(below: u64) -> u64 {
    RNG.with_borrow_mut(|rng| rng.below(below))
}

pub fn millis_below(bound: u64) -> Duration {
    Duration::from_millis(chance(bound))
}

/// Random bytes for the product.
pub fn fill(bytes: &mut [u8]) {
    RNG.with_borrow_mut(|rng| bytes.iter_mut().for_each(|byte| *byte = rng.next() as u8));
}

/// What happened, to know that it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    leaders: u64,
    crashes: u64,
    pauses: u64,
    cuts: u64,
    outages: u64,
    conflicts: u64,
    forwarded: u64,
    stale_reads: u64,
    answers: u64,
    refusals: u64,
    reads: u64,
}

impl Counts {
    fn all(&self) -> [(&'static str, u64); 11] {
        [
            ("leaders", self.leaders),
            ("crashes", self.crashes),
            ("pauses", self.pauses),
            ("cuts", self.cuts),
            ("outages", self.outages),
            ("conflicts", self.conflicts),
            ("forwarded", self.forwarded),
            ("stale_reads", self.stale_reads),
            ("answers", self.answers),
            ("refusals", self.refusals),
            ("reads", self.reads),
        ]
    }

    pub fn add(&mut self, other: &Self) {
        self.leaders += other.leaders;
        self.crashes += other.crashes;
        self.pauses += other.pauses;
        self.cuts += other.cuts;
        self.outages += other.outages;
        self.conflicts += other.conflicts;
        self.forwarded += other.forwarded;
        self.stale_reads += other.stale_reads;
        self.answers += other.answers;
        self.refusals += other.refusals;
        self.reads += other.reads;
    }

    /// What happened less than so often.
    pub fn scarce(&self, least: u64) -> Vec<String> {
        self.all().iter().filter(|(_, count)| *count < least).map(|(name, count)| format!("{name}: {count}")).collect()
    }
}

struct Sim {
    world: World,
    air: Air,
    wrong: Arc<Mutex<Vec<String>>>,
    started: Instant,
    counts: Counts,
}

pub async fn run(seed: u64) -> Result<(Counts, String), String> {
    RNG.set(Rng::new(seed));
    RUNS.set(0);
    with_log(|log| *log = Log { faults: true, ..Log::default() });
    net::reset(true);
    let (nodes, history, over) = (Rc::default(), Rc::new(RefCell::new(History::default())), Rc::default());
    let world = World { nodes, history, over };
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let mut sim = Sim { world, air: Air::default(), wrong, started: Instant::now(), counts: Counts::default() };
    (0..3).for_each(|number| sim.start(number));
    sim.furnish().await?;
    let mut people = JoinSet::new();
    (1..=CUSTOMERS).for_each(|number| drop(people.spawn_local(customer(sim.world.clone(), number))));
    AGENTS.iter().for_each(|name| drop(people.spawn_local(agent(sim.world.clone(), name))));
    (0..2).for_each(|_| drop(people.spawn_local(reader(sim.world.clone()))));
    while sim.started.elapsed() < BREAKS {
        sleep(Duration::from_millis(100) + millis_below(1_500)).await;
        sim.fault();
    }
    sim.mend();
    sleep(Duration::from_secs(10)).await;
    *sim.world.over.borrow_mut() = true;
    let done = async { while people.join_next().await.is_some() {} };
    if timeout(SETTLES, done).await.is_err() {
        let standings =
            sim.world.nodes.borrow().iter().map(|node| *node.handle.standing().borrow()).collect::<Vec<_>>();
        let open = &sim.world.history.borrow().open;
        return Err(format!("9: somebody is never answered: {open:?}; {standings:?}"));
    }
    sim.end()
}

impl Sim {
    fn start(&mut self, number: usize) {
        RUNS.set(RUNS.get().wrapping_add(1));
        let node = Node::start(number, RUNS.get(), self.started, &self.air, &self.wrong);
        let mut nodes = self.world.nodes.borrow_mut();
        match nodes.iter().position(|node| node.number == number) {
            Some(at) => nodes[at] = node,
            None => nodes.push(node),
        }
    }

    async fn furnish(&self) -> Result<(), String> {
        let caller = Caller { who: Who::Service(ServiceId::parse("crm").unwrap()), via: None };
        for _ in 0..200 {
            let node = self.world.nodes.borrow()[0].handle.clone();
            if node.apply(&center(), caller.clone(), configuration()).await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err("nobody leads".into())
    }

    fn fault(&mut self) {
        let at = chance(3) as usize;
        match chance(12) {
            0 | 1 => {
                self.counts.crashes += 1;
                self.world.nodes.borrow()[at].crash();
                self.start(at);
            }
            2 | 3 => {
                self.counts.pauses += 1;
                self.world.nodes.borrow()[at].pause(true);
                let (nodes, length) = (self.world.nodes.clone(), millis_below(6_000));
                tokio::task::spawn_local(async move {
                    sleep(length).await;
                    nodes.borrow()[at].pause(false);
                });
            }
            4 | 5 => {
                self.counts.cuts += 1;
                self.world.nodes.borrow()[at].cut(millis_below(8_000));
            }
            6 => {
                self.counts.outages += 1;
                with_log(|log| log.down_until = Some(Instant::now() + millis_below(6_000)));
            }
            _ => {}
        }
    }

    fn mend(&self) {
        with_log(|log| log.faults = false);
        net::calm();
        self.world.nodes.borrow().iter().for_each(|node| node.pause(false));
    }

    fn end(mut self) -> Result<(Counts, String), String> {
        if let Some(wrong) = self.wrong.lock().unwrap().first() {
            return Err(wrong.clone());
        }
        let history = self.world.history.borrow();
        let rows = with_log(|log| log.rows.clone());
        let state = history.check(&rows)?;
        self.counts.leaders = state.epoch;
        (self.counts.conflicts, self.counts.stale_reads) = with_log(|log| (log.conflicts, log.stale_reads));
        self.counts.forwarded = net::forwarded();
        (self.counts.answers, self.counts.reads) = (history.answers(), history.reads_seen());
        self.counts.refusals = history.refused;
        let digest = format!("{rows:?}\n{:?}", history.told);
        Ok((self.counts.clone(), digest))
    }
}
