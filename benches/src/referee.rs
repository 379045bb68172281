//! Queueing theory as a referee: the real core, driven in virtual time by Poisson arrivals and exponential handling, has to
//! wait as long as the formulas say.
//!
//! Without patience the model is M/M/n (A. K. Erlang, 1917: "Erlang C"); with exponential patience it is M/M/n+M (C. Palm, 1957:
//! "Erlang A"; O. Garnett, A. Mandelbaum and M. Reiman, 2002).

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap},
};

use chatsession::center::{
    AgentId, Asked, Caller, Center, CenterId, Command, Content, Event, Happened, Millis, Object, OfferId, Seed,
    SessionEvent, SessionId, Settings, Time, Who,
};
use clap::Args as ClapArgs;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{
    Failure,
    core::{NODE, agent, queue, start},
};

/// What a run looks like.
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Customers who come in each run. Fewer are faster and less exact.
    #[arg(long, default_value_t = 2_000_000)]
    arrivals: u64,
    /// The runs draw from this.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// A mean handling time: long enough that the core's milliseconds are fine enough.
const HANDLING: f64 = 300_000.0;

/// A week, the longest that the settings allow: no limit of time plays a part.
const WEEK: Millis = 7 * 24 * 3_600_000;

/// Customers of the beginning who aren't counted: the center was empty.
const WARM_UP: u64 = 20_000;

/// A load: so many agents, busy so much of their time if all are served; and how patient customers are, in handling times.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) agents: u32,
    pub(crate) busy: f64,
    pub(crate) patience: Option<f64>,
}

/// What became of those who came. Waits are in handling times, of all, also of those who gave up.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) waiting: f64,
    pub(crate) wait: f64,
    pub(crate) abandoned: f64,
}

/// What happens next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Comes,
    Done(SessionId),
    GivesUp(SessionId),
}

/// A center in virtual time.
struct Day {
    center: Center,
    now: Time,
    asked: u64,
    ahead: BinaryHeap<Reverse<(Time, u64, Next)>>,
    random: StdRng,
    waiting: HashMap<SessionId, (Who, Time, bool)>,
    attended: HashMap<SessionId, AgentId>,
    waits: Vec<f64>,
    had_to_wait: u64,
    gave_up: u64,
}

impl Day {
    fn new(load: Load, seed: u64) -> Self {
        let center = Center::new(CenterId::parse("referee").expect("a name"), BTreeSet::from([NODE]));
        let mut day = Self {
            center,
            now: Time(1_000_000),
            asked: 0,
            ahead: BinaryHeap::new(),
            random: StdRng::seed_from_u64(seed),
            waiting: HashMap::new(),
            attended: HashMap::new(),
            waits: Vec::new(),
            had_to_wait: 0,
            gave_up: 0,
        };
        let settings = Settings { max_age: WEEK, ..Settings::default() };
        day.ask(Who::System, Command::Put(Object::Settings(Box::new(settings))));
        let mut desk = queue("desk");
        desk.max_wait = WEEK;
        let served = BTreeSet::from([desk.id.clone()]);
        day.ask(Who::System, Command::Put(Object::Queue(Box::new(desk))));
        for at in 0..load.agents as usize {
            let mut config = agent(at, served.clone());
            config.capacity = Some(1);
            let id = config.id.clone();
            day.ask(Who::System, Command::Put(Object::Agent(Box::new(config))));
            day.ask(Who::Agent(id.clone()), Command::SignIn);
            day.ask(Who::System, Command::OpenDesk { agent: id.clone(), incarnation: NODE });
            day.ask(Who::Agent(id), Command::SetState { ready: true, reason: None });
        }
        day
    }

    /// An exponential time.
    fn time(&mut self, mean: f64) -> Millis {
        let uniform: f64 = self.random.random();
        (-(1.0 - uniform).ln() * mean).round() as Millis
    }

    fn later(&mut self, after: Millis, next: Next) {
        self.asked += 1;
        self.ahead.push(Reverse((self.now + after, self.asked, next)));
    }

