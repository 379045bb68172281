//! Decides in memory, one command after another, and holds every answer until what it was decided on is durable.
//!
//! No I/O and no clock: the task, or a simulator, hands in time and randomness, carries the batches to a journal and
//! says when they are durable.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use super::{
    batch::{Committed, FIRST_FORMAT, OpenBatch},
    role::Role,
    state::State,
};
use crate::{
    bugs::bug,
    center::{
        Answer, Asked, Caller, Center, CenterId, Command, Content, Incarnation, LeaderStarted, Millis, Object, Refusal,
        Seed, Time, Who,
    },
    journal::{Batch, Position},
};

/// Bounds of a batch.
#[derive(Clone, Copy, Debug)]
pub struct EngineLimits {
    /// Bytes after which a batch takes no more commands: what one more command can add still fits the journal's limit.
    pub batch_bytes: usize,
    /// Every answer waits for a batch begun after it was asked, empty if need be. Where others may have taken over, only that
    /// proves that what it was decided on is still the truth.
    pub confirm: bool,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self { batch_bytes: 200 * 1024, confirm: false }
    }
}

/// A batch on its way to the journal.
#[derive(Debug)]
pub struct Sealed {
    /// The position that it must follow.
    pub expected: Position,
    /// What is written.
    pub batch: Batch,
}

/// A batch and all that waits for it.
#[derive(Debug)]
pub struct Flight<W> {
    /// What everyone sees once it is durable.
    pub committed: Arc<Committed>,
    /// Who waits for it, in the order decided.
    pub waiting: Vec<W>,
}

/// A batch in the making and all that waits for it.
#[derive(Debug)]
struct Opening<W> {
    batch: OpenBatch,
    waiting: Vec<W>,
}

/// The one writer's mind. `W` is an answer with the way to give it.
#[derive(Debug)]
pub struct Engine<W> {
    state: State,
    limits: EngineLimits,
    /// Batches in the making: one, and another behind each that is full.
    open: VecDeque<Opening<W>>,
    flights: VecDeque<Flight<W>>,
    /// What can be told at once: everything that it depends on is durable.
    ready: Vec<W>,
    /// When something is due in which center.
    deadlines: BTreeSet<(Time, CenterId)>,
    deadline_of: BTreeMap<CenterId, Time>,
}

impl<W> Engine<W> {
    /// Goes on from a state that is durable.
    pub fn new(state: State, limits: EngineLimits) -> Self {
        let mut engine = Self {
            state,
            limits,
            open: VecDeque::new(),
            flights: VecDeque::new(),
            ready: Vec::new(),
            deadlines: BTreeSet::new(),
            deadline_of: BTreeMap::new(),
        };
        let centers: Vec<CenterId> = engine.state.centers.keys().cloned().collect();
        centers.iter().for_each(|center| engine.note_deadline(center));
        engine
    }

    /// What is decided so far, durable or not.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state, when nothing is under way.
    pub fn into_state(self) -> State {
        self.state
    }

    /// The next deadline of any center.
    pub fn next_deadline(&self) -> Option<Time> {
        self.deadlines.first().map(|(time, _)| *time)
    }

    /// Whether a batch waits to be sealed that takes no more: nothing else should be decided before.
    pub fn is_full(&self) -> bool {
        self.open.front().is_some_and(|open| self.takes_no_more(&open.batch))
    }

    fn takes_no_more(&self, batch: &OpenBatch) -> bool {
        batch.size() >= self.limits.batch_bytes
    }

    /// Batches on their way.
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// Whether something waits to be sealed.
    pub fn has_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// The last position that is taken, durable or not.
    fn sealed(&self) -> Position {
        self.flights.back().map_or(self.state.position, |flight| flight.committed.position)
    }

    fn note_deadline(&mut self, center: &CenterId) {
        let next = self.state.centers.get(center).and_then(Center::next_deadline);
        let known = self.deadline_of.get(center).copied();
        if next == known {
            return;
        }
        if let Some(time) = known {
            self.deadlines.remove(&(time, center.clone()));
            self.deadline_of.remove(center);
        }
        if let Some(time) = next {
            self.deadlines.insert((time, center.clone()));
            self.deadline_of.insert(center.clone(), time);
        }
    }

