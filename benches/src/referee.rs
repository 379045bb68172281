//! The core against queueing theory: a queue, agents of one chat each who accept at once and have no after-chat work, customers
//! who come by a Poisson process. What they wait must be what Erlang C says, and with limited patience what Erlang A says.

use std::collections::BTreeMap;

use chatsession::center::{
    AgentConfig, AgentId, Command, CustomerKey, Event, HOUR, Happened, Millis, Object, OfferId, Queue, QueueId, Record,
    SECOND, SessionId, Settings, StartSession, Time, Who,
};

use crate::{
    Failure,
    erlang::{self, Expected},
    floor::{Chance, Floor, Next},
};

/// The mean handling time: long enough that the core's milliseconds don't show.
const HANDLING: f64 = 600_000.0;

/// Longer than anybody ever waits or chats here: no limit of the center's is in the way.
const NEVER: Millis = 1_000_000 * HOUR;

/// Parts of a run whose means tell how much the whole may be off by chance.
const BATCHES: usize = 20;

/// Student's t for 95 % and as many batches.
const T: f64 = 2.093;

/// Customers before those who are counted, of a hundred: the floor starts empty, and theory is about one that never did.
const WARM_UP: u64 = 5;

/// What may differ from Erlang C and from Erlang A, in percent.
const TOLERANCE: (f64, f64) = (3.0, 5.0);

/// One floor.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) agents: u32,
    /// Arrivals in a mean handling time, for each agent.
    pub(crate) load: f64,
    /// In mean handling times; none is endless.
    pub(crate) patience: Option<f64>,
    /// Customers counted.
    pub(crate) customers: u64,
}

/// Runs twice as long as a quarter of the tolerance needs in heavy traffic, where the mean of `customers` waits is off by
/// about 2 / ((1 − load) · √customers).
const CASES: [Case; 10] = [
    Case { agents: 1, load: 0.5, patience: None, customers: 600_000 },
    Case { agents: 2, load: 0.8, patience: None, customers: 1_000_000 },
    Case { agents: 5, load: 0.8, patience: None, customers: 1_000_000 },
    Case { agents: 10, load: 0.9, patience: None, customers: 2_000_000 },
    Case { agents: 25, load: 0.9, patience: None, customers: 2_000_000 },
    Case { agents: 1, load: 0.8, patience: Some(2.0), customers: 200_000 },
    Case { agents: 5, load: 1.0, patience: Some(1.0), customers: 200_000 },
    Case { agents: 10, load: 0.9, patience: Some(0.5), customers: 400_000 },
    Case { agents: 25, load: 0.9, patience: Some(1.0), customers: 400_000 },
    Case { agents: 25, load: 1.2, patience: Some(0.5), customers: 200_000 },
];

/// What customers met.
#[derive(Clone, Copy, Default)]
struct Sum {
    customers: f64,
    waiting: f64,
    abandoned: f64,
    /// In mean handling times.
    wait: f64,
}

/// A mean, and how far it may be off: 95 of 100 such runs are nearer to the truth.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) mean: f64,
    pub(crate) off: f64,
}

enum Plan {
    Arrive,
    Finish(AgentId, SessionId),
    GiveUp(SessionId),
}

/// One floor in one run.
struct Run {
    case: Case,
    floor: Floor<Plan>,
    queue: QueueId,
    arrivals: Chance,
    handling: Chance,
    patience: Chance,
    arrived: u64,
    /// Who waits, the how manieth they were, and since when.
    waiting: BTreeMap<SessionId, (u64, Time)>,
    sums: [Sum; BATCHES],
}

impl Run {
    fn new(case: Case, mirrored: bool) -> Self {
        let queue = QueueId::parse("desk").expect("a name");
        let mut floor = Floor::new(1);
        floor.system(Command::Put(Object::Settings(Box::new(Settings { max_age: NEVER, ..Settings::default() }))));
        let desk = Queue { max_wait: NEVER, ..Queue::new(queue.clone(), "Desk".into()) };
        floor.system(Command::Put(Object::Queue(Box::new(desk))));
        for at in 0..case.agents {
            let id = AgentId::parse(&format!("agent-{at}")).expect("a name");
            let config =
                AgentConfig { capacity: Some(1), queues: [queue.clone()].into(), ..AgentConfig::new(id, "A".into()) };
            floor.employ(config);
        }
        floor.plan_after(0, Plan::Arrive);
        let chance = |seed| Chance::new(seed, mirrored);
        let (arrivals, handling, patience) = (chance(1), chance(2), chance(3));
        let (arrived, waiting, sums) = (0, BTreeMap::new(), Default::default());
        Self { case, floor, queue, arrivals, handling, patience, arrived, waiting, sums }
    }

