//! Batches that were announced lately, as they are stored: who follows the log finds there what it would have to ask for.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use tokio::sync::Notify;

use crate::journal::Position;

/// Bytes that are kept; who is further behind asks the stream.
const BYTES: usize = 4 * 1024 * 1024;

/// Announcements can be lost: so long after the last one the stream is asked anyhow.
const ASK_ANYHOW: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Recent {
    kept: Mutex<Kept>,
    news: Notify,
}

#[derive(Default)]
struct Kept {
    messages: BTreeMap<Position, Bytes>,
    bytes: usize,
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, position: Position, message: Bytes) {
        let mut kept = self.lock();
        kept.bytes += message.len();
        if let Some(before) = kept.messages.insert(position, message) {
            kept.bytes -= before.len();
        }
        while kept.bytes > BYTES {
            let Some((_, oldest)) = kept.messages.pop_first() else { break };
            kept.bytes -= oldest.len();
        }
        drop(kept);
        self.news.notify_waiters();
    }

    /// Dense from `from` on, as far as they are here.
    pub(super) fn from(&self, from: Position, most: usize) -> Vec<Bytes> {
        let kept = self.lock();
        let dense = kept.messages.range(from..).zip(from..).take_while(|((at, _), expected)| *at == expected);
        dense.take(most).map(|((_, message), _)| message.clone()).collect()
    }

    /// Content was erased: it isn't to be read from here either, nor what is before it, so that what is here stays dense.
    pub(super) fn forget(&self, position: Position) {
        let mut kept = self.lock();
        kept.messages = kept.messages.split_off(&(position + 1));
        kept.bytes = kept.messages.values().map(Bytes::len).sum();
    }

    /// Waits until something behind `after` was announced, or may have been missed.
    pub(super) async fn beyond(&self, after: Position) {
        let news = self.news.notified();
        tokio::pin!(news);
        // In line before the look, so that nothing falls between.
        news.as_mut().enable();
        if self.lock().messages.last_key_value().is_some_and(|(last, _)| *last > after) {
            return;
        }
        let _ = tokio::time::timeout(ASK_ANYHOW, news).await;
    }
}

/// Keeps what is announced: a position with its batch, or without one when content was erased there.
pub(super) async fn listen(mut announced: async_nats::Subscriber, recent: Arc<Recent>) {
    while let Some(message) = announced.next().await {
        let mut told = message.payload;
        if told.len() < 8 {
            continue;
        }
        let position = told.get_u64();
        match told.is_empty() {
            false => recent.put(position, told),
            true => recent.forget(position),
        }
    }
}
