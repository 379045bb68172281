//! The log that all nodes share, as bad as its contract allows, and each node's handle on it.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chatsession::journal::{AppendError, Batch, Bounds, BoxFuture, Journal, Position, ReadError, Stored};
use tokio::time::{Instant, sleep, timeout};

use crate::sim::{chance, millis_below};

thread_local! {
    /// The log of the run on this thread: handles have to be `Send`, and a run has but one thread.
    static LOG: RefCell<Log> = RefCell::default();
}

/// What is durable.
#[derive(Default)]
pub struct Log {
    pub rows: Vec<Stored>,
    pub blobs: BTreeMap<String, Bytes>,
    pub faults: bool,
    /// The log can't be reached by anybody until then.
    pub down_until: Option<Instant>,
    pub conflicts: u64,
    pub stale_reads: u64,
}

pub fn with_log<T>(see: impl FnOnce(&mut Log) -> T) -> T {
    LOG.with_borrow_mut(see)
}

/// A node's way to the log.
pub struct Handle {
    /// Until when it is cut off, in milliseconds since the run's start.
    pub cut_until: Arc<AtomicU64>,
    pub started: Instant,
    /// What it knows to be there.
    known: AtomicU64,
    failures: AtomicU64,
    line: tokio::sync::Mutex<()>,
}

const ACK_TIMEOUT: Duration = Duration::from_secs(2);

impl Handle {
    pub fn new(cut_until: Arc<AtomicU64>, started: Instant) -> Self {
        let (known, failures) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { cut_until, started, known, failures, line: tokio::sync::Mutex::default() }
    }

    /// Waits while the way is cut off.
    async fn reach(&self) {
        loop {
            let down = with_log(|log| log.down_until.filter(|until| *until > Instant::now()));
            let cut = self.started + Duration::from_millis(self.cut_until.load(Ordering::Relaxed));
            match down.into_iter().chain([cut]).max().filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    async fn append_next(&self, expected: Position, batch: Batch, failures: u64) -> Result<Position, AppendError> {
        let _turn = if pipelined() { None } else { Some(self.line.lock().await) };
        if self.failures.load(Ordering::Relaxed) != failures {
            return Err(AppendError::Doubtful("an append before it failed".into()));
        }
        let faults = with_log(|log| log.faults);
        let fate = if faults { chance(60) } else { 99 };
        let lands = async move {
            // The message is on its way even if nobody waits any more.
            sleep(millis_below(if fate == 0 { 4_000 } else { 6 })).await;
            land(expected, batch)
        };
        self.reach().await;
        let landing = tokio::task::spawn_local(lands);
        let answered = async {
            if fate == 1 {
                // The answer is lost.
                std::future::pending::<()>().await;
            }
            let landed = landing.await;
            self.reach().await;
            sleep(millis_below(4)).await;
            landed.map_err(|_| AppendError::Doubtful("the run is over".into()))?
        };
        let answer = timeout(ACK_TIMEOUT, answered).await;
        let answer = answer.unwrap_or_else(|_| Err(AppendError::Doubtful("no answer came".into())));
        match &answer {
            Ok(position) => drop(self.known.fetch_max(*position, Ordering::Relaxed)),
            Err(AppendError::Conflict { tail }) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                self.known.fetch_max(*tail, Ordering::Relaxed);
            }
            Err(_) => drop(self.failures.fetch_add(1, Ordering::Relaxed)),
        }
        answer
    }
}

/// A message reaches the log.
fn land(expected: Position, batch: Batch) -> Result<Position, AppendError> {
    with_log(|log| {
        let tail = log.rows.len() as Position;
        if expected != tail && !unfenced() {
            log.conflicts += 1;
            return Err(AppendError::Conflict { tail });
        }
        log.rows.push(Stored { position: tail + 1, batch });
        Ok(tail + 1)
    })
}

impl Journal for Handle {
    fn pipeline(&self) -> usize {
        if pipelined() { 8 } else { 1 }
    }

    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>> {
        let failures = self.failures.load(Ordering::Relaxed);
        Box::pin(self.append_next(expected, batch, failures))
    }

    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
        Box::pin(async move {
            if timeout(Duration::from_secs(5), self.reach()).await.is_err() {
                return Err(ReadError::Unavailable("cut off".into()));
            }
            sleep(millis_below(3)).await;
            let known = self.known.load(Ordering::Relaxed);
            Ok(with_log(|log| {
                let tail = log.rows.len() as Position;
                // A replica that lags; never behind what this handle knows.
                let lag = if log.faults && chance(4) == 0 { chance(20) } else { 0 };
                let seen = tail.saturating_sub(lag).max(known.min(tail));
                log.stale_reads += u64::from(seen < tail && seen < from);
                let first = from.max(1) as usize - 1;
                log.rows[..seen as usize].iter().skip(first).take(most).cloned().collect()
            }))
        })
    }

    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>> {
        Box::pin(async { Ok(with_log(|log| Bounds { oldest: 1, tail: log.rows.len() as Position })) })
    }

    fn changed(&self, _: Position) -> BoxFuture<'_, ()> {
        Box::pin(sleep(Duration::from_millis(1) + millis_below(if chance(20) == 0 { 900 } else { 8 })))
    }

    fn scrub(&self, _: Position, _: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async { Ok(()) })
    }

    fn drop_before(&self, _: Position) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async { Ok(()) })
    }

    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        with_log(|log| log.blobs.insert(name, bytes));
        Box::pin(async { Ok(()) })
    }

    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        Box::pin(async move { Ok(with_log(|log| log.blobs.get(&name).cloned())) })
    }

    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        Box::pin(async move {
            Ok(with_log(|log| log.blobs.keys().filter(|name| name.starts_with(&prefix)).cloned().collect()))
        })
    }

    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>> {
        with_log(|log| log.blobs.remove(&name));
        Box::pin(async { Ok(()) })
    }
}

#[cfg(feature = "seeded-bugs")]
fn is_on(bug: chatsession::bugs::Bug) -> bool {
    chatsession::bugs::is_on(bug)
}

/// Whether a bug of the log is on.
macro_rules! broken {
    ($name:ident, $bug:ident) => {
        fn $name() -> bool {
            #[cfg(feature = "seeded-bugs")]
            return is_on(chatsession::bugs::Bug::$bug);
            #[cfg(not(feature = "seeded-bugs"))]
            return false;
        }
    };
}

broken!(unfenced, NoFence);
// Several appends under way at once, each fenced by its position alone: what another writer put before the second is met by
// its expectation, though its writer never saw it.
broken!(pipelined, PipelinedAppends);
