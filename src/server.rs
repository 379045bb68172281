//! All of it wired: a journal, a shard, its feed, the services on one port, and their orderly end.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::{oneshot, watch},
    task::{JoinHandle, JoinSet},
};
use tonic::service::Routes;
use tower::Layer;

use crate::{
    archive::{ArchiveError, Transcripts, keep_archived},
    center::{Incarnation, Millis, Time},
    config::{Limits, Settings},
    grpc::{
        AdministrationService, AgentDeskService, ChatSessionService, Edge, Renderer,
        accept::{self, Listener, TlsError},
        admit::Admit,
        auth::{Authenticator, KeysError},
        pb::{
            self, administration_server::AdministrationServer, agent_desk_server::AgentDeskServer,
            chat_session_server::ChatSessionServer,
        },
        wire::SayItOurWay,
    },
    journal::{
        Journal,
        sqlite::{OpenError, Options, SqliteJournal},
    },
    live::{Feed, TURNS},
    shard::{EngineLimits, RecoveryError, Shard, ShardSettings, keep_snapshots},
    storage,
};

/// How often keys are read again.
const KEYS_EVERY: Duration = Duration::from_secs(30);

/// Why a server doesn't start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The data folder can't be used.
    #[error("the data folder: {0}")]
    Data(io::Error),
    /// The address can't be listened at.
    #[error("{address} can't be listened at: {error}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// The journal can't be opened.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// The archive can't be opened.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The keys can't be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The log can't be recovered.
    #[error("journal.db can't be recovered from: {0}")]
    Recovery(#[from] RecoveryError),
    /// The certificate can't be used.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// Reflection can't be built.
    #[error(transparent)]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The shard's thread panicked.
    #[error("the shard's thread failed; its panic is in the log")]
    Shard,
    /// A task of the server's panicked.
    #[error("a task of the server's failed: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// A server that serves.
pub struct Server {
    address: SocketAddr,
    edge: Arc<Edge>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<Result<(), ServerError>>,
    bound: Duration,
}

/// The wall's clock.
pub fn wall() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(since.as_millis() as u64)
}

fn millis(length: Duration) -> Millis {
    length.as_millis() as Millis
}

impl Server {
    /// Opens the data folder, recovers and listens. Returns once calls are answered.
    pub async fn start(settings: Settings) -> Result<Self, ServerError> {
        std::fs::create_dir_all(&settings.data).map_err(ServerError::Data)?;
        let listen = |error| ServerError::Listen { address: settings.listen, error };
        let tls = settings.tls.as_ref().map(accept::acceptor).transpose()?;
        let listener = Listener::bind(settings.listen, &settings.limits.connections).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let folder = settings.data.clone();
        let opened = tokio::task::spawn_blocking(move || SqliteJournal::open(&folder, Options::default()));
        let journal: Arc<dyn Journal> = Arc::new(opened.await??);
        let id_key = storage::id_key(&settings.data).map_err(ServerError::Data)?;
        let authenticator = Authenticator::from_settings(&settings.auth, &settings.data)?;
        let incarnation = Incarnation::from_bytes(*uuid::Uuid::new_v4().as_bytes());
        let transcripts = Arc::new(Transcripts::open(&settings.data)?);
        let feed = Feed::new(journal.clone(), Arc::new(Renderer), transcripts.clone());
        let limits = EngineLimits { batch_bytes: settings.shard.batch_bytes };
        let shard_settings = ShardSettings { mailbox: settings.shard.mailbox, limits };
        let (shard, handle, storage_full) =
            Shard::new(journal.clone(), feed.clone(), incarnation, wall, &shard_settings);
        let edge = Edge::new(
            handle.clone(),
            feed.clone(),
            transcripts.clone(),
            authenticator,
            settings.limits.clone(),
            id_key,
            incarnation,
        );

        let (stop, stopping) = watch::channel(false);
        let (ready, mut is_ready) = watch::channel(false);
        let (shard_stop, shard_stopping) = watch::channel(false);
        let mut shard =
            own_thread(shard.run(shard_stopping, ready, storage_full.clone())).map_err(ServerError::Data)?;
        tokio::select! {
            _ = is_ready.wait_for(|ready| *ready) => {}
            ended = &mut shard => ended.map_err(|_| ServerError::Shard)??,
        }
        let mut background = JoinSet::new();
        let retention = millis(settings.shard.retention);
        background.spawn(keep_snapshots(journal.clone(), settings.shard.snapshot_every, retention));
        background.spawn(storage::watch_space(settings.data.clone(), settings.shard.disk_reserve, storage_full));
        background.spawn(keep_archived(handle, feed, transcripts, millis(settings.shard.archive_after)));
        background.spawn(every(Duration::from_secs(1), edge.clone(), |edge| edge.sweep()));
        background.spawn(beat(settings.limits.watches.heartbeat, edge.clone()));
        background.spawn(every(KEYS_EVERY, edge.clone(), reload_keys));
        let limits = settings.limits.clone();
        let routes = routes(&limits, edge.clone(), is_ready, stopping.clone())?.prepare();
        let service = SayItOurWay(limits.deadlines.clone()).layer(Admit(edge.clone()).layer(routes));
        let serving = tokio::spawn(async move {
            tokio::select! {
                () = accept::serve(listener, tls, service, &limits, stopping) => {}
                failed = &mut shard => return failed.map_err(|_| ServerError::Shard)?.map_err(ServerError::from),
            }
            background.shutdown().await;
            shard_stop.send_replace(true);
            shard.await.map_err(|_| ServerError::Shard)??;
            // The last one to hold the journal closes it.
            drop(journal);
            Ok(())
        });
        Ok(Self { address, edge, stop, serving, bound: settings.drain.bound })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends by itself only when it fails.
    pub async fn failed(&mut self) -> Result<(), ServerError> {
        (&mut self.serving).await?
    }

    /// Tells every watcher to resume elsewhere, finishes what is under way, and stops; cut short after the bound.
    pub async fn stop(mut self) -> Result<(), ServerError> {
        tracing::info!(within = ?self.bound, "draining");
        self.edge.drain();
        self.stop.send_replace(true);
        match tokio::time::timeout(self.bound, &mut self.serving).await {
            Ok(ended) => ended?,
            Err(_) => {
                tracing::warn!("not everything had ended when the time was over");
                self.serving.abort();
                Ok(())
            }
        }
    }
}

/// Runs the shard on a thread of its own: everything waits for it, so it must not wait in line behind connections.
fn own_thread(
    shard: impl Future<Output = Result<(), RecoveryError>> + Send + 'static,
) -> io::Result<oneshot::Receiver<Result<(), RecoveryError>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (ended, end) = oneshot::channel();
    std::thread::Builder::new().name("shard".to_owned()).spawn(move || {
        // Who waits may be gone.
        let _ = ended.send(runtime.block_on(shard));
    })?;
    Ok(end)
}

