//! Blobs, as objects in a bucket: snapshots, and what stands in for messages whose content was erased.

use async_nats::jetstream::{
    Context,
    object_store::{Config, GetErrorKind, InfoErrorKind, ObjectStore},
    stream::{self, StorageType},
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use bytes::Bytes;
use futures_util::TryStreamExt;
use tokio::io::AsyncReadExt;

use super::stream::{OpenError, unavailable};
use crate::journal::ReadError;

fn failed(error: impl std::fmt::Display) -> ReadError {
    ReadError::Unavailable(error.to_string())
}

/// Opens a bucket, making it when it isn't there.
///
/// # Errors
/// Its copies are fewer than asked for, or the servers can't be asked.
pub async fn bucket(context: &Context, name: &str, replicas: usize) -> Result<ObjectStore, OpenError> {
    let config =
        Config { bucket: name.to_owned(), storage: StorageType::File, num_replicas: replicas, ..Config::default() };
    // Another node may be making it.
    let made = context.create_object_store(config).await;
    if let Err(error) = context.get_object_store(name).await {
        return Err(made.err().map_or_else(|| unavailable(error), unavailable));
    }
    let stream = format!("OBJ_{name}");
    let config = context.get_stream(&stream).await.map_err(unavailable)?.cached_info().config.clone();
    if config.num_replicas != replicas {
        let (found, expected) = (config.num_replicas.to_string(), replicas.to_string());
        return Err(OpenError::Wrong { stream, field: "num_replicas", found, expected });
    }
    if config.allow_direct {
        // A copy that lags would answer that what was just stored isn't there.
        let config = stream::Config { allow_direct: false, ..config };
        context.update_stream(config).await.map_err(unavailable)?;
    }
    context.get_object_store(name).await.map_err(unavailable)
}

/// Stores an object whole or not at all, in place of what had its name before.
///
/// # Errors
/// The servers can't be asked.
pub async fn put_object(store: &ObjectStore, name: &str, bytes: Bytes) -> Result<(), ReadError> {
    store.put(name, &mut &bytes[..]).await.map_err(failed)?;
    Ok(())
}

/// The object of this name, held against its digest, or `None`.
///
/// # Errors
/// The servers can't be asked, or what they hold isn't what was stored.
pub async fn get_object(store: &ObjectStore, name: &str) -> Result<Option<Bytes>, ReadError> {
    let mut object = match store.get(name).await {
        Ok(object) => object,
        Err(error) if error.kind() == GetErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let size = object.info().size;
    let mut bytes = Vec::with_capacity(size);
    match tokio::time::timeout(super::TIMEOUT, object.read_to_end(&mut bytes)).await {
        Ok(Ok(read)) if read == size => Ok(Some(bytes.into())),
        Ok(Ok(read)) => {
            let what = format!("{read} bytes of {size}");
            Err(ReadError::DamagedBlob { name: name.to_owned(), what })
        }
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(ReadError::DamagedBlob { name: name.to_owned(), what: error.to_string() })
        }
        Ok(Err(error)) => Err(failed(error)),
        Err(_) => Err(failed("no answer")),
    }
}

/// The names that start with `prefix`, sorted.
pub(super) async fn list(store: &ObjectStore, prefix: &str) -> Result<Vec<String>, ReadError> {
    let objects = store.list().await.map_err(failed)?;
    let mut names: Vec<String> = objects
        .try_filter_map(|object| std::future::ready(Ok(object.name.starts_with(prefix).then_some(object.name))))
        .try_collect()
        .await
        .map_err(failed)?;
    names.sort();
    Ok(names)
}

/// Deletes an object, and with it the mark that a deleted object leaves: names don't come again, so those would only add up.
pub(super) async fn delete(context: &Context, store: &ObjectStore, bucket: &str, name: &str) -> Result<(), ReadError> {
    match store.info(name).await {
        Ok(_) => {
            store.delete(name).await.map_err(failed)?;
            let mark = format!("$O.{bucket}.M.{}", URL_SAFE.encode(name));
            let stream = context.get_stream_no_info(format!("OBJ_{bucket}")).await.map_err(failed)?;
            stream.purge().filter(mark).await.map(drop).map_err(failed)
        }
        Err(error) if error.kind() == InfoErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
    }
}
