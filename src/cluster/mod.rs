//! Several nodes that share the work, over NATS. Safety is the log's: whatever is believed here, two leaders of a shard can't
//! both append. What is here makes it fast: who lives ([`members`]), who should lead, and the way from one node to another
//! ([`post`]).
//!
//! Nodes show that they live by plain messages, not by entries in a store: a store that has lost its leader for seconds would
//! make every node look dead, just when the logs recover as well.

use std::{
    fs, io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::{Client, ConnectOptions};
use backon::{ConstantBuilder, Retryable};
use secrecy::ExposeSecret;
use tokio::{sync::watch, time::Instant};

use crate::{
    archive::Vault,
    center::Incarnation,
    config::{JournalAt, Settings},
    journal::{
        Journal, ReadError,
        jetstream::{self, JetStreamJournal, OpenError, Options},
    },
    live::Others,
    shard::{FORMAT_KNOWN, Handle, Place, Role, Standing},
};

mod manifest;
mod members;
mod post;
pub mod status;
mod vault;

pub use manifest::Manifest;
pub use members::{Beat, Members, ShardBeat};

use post::Post;

/// A NATS server that doesn't answer is left for another after two of these.
const PING: Duration = Duration::from_secs(1);
const CONNECT: Duration = Duration::from_secs(2);

/// How long a connection waits before it is tried again.
const RECONNECT: Duration = Duration::from_millis(100);

/// How long a start waits for the servers: 30 s in all.
const START_PAUSE: Duration = Duration::from_millis(250);
const START_TRIES: usize = 120;

/// Why a node can't take part.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The NATS servers can't be reached or used.
    #[error("journal: {0}")]
    Open(#[from] OpenError),
    /// The credentials can't be read, or the connection isn't made.
    #[error("journal: the NATS servers can't be connected to: {0}")]
    Connect(String),
    /// Too few copies for what is promised.
    #[error(
        "cluster.replicas is {0}: the loss of one NATS server would lose what was acknowledged. For trying things out set \
         cluster.allow_few_replicas=true"
    )]
    FewReplicas(usize),
    /// What the cluster was started with differs from this node's settings.
    #[error("{field} is {own} here, and the cluster was started with {found}")]
    Manifest {
        /// Which setting.
        field: &'static str,
        /// Here.
        own: String,
        /// There.
        found: String,
    },
    /// The node's name can't be kept.
    #[error("the data folder: {0}")]
    Data(#[from] io::Error),
}

/// Connects to the NATS servers of the settings.
///
/// # Errors
/// They can't be reached, or refuse the login.
pub async fn connect(settings: &Settings) -> Result<Client, ClusterError> {
    let JournalAt::Nats(urls) = &settings.journal else {
        return Err(ClusterError::Connect("the journal is embedded".into()));
    };
    let cluster = &settings.cluster;
    let failed = |error: &dyn std::fmt::Display| ClusterError::Connect(error.to_string());
    let mut options = ConnectOptions::new()
        .name(format!("chatsession {}", cluster.name))
        .ping_interval(PING)
        .connection_timeout(CONNECT)
        .reconnect_delay_callback(|_| RECONNECT)
        .event_callback(async |event| tracing::info!(%event, "nats"));
    if let (Some(user), Some(password)) = (&cluster.user, &cluster.password) {
        options = options.user_and_password(user.clone(), password.expose_secret().to_owned());
    }
    if let Some(file) = &cluster.credentials_file {
        let credentials = fs::read_to_string(file).map_err(|error| failed(&format!("{}: {error}", file.display())))?;
        options = options.credentials(&credentials).map_err(|error| failed(&error))?;
    }
    if let Some(file) = &cluster.ca_file {
        options = options.add_root_certificates(file.clone());
    }
    options.connect(urls.clone()).await.map_err(|error| failed(&error))
}

/// Tries again for a while: what was just made has no leader yet, and servers that start together need a moment.
async fn patiently<T, F>(attempt: impl FnMut() -> F) -> Result<T, ClusterError>
where
    F: Future<Output = Result<T, ClusterError>>,
{
    let passes = |error: &ClusterError| {
        matches!(error, ClusterError::Open(OpenError::Unavailable(_) | OpenError::Read(ReadError::Unavailable(_))))
    };
    let pauses = ConstantBuilder::default().with_delay(START_PAUSE).with_max_times(START_TRIES);
    attempt.retry(pauses).when(passes).notify(|error, _| tracing::info!(%error, "trying again")).await
}

