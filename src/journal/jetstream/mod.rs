//! A log in a NATS JetStream stream: what lets several machines share it.
//!
//! A batch is one message, its position the message's sequence. Every publish names the sequence that it follows, so a
//! writer that lost its place can't append: the stream is the only arbiter. Blobs lie in an object store.
//!
//! [`message`] is the stored form, [`stream`] what a stream has to be, [`append`] the fenced publishes, [`read`] reads and
//! scrubs, [`blobs`] the object store, [`recent`] what other writers announce so that a follower needn't ask for it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::jetstream::{Context, context::ContextBuilder, object_store::ObjectStore, stream::Stream};
use bytes::Bytes;

use super::{
    AppendError, Batch, Bounds, BoxFuture, Journal, Position, ReadError, Stored,
    batch::{self, Chain, Mark},
    check_blob_name,
};

mod append;
mod blobs;
mod message;
mod read;
mod recent;
mod stream;
#[cfg(test)]
mod tests;

pub use blobs::{bucket, get_object, put_object};
pub use stream::{OpenError, check_server};

use append::Line;
use recent::Recent;

/// How long a publish waits for its acknowledgement before it is in doubt. Beyond what a busy disk takes; a stream that
/// lost its leader takes longer, and is tried again.
const ACK_TIMEOUT: Duration = Duration::from_millis(1500);

/// How long anything else waits for its answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest message that the servers have to take: a batch and its frame.
pub const MESSAGE_LIMIT: usize = super::BATCH_LIMIT + 1024;

/// Which log.
#[derive(Clone, Debug)]
pub struct Options {
    /// The cluster's name: what streams, buckets and subjects start with.
    pub name: String,
    /// The shard.
    pub shard: u32,
    /// Copies of every message.
    pub replicas: usize,
}

impl Options {
    fn stream(&self) -> String {
        format!("{}-log-{:02}", self.name, self.shard)
    }

    fn subject(&self) -> String {
        format!("{}.log.{}", self.name, self.shard)
    }

    fn announcements(&self) -> String {
        format!("{}.tail.{}", self.name, self.shard)
    }

    /// The bucket that all shards share.
    fn bucket(&self) -> String {
        format!("{}-blobs", self.name)
    }

    /// The name of a shard's blob in the bucket that all shards share.
    fn blob(&self, name: &str) -> String {
        format!("{:02}/{name}", self.shard)
    }
}

/// A JetStream context with the timeouts that the journal counts on.
pub fn context(client: async_nats::Client) -> Context {
    ContextBuilder::new().timeout(TIMEOUT).ack_timeout(ACK_TIMEOUT).build(client)
}

/// One shard's log.
pub struct JetStreamJournal {
    options: Options,
    client: async_nats::Client,
    context: Context,
    stream: Stream,
    /// What stands before the first batch.
    genesis: Chain,
    blobs: ObjectStore,
    line: Line,
    recent: Arc<Recent>,
    /// Where the last read ended: what follows has to fit.
    verified: Mutex<Option<Mark>>,
    /// The last position that this handle knows to be durable: what it reads never ends before it.
    known: AtomicU64,
    /// Keeps what is announced; ended with the journal.
    listening: tokio::task::JoinHandle<()>,
}

impl JetStreamJournal {
    /// Opens a shard's log, making the stream when it isn't there; `blobs` is the bucket that all shards share, called
    /// `…-blobs` after the cluster.
    ///
    /// # Errors
    /// The stream isn't what it has to be, or the servers can't be asked.
    pub async fn open(client: async_nats::Client, options: Options, blobs: ObjectStore) -> Result<Self, OpenError> {
        let context = context(client.clone());
        let stream = stream::open(&context, &options).await?;
        let known = AtomicU64::new(0);
        let recent = Arc::new(Recent::default());
        let announced = client.subscribe(options.announcements()).await.map_err(stream::unavailable)?;
        let listening = tokio::spawn(recent::listen(announced, recent.clone()));
        let genesis = stream::genesis(&stream)?;
        let (line, verified) = (Line::default(), Mutex::default());
        Ok(Self { options, client, context, stream, genesis, blobs, line, recent, verified, known, listening })
    }

    fn knows(&self, position: Position) {
        self.known.fetch_max(position, Ordering::Relaxed);
    }
}

impl Drop for JetStreamJournal {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Journal for JetStreamJournal {
    fn pipeline(&self) -> usize {
        1
    }

    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>> {
        let (sealed, failures) = (batch::seal(&batch), self.line.failures());
        Box::pin(async move {
            let sealed = sealed.map_err(|unfit| AppendError::Invalid(unfit.to_string()))?;
            self.append_next(expected, sealed, failures).await
        })
    }

    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
        Box::pin(self.read_batches(from.max(1), most))
    }

    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>> {
        Box::pin(self.stream_bounds())
    }

    fn changed(&self, after: Position) -> BoxFuture<'_, ()> {
        Box::pin(self.recent.beyond(after))
    }

    fn scrub(&self, position: Position, items: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async move { self.scrub_batch(position, &items).await })
    }

    fn drop_before(&self, position: Position) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(self.purge_before(position))
    }

    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async move {
            check_blob_name(&name)?;
            blobs::put_object(&self.blobs, &self.options.blob(&name), bytes).await
        })
    }

    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        Box::pin(async move {
            check_blob_name(&name)?;
            blobs::get_object(&self.blobs, &self.options.blob(&name)).await
        })
    }

    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>> {
        Box::pin(async move {
            let own = self.options.blob("");
            let names = blobs::list(&self.blobs, &format!("{own}{prefix}")).await?;
            Ok(names.into_iter().filter_map(|name| name.strip_prefix(&own).map(str::to_owned)).collect())
        })
    }

    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async move {
            check_blob_name(&name)?;
            blobs::delete(&self.context, &self.blobs, &self.options.bucket(), &self.options.blob(&name)).await
        })
    }
}
