//! A bucket that speaks S3.

use std::{sync::Arc, time::Duration};

use object_store::{
    ClientOptions, ObjectStore, Result, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    prefix::PrefixStore,
};
use secrecy::ExposeSecret;
use tokio_rustls::rustls::crypto::ring;

use crate::config::S3;

/// How often and how long a request is repeated: whoever brings or fetches a file waits meanwhile.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(20);

const CONNECT: Duration = Duration::from_secs(5);

/// Opens it, without asking it anything.
pub(super) fn open(s3: &S3, silence: Duration) -> Result<Arc<dyn ObjectStore>> {
    // The HTTP client takes the process's provider. One that is there already does as well.
    let _ = ring::default_provider().install_default();
    let plain = s3.endpoint.as_ref().is_some_and(|url| url.starts_with("http://"));
    // A file takes as long as it takes: its own bound is at who brings or fetches it.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(silence)
        .with_connect_timeout(CONNECT)
        .with_allow_http(plain);
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() };
    let set = [
        (AmazonS3ConfigKey::Region, s3.region.as_deref()),
        (AmazonS3ConfigKey::Endpoint, s3.endpoint.as_deref()),
        (AmazonS3ConfigKey::AccessKeyId, s3.access_key_id.as_deref()),
        (AmazonS3ConfigKey::SecretAccessKey, s3.secret_access_key.as_ref().map(ExposeSecret::expose_secret)),
    ];
    // With a key of ours a session's token in the environment would be another's.
    let builder = if s3.access_key_id.is_some() { AmazonS3Builder::new() } else { AmazonS3Builder::from_env() };
    let builder = builder.with_bucket_name(&s3.bucket).with_client_options(client).with_retry(retry);
    // Files go one at a time, and not every bucket knows more.
    let builder = builder.with_disable_bulk_delete(true);
    let set = set.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let bucket = set.fold(builder, |builder, (key, value)| builder.with_config(key, value)).build()?;
    Ok(match &s3.prefix {
        Some(prefix) => Arc::new(PrefixStore::new(bucket, prefix.as_str())),
        None => Arc::new(bucket),
    })
}
