//! Publishes, one after the other, each fenced by the sequence that it follows.
//!
//! Never two under way at once: the servers compare sequences, not writers. Were a second one sent behind a first that
//! another writer beat to its place, its expectation would be met by the other's message, and it would stand in the log
//! behind something that its writer never saw.

use std::sync::{
    PoisonError,
    atomic::{AtomicU64, Ordering},
};

use async_nats::jetstream::{
    ErrorCode,
    context::{PublishError, PublishErrorKind},
    message::PublishMessage,
};
use bytes::{BufMut, Bytes, BytesMut};
use tokio::sync::Mutex;

use super::{JetStreamJournal, message};
use crate::journal::{
    AppendError, Bounds, Position, ReadError,
    batch::{Mark, Sealed},
};

/// Another process is faster: the stream's leader says so before it numbers the message.
const WRONG_LAST_SEQUENCE_IN_PROCESS: ErrorCode = ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT;
const NO_ROOM: [ErrorCode; 3] =
    [ErrorCode::INSUFFICIENT_RESOURCES, ErrorCode::STORAGE_RESOURCES_EXCEEDED, ErrorCode::STREAM_STORE_FAILED];

/// The end of the log, for the one append that is under way.
#[derive(Default)]
pub(super) struct Line {
    /// What the last append left there; none when it has to be read.
    end: Mutex<Option<Mark>>,
    /// One more with every failure: who stood in line behind it fails as well.
    failures: AtomicU64,
}

impl Line {
    /// As of the call of an append.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

impl JetStreamJournal {
    pub(super) async fn append_next(
        &self,
        expected: Position,
        sealed: Sealed,
        failures: u64,
    ) -> Result<Position, AppendError> {
        // Whoever polls first is first.
        let mut end = self.line.end.lock().await;
        if self.line.failures() != failures {
            return Err(AppendError::Doubtful("an append before it failed".into()));
        }
        let before = match end.filter(|mark| mark.position == expected).or_else(|| self.verified_at(expected)) {
            Some(mark) => mark,
            None => self.end_at(expected).await?,
        };
        // Whoever drops this future leaves an end that isn't known.
        *end = None;
        let message = message::encode(&before, &sealed);
        let published = self.publish(expected, &message).await;
        match published {
            Ok(position) => {
                *end = Some(before.then(&sealed.record));
                self.tell(position, message).await;
                Ok(position)
            }
            Err(error) => {
                self.line.failures.fetch_add(1, Ordering::Relaxed);
                drop(end);
                match error {
                    AppendError::Conflict { .. } => Err(self.conflict().await),
                    other => Err(other),
                }
            }
        }
    }

    /// Where the last read ended, if that is there.
    fn verified_at(&self, position: Position) -> Option<Mark> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).filter(|mark| mark.position == position)
    }

    /// The chain at the log's end, if that is where it is expected.
    async fn end_at(&self, expected: Position) -> Result<Mark, AppendError> {
        let unknown = |error: ReadError| AppendError::Doubtful(format!("the log's end can't be read: {error}"));
        let Bounds { tail, .. } = self.stream_bounds().await.map_err(unknown)?;
        match tail == expected {
            true => self.mark_at(tail).await.map_err(unknown),
            false => Err(AppendError::Conflict { tail }),
        }
    }

    async fn publish(&self, expected: Position, message: &Bytes) -> Result<Position, AppendError> {
        let publish = PublishMessage::build().payload(message.clone()).expected_last_sequence(expected);
        let acknowledged = match self.context.send_publish(self.options.subject(), publish).await {
            Ok(sent) => sent.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(ack) if ack.sequence == expected + 1 => Ok(ack.sequence),
            Ok(ack) => Err(AppendError::Doubtful(format!("what follows {expected} was numbered {}", ack.sequence))),
            Err(error) => Err(match (error.kind(), code(&error)) {
                (PublishErrorKind::WrongLastSequence, _) | (_, Some(WRONG_LAST_SEQUENCE_IN_PROCESS)) => {
                    AppendError::Conflict { tail: 0 }
                }
                (PublishErrorKind::MaxPayloadExceeded, _) => AppendError::Invalid(error.to_string()),
                (_, Some(code)) if NO_ROOM.contains(&code) => AppendError::Full,
                _ => AppendError::Doubtful(error.to_string()),
            }),
        }
    }

    /// A conflict with the tail as it is.
    async fn conflict(&self) -> AppendError {
        let known = self.known.load(Ordering::Relaxed);
        AppendError::Conflict { tail: self.stream_bounds().await.map_or(known, |bounds| bounds.tail) }
    }

    /// Tells the followers what is durable.
    async fn tell(&self, position: Position, message: Bytes) {
        self.knows(position);
        self.recent.put(position, message.clone());
        self.announce(position, &message).await;
    }

    /// Tells the followers of a batch, or, without one, that content was erased.
    pub(super) async fn announce(&self, position: Position, message: &[u8]) {
        let mut told = BytesMut::with_capacity(8 + message.len());
        told.put_u64(position);
        told.put_slice(message);
        // Who doesn't hear of it reads it a moment later.
        let _ = self.client.publish(self.options.announcements(), told.freeze()).await;
    }
}

fn code(error: &PublishError) -> Option<ErrorCode> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<async_nats::jetstream::Error>().map(async_nats::jetstream::Error::error_code)
}
