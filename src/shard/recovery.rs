//! The one path of start, takeover and recovery: fold to the log's end, announce the new leader there, serve.

use std::{sync::Arc, time::Duration};

use super::{
    batch::{Committed, DecodeError},
    engine::leader_started,
    role::Role,
    snapshot::Snapshot,
    state::State,
    task::Observer,
};
use crate::{
    center::{Incarnation, Time},
    journal::{AppendError, Journal, ReadError},
};

/// How long what failed is left alone before it is tried again.
pub(super) const PAUSE: Duration = Duration::from_millis(200);

/// Batches that are folded before others have their turn.
const STEP: usize = 1024;

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

/// Folds the log, from the newest snapshot on, to its end.
pub async fn restore(journal: &dyn Journal, observer: &dyn Observer) -> Result<State, RecoveryError> {
    let mut snapshot = Snapshot::newest(journal).await?;
    observer.restored(snapshot.state.position, &snapshot.places);
    while snapshot.follow(journal, STEP, |batch| observer.durable(batch)).await? > 0 {
        tokio::task::yield_now().await;
    }
    Ok(snapshot.state)
}

/// Becomes the leader behind what was folded, unless somebody else wrote there.
pub async fn announce(
    journal: &dyn Journal,
    state: &mut State,
    incarnation: Incarnation,
    role: &Role,
    wall: impl Fn() -> Time,
    observer: &dyn Observer,
) -> Result<(), AppendError> {
    let (sealed, committed) = leader_started(state, incarnation, role, wall(), || [0; 16]);
    journal.append(sealed.expected, sealed.batch).await?;
    let committed: Arc<Committed> = Arc::new(committed);
    observer.durable(&committed);
    state.apply(&committed);
    Ok(())
}
