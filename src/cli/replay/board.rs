//! What everybody counts while it goes on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use super::{order::Ack, plan::Plan};
use crate::cli::Failure;

/// Stuck chats that a failure names.
const NAMED: usize = 20;

/// Counts, and where each chat has got to.
pub(super) struct Board {
    chats: Vec<Mutex<Progress>>,
    pub(super) messages: AtomicUsize,
    pub(super) running: AtomicUsize,
    pub(super) finished: AtomicUsize,
    pub(super) gave_up: AtomicUsize,
    pub(super) signed_out: AtomicUsize,
    acks: Mutex<Vec<Ack>>,
    accepts: Mutex<Vec<Duration>>,
    refused: Mutex<BTreeMap<String, usize>>,
    desks: Mutex<BTreeSet<String>>,
    opened: Notify,
}

#[derive(Clone, Default)]
struct Progress {
    session_id: Option<String>,
    turns: usize,
    agent: Option<String>,
    finished: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Board {
    pub(super) fn new(chats: usize) -> Self {
        Self {
            chats: (0..chats).map(|_| Mutex::default()).collect(),
            messages: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            gave_up: AtomicUsize::new(0),
            signed_out: AtomicUsize::new(0),
            acks: Mutex::default(),
            accepts: Mutex::default(),
            refused: Mutex::default(),
            desks: Mutex::default(),
            opened: Notify::new(),
        }
    }

    pub(super) fn started(&self, chat: usize, session_id: &str) {
        self.running.fetch_add(1, Relaxed);
        lock(&self.chats[chat]).session_id = Some(session_id.to_owned());
    }

    pub(super) fn progress(&self, chat: usize, turns: usize) {
        lock(&self.chats[chat]).turns = turns;
    }

    pub(super) fn attended(&self, chat: usize, session_id: &str, agent: &str) {
        if let Some(chat) = self.chats.get(chat) {
            let mut chat = lock(chat);
            chat.session_id = Some(session_id.to_owned());
            chat.agent = Some(agent.to_owned());
        }
    }

    pub(super) fn finished(&self, chat: usize) {
        self.running.fetch_sub(1, Relaxed);
        self.finished.fetch_add(1, Relaxed);
        lock(&self.chats[chat]).finished = true;
    }

    pub(super) fn said(&self, ack: Ack) {
        self.messages.fetch_add(1, Relaxed);
        lock(&self.acks).push(ack);
    }

    /// All that was acknowledged, by session.
    pub(super) fn acks(&self) -> HashMap<String, Vec<Ack>> {
        let mut by_session: HashMap<String, Vec<Ack>> = HashMap::new();
        for ack in lock(&self.acks).iter() {
            by_session.entry(ack.session_id.clone()).or_default().push(ack.clone());
        }
        by_session
    }

    /// When a message was last acknowledged.
    #[cfg(feature = "cluster")]
    pub(super) fn last_ack(&self) -> Option<Instant> {
        lock(&self.acks).iter().map(|ack| ack.ended).max()
    }

    /// The longest time without an acknowledged message between two moments.
    #[cfg(feature = "cluster")]
    pub(super) fn longest_silence(&self, from: Instant, until: Instant) -> Duration {
        let mut between: Vec<Instant> = lock(&self.acks).iter().map(|ack| ack.ended).collect();
        between.retain(|at| (from..=until).contains(at));
        between.push(until);
        between.sort();
        let between = between.into_iter();
        let gaps = between.scan(from, |last, at| Some(at - std::mem::replace(last, at)));
        gaps.max().unwrap_or_default()
    }

    pub(super) fn accepted(&self, took: Duration) {
        lock(&self.accepts).push(took);
    }

    pub(super) fn gave_up(&self) {
        self.gave_up.fetch_add(1, Relaxed);
    }

    pub(super) fn signed_out(&self) {
        self.signed_out.fetch_add(1, Relaxed);
    }

    pub(super) fn refused(&self, reason: &str) {
        *lock(&self.refused).entry(reason.to_owned()).or_default() += 1;
    }

    pub(super) fn refusals(&self) -> Vec<(String, usize)> {
        lock(&self.refused).iter().map(|(reason, count)| (reason.clone(), *count)).collect()
    }

    /// p50 and p99 of a message's sending to its acknowledgement, and of an offer's ringing to its being accepted.
    pub(super) fn latencies(&self) -> [[Duration; 2]; 2] {
        let acks: Vec<Duration> = lock(&self.acks).iter().map(|ack| ack.ended - ack.began).collect();
        [acks, lock(&self.accepts).clone()].map(|mut times| {
            times.sort_unstable();
            [50, 99].map(|percent| times.get(times.len() * percent / 100).copied().unwrap_or_default())
        })
    }

    pub(super) fn desk_opened(&self, agent: &str) {
        lock(&self.desks).insert(agent.to_owned());
        self.opened.notify_one();
    }

    pub(super) fn desk_closed(&self, agent: &str) {
        lock(&self.desks).remove(agent);
    }

    /// Waits until all agents are at their desks.
    pub(super) async fn wait_for_desks(&self, count: usize, deadline: Instant) -> Result<(), Failure> {
        while lock(&self.desks).len() < count {
            let opened = timeout_at(deadline, self.opened.notified()).await;
            opened.map_err(|_| "the agents' desks didn't open in time")?;
        }
        Ok(())
    }

    /// Agents who still wait for the end of a chat.
    pub(super) fn open_desks(&self) -> String {
        let desks: Vec<String> = lock(&self.desks).iter().take(NAMED).cloned().collect();
        format!("all chats have ended, but these agents weren't told: {}", desks.join(", "))
    }

    /// Names the chats that haven't ended.
    pub(super) fn stuck(&self, plan: &Plan) -> String {
        let all: Vec<(usize, Progress)> =
            self.chats.iter().enumerate().map(|(at, chat)| (at, lock(chat).clone())).collect();
        let open = all.iter().filter(|(_, chat)| !chat.finished);
        let stuck: Vec<_> = open.clone().filter(|(_, chat)| chat.session_id.is_some()).collect();
        let mut text =
            format!("the time is over; {} chats are stuck, {} in all aren't done", stuck.len(), open.count());
        for (at, chat) in stuck.into_iter().take(NAMED) {
            let conversation = &plan.conversations[*at];
            text += &format!(
                "\n  {} (#{at}): turn {} of {}, session {}, last taken by {}",
                conversation.id,
                chat.turns,
                conversation.turns.len(),
                chat.session_id.as_deref().unwrap_or("-"),
                chat.agent.as_deref().unwrap_or("nobody"),
            );
        }
        text
    }
}
