//! A center in which something happened, and what is asserted after every step.

use std::collections::{BTreeMap, BTreeSet};

use super::words::described;
use crate::center::*;

/// A center, its log folded beside it, and what the last step came to.
pub(super) struct World {
    pub(super) center: Center,
    folded: Center,
    pub(super) now: Time,
    steps: u64,
    happened: Vec<String>,
    pub(super) events: Vec<Event>,
    /// Everything since the beginning.
    pub(super) log: Vec<Event>,
    result: Result<Answer, Refusal>,
}

pub(super) const NODE: Incarnation = Incarnation::from_bytes([1; 16]);
pub(super) const OTHER_NODE: Incarnation = Incarnation::from_bytes([2; 16]);

/// Queues `sales` and `support`, agents `ann`, `bob` and `cy` and supervisor `sue` who serve both, nobody signed in.
pub(super) fn given() -> World {
    let id = CenterId::parse("acme").unwrap();
    let center = Center::new(id, BTreeSet::from([NODE, OTHER_NODE]));
    let mut world = World {
        folded: center.clone(),
        center,
        now: Time(1_000_000),
        steps: 0,
        happened: Vec::new(),
        events: Vec::new(),
        log: Vec::new(),
        result: Ok(Answer::default()),
    };
    for name in ["sales", "support"] {
        world.queue(name, |_| {});
    }
    for name in ["ann", "bob", "cy", "sue"] {
        world.configured(name, |agent| agent.supervisor = name == "sue");
    }
    world
}

pub(super) fn queue_id(name: &str) -> QueueId {
    QueueId::parse(name).unwrap()
}

pub(super) fn agent_id(name: &str) -> AgentId {
    AgentId::parse(name).unwrap()
}

pub(super) fn customer_key(name: &str) -> CustomerKey {
    let mut bytes = [0; 16];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    CustomerKey::from_bytes(bytes)
}

pub(super) fn by(who: Who) -> Caller {
    Caller { who, via: None }
}

pub(super) fn agent(name: &str) -> Caller {
    by(Who::Agent(agent_id(name)))
}

pub(super) fn supervisor(name: &str) -> Caller {
    by(Who::Supervisor(agent_id(name)))
}

pub(super) fn customer(name: &str) -> Caller {
    by(Who::Customer(customer_key(name)))
}

pub(super) fn backend() -> Caller {
    by(Who::Service(ServiceId::parse("crm").unwrap()))
}

pub(super) fn backend_for(name: &str) -> Caller {
    Caller { via: Some(ServiceId::parse("crm").unwrap()), ..customer(name) }
}

pub(super) fn system() -> Caller {
    by(Who::System)
}

/// Configuration and the usual beginnings.
impl World {
    pub(super) fn queue(&mut self, name: &str, set: impl FnOnce(&mut Queue)) -> &mut Self {
        let mut queue = Queue {
            id: queue_id(name),
            name: name.into(),
            entry_message: None,
            max_wait: HOUR,
            max_wait_action: MaxWaitAction::End,
            max_wait_message: None,
            wrap_up_time: 0,
            disposition_required: false,
            max_length: 0,
            refuse_unstaffed: false,
            open_to_customers: true,
        };
        set(&mut queue);
        self.when(system(), |_| Command::Put(Object::Queue(Box::new(queue))))
    }

    pub(super) fn configured(&mut self, name: &str, set: impl FnOnce(&mut AgentConfig)) -> &mut Self {
        let queues = [queue_id("sales"), queue_id("support")].into();
        let (capacity, supervisor, teams) = (None, false, BTreeSet::new());
        let mut config = AgentConfig { id: agent_id(name), name: name.into(), queues, capacity, supervisor, teams };
        set(&mut config);
        self.when(system(), |_| Command::Put(Object::Agent(Box::new(config))))
    }

    pub(super) fn settings(&mut self, set: impl FnOnce(&mut Settings)) -> &mut Self {
        let mut settings = self.center.settings.clone();
        set(&mut settings);
        self.when(system(), |_| Command::Put(Object::Settings(Box::new(settings))))
    }

    pub(super) fn signed_in(&mut self, name: &str) -> &mut Self {
        self.when(agent(name), |_| Command::SignIn);
        self.when(system(), |_| Command::OpenDesk { agent: agent_id(name), incarnation: NODE })
    }

    pub(super) fn ready(&mut self, name: &str) -> &mut Self {
        self.signed_in(name);
        self.when(agent(name), |_| Command::SetState { ready: true, reason: None })
    }

    pub(super) fn waiting(&mut self, name: &str) -> &mut Self {
        self.when(customer(name), super::words::start(name, "sales"))
    }

    /// The customer's session, attended by an agent whom the router offered it to; the agent isn't ready afterwards.
    pub(super) fn attended(&mut self, name: &str, by: &str) -> &mut Self {
        self.signed_in(by).waiting(name);
        self.when(agent(by), |_| Command::SetState { ready: true, reason: None });
        self.when(agent(by), super::words::accept(name));
        self.when(agent(by), |_| Command::SetState { ready: false, reason: None });
        let next = self.center.agents[&agent_id(by)].next.is_some();
        assert!(next, "busy, so the state waits");
        self
    }
}

