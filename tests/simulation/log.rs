//! The journal, as bad as its contract allows: appends that fail, are in doubt, land late, or are answered late.

use chatsession::journal::{AppendError, Batch, Position, Stored};

use crate::rng::Rng;

/// One append under way.
struct Pending {
    writer: u64,
    expected: Position,
    batch: Batch,
    /// When it takes effect, if it is to.
    lands: Option<u64>,
    landed: bool,
    answered: u64,
    /// It is answered before it takes effect, with doubt.
    doubtful: bool,
    error: Option<AppendError>,
    told: bool,
}

/// One log, many writers; each run of one has a number of its own.
pub struct Log {
    pub rows: Vec<Stored>,
    pending: Vec<Pending>,
    pub faults: bool,
    /// The higher, the fewer appends fail.
    calm: u64,
    pub late_landings: u64,
    pub doubtful_landed: u64,
}

impl Log {
    pub fn new(faults: bool, calm: u64) -> Self {
        Self { rows: Vec::new(), pending: Vec::new(), faults, calm, late_landings: 0, doubtful_landed: 0 }
    }

    pub fn append(&mut self, writer: u64, expected: Position, batch: Batch, now: u64, rng: &mut Rng) {
        let mut own = self.pending.iter().filter(|pending| pending.writer == writer);
        let poisoned = own.clone().any(|pending| pending.error.is_some());
        let after = own.next_back().map_or((now, now), |last| (last.lands.unwrap_or(now), last.answered));
        let delay = if self.faults { [0, 0, 1, 3, 20, 400][rng.below(6) as usize] } else { 0 };
        let back = if self.faults { [0, 0, 1, 5, 300][rng.below(5) as usize] } else { 0 };
        let lands = (now + delay).max(after.0);
        let mut pending = Pending {
            writer,
            expected,
            batch,
            lands: Some(lands),
            landed: false,
            answered: (lands + back).max(after.1),
            doubtful: false,
            error: None,
            told: false,
        };
        let doubt = || Some(AppendError::Doubtful("no answer came".into()));
        match if self.faults { rng.below(self.calm) } else { 9 } {
            _ if poisoned => (pending.lands, pending.error) = (None, doubt()),
            0 => (pending.lands, pending.error) = (None, Some(AppendError::Full)),
            1 => (pending.lands, pending.error) = (None, doubt()),
            2 => pending.error = doubt(),
            3 => {
                pending.answered = pending.answered.min(now + 5).max(after.1);
                (pending.lands, pending.error) = (Some(pending.answered + 1 + rng.below(900)), doubt());
            }
            _ => {}
        }
        pending.doubtful = pending.error.is_some();
        self.pending.push(pending);
    }

    /// When something happens next by itself.
    pub fn next_event(&self) -> Option<u64> {
        let landing = |pending: &Pending| pending.lands.filter(|_| !pending.landed);
        let answer = |pending: &Pending| Some(pending.answered).filter(|_| !pending.told);
        self.pending.iter().flat_map(|pending| landing(pending).into_iter().chain(answer(pending))).min()
    }

    /// What takes effect by `now`, in order.
    pub fn land(&mut self, now: u64) {
        loop {
            let due = |pending: &&mut Pending| !pending.landed && pending.lands.is_some_and(|lands| lands <= now);
            let Some(pending) = self.pending.iter_mut().filter(due).min_by_key(|pending| pending.lands) else { return };
            pending.landed = true;
            let tail = self.rows.len() as Position;
            if pending.expected == tail || unfenced() {
                self.rows.push(Stored { position: tail + 1, batch: pending.batch.clone() });
                self.late_landings += u64::from(pending.told);
                self.doubtful_landed += u64::from(pending.doubtful);
            } else {
                let writer = pending.writer;
                pending.error.get_or_insert(AppendError::Conflict { tail });
                // Whatever is behind one that failed fails as well.
                for behind in self.pending.iter_mut().filter(|behind| behind.writer == writer && !behind.landed) {
                    (behind.lands, behind.landed) = (None, true);
                    behind.error.get_or_insert(AppendError::Conflict { tail });
                }
            }
        }
    }

    /// Answers that arrive by `now`: whose, and what.
    pub fn answers(&mut self, now: u64) -> Vec<(u64, Result<Position, AppendError>)> {
        let mut answers = Vec::new();
        for pending in self.pending.iter_mut().filter(|pending| !pending.told && pending.answered <= now) {
            pending.told = true;
            let result = pending.error.clone().map_or(Ok(pending.expected + 1), Err);
            answers.push((pending.writer, result));
        }
        self.pending.retain(|pending| !pending.told || (!pending.landed && pending.lands.is_some()));
        answers
    }
}

#[cfg(feature = "seeded-bugs")]
fn unfenced() -> bool {
    chatsession::bugs::is_on(chatsession::bugs::Bug::NoFence)
}

#[cfg(not(feature = "seeded-bugs"))]
fn unfenced() -> bool {
    false
}