/// A node's part in a cluster.
pub struct Cluster {
    client: Client,
    name: String,
    node: String,
    replicas: usize,
    incarnation: Incarnation,
    manifest: Manifest,
    beat: Duration,
    members: Mutex<Members>,
    started: Instant,
    draining: watch::Sender<bool>,
    /// Whether this node is heard, and so may lead.
    connected: watch::Sender<bool>,
    blobs: async_nats::jetstream::object_store::ObjectStore,
    archive: async_nats::jetstream::object_store::ObjectStore,
}

/// A shard of a node that takes part.
pub struct ShardPart {
    /// Its log.
    pub journal: Arc<dyn Journal>,
    /// Its place.
    pub place: Place,
    /// Says what this node is to be to it.
    pub role: watch::Sender<Role>,
    /// Its watchers at other nodes.
    pub others: Arc<dyn Others>,
}

impl Cluster {
    /// Connects, holds the manifest against the settings, and opens the stores.
    ///
    /// # Errors
    /// See [`ClusterError`].
    pub async fn join(settings: &Settings, incarnation: Incarnation) -> Result<Arc<Self>, ClusterError> {
        let cluster = &settings.cluster;
        if cluster.replicas < 3 && !cluster.allow_few_replicas {
            return Err(ClusterError::FewReplicas(cluster.replicas));
        }
        let node = match &cluster.node {
            Some(name) => name.clone(),
            None => kept_name(settings)?,
        };
        let client = connect(settings).await?;
        jetstream::check_server(&client)?;
        let context = jetstream::context(client.clone());
        let manifest = patiently(|| Manifest::agree(&context, settings)).await?;
        let bucket = async |of: &str| {
            let name = format!("{}-{of}", cluster.name);
            patiently(async || Ok(jetstream::bucket(&context, &name, cluster.replicas).await?)).await
        };
        let (blobs, archive) = (bucket("blobs").await?, bucket("archive").await?);
        Ok(Arc::new(Self {
            client,
            name: cluster.name.clone(),
            node,
            replicas: cluster.replicas,
            incarnation,
            manifest,
            beat: cluster.beat,
            members: Mutex::new(Members::new(incarnation, cluster.takeover_after, cluster.lost_after)),
            started: Instant::now(),
            draining: watch::channel(false).0,
            connected: watch::channel(false).0,
            blobs,
            archive,
        }))
    }

    /// What all nodes share.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// This node's name.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Opens a shard's log.
    ///
    /// # Errors
    /// Its stream isn't what it has to be.
    pub async fn open(self: &Arc<Self>, shard: u32) -> Result<ShardPart, ClusterError> {
        let options = Options { name: self.name.clone(), shard, replicas: self.replicas };
        let open = || JetStreamJournal::open(self.client.clone(), options.clone(), self.blobs.clone());
        let journal = patiently(async || Ok(open().await?)).await?;
        let living = [self.incarnation].into();
        let (role, told) = watch::channel(Role { lead: false, living, format: FORMAT_KNOWN });
        let post = Arc::new(Post::new(self.client.clone(), &self.name, self.incarnation, shard));
        let place = Place { incarnation: self.incarnation, role: told, elsewhere: Some(post.clone()) };
        Ok(ShardPart { journal: Arc::new(journal), place, role, others: post })
    }

    /// Where transcripts go that every node can read.
    pub fn vault(&self) -> Arc<dyn Vault> {
        Arc::new(vault::Objects(self.archive.clone()))
    }

    /// Whether this node is heard by the others.
    pub fn connected(&self) -> watch::Receiver<bool> {
        self.connected.subscribe()
    }

    fn hears(&self) -> Vec<status::Heard> {
        let (members, now) = (self.members(), self.started.elapsed());
        let heard = |(beat, silence): (&Beat, Duration)| status::Heard {
            beat: beat.clone(),
            silent_for: silence.as_millis() as u64,
        };
        members.silences(now).map(heard).collect()
    }

    fn members(&self) -> std::sync::MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes part: shows that it lives, hears the others, says what this node is to be to each shard, and does what other
    /// nodes ask. Ends when the server does.
    ///
    /// # Errors
    /// The NATS client was closed.
    pub async fn run(self: Arc<Self>, address: String, shards: Vec<RunningShard>) -> Result<(), ClusterError> {
        let shards = Arc::new(shards);
        let gone = |error: async_nats::SubscribeError| ClusterError::Connect(error.to_string());
        let beats = self.client.subscribe(format!("{}.beat", self.name)).await.map_err(gone)?;
        let errands = self.client.subscribe(post::inbox(&self.name, self.incarnation)).await.map_err(gone)?;
        let signals = self.client.subscribe(format!("{}.signal.*", self.name)).await.map_err(gone)?;
        let asked = self.client.subscribe(format!("{}.status", self.name)).await.map_err(gone)?;
        tokio::select! {
            () = self.clone().live(address, beats, shards.clone()) => {}
            () = post::serve(self.client.clone(), errands, shards.clone()) => {}
            () = post::show(self.incarnation, signals, shards.clone()) => {}
            () = status::serve(self.clone(), asked) => {}
        }
        Err(ClusterError::Connect("the connection was closed".into()))
    }

