//! Transcripts that every node can read, as objects in a bucket.

use async_nats::jetstream::object_store::ObjectStore;
use bytes::Bytes;

use crate::{
    archive::Vault,
    journal::{
        BoxFuture, ReadError,
        jetstream::{get_object, put_object},
    },
};

pub(super) struct Objects(pub(super) ObjectStore);

impl Vault for Objects {
    fn put(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>> {
        Box::pin(async move { put_object(&self.0, &name, bytes).await })
    }

    fn get(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>> {
        Box::pin(async move { get_object(&self.0, &name).await })
    }
}
