//! The shards of a server while they run, each on a thread of its own.

use std::{future::Future, io, net::SocketAddr, sync::Arc, sync::atomic::AtomicBool};

use futures_util::{FutureExt, future::select_all};
use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
};
use tracing::Instrument;

use super::{Clock, ServerError, health::Vitals, millis, parts::Parts};
#[cfg(feature = "cluster")]
use crate::cluster::{Cluster, RunningShard};
use crate::{
    archive::{Transcripts, keep_archived},
    config::Settings,
    grpc::{Edge, IdKey, Renderer, Shards},
    journal::Journal,
    live::Feed,
    shard::{EngineLimits, RecoveryError, Shard, ShardSettings, Standing, keep_snapshots},
    storage,
};

/// A shard's end, once it comes.
type End = oneshot::Receiver<Result<(), RecoveryError>>;

/// All shards, and what goes with them.
pub(super) struct Running {
    pub(super) shards: Arc<Shards>,
    pub(super) id_key: IdKey,
    transcripts: Transcripts,
    journals: Vec<Arc<dyn Journal>>,
    full: Vec<Arc<AtomicBool>>,
    ends: Vec<End>,
    shared: bool,
    #[cfg(feature = "cluster")]
    cluster: Option<Arc<Cluster>>,
    #[cfg(feature = "cluster")]
    roles: Vec<watch::Sender<crate::shard::Role>>,
}

/// How the shards are given to other nodes before a stop.
#[derive(Clone, Default)]
pub(super) struct Handover {
    #[cfg(feature = "cluster")]
    to: Option<(Arc<Cluster>, Vec<watch::Receiver<Standing>>)>,
}

impl Handover {
    /// Returns once nothing is led here.
    pub(super) async fn hand_over(&self) {
        #[cfg(feature = "cluster")]
        if let Some((cluster, shards)) = &self.to {
            cluster.hand_over(shards).await;
        }
    }

    /// Whether the other nodes are heard; always where there are none.
    fn connected(&self) -> watch::Receiver<bool> {
        #[cfg(feature = "cluster")]
        if let Some((cluster, _)) = &self.to {
            return cluster.connected();
        }
        watch::channel(true).1
    }
}

impl Running {
    /// Starts the shards' threads.
    pub(super) fn start(
        settings: &Settings,
        clock: &Clock,
        parts: Parts,
        transcripts: &Transcripts,
        stopping: &watch::Receiver<bool>,
    ) -> Result<Self, ServerError> {
        let shared = parts.is_shared();
        let limits = EngineLimits { batch_bytes: settings.shard.batch_bytes, confirm: shared };
        let shard_settings = ShardSettings { mailbox: settings.shard.mailbox, limits };
        let (mut shards, mut journals, mut full, mut ends) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        #[cfg(feature = "cluster")]
        let mut roles = Vec::new();
        for (number, part) in (0..).zip(parts.shards) {
            let (journal, past) = (part.journal, Arc::new(transcripts.clone()));
            let feed = Feed::new(journal.clone(), Arc::new(Renderer), past, part.others);
            let (shard, handle, is_full) =
                Shard::new(number, journal.clone(), feed.clone(), part.place, clock.outside(), &shard_settings);
            // One log may be read beside those of other nodes.
            #[cfg(feature = "cluster")]
            let named = |cluster: &Arc<Cluster>| tracing::info_span!("node", name = cluster.node());
            #[cfg(feature = "cluster")]
            let span = parts.cluster.as_ref().map_or_else(tracing::Span::none, named);
            #[cfg(not(feature = "cluster"))]
            let span = tracing::Span::none();
            let run = shard.run(stopping.clone()).instrument(span);
            ends.push(own_thread(number, run).map_err(ServerError::Data)?);
            shards.push(crate::grpc::Shard { number, handle, feed });
            journals.push(journal);
            full.push(is_full);
            #[cfg(feature = "cluster")]
            roles.extend(part.role);
        }
        Ok(Self {
            shards: Shards::new(shards),
            id_key: parts.id_key,
            transcripts: transcripts.clone(),
            journals,
            full,
            ends,
            shared,
            #[cfg(feature = "cluster")]
            cluster: parts.cluster,
            #[cfg(feature = "cluster")]
            roles,
        })
    }

    fn standings(&self) -> Vec<watch::Receiver<Standing>> {
        self.shards.iter().map(|shard| shard.handle.standing()).collect()
    }

