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
use rand::RngExt;
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use super::{
    batch::Committed,
    engine::{Engine, EngineLimits},
    handle::{Handle, Job, Queued, Slots, Unavailable, Waiting, system},
    recovery::{RecoveryError, recover},
    snapshot::Places,
    state::State,
};
use crate::{
    center::{Asked, CenterId, Command, Incarnation, Time},
    journal::{AppendError, Journal, Position},
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
    journal: Arc<dyn Journal>,
    observer: Arc<dyn Observer>,
    limits: EngineLimits,
    incarnation: Incarnation,
    wall: fn() -> Time,
    jobs: mpsc::Receiver<Queued>,
    presence: mpsc::UnboundedReceiver<(CenterId, Command)>,
    /// Who came and went in batches that aren't durable: nobody says it again, so it's decided again after a recovery.
    undurable: Again,
}

type Again = Arc<Mutex<Vec<(CenterId, Command)>>>;

/// A shard's clock: not before the last record, and never back.
struct Clock {
    base: Time,
    started: Instant,
}

impl Clock {
    fn now(&self) -> Time {
        self.base + self.started.elapsed().as_millis() as u64
    }

    fn at(&self, time: Time) -> Instant {
        self.started + Duration::from_millis(time.since(self.base))
    }
}

type Appends<'a> = FuturesOrdered<Pin<Box<dyn Future<Output = Result<Position, AppendError>> + Send + 'a>>>;

impl Shard {
    /// A shard over a journal, and the way into it.
    pub fn new(
        journal: Arc<dyn Journal>,
        observer: Arc<dyn Observer>,
        incarnation: Incarnation,
        wall: fn() -> Time,
        settings: &ShardSettings,
    ) -> (Self, Handle, Arc<AtomicBool>) {
        let (job_sender, jobs) = mpsc::channel(settings.mailbox);
        let (presence_sender, presence) = mpsc::unbounded_channel();
        let storage_full = Arc::new(AtomicBool::new(false));
        let handle = Handle {
            jobs: job_sender,
            presence: presence_sender,
            slots: Slots::new(settings.mailbox),
            storage_full: storage_full.clone(),
        };
        let (limits, undurable) = (settings.limits, Again::default());
        let shard = Self { journal, observer, limits, incarnation, wall, jobs, presence, undurable };
        (shard, handle, storage_full)
    }

    /// Recovers and serves, again whenever an append fails, until `stop`. Tells `ready` when it serves.
    pub async fn run(
        mut self,
        mut stop: watch::Receiver<bool>,
        ready: watch::Sender<bool>,
        storage_full: Arc<AtomicBool>,
    ) -> Result<(), RecoveryError> {
        let journal = self.journal.clone();
        loop {
            let recovery = recover(&*journal, self.incarnation, self.wall, &*self.observer);
            let state = tokio::select! {
                recovered = recovery => recovered?.state,
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            tracing::info!(epoch = state.epoch, position = state.position, centers = state.centers.len(), "serving");
            ready.send_replace(true);
            let ended = self.serve(&*journal, state, &mut stop).await;
            ready.send_replace(false);
            match ended {
                Ok(()) => return Ok(()),
                Err(error) => {
                    storage_full.fetch_or(error == AppendError::Full, Ordering::Relaxed);
                    tracing::error!(%error, "an append failed; recovering from the log");
                }
            }
        }
    }

    async fn serve(
        &mut self,
        journal: &dyn Journal,
        state: State,
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), AppendError> {
        let clock = Clock { base: state.time, started: Instant::now() };
        let mut engine: Engine<Waiting> = Engine::new(state, self.limits);
        let mut appends: Appends<'_> = FuturesOrdered::new();
        let mut taken = Vec::with_capacity(JOBS_AT_ONCE);
        // What was taken from the mailbox when the batch was full waits here.
        let mut jobs: VecDeque<Queued> = VecDeque::new();
        let undurable = std::mem::take(&mut *lock(&self.undurable));
        for (center, command) in undurable {
            present(&mut engine, center, command, clock.now(), &self.undurable);
        }
        let mut last_write = Instant::now();
        let mut stopping = false;
        loop {
            let due = engine.next_deadline().map(|time| clock.at(time)).filter(|_| !engine.is_full());
            let tick = engine.next_deadline().map(|_| last_write + IDLE_TICK);
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
                Some((center, command)) = self.presence.recv(), if !engine.is_full() => {
                    present(&mut engine, center, command, clock.now(), &self.undurable);
                }
                () = tokio::time::sleep_until(due.unwrap_or(last_write)), if due.is_some() => {}
                // There is room again for what waits.
                () = std::future::ready(()), if !jobs.is_empty() && !engine.is_full() => {}
                _ = self.jobs.recv_many(&mut taken, JOBS_AT_ONCE), if !engine.is_full() => jobs.extend(taken.drain(..)),
                () = tokio::time::sleep_until(tick.unwrap_or(last_write)), if tick.is_some() && appends.is_empty() => {
                    last_write = Instant::now();
                    let sealed = engine.seal(clock.now(), true, random);
                    appends.extend(sealed.map(|sealed| journal.append(sealed.expected, sealed.batch)));
                }
            }
            let now = clock.now();
            // What is due comes before any command, also before those that wait for room.
            while engine.fire_due(now, random)
                && !engine.is_full()
                && let Some(queued) = jobs.pop_front()
            {
                decide(&mut engine, queued.job, now);
            }
            if appends.len() < journal.pipeline()
                && let Some(sealed) = engine.seal(now, false, random)
            {
                last_write = Instant::now();
                appends.push_back(journal.append(sealed.expected, sealed.batch));
            }
            engine.take_ready().into_iter().for_each(|waiting| waiting(Ok(())));
            if stopping && appends.is_empty() && jobs.is_empty() && self.jobs.is_empty() && !engine.has_open() {
                return Ok(());
            }
        }
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill(&mut bytes[..]);
    bytes
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

fn present(engine: &mut Engine<Waiting>, center: CenterId, command: Command, now: Time, undurable: &Again) {
    let asked = Asked { caller: system(), request: None, command: command.clone() };
    engine.fire_due(now, random);
    let (whose, undurable) = (center.clone(), undurable.clone());
    // Who goes may be gone already: a refusal is as good as a success.
    engine.command(&center, asked, now, random(), |_| {
        Box::new(move |durable| {
            if durable.is_err() {
                lock(&undurable).push((whose, command));
            }
        })
    });
}

fn lock(undurable: &Again) -> MutexGuard<'_, Vec<(CenterId, Command)>> {
    undurable.lock().unwrap_or_else(PoisonError::into_inner)
}

fn decide(engine: &mut Engine<Waiting>, job: Job, now: Time) {
    match job {
        Job::Command { center, asked, reply } => engine.command(&center, asked, now, random(), |result| {
            Box::new(move |durable| drop(reply.send(durable.map(|()| result))))
        }),
        Job::Apply { center, caller, objects, reply } => {
            engine.apply(&center, &caller, objects, now, random, |result| {
                Box::new(move |durable| drop(reply.send(durable.map(|()| result))))
            });
        }
        Job::Survey { read } => engine.survey(|state| read(state, now)),
        Job::Read { center, read } => engine.read(&center, |center| read(center, now)),
    }
}
