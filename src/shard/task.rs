//! The task that owns a shard: it awaits once, then acts without awaiting, over and over.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::stream::{FuturesOrdered, StreamExt};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    batch::Committed,
    engine::{Engine, EngineLimits},
    follow::Followed,
    handle::{Handle, Queued, Slots, Unavailable, system},
    job::{Job, Need, Waiting, of_incarnation},
    outside::Outside,
    recovery::{PAUSE, RecoveryError, announce, restore},
    role::{Place, Standing},
    snapshot::Places,
    state::State,
};
use crate::{
    bugs::bug,
    center::{Asked, CenterId, Command, Incarnation, Millis, Time},
    journal::{AppendError, Journal, Position, ReadError},
};

/// Jobs that are taken from the mailbox at once, so that what became durable is told in between.
const JOBS_AT_ONCE: usize = 256;

/// How often a leader with open deadlines says that it lives, when it has nothing else to say.
const IDLE_TICK: Duration = Duration::from_secs(10);

/// Sees the log as it becomes durable: each batch once, in order, before any answer that depends on it is given.
pub trait Observer: Send + Sync + 'static {
    /// A fold starts over behind this position; what the observer knows beyond it is repeated.
    fn restored(&self, position: Position, places: &Places);
    /// The next batch.
    fn durable(&self, batch: &Arc<Committed>);
}

/// Settings of a shard's task.
#[derive(Clone, Debug)]
pub struct ShardSettings {
    /// Jobs that may wait; more are refused OVERLOADED.
    pub mailbox: usize,
    /// Bounds of a batch.
    pub limits: EngineLimits,
}

/// A shard before its task runs.
pub struct Shard {
    /// For the log.
    pub(super) number: u32,
    journal: Arc<dyn Journal>,
    pub(super) observer: Arc<dyn Observer>,
    limits: EngineLimits,
    pub(super) place: Place,
    pub(super) outside: Outside,
    pub(super) jobs: mpsc::Receiver<Queued>,
    pub(super) presence: mpsc::UnboundedReceiver<(CenterId, Command)>,
    pub(super) undurable: Undurable,
    /// What was asked of a node that only followed then.
    pub(super) left_over: VecDeque<Queued>,
    standing: watch::Sender<Standing>,
    pub(super) storage_full: Arc<AtomicBool>,
}

/// Who came and went in batches that aren't durable: nobody says it again, so it's decided again.
#[derive(Clone, Default)]
pub(super) struct Undurable(Arc<Mutex<Vec<(CenterId, Command)>>>);

impl Undurable {
    fn lock(&self) -> MutexGuard<'_, Vec<(CenterId, Command)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&self) -> Vec<(CenterId, Command)> {
        std::mem::take(&mut *self.lock())
    }

    pub(super) fn put(&self, again: impl IntoIterator<Item = (CenterId, Command)>) {
        self.lock().extend(again);
    }
}

/// A shard's clock: not before the last record, and never back.
struct Clock {
    base: Time,
    started: Instant,
    /// By how much it was ahead when it was started, and is now.
    ahead: (Millis, watch::Receiver<Millis>),
}

impl Clock {
    fn new(base: Time, ahead: watch::Receiver<Millis>) -> Self {
        let was_ahead = *ahead.borrow();
        Self { base, started: Instant::now(), ahead: (was_ahead, ahead) }
    }

    fn base(&self) -> Time {
        let (was_ahead, ahead) = &self.ahead;
        self.base + ahead.borrow().saturating_sub(*was_ahead)
    }

    fn now(&self) -> Time {
        self.base() + self.started.elapsed().as_millis() as u64
    }

    fn at(&self, time: Time) -> Instant {
        self.started + Duration::from_millis(time.since(self.base()))
    }