    /// Takes part in the cluster, if there is one.
    #[cfg_attr(not(feature = "cluster"), expect(unused_variables, clippy::unused_self, reason = "there is none"))]
    pub(super) fn take_part(
        &mut self,
        settings: &Settings,
        address: SocketAddr,
        background: &mut JoinSet<()>,
    ) -> Handover {
        #[cfg(feature = "cluster")]
        if let Some(cluster) = self.cluster.clone() {
            let advertised = settings.cluster.advertise.clone().unwrap_or_else(|| address.to_string());
            let roles = std::mem::take(&mut self.roles);
            let shards = self.shards.iter().zip(roles).map(|(shard, role)| RunningShard {
                handle: shard.handle.clone(),
                feed: shard.feed.clone(),
                role,
                standing: shard.handle.standing(),
            });
            let part = cluster.clone().run(advertised, shards.collect());
            background.spawn(async move {
                if let Err(error) = part.await {
                    tracing::error!(%error, "this node takes no more part in its cluster");
                }
            });
            tracing::info!(node = cluster.node(), shards = self.journals.len(), "taking part");
            return Handover { to: Some((cluster, self.standings())) };
        }
        Handover::default()
    }

    pub(super) fn vitals(&self, stopping: watch::Receiver<bool>, handover: &Handover) -> Vitals {
        let connected = handover.connected();
        Vitals { shards: Arc::new(self.standings()), shared: self.shared, connected, stopping }
    }

    /// Starts what goes on beside the shards: snapshots, the archive, the disk's room, presence told again.
    pub(super) fn keep_house(&self, settings: &Settings, edge: &Arc<Edge>, background: &mut JoinSet<()>) {
        let (every, retention) = (settings.shard.snapshot_every, millis(settings.shard.retention));
        for ((shard, journal), full) in self.shards.iter().zip(&self.journals).zip(&self.full) {
            let (handle, standing) = (shard.handle.clone(), shard.handle.standing());
            background.spawn(keep_snapshots(journal.clone(), standing.clone(), every, retention));
            let (feed, transcripts) = (shard.feed.clone(), self.transcripts.clone());
            background.spawn(keep_archived(handle, feed, transcripts, millis(settings.shard.archive_after)));
            background.spawn(tell_again(shard.number, standing, edge.clone()));
            if !self.shared {
                let (data, reserve) = (settings.data.clone(), settings.shard.disk_reserve);
                background.spawn(storage::watch_space(data, reserve, full.clone()));
            }
        }
    }

    /// Resolves when a shard ends by itself.
    pub(super) async fn failed(&mut self) -> ServerError {
        let shared = self.shared;
        let ends = (0..).zip(&mut self.ends).map(|(number, end)| end.map(move |ended| (number, ended)).boxed());
        let ((number, ended), ..) = select_all(ends).await;
        match ended {
            Ok(Err(error)) => unrecoverable(shared, number, error),
            Ok(Ok(())) | Err(_) => ServerError::Shard,
        }
    }

    /// Waits until all shards have stopped, as they were told.
    pub(super) async fn ended(self) -> Result<(), ServerError> {
        for (number, end) in (0..).zip(self.ends) {
            let ended = end.await.map_err(|_| ServerError::Shard)?;
            ended.map_err(|error| unrecoverable(self.shared, number, error))?;
        }
        Ok(())
    }
}

/// By the name under which an operator finds the log.
fn unrecoverable(shared: bool, shard: u32, error: RecoveryError) -> ServerError {
    let log = if shared { format!("the log of shard {shard}") } else { "journal.db".to_owned() };
    ServerError::Recovery { log, error }
}

/// Tells who is here once more, whenever a shard has taken this node's streams for gone.
async fn tell_again(shard: u32, mut standing: watch::Receiver<Standing>, edge: Arc<Edge>) {
    let mut since = standing.borrow_and_update().lives_since;
    while standing.changed().await.is_ok() {
        let now = standing.borrow_and_update().lives_since;
        if now.is_some() && now != since {
            edge.tell_presence_again(shard);
        }
        since = now.or(since);
    }
}

/// Runs a shard on a thread of its own: everything waits for it, so it must not wait in line behind connections.
fn own_thread(number: u32, shard: impl Future<Output = Result<(), RecoveryError>> + Send + 'static) -> io::Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (ended, end) = oneshot::channel();
    std::thread::Builder::new().name(format!("shard-{number:02}")).spawn(move || {
        // Who waits may be gone.
        let _ = ended.send(runtime.block_on(shard));
    })?;
    Ok(end)
}
