//! One run of one seed: nodes, people, faults and time, one step after another.

use chatsession::{
    center::*,
    journal::AppendError,
    shard::{Committed, State},
};

use crate::{
    asks::Asks,
    configuration::configuration,
    log::Log,
    node::{Held, Mode, Node},
    people::{HIDDEN, centers, person},
    rng::Rng,
    truth::{Check, Truth},
    watch::Watchers,
};

/// How a seed is run.
#[derive(Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub steps: u64,
    pub faults: bool,
    pub whispers: bool,
}

pub struct Sim {
    pub plan: Plan,
    pub rng: Rng,
    pub now: u64,
    pub step: u64,
    pub drawn: u64,
    pub runs: u64,
    pub incarnations: u8,
    pub log: Log,
    pub nodes: Vec<Node>,
    pub truth: Truth,
    pub watchers: Watchers,
    pub asks: Asks,
    pub shown: usize,
    /// Something is about to be too late.
    pub hurry: bool,
    /// Somebody's grace is about to end.
    pub reconnect: bool,
}

impl Sim {
    pub fn new(plan: Plan) -> Self {
        let mut rng = Rng::new(plan.seed);
        let nodes = (1..=2).map(|number| Node::new(number, if plan.faults { rng.below(3_000) } else { 0 })).collect();
        Self {
            rng,
            now: 1_000_000_000,
            step: 0,
            drawn: 0,
            runs: 0,
            incarnations: 2,
            log: Log::new(plan.faults, if plan.seed.is_multiple_of(3) { 70 } else { 500 }),
            nodes,
            truth: Truth::default(),
            watchers: Watchers::default(),
            asks: Asks::default(),
            shown: 0,
            hurry: false,
            reconnect: false,
            plan,
        }
    }

