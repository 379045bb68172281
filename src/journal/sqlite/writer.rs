//! The thread that writes: it alone changes the log, so it alone knows the tail and fences what follows it.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::super::batch::{self, Mark, ScrubError, Sealed};
use super::super::{AppendError, BATCH_LIMIT, Position, ReadError};
use super::error::Failure;
use super::keeper::Wake;
use super::shared::{Marks, Shared};
use super::table;

/// Most bytes of batches that one commit takes.
const COMMIT_BYTES: usize = 4 * BATCH_LIMIT;
/// Rows dropped in one commit: with `secure_delete` every page is overwritten, and appends wait for that.
const DROPPED_AT_ONCE: u64 = 64;
/// Commits after which a drop goes on though the log is busy, so that it ends.
const COMMITS_BETWEEN_DROPS: u32 = 16;

/// A task, with its place in the bounded line.
pub(super) struct Job {
    pub(super) task: Task,
    pub(super) _place: Option<OwnedSemaphorePermit>,
}

pub(super) enum Task {
    Append(Append),
    Scrub { position: Position, items: Vec<u32>, reply: oneshot::Sender<Result<(), ReadError>> },
    Drop(Dropping),
    Stop,
}

pub(super) struct Append {
    pub(super) expected: Position,
    pub(super) sealed: Sealed,
    pub(super) reply: oneshot::Sender<Result<Position, AppendError>>,
}

pub(super) struct Dropping {
    pub(super) before: Position,
    pub(super) reply: oneshot::Sender<Result<(), ReadError>>,
}

pub(super) struct Writer {
    connection: Connection,
    shared: Arc<Shared>,
    marks: Marks,
    keeper: SyncSender<Wake>,
    checkpoint_bytes: u64,
    /// Appended since a checkpoint was last asked for.
    appended: u64,
    drops: VecDeque<Dropping>,
    /// Commits since the last step of a drop.
    commits: u32,
}

