//! How a journal is opened.

use std::fmt;
use std::time::Duration;

/// How a journal is opened; the defaults suit a server.
pub struct Options {
    /// Of a new database, in bytes: a power of two from 512 to 65,536. A batch of 20 KB is then two or three pages.
    pub page_size: u32,
    /// Cache of the writing connection, in KiB.
    pub cache_kib: u32,
    /// How often `head` is written: what is appended within it before a crash can be lost to damage unnoticed.
    pub head_interval: Duration,
    /// Bytes appended between two checkpoints, which copy from the WAL to the database without holding up appends.
    pub checkpoint_bytes: u64,
    /// Bytes of WAL from which on a checkpoint makes the writer start it anew, which may hold up appends for a moment.
    pub wal_limit: u64,
    /// How many reads run at once, each with a connection of its own.
    pub readers: usize,
    /// How many appends and the like may wait for the writer; more wait for a place in this line.
    pub queue: usize,
    /// The most pages that the database may have, `None` for no limit. Beyond it appends fail with [`AppendError::Full`](crate::journal::AppendError::Full).
    pub max_pages: Option<u32>,
    /// Opens a journal that holds batches but has no `head`, and so accepts it as it is, whatever was lost from its end.
    pub accept_missing_head: bool,
    /// Called once when the disk fails in a way that leaves open what it holds: a failed fsync is never repeated, as the
    /// second one may succeed without having written anything. It should end the process, which is the default; after it
    /// returns, every append and every other write fails.
    pub on_fatal: Box<dyn Fn(String) + Send + Sync>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            page_size: 16 * 1024,
            cache_kib: 8 * 1024,
            head_interval: Duration::from_secs(1),
            checkpoint_bytes: 4 * 1024 * 1024,
            wal_limit: 32 * 1024 * 1024,
            readers: 4,
            queue: 64,
            max_pages: None,
            accept_missing_head: false,
            on_fatal: Box::new(|error| {
                tracing::error!(error, "the journal's disk failed: ending the process");
                std::process::abort()
            }),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").finish_non_exhaustive()
    }
}
