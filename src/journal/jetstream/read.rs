//! Reads, and the two ways in which something goes: a scrub replaces a message, a purge drops them.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use async_nats::jetstream::stream::RawMessageErrorKind;
use bytes::Bytes;
use futures_util::StreamExt;

use super::{JetStreamJournal, TIMEOUT, blobs, message::Parts, stream};
use crate::journal::{
    Bounds, Position, READ_BYTES, ReadError, Stored,
    batch::{self, Chain, Mark, ScrubError, Unfit},
};

/// How long a read waits for what this handle knows to be there, when the stream's leader changes.
const PATIENCE: Duration = Duration::from_secs(5);
const AGAIN: Duration = Duration::from_millis(20);

/// By how much a server may lag.
const LAG: Duration = Duration::from_secs(2);

/// The end of a batch of answers.
const END_OF_BATCH: u16 = 204;
const NOT_FOUND: u16 = 404;

/// The name of what is kept of the last batch that was dropped.
const DROPPED: &str = "dropped";

fn unavailable(error: impl std::fmt::Display) -> ReadError {
    ReadError::Unavailable(error.to_string())
}

fn damaged(position: Position, unfit: Unfit) -> ReadError {
    ReadError::Damaged { position, what: unfit.to_string() }
}

/// The name of what stands in for a message whose content was erased.
fn replacement(position: Position) -> String {
    format!("scrubbed-{position:020}")
}

impl JetStreamJournal {
    pub(super) async fn stream_bounds(&self) -> Result<Bounds, ReadError> {
        let bounds = stream::bounds(&self.stream).await?;
        self.knows(bounds.tail);
        Ok(bounds)
    }

    /// The chain at a position of the log, which may be dropped if it is the tail.
    pub(super) async fn mark_at(&self, position: Position) -> Result<Mark, ReadError> {
        if position == 0 {
            return Ok(Mark { position, chain: self.genesis });
        }
        let parts = match self.stored(position).await {
            Ok(message) => Parts::of(&message).map_err(|unfit| damaged(position, unfit))?,
            Err(ReadError::Compacted { .. }) => return self.dropped_mark(position).await,
            Err(error) => return Err(error),
        };
        Ok(parts.verify(position, None).map_err(|unfit| damaged(position, unfit))?.0)
    }

    pub(super) async fn read_batches(&self, from: Position, most: usize) -> Result<Vec<Stored>, ReadError> {
        if most == 0 {
            return Ok(Vec::new());
        }
        let recent = self.recent.from(from, most);
        let messages = if recent.is_empty() { self.messages(from, most).await? } else { recent };
        let mut known =
            self.verified.lock().unwrap_or_else(PoisonError::into_inner).filter(|mark| mark.position + 1 == from);
        let (mut batches, mut bytes) = (Vec::with_capacity(messages.len()), 0);
        for (message, position) in messages.into_iter().zip(from..) {
            bytes += message.len();
            let read = Parts::of(&message).and_then(|parts| parts.verify(position, known));
            let (mark, stored) = match read {
                Ok(read) => read,
                Err(unfit) if batches.is_empty() => return Err(damaged(position, unfit)),
                // What is before it can be trusted; whoever reads on is told.
                Err(_) => break,
            };
            known = Some(mark);
            batches.push(stored);
            if bytes >= READ_BYTES {
                break;
            }
        }
        if let Some(mark) = known {
            *self.verified.lock().unwrap_or_else(PoisonError::into_inner) = Some(mark);
        }
        Ok(batches)
    }

