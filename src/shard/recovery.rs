//! The one path of start, takeover and recovery: fold to the log's end, announce the new leader there, serve.

use std::{sync::Arc, time::Duration};

use super::{
    batch::{Committed, DecodeError},
    engine::leader_started,
    snapshot::Snapshot,
    state::State,
    task::Observer,
};
use crate::{
    center::{Incarnation, Time},
    journal::{AppendError, Journal, ReadError},
};

/// How long a recovery that failed waits before the next attempt.
const PAUSE: Duration = Duration::from_millis(500);

/// Why a shard can't be recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The journal can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It was written by a later version.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A snapshot that was just made can't be read.
    #[error("a new snapshot can't be read back: {0}")]
    Snapshot(minicbor::decode::Error),
}

/// A shard that may serve.
#[derive(Debug)]
pub struct Recovered {
    /// Its state, the leader's start included.
    pub state: State,
}

/// Folds the log, and becomes its leader. Tries for ever where trying may help; fails where it can't.
pub async fn recover(
    journal: &dyn Journal,
    incarnation: Incarnation,
    wall: impl Fn() -> Time,
    observer: &dyn Observer,
) -> Result<Recovered, RecoveryError> {
    let mut fold = Snapshot::newest(journal).await?;
    observer.restored(fold.state.position, &fold.places);
    loop {
        while fold.follow(journal, 1024, |batch| observer.durable(batch)).await? > 0 {
            tokio::task::yield_now().await;
        }
        let (sealed, committed) = leader_started(&fold.state, incarnation, wall(), || [0; 16]);
        match journal.append(sealed.expected, sealed.batch).await {
            Ok(_) => {
                let committed: Arc<Committed> = Arc::new(committed);
                fold.state.apply(&committed);
                observer.durable(&committed);
                return Ok(Recovered { state: fold.state });
            }
            Err(AppendError::Conflict { tail }) => tracing::info!(tail, "another writer was faster; reading on"),
            Err(error) => {
                tracing::warn!(%error, "the start of the leader could not be written; trying again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
