//! How waiting customers stand: their place and how long it will take, told to who watches as a customer, at most once a second.
//! A computed view: nothing of it is logged, and only what got worse gives a reason.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    edge::Edge,
    frames,
    pb::{self, WaitChange},
    to_pb,
};
use crate::{
    center::{Audience, COUNTED, Center, CenterId, Millis, QueueId, SessionId},
    live::{Eyes, Signal},
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// An estimate that is worse by less than one in so many of it isn't told: it will change back.
const JITTER: Millis = 10;

/// Customers' watches at this node.
#[derive(Clone, Default)]
pub(super) struct Waits(Arc<Mutex<HashMap<CenterId, Watched>>>);

/// One center's.
#[derive(Default)]
struct Watched {
    sessions: HashMap<SessionId, Watch>,
    /// The center's commit number when it was looked at last: while it stands still, so do those who wait.
    seq: Option<u64>,
}

/// A session that a customer watches.
#[derive(Default)]
struct Watch {
    streams: usize,
    told: Option<Standing>,
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Standing {
    queue: QueueId,
    place: usize,
    estimate: Option<Millis>,
}

/// A customer's watch, while it is open.
pub(super) struct Watching {
    waits: Waits,
    center: CenterId,
    session: SessionId,
}

impl Waits {
    fn lock(&self) -> MutexGuard<'_, HashMap<CenterId, Watched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A customer watches a session from now on: whoever opens the page again is told again.
    pub(super) fn watch(&self, center: &CenterId, session: SessionId) -> Box<Watching> {
        let mut all = self.lock();
        let watched = all.entry(center.clone()).or_default();
        watched.seq = None;
        let watch = watched.sessions.entry(session).or_default();
        watch.streams += 1;
        watch.told = None;
        drop(all);
        Box::new(Watching { waits: self.clone(), center: center.clone(), session })
    }

    /// Of those who wait, the watched ones, unless nothing has happened since.
    fn standings(&self, center: &Center) -> Option<Vec<(SessionId, Standing)>> {
        let mut all = self.lock();
        let watched = all.get_mut(&center.id)?;
        if watched.seq.replace(center.seq) == Some(center.seq) {
            return None;
        }
        let mut found = Vec::new();
        for (queue, places) in &center.index().waiting {
            let waits = center.waits.get(queue);
            for (before, place) in places.iter().enumerate() {
                if watched.sessions.contains_key(&place.session) {
                    let place_from_one = (before + 1).min(COUNTED);
                    let estimate = waits.and_then(|waits| waits.estimate(before + 1));
                    found.push((place.session, Standing { queue: queue.clone(), place: place_from_one, estimate }));
                }
            }
        }
        Some(found)
    }

    /// What there is to tell of how they stand now.
    fn news(&self, center: &CenterId, now: Vec<(SessionId, Standing)>) -> Vec<(SessionId, pb::WaitStatus)> {
        let mut all = self.lock();
        let Some(watched) = all.get_mut(center) else { return Vec::new() };
        let waiting: HashSet<SessionId> = now.iter().map(|(session, _)| *session).collect();
        // Who waits no longer, and then again, is told anew.
        let gone = watched.sessions.iter_mut().filter(|(session, _)| !waiting.contains(*session));
        gone.for_each(|(_, watch)| watch.told = None);
        let mut news = Vec::new();
        for (session, standing) in now {
            let Some(watch) = watched.sessions.get_mut(&session) else { continue };
            if let Some(change) = standing.compared_with(watch.told.as_ref()) {
                news.push((session, standing.told(change)));
                watch.told = Some(standing);
            }
        }
        news
    }
}

impl Standing {
    /// Why it is worth telling: not at all, or because it got worse in some way, or otherwise.
    fn compared_with(&self, told: Option<&Self>) -> Option<WaitChange> {
        let Some(told) = told else { return Some(WaitChange::Unspecified) };
        if self == told {
            return None;
        }
        if self.queue != told.queue {
            return Some(WaitChange::Moved);
        }
        if self.place > told.place {
            return Some(WaitChange::OthersFirst);
        }
        match (self.estimate, told.estimate) {
            (Some(now), Some(before)) if now > before + before / JITTER => Some(WaitChange::Slower),
            (Some(now), Some(before)) if now > before && self.place == told.place => None,
            _ => Some(WaitChange::Unspecified),
        }
    }

    fn told(&self, change: WaitChange) -> pb::WaitStatus {
        pb::WaitStatus {
            queue_id: self.queue.to_string(),
            position: self.place as i32,
            estimated_wait: self.estimate.map(to_pb::duration),
            change: change.into(),
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let mut all = self.waits.lock();
        let Some(watched) = all.get_mut(&self.center) else { return };
        if let Some(watch) = watched.sessions.get_mut(&self.session) {
            watch.streams -= 1;
            if watch.streams == 0 {
                watched.sessions.remove(&self.session);
            }
        }
        if watched.sessions.is_empty() {
            all.remove(&self.center);
        }
    }
}

/// Looks at all centers with customers' watches, for ever.
pub async fn tell_waits(edge: Arc<Edge>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let centers: Vec<CenterId> = edge.waits.lock().keys().cloned().collect();
        for center in centers {
            let waits = edge.waits.clone();
            let shard = edge.shards.of(&center);
            let Ok(Some(now)) = shard.handle.read_here(&center, move |center, _| waits.standings(center)).await else {
                continue;
            };
            for (session, status) in edge.waits.news(&center, now) {
                let bytes = frames::wait_status(status).0.to_vec();
                // Staff's is empty: to them it says nothing.
                let signal = Signal {
                    from: Eyes::Other,
                    audience: Audience::Everyone,
                    bytes: Vec::new(),
                    public: Some(bytes.into()),
                };
                shard.feed.show(session, signal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(place: usize, estimate: Option<Millis>) -> Standing {
        Standing { queue: QueueId::parse("sales").unwrap(), place, estimate }
    }

    #[test]
    fn what_gets_worse_gives_its_reason_and_what_stays_is_not_told() {
        let told = standing(3, Some(60_000));
        let change = |now: Standing| now.compared_with(Some(&told));
        assert_eq!(told.compared_with(None), Some(WaitChange::Unspecified));
        assert_eq!(change(told.clone()), None);
        assert_eq!(change(standing(2, Some(40_000))), Some(WaitChange::Unspecified));
        assert_eq!(change(standing(4, Some(80_000))), Some(WaitChange::OthersFirst));
        assert_eq!(change(standing(3, Some(90_000))), Some(WaitChange::Slower));
        assert_eq!(change(standing(3, Some(61_000))), None, "it will change back");
        let elsewhere = Standing { queue: QueueId::parse("support").unwrap(), ..standing(1, None) };
        assert_eq!(change(elsewhere), Some(WaitChange::Moved));
    }

    #[test]
    fn who_opens_the_page_again_is_told_again_and_who_left_costs_nothing() {
        let (waits, center) = (Waits::default(), CenterId::parse("acme").unwrap());
        let session = SessionId::from_bytes([1; 16]);
        let first = waits.watch(&center, session);
        let news = |waits: &Waits| waits.news(&center, vec![(session, standing(2, None))]).len();
        assert_eq!((news(&waits), news(&waits)), (1, 0));
        let second = waits.watch(&center, session);
        assert_eq!(news(&waits), 1);
        drop((first, second));
        assert!(waits.lock().is_empty());
    }
}