    fn decide(&mut self, center: &CenterId, asked: Asked, now: Time, seed: [u8; 32]) -> Result<Answer, Refusal> {
        let behind = self.sealed() + self.open.len() as Position;
        let joined = self.open.back().filter(|open| !self.takes_no_more(&open.batch));
        let content = joined.map(|open| Content::new(behind, open.batch.texts.len() as u32));
        let (opens, content) = (content.is_none(), content.unwrap_or_else(|| Content::new(behind + 1, 0)));
        let mut unknown = None;
        let target = match self.state.centers.get_mut(center) {
            Some(center) => center,
            // Only what is written makes a center: asking for one doesn't.
            None => unknown.insert(Center::new(center.clone(), self.state.living.clone())),
        };
        let decided = target.handle(asked, now, Seed::new(seed), content)?;
        if let Some(record) = decided.record {
            if opens {
                self.open.push_back(Opening { batch: OpenBatch::new(), waiting: Vec::new() });
            }
            self.open.back_mut().expect("one is open").batch.push(record, decided.texts);
            self.state.centers.extend(unknown.map(|new| (center.clone(), new)));
        }
        self.note_deadline(center);
        Ok(decided.answer)
    }

    /// Lets what is due at `now` happen, before anything else does. False: the batch is full and something is left.
    pub fn fire_due(&mut self, now: Time, mut seed: impl FnMut() -> [u8; 32]) -> bool {
        while let Some((_, center)) = self.deadlines.first().cloned().filter(|(time, _)| *time <= now) {
            if self.is_full() {
                return false;
            }
            let caller = Caller { who: Who::System, via: None };
            let asked = Asked { caller, request: None, command: Command::Due };
            let decided = self.decide(&center, asked, now, seed());
            debug_assert!(decided.is_ok(), "what is due can't be refused");
        }
        true
    }

    /// Decides a command; `answer` says how it is told.
    pub fn command(
        &mut self,
        center: &CenterId,
        asked: Asked,
        now: Time,
        seed: [u8; 32],
        answer: impl FnOnce(Result<Answer, Refusal>) -> W,
    ) {
        let decided = self.decide(center, asked, now, seed);
        self.hold(answer(decided));
    }

    /// Puts objects, all or none, a commit each, over as many batches as it takes. Answers how many differed and the
    /// center's last commit.
    pub fn apply(
        &mut self,
        center: &CenterId,
        caller: &Caller,
        objects: Vec<Object>,
        now: Time,
        mut seed: impl FnMut() -> [u8; 32],
        answer: impl FnOnce(Result<(u32, u64), Refusal>) -> W,
    ) {
        let empty = Center::new(center.clone(), BTreeSet::new());
        let known = self.state.centers.get(center).unwrap_or(&empty);
        if let Err(refusal) = known.check_objects(&objects) {
            return self.hold(answer(Err(refusal)));
        }
        let before = known.seq;
        for object in objects {
            let asked = Asked { caller: caller.clone(), request: None, command: Command::Put(object) };
            let put = self.decide(center, asked, now, seed());
            debug_assert!(put.is_ok(), "objects were checked together");
        }
        let after = self.state.centers.get(center).map_or(before, |center| center.seq);
        self.hold(answer(Ok(((after - before) as u32, after))));
    }

    /// Reads a center; the result is told once what it shows is durable.
    pub fn read(&mut self, center: &CenterId, read: impl FnOnce(&Center) -> W) {
        let result = self.state.see(center, read);
        self.hold(result);
    }

    /// As [`read`](Self::read), for who doesn't mind if others have taken over meanwhile.
    pub fn read_here(&mut self, center: &CenterId, read: impl FnOnce(&Center) -> W) {
        let result = self.state.see(center, read);
        self.hold_here(result);
    }

