//! What a shard's stream has to be, and what the servers have to be.

use std::time::Duration;

use async_nats::jetstream::{
    Context, ErrorCode,
    context::{CreateStreamError, CreateStreamErrorKind},
    stream::{Config, DiscardPolicy, RetentionPolicy, StorageType, Stream},
};
use tokio::time::Instant;

use super::{MESSAGE_LIMIT, Options};
use crate::journal::{Bounds, Position, ReadError, batch::Chain};

/// The oldest version of the servers whose behaviour this was held against.
const SERVER: (i64, i64, i64) = (2, 15, 0);

/// How long an election among the servers may take.
const LEADER_WAIT: Duration = Duration::from_secs(5);

/// Where a stream says which log it is.
const LOG_ID: &str = "chatsession-log";

/// Why a log can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The servers can't be asked, or have no leader.
    #[error("the NATS servers can't be asked: {0}")]
    Unavailable(String),
    /// The servers are too old, or too small.
    #[error("the NATS servers won't do: {0}")]
    Server(String),
    /// A stream isn't what it has to be.
    #[error("stream {stream}: {field} is {found}, expected {expected}")]
    Wrong {
        /// Which stream.
        stream: String,
        /// Which of its settings.
        field: &'static str,
        /// What it is.
        found: String,
        /// What it has to be.
        expected: String,
    },
    /// It can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

pub(super) fn unavailable(error: impl std::fmt::Display) -> OpenError {
    OpenError::Unavailable(error.to_string())
}

/// Refuses servers that are too old or take no batch.
pub fn check_server(client: &async_nats::Client) -> Result<(), OpenError> {
    let info = client.server_info();
    let (major, minor, patch) = SERVER;
    if !client.is_server_compatible(major, minor, patch) {
        return Err(OpenError::Server(format!("version {}, expected {major}.{minor}.{patch} or later", info.version)));
    }
    if !info.headers || info.max_payload < MESSAGE_LIMIT {
        let most = info.max_payload;
        return Err(OpenError::Server(format!("max_payload is {most}, expected {MESSAGE_LIMIT} or more")));
    }
    Ok(())
}

fn config(options: &Options) -> Config {
    Config {
        name: options.stream(),
        description: Some("A shard's log. Its settings are checked at every start.".to_owned()),
        subjects: vec![options.subject()],
        retention: RetentionPolicy::Limits,
        // Nothing goes by itself: only the snapshots say what nobody needs any more.
        max_messages: -1,
        max_bytes: -1,
        max_age: Duration::ZERO,
        max_messages_per_subject: -1,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: options.replicas,
        max_message_size: MESSAGE_LIMIT as i32,
        allow_direct: true,
        metadata: [(LOG_ID.to_owned(), uuid::Uuid::new_v4().simple().to_string())].into(),
        ..Config::default()
    }
}

/// Opens a shard's stream, makes it when it isn't there, refuses one that isn't right, and waits for its leader: a publish
/// to a stream that has none is lost, with all behind it.
pub(super) async fn open(context: &Context, options: &Options) -> Result<Stream, OpenError> {
    let wanted = config(options);
    let missing = context.create_stream(wanted.clone()).await.err().filter(|error| !is_there(error));
    // Servers that have just lost one of them know of the stream, and can't say more for a while.
    let deadline = Instant::now() + LEADER_WAIT;
    loop {
        match context.get_stream(&wanted.name).await {
            Ok(stream) => {
                let info = stream.cached_info();
                check(&info.config, &wanted)?;
                if info.cluster.as_ref().is_none_or(|cluster| cluster.leader.is_some()) {
                    return Ok(stream);
                }
                if Instant::now() > deadline {
                    return Err(OpenError::Unavailable(format!("stream {} has no leader", wanted.name)));
                }
            }
            Err(error) if missing.is_some() || Instant::now() > deadline => {
                return Err(missing.map_or_else(|| unavailable(error), unavailable));
            }
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Another node made it, or is making it: ours differs by its id, and theirs is taken.
fn is_there(error: &CreateStreamError) -> bool {
    matches!(error.kind(), CreateStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NAME_EXIST)
}

fn check(found: &Config, wanted: &Config) -> Result<(), OpenError> {
    macro_rules! same {
        ($($field:ident),*) => {$(
            if found.$field != wanted.$field {
                return Err(OpenError::Wrong {
                    stream: wanted.name.clone(),
                    field: stringify!($field),
                    found: format!("{:?}", found.$field),
                    expected: format!("{:?}", wanted.$field),
                });
            }
        )*};
    }
    same!(num_replicas, storage, subjects, retention, discard, max_messages, max_bytes, max_age);
    same!(max_messages_per_subject, max_message_size, allow_direct, sealed, deny_delete, deny_purge, no_ack);
    Ok(())
}

/// What stands before the log's first batch.
pub(super) fn genesis(stream: &Stream) -> Result<Chain, OpenError> {
    let info = stream.cached_info();
    let id = info.config.metadata.get(LOG_ID).and_then(|id| uuid::Uuid::try_parse(id).ok());
    let id = id.ok_or_else(|| OpenError::Wrong {
        stream: info.config.name.clone(),
        field: "metadata",
        found: format!("{:?}", info.config.metadata),
        expected: format!("{LOG_ID} with the log's id"),
    })?;
    Ok(Chain::genesis(id.as_bytes()))
}

/// What a stream holds, by its leader.
pub(super) async fn bounds(stream: &Stream) -> Result<Bounds, ReadError> {
    let info = stream.get_info().await.map_err(|error| ReadError::Unavailable(error.to_string()))?;
    let tail: Position = info.state.last_sequence;
    Ok(Bounds { oldest: info.state.first_sequence.clamp(1, tail + 1), tail })
}
