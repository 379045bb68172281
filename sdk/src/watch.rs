//! Streams that keep themselves open.

mod center;
mod chats_follow;
mod desk;
mod desk_follow;
mod follow;
mod keeper;
mod session;
mod session_follow;
mod targets;
#[cfg(test)]
mod tests;
mod wire;

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::{Stream, StreamExt};
use tracing::Instrument;

use crate::{
    Error,
    retry::{self, Patience},
};
pub use center::{CenterWatch, FeedEvent, WatchCenter};
pub use desk::{DeskEvent, DeskWatch, WatchDesk};
use follow::Follow;
use keeper::{Keeper, Source};
pub use session::{SessionWatch, WatchEvent, WatchSession};
pub use targets::{TargetsEvent, TargetsWatch, WatchTargets};

/// Events that may wait for a reader: beyond it the service is left waiting, and says goodbye in the end.
const UNREAD: usize = 64;

/// Why a watch came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WatchEnd {
    /// The session ended, and everything that there is to see was delivered.
    SessionEnded,
    /// The agent left the session: nothing more may be seen.
    LeftSession,
    /// The agent signed out, or was signed out after being cut off for too long.
    SignedOut,
}

/// A stream that keeps itself open.
///
/// It resumes after cuts, restarts and goodbyes of the service from the last event delivered, so that none is repeated
/// or left out, and renews its lease in the background. Its last item says why it ended; an error, which is
/// permanent, ends it too. Dropping it closes it.
#[must_use = "a stream closes when it is dropped"]
pub struct Watch<T> {
    items: mpsc::Receiver<Result<T, Error>>,
    keeper: JoinHandle<()>,
}

impl<T: Send + Sync + 'static> Watch<T> {
    /// Opens the stream, again and again for as long as the client's patience lasts if the service can't be reached, and leaves it to a task that keeps it open.
    async fn open<F, S>(follow: F, source: S, patience: Patience) -> Result<Self, Error>
    where
        F: Follow<Item = T>,
        S: Source<F>,
    {
        let request = follow.request();
        let opening = retry::until(patience.calls, patience.deadline(), || source.open(request.clone()));
        let line = Box::pin(opening).await?;
        let (sender, items) = mpsc::channel(UNREAD);
        let keeping = Keeper::new(follow, source, patience.streams, sender).run(line);
        let keeper = tokio::spawn(keeping.instrument(tracing::info_span!("watch")));
        Ok(Self { items, keeper })
    }

    /// The next event; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        StreamExt::next(self).await
    }
}

impl<T> Stream for Watch<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.items.poll_recv(cx)
    }
}

impl<T> Drop for Watch<T> {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl<T> fmt::Debug for Watch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}
