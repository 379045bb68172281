//! A watcher of one session: where it is, and how it gets on.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use bytes::Bytes;

use super::{
    commit::SessionCommit,
    feed::Feed,
    topic::{Eyes, Topic},
};
use crate::{
    center::{Access, Audience, SessionId},
    journal::{BoxFuture, ReadError},
};

/// What a cursor comes to next.
#[derive(Debug)]
pub enum Step {
    /// A commit's events; the last revision in them.
    Events(Bytes, u32),
    /// Everything up to this revision was taken.
    CaughtUp(u32),
    /// Nothing happened for a while.
    Beat(u32),
    /// Something that isn't history.
    Signal(Bytes),
    /// Nothing more will come.
    Over(Over),
    /// The history can't be read now.
    Failed(ReadError),
}

/// Why nothing more will come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The session is over, for this audience.
    Session,
    /// The agent left the session.
    Left,
    /// The server shuts down.
    Draining,
}

/// Where a cursor starts, in its audience's numbering.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Behind this revision.
    pub after: u32,
    /// The last revision that is known.
    pub last: u32,
    /// Nothing comes after `last`.
    pub over: bool,
}

/// A position in a session's events, for one audience.
pub struct Cursor {
    feed: Arc<Feed>,
    topic: Arc<Topic>,
    watcher: u64,
    audience: Audience,
    last: u32,
    /// The last revision that was known when it opened: what was left before that is history.
    known: u32,
    /// The session's last revision, where it is over.
    over_at: Option<u32>,
    until: Option<u32>,
    ends_on_leaving: bool,
    eyes: Eyes,
    signaled: u64,
    beat: u64,
    told_caught_up: bool,
    over: Option<Over>,
    reading: Option<BoxFuture<'static, Result<Vec<Arc<SessionCommit>>, ReadError>>>,
    read: VecDeque<Due>,
}

/// What comes next of what was read: the message is made, the batches that it was made of are let go.
struct Due {
    bytes: Bytes,
    reaches: u32,
    over: Option<Over>,
}

impl Cursor {
    pub(super) fn new(
        feed: Arc<Feed>,
        topic: Arc<Topic>,
        watcher: u64,
        access: Access,
        start: Start,
        eyes: Eyes,
        signaled: u64,
    ) -> Self {
        let Access { audience, until, ends_on_leaving } = access;
        let beat = feed.beats[topic.turn].load(Ordering::Relaxed);
        Self {
            feed,
            topic,
            watcher,
            audience,
            last: start.after,
            known: start.last,
            over_at: start.over.then_some(start.last),
            until,
            ends_on_leaving,
            eyes,
            signaled,
            beat,
            told_caught_up: false,
            over: None,
            reading: None,
            read: VecDeque::new(),
        }
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.topic.session
    }

    /// The last revision taken.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// Whether everything was taken once.
    pub fn is_caught_up(&self) -> bool {
        self.told_caught_up
    }

