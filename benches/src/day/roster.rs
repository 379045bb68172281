//! Who works where and when, and when customers come.

use std::collections::{BTreeMap, BTreeSet};

use chatsession::center::{
    AgentConfig, AgentId, Code, MINUTE, MaxWaitAction, Millis, Queue, QueueId, SECOND, ServiceLevel, Time, Wanted,
    Widening,
};

use crate::floor::{Chance, START};

/// Queues, the busiest first; the last one takes what others can't.
const QUEUES: [&str; 12] = [
    "orders",
    "delivery",
    "support",
    "technical",
    "returns",
    "billing",
    "sales",
    "accounts",
    "premium",
    "german",
    "french",
    "general",
];

/// The queue whose sessions want a skill.
const TECHNICAL: &str = "technical";

const SKILLS: [&str; 3] = ["hardware", "software", "network"];

/// Shifts: their start and end, in minutes of the day.
const SHIFTS: [(Millis, Millis); 3] = [(7 * 60, 15 * 60 + 30), (9 * 60 + 30, 18 * 60), (12 * 60, 20 * 60 + 30)];

/// Breaks: how long after the shift's start, and how long, in minutes.
const BREAKS: [(Millis, Millis); 3] = [(105, 10), (225, 30), (390, 10)];

/// Peaks of the day: when, in hours, and how much more than the quiet rate.
const PEAKS: [(f64, f64); 3] = [(9.5, 1.6), (12.5, 2.2), (16.0, 1.8)];

/// Customers come from this hour to that one.
const OPEN: (f64, f64) = (7.25, 20.0);

pub(super) fn queue_ids() -> Vec<QueueId> {
    QUEUES.iter().filter_map(|id| QueueId::parse(id)).collect()
}

fn name(at: usize) -> QueueId {
    QueueId::parse(QUEUES[at]).expect("a name")
}

fn last() -> QueueId {
    name(QUEUES.len() - 1)
}

pub(super) fn queues() -> impl Iterator<Item = Queue> {
    queue_ids().into_iter().map(|id| {
        let overflow = MaxWaitAction::Overflow(last());
        let (max_wait, max_wait_action) =
            if id == last() { (15 * MINUTE, MaxWaitAction::End) } else { (6 * MINUTE, overflow) };
        let widening =
            if id.as_str() == TECHNICAL { vec![Widening { after: 3 * MINUTE, level: 0 }] } else { Vec::new() };
        let service_level = Some(ServiceLevel { within: 30 * SECOND, percent: 80 });
        let queue = Queue::new(id.clone(), id.as_str().into());
        Queue { max_wait, max_wait_action, widening, service_level, wrap_up_time: 45 * SECOND, ..queue }
    })
}

/// The agent of a number: one queue of their own, some more beside it.
pub(super) fn agent(at: usize, chance: &mut Chance) -> AgentConfig {
    let mut queues = BTreeSet::from([own_queue(at)]);
    if chance.happens(0.5) {
        queues.insert(name(chance.below(QUEUES.len())));
    }
    if chance.happens(0.3) {
        queues.insert(last());
    }
    let mut skills = BTreeMap::new();
    if queues.iter().any(|queue| queue.as_str() == TECHNICAL) {
        for _ in 0..2 {
            skills.insert(skill(chance), 30 + chance.below(71) as u32);
        }
    }
    let id = AgentId::parse(&format!("agent-{at:03}")).expect("a name");
    AgentConfig { queues, skills, ..AgentConfig::new(id, "Agent".into()) }
}

/// Busier queues have more agents.
fn own_queue(at: usize) -> QueueId {
    let shares: Vec<usize> = (0..QUEUES.len()).flat_map(|queue| vec![queue; share(queue)]).collect();
    // A step that shares no factor with their number visits all of them in turn.
    name(shares[at * 7 % shares.len()])
}

/// Parts of all that are a queue's.
fn share(queue: usize) -> usize {
    [9, 8, 7, 6, 5, 4, 4, 3, 2, 2, 1, 2][queue]
}

fn skill(chance: &mut Chance) -> Code {
    Code::parse(SKILLS[chance.below(SKILLS.len())]).expect("a name")
}

/// What a customer wants: a queue, and perhaps a skill.
pub(super) fn wish(chance: &mut Chance) -> (QueueId, Vec<Wanted>) {
    let all: usize = (0..QUEUES.len()).map(share).sum();
    let mut drawn = chance.below(all);
    let mut queue = 0;
    while drawn >= share(queue) {
        drawn -= share(queue);
        queue += 1;
    }
    let wants = if QUEUES[queue] == TECHNICAL { vec![Wanted { skill: skill(chance), level: 40 }] } else { Vec::new() };
    (name(queue), wants)
}

/// When somebody works.
pub(super) struct Shift {
    pub(super) start: Time,
    pub(super) end: Time,
    /// From when, and until when.
    pub(super) breaks: Vec<(Time, Time)>,
}

pub(super) fn shift(at: usize, chance: &mut Chance) -> Shift {
    let (start, end) = SHIFTS[at % SHIFTS.len()];
    let minute = |minute: Millis| START + minute * MINUTE;
    let start = minute(start) + chance.below(10 * MINUTE as usize) as Millis;
    let breaks = BREAKS.iter().map(|(after, long)| {
        let begin = start + after * MINUTE + chance.below(30 * MINUTE as usize) as Millis;
        (begin, begin + long * MINUTE)
    });
    Shift { start, breaks: breaks.collect(), end: minute(end) }
}

/// When a customer comes: by the day's shape.
pub(super) fn arrival(chance: &mut Chance) -> Time {
    let highest = 1.0 + PEAKS.iter().map(|(_, height)| height).sum::<f64>();
    loop {
        let hour = OPEN.0 + (OPEN.1 - OPEN.0) * chance.unit();
        let shape = |(peak, height): &(f64, f64)| height * (-((hour - peak) / 1.0).powi(2)).exp();
        let rate = 1.0 + PEAKS.iter().map(shape).sum::<f64>();
        if chance.happens(rate / highest) {
            return START + (hour * 3_600_000.0) as Millis;
        }
    }
}
