//! What `chatsession cluster status` shows: what every node says, and what the NATS servers say of the streams.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, Subscriber};
use futures_util::StreamExt;
use minicbor::{Decode, Encode};

use super::{Beat, Cluster};
use crate::journal::jetstream;

/// How long nodes have to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What a node says.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Report {
    /// All nodes that it hears, itself too when it is heard.
    #[n(0)]
    pub hears: Vec<Heard>,
    /// Its name.
    #[n(1)]
    pub node: String,
}

/// A node as another hears it.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Heard {
    /// What it said last.
    #[n(0)]
    pub beat: Beat,
    /// How long ago, in milliseconds.
    #[n(1)]
    pub silent_for: u64,
}

/// A shard's stream.
#[derive(Clone, Debug)]
pub struct StreamReport {
    /// Its name.
    pub name: String,
    /// The server that leads it, if one does.
    pub leader: Option<String>,
    /// Copies as configured.
    pub replicas: usize,
    /// Other servers with a copy, and whether it is current.
    pub copies: Vec<(String, bool)>,
    /// Messages and bytes.
    pub messages: u64,
    /// The same in bytes.
    pub bytes: u64,
    /// The last position.
    pub tail: u64,
    /// Stored in files, with nothing that goes by itself.
    pub durable: bool,
}

/// Answers who asks for the status.
pub(super) async fn serve(cluster: Arc<Cluster>, mut asked: Subscriber) {
    while let Some(message) = asked.next().await {
        let Some(reply) = message.reply else { continue };
        let report = Report { hears: cluster.hears(), node: cluster.node.clone() };
        let bytes = minicbor::to_vec(&report).expect("a report can always be written to memory");
        // Who asked may be gone.
        let _ = cluster.client.publish(reply, bytes.into()).await;
    }
}

/// Asks all nodes.
///
/// # Errors
/// The NATS servers can't be asked.
pub async fn nodes(client: &Client, name: &str) -> Result<Vec<Report>, async_nats::Error> {
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await?;
    client.publish_with_reply(format!("{name}.status"), inbox, "".into()).await?;
    let mut reports = Vec::new();
    let until = tokio::time::Instant::now() + PATIENCE;
    while let Ok(Some(answer)) = tokio::time::timeout_at(until, answers.next()).await {
        // One that isn't a report says that nobody is there.
        reports.extend(minicbor::decode::<Report>(&answer.payload).ok());
    }
    reports.sort_by(|a, b| a.node.cmp(&b.node));
    Ok(reports)
}

/// Asks the NATS servers for the shards' streams.
///
/// # Errors
/// They can't be asked, or have no such streams.
pub async fn streams(client: &Client, name: &str, shards: usize) -> Result<Vec<StreamReport>, async_nats::Error> {
    let context = jetstream::context(client.clone());
    let mut reports = Vec::new();
    for shard in 0..shards {
        let stream = context.get_stream(format!("{name}-log-{shard:02}")).await?;
        let info = stream.cached_info();
        let (config, state) = (&info.config, &info.state);
        let cluster = info.cluster.as_ref();
        let copies = cluster.into_iter().flat_map(|cluster| &cluster.replicas);
        let keeps = config.max_bytes == -1 && config.max_messages == -1 && config.max_age.is_zero();
        reports.push(StreamReport {
            name: config.name.clone(),
            leader: cluster.and_then(|cluster| cluster.leader.clone()),
            replicas: config.num_replicas,
            copies: copies.map(|copy| (copy.name.clone(), copy.current)).collect(),
            messages: state.messages,
            bytes: state.bytes,
            tail: state.last_sequence,
            durable: keeps && config.storage == async_nats::jetstream::stream::StorageType::File,
        });
    }
    Ok(reports)
}
