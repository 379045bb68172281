//! One process that may lead: recovering, leading (or believing so), or down.

use chatsession::{
    center::{Answer, CenterId, Incarnation, Refusal, SessionId, Time},
    shard::{Committed, Engine, EngineLimits, Role, State, leader_started},
};

use crate::{log::Log, rng::Rng};

/// What waits for durability.
#[derive(Debug)]
pub enum Held {
    /// The answer to an ask.
    Answer(usize, Result<Answer, Refusal>),
    /// What a reader is shown: a session's two revisions.
    Shown(CenterId, SessionId, u32, u32),
}

pub enum Mode {
    Down { until: u64 },
    Recovering { state: Box<State>, started: Box<Committed> },
    Leading { engine: Box<Engine<Held>>, base: Time, since: u64 },
}

pub struct Node {
    pub incarnation: Incarnation,
    pub run: u64,
    pub mode: Mode,
    /// It doesn't run: a long pause.
    pub paused_until: u64,
    /// Its wall clock is off by so much.
    pub skew: u64,
}

impl Node {
    pub fn new(number: u8, skew: u64) -> Self {
        let incarnation = Incarnation::from_bytes([number; 16]);
        Self { incarnation, run: 0, mode: Mode::Down { until: 0 }, paused_until: 0, skew }
    }

    /// Its clock: never before the log's last record, whatever the wall says.
    pub fn clock(&self, now: u64) -> Time {
        match &self.mode {
            Mode::Leading { base, since, .. } => *base + (now - since),
            Mode::Down { .. } | Mode::Recovering { .. } => Time(now + self.skew),
        }
    }

    pub fn engine(&mut self) -> Option<&mut Engine<Held>> {
        match &mut self.mode {
            Mode::Leading { engine, .. } => Some(engine),
            Mode::Down { .. } | Mode::Recovering { .. } => None,
        }
    }

    /// When it wants to act by itself.
    pub fn wakes(&self) -> Option<u64> {
        match &self.mode {
            Mode::Down { until } => Some(*until),
            Mode::Recovering { .. } => None,
            Mode::Leading { engine, base, since } => {
                let due = engine.next_deadline().map(|time| since + time.since(*base));
                let due = due.map(|due| due.max(self.paused_until));
                let held = (self.paused_until > 0 && engine.has_open()).then_some(self.paused_until);
                due.into_iter().chain(held).min()
            }
        }
    }

    /// Announces itself at the end of what was folded.
    pub fn announce(&mut self, state: State, run: u64, log: &mut Log, now: u64, rng: &mut Rng) {
        let role = Role::alone(self.incarnation);
        let (sealed, started) = leader_started(&state, self.incarnation, &role, Time(now + self.skew), || rng.bytes());
        (self.run, self.paused_until) = (run, 0);
        log.append(run, sealed.expected, sealed.batch, now, rng);
        self.mode = Mode::Recovering { state: Box::new(state), started: Box::new(started) };
    }

    /// The announcement is durable: it leads.
    pub fn lead(&mut self, now: u64) {
        let mode = std::mem::replace(&mut self.mode, Mode::Down { until: now });
        let Mode::Recovering { mut state, started } = mode else { return };
        state.apply(&started);
        let base = state.time;
        let engine = Engine::new(*state, EngineLimits::default());
        self.mode = Mode::Leading { engine: Box::new(engine), base, since: now };
    }

    /// It no longer leads; who waited isn't answered.
    pub fn abandon(&mut self, until: u64) -> Vec<Held> {
        match std::mem::replace(&mut self.mode, Mode::Down { until }) {
            Mode::Leading { engine, .. } => engine.abandon(),
            Mode::Down { .. } | Mode::Recovering { .. } => Vec::new(),
        }
    }
}
