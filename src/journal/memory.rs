//! A journal that lives in memory: for tests. "Restart" is to drop everything else and open a clone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::batch::{self, Chain, Mark, ScrubError, Sealed};
use super::{AppendError, Batch, Bounds, BoxFuture, Journal, Position, READ_BYTES, ReadError, Stored, check_blob_name};

/// See the module. Cheap to clone; clones share one log, as two processes would that open one folder.
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    pipeline: usize,
}

struct State {
    /// What was dropped last.
    base: Mark,
    tail: Mark,
    rows: VecDeque<Row>,
    blobs: BTreeMap<String, Bytes>,
}

struct Row {
    chain: Chain,
    sealed: Sealed,
}

impl Memory {
    /// An empty log that says it takes `pipeline` appends at once.
    pub fn new(pipeline: usize) -> Self {
        let start = Mark::genesis(&[0; 16]);
        let state = State { base: start, tail: start, rows: VecDeque::new(), blobs: BTreeMap::new() };
        Self { state: Arc::new(Mutex::new(state)), pipeline }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change below can panic halfway, so a poisoned state is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(1)
    }
}

impl State {
    fn append(&mut self, expected: Position, batch: &Batch) -> Result<Position, AppendError> {
        let sealed = batch::seal(batch).map_err(|unfit| AppendError::Invalid(unfit.to_string()))?;
        if expected != self.tail.position {
            return Err(AppendError::Conflict { tail: self.tail.position });
        }
        self.tail = self.tail.then(&sealed.record);
        self.rows.push_back(Row { chain: self.tail.chain, sealed });
        Ok(self.tail.position)
    }

    fn read(&self, from: Position, most: usize) -> Result<Vec<Stored>, ReadError> {
        let from = from.max(1);
        let oldest = self.base.position + 1;
        if from < oldest {
            return Err(ReadError::Compacted { oldest });
        }
        let skip = usize::try_from(from - oldest).unwrap_or(usize::MAX);
        let mut before = match skip.checked_sub(1).map(|last| self.rows.get(last)) {
            None => self.base,
            Some(None) => return Ok(Vec::new()),
            Some(Some(row)) => Mark { position: from - 1, chain: row.chain },
        };
        let mut batches = Vec::new();
        let mut bytes = 0;
        for row in self.rows.iter().skip(skip).take(most) {
            let position = before.position + 1;
            let (mark, batch) = batch::unseal(&before, &row.chain, &row.sealed)
                .map_err(|unfit| ReadError::Damaged { position, what: unfit.to_string() })?;
            before = mark;
            batches.push(Stored { position, batch });
            bytes += row.sealed.size();
            if bytes >= READ_BYTES {
                break;
            }
        }
        Ok(batches)
    }

    fn scrub(&mut self, position: Position, items: &[u32]) -> Result<(), ReadError> {
        if (1..=self.base.position).contains(&position) {
            return Ok(());
        }
        let index = position.checked_sub(self.base.position + 1).and_then(|index| usize::try_from(index).ok());
        let row = index.and_then(|index| self.rows.get_mut(index));
        let row = row.ok_or_else(|| ReadError::Invalid(format!("the log has no batch {position}")))?;
        match batch::scrub(&row.sealed.content, items) {
            Ok(Some(content)) => row.sealed.content = content,
            Ok(None) => {}
            Err(ScrubError::Unfit(unfit)) => {
                return Err(ReadError::Damaged { position, what: unfit.to_string() });
            }
            Err(error @ ScrubError::NoSuchItem(_)) => {
                return Err(ReadError::Invalid(error.to_string()));
            }
        }
        Ok(())
    }

    fn drop_before(&mut self, position: Position) {
        while self.base.position + 1 < position {
            let Some(row) = self.rows.pop_front() else {
                return;
            };
            self.base = Mark { position: self.base.position + 1, chain: row.chain };
        }
    }
}

/// Takes effect at the call, as the future may be dropped in a test to stand for a lost answer.
fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(std::future::ready(value))
}

impl Journal for Memory {
    fn pipeline(&self) -> usize {
        self.pipeline
    }

    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>> {
        ready(self.state().append(expected, &batch))
    }

    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
        ready(self.state().read(from, most))
    }

    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>> {
        let state = self.state();
        ready(Ok(Bounds { oldest: state.base.position + 1, tail: state.tail.position }))
    }

    fn scrub(&self, position: Position, items: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>> {
        ready(self.state().scrub(position, &items))
    }

    fn drop_before(&self, position: Position) -> BoxFuture<'_, Result<(), ReadError>> {
        self.state().drop_before(position);
        ready(Ok(()))
    }

    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        ready(check_blob_name(&name).map(|()| drop(self.state().blobs.insert(name, bytes))))
    }

    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        ready(check_blob_name(&name).map(|()| self.state().blobs.get(&name).cloned()))
    }

    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        let names = self.state().blobs.keys().filter(|name| name.starts_with(&prefix)).cloned().collect();
        ready(Ok(names))
    }

    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>> {
        ready(check_blob_name(&name).map(|()| drop(self.state().blobs.remove(&name))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::conformance::{conformance, text};

    #[tokio::test]
    async fn keeps_the_contract() {
        conformance(async || Arc::new(Memory::new(4))).await;
    }

    #[tokio::test]
    async fn a_clone_is_the_same_log() {
        let journal = Memory::default();
        let again = journal.clone();
        journal.append(0, text("one")).await.unwrap();
        assert_eq!(again.read(1, 9).await.unwrap()[0].batch, text("one"));
        assert_eq!(again.append(0, text("two")).await, Err(AppendError::Conflict { tail: 1 }));
    }
}
