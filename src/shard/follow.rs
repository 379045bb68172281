//! A shard at a node that doesn't lead it: it folds what the leader writes, reads from that, and asks the leader for the
//! rest. It awaits once, then acts without awaiting, over and over, as a leader does.

use std::{collections::VecDeque, sync::atomic::Ordering, time::Duration};

use futures_util::{
    FutureExt,
    stream::{FuturesUnordered, StreamExt},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    batch::Committed,
    errand::{Done, Errand},
    handle::{Queued, Unavailable},
    job::{From, Job, Need},
    recovery::{PAUSE, RecoveryError},
    state::State,
    task::Shard,
};
use crate::{
    bugs::bug,
    center::{CenterId, Command},
    journal::{BoxFuture, Journal, Position, ReadError, Stored},
};

/// Batches that one read asks for.
const READ: usize = 256;

/// How long a call waits for a leader to be there, then it is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a read waits to see something at this node before the leader is asked.
const HOPE: Duration = Duration::from_secs(2);

/// How long a leader that couldn't be asked is left alone.
const AGAIN: Duration = Duration::from_millis(30);

/// Of who came and went, so many are told at once.
const TOLD_AT_ONCE: usize = 256;

/// How a following ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Followed {
    /// This node is to lead, and has folded everything that it can see.
    Lead,
    /// What comes next was dropped: only a snapshot helps.
    TooFarBehind,
    /// The server stops.
    Stopped,
}

/// What an errand brings back.
enum Back {
    /// `None`: somebody else leads now.
    Job(Box<Queued>, Instant, Option<Result<Done, Unavailable>>),
    Confirmed(Result<Position, Unavailable>),
    Noted(Result<(), Unavailable>),
}

type Read = (Queued, Instant);

/// What waits for others.
#[derive(Default)]
struct Waiting {
    /// Canceled when somebody else leads: who was asked won't answer any more.
    term: CancellationToken,
    /// Errands under way.
    away: FuturesUnordered<BoxFuture<'static, Back>>,
    /// For the leader, once one can be asked.
    parked: Vec<(Queued, Instant)>,
    /// Reads that must miss nothing: those for which a confirmation is under way, and those that came later.
    confirming: Vec<Read>,
    unconfirmed: Vec<Read>,
    /// Reads whose position is known.
    confirmed: Vec<(Position, Read)>,
    /// Reads that wait to see something.
    hoping: Vec<Read>,
    /// Who came and went here, in order; so many of the first are on their way.
    present: VecDeque<(CenterId, Command)>,
    telling: usize,
    /// The leader isn't asked before then.
    again: Option<Instant>,
}

impl Waiting {
    fn back_off(&mut self) {
        self.again.get_or_insert_with(|| Instant::now() + AGAIN);
    }

    /// When somebody's patience or hope is over, or the leader may be asked again.
    fn wakes(&self) -> Option<Instant> {
        let hoping = self.hoping.iter().map(|(_, until)| *until);
        let confirmed = self.confirmed.iter().map(|(_, (_, until))| *until);
        hoping.chain(confirmed).chain(self.again).min()
    }
}

