//! Reads, on connections of their own and on threads that may block.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::super::{Position, ReadError, Stored};
use super::error::RowError;
use super::{blocking, table};

/// A few connections, opened when they're first needed.
pub(super) struct Readers {
    path: PathBuf,
    slots: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf, most: usize) -> Self {
        Self { path, slots: Arc::new(Semaphore::new(most.max(1))), idle: Arc::default() }
    }

    /// `from` is 1 at least and `tail` durable.
    pub(super) fn read(
        &self,
        from: Position,
        tail: Position,
        most: usize,
    ) -> impl Future<Output = Result<Vec<Stored>, ReadError>> + Send + 'static {
        let (path, slots, idle) = (self.path.clone(), Arc::clone(&self.slots), Arc::clone(&self.idle));
        async move {
            let closed = |_| ReadError::Unavailable("the journal is closed".into());
            let slot = slots.acquire_owned().await.map_err(closed)?;
            blocking(move || {
                let mut connection = take(&idle, &path)?;
                let found = read(&mut connection, from, tail, most);
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
                drop(slot);
                found
            })
            .await
        }
    }

    /// Reads from now on fail; those under way end.
    pub(super) fn close(&self) {
        self.slots.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn take(idle: &Mutex<Vec<Connection>>, path: &Path) -> Result<Connection, ReadError> {
    match idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
        Some(connection) => Ok(connection),
        None => table::connect_reader(path).map_err(|error| RowError::at(0)(error).into()),
    }
}

fn read(connection: &mut Connection, from: Position, tail: Position, most: usize) -> Result<Vec<Stored>, ReadError> {
    // One view of the log, as a drop may be under way.
    let view = connection.transaction().map_err(RowError::at(from))?;
    let base = table::base(&view).map_err(RowError::at(from))?;
    if from <= base.position {
        return Err(ReadError::Compacted { oldest: base.position + 1 });
    }
    let before = table::mark_at(&view, base, from - 1)?;
    Ok(table::batches(&view, before, tail, most)?)
}