    fn warm_up(&self) -> u64 {
        self.case.customers * WARM_UP / 100
    }

    fn all(mut self) -> [Sum; BATCHES] {
        while let Some(next) = self.floor.next(Time(u64::MAX)) {
            match next {
                Next::Planned(Plan::Arrive) if self.arrived == self.warm_up() + self.case.customers => break,
                Next::Planned(Plan::Arrive) => self.arrive(),
                Next::Planned(Plan::Finish(agent, session)) => self.end(Who::Agent(agent), session),
                Next::Planned(Plan::GiveUp(session)) => {
                    if let Some((number, since)) = self.waiting.remove(&session) {
                        self.count(number, since, true, true);
                        let customer = self.floor.center.sessions[&session].customer;
                        self.end(Who::Customer(customer), session);
                    }
                }
                Next::Due(record) => self.answer(record.as_ref()),
            }
        }
        self.sums
    }

    fn arrive(&mut self) {
        self.arrived += 1;
        let between = self.arrivals.exponential(HANDLING / (self.case.load * f64::from(self.case.agents)));
        self.floor.plan_after(between, Plan::Arrive);
        let customer = CustomerKey::from_bytes(u128::from(self.arrived).to_be_bytes());
        let start = StartSession::new(customer, "c".into(), self.queue.clone());
        let start = Command::StartSession(Box::new(start));
        let started = self.floor.ask(Who::Customer(customer), false, start).expect("a start is never refused here");
        let session = started.answer.session.expect("a session");
        if let Some(patience) = self.case.patience {
            let patience = self.patience.exponential(HANDLING * patience);
            self.floor.plan_after(patience, Plan::GiveUp(session));
        }
        self.waiting.insert(session, (self.arrived, self.floor.now));
        self.answer(started.record.as_ref());
    }

    /// Whoever is offered a session accepts at once.
    fn answer(&mut self, record: Option<&Record>) {
        for (session, agent, offer) in record.map(offers).unwrap_or_default() {
            let accept = Command::AcceptOffer { session, offer };
            self.floor.ask(Who::Agent(agent.clone()), false, accept).expect("the offer is still open");
            if let Some((number, since)) = self.waiting.remove(&session) {
                // Who is offered in the commit of their start hasn't waited.
                let waited = !record.is_some_and(|record| starts(record, session));
                self.count(number, since, waited, false);
            }
            let handling = self.handling.exponential(HANDLING);
            self.floor.plan_after(handling, Plan::Finish(agent, session));
        }
    }

    fn end(&mut self, who: Who, session: SessionId) {
        let end = Command::EndSession { session, end_for_all: false, expected: None };
        let ended = self.floor.ask(who, false, end).expect("it hasn't ended yet");
        self.floor.system(Command::Archive { session });
        self.answer(ended.record.as_ref());
    }

    fn count(&mut self, number: u64, since: Time, waited: bool, abandoned: bool) {
        let Some(number) = number.checked_sub(self.warm_up() + 1) else { return };
        let batch = (number * BATCHES as u64 / self.case.customers) as usize;
        let sum = &mut self.sums[batch.min(BATCHES - 1)];
        sum.customers += 1.0;
        sum.waiting += f64::from(u8::from(waited));
        sum.abandoned += f64::from(u8::from(abandoned));
        sum.wait += self.floor.now.since(since) as f64 / HANDLING;
    }
}

/// The router's offers in a record.
pub(crate) fn offers(record: &Record) -> Vec<(SessionId, AgentId, OfferId)> {
    let offers = record.events.iter().filter_map(|event| match event {
        Event::Session(event) => match &event.what {
            Happened::OfferMade(offer) if offer.is_router() => Some((event.session, offer.agent.clone(), offer.id)),
            _ => None,
        },
        _ => None,
    });
    offers.collect()
}

