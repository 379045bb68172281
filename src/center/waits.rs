//! How long sessions wait in a queue: what was, and what that lets one expect.

use minicbor::{Decode, Encode};

use super::{
    Center,
    event::{EndReason, QueueCause},
    ids::{QueueId, SessionId},
    queue::Queue,
    time::{Millis, Time},
};

/// Places before a session that are counted: who is further back learns that much.
pub const COUNTED: usize = 1_000;

/// A new interval counts for one in so many of the smoothed one.
const SMOOTHING: Millis = 5;

/// What a queue has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Waits {
    /// The smoothed time between two takings while somebody waits.
    #[n(0)]
    pub interval: Option<Millis>,
    /// From when the next is measured.
    #[n(1)]
    since: Time,
    /// Sessions taken.
    #[n(2)]
    pub taken: u64,
    /// All their waiting in the queue, in ms.
    #[n(3)]
    pub waited: Millis,
    /// Those of them for which there was an estimate when they entered.
    #[n(4)]
    pub estimated: u64,
    /// By how much those estimates were wrong, in ms, all together.
    #[n(5)]
    pub error: Millis,
    /// Those taken within the service level.
    #[n(6)]
    pub in_time: u64,
    /// Sessions whose customers went before they were taken.
    #[n(7)]
    pub abandoned: u64,
    /// Those of them who hardly waited.
    #[n(8)]
    #[cbor(default)]
    pub short: u64,
    /// Sessions that entered. Each came, or will come, to one of: taken, abandoned, turned away, overflowed, withdrawn.
    #[n(9)]
    #[cbor(default)]
    pub entered: u64,
    /// Sessions whose wait was ended: too long, or the queue closed.
    #[n(10)]
    #[cbor(default)]
    pub turned_away: u64,
    /// Sessions that went on to another queue by themselves.
    #[n(11)]
    #[cbor(default)]
    pub overflowed: u64,
    /// Sessions that others moved, kept or ended.
    #[n(12)]
    #[cbor(default)]
    pub withdrawn: u64,
}

/// How a session leaves a queue without having been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untaken {
    /// Its customer went.
    Abandoned,
    /// It was told that nobody comes.
    TurnedAway,
    /// It goes on to another queue by itself.
    Overflowed,
    /// Somebody moved it, keeps it or ended it.
    Withdrawn,
}

impl Untaken {
    /// By a session's end, while it waits.
    pub(super) fn by_end(reason: EndReason) -> Self {
        match reason {
            EndReason::Customer | EndReason::Integrator | EndReason::CustomerGone => Self::Abandoned,
            EndReason::MaxWait | EndReason::QueueClosed | EndReason::AgeLimit => Self::TurnedAway,
            EndReason::Agent | EndReason::Supervisor | EndReason::Inactivity => Self::Withdrawn,
        }
    }

    /// By entering another queue.
    pub(super) fn by_move(cause: QueueCause) -> Self {
        if cause == QueueCause::Overflowed { Self::Overflowed } else { Self::Withdrawn }
    }
}

impl Waits {
    /// Somebody waits in a queue that was empty.
    pub(super) fn begin(&mut self, now: Time) {
        self.since = now;
    }

    /// A session was taken that entered at `entered`.
    pub(super) fn taken(&mut self, now: Time, entered: Time, estimate: Option<Millis>, queue: Option<&Queue>) {
        let (interval, waited) = (now.since(self.since), now.since(entered));
        self.interval = Some(match self.interval {
            Some(known) => (known * (SMOOTHING - 1) + interval) / SMOOTHING,
            None => interval,
        });
        self.since = now;
        self.taken += 1;
        self.waited += waited;
        if let Some(estimate) = estimate {
            self.estimated += 1;
            self.error += estimate.abs_diff(waited);
        }
        let level = queue.and_then(|queue| queue.service_level);
        self.in_time += u64::from(level.is_some_and(|level| waited <= level.within));
    }

    /// A session left, not taken, that entered at `entered`.
    pub(super) fn left(&mut self, now: Time, entered: Time, how: Untaken, short: Millis) {
        match how {
            Untaken::Abandoned => {
                self.abandoned += 1;
                self.short += u64::from(now.since(entered) < short);
            }
            Untaken::TurnedAway => self.turned_away += 1,
            Untaken::Overflowed => self.overflowed += 1,
            Untaken::Withdrawn => self.withdrawn += 1,
        }
    }

    /// How long the one at a place, from 1, has still to wait.
    pub fn estimate(&self, place: usize) -> Option<Millis> {
        self.interval.map(|interval| interval * place as Millis)
    }
}

impl Center {
    /// A waiting session's place in its queue, from 1 up to [`COUNTED`].
    pub fn place_of(&self, session: SessionId) -> Option<usize> {
        let session = self.sessions.get(&session)?;
        let waiting = self.index.waiting.get(&session.entry.as_ref()?.queue)?;
        let place = session.place()?;
        if waiting.last() == Some(&place) {
            // Who has just come need not count those before them.
            return Some(waiting.len().min(COUNTED));
        }
        Some(waiting.range(..place).take(COUNTED - 1).count() + 1)
    }

    /// How long a session that enters a queue now will wait, by what it has seen.
    pub fn estimate_in(&self, queue: &QueueId) -> Option<Millis> {
        let waiting = self.index.waiting.get(queue).map_or(0, |places| places.len());
        self.will_take(queue).then(|| self.waits.get(queue)?.estimate(waiting + 1))?
    }

    /// How long a waiting session has still to wait, by what its queue has seen.
    pub fn estimate_for(&self, session: SessionId) -> Option<Millis> {
        let queue = &self.sessions.get(&session)?.entry.as_ref()?.queue;
        self.will_take(queue).then(|| self.estimate_at_entry(session))?
    }

    /// The same, whoever is there or isn't; what the queue's figures are held against.
    pub(super) fn estimate_at_entry(&self, session: SessionId) -> Option<Millis> {
        let queue = &self.sessions.get(&session)?.entry.as_ref()?.queue;
        self.waits.get(queue)?.estimate(self.place_of(session)?)
    }

    /// Whether somebody who serves the queue is signed in: else what it has seen says nothing of when somebody will be.
    fn will_take(&self, queue: &QueueId) -> bool {
        self.index().signed_in.contains_key(queue)
    }
}
