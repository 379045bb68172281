//! Watching a whole center.

use std::collections::VecDeque;

use super::{
    Watch,
    follow::{Cut, Follow, Next, Received, Terms, after_goodbye},
    wire::Wire,
};
use crate::{
    Client, Commit, Error, ErrorKind,
    convert::FromWire,
    generated::{EventFilter, GoodbyeReason, WatchCenterRequest, WatchCenterResponse, watch_center_response::Kind},
};

/// A center's stream; from [`Client::watch_center`]. It ends only with an error.
pub type CenterWatch = Watch<FeedEvent>;

/// What a [`CenterWatch`] delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeedEvent {
    /// First of all, once.
    #[non_exhaustive]
    Opened {
        /// Of the log. Keep it with the position, and give both to go on later.
        history_id: String,
        /// The center's last commit then.
        center_seq: u64,
    },
    /// What happened.
    Commit(Commit),
    /// Everything that was wanted up to here was delivered: nothing of what lies between the last commit and this has to be asked
    /// for again.
    #[non_exhaustive]
    Position {
        /// The commit's number.
        center_seq: u64,
        /// Behind lies history, ahead is live.
        caught_up: bool,
    },
}

/// A feed to be opened; from [`Client::watch_center`].
#[must_use = "nothing opens before `open`"]
#[derive(Clone, Debug)]
pub struct WatchCenter {
    client: Client,
    request: WatchCenterRequest,
}

impl WatchCenter {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, request: WatchCenterRequest::default() }
    }

    /// From behind this commit, of the history that it is of; 0 is behind none. Without it only what happens from now on comes.
    ///
    /// A copy is made by a list, whose answer has its `center_seq`, and kept up to date from there.
    pub fn after(mut self, center_seq: u64) -> Self {
        self.request.after_center_seq = Some(center_seq);
        self
    }

    /// Only if the log is still this one, by [`FeedEvent::Opened`].
    pub fn history(mut self, history_id: impl Into<String>) -> Self {
        self.request.history_id = history_id.into();
        self
    }

    /// Only these kinds, by their names in the contract: `message_posted`, `session_ended`, `agent_state_changed` …
    pub fn kinds<K: Into<String>>(mut self, kinds: impl IntoIterator<Item = K>) -> Self {
        self.filter().kinds = kinds.into_iter().map(Into::into).collect();
        self
    }

    /// Only what happens in these sessions.
    pub fn sessions<S: Into<String>>(mut self, session_ids: impl IntoIterator<Item = S>) -> Self {
        self.filter().session_ids = session_ids.into_iter().map(Into::into).collect();
        self
    }

    fn filter(&mut self) -> &mut EventFilter {
        self.request.filter.get_or_insert_default()
    }

    /// Opens it. Fails when the service can't be reached for as long as
    /// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout). Afterwards the stream resumes for as long as it takes.
    pub async fn open(self) -> Result<CenterWatch, Error> {
        let patience = self.client.patience();
        let follow = CenterFollow { request: self.request, told_opened: false };
        Watch::open(follow, Wire::new(self.client), patience).await
    }
}

/// Commits have numbers that only grow; some are left out.
pub(crate) struct CenterFollow {
    request: WatchCenterRequest,
    told_opened: bool,
}

impl CenterFollow {
    fn reached(&mut self, center_seq: u64) -> bool {
        let is_new = self.request.after_center_seq.is_none_or(|after| center_seq > after);
        if is_new {
            self.request.after_center_seq = Some(center_seq);
        }
        is_new
    }
}

impl Follow for CenterFollow {
    type Request = WatchCenterRequest;
    type Response = WatchCenterResponse;
    type Item = FeedEvent;

    fn request(&self) -> WatchCenterRequest {
        self.request.clone()
    }

    fn received(&self) -> Received {
        Received::new()
    }

    fn terms(first: &WatchCenterResponse) -> Option<Terms> {
        match &first.kind {
            Some(Kind::Opened(opened)) => Some(Terms::new(&opened.stream_id, None, opened.heartbeat_interval)),
            _ => None,
        }
    }

    fn read(&mut self, response: WatchCenterResponse, out: &mut VecDeque<FeedEvent>) -> Next {
        match response.kind {
            Some(Kind::Opened(opened)) => {
                self.request.history_id.clone_from(&opened.history_id);
                // Where it starts is fixed by the first opening, also if the stream breaks before it brings anything.
                self.request.after_center_seq.get_or_insert(opened.center_seq);
                if !self.told_opened {
                    self.told_opened = true;
                    let (history_id, center_seq) = (opened.history_id, opened.center_seq);
                    out.push_back(FeedEvent::Opened { history_id, center_seq });
                }
            }
            Some(Kind::Commits(commits)) => {
                for commit in commits.commits {
                    if self.reached(commit.center_seq) {
                        out.push_back(FeedEvent::Commit(Commit::from_wire(commit)));
                    }
                }
                self.reached(commits.center_seq);
            }
            Some(Kind::CaughtUp(position)) => {
                self.reached(position.center_seq);
                out.push_back(FeedEvent::Position { center_seq: position.center_seq, caught_up: true });
            }
            Some(Kind::Heartbeat(position)) => {
                self.reached(position.center_seq);
                out.push_back(FeedEvent::Position { center_seq: position.center_seq, caught_up: false });
            }
            Some(Kind::Goodbye(goodbye)) if goodbye.reason() == GoodbyeReason::PositionCompacted => {
                let why = "the position is no longer kept; start from a snapshot";
                return Next::Fail(Error::new(ErrorKind::OutOfRange, why));
            }
            Some(Kind::Goodbye(goodbye)) => return Next::Reopen(after_goodbye(goodbye.reason())),
            None => {}
        }
        Next::Read
    }

    fn closed(&mut self, _: &mut VecDeque<FeedEvent>) -> Next {
        Next::Reopen(Cut::Broken)
    }

    fn refused(&mut self, error: Error, _: &mut VecDeque<FeedEvent>) -> Next {
        Next::Fail(error)
    }
}
