//! What all nodes of a cluster share, fixed when the first of them started.

use async_nats::jetstream::{
    Context,
    kv::{Config, CreateErrorKind, Store},
    stream::StorageType,
};
use serde::{Deserialize, Serialize};

use super::ClusterError;
use crate::{config::Settings, journal::jetstream::OpenError};

const KEY: &str = "manifest";

/// Into how many logs the centers are divided, and the secrets that every node needs.
#[derive(Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Logs.
    pub shards: u32,
    /// The key of the hashes in the logs, in hex.
    id_key: String,
    /// What development tokens are signed with.
    pub development_secret: String,
}

fn unavailable(error: impl std::fmt::Display) -> ClusterError {
    OpenError::Unavailable(error.to_string()).into()
}

fn random_hex() -> String {
    let mut bytes = [0_u8; 32];
    rand::RngExt::fill(&mut rand::rng(), &mut bytes[..]);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Manifest {
    /// Reads the cluster's manifest, making it when this is the first node, and holds it against the settings.
    pub(super) async fn agree(context: &Context, settings: &Settings) -> Result<Self, ClusterError> {
        let cluster = &settings.cluster;
        let store = store(context, &format!("{}-manifest", cluster.name), cluster.replicas).await?;
        let own = Self { shards: cluster.shards, id_key: random_hex(), development_secret: random_hex() };
        let bytes = serde_json::to_vec(&own).map_err(unavailable)?;
        match store.create(KEY, bytes.into()).await {
            Ok(_) => return Ok(own),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {}
            Err(error) => return Err(unavailable(error)),
        }
        let found = store.get(KEY).await.map_err(unavailable)?.ok_or_else(|| unavailable("the manifest is gone"))?;
        let found: Self = serde_json::from_slice(&found).map_err(unavailable)?;
        if found.shards != own.shards {
            let (own, found) = (own.shards.to_string(), found.shards.to_string());
            return Err(ClusterError::Manifest { field: "cluster.shards", own, found });
        }
        Ok(found)
    }

    /// The key of the hashes in the logs.
    pub fn id_key(&self) -> Option<[u8; 32]> {
        let mut key = [0; 32];
        if self.id_key.len() != 64 {
            return None;
        }
        for (at, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(self.id_key.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(key)
    }
}

async fn store(context: &Context, bucket: &str, num_replicas: usize) -> Result<Store, ClusterError> {
    let config = Config { bucket: bucket.to_owned(), num_replicas, storage: StorageType::File, ..Config::default() };
    // Another node may be making it.
    let made = context.create_key_value(config).await;
    context.get_key_value(bucket).await.map_err(|error| made.err().map_or_else(|| unavailable(error), unavailable))
}
