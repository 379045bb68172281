//! Watching a session.

use super::{Watch, WatchEnd, session_follow::SessionFollow, wire::Wire};
use crate::{Client, Error, Event, Session, SessionHandle, WaitStatus, generated::WatchRequest};

/// A session's stream; from [`SessionHandle::watch`].
pub type SessionWatch = Watch<WatchEvent>;

/// What a [`SessionWatch`] delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The stream is open: first of all, and again each time it had to be opened again.
    #[non_exhaustive]
    Opened {
        /// The session's last revision when it opened; the events up to it come first, then [`Self::CaughtUp`].
        revision: u64,
        /// The session as of that revision, when asked for or when starting from now.
        session: Option<Box<Session>>,
        /// False when events after the last one delivered are no longer kept: start over from `session`.
        continuous: bool,
    },
    /// Something happened. Revisions come one by one, each once.
    Event(Box<Event>),
    /// Behind lies history, ahead is live.
    #[non_exhaustive]
    CaughtUp {
        /// The last revision.
        revision: u64,
    },
    /// Somebody types.
    #[non_exhaustive]
    Typing {
        /// The participant's number; `0` is the customer.
        participant_id: String,
    },
    /// For customers who wait: how they stand.
    Wait(WaitStatus),
    /// Somebody else's frontend has received the session up to here. May be lost; keep the highest.
    #[non_exhaustive]
    Delivered {
        /// The participant's number; `0` is the customer.
        participant_id: String,
        /// Up to this revision, in the watcher's numbering.
        revision: u64,
    },
    /// Last of all: why the stream ended.
    Ended(WatchEnd),
}

/// A stream to be opened; from [`SessionHandle::watch`].
#[must_use = "nothing opens before `open`"]
#[derive(Clone, Debug)]
pub struct WatchSession {
    client: Client,
    session_id: String,
    after: Option<u64>,
    snapshot: bool,
}

impl WatchSession {
    pub(crate) fn new(session: &SessionHandle) -> Self {
        let client = session.client().clone();
        Self { client, session_id: session.id().to_owned(), after: None, snapshot: false }
    }

    /// Only what comes after this revision, in the caller's numbering: the last one that the caller has.
    pub fn after(mut self, revision: u64) -> Self {
        self.after = Some(revision);
        self
    }

    /// Everything, from the session's first event on.
    pub fn from_start(self) -> Self {
        self.after(0)
    }

    /// Also the session as it stands, each time the stream opens. Starting from now, the first opening has it anyway.
    pub fn with_snapshot(mut self) -> Self {
        self.snapshot = true;
        self
    }

    /// Opens it. Fails when the session can't be watched, or the service can't be reached for as long as
    /// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout). Afterwards the stream resumes for as long as it takes.
    pub async fn open(self) -> Result<SessionWatch, Error> {
        let patience = self.client.patience();
        let follow = SessionFollow::new(WatchRequest {
            session_id: self.session_id,
            acting_for: self.client.acting(),
            after_revision: self.after,
            snapshot: self.snapshot,
        });
        Watch::open(follow, Wire::new(self.client), patience).await
    }
}
