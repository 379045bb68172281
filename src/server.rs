//! All of it wired: a journal, a shard, its feed, the services on one port, and their orderly end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tonic::service::Routes;
use tower::Layer;

#[cfg(feature = "cluster")]
use crate::cluster::ClusterError;
use crate::{
    archive::{ArchiveError, Transcripts},
    center::{Incarnation, Millis},
    config::{Limits, Settings},
    files::StoreError,
    grpc::{
        AdministrationService, AgentDeskService, ChatSessionService, Edge, EventFeedService, Files, ServeFiles,
        ServeWeb, SupervisionService,
        accept::{self, Listener, TlsError},
        admit::Admit,
        auth::{Authenticator, KeysError, fetch_first_keys},
        pb::{
            self, administration_server::AdministrationServer, agent_desk_server::AgentDeskServer,
            chat_session_server::ChatSessionServer, event_feed_server::EventFeedServer,
            supervision_server::SupervisionServer,
        },
        sweep_files, tell_waits,
        wire::SayItOurWay,
    },
    journal::sqlite::OpenError,
    live::TURNS,
    shard::RecoveryError,
};

mod clock;
mod health;
mod parts;
mod running;

pub use clock::Clock;
use health::Vitals;
use parts::Parts;
use running::{Handover, Running};

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
    /// The attachments' store can't be used.
    #[error(transparent)]
    Files(#[from] StoreError),
    /// The keys can't be used.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A log can't be recovered.
    #[error("{log} can't be recovered from: {error}")]
    Recovery {
        /// Which one.
        log: String,
        /// Why not.
        error: RecoveryError,
    },
    /// The node can't take part in its cluster.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The program was built without the clustered journal.
    #[cfg(not(feature = "cluster"))]
    #[error("journal: this program was built without the feature `cluster`, so the journal can only be `embedded`")]
    NoCluster,
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
    handover: Handover,
}

fn millis(length: Duration) -> Millis {
    length.as_millis() as Millis
}

impl Server {
    /// Opens the data folder, recovers and listens. Returns once calls are answered.
    pub async fn start(settings: Settings) -> Result<Self, ServerError> {
        Self::start_by(&Clock::default(), settings).await
    }

    /// The same by a clock of the caller's: for tests of what time does.
    pub async fn start_by(clock: &Clock, settings: Settings) -> Result<Self, ServerError> {
        std::fs::create_dir_all(&settings.data).map_err(ServerError::Data)?;
        let listen = |error| ServerError::Listen { address: settings.listen, error };
        let tls = settings.tls.as_ref().map(accept::acceptor).transpose()?;
        let transfers = accept::transfers(settings.files.transfers);
        let listener = Listener::bind(settings.listen, &settings.limits.connections, transfers).await;
        let listener = listener.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let incarnation = Incarnation::from_bytes(*uuid::Uuid::new_v4().as_bytes());
        let parts = Box::pin(Parts::open(&settings, incarnation)).await?;
        fetch_first_keys(&settings.auth, &settings.data).await?;
        let authenticator = Arc::new(Authenticator::from_settings(&settings.auth, &settings.data)?);
        let transcripts = Transcripts::open(&settings.data, parts.vault.clone())?;
        let (stop, stopping) = watch::channel(false);
        let (shard_stop, shard_stopping) = watch::channel(false);
        let mut running = Running::start(&settings, clock, parts, &transcripts, &shard_stopping)?;
        let files = Files::open(&settings, &running.id_key)?;
        let edge = Edge::new(
            running.shards.clone(),
            transcripts,
            files,
            authenticator,
            settings.limits.clone(),
            running.id_key.clone(),
            incarnation,
        );
        let mut background = JoinSet::new();
        let handover = running.take_part(&settings, address, &mut background);
        let vitals = running.vitals(stopping.clone(), &handover);
        tokio::select! {
            () = vitals.ready() => {}
            failed = running.failed() => return Err(failed),
        }
        running.keep_house(&settings, &edge, &mut background);
        background.spawn(every(Duration::from_secs(1), edge.clone(), |edge| edge.sweep()));
        background.spawn(beat(settings.limits.watches.heartbeat, edge.clone()));
        background.spawn(every(KEYS_EVERY, edge.clone(), reload_keys));
        background.spawn(sweep_files(edge.clone()));
        background.spawn(tell_waits(edge.clone()));
        let limits = settings.limits.clone();
        let routes = routes(&limits, edge.clone(), vitals)?.prepare();
        let calls = SayItOurWay(limits.deadlines.clone()).layer(Admit(edge.clone()).layer(routes));
        let service = ServeFiles(edge.clone()).layer(ServeWeb::new(&settings.web, &limits.messages).layer(calls));
        let file_time = settings.files.upload_time.max(settings.files.download_time);
        let serving = tokio::spawn(async move {
            tokio::select! {
                () = accept::serve(listener, tls, service, &limits, file_time, stopping) => {}
                failed = running.failed() => return Err(failed),
            }
            shard_stop.send_replace(true);
            running.ended().await?;
            background.shutdown().await;
            Ok(())
        });
        Ok(Self { address, edge, stop, serving, bound: settings.drain.bound, handover })
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
        let until = tokio::time::Instant::now() + self.bound;
        // Others lead first, while this node still serves: nobody waits for a leader. Half of the time is for the rest.
        let _ = tokio::time::timeout(self.bound / 2, self.handover.hand_over()).await;
        self.edge.drain();
        self.stop.send_replace(true);
        match tokio::time::timeout_at(until, &mut self.serving).await {
            Ok(ended) => ended?,
            Err(_) => {
                tracing::warn!("not everything had ended when the time was over");
                self.serving.abort();
                Ok(())
            }
        }
    }
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
        edge.shards.iter().for_each(|shard| shard.feed.beat(turn));
    }
}

fn reload_keys(edge: &Arc<Edge>) {
    // Nothing else of the edge: what is on its way when the server stops must not keep the journal.
    let authenticator = edge.authenticator.clone();
    tokio::spawn(async move {
        if let Err(error) = authenticator.refresh().await {
            tracing::warn!(%error, "the keys can't be read again; those known stay");
        }
    });
}

fn routes(limits: &Limits, edge: Arc<Edge>, vitals: Vitals) -> Result<Routes, tonic_reflection::server::Error> {
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
    serve!(SupervisionServer, SupervisionService(edge.clone()));
    serve!(EventFeedServer, EventFeedService(edge.clone()));
    serve!(AdministrationServer, AdministrationService(edge));
    tokio::spawn(vitals.report(reporter));
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(pb::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(routes.add_service(reflection().build_v1()?).add_service(reflection().build_v1alpha()?))
}