impl Shard {
    /// Follows until this node is to lead. What still waits then is decided here.
    pub(super) async fn follow(
        &mut self,
        journal: &dyn Journal,
        state: &mut State,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Followed, RecoveryError> {
        let mut waiting = Waiting::default();
        waiting.present.extend(self.undurable.take());
        for queued in std::mem::take(&mut self.left_over) {
            self.take(queued, state, &mut waiting);
        }
        let mut caught_up = false;
        let mut reading = next(journal, state.position, When::Now);
        let ended = loop {
            let role = self.place.role.borrow_and_update().clone();
            if role.lead && caught_up {
                break Followed::Lead;
            }
            if caught_up {
                self.ask_the_leader(state, &mut waiting);
            }
            if self.place.elsewhere.is_some() && state.leader != Some(self.place.incarnation) {
                // Whether there is room is the leader's to know.
                self.storage_full.store(false, Ordering::Relaxed);
            }
            let wakes = waiting.wakes();
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break Followed::Stopped,
                Ok(()) = self.place.role.changed() => {}
                read = &mut reading => {
                    let epoch = state.epoch;
                    let behind = match read {
                        Ok(batches) => self.fold(state, batches, caught_up)?,
                        Err(ReadError::Compacted { .. }) => break Followed::TooFarBehind,
                        Err(ReadError::Unavailable(why)) => {
                            tracing::warn!(shard = self.number, why, "the log can't be read; trying again");
                            reading = next(journal, state.position, When::Later);
                            continue;
                        }
                        Err(error) => return Err(error.into()),
                    };
                    caught_up |= !behind;
                    if state.epoch != epoch {
                        std::mem::take(&mut waiting.term).cancel();
                    }
                    self.stand(state, false, caught_up);
                    self.answer_reads(state, &mut waiting);
                    reading = next(journal, state.position, if behind { When::Now } else { When::News });
                }
                Some(back) = waiting.away.next(), if !waiting.away.is_empty() => self.returned(back, state, &mut waiting),
                Some(present) = self.presence.recv() => waiting.present.push_back(present),
                Some(queued) = self.jobs.recv(), if caught_up => self.take(queued, state, &mut waiting),
                () = sleep_until(wakes.unwrap_or_else(Instant::now)), if wakes.is_some() => {
                    waiting.again = waiting.again.filter(|again| *again > Instant::now());
                    self.give_up(&mut waiting);
                }
            }
        };
        // What was asked of another leader is decided here, if this node leads now: it takes effect once.
        std::mem::take(&mut waiting.term).cancel();
        while let Some(Some(back)) = waiting.away.next().now_or_never() {
            self.returned(back, state, &mut waiting);
        }
        self.undurable.put(waiting.present.drain(..));
        let reads = waiting.confirming.into_iter().chain(waiting.unconfirmed).chain(waiting.hoping);
        let reads = reads.chain(waiting.confirmed.into_iter().map(|(_, read)| read));
        self.left_over.extend(waiting.parked.into_iter().chain(reads).map(|(queued, _)| queued));
        Ok(ended)
    }

    /// True when there were batches, so that there may be more.
    fn fold(&self, state: &mut State, batches: Vec<Stored>, caught_up: bool) -> Result<bool, RecoveryError> {
        for stored in &batches {
            let batch = std::sync::Arc::new(Committed::decode(stored)?);
            self.observer.durable(&batch);
            state.apply(&batch);
            if batch.leader.is_some() {
                self.stand(state, false, caught_up);
            }
        }
        Ok(!batches.is_empty())
    }

    fn take(&self, queued: Queued, state: &State, waiting: &mut Waiting) {
        let until = Instant::now() + PATIENCE;
        match &queued.job {
            Job::Command { from: From::Caller, .. } | Job::Apply { from: From::Caller, .. } => {
                waiting.parked.push((queued, until));
            }
            Job::Read { need: Need::Here, .. } => self.read(queued, state),
            Job::Read { need: Need::Now, .. } => waiting.unconfirmed.push((queued, until)),
            Job::Read { need: Need::Until(_), .. } => {
                let until = Instant::now() + HOPE;
                waiting.hoping.push((queued, until));
                self.answer_reads(state, waiting);
            }
            Job::Command { .. }
            | Job::Apply { .. }
            | Job::Survey { .. }
            | Job::Confirm { .. }
            | Job::Present { .. } => queued.job.refuse(Unavailable::NoLeader),
        }
    }