async fn every(period: Duration, edge: Arc<Edge>, act: fn(&Arc<Edge>)) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        act(&edge);
    }
}

/// A heartbeat for every watcher within the period, a part of them at a time.
async fn beat(period: Duration, edge: Arc<Edge>) {
    let mut ticks = tokio::time::interval(period / TURNS as u32);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for turn in 0.. {
        ticks.tick().await;
        edge.feed.beat(turn);
    }
}

fn reload_keys(edge: &Arc<Edge>) {
    let edge = edge.clone();
    // Reading files blocks.
    tokio::task::spawn_blocking(move || {
        if let Err(error) = edge.authenticator.reload() {
            tracing::warn!(%error, "the keys can't be read again; those known stay");
        }
    });
}

/// Waits until the shard serves or doesn't, or the server stops; false once nobody is left to say so.
async fn changed(ready: &mut watch::Receiver<bool>, stopping: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        changed = ready.changed() => changed.is_ok(),
        changed = stopping.changed() => changed.is_ok(),
    }
}

fn routes(
    limits: &Limits,
    edge: Arc<Edge>,
    mut ready: watch::Receiver<bool>,
    mut stopping: watch::Receiver<bool>,
) -> Result<Routes, tonic_reflection::server::Error> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let mut routes = Routes::new(health);
    macro_rules! serve {
        ($server:ident, $service:expr) => {
            let server = $server::new($service)
                .max_decoding_message_size(limits.messages.request_bytes)
                .max_encoding_message_size(limits.messages.response_bytes);
            routes = routes.add_service(server);
        };
    }
    serve!(ChatSessionServer, ChatSessionService(edge.clone()));
    serve!(AgentDeskServer, AgentDeskService(edge.clone()));
    serve!(AdministrationServer, AdministrationService(edge));
    tokio::spawn(async move {
        ready.mark_changed();
        while changed(&mut ready, &mut stopping).await {
            let serves = *ready.borrow() && !*stopping.borrow();
            let status = match serves {
                true => tonic_health::ServingStatus::Serving,
                false => tonic_health::ServingStatus::NotServing,
            };
            for service in
                ["", "chatsession.v1.ChatSession", "chatsession.v1.AgentDesk", "chatsession.v1.Administration"]
            {
                reporter.set_service_status(service, status).await;
            }
        }
    });
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(pb::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(routes.add_service(reflection().build_v1()?).add_service(reflection().build_v1alpha()?))
}