impl Writer {
    pub(super) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        keeper: SyncSender<Wake>,
        checkpoint_bytes: u64,
    ) -> Self {
        let marks = shared.marks();
        Self { connection, shared, marks, keeper, checkpoint_bytes, appended: 0, drops: VecDeque::new(), commits: 0 }
    }

    pub(super) fn start(self, jobs: Receiver<Job>) -> io::Result<JoinHandle<()>> {
        thread::Builder::new().name("journal-writer".into()).spawn(move || self.run(&jobs))
    }

    fn run(mut self, jobs: &Receiver<Job>) {
        let mut held = None;
        loop {
            let task = match held.take() {
                Some(task) => task,
                None if self.drops.is_empty() => match jobs.recv() {
                    Ok(job) => job.task,
                    Err(_) => return,
                },
                None => match jobs.try_recv() {
                    Ok(job) if self.commits < COMMITS_BETWEEN_DROPS => job.task,
                    Ok(job) => {
                        held = Some(job.task);
                        self.drop_some();
                        continue;
                    }
                    Err(TryRecvError::Empty) => {
                        self.drop_some();
                        continue;
                    }
                    Err(TryRecvError::Disconnected) => return,
                },
            };
            match task {
                Task::Append(first) => held = self.append(first, jobs),
                Task::Scrub { position, items, reply } => drop(reply.send(self.scrub(position, &items))),
                Task::Drop(dropping) => self.drops.push_back(dropping),
                Task::Stop => return,
            }
        }
    }

    /// Commits this append and those that wait behind it; returns the task that ended the row of appends.
    fn append(&mut self, first: Append, jobs: &Receiver<Job>) -> Option<Task> {
        let mut bytes = first.sealed.size();
        let (mut group, mut held) = (vec![first], None);
        while bytes < COMMIT_BYTES
            && let Ok(job) = jobs.try_recv()
        {
            match job.task {
                Task::Append(append) => {
                    bytes += append.sealed.size();
                    group.push(append);
                }
                other => {
                    held = Some(other);
                    break;
                }
            }
        }
        self.commits += 1;
        self.commit(group);
        held
    }

    fn commit(&mut self, group: Vec<Append>) {
        let mut tail = self.marks.tail;
        let follows = |append: &Append| {
            let follows = append.expected == tail.position;
            if follows {
                tail = tail.then(&append.sealed.record);
            }
            follows.then_some(tail)
        };
        let places: Vec<Option<Mark>> = group.iter().map(follows).collect();
        let batches = || group.iter().zip(&places).filter_map(|(append, mark)| Some((append, (*mark)?)));
        let bytes: usize = batches().map(|(append, _)| append.sealed.size()).sum();
        let committed = if bytes == 0 {
            Ok(())
        } else {
            let insert =
                |to: &Transaction<'_>| batches().try_for_each(|(append, mark)| table::insert(to, mark, &append.sealed));
            transact(&mut self.connection, &self.shared, "append", insert)
        };
        if committed.is_ok() {
            self.set_marks(Marks { tail, ..self.marks });
        }
        let tail = self.marks.tail.position;
        for (append, mark) in group.into_iter().zip(places) {
            let answer = match (mark, &committed) {
                (None, _) => Err(AppendError::Conflict { tail }),
                (Some(mark), Ok(())) => Ok(mark.position),
                (Some(_), Err(failure)) => Err(failure.clone().into()),
            };
            // Who doesn't listen any more finds out from the log.
            let _ = append.reply.send(answer);
        }
        self.appended = self.appended.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if self.appended >= self.checkpoint_bytes {
            self.appended = 0;
            // If one is asked for already, that one will do.
            let _ = self.keeper.try_send(Wake::Checkpoint);
        }
    }

    fn set_marks(&mut self, marks: Marks) {
        self.marks = marks;
        self.shared.set_marks(marks);
    }

    fn scrub(&mut self, position: Position, items: &[u32]) -> Result<(), ReadError> {
        if (1..=self.marks.base.position).contains(&position) {
            return Ok(());
        }
        if position == 0 || position > self.marks.tail.position {
            return Err(ReadError::Invalid(format!("the log has no batch {position}")));
        }
        let content = table::content(&self.connection, position)?;
        let content = match batch::scrub(&content, items) {
            Ok(None) => return Ok(()),
            Ok(Some(content)) => content,
            Err(ScrubError::Unfit(unfit)) => {
                return Err(ReadError::Damaged { position, what: unfit.to_string() });
            }
            Err(error @ ScrubError::NoSuchItem(_)) => {
                return Err(ReadError::Invalid(error.to_string()));
            }
        };
        let set = |to: &Transaction<'_>| table::set_content(to, position, &content);
        transact(&mut self.connection, &self.shared, "scrub", set)?;
        self.shared.scrubbed();
        let _ = self.keeper.try_send(Wake::Checkpoint);
        Ok(())
    }

    /// One step of the first drop in line.
    fn drop_some(&mut self) {
        self.commits = 0;
        let Some(dropping) = self.drops.pop_front() else {
            return;
        };
        let base = self.marks.base;
        let last = dropping.before.saturating_sub(1).min(self.marks.tail.position);
        let step = last.min(base.position + DROPPED_AT_ONCE);
        if base.position < step
            && let Err(error) = self.drop_up_to(step)
        {
            let _ = dropping.reply.send(Err(error));
        } else if step < last {
            self.drops.push_front(dropping);
        } else {
            let _ = dropping.reply.send(Ok(()));
        }
    }

    fn drop_up_to(&mut self, last: Position) -> Result<(), ReadError> {
        // `head` must name a position that the log still has.
        self.shared.flush_head()?;
        let base = table::mark_at(&self.connection, self.marks.base, last)?;
        transact(&mut self.connection, &self.shared, "drop", |to| {
            table::delete_up_to(to, last)?;
            table::set_base(to, base)
        })?;
        self.set_marks(Marks { base, ..self.marks });
        Ok(())
    }
}

/// Runs `work` in a transaction of its own; any failure leaves none open.
fn transact(
    connection: &mut Connection,
    shared: &Shared,
    what: &str,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
) -> Result<(), Failure> {
    shared.check()?;
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let done = begun.and_then(|transaction| {
        work(&transaction)?;
        transaction.commit()
    });
    // rusqlite rolls back what isn't committed; if that fails too, the connection can't be trusted.
    let failure = match done {
        Ok(()) => return Ok(()),
        Err(error) if connection.is_autocommit() => error.into(),
        Err(error) => Failure::Fatal(format!("{error}, and it can't be rolled back")),
    };
    Err(shared.settle(what, failure))
}