    /// Asks, and lets agents take at once what is offered to them and what is closed go.
    fn ask(&mut self, who: Who, command: Command) -> Option<SessionId> {
        self.asked += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.asked.to_be_bytes());
        let asked = Asked { caller: Caller { who, via: None }, request: None, command };
        let decided = self.center.handle(asked, self.now, Seed::new(seed), Content::new(1, 0));
        let decided = decided.expect("the model asks for nothing that is refused");
        for event in decided.record.into_iter().flat_map(|record| record.events) {
            let Event::Session(SessionEvent { session, what, .. }) = event else { continue };
            match what {
                Happened::OfferMade(offer) => self.taken(session, offer.agent, offer.id),
                Happened::Closed => {
                    self.ask(Who::System, Command::Archive { session });
                }
                _ => {}
            }
        }
        decided.answer.session
    }

    fn taken(&mut self, session: SessionId, agent: AgentId, offer: OfferId) {
        if let Some((_, since, counts)) = self.waiting.remove(&session) {
            self.waits.extend(counts.then(|| self.now.since(since) as f64 / HANDLING));
        }
        self.attended.insert(session, agent.clone());
        self.ask(Who::Agent(agent), Command::AcceptOffer { session, offer });
        let handling = self.time(HANDLING);
        self.later(handling, Next::Done(session));
    }

    fn comes(&mut self, number: u64, patience: Option<f64>) {
        let (who, command) = start(number, "desk");
        let counts = number > WARM_UP;
        let Some(session) = self.ask(who.clone(), command) else { return };
        if self.attended.contains_key(&session) {
            self.waits.extend(counts.then_some(0.0));
            return;
        }
        self.had_to_wait += u64::from(counts);
        self.waiting.insert(session, (who, self.now, counts));
        if let Some(patience) = patience {
            let gives_up = self.time(patience * HANDLING);
            self.later(gives_up, Next::GivesUp(session));
        }
    }

    fn happens(&mut self, next: Next) {
        let end = |session| Command::EndSession { session, end_for_all: false, expected: None };
        match next {
            Next::Comes => {}
            Next::Done(session) => {
                if let Some(agent) = self.attended.remove(&session) {
                    self.ask(Who::Agent(agent), end(session));
                }
            }
            Next::GivesUp(session) => {
                if let Some((who, since, counts)) = self.waiting.remove(&session) {
                    self.waits.extend(counts.then(|| self.now.since(since) as f64 / HANDLING));
                    self.gave_up += u64::from(counts);
                    self.ask(who, end(session));
                }
            }
        }
    }
}

/// Runs a load on the core.
pub(crate) fn play(load: Load, arrivals: u64, seed: u64) -> Found {
    let mut day = Day::new(load, seed);
    let between = HANDLING / (f64::from(load.agents) * load.busy);
    let mut came = 0;
    let first = day.time(between);
    day.later(first, Next::Comes);
    while let Some(Reverse((time, _, next))) = day.ahead.pop() {
        day.now = time;
        if next != Next::Comes {
            day.happens(next);
            continue;
        }
        came += 1;
        day.comes(came, load.patience);
        if came < arrivals + WARM_UP {
            let next = day.time(between);
            day.later(next, Next::Comes);
        }
    }
    let all = day.waits.len() as f64;
    Found {
        waiting: day.had_to_wait as f64 / all,
        wait: day.waits.iter().sum::<f64>() / all,
        abandoned: day.gave_up as f64 / all,
    }
}

