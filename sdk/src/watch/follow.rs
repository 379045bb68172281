//! What a stream means, apart from how it is kept open.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use crate::{Error, ErrorKind, convert::duration, generated::GoodbyeReason};

/// Sessions and the last revisions received of them.
pub(crate) type Received = BTreeMap<String, u64>;

/// Reads a stream's messages and knows where to resume. Pure: no clock, no network.
pub(crate) trait Follow: Send + Sync + 'static {
    type Request: Clone + Send + Sync + 'static;
    type Response: Send + 'static;
    type Item: Send + Sync + 'static;

    /// Asks for everything after what was delivered.
    fn request(&self) -> Self::Request;

    /// How far each session was received that somebody takes part in.
    fn received(&self) -> Received;

    /// What the first message says of how to keep the stream open; `None` when it isn't a first message.
    fn terms(first: &Self::Response) -> Option<Terms>;

    /// Reads a message. What it puts into `out` counts as delivered.
    fn read(&mut self, response: Self::Response, out: &mut VecDeque<Self::Item>) -> Next;

    /// The stream ended without a goodbye.
    fn closed(&mut self, out: &mut VecDeque<Self::Item>) -> Next;

    /// The stream can't be opened again, for a permanent reason.
    fn refused(&mut self, error: Error, out: &mut VecDeque<Self::Item>) -> Next;
}

/// How to keep a stream open.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) stream_id: String,
    /// The stream is gone without a renewal for that long.
    pub(crate) lease: Option<Duration>,
    /// A message comes at least this often.
    pub(crate) heartbeat_interval: Option<Duration>,
}

impl Terms {
    pub(crate) fn new(
        stream_id: &str,
        lease: Option<prost_types::Duration>,
        heartbeat_interval: Option<prost_types::Duration>,
    ) -> Self {
        let positive = |time| Some(duration(time)).filter(|time| !time.is_zero());
        Self {
            stream_id: stream_id.to_owned(),
            lease: lease.and_then(positive),
            heartbeat_interval: heartbeat_interval.and_then(positive),
        }
    }
}

/// What to do after a message.
#[derive(Debug)]
pub(crate) enum Next {
    Read,
    Reopen(Cut),
    Finish,
    Fail(Error),
}

/// Why a stream has to be opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It broke, or can't be relied on.
    Broken,
    /// Its server goes away.
    Draining,
    /// Its token is no good any more.
    Token,
}

/// What a goodbye for no reason of the stream's own asks for.
pub(crate) fn after_goodbye(reason: GoodbyeReason) -> Cut {
    match reason {
        GoodbyeReason::Draining => Cut::Draining,
        GoodbyeReason::TokenExpiring | GoodbyeReason::Revoked => Cut::Token,
        _ => Cut::Broken,
    }
}

/// So many gaps in a row at the same revision are the service's doing, not the way's.
const GAPS: u32 = 3;

/// Where a session's events have got to: they are dense, so that repeats and gaps show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Position {
    pub(crate) revision: u64,
    gaps: u32,
}

/// How a revision continues a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuation {
    Next,
    Repeat,
    Gap,
}

impl Position {
    pub(crate) fn after(revision: u64) -> Self {
        Self { revision, gaps: 0 }
    }

    /// Moves on to `revision` if it is the next one.
    pub(crate) fn advance(&mut self, revision: u64) -> Continuation {
        if revision <= self.revision {
            Continuation::Repeat
        } else if revision == self.revision + 1 {
            *self = Self::after(revision);
            Continuation::Next
        } else {
            Continuation::Gap
        }
    }

    /// Something is missing: asks for it again, but not for ever.
    pub(crate) fn gap(&mut self) -> Next {
        self.gaps += 1;
        if self.gaps < GAPS {
            return Next::Reopen(Cut::Broken);
        }
        let missing = self.revision + 1;
        Next::Fail(Error::new(ErrorKind::DataLoss, format!("the service leaves out revision {missing} of a session")))
    }
}