    /// Random bytes that depend on the step alone: with and without whispers they are the same.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.drawn += 1;
        Rng::new(self.plan.seed ^ (self.step << 20) ^ self.drawn).bytes()
    }

    pub fn run(&mut self) -> Check {
        self.nodes[1].mode = Mode::Down { until: u64::MAX / 2 };
        self.advance(2_000)?;
        for center in centers() {
            self.configure(&center)?;
        }
        while self.step < self.plan.steps {
            (self.step, self.drawn) = (self.step + 1, 0);
            let length = self.pause();
            self.advance(length)?;
            if self.plan.faults {
                self.fault()?;
            }
            self.act()?;
        }
        self.plan.faults = false;
        self.log.faults = false;
        self.advance(5_000)?;
        self.watchers.settle()?;
        self.truth.compare()
    }

    /// How long nothing is asked: often nothing, sometimes until something is due, to the millisecond.
    fn pause(&mut self) -> u64 {
        let times = [1, 5, 40, 300, 900, 2_000, 3_000, 5_000, 9_000];
        match self.rng.below(44) {
            at @ 0..9 => times[at as usize],
            9 if self.rng.one_in(2) => 30_000 + self.rng.below(90_000),
            10 => {
                let offers = self.truth.centers.values().flat_map(|center| center.sessions.values());
                let expire: Vec<u64> = offers.flat_map(|session| &session.offers).map(|offer| offer.expire.0).collect();
                let (jitter, skew) = (self.rng.below(3), self.truth.folded.time.0.saturating_sub(self.now));
                let due = self.rng.pick(&expire).copied().unwrap_or(self.now);
                self.hurry = !expire.is_empty();
                (due + jitter).saturating_sub(skew + self.now + 2).min(60_000)
            }
            11 | 12 => {
                let cut = self.truth.centers.values().flat_map(|center| center.agents.values());
                let ends: Vec<u64> = cut.filter_map(|agent| Some(agent.grace_end?.0)).collect();
                let (jitter, skew) = (self.rng.below(3), self.truth.folded.time.0.saturating_sub(self.now));
                let due = self.rng.pick(&ends).copied().unwrap_or(self.now);
                self.reconnect = !ends.is_empty();
                (due + jitter).saturating_sub(skew + self.now + 2).min(60_000)
            }
            _ => 0,
        }
    }

    fn configure(&mut self, center: &CenterId) -> Check {
        while !self.truth.centers.contains_key(center) {
            let (now, seed, caller) = (self.now, self.bytes(), person(Who::System));
            let clock = self.nodes[0].clock(now);
            if let Some(engine) = self.nodes[0].engine() {
                let told = |_| Held::Answer(usize::MAX, Ok(Answer::default()));
                engine.apply(center, &caller, configuration(), clock, || seed, told);
            }
            self.advance(1_000)?;
        }
        Ok(())
    }

    /// Time passes; whatever happens by itself does so when it is due.
    fn advance(&mut self, length: u64) -> Check {
        let until = self.now + length;
        loop {
            self.process()?;
            let wakes = self.nodes.iter().filter_map(Node::wakes).filter(|wake| *wake > self.now);
            let next = wakes.chain(self.log.next_event()).min().filter(|next| *next <= until);
            match next {
                Some(next) => self.now = next.max(self.now),
                None => break,
            }
        }
        self.now = until;
        self.process()
    }

    fn process(&mut self) -> Check {
        loop {
            self.log.land(self.now);
            self.show()?;
            let answers = self.log.answers(self.now);
            for (run, result) in answers {
                self.appended(run, result)?;
            }
            for at in 0..self.nodes.len() {
                self.work(at)?;
            }
            if self.log.next_event().is_none_or(|next| next > self.now) {
                return Ok(());
            }
        }
    }

    /// What became durable is checked and shown.
    fn show(&mut self) -> Check {
        while self.shown < self.log.rows.len() {
            let batch = self.truth.durable(&self.log.rows[self.shown])?;
            self.watchers.durable(&batch)?;
            if batch.texts.iter().flatten().any(|text| text.as_ref() == HIDDEN.as_bytes()) {
                return Err("what is masked was stored".into());
            }
            self.shown += 1;
        }
        Ok(())
    }

    fn appended(&mut self, run: u64, result: Result<u64, AppendError>) -> Check {
        let Some(at) = self.nodes.iter().position(|node| node.run == run) else { return Ok(()) };
        let now = self.now;
        let node = &mut self.nodes[at];
        match (&mut node.mode, result) {
            (Mode::Recovering { .. }, Ok(_)) => node.lead(now),
            (Mode::Recovering { .. }, Err(AppendError::Conflict { .. })) => return self.recover(at),
            (Mode::Recovering { .. }, Err(_)) => node.mode = Mode::Down { until: now + 500 },
            (Mode::Leading { engine, .. }, Ok(position)) => {
                let flight = engine.durable(position).ok_or("an append of nothing")?;
                self.tell(flight.waiting)?;
            }
            (Mode::Leading { .. }, Err(error)) => {
                let conflict = matches!(error, AppendError::Conflict { .. });
                // Who was deposed leaves the other one in peace for a while.
                let unanswered = node.abandon(if conflict { now + 20_000 + self.rng.below(400_000) } else { now + 1 });
                self.truth.counts.deposed_with_answers += u64::from(conflict && !unanswered.is_empty());
                self.asks.unanswered(unanswered, now, &mut self.rng, !conflict);
            }
            (Mode::Down { .. }, _) => {}
        }
        Ok(())
    }

    /// A node acts: recovers, lets happen what is due, writes, tells what may be told.
    pub fn work(&mut self, at: usize) -> Check {
        let now = self.now;
        match self.nodes[at].mode {
            Mode::Down { until } if until <= now => return self.recover(at),
            Mode::Leading { .. } if self.nodes[at].paused_until <= now => {}
            Mode::Down { .. } | Mode::Recovering { .. } | Mode::Leading { .. } => return Ok(()),
        }
        self.nodes[at].paused_until = 0;
        let clock = self.nodes[at].clock(now);
        let run = self.nodes[at].run;
        let Some(engine) = self.nodes[at].engine() else { return Ok(()) };
        self.drawn += u64::from(engine.next_deadline().is_some_and(|due| due <= clock));
        let mut seeds = Rng::new(self.plan.seed ^ (self.step << 20) ^ (self.drawn << 10) ^ 1);
        engine.fire_due(clock, || seeds.bytes());
        if engine.next_deadline().is_some_and(|due| due <= clock) {
            return Err("9: something due didn't happen".into());
        }
        let room = engine.in_flight() < 2;
        let sealed = if room { engine.seal(clock, false, || seeds.bytes()) } else { None };
        let ready = engine.take_ready();
        if let Some(sealed) = sealed {
            self.log.append(run, sealed.expected, sealed.batch, now, &mut self.rng);
        }
        self.tell(ready)
    }

    pub fn tell(&mut self, waiting: Vec<Held>) -> Check {
        waiting.into_iter().try_for_each(|held| self.asks.told(held, &mut self.truth))
    }

    /// Folds the log, from its start or from a snapshot, and announces a new leader behind it.
    fn recover(&mut self, at: usize) -> Check {
        let snapshot = match self.rng.below(3) {
            0 => None,
            _ => self.rng.pick(&self.truth.snapshots).cloned(),
        };
        let mut state = match &snapshot {
            Some(bytes) => State::decode(bytes).map_err(|error| format!("11: {error}"))?,
            None => State::default(),
        };
        self.truth.counts.restored_from_snapshot += u64::from(snapshot.is_some());
        self.truth.counts.folded_from_scratch += u64::from(snapshot.is_none());
        for stored in &self.log.rows[state.position as usize..] {
            state.apply(&Committed::decode(stored).map_err(|error| error.to_string())?);
        }
        if state.encode() != self.truth.folded.encode() {
            return Err("11: a recovery folds to another state".into());
        }
        self.runs += 1;
        self.nodes[at].announce(state, self.runs, &mut self.log, self.now, &mut self.rng);
        Ok(())
    }
}
