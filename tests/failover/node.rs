//! A node: the real shard, told by the real membership what to be; it crashes, starts again, stops for a while and wakes.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use chatsession::{
    center::{Incarnation, Time},
    cluster::{Beat, Members, ShardBeat},
    journal::Position,
    shard::{Committed, EngineLimits, Handle, Observer, Outside, Place, Places, Role, Shard, ShardSettings},
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};

use crate::{
    log::{self, with_log},
    net::{self, Post},
    sim::{chance, fill, millis_below},
};

const BEAT: Duration = Duration::from_millis(150);

/// What all nodes hear of one another: the last beats, on their way.
#[derive(Clone, Default)]
pub struct Air(Rc<RefCell<Vec<(usize, Instant, Beat)>>>);

/// Sees what a node shows its watchers: never anything that isn't in the log, each batch once, in order.
struct Watcher {
    last: AtomicU64,
    wrong: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Observer for Watcher {
    fn restored(&self, position: Position, _: &Places) {
        self.last.fetch_max(position, Ordering::Relaxed);
    }

    fn durable(&self, batch: &Arc<Committed>) {
        let last = self.last.load(Ordering::Relaxed);
        if batch.position <= last {
            return;
        }
        self.last.store(batch.position, Ordering::Relaxed);
        let mut wrong = self.wrong.lock().unwrap();
        if batch.position != last + 1 {
            wrong.push(format!("7: {} was shown after {last}", batch.position));
        }
        let durable = with_log(|log| log.rows.get(batch.position as usize - 1).cloned());
        let same = durable.is_some_and(|stored| Committed::decode(&stored).is_ok_and(|stored| stored == **batch));
        if !same {
            wrong.push(format!("6: what was shown as {} isn't what the log holds there", batch.position));
        }
    }
}

pub struct Node {
    pub number: usize,
    pub handle: Handle,
    pub incarnation: Incarnation,
    started: Instant,
    cut_until: Arc<AtomicU64>,
    paused: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Doesn't run while it is paused.
struct Pausable<F> {
    inner: Pin<Box<F>>,
    paused: Arc<AtomicBool>,
    look: Pin<Box<tokio::time::Sleep>>,
}

impl<F: Future> Future for Pausable<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if self.paused.load(Ordering::Relaxed) {
            self.look.as_mut().reset(Instant::now() + Duration::from_millis(50));
            let _ = self.look.as_mut().poll(context);
            return Poll::Pending;
        }
        self.inner.as_mut().poll(context)
    }
}

impl Node {
    pub fn start(
        number: usize,
        run: u8,
        started: Instant,
        air: &Air,
        wrong: &Arc<std::sync::Mutex<Vec<String>>>,
    ) -> Self {
        let incarnation = Incarnation::from_bytes([run; 16]);
        let cut_until = Arc::new(AtomicU64::new(0));
        let paused = Arc::new(AtomicBool::new(false));
        let journal = Arc::new(log::Handle::new(cut_until.clone(), started));
        let (role, told) = watch::channel(Role { lead: false, living: [incarnation].into(), format: 1 });
        let place = Place { incarnation, role: told, elsewhere: Some(Arc::new(Post { node: number })) };
        let skew = chance(4_000);
        let wall = move || Time(1_000_000_000 + skew + started.elapsed().as_millis() as u64);
        let outside = Outside { random: Arc::new(fill), ..Outside::new(wall) };
        let watcher = Arc::new(Watcher { last: AtomicU64::new(0), wrong: wrong.clone() });
        let limits = EngineLimits { confirm: true, ..EngineLimits::default() };
        let settings = ShardSettings { mailbox: 256, limits };
        let (shard, handle, _) = Shard::new(0, journal, watcher, place, outside, &settings);
        let (stop, stopping) = watch::channel(false);
        let failed = wrong.clone();
        let run = async move {
            let _stop = stop;
            if let Err(error) = shard.run(stopping).await {
                failed.lock().unwrap().push(format!("a shard failed: {error}"));
            }
        };
        let pausable =
            |future| Pausable { inner: Box::pin(future), paused: paused.clone(), look: Box::pin(sleep(BEAT)) };
        let shard = tokio::task::spawn_local(pausable(run));
        let beats = beat(number, incarnation, handle.clone(), role, air.clone(), started);
        let look = Box::pin(sleep(BEAT));
        let beats = Pausable { inner: Box::pin(beats), paused: paused.clone(), look };
        let tasks = vec![shard, tokio::task::spawn_local(beats)];
        net::join(incarnation, number, handle.clone());
        Self { number, handle, incarnation, started, cut_until, paused, tasks }
    }

    pub fn crash(&self) {
        net::leave(self.incarnation);
        self.tasks.iter().for_each(JoinHandle::abort);
    }

    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }

    /// The log and the others can't be reached for so long.
    pub fn cut(&self, length: Duration) {
        let until = (self.started.elapsed() + length).as_millis() as u64;
        self.cut_until.store(until, Ordering::Relaxed);
        net::cut(self.number, true);
        let number = self.number;
        tokio::task::spawn_local(async move {
            sleep(length).await;
            net::cut(number, false);
        });
    }
}

/// Beats, hears, and follows from it: as a node of the product does, over other air.
async fn beat(
    number: usize,
    incarnation: Incarnation,
    handle: Handle,
    role: watch::Sender<Role>,
    air: Air,
    started: Instant,
) {
    let mut members = Members::new(incarnation, Duration::from_millis(900), Duration::from_secs(4));
    let standing = handle.standing();
    let mut next = Instant::now();
    for beats in 1.. {
        sleep_until(next).await;
        next = Instant::now() + BEAT;
        let now = *standing.borrow();
        let (position, epoch, leads, caught_up) = (now.position, now.epoch, now.leads, now.caught_up);
        let own = Beat {
            node: format!("node-{number}"),
            incarnation,
            number: beats,
            address: String::new(),
            version: String::new(),
            format: 1,
            draining: false,
            shards: vec![ShardBeat { position, epoch, leads, caught_up }],
            deaf: !members.is_connected(started.elapsed()),
        };
        if !net::is_cut(number) {
            let arrives = Instant::now() + millis_below(40);
            air.0.borrow_mut().push((number, arrives, own));
            let heard: Vec<Beat> = {
                let mut on_air = air.0.borrow_mut();
                on_air.retain(|(_, arrives, _)| arrives.elapsed() < Duration::from_secs(2));
                on_air
                    .iter()
                    .filter(|(_, arrives, _)| *arrives <= Instant::now())
                    .map(|(_, _, beat)| beat.clone())
                    .collect()
            };
            heard.into_iter().for_each(|beat| members.heard(started.elapsed(), beat));
        }
        members.forget(started.elapsed());
        let is = members.role(started.elapsed(), 0, &now);
        role.send_if_modified(|told| {
            let differs = *told != is;
            *told = is;
            differs
        });
    }
}
