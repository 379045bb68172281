//! What the writer, the keeper and the journal itself share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::super::ReadError;
use super::super::batch::Mark;
use super::error::Failure;
use super::head::HeadFile;

/// What is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// What was dropped last.
    pub(super) base: Mark,
    /// What was appended last.
    pub(super) tail: Mark,
}

pub(super) struct Shared {
    /// Set by the writer, before it answers.
    marks: Mutex<Marks>,
    /// Held through an fsync; never while `marks` is.
    head: Mutex<HeadFile>,
    on_fatal: Box<dyn Fn(String) + Send + Sync>,
    failed: OnceLock<String>,
    /// What was erased may still be in the WAL.
    scrubbed: AtomicBool,
}

impl Shared {
    pub(super) fn new(marks: Marks, head: HeadFile, on_fatal: Box<dyn Fn(String) + Send + Sync>) -> Self {
        Self {
            marks: Mutex::new(marks),
            head: Mutex::new(head),
            on_fatal,
            failed: OnceLock::new(),
            scrubbed: AtomicBool::new(false),
        }
    }

    pub(super) fn marks(&self) -> Marks {
        *lock(&self.marks)
    }

    pub(super) fn set_marks(&self, marks: Marks) {
        *lock(&self.marks) = marks;
    }

    /// Writes the tail to `head`.
    pub(super) fn flush_head(&self) -> Result<(), ReadError> {
        self.check()?;
        let mut head = lock(&self.head);
        // Asked for under the lock, so that `head` never goes back.
        let tail = self.marks().tail;
        let written = head.write(tail);
        drop(head);
        written.map_err(|error| self.settle("write `head`", error.into()).into())
    }

    /// Notes that the WAL holds what was erased.
    pub(super) fn scrubbed(&self) {
        self.scrubbed.store(true, Ordering::Release);
    }

    pub(super) fn is_scrubbed(&self) -> bool {
        self.scrubbed.load(Ordering::Acquire)
    }

    pub(super) fn take_scrubbed(&self) -> bool {
        self.scrubbed.swap(false, Ordering::AcqRel)
    }

    /// Whether the disk failed before: nothing may be written any more.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.failed.get().map_or(Ok(()), |error| Err(Failure::Fatal(error.clone())))
    }

    /// Passes a failure on, and ends the journal if it's fatal.
    pub(super) fn settle(&self, what: &str, failure: Failure) -> Failure {
        if let Failure::Fatal(error) = &failure {
            let error = format!("can't {what}: {error}");
            if self.failed.set(error.clone()).is_ok() {
                (self.on_fatal)(error);
            }
        }
        failure
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What they guard is whole at every moment, so a panic elsewhere doesn't spoil it.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
