//! The directory of a center at this node: what Invite windows show. It is there while a window is open, and reads of the
//! center only what changed; a window looks only at rows that changed since it looked last.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, Weak},
    time::Duration,
};

use tokio::sync::watch;

use super::shards::Shard;
use crate::{
    center::{CenterId, QueueId, Target},
    live::{Changed, Changes},
    shard::Unavailable,
};

mod filter;
mod row;
mod rows;
#[cfg(test)]
mod tests;
mod view;
mod window;

pub(super) use filter::{Filter, Wanted};
pub(super) use row::{Row, Traits, targets};
pub(super) use window::{WindowStream, open};

use rows::Rows;

/// What changed is read together with what else changes within this time.
const TOGETHER: Duration = Duration::from_millis(200);

/// Rows that the shard makes in one go: it has other things to do.
const AT_ONCE: usize = 500;

/// How long the shard is left alone after it couldn't be asked.
const AGAIN: Duration = Duration::from_millis(200);

/// The directories of the centers with windows.
#[derive(Default)]
pub(super) struct Directories(Mutex<HashMap<CenterId, Weak<Directory>>>);

/// One center's.
pub(super) struct Directory {
    rows: RwLock<Rows>,
    changes: Arc<Changes>,
    /// The rows' generation; 0 until they are all there.
    generation: watch::Sender<u64>,
    draining: watch::Sender<bool>,
}

impl Directories {
    /// A center's directory, once all its rows are there.
    pub(super) async fn of(&self, center: &CenterId, shard: &Arc<Shard>) -> Arc<Directory> {
        let directory = self.known(center, shard);
        // The sender is in the directory that is held here.
        let _ = directory.generation.subscribe().wait_for(|generation| *generation > 0).await;
        directory
    }

    fn known(&self, center: &CenterId, shard: &Arc<Shard>) -> Arc<Directory> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(directory) = all.get(center).and_then(Weak::upgrade) {
            return directory;
        }
        all.retain(|_, directory| directory.strong_count() > 0);
        let changes = shard.feed.changes(center);
        changes.all();
        let directory = Arc::new(Directory {
            rows: RwLock::default(),
            changes: changes.clone(),
            generation: watch::Sender::new(0),
            draining: watch::Sender::new(false),
        });
        all.insert(center.clone(), Arc::downgrade(&directory));
        let keeper = Keeper { center: center.clone(), shard: shard.clone(), directory: Arc::downgrade(&directory) };
        tokio::spawn(keeper.keep(changes));
        directory
    }
}

impl Directory {
    fn rows(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes rows as they are now; tells which queues' rows follow from that.
    fn put(&self, now: BTreeMap<Target, Option<Row>>, favourites: BTreeSet<crate::center::AgentId>) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        if rows.put(now, favourites) {
            let generation = rows.generation();
            drop(rows);
            self.generation.send_replace(generation);
        }
    }

    /// Queues whose rows follow from what agents do now that they did not do before.
    fn served(&self, agents: &BTreeMap<Target, Option<Row>>) -> BTreeSet<QueueId> {
        let rows = self.rows();
        let mut queues = BTreeSet::new();
        for (target, now) in agents {
            let (before, now) = (rows.get(target).and_then(Row::serves), now.as_ref().and_then(Row::serves));
            if before != now {
                let ids = before.into_iter().chain(now).flat_map(|(_, queues)| queues);
                queues.extend(ids.filter_map(|id| QueueId::parse(id)));
            }
        }
        queues
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Its keeper goes as well.
        self.changes.wake();
    }
}

/// Keeps a directory current for as long as somebody holds it.
struct Keeper {
    center: CenterId,
    shard: Arc<Shard>,
    directory: Weak<Directory>,
}

impl Keeper {
    async fn keep(self, changes: Arc<Changes>) {
        loop {
            changes.noted().await;
            if self.shard.feed.is_draining() {
                if let Some(directory) = self.directory.upgrade() {
                    directory.draining.send_replace(true);
                }
                return;
            }
            if self.directory.upgrade().is_none_or(|directory| directory.rows().generation() > 0) {
                tokio::time::sleep(TOGETHER).await;
            }
            let Some(directory) = self.directory.upgrade() else { return };
            let changed = changes.take();
            if let Err((why, changed)) = self.read(&directory, changed).await {
                tracing::debug!(%why, "a directory couldn't be read; the next attempt is in a moment");
                drop(directory);
                tokio::time::sleep(AGAIN).await;
                changes.again(changed);
            }
        }
    }

    /// Reads what changed; what couldn't be read is given back.
    async fn read(&self, directory: &Directory, changed: Changed) -> Result<(), (Unavailable, Changed)> {
        let read = async {
            if changed.all {
                let mut all = self.everything().await?;
                let gone: Vec<Target> =
                    directory.rows().targets().filter(|it| !all.contains_key(it)).cloned().collect();
                all.extend(gone.into_iter().map(|target| (target, None)));
                return Ok(all);
            }
            let mut rows = self.rows(changed.agents.iter().cloned().map(Target::Agent)).await?;
            let mut queues = directory.served(&rows);
            queues.extend(changed.queues.iter().cloned());
            rows.extend(self.rows(queues.into_iter().map(Target::Queue)).await?);
            Ok(rows)
        };
        match read.await {
            Ok(rows) => {
                directory.put(rows, changed.favourites);
                Ok(())
            }
            Err(why) => Err((why, changed)),
        }
    }

    async fn everything(&self) -> Result<BTreeMap<Target, Option<Row>>, Unavailable> {
        let mut all = BTreeMap::new();
        loop {
            let after = all.last_key_value().map(|(target, _): (&Target, _)| target.clone());
            let read = self.shard.handle.read_here(&self.center, move |center, _| {
                let targets = targets(center, after.as_ref()).take(AT_ONCE);
                targets.map(|target| (target.clone(), Row::of(center, &target))).collect::<Vec<_>>()
            });
            let read = read.await?;
            let is_last = read.len() < AT_ONCE;
            all.extend(read);
            if is_last {
                return Ok(all);
            }
        }
    }

    async fn rows(&self, targets: impl Iterator<Item = Target>) -> Result<BTreeMap<Target, Option<Row>>, Unavailable> {
        let targets: Vec<Target> = targets.collect();
        let mut rows = BTreeMap::new();
        for some in targets.chunks(AT_ONCE) {
            let some = some.to_vec();
            let read = self.shard.handle.read_here(&self.center, move |center, _| {
                let rows = some.into_iter().map(|target| (Row::of(center, &target), target));
                rows.map(|(row, target)| (target, row)).collect::<Vec<_>>()
            });
            rows.extend(read.await?);
        }
        Ok(rows)
    }
}