fn starts(record: &Record, session: SessionId) -> bool {
    record.events.iter().any(|event| {
        matches!(event, Event::Session(event) if event.session == session && matches!(event.what, Happened::Started(_)))
    })
}

/// A run and its mirror, half of the customers in each.
pub(crate) struct Trial {
    pub(crate) waiting: Measured,
    pub(crate) abandoned: Measured,
    pub(crate) wait: Measured,
    pub(crate) expected: Expected,
}

pub(crate) fn trial(case: Case) -> Trial {
    let half = Case { customers: case.customers / 2, ..case };
    let (one, other) = (Run::new(half, false).all(), Run::new(half, true).all());
    let measured = |what: fn(&Sum) -> f64| {
        let means: Vec<f64> = one
            .iter()
            .zip(&other)
            .map(|(one, other)| (what(one) + what(other)) / (one.customers + other.customers))
            .collect();
        let count = means.len() as f64;
        let mean = means.iter().sum::<f64>() / count;
        let variance = means.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Measured { mean, off: T * (variance / count).sqrt() }
    };
    let load = case.load * f64::from(case.agents);
    let expected = match case.patience {
        Some(patience) => erlang::a(case.agents, load, patience),
        None => erlang::c(case.agents, load),
    };
    let (waiting, abandoned, wait) =
        (measured(|sum| sum.waiting), measured(|sum| sum.abandoned), measured(|sum| sum.wait));
    Trial { waiting, abandoned, wait, expected }
}

impl Trial {
    /// How far measure and theory are apart, in percent: of the probability (of waiting, or of abandoning), and of the wait.
    pub(crate) fn differences(&self, case: Case) -> [f64; 2] {
        let (measured, expected) = self.probability(case);
        let percent = |measured: f64, expected: f64| 100.0 * (measured / expected - 1.0);
        [percent(measured.mean, expected), percent(self.wait.mean, self.expected.wait)]
    }

    fn probability(&self, case: Case) -> (Measured, f64) {
        match case.patience {
            Some(_) => (self.abandoned, self.expected.abandoned),
            None => (self.waiting, self.expected.waiting),
        }
    }
}

/// How far a floor may be off, in percent.
pub(crate) fn tolerance(case: Case) -> f64 {
    if case.patience.is_some() { TOLERANCE.1 } else { TOLERANCE.0 }
}

pub(crate) fn run() -> Result<(), Failure> {
    println!(
        "mean handling time {} s; waits in s; ± is what 95 of 100 such runs stay within",
        HANDLING / SECOND as f64
    );
    println!(
        "{:<9} {:>6} {:>5} {:>8} {:>9}  {:<10} {:>9} {:>8} {:>9} {:>8}",
        "theory", "agents", "load", "patience", "customers", "measure", "measured", "±", "theory", "differs"
    );
    let mut failed = 0;
    for case in CASES {
        let trial = trial(case);
        let name = if case.patience.is_some() { "Erlang A" } else { "Erlang C" };
        let patience = case.patience.map_or("-".to_owned(), |patience| format!("{:.0}", patience * HANDLING / 1e3));
        let floor = format!("{name:<9} {:>6} {:>5.2} {patience:>8} {:>9}", case.agents, case.load, case.customers);
        let (probability, expected) = trial.probability(case);
        let [first, second] = trial.differences(case);
        let what = if case.patience.is_some() { "P(abandon)" } else { "P(wait)" };
        let (mean, off) = (probability.mean, probability.off);
        println!("{floor}  {what:<10} {mean:>9.4} {off:>8.4} {expected:>9.4} {first:>+7.2}%");
        let seconds = HANDLING / SECOND as f64;
        let (mean, off, wait) = (trial.wait.mean * seconds, trial.wait.off * seconds, trial.expected.wait * seconds);
        println!("{floor}  {:<10} {mean:>9.2} {off:>8.2} {wait:>9.2} {second:>+7.2}%", "mean wait");
        failed += usize::from(first.abs().max(second.abs()) > tolerance(case));
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} floors differ from theory").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_small_floor_then_it_waits_as_erlang_says() {
        for patience in [None, Some(1.0)] {
            let case = Case { agents: 2, load: 0.6, patience, customers: 20_000 };
            let differences = trial(case).differences(case);
            assert!(differences.iter().all(|differs| differs.abs() < 15.0), "{patience:?}: {differences:?} %");
        }
    }
}