    /// Sends what waits for the leader on its way.
    fn ask_the_leader(&self, state: &State, waiting: &mut Waiting) {
        let other = state.leader.filter(|leader| *leader != self.place.incarnation);
        let (Some(leader), Some(elsewhere)) = (other, &self.place.elsewhere) else {
            let waits = !waiting.parked.is_empty() || !waiting.unconfirmed.is_empty() || !waiting.present.is_empty();
            if waits {
                waiting.back_off();
            }
            return;
        };
        if waiting.again.is_some() {
            return;
        }
        for (queued, until) in waiting.parked.drain(..) {
            let Some(errand) = queued.job.errand() else { continue };
            let (asked, term) = (elsewhere.ask(leader, errand), waiting.term.clone());
            waiting.away.push(Box::pin(async move {
                let answered = term.run_until_cancelled(asked).await;
                Back::Job(Box::new(queued), until, answered)
            }));
        }
        if waiting.confirming.is_empty() && !waiting.unconfirmed.is_empty() {
            waiting.confirming = std::mem::take(&mut waiting.unconfirmed);
            let (asked, term) = (elsewhere.ask(leader, Errand::Confirm), waiting.term.clone());
            waiting.away.push(Box::pin(async move {
                Back::Confirmed(match term.run_until_cancelled(asked).await {
                    Some(Ok(Done::Confirmed(position))) => Ok(position),
                    Some(Ok(_)) | None => Err(Unavailable::NoLeader),
                    Some(Err(error)) => Err(error),
                })
            }));
        }
        if waiting.telling == 0 && !waiting.present.is_empty() {
            waiting.telling = waiting.present.len().min(TOLD_AT_ONCE);
            let told = waiting.present.iter().take(waiting.telling).cloned().collect();
            let errand = Errand::Present { told };
            let (asked, term) = (elsewhere.ask(leader, errand), waiting.term.clone());
            waiting.away.push(Box::pin(async move {
                let told = term.run_until_cancelled(asked).await.unwrap_or(Err(Unavailable::NoLeader));
                Back::Noted(told.map(drop))
            }));
        }
    }

    fn returned(&self, back: Back, state: &State, waiting: &mut Waiting) {
        match back {
            Back::Job(queued, until, Some(Err(Unavailable::NoLeader | Unavailable::Stopped))) => {
                // Certainly not decided: whoever leads next is asked.
                waiting.parked.push((*queued, until));
                waiting.back_off();
            }
            // It may have been decided: what takes effect once is asked again.
            Back::Job(queued, until, None) if queued.job.is_once() => waiting.parked.push((*queued, until)),
            Back::Job(queued, _, result) => queued.job.done(result.unwrap_or(Err(Unavailable::Recovering))),
            Back::Confirmed(Ok(position)) => {
                let reads = std::mem::take(&mut waiting.confirming);
                waiting.confirmed.extend(reads.into_iter().map(|read| (position, read)));
                self.answer_reads(state, waiting);
            }
            Back::Confirmed(Err(_)) => {
                waiting.unconfirmed.append(&mut waiting.confirming);
                waiting.back_off();
            }
            Back::Noted(told) => {
                let told_of = std::mem::take(&mut waiting.telling);
                match told {
                    Ok(()) => drop(waiting.present.drain(..told_of)),
                    Err(_) => waiting.back_off(),
                }
            }
        }
    }

    /// Answers the reads that have waited long enough.
    fn answer_reads(&self, state: &State, waiting: &mut Waiting) {
        let reached = |position: &Position| *position <= state.position || bug!(FollowerBehind);
        for (_, (queued, _)) in waiting.confirmed.extract_if(.., |(position, _)| reached(position)) {
            self.read(queued, state);
        }
        for (queued, _) in waiting.hoping.extract_if(.., |(queued, _)| queued.job.holds(state)) {
            self.read(queued, state);
        }
    }

    /// Tells those whose patience is over.
    fn give_up(&self, waiting: &mut Waiting) {
        let now = Instant::now();
        let over = |(_, until): &mut Read| *until <= now;
        for (queued, _) in waiting.parked.extract_if(.., over).chain(waiting.unconfirmed.extract_if(.., over)) {
            queued.job.refuse(Unavailable::NoLeader);
        }
        for (_, (queued, _)) in waiting.confirmed.extract_if(.., |(_, read)| over(read)) {
            queued.job.refuse(Unavailable::Recovering);
        }
        let unseen = waiting.hoping.extract_if(.., over).map(|(queued, until)| (queued, until + PATIENCE));
        waiting.unconfirmed.extend(unseen);
    }

    fn read(&self, queued: Queued, state: &State) {
        let Job::Read { center, read, .. } = queued.job else { return };
        let now = state.time.max(self.outside.now());
        state.see(&center, |center| read(center, now)(Ok(())));
    }
}

/// When the log is read.
enum When {
    /// At once: there may be more.
    Now,
    /// When something was written.
    News,
    /// After a pause: it couldn't be read.
    Later,
}

/// The next batches.
fn next(journal: &dyn Journal, after: Position, when: When) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>> {
    Box::pin(async move {
        match when {
            When::Now => {}
            When::News => journal.changed(after).await,
            When::Later => tokio::time::sleep(PAUSE).await,
        }
        journal.read(after + 1, READ).await
    })
}
