//! A watcher of a whole center: its commits in order, from any that is kept.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::Notify;

use super::feed::{CHUNK, Feed};
use crate::{
    center::{CenterId, Record},
    journal::{Position, ReadError},
    shard::Committed,
};

/// Last commits of a followed center whose places are known without looking.
const KNOWN: usize = 1024;

/// One commit of a center.
pub struct CenterCommit {
    /// The batch that it is in.
    pub batch: Arc<Committed>,
    /// Which of its records.
    pub at: usize,
}

impl CenterCommit {
    /// What it holds.
    pub fn record(&self) -> &Record {
        &self.batch.records[self.at]
    }
}

/// What a center's watcher comes to next.
pub enum CenterStep {
    /// What happened; at least one.
    Commits(Vec<CenterCommit>),
    /// All was taken. Told once.
    CaughtUp,
    /// The server shuts down.
    Draining,
}

/// Why a center can't be followed from somewhere.
#[derive(Debug)]
pub enum NotFollowed {
    /// That isn't kept any more; what is behind this is.
    Compacted(u64),
    /// The log can't be read.
    Failed(ReadError),
}

impl From<ReadError> for NotFollowed {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

/// The ends of the centers that somebody follows.
#[derive(Default)]
pub(super) struct Tails {
    tails: Mutex<HashMap<CenterId, Weak<Tail>>>,
    /// Whose turn it is to look through the log.
    finding: tokio::sync::Mutex<()>,
}

/// The end of a center's commits, for as long as somebody follows it.
#[derive(Default)]
struct Tail {
    known: Mutex<Known>,
    bell: Notify,
}

#[derive(Default)]
struct Known {
    /// The last commit.
    last: u64,
    /// Where the last ones are, that one included.
    places: VecDeque<Position>,
    /// Commits were passed over, and nobody knows how many.
    leapt: bool,
}

impl Tail {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn note(&mut self, seq: u64, position: Position) {
        if seq != self.last + 1 {
            self.places.clear();
        }
        self.last = seq;
        self.places.push_back(position);
        if self.places.len() > KNOWN {
            self.places.pop_front();
        }
    }

    /// There are at least so many.
    fn reach(&mut self, seq: u64) {
        if seq > self.last {
            self.places.clear();
            self.last = seq;
        }
    }

    /// Where a commit is, if that is known.
    fn place(&self, seq: u64) -> Option<Position> {
        let back = self.last.checked_sub(seq)? as usize;
        self.places.get(self.places.len().checked_sub(back + 1)?).copied()
    }
}

impl Tails {
    fn lock(&self) -> MutexGuard<'_, HashMap<CenterId, Weak<Tail>>> {
        self.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, center: &CenterId) -> Arc<Tail> {
        let mut tails = self.lock();
        if let Some(tail) = tails.get(center).and_then(Weak::upgrade) {
            return tail;
        }
        tails.retain(|_, tail| tail.strong_count() > 0);
        let tail = Arc::<Tail>::default();
        tails.insert(center.clone(), Arc::downgrade(&tail));
        tail
    }

    /// A batch is there to be read.
    pub(super) fn note(&self, batch: &Committed) {
        let tails = self.lock();
        if tails.is_empty() {
            return;
        }
        for record in &batch.records {
            if let Some(tail) = tails.get(&record.center).and_then(Weak::upgrade) {
                tail.lock().note(record.seq, batch.position);
                tail.bell.notify_waiters();
            }
        }
    }

    /// Batches were passed over.
    pub(super) fn leapt(&self) {
        for tail in self.lock().values().filter_map(Weak::upgrade) {
            tail.lock().leapt = true;
            tail.bell.notify_waiters();
        }
    }

    /// Everybody looks up.
    pub(super) fn wake(&self) {
        self.lock().values().filter_map(Weak::upgrade).for_each(|tail| tail.bell.notify_waiters());
    }
}

/// A center whose commits are noted from now on. Whoever wants to follow it takes this first, then finds out which commit is
/// the last one: so nothing comes between.
pub struct Following {
    feed: Arc<Feed>,
    center: CenterId,
    tail: Arc<Tail>,
    /// What was durable when it was taken: later commits are behind it.
    since: Position,
}

impl Following {
    /// Follows the center from behind a commit; `last` is the last one that is there.
    ///
    /// # Errors
    /// What comes behind it isn't kept, or can't be read.
    pub async fn behind(self, after: u64, last: u64) -> Result<CenterCursor, NotFollowed> {
        let Self { feed, center, tail, since } = self;
        tail.lock().reach(last);
        let at = if after < last { feed.find(&center, after + 1, last).await? } else { since + 1 };
        Ok(CenterCursor { feed, center, tail, last: after, at, told_caught_up: false })
    }
}

