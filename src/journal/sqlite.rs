//! The embedded default: one folder, one SQLite file, one writing thread.
//!
//! A folder holds `journal.db` (with its `-wal` and `-shm`), `head`, `lock` and `blobs/`. A batch is one row, a commit one
//! row or the few that wait, so that an append costs about one fdatasync. Three kinds of connection keep out of each
//! other's way: the [`writer`] alone writes, the [`keeper`] checkpoints, [`reader`]s read.
//!
//! **What is noticed.** SQLite takes a damaged WAL for its end and says that all is well. So every row carries the chain
//! hash of the log, and `head`, a file beside the database, says how long the log was about a second ago. At open a log
//! that is shorter than that, other than that, or of another journal is refused; what was appended in the last
//! [`Options::head_interval`] before a crash isn't covered. Damage further back is noticed when it's read.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot};

use super::{AppendError, Batch, Bounds, BoxFuture, Journal, Position, ReadError, Stored, batch};

mod blobs;
mod error;
mod head;
mod keeper;
mod open;
mod options;
mod reader;
mod shared;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use error::OpenError;
pub use options::Options;
use shared::Shared;
use writer::{Job, Task};

/// A journal in a folder; see the module.
///
/// It must be used within a tokio runtime. To drop it is to [`close`](Self::close) it.
pub struct SqliteJournal {
    jobs: mpsc::Sender<Job>,
    places: Arc<Semaphore>,
    shared: Arc<Shared>,
    readers: reader::Readers,
    blobs: Arc<blobs::Blobs>,
    running: Mutex<Option<Running>>,
}

/// What ends with the journal.
struct Running {
    writer: JoinHandle<()>,
    keeper: JoinHandle<()>,
    lock: File,
}

impl SqliteJournal {
    /// Opens the journal of a folder, or makes a new one in it. Blocks for as long as it takes to verify the log's end.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the folder and what can be done.
    pub fn open(folder: &Path, options: Options) -> Result<Self, OpenError> {
        let opened = open::open(folder, &options)?;
        let io = |error| OpenError::io("start a thread for", folder, error);
        let database = folder.join(open::DATABASE);
        let readers = reader::Readers::new(database.clone(), options.readers);
        let places = Arc::new(Semaphore::new(options.queue.max(1)));
        let (jobs, queue) = mpsc::channel();
        // One is enough: a checkpoint that is asked for covers all that was appended before it runs.
        let (wakes, wake) = mpsc::sync_channel(1);
        let keeper = keeper::Keeper::new(opened.keeper, &options);
        let shared = Arc::new(Shared::new(opened.marks, opened.head, options.on_fatal));
        let keeper = keeper.start(Arc::clone(&shared), wake).map_err(io)?;
        let writer = writer::Writer::new(opened.writer, Arc::clone(&shared), wakes, options.checkpoint_bytes);
        let writer = writer.start(queue).map_err(io)?;
        let running = Mutex::new(Some(Running { writer, keeper, lock: opened.lock }));
        Ok(Self { jobs, places, shared, readers, blobs: Arc::new(opened.blobs), running })
    }

    /// Ends what is under way, writes `head`, empties the WAL and gives the folder free. Blocks for that long.
    ///
    /// Every call afterwards fails. Once more does nothing.
    pub fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(running) = running else { return };
        self.places.close();
        self.readers.close();
        // Neither can fail but by a panic, which has been reported; the rest is to be closed all the same.
        let _ = self.jobs.send(Job { task: Task::Stop, _place: None });
        let _ = running.writer.join();
        let _ = running.keeper.join();
        // Closing the file isn't enough: a process that was forked off and hasn't got to its own program yet has it open, too.
        if let Err(error) = running.lock.unlock() {
            tracing::warn!(%error, "the journal's lock could not be given up");
        }
    }

    /// Writes `head` now, so that all that is durable is covered by it: for before a copy is taken.
    ///
    /// # Errors
    /// It can't be written; [`ReadError::Full`] may pass.
    pub async fn flush_head(&self) -> Result<(), ReadError> {
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.flush_head()).await
    }

    /// Hands a task to the writer; its place in line is taken at the call.
    fn ask<T: Send + 'static>(
        &self,
        task: Task,
        answer: oneshot::Receiver<T>,
    ) -> impl Future<Output = Result<T, String>> + Send + 'static {
        let gone = |_| "the journal is closed or its writer has ended".to_owned();
        let (jobs, places) = (self.jobs.clone(), Arc::clone(&self.places));
        let place = Arc::clone(&places).try_acquire_owned();
        let (sent, waiting) = match place {
            Ok(place) => (jobs.send(Job { task, _place: Some(place) }).map_err(|_| ()), None),
            Err(_) => (Ok(()), Some(task)),
        };
        async move {
            sent.map_err(gone)?;
            if let Some(task) = waiting {
                let place = places.acquire_owned().await.map_err(|_| gone(()))?;
                jobs.send(Job { task, _place: Some(place) }).map_err(|_| gone(()))?;
            }
            answer.await.map_err(|_| gone(()))
        }
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal").field("marks", &self.shared.marks()).finish_non_exhaustive()
    }
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ReadError::Unavailable(error.to_string())))
}

impl Journal for SqliteJournal {
    fn pipeline(&self) -> usize {
        // While one commits the next grows: fewer and larger commits cost less than two small ones in a row.
        1
    }

    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>> {
        let sealed = match batch::seal(&batch) {
            Ok(sealed) => sealed,
            Err(unfit) => {
                return Box::pin(async move { Err(AppendError::Invalid(unfit.to_string())) });
            }
        };
        let (reply, answer) = oneshot::channel();
        let asked = self.ask(Task::Append(writer::Append { expected, sealed, reply }), answer);
        Box::pin(async move { asked.await.unwrap_or_else(|gone| Err(AppendError::Doubtful(gone))) })
    }

    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
        let tail = self.shared.marks().tail.position;
        if from > tail || most == 0 {
            return Box::pin(async { Ok(Vec::new()) });
        }
        Box::pin(self.readers.read(from.max(1), tail, most))
    }

    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>> {
        let marks = self.shared.marks();
        let bounds = Bounds { oldest: marks.base.position + 1, tail: marks.tail.position };
        Box::pin(async move { Ok(bounds) })
    }

    fn scrub(&self, position: Position, items: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>> {
        let (reply, answer) = oneshot::channel();
        let asked = self.ask(Task::Scrub { position, items, reply }, answer);
        Box::pin(async move { asked.await.unwrap_or_else(|gone| Err(ReadError::Unavailable(gone))) })
    }

    fn drop_before(&self, position: Position) -> BoxFuture<'_, Result<(), ReadError>> {
        let (reply, answer) = oneshot::channel();
        let asked = self.ask(Task::Drop(writer::Dropping { before: position, reply }), answer);
        Box::pin(async move { asked.await.unwrap_or_else(|gone| Err(ReadError::Unavailable(gone))) })
    }

    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        let blobs = Arc::clone(&self.blobs);
        Box::pin(blocking(move || blobs.put(&name, &bytes)))
    }

    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        let blobs = Arc::clone(&self.blobs);
        Box::pin(blocking(move || blobs.get(&name)))
    }

    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        let blobs = Arc::clone(&self.blobs);
        Box::pin(blocking(move || blobs.list(&prefix)))
    }

    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>> {
        let blobs = Arc::clone(&self.blobs);
        Box::pin(blocking(move || blobs.delete(&name)))
    }
}
