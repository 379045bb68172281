//! What a server is made of: one shard in the data folder, or a node's part in a cluster.

use std::sync::Arc;

use super::ServerError;
use crate::{
    archive::Vault,
    center::Incarnation,
    config::{JournalAt, Settings},
    grpc::IdKey,
    journal::{
        Journal,
        sqlite::{Options, SqliteJournal},
    },
    live::Others,
    shard::Place,
    storage,
};
#[cfg(feature = "cluster")]
use crate::{
    cluster::{Cluster, ClusterError},
    config::AuthMode,
    grpc::auth::share_development_secret,
};

/// A shard that doesn't run yet.
pub(super) struct Part {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) place: Place,
    pub(super) others: Option<Arc<dyn Others>>,
    /// Says what this node is to be to it.
    #[cfg(feature = "cluster")]
    pub(super) role: Option<tokio::sync::watch::Sender<crate::shard::Role>>,
}

/// All of it.
pub(super) struct Parts {
    pub(super) shards: Vec<Part>,
    pub(super) id_key: IdKey,
    pub(super) vault: Option<Arc<dyn Vault>>,
    #[cfg(feature = "cluster")]
    pub(super) cluster: Option<Arc<Cluster>>,
}

impl Parts {
    pub(super) async fn open(settings: &Settings, incarnation: Incarnation) -> Result<Self, ServerError> {
        match settings.journal {
            JournalAt::Embedded => Self::embedded(settings, incarnation).await,
            #[cfg(feature = "cluster")]
            JournalAt::Nats(_) => Self::clustered(settings, incarnation).await,
            #[cfg(not(feature = "cluster"))]
            JournalAt::Nats(_) => Err(ServerError::NoCluster),
        }
    }

    /// Whether other nodes may take over.
    pub(super) fn is_shared(&self) -> bool {
        self.shards.iter().any(|shard| shard.place.elsewhere.is_some())
    }

    async fn embedded(settings: &Settings, incarnation: Incarnation) -> Result<Self, ServerError> {
        let folder = settings.data.clone();
        let opened = tokio::task::spawn_blocking(move || SqliteJournal::open(&folder, Options::default()));
        let part = Part {
            journal: Arc::new(opened.await??),
            place: Place::alone(incarnation),
            others: None,
            #[cfg(feature = "cluster")]
            role: None,
        };
        Ok(Self {
            shards: vec![part],
            id_key: storage::id_key(&settings.data).map_err(ServerError::Data)?,
            vault: None,
            #[cfg(feature = "cluster")]
            cluster: None,
        })
    }

    #[cfg(feature = "cluster")]
    async fn clustered(settings: &Settings, incarnation: Incarnation) -> Result<Self, ServerError> {
        let cluster = Cluster::join(settings, incarnation).await?;
        let manifest = cluster.manifest();
        let unreadable = || ClusterError::Connect("the manifest's key can't be read".into());
        let id_key = IdKey(manifest.id_key().ok_or_else(unreadable)?);
        if settings.auth.mode == AuthMode::Development {
            let secret = &manifest.development_secret;
            share_development_secret(&settings.data, secret).map_err(ServerError::Data)?;
        }
        let opened = (0..manifest.shards).map(|shard| cluster.open(shard));
        let opened = futures_util::future::try_join_all(opened).await?;
        let shards = opened.into_iter().map(|part| Part {
            journal: part.journal,
            place: part.place,
            others: Some(part.others),
            role: Some(part.role),
        });
        Ok(Self { shards: shards.collect(), id_key, vault: Some(cluster.vault()), cluster: Some(cluster) })
    }
}