/// A position in a center's commits.
pub struct CenterCursor {
    feed: Arc<Feed>,
    center: CenterId,
    tail: Arc<Tail>,
    last: u64,
    /// Where what comes next is looked for.
    at: Position,
    told_caught_up: bool,
}

impl Feed {
    /// Notes a center's commits from now on, to follow it.
    pub fn following(self: &Arc<Self>, center: &CenterId) -> Following {
        let since = self.position();
        Following { feed: self.clone(), center: center.clone(), tail: self.tails.of(center), since }
    }

    /// Where a commit is. Only the commits themselves have their numbers, so the log is looked through, by halves.
    async fn find(&self, center: &CenterId, seq: u64, last: u64) -> Result<Position, NotFollowed> {
        // One at a time: a center with little in a large log costs much reading.
        let _turn = self.tails.finding.lock().await;
        let (oldest, tail) = (self.oldest().await?, self.position());
        let first = self.first_of(center, oldest, tail).await?;
        let (mut low, first_seq) = first.map_or((tail + 1, last + 1), |(position, first, _)| (position, first));
        if seq < first_seq {
            return Err(NotFollowed::Compacted(first_seq - 1));
        }
        // It is at `low` or behind it, and not behind `high`.
        let mut high = tail;
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            match self.first_of(center, middle, high).await? {
                Some((position, first, last)) if first <= seq => {
                    low = position;
                    if seq <= last {
                        break;
                    }
                }
                Some(_) | None => high = middle - 1,
            }
        }
        Ok(low)
    }

    /// The first batch in a range that has commits of a center: its position, the first of them and the last.
    async fn first_of(
        &self,
        center: &CenterId,
        from: Position,
        to: Position,
    ) -> Result<Option<(Position, u64, u64)>, ReadError> {
        // What is looked for is mostly right there.
        let (mut at, mut most) = (from, 1);
        while at <= to {
            let batches = self.batches(at, to, most).await?;
            most = (most * 2).min(CHUNK);
            for batch in &batches {
                let mut own = batch.records.iter().filter(|record| record.center == *center).map(|record| record.seq);
                if let Some(first) = own.next() {
                    return Ok(Some((batch.position, first, own.next_back().unwrap_or(first))));
                }
            }
            let Some(read) = batches.last() else { return Ok(None) };
            at = read.position + 1;
        }
        Ok(None)
    }
}

impl CenterCursor {
    /// The last commit taken.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether everything was taken once.
    pub fn is_caught_up(&self) -> bool {
        self.last >= self.tail.lock().last
    }

    /// The next step; nothing is lost when this is dropped.
    ///
    /// # Errors
    /// The log can't be read.
    pub async fn step(&mut self) -> Result<CenterStep, ReadError> {
        let tail = self.tail.clone();
        loop {
            let noted = tail.bell.notified();
            tokio::pin!(noted);
            // In line before looking, so that nothing is missed.
            noted.as_mut().enable();
            if self.feed.is_draining() {
                return Ok(CenterStep::Draining);
            }
            let (is_behind, place) = {
                let known = tail.lock();
                if known.leapt {
                    return Err(ReadError::Unavailable(format!("commits of {} were passed over", self.center)));
                }
                (self.last < known.last, known.place(self.last + 1))
            };
            if !is_behind {
                if !self.told_caught_up {
                    self.told_caught_up = true;
                    return Ok(CenterStep::CaughtUp);
                }
                noted.await;
                continue;
            }
            // Between there and here is nothing of this center's.
            self.at = place.unwrap_or(self.at);
            let found = self.read().await?;
            if !found.is_empty() {
                return Ok(CenterStep::Commits(found));
            }
        }
    }

    async fn read(&mut self) -> Result<Vec<CenterCommit>, ReadError> {
        let batches = self.feed.batches(self.at, self.feed.position(), CHUNK).await?;
        let Some(end) = batches.last().map(|batch| batch.position) else {
            return Err(ReadError::Unavailable(format!("{} isn't there", self.at)));
        };
        let mut found = Vec::new();
        for batch in batches {
            for (at, record) in batch.records.iter().enumerate() {
                if record.center == self.center && record.seq > self.last {
                    debug_assert_eq!(record.seq, self.last + 1, "commits are dense");
                    self.last = record.seq;
                    found.push(CenterCommit { batch: batch.clone(), at });
                }
            }
        }
        self.at = end + 1;
        Ok(found)
    }
}
