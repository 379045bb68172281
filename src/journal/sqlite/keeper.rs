//! The thread that looks after the files: it copies the WAL to the database and writes `head`.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Options;
use super::shared::Shared;

/// What the writer asks for. The keeper ends, and leaves all tidy, when the writer has.
pub(super) enum Wake {
    Checkpoint,
}

/// How much of the WAL a checkpoint does away with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Copies what it can and is in nobody's way. Under steady writing the WAL still grows.
    Passive,
    /// Also makes the writer start the WAL anew; waits for readers.
    Restart,
    /// Also cuts the file to nothing, and with it what was erased.
    Truncate,
}

pub(super) struct Keeper {
    connection: Connection,
    head_interval: Duration,
    wal_limit: u64,
}

impl Keeper {
    pub(super) fn new(connection: Connection, options: &Options) -> Self {
        Self { connection, head_interval: options.head_interval, wal_limit: options.wal_limit }
    }

    pub(super) fn start(self, shared: Arc<Shared>, wakes: Receiver<Wake>) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("journal-keeper".into()).spawn(move || self.run(&shared, &wakes))
    }

    fn run(self, shared: &Shared, wakes: &Receiver<Wake>) {
        let mut flushed = Instant::now();
        loop {
            // Looked at first, so that a row of wakes doesn't keep `head` waiting.
            let left = self.head_interval.saturating_sub(flushed.elapsed());
            if left.is_zero() {
                flushed = Instant::now();
                flush(shared);
                if shared.is_scrubbed() {
                    self.tidy(shared);
                }
                continue;
            }
            match wakes.recv_timeout(left) {
                Ok(Wake::Checkpoint) => self.tidy(shared),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        flush(shared);
        self.checkpoint(shared, Mode::Truncate);
    }

    /// Checkpoints as far as is called for now.
    pub(super) fn tidy(&self, shared: &Shared) {
        // Taken before, so that a scrub meanwhile is seen to the next time.
        let scrubbed = shared.take_scrubbed();
        // Passive first, so that what then holds up the writer has next to nothing left to copy.
        let bytes = self.checkpoint(shared, Mode::Passive).unwrap_or(0);
        if scrubbed {
            if self.checkpoint(shared, Mode::Truncate).is_none() {
                shared.scrubbed();
            }
        } else if bytes > self.wal_limit {
            self.checkpoint(shared, Mode::Restart);
        }
    }

    /// The bytes in use of the WAL; `None` if it wasn't done wholly.
    fn checkpoint(&self, shared: &Shared, mode: Mode) -> Option<u64> {
        if shared.check().is_err() {
            return None;
        }
        let pragma = match mode {
            Mode::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
            Mode::Restart => "PRAGMA wal_checkpoint(RESTART)",
            Mode::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        let done = self
            .connection
            .prepare_cached(pragma)
            .and_then(|mut pragma| pragma.query_one([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))));
        let size = || self.connection.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0));
        match done.and_then(|(busy, frames)| Ok((busy, frames.saturating_mul(size()?)))) {
            Ok((0, bytes)) => Some(u64::try_from(bytes).unwrap_or(0)),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, "a checkpoint of the journal failed");
                shared.settle("checkpoint", error.into());
                None
            }
        }
    }
}

fn flush(shared: &Shared) {
    if let Err(error) = shared.flush_head() {
        tracing::warn!(%error, "the journal's `head` can't be written");
    }
}