    /// Proves that this engine's shard still leads, and tells the position that proves it.
    pub fn confirm(&mut self, tell: impl FnOnce(Position) -> W) {
        if self.open.is_empty() {
            self.open.push_back(Opening { batch: OpenBatch::new(), waiting: Vec::new() });
        }
        let position = self.sealed() + self.open.len() as Position;
        self.hold(tell(position));
    }

    /// Reads all centers; the result is told once what it shows is durable. Housekeeping doesn't mind if others have taken
    /// over meanwhile.
    pub fn survey(&mut self, read: impl FnOnce(&State) -> W) {
        let result = read(&self.state);
        self.hold_here(result);
    }

    fn hold(&mut self, waiting: W) {
        if self.limits.confirm && self.open.is_empty() && !bug!(LeaseTrusted) {
            self.open.push_back(Opening { batch: OpenBatch::new(), waiting: Vec::new() });
        }
        self.hold_here(waiting);
    }

    fn hold_here(&mut self, waiting: W) {
        if bug!(AnswerBeforeDurable) {
            self.ready.push(waiting);
        } else if let Some(open) = self.open.back_mut() {
            open.waiting.push(waiting);
        } else if let Some(flight) = self.flights.back_mut() {
            flight.waiting.push(waiting);
        } else {
            self.ready.push(waiting);
        }
    }

    /// What can be told at once.
    pub fn take_ready(&mut self) -> Vec<W> {
        std::mem::take(&mut self.ready)
    }

    /// Closes the first batch in the making, if there is one; `even_empty` makes one that only tells the time.
    pub fn seal(&mut self, now: Time, even_empty: bool, salt: impl FnMut() -> [u8; 16]) -> Option<Sealed> {
        if self.open.is_empty() && !even_empty {
            return None;
        }
        Some(self.close(now, salt))
    }

    fn close(&mut self, now: Time, salt: impl FnMut() -> [u8; 16]) -> Sealed {
        let position = self.sealed() + 1;
        let open = self.open.pop_front().unwrap_or_else(|| Opening { batch: OpenBatch::new(), waiting: Vec::new() });
        let time = now.max(self.state.time);
        self.state.time = time;
        let (batch, committed) = open.batch.seal(position, time, None, salt);
        self.flights.push_back(Flight { committed: Arc::new(committed), waiting: open.waiting });
        Sealed { expected: position - 1, batch }
    }

    /// The oldest batch on its way is durable: whoever gets it shows it, then tells those who wait.
    pub fn durable(&mut self, position: Position) -> Option<Flight<W>> {
        let flight = self.flights.pop_front()?;
        debug_assert_eq!(flight.committed.position, position, "batches become durable in order");
        self.state.position = position;
        Some(flight)
    }

    /// What was sealed last, durable or not: not to be shown yet.
    pub(super) fn last_sealed(&self) -> Option<&Arc<Committed>> {
        self.flights.back().map(|flight| &flight.committed)
    }

    /// Gives everything up that isn't durable, for whoever waits to be told so.
    pub fn abandon(self) -> Vec<W> {
        let flights = self.flights.into_iter().flat_map(|flight| flight.waiting);
        let open = self.open.into_iter().flat_map(|open| open.waiting);
        flights.chain(open).chain(self.ready).collect()
    }
}

/// What a leader writes before it serves.
pub fn leader_started(
    state: &State,
    incarnation: Incarnation,
    role: &Role,
    now: Time,
    salt: impl FnMut() -> [u8; 16],
) -> (Sealed, Committed) {
    let now = if bug!(TimeGoesBack) { now } else { now.max(state.time) };
    let down_for: Millis = if state.position == 0 { 0 } else { now.since(state.time) };
    let mut living = role.living.clone();
    living.insert(incarnation);
    let format = Some(role.format.max(state.format())).filter(|format| *format > FIRST_FORMAT);
    let leader = LeaderStarted { epoch: state.epoch + 1, incarnation, now, down_for, living, format };
    let (batch, committed) = OpenBatch::new().seal(state.position + 1, now, Some(leader), salt);
    (Sealed { expected: state.position, batch }, committed)
}