/// What theory says. The chance of so many customers in the center is that of one fewer, times arrivals, over departures:
/// `min(k, n)` by handling and, beyond the agents, one patience each.
pub(crate) fn theory(load: Load) -> Found {
    let (agents, arrivals) = (f64::from(load.agents), f64::from(load.agents) * load.busy);
    let impatience = load.patience.map_or(0.0, |patience| 1.0 / patience);
    let (mut chance, mut all, mut waiting, mut queued) = (1.0_f64, 1.0, 0.0, 0.0);
    for k in 1..200_000_u32 {
        let behind = (f64::from(k) - agents).max(0.0);
        chance *= arrivals / (f64::from(k).min(agents) + behind * impatience);
        all += chance;
        // Whoever comes while all agents are busy has to wait (arrivals see the center as it is on average).
        waiting += if f64::from(k) >= agents { chance } else { 0.0 };
        queued += behind * chance;
        if behind > 0.0 && chance < 1e-15 * all {
            break;
        }
    }
    // Little: as many wait as come, times how long they wait.
    let wait = queued / all / arrivals;
    Found { waiting: waiting / all, wait, abandoned: wait * impatience }
}

fn off(found: f64, expected: f64) -> f64 {
    (found / expected - 1.0) * 100.0
}

/// Prints the table; fails when the core waits otherwise than theory says.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let without = [(1, 0.5), (2, 0.7), (4, 0.75), (8, 0.8), (20, 0.85)];
    let with = [(2, 0.9, 1.0), (5, 1.0, 1.0), (10, 1.1, 2.0), (10, 0.9, 0.5), (25, 1.0, 1.0)];
    let mut worst = (0.0_f64, 0.0_f64);
    println!("Erlang C: {} customers each; waits in handling times", args.arrivals);
    println!("agents  load   P(wait) core / theory     off    mean wait core / theory      off");
    for (agents, busy) in without {
        let load = Load { agents, busy, patience: None };
        let (found, expected) = (play(load, args.arrivals, args.seed), theory(load));
        let offs = [off(found.waiting, expected.waiting), off(found.wait, expected.wait)];
        println!(
            "{agents:>6}  {busy:.2}       {:.4} / {:.4}  {:>+6.2} %          {:.4} / {:.4}  {:>+6.2} %",
            found.waiting, expected.waiting, offs[0], found.wait, expected.wait, offs[1]
        );
        worst.0 = offs.into_iter().map(f64::abs).fold(worst.0, f64::max);
    }
    println!("\nErlang A: the same with patience, in handling times");
    println!("agents  load  patience   P(abandon) core / theory     off    mean wait core / theory      off");
    for (agents, busy, patience) in with {
        let load = Load { agents, busy, patience: Some(patience) };
        let (found, expected) = (play(load, args.arrivals, args.seed), theory(load));
        let offs = [off(found.abandoned, expected.abandoned), off(found.wait, expected.wait)];
        println!(
            "{agents:>6}  {busy:.2}      {patience:.2}          {:.4} / {:.4}  {:>+6.2} %          {:.4} / {:.4}  {:>+6.2} %",
            found.abandoned, expected.abandoned, offs[0], found.wait, expected.wait, offs[1]
        );
        worst.1 = offs.into_iter().map(f64::abs).fold(worst.1, f64::max);
    }
    println!("\nworst: Erlang C {:.2} % (must ≤ 3), Erlang A {:.2} % (must ≤ 5)", worst.0, worst.1);
    if worst.0 > 3.0 || worst.1 > 5.0 { Err("the core waits otherwise than theory says".into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theory_is_what_the_textbook_says() {
        // One agent: P(wait) is the load, the mean wait load / (1 − load).
        let one = theory(Load { agents: 1, busy: 0.5, patience: None });
        assert!((one.waiting - 0.5).abs() < 1e-9 && (one.wait - 1.0).abs() < 1e-9, "{one:?}");
        // Two agents at 0.75: P(wait) = 2ρ² / (1 + ρ).
        let two = theory(Load { agents: 2, busy: 0.75, patience: None });
        assert!((two.waiting - 2.0 * 0.5625 / 1.75).abs() < 1e-9, "{two:?}");
    }

    #[test]
    fn a_short_run_on_the_core_waits_about_as_theory_says() {
        for patience in [None, Some(1.0)] {
            let load = Load { agents: 2, busy: 0.7, patience };
            let (found, expected) = (play(load, 4_000, 3), theory(load));
            assert!(off(found.wait, expected.wait).abs() < 25.0, "{found:?} {expected:?}");
        }
    }
}