    /// The next step. After `Over` or `Failed` don't ask again.
    pub fn poll_step(&mut self, context: &mut Context<'_>) -> Poll<Step> {
        loop {
            // Before what was read: behind an agent's leaving there may be more, which isn't theirs to see.
            if let Some(over) = self.over {
                return Poll::Ready(Step::Over(over));
            }
            if let Some(step) = self.poll_read(context) {
                return step;
            }
            if self.over_at.is_some_and(|last| self.last >= last) {
                return Poll::Ready(Step::Over(Over::Session));
            }
            if self.until.is_some_and(|until| self.last >= until) {
                return Poll::Ready(Step::Over(Over::Left));
            }
            if self.feed.draining.load(Ordering::Relaxed) {
                return Poll::Ready(Step::Over(Over::Draining));
            }
            let mut topic = self.topic.lock();
            if topic.lost {
                let why = format!("{} has left the log", self.topic.session);
                return Poll::Ready(Step::Failed(ReadError::Unavailable(why)));
            }
            if let Some(commit) = topic.next_after(self.audience, self.last) {
                topic.took(self.watcher, commit.reaches(self.audience).unwrap_or(self.last));
                drop(topic);
                let due = self.due(&commit, self.last);
                return Poll::Ready(self.take(due));
            }
            if topic.tail(self.audience) > self.last {
                drop(topic);
                self.start_reading();
                continue;
            }
            if !self.told_caught_up {
                self.told_caught_up = true;
                return Poll::Ready(Step::CaughtUp(self.last));
            }
            let next_signal = topic.signals.iter().find(|(number, _)| *number > self.signaled).cloned();
            if let Some((number, signal)) = next_signal {
                self.signaled = number;
                if signal.from != self.eyes
                    && (signal.audience == Audience::Everyone || self.audience == Audience::Staff)
                {
                    let public = signal.public.as_deref().filter(|_| self.audience == Audience::Everyone);
                    let bytes = public.unwrap_or(&signal.bytes);
                    // An empty one is for the others.
                    if !bytes.is_empty() {
                        return Poll::Ready(Step::Signal(Bytes::copy_from_slice(bytes)));
                    }
                }
                continue;
            }
            // In line before the last look at the clock, so that no beat is missed.
            topic.wait(self.watcher, context.waker());
            drop(topic);
            let beat = self.beats();
            if beat > self.beat {
                self.beat = beat;
                return Poll::Ready(Step::Beat(self.last));
            }
            if self.feed.draining.load(Ordering::Relaxed) {
                continue;
            }
            return Poll::Pending;
        }
    }

    /// What was read of the journal comes before the tail.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Option<Poll<Step>> {
        if let Some(reading) = &mut self.reading {
            match Pin::new(reading).poll(context) {
                Poll::Pending => return Some(Poll::Pending),
                Poll::Ready(Err(error)) => return Some(Poll::Ready(Step::Failed(error))),
                Poll::Ready(Ok(commits)) => {
                    self.reading = None;
                    if commits.is_empty() && self.until.is_none() {
                        let missing = format!("{} isn't there behind {}", self.topic.session, self.last);
                        return Some(Poll::Ready(Step::Failed(ReadError::Unavailable(missing))));
                    }
                    if commits.is_empty() {
                        // The history ends where the viewer's ends.
                        return Some(Poll::Ready(Step::Over(Over::Left)));
                    }
                    let mut after = self.last;
                    for commit in commits {
                        let due = self.due(&commit, after);
                        after = due.reaches;
                        self.read.push_back(due);
                    }
                }
            }
        }
        let due = self.read.pop_front()?;
        if self.read.is_empty() {
            self.read = VecDeque::new();
            self.topic.lock().took(self.watcher, due.reaches);
        }
        Some(Poll::Ready(self.take(due)))
    }

    fn beats(&self) -> u64 {
        self.feed.beats[self.topic.turn].load(Ordering::Relaxed)
    }

    fn start_reading(&mut self) {
        let (feed, session) = (self.feed.clone(), self.topic.session);
        let (audience, after, until) = (self.audience, self.last, self.until);
        self.reading = Some(Box::pin(async move { feed.history(session, audience, after, until).await }));
    }

    /// What a commit is to this watcher, who has everything up to `after`.
    fn due(&self, commit: &SessionCommit, after: u32) -> Due {
        let ended = match self.audience {
            Audience::Everyone => commit.ended,
            Audience::Staff => commit.closed,
        };
        let left = matches!(&self.eyes, Eyes::Agent(agent) if commit.left.contains(agent));
        let over = if ended {
            Some(Over::Session)
        } else if left && self.ends_on_leaving && commit.last > self.known {
            Some(Over::Left)
        } else {
            None
        };
        let bytes = commit.bytes(self.audience, after, &*self.feed.render);
        Due { bytes, reaches: commit.reaches(self.audience).unwrap_or(after), over }
    }

    fn take(&mut self, due: Due) -> Step {
        self.last = due.reaches;
        self.beat = self.beats();
        self.over = due.over;
        Step::Events(due.bytes, self.last)
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.feed.leave(&self.topic, self.watcher);
    }
}