    /// Beats, hears beats, and says what follows from them.
    async fn live(self: Arc<Self>, address: String, mut beats: async_nats::Subscriber, shards: Arc<Vec<RunningShard>>) {
        use futures_util::StreamExt;
        let mut ticks = tokio::time::interval(self.beat);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let (stood, mut stands) = watch::channel(());
        let watching = shards.iter().map(|shard| watch_standing(shard.standing.clone(), stood.clone()));
        let mut watchers: tokio::task::JoinSet<()> = watching.collect();
        let (mut draining, mut connected) = (self.draining.subscribe(), self.connected.subscribe());
        let mut number = 0;
        loop {
            let news = tokio::select! {
                _ = ticks.tick() => true,
                Ok(()) = stands.changed() => true,
                Ok(()) = draining.changed() => true,
                Ok(()) = connected.changed() => true,
                heard = beats.next() => {
                    let Some(message) = heard else { break };
                    if let Ok(beat) = minicbor::decode::<Beat>(&message.payload) {
                        self.members().heard(self.started.elapsed(), beat);
                    }
                    false
                }
            };
            if news {
                number += 1;
                let beat = self.own_beat(number, &address, &shards);
                let bytes = minicbor::to_vec(&beat).expect("a beat can always be written to memory");
                // Who isn't heard finds out by not hearing itself; while the client holds everything back, so does this.
                let sent = self.client.publish(format!("{}.beat", self.name), bytes.into());
                let _ = tokio::time::timeout(self.beat, sent).await;
            }
            self.tell_roles(&shards);
        }
        watchers.abort_all();
    }

    fn own_beat(&self, number: u64, address: &str, shards: &[RunningShard]) -> Beat {
        Beat {
            node: self.node.clone(),
            incarnation: self.incarnation,
            number,
            address: address.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            format: FORMAT_KNOWN,
            draining: *self.draining.borrow(),
            shards: shards.iter().map(RunningShard::beat).collect(),
            deaf: !*self.connected.borrow(),
        }
    }

    fn tell_roles(&self, shards: &[RunningShard]) {
        let now = self.started.elapsed();
        let mut members = self.members();
        members.forget(now);
        self.connected.send_if_modified(|connected| {
            let is = members.is_connected(now);
            std::mem::replace(connected, is) != is
        });
        for (number, shard) in (0..).zip(shards) {
            let role = members.role(now, number, &shard.standing.borrow());
            shard.role.send_if_modified(|told| {
                *told != role && {
                    *told = role;
                    true
                }
            });
        }
    }

    /// Hands all shards over to others, for as long as there are others; returns once nothing is led here.
    pub async fn hand_over(&self, shards: &[watch::Receiver<Standing>]) {
        self.draining.send_replace(true);
        if !self.members().has_others(self.started.elapsed()) {
            return;
        }
        for shard in shards {
            let mut shard = shard.clone();
            // Its task may have ended.
            let _ = shard.wait_for(|standing| !standing.leads).await;
        }
    }
}

/// A shard of this node, as the cluster sees it.
pub struct RunningShard {
    /// The way into it.
    pub handle: Handle,
    /// What is durable of it.
    pub feed: Arc<crate::live::Feed>,
    /// Says what this node is to be to it.
    pub role: watch::Sender<Role>,
    /// How it stands.
    pub standing: watch::Receiver<Standing>,
}

impl RunningShard {
    fn beat(&self) -> ShardBeat {
        let Standing { epoch, leads, caught_up, .. } = *self.standing.borrow();
        ShardBeat { position: self.feed.position(), epoch, leads, caught_up }
    }
}

async fn watch_standing(mut standing: watch::Receiver<Standing>, stood: watch::Sender<()>) {
    while standing.changed().await.is_ok() {
        stood.send_replace(());
    }
}

/// The name that was made for this data folder.
fn kept_name(settings: &Settings) -> io::Result<String> {
    let path = settings.data.join("node.name");
    match fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = format!("node-{}", &uuid::Uuid::new_v4().simple().to_string()[..8]);
            fs::write(&path, &name)?;
            Ok(name)
        }
        Err(error) => Err(error),
    }
}
