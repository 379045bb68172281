//! A center in virtual time, and the calendar of what the people around it are going to do: no server, no clock. The same seed
//! gives the same events.

use std::collections::{BTreeMap, BTreeSet};

use chatsession::center::{
    AgentConfig, AgentId, Asked, Caller, Center, CenterId, Command, Content, Decided, Incarnation, Millis, Object,
    Record, Refusal, Seed, Time, Who,
};
use rand::{RngExt, SeedableRng, rngs::SmallRng};

/// When every floor's clock starts: a midnight, so that the time of day can be read off.
pub(crate) const START: Time = Time(1_700_006_400_000);

/// The node at which all desks are open.
pub(crate) const NODE: Incarnation = Incarnation::from_bytes([1; 16]);

/// A center, and what people plan to do there.
pub(crate) struct Floor<Plan> {
    pub(crate) center: Center,
    pub(crate) now: Time,
    seed: u64,
    commands: u64,
    /// What is planned for the same time happens in the order in which it was planned.
    calendar: BTreeMap<(Time, u64), Plan>,
    planned: u64,
}

/// What comes next.
pub(crate) enum Next<Plan> {
    /// Something was due by itself, and this is what it came to.
    Due(Option<Record>),
    /// Somebody does what they planned.
    Planned(Plan),
}

impl<Plan> Floor<Plan> {
    pub(crate) fn new(seed: u64) -> Self {
        let center = Center::new(CenterId::parse("floor").expect("a name"), BTreeSet::from([NODE]));
        Self { center, now: START, seed, commands: 0, calendar: BTreeMap::new(), planned: 0 }
    }

    pub(crate) fn plan(&mut self, at: Time, plan: Plan) {
        self.planned += 1;
        self.calendar.insert((at.max(self.now), self.planned), plan);
    }

    pub(crate) fn plan_after(&mut self, after: Millis, plan: Plan) {
        self.plan(self.now + after, plan);
    }

    /// Moves the clock to whatever comes first, deadlines before plans; nothing when that is later than `until`.
    pub(crate) fn next(&mut self, until: Time) -> Option<Next<Plan>> {
        let planned = self.calendar.first_key_value().map(|((time, _), _)| *time);
        let due = self.center.next_deadline().map(|due| due.max(self.now));
        match (due, planned) {
            (Some(due), planned) if due <= until && planned.is_none_or(|planned| due <= planned) => {
                self.now = due;
                Some(Next::Due(self.system(Command::Due).record))
            }
            (_, Some(planned)) if planned <= until => {
                self.now = planned;
                self.calendar.pop_first().map(|(_, plan)| Next::Planned(plan))
            }
            _ => None,
        }
    }

    /// Asks in somebody's name. Without a request id: whoever asks here never asks twice.
    pub(crate) fn ask(&mut self, who: Who, via: bool, command: Command) -> Result<Decided, Refusal> {
        self.commands += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        seed[8..16].copy_from_slice(&self.commands.to_be_bytes());
        let via = via.then(|| chatsession::center::ServiceId::parse("shop").expect("a name"));
        let asked = Asked { caller: Caller { who, via }, request: None, command };
        self.center.handle(asked, self.now, Seed::new(seed), Content::new(1, 0))
    }

    pub(crate) fn system(&mut self, command: Command) -> Decided {
        self.ask(Who::System, false, command).expect("the service asks for nothing that is refused")
    }

    /// An agent comes to work, ready at their desk. The records tell of offers.
    pub(crate) fn employ(&mut self, config: AgentConfig) -> Vec<Record> {
        let id = config.id.clone();
        self.system(Command::Put(Object::Agent(Box::new(config))));
        self.come(&id)
    }

    /// A known agent signs in, opens their desk and is ready.
    pub(crate) fn come(&mut self, id: &AgentId) -> Vec<Record> {
        let who = Who::Agent(id.clone());
        let mut ask = |who, command| self.ask(who, false, command).expect("agents may come").record;
        let steps = [
            (who.clone(), Command::SignIn),
            (Who::System, Command::OpenDesk { agent: id.clone(), incarnation: NODE }),
            (who, Command::SetState { ready: true, reason: None }),
        ];
        steps.into_iter().filter_map(|(who, command)| ask(who, command)).collect()
    }
}

/// Draws by a seed.
pub(crate) struct Chance {
    random: SmallRng,
    /// Every draw as far from the other end: where the one comes early, its mirror comes late, and the mean of both is
    /// nearer to the truth than that of two strangers.
    mirrored: bool,
}

impl Chance {
    pub(crate) fn new(seed: u64, mirrored: bool) -> Self {
        Self { random: SmallRng::seed_from_u64(seed), mirrored }
    }

    /// Above 0 and below 1, each as likely as the other.
    pub(crate) fn unit(&mut self) -> f64 {
        let drawn: f64 = self.random.random::<f64>().clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        if self.mirrored { 1.0 - drawn } else { drawn }
    }

    /// A time that has no memory.
    pub(crate) fn exponential(&mut self, mean: f64) -> Millis {
        (-mean * self.unit().ln()).round() as Millis
    }

    /// Below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((self.unit() * end as f64) as usize).min(end.saturating_sub(1))
    }

    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}