    /// Messages from `from` on, dense.
    async fn messages(&self, from: Position, most: usize) -> Result<Vec<Bytes>, ReadError> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = self.direct(from, most).await;
            match found {
                Ok(messages) if !messages.is_empty() => return self.dense(from, messages).await,
                // A replica may lag: what is known to be there is there.
                Ok(_) if from > self.known.load(Ordering::Relaxed) => return Ok(Vec::new()),
                Err(error) if tokio::time::Instant::now() > until => return Err(error),
                _ => {}
            }
            match self.stored(from).await {
                Ok(message) => return Ok(vec![message]),
                Err(error @ (ReadError::Compacted { .. } | ReadError::Damaged { .. })) => return Err(error),
                Err(error) if tokio::time::Instant::now() > until => return Err(error),
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Fills holes from what stands in for them.
    async fn dense(&self, from: Position, messages: Vec<(Position, Bytes)>) -> Result<Vec<Bytes>, ReadError> {
        let mut dense: Vec<Bytes> = Vec::with_capacity(messages.len());
        for (position, message) in messages {
            while from + (dense.len() as Position) < position {
                let hole = from + dense.len() as Position;
                match self.stored(hole).await {
                    Ok(replaced) => dense.push(replaced),
                    Err(error) if dense.is_empty() => return Err(error),
                    Err(_) => return Ok(dense),
                }
            }
            dense.push(message);
        }
        Ok(dense)
    }

    /// A batch of messages from any replica; fewer, or none, if it lags.
    async fn direct(&self, from: Position, most: usize) -> Result<Vec<(Position, Bytes)>, ReadError> {
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await.map_err(unavailable)?;
        let subject = format!("$JS.API.DIRECT.GET.{}", self.options.stream());
        let asked = format!(r#"{{"seq":{from},"batch":{most},"max_bytes":{READ_BYTES}}}"#);
        self.client.publish_with_reply(subject, inbox, asked.into()).await.map_err(unavailable)?;
        let mut messages = Vec::new();
        loop {
            let answer = tokio::time::timeout(TIMEOUT, answers.next()).await;
            let Some(answer) = answer.map_err(|_| unavailable("no answer"))? else {
                return Err(unavailable("the connection was closed"));
            };
            match answer.status.map(|status| status.as_u16()) {
                Some(END_OF_BATCH | NOT_FOUND) => return Ok(messages),
                Some(other) => return Err(unavailable(format!("status {other}"))),
                None => {}
            }
            let sequence = answer.headers.as_ref().and_then(|headers| headers.get("Nats-Sequence"));
            let position = sequence.and_then(|sequence| sequence.as_str().parse().ok());
            messages.push((position.ok_or_else(|| unavailable("an answer without a sequence"))?, answer.payload));
        }
    }

    /// One message by the stream's leader, or what stands in for it.
    async fn stored(&self, position: Position) -> Result<Bytes, ReadError> {
        self.stored_surely(position, false).await
    }

    async fn stored_surely(&self, position: Position, sure: bool) -> Result<Bytes, ReadError> {
        let missing = match self.stream.get_raw_message(position).await {
            Ok(message) => return Ok(message.payload),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => error,
                _ => return Err(unavailable(error)),
            },
        };
        if let Some(replaced) = blobs::get_object(&self.blobs, &self.options.blob(&replacement(position))).await? {
            return Ok(replaced);
        }
        let Bounds { oldest, tail } = self.stream_bounds().await?;
        if position < oldest {
            return Err(ReadError::Compacted { oldest });
        }
        if position > tail {
            return Err(unavailable(missing));
        }
        if !sure {
            // Each of the three was asked of another server, which may lag.
            tokio::time::sleep(LAG).await;
            return Box::pin(self.stored_surely(position, true)).await;
        }
        Err(damaged(position, Unfit("the message is gone, and nothing stands in for it".into())))
    }

    pub(super) async fn scrub_batch(&self, position: Position, items: &[u32]) -> Result<(), ReadError> {
        let Bounds { oldest, tail } = self.stream_bounds().await?;
        if (1..oldest).contains(&position) {
            return Ok(());
        }
        if !(oldest..=tail).contains(&position) {
            return Err(ReadError::Invalid(format!("the log has no batch {position}")));
        }
        let message = self.stored(position).await?;
        let parts = Parts::of(&message).map_err(|unfit| damaged(position, unfit))?;
        let content = match batch::scrub(&parts.sealed.content, items) {
            Ok(Some(content)) => content,
            Ok(None) => return self.erase(position).await,
            Err(ScrubError::Unfit(unfit)) => return Err(damaged(position, unfit)),
            Err(error @ ScrubError::NoSuchItem(_)) => return Err(ReadError::Invalid(error.to_string())),
        };
        let cleaned = parts.with_content(position, content);
        let name = self.options.blob(&replacement(position));
        blobs::put_object(&self.blobs, &name, cleaned.clone()).await?;
        // Only what can be read back may stand in for the message.
        if blobs::get_object(&self.blobs, &name).await? != Some(cleaned) {
            return Err(unavailable(format!("{name} can't be read back")));
        }
        self.erase(position).await
    }

    /// Overwrites the message, if it is still there beside what stands in for it.
    async fn erase(&self, position: Position) -> Result<(), ReadError> {
        let name = self.options.blob(&replacement(position));
        if blobs::get_object(&self.blobs, &name).await?.is_none() {
            return Ok(());
        }
        self.forget(position).await;
        match self.stream.delete_message(position).await {
            Ok(_) => Ok(()),
            // Gone already: an earlier scrub got so far.
            Err(_) if self.stream.get_raw_message(position).await.is_err() => Ok(()),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// The chain at the last position that was dropped.
    async fn dropped_mark(&self, position: Position) -> Result<Mark, ReadError> {
        let kept = blobs::get_object(&self.blobs, &self.options.blob(DROPPED)).await?;
        let kept = kept.as_deref().and_then(|kept| kept.split_first_chunk::<8>());
        let chain =
            kept.filter(|(at, _)| u64::from_be_bytes(**at) == position).and_then(|(_, chain)| chain.try_into().ok());
        let missing = || damaged(position, Unfit("it was dropped, and its chain hash isn't kept".into()));
        Ok(Mark { position, chain: Chain(chain.ok_or_else(missing)?) })
    }

    /// Keeps the chain at what is about to be the last position dropped: with it an empty log can go on.
    async fn keep_dropped_mark(&self, position: Position) -> Result<(), ReadError> {
        let mark = self.mark_at(position).await?;
        let kept = [&position.to_be_bytes()[..], &mark.chain.0].concat();
        blobs::put_object(&self.blobs, &self.options.blob(DROPPED), kept.into()).await
    }

    /// What is here and at the followers in memory is let go.
    async fn forget(&self, position: Position) {
        self.recent.forget(position);
        self.announce(position, &[]).await;
    }

    pub(super) async fn purge_before(&self, position: Position) -> Result<(), ReadError> {
        let Bounds { oldest, tail } = self.stream_bounds().await?;
        let position = position.min(tail + 1);
        if position <= oldest {
            return Ok(());
        }
        self.keep_dropped_mark(position - 1).await?;
        self.forget(position - 1).await;
        self.stream.purge().sequence(position).await.map_err(unavailable)?;
        for name in blobs::list(&self.blobs, &self.options.blob("scrubbed-")).await? {
            if name < self.options.blob(&replacement(position)) {
                blobs::delete(&self.context, &self.blobs, &self.options.bucket(), &name).await?;
            }
        }
        Ok(())
    }
}