    /// Waits until it is put ahead; for ever where nobody does that.
    async fn put_ahead(&mut self) {
        if self.ahead.1.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

type Appends<'a> = FuturesOrdered<Pin<Box<dyn Future<Output = Result<Position, AppendError>> + Send + 'a>>>;

/// How a leading ends.
enum Ended {
    /// The server stops.
    Stopped,
    /// This node isn't to lead any more, or has to announce itself anew. Everything decided is durable.
    Left(State),
}

impl Shard {
    /// A shard over a journal, and the way into it.
    pub fn new(
        number: u32,
        journal: Arc<dyn Journal>,
        observer: Arc<dyn Observer>,
        place: Place,
        outside: Outside,
        settings: &ShardSettings,
    ) -> (Self, Handle, Arc<AtomicBool>) {
        let (job_sender, jobs) = mpsc::channel(settings.mailbox);
        let (presence_sender, presence) = mpsc::unbounded_channel();
        let storage_full = Arc::new(AtomicBool::new(false));
        let (standing, stands) = watch::channel(Standing::default());
        let handle = Handle {
            jobs: job_sender,
            presence: presence_sender,
            slots: Slots::new(settings.mailbox),
            storage_full: storage_full.clone(),
            standing: stands,
        };
        let shard = Self {
            number,
            journal,
            observer,
            limits: settings.limits,
            place,
            outside,
            jobs,
            presence,
            undurable: Undurable::default(),
            left_over: VecDeque::new(),
            standing,
            storage_full: storage_full.clone(),
        };
        (shard, handle, storage_full)
    }

    /// Follows or leads, as it is told, until `stop`; recovers whenever an append fails.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), RecoveryError> {
        let (journal, observer) = (self.journal.clone(), self.observer.clone());
        let mut known: Option<State> = None;
        loop {
            let mut state = match known.take() {
                Some(state) => state,
                None => {
                    // Another node that is there already may lead meanwhile; and what was told of this one's streams has to be
                    // looked at anew.
                    let lost = |standing: &mut Standing| (standing.caught_up, standing.lives_since) = (false, None);
                    self.standing.send_modify(lost);
                    let is_shared = self.place.elsewhere.is_some();
                    tokio::select! {
                        biased;
                        restored = restored(&*journal, &*observer, self.number, is_shared) => restored?,
                        _ = stop.wait_for(|stop| *stop) => return Ok(()),
                    }
                }
            };
            match self.follow(&*journal, &mut state, &mut stop).await? {
                Followed::Stopped => return Ok(()),
                Followed::TooFarBehind => continue,
                Followed::Lead => {}
            }
            if !self.announced(&*journal, &mut state, &mut stop).await {
                known = Some(state);
                continue;
            }
            let (epoch, position, centers) = (state.epoch, state.position, state.centers.len());
            tracing::info!(shard = self.number, epoch, position, centers, "serving");
            if self.place.elsewhere.is_some() {
                // There was room for the announcement.
                self.storage_full.store(false, Ordering::Relaxed);
            }
            self.stand(&state, true, true);
            let ended = self.serve(&*journal, state, &mut stop).await;
            self.standing.send_modify(|standing| standing.leads = false);
            match ended {
                Ok(Ended::Stopped) => return Ok(()),
                Ok(Ended::Left(state)) => known = Some(state),
                Err(error) => {
                    self.storage_full.fetch_or(error == AppendError::Full, Ordering::Relaxed);
                    tracing::error!(shard = self.number, %error, "an append failed; recovering from the log");
                }
            }
        }
    }

    /// Becomes the leader; false when that has to wait: somebody else wrote, the log can't be written, the server stops.
    async fn announced(&mut self, journal: &dyn Journal, state: &mut State, stop: &mut watch::Receiver<bool>) -> bool {
        let (role, incarnation) = (self.place.role.borrow_and_update().clone(), self.place.incarnation);
        match announce(journal, state, incarnation, &role, || self.outside.now(), &*self.observer).await {
            Ok(()) => return true,
            Err(AppendError::Conflict { tail }) => {
                tracing::info!(shard = self.number, tail, "another writer was faster; reading on");
            }
            Err(error) => {
                tracing::warn!(shard = self.number, %error, "the leader's start could not be written; trying again");
                tokio::select! {
                    biased;
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
        }
        false
    }

    /// Tells how the shard stands here.
    pub(super) fn stand(&self, state: &State, leads: bool, caught_up: bool) {
        let lives = state.living.contains(&self.place.incarnation);
        self.standing.send_if_modified(|standing| {
            let lives_since = lives.then(|| standing.lives_since.unwrap_or(state.epoch));
            let (epoch, leader) = (state.epoch, state.leader);
            let now = Standing { position: state.position, epoch, leader, leads, caught_up, lives_since };
            let before = std::mem::replace(standing, now);
            Standing { position: now.position, ..before } != now
        });
    }

    /// Whether what this node is to be differs from what it announced.
    fn is_to_leave(&mut self, state: &State) -> bool {
        let role = self.place.role.borrow_and_update();
        let lives =
            |incarnation: &Incarnation| *incarnation == self.place.incarnation || role.living.contains(incarnation);
        let same = role.living.iter().all(|lives| state.living.contains(lives)) && state.living.iter().all(lives);
        !role.lead || !same || role.format > state.format()
    }

    async fn serve(
        &mut self,
        journal: &dyn Journal,
        state: State,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<Ended, AppendError> {
        let outside = self.outside.clone();
        let mut clock = Clock::new(state.time, outside.ahead.clone());
        let mut engine: Engine<Waiting> = Engine::new(state, self.limits);
        let mut appends: Appends<'_> = FuturesOrdered::new();
        let mut taken = Vec::with_capacity(JOBS_AT_ONCE);
        // What was taken from the mailbox when the batch was full waits here.
        let mut jobs: VecDeque<Queued> = std::mem::take(&mut self.left_over);
        for (center, command) in self.undurable.take() {
            present(&mut engine, center, command, clock.now(), &self.undurable, &outside);
        }
        let mut last_write = Instant::now();
        let mut stopping = false;
        let mut leaving = self.is_to_leave(engine.state());
        loop {
            let due = engine.next_deadline().map(|time| clock.at(time)).filter(|_| !engine.is_full());
            let ticks = engine.next_deadline().is_some() || self.limits.confirm;
            let tick = Some(last_write + IDLE_TICK).filter(|_| ticks);
            let takes = !engine.is_full() && !leaving;
            tokio::select! {
                biased;
                Some(appended) = appends.next(), if !appends.is_empty() => match appended {
                    Ok(position) => tell(&mut engine, position, &*self.observer),
                    Err(error) => {
                        abandon(engine, error == AppendError::Full);
                        return Err(error);
                    }
                },
                _ = stop.wait_for(|stop| *stop), if !stopping => stopping = true,
                Ok(()) = self.place.role.changed() => leaving = self.is_to_leave(engine.state()),
                Some((center, command)) = self.presence.recv(), if takes => {
                    present(&mut engine, center, command, clock.now(), &self.undurable, &outside);
                }
                () = tokio::time::sleep_until(due.unwrap_or(last_write)), if due.is_some() => {}
                () = clock.put_ahead() => {}
                // There is room again for what waits.
                () = std::future::ready(()), if !jobs.is_empty() && !engine.is_full() => {}
                _ = self.jobs.recv_many(&mut taken, JOBS_AT_ONCE), if takes => jobs.extend(taken.drain(..)),
                () = tokio::time::sleep_until(tick.unwrap_or(last_write)), if tick.is_some() && appends.is_empty() => {
                    last_write = Instant::now();
                    let sealed = engine.seal(clock.now(), true, || outside.bytes());
                    appends.extend(sealed.map(|sealed| journal.append(sealed.expected, sealed.batch)));
                }
            }
            let now = clock.now();
            // What is due comes before any command, also before those that wait for room.
            while engine.fire_due(now, || outside.bytes())
                && !engine.is_full()
                && let Some(queued) = jobs.pop_front()
            {
                decide(&mut engine, queued.job, now, &outside);
            }
            if appends.len() < journal.pipeline()
                && let Some(sealed) = engine.seal(now, false, || outside.bytes())
            {
                last_write = Instant::now();
                appends.push_back(journal.append(sealed.expected, sealed.batch));
                if bug!(ShownBeforeDurable) {
                    engine.last_sealed().into_iter().for_each(|batch| self.observer.durable(batch));
                }
            }
            engine.take_ready().into_iter().for_each(|waiting| waiting(Ok(())));
            let nothing_left = appends.is_empty() && jobs.is_empty() && !engine.has_open();
            if leaving && nothing_left {
                return Ok(Ended::Left(engine.into_state()));
            }
            if stopping && nothing_left && self.jobs.is_empty() {
                return Ok(Ended::Stopped);
            }
        }
    }
}

/// The log's state, once it can be read.
async fn restored(
    journal: &dyn Journal,
    observer: &dyn Observer,
    shard: u32,
    is_shared: bool,
) -> Result<State, RecoveryError> {
    loop {
        match restore(journal, observer).await {
            Err(RecoveryError::Read(error)) if may_pass(&error, is_shared) => {
                tracing::warn!(shard, %error, "the log can't be read; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            other => return other,
        }
    }
}

/// Whether a read may succeed later: where others write, a snapshot may be replaced and the log cut while it is read.
fn may_pass(error: &ReadError, is_shared: bool) -> bool {
    match error {
        ReadError::Unavailable(_) => true,
        ReadError::Compacted { .. } => is_shared,
        _ => false,
    }
}

/// Shows what is durable, then tells those who waited for it.
fn tell(engine: &mut Engine<Waiting>, position: Position, observer: &dyn Observer) {
    if let Some(flight) = engine.durable(position) {
        observer.durable(&flight.committed);
        flight.waiting.into_iter().for_each(|waiting| waiting(Ok(())));
    }
}

fn abandon(engine: Engine<Waiting>, full: bool) {
    let why = if full { Unavailable::StorageFull } else { Unavailable::Recovering };
    engine.abandon().into_iter().for_each(|waiting| waiting(Err(why)));
}

fn present(
    engine: &mut Engine<Waiting>,
    center: CenterId,
    command: Command,
    now: Time,
    undurable: &Undurable,
    outside: &Outside,
) {
    let asked = Asked { caller: system(), request: None, command: command.clone() };
    engine.fire_due(now, || outside.bytes());
    let (whose, undurable) = (center.clone(), undurable.clone());
    // Who goes may be gone already: a refusal is as good as a success.
    engine.command(&center, asked, now, outside.bytes(), |_| {
        Box::new(move |durable| {
            if durable.is_err() {
                undurable.put([(whose, command)]);
            }
        })
    });
}

fn decide(engine: &mut Engine<Waiting>, job: Job, now: Time, outside: &Outside) {
    match job {
        Job::Command { center, asked, reply, .. } => engine.command(&center, asked, now, outside.bytes(), |result| {
            Box::new(move |durable| drop(reply.send(durable.map(|()| result))))
        }),
        Job::Apply { center, caller, objects, reply, .. } => {
            engine.apply(
                &center,
                &caller,
                objects,
                now,
                || outside.bytes(),
                |result| Box::new(move |durable| drop(reply.send(durable.map(|()| result)))),
            );
        }
        Job::Survey { read } => engine.survey(|state| read(state, now)),
        Job::Read { center, need: Need::Here, read } => engine.read_here(&center, |center| read(center, now)),
        Job::Read { center, read, .. } => engine.read(&center, |center| read(center, now)),
        Job::Confirm { reply } => {
            engine.confirm(|position| {
                Box::new(move |durable| {
                    let _ = reply.send(durable.map(|()| position));
                })
            });
        }
        Job::Present { told, reply } => {
            let lives = |run: Incarnation| engine.state().living.contains(&run);
            if !told.iter().all(|(_, command)| of_incarnation(command).is_some_and(lives)) {
                // It isn't among the living yet: were it written now, its streams would count as lost at once.
                let _ = reply.send(Err(Unavailable::NoLeader));
                return;
            }
            for (center, command) in told {
                let asked = Asked { caller: system(), request: None, command };
                // Who goes may be gone already: a refusal is as good as a success.
                engine.command(&center, asked, now, outside.bytes(), |_| Box::new(|_| {}));
            }
            engine.confirm(|_| {
                Box::new(move |durable| {
                    let _ = reply.send(durable);
                })
            });
        }
    }
}