/// Steps.
impl World {
    pub(super) fn session(&self, name: &str) -> &Session {
        let of = |session: &&Session| session.customer == customer_key(name);
        self.center.sessions.values().filter(of).max_by_key(|session| (session.created, session.id)).unwrap()
    }

    /// Somebody asks for something.
    pub(super) fn when(&mut self, caller: Caller, command: impl FnOnce(&Self) -> Command) -> &mut Self {
        let id = format!("r-{}", self.steps);
        self.when_asked(caller, &id, command)
    }

    /// The same by a request id.
    pub(super) fn when_asked(&mut self, caller: Caller, id: &str, command: impl FnOnce(&Self) -> Command) -> &mut Self {
        let command = command(self);
        let content = format!("{command:?}");
        let fingerprint = content.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let requested = Requested { id: RequestId::parse(id).unwrap(), fingerprint };
        let request = Some(requested).filter(|_| caller.who != Who::System);
        self.happened.clear();
        self.events.clear();
        self.result = self.step(Asked { caller, request, command });
        self
    }

    /// A step that somebody else takes elsewhere: ids go on as if it were taken here.
    pub(super) fn pass(&mut self, taken: bool) {
        self.steps += u64::from(taken);
    }

    /// Time passes; whatever is due happens when it is.
    pub(super) fn after(&mut self, length: Millis) -> &mut Self {
        self.happened.clear();
        self.events.clear();
        let until = self.now + length;
        while let Some(due) = self.center.next_deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let asked = Asked { caller: system(), request: None, command: Command::Due };
            self.result = self.step(asked);
        }
        self.now = until;
        self
    }

    /// The service was down, and a new leader of another run goes on.
    pub(super) fn after_a_recovery(&mut self, down_for: Millis, living: &[Incarnation]) -> &mut Self {
        self.now = self.now + down_for;
        let living = living.iter().copied().collect();
        let started =
            LeaderStarted { epoch: 2, incarnation: OTHER_NODE, now: self.now, down_for, living, format: None };
        self.leader_started(&started);
        self.after(0)
    }

    pub(super) fn leader_started(&mut self, started: &LeaderStarted) {
        self.center.leader_started(started);
        self.folded.leader_started(started);
    }

    fn step(&mut self, asked: Asked) -> Result<Answer, Refusal> {
        let before = bytes(&self.center);
        let units: BTreeMap<AgentId, u32> =
            self.center.agents.values().map(|agent| (agent.config.id.clone(), agent.work.units())).collect();
        self.steps += 1;
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.steps.to_be_bytes());
        let content = Content::new(self.steps, 0);
        match self.center.handle(asked, self.now, Seed::new(seed), content) {
            Ok(decided) => {
                if let Some(record) = &decided.record {
                    self.happened.extend(record.events.iter().filter_map(|event| described(event, &decided.texts)));
                    self.events.extend(record.events.iter().cloned());
                    self.log.extend(record.events.iter().cloned());
                    self.folded.apply(record);
                }
                self.check(&units);
                Ok(decided.answer)
            }
            Err(refusal) => {
                assert_eq!(bytes(&self.center), before, "a refusal has changed nothing");
                Err(refusal)
            }
        }
    }

    /// What must hold at every commit.
    fn check(&mut self, units: &BTreeMap<AgentId, u32>) {
        assert_eq!(self.center.violations(self.now), Vec::<String>::new());
        assert_eq!(self.center.over_capacity(units), Vec::<String>::new());
        let live = bytes(&self.center);
        assert_eq!(bytes(&self.folded), live, "folding the log gives the state");
        let mut restored: Center = minicbor::decode(&live).unwrap();
        restored.restore();
        assert_eq!(bytes(&restored), live, "what was read is what was written");
        assert_eq!(restored.violations(self.now), Vec::<String>::new());
        if self.center.next_deadline().is_none_or(|due| due > self.now) {
            let due = Asked { caller: system(), request: None, command: Command::Due };
            let missed = restored.handle(due, self.now, Seed::new([0; 32]), Content::default()).unwrap();
            assert_eq!(missed.record, None, "whoever looks at everything finds nothing more to do");
        }
    }
}

fn bytes(center: &Center) -> Vec<u8> {
    minicbor::to_vec(center).unwrap()
}

/// What is asserted of a step.
impl World {
    /// Exactly this happened, in this order.
    #[track_caller]
    pub(super) fn then(&mut self, expected: &[&str]) -> &mut Self {
        assert_eq!(self.result.as_ref().err(), None, "it was refused");
        assert_eq!(self.happened, expected);
        self
    }

    /// Among others this happened.
    #[track_caller]
    pub(super) fn then_also(&mut self, expected: &str) -> &mut Self {
        assert_eq!(self.result.as_ref().err(), None, "it was refused");
        assert!(self.happened.iter().any(|said| said == expected), "{expected:?} isn't among {:#?}", self.happened);
        self
    }

    #[track_caller]
    pub(super) fn refused(&mut self, why: Refusal) -> &mut Self {
        assert_eq!(self.result, Err(why));
        self
    }

    #[track_caller]
    pub(super) fn answer(&self) -> &Answer {
        self.result.as_ref().unwrap()
    }
}
