//! A session that is watched: its last commits, and who waits for the next.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use minicbor::{Decode, Encode, bytes::ByteVec};

use super::{commit::SessionCommit, feed::TURNS};
use crate::center::{AgentId, Audience, SessionId};

/// Commits that a topic keeps for watchers that aren't quite there; who is further behind reads the journal.
const KEPT: usize = 32;

/// Signals that a topic keeps: they are worth nothing a moment later.
const SIGNALS: usize = 8;

/// Who looks, as far as signals go: nobody is told what they did themselves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Eyes {
    /// The customer.
    #[n(0)]
    Customer,
    /// An agent.
    #[n(1)]
    Agent(#[n(0)] AgentId),
    /// Anyone else.
    #[n(2)]
    Other,
}

/// Something that isn't history: shown to who watches now, and forgotten.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Signal {
    /// Whose doing.
    #[n(0)]
    pub from: Eyes,
    /// Who may see it.
    #[n(1)]
    pub audience: Audience,
    /// The message.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The message for customers, where it is another one.
    #[n(3)]
    pub public: Option<ByteVec>,
}

/// A session's watchers at this node.
pub(super) struct Topic {
    pub(super) session: SessionId,
    /// Whose heartbeats it shares.
    pub(super) turn: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(super) struct Inner {
    /// The last revision, and the last in the customer's numbering.
    pub(super) last: u32,
    pub(super) public: u32,
    pub(super) commits: VecDeque<Arc<SessionCommit>>,
    pub(super) signals: VecDeque<(u64, Arc<Signal>)>,
    pub(super) signaled: u64,
    /// The log doesn't know the session any more, and nobody saw how it ended.
    pub(super) lost: bool,
    watchers: BTreeMap<u64, Watcher>,
    next: u64,
}

struct Watcher {
    audience: Audience,
    /// The last revision of its audience's numbering that it has taken.
    taken: u32,
    waker: Option<Waker>,
}

impl Topic {
    pub(super) fn new(session: SessionId) -> Self {
        // The end of an id is random.
        let turn = usize::from(session.bytes()[15]) % TURNS;
        Self { session, turn, inner: Mutex::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// What was durable before anyone watched.
    pub(super) fn reached(&mut self, last: u32, public: u32) {
        self.last = self.last.max(last);
        self.public = self.public.max(public);
    }

    pub(super) fn push(&mut self, commit: Arc<SessionCommit>, wakers: &mut Vec<Waker>) {
        self.reached(commit.last, commit.public.unwrap_or(0));
        let for_everyone = commit.public.is_some();
        self.commits.push_back(commit);
        if self.commits.len() > KEPT {
            self.commits.pop_front();
        }
        self.wake(wakers, |audience| for_everyone || audience == Audience::Staff);
    }

    pub(super) fn signal(&mut self, signal: Arc<Signal>, wakers: &mut Vec<Waker>) {
        self.signaled += 1;
        let audience = signal.audience;
        self.signals.push_back((self.signaled, signal));
        if self.signals.len() > SIGNALS {
            self.signals.pop_front();
        }
        self.wake(wakers, |who| audience == Audience::Everyone || who == Audience::Staff);
    }

    pub(super) fn wake(&mut self, wakers: &mut Vec<Waker>, who: impl Fn(Audience) -> bool) {
        let woken = self.watchers.values_mut().filter(|watcher| who(watcher.audience));
        wakers.extend(woken.filter_map(|watcher| watcher.waker.take()));
    }

    pub(super) fn tail(&self, audience: Audience) -> u32 {
        match audience {
            Audience::Staff => self.last,
            Audience::Everyone => self.public,
        }
    }

    pub(super) fn join(&mut self, audience: Audience, taken: u32) -> u64 {
        self.next += 1;
        self.watchers.insert(self.next, Watcher { audience, taken, waker: None });
        self.next
    }

    /// True when nobody is left.
    pub(super) fn leave(&mut self, watcher: u64) -> bool {
        self.watchers.remove(&watcher);
        self.watchers.is_empty()
    }

    pub(super) fn wait(&mut self, watcher: u64, waker: &Waker) {
        if let Some(watcher) = self.watchers.get_mut(&watcher) {
            watcher.waker = Some(waker.clone());
        }
    }

    /// The commit right behind `after`, if it is still here.
    pub(super) fn next_after(&self, audience: Audience, after: u32) -> Option<Arc<SessionCommit>> {
        let mut visible = self.commits.iter().filter(|commit| commit.reaches(audience).is_some());
        let next = visible.find(|commit| commit.reaches(audience).is_some_and(|reaches| reaches > after))?;
        let first = next.first(audience)?;
        (first == after + 1).then(|| next.clone())
    }

    /// A watcher has taken what it could see up to here: what all have taken is let go.
    pub(super) fn took(&mut self, watcher: u64, taken: u32) {
        if let Some(watcher) = self.watchers.get_mut(&watcher) {
            watcher.taken = taken;
        }
        // With many watchers the bound on commits does it.
        if self.watchers.len() > 4 {
            return;
        }
        let needed = |commit: &SessionCommit| {
            self.watchers
                .values()
                .any(|watcher| commit.reaches(watcher.audience).is_some_and(|last| last > watcher.taken))
        };
        let done = self.commits.iter().take_while(|commit| !needed(commit)).count();
        self.commits.drain(..done);
    }
}
