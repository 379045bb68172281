//! Cursors on a feed that is fed by hand.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use tokio::time::timeout;

use super::*;
use crate::{
    center::{
        Access, AgentConfig, AgentId, Audience, By, CenterChange, CenterId, Event, Happened, LeaveReason, Record,
        RequestId, SessionEvent, SessionId, Text, Time,
    },
    journal::{BoxFuture, ReadError, memory::Memory},
    shard::{Committed, Observer, Places},
};

/// Messages are the numbers of their events.
struct Numbers;

impl Render for Numbers {
    fn events(&self, commit: &SessionCommit, audience: Audience, after: u32) -> Bytes {
        let numbers = commit.events(audience).map(|event| event.number(audience)).filter(|number| *number > after);
        numbers.map(|number| number as u8).collect::<Vec<_>>().into()
    }
}

impl Past for Numbers {
    fn commits(
        &self,
        _: SessionId,
        _: Audience,
        _: u32,
        _: Option<u32>,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<SessionCommit>>, ReadError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// What takes longer hangs.
const BOUND: Duration = Duration::from_secs(10);

const SESSION: SessionId = SessionId::from_bytes([5; 16]);

fn ann() -> AgentId {
    AgentId::parse("ann").unwrap()
}

struct Fed {
    feed: Arc<Feed>,
    position: Mutex<u64>,
}

fn given() -> Fed {
    let feed = Feed::new(Arc::new(Memory::new(1)), Arc::new(Numbers), Arc::new(Numbers), None);
    Fed { feed, position: Mutex::new(0) }
}

impl Fed {
    /// A commit with one event, which becomes durable.
    fn happens(&self, what: Happened) {
        let mut position = self.position.lock().unwrap();
        *position += 1;
        let revision = *position as u32;
        let event =
            SessionEvent { session: SESSION, revision, public: Some(revision), by: By::Customer, via: None, what };
        let center = CenterId::parse("acme").unwrap();
        let record = Record { center, seq: *position, time: Time(1), events: vec![Event::Session(event)] };
        let (position, time) = (*position, Time(1));
        let committed = Committed { position, time, leader: None, records: vec![record], texts: Vec::new() };
        self.feed.durable(&Arc::new(committed));
    }

    fn said(&self) {
        let text = Text { position: 1, item: 0, len: 0 };
        let message = RequestId::parse("m").unwrap();
        self.happens(Happened::Posted { message, fingerprint: None, text, quoted: None, more: None });
    }

    fn left(&self) {
        let (agent, name) = (ann(), "Ann".into());
        self.happens(Happened::Left { participant: 1, agent, name, reason: LeaveReason::Left });
    }

    /// Ann's view of the session, from behind `after`, as she opens it while she is connected.
    fn opened(&self, after: u32) -> Cursor {
        let access = Access { audience: Audience::Staff, until: None, ends_on_leaving: true };
        let last = *self.position.lock().unwrap() as u32;
        self.feed.cursor(SESSION, access, Start { after, last, over: false }, Eyes::Agent(ann()))
    }
}

/// The numbers that a cursor brings, until it's over.
async fn all(cursor: &mut Cursor) -> (Vec<u8>, Over) {
    let mut seen = Vec::new();
    loop {
        let step = poll_fn(|context| cursor.poll_step(context));
        match timeout(BOUND, step).await.expect("it should have come to its end") {
            Step::Events(numbers, _) => seen.extend(numbers),
            Step::Over(over) => return (seen, over),
            Step::Failed(error) => panic!("{error}"),
            Step::CaughtUp(_) | Step::Beat(_) | Step::Signal(_) => {}
        }
    }
}

#[tokio::test]
async fn who_left_sees_nothing_behind_their_leaving_however_far_behind_they_are() {
    for late in [false, true] {
        let fed = given();
        (0..3).for_each(|_| fed.said());
        let mut ann = fed.opened(if late { 0 } else { 3 });
        fed.left();
        (0..3).for_each(|_| fed.said());
        let seen: Vec<u8> = if late { (1..=4).collect() } else { vec![4] };
        assert_eq!(all(&mut ann).await, (seen, Over::Left), "late: {late}");
    }
}

#[tokio::test]
async fn who_came_back_sees_the_leaving_and_all_behind_it() {
    let fed = given();
    fed.said();
    fed.left();
    (0..3).for_each(|_| fed.said());
    let mut ann = fed.opened(0);
    fed.left();
    fed.said();
    assert_eq!(all(&mut ann).await, ((1..=6).collect(), Over::Left));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_comes_while_the_last_one_goes_is_told_what_follows() {
    let fed = Arc::new(given());
    fed.said();
    for _ in 0..2_000 {
        let last = *fed.position.lock().unwrap() as u32;
        let goes = fed.opened(last);
        let going = tokio::spawn(async move { drop(goes) });
        let mut comes = fed.opened(last);
        going.await.unwrap();
        fed.said();
        let seen = poll_fn(|context| match comes.poll_step(context) {
            std::task::Poll::Ready(Step::CaughtUp(_)) => comes.poll_step(context),
            other => other,
        });
        let seen = timeout(BOUND, seen).await;
        assert!(matches!(seen, Ok(Step::Events(..))), "it waits where nobody rings any more");
    }
}

#[test]
fn a_desk_hears_of_what_is_set_for_its_agent_and_for_all() {
    let fed = given();
    let acme = CenterId::parse("acme").unwrap();
    let bells = ["acme", "other"].map(|center| fed.feed.bell(&CenterId::parse(center).unwrap(), &ann()));
    let rung = || bells.each_ref().map(|bell| bell.rings());
    let bob = AgentId::parse("bob").unwrap();
    let put = |id: AgentId| CenterChange::AgentPut(Box::new(AgentConfig::new(id, "A".into())));
    for (seq, (change, rings)) in
        [(put(bob), 0), (put(ann()), 1), (CenterChange::SettingsPut(Box::default()), 2)].into_iter().enumerate()
    {
        let record =
            Record { center: acme.clone(), seq: seq as u64, time: Time(1), events: vec![Event::Center(change)] };
        let (position, time) = (seq as u64 + 1, Time(1));
        let committed = Committed { position, time, leader: None, records: vec![record], texts: Vec::new() };
        fed.feed.durable(&Arc::new(committed));
        assert_eq!(rung(), [rings, 0]);
    }
}

#[tokio::test]
async fn who_watches_while_a_snapshot_passes_batches_over_is_told() {
    // Given a watcher of a session that has gone on, and ended, in batches that only a snapshot knows.
    let fed = given();
    fed.said();
    let mut ann = fed.opened(1);
    let caught_up = poll_fn(|context| ann.poll_step(context)).await;
    assert!(matches!(caught_up, Step::CaughtUp(1)));
    // When the fold starts over behind them, and the session isn't in the log any more.
    fed.feed.restored(9, &Places::default());
    // Then the watcher has to watch it anew, and doesn't wait for what never comes.
    let told = timeout(BOUND, poll_fn(|context| ann.poll_step(context))).await;
    assert!(matches!(told, Ok(Step::Failed(ReadError::Unavailable(_)))), "{told:?}");
}

/// A feed that has seen a log of three centers, as a start leaves it: all of it in the journal, nothing in memory.
async fn started(batches: u64, mut random: rand::rngs::StdRng) -> (Arc<Feed>, Arc<Memory>, [Vec<u64>; 3]) {
    use rand::RngExt;
    let journal = Arc::new(Memory::new(1));
    let mut positions = [const { Vec::new() }; 3];
    for position in 1..=batches {
        let mut payload = minicbor::Encoder::new(Vec::new());
        payload.u8(1).unwrap().encode(Time(position)).unwrap().null().unwrap();
        for _ in 0..random.random_range(0..4) {
            // The last one has few.
            let which = [0, 0, 0, 1, 1, 1, 1, 0, 0, 2][random.random_range(0..10)];
            let own = &mut positions[which];
            own.push(position);
            let change = Event::Center(CenterChange::AgentDeleted(ann()));
            let record = Record { center: center(which), seq: own.len() as u64, time: Time(1), events: vec![change] };
            payload.encode(record).unwrap();
        }
        let batch = crate::journal::Batch { payload: payload.into_writer().into(), content: Vec::new() };
        crate::journal::Journal::append(&*journal, position - 1, batch).await.unwrap();
    }
    let feed = Feed::new(journal.clone(), Arc::new(Numbers), Arc::new(Numbers), None);
    feed.restored(batches, &Places::default());
    (feed, journal, positions)
}

fn center(which: usize) -> CenterId {
    CenterId::parse(["busy", "calm", "quiet"][which]).unwrap()
}

/// The commits that a cursor brings before it is caught up.
async fn commits(cursor: &mut CenterCursor) -> Vec<u64> {
    let mut seen = Vec::new();
    loop {
        match timeout(BOUND, cursor.step()).await.expect("it should have come").unwrap() {
            CenterStep::Commits(found) => seen.extend(found.iter().map(|commit| commit.record().seq)),
            CenterStep::CaughtUp => return seen,
            CenterStep::Draining => panic!("nobody drains"),
        }
    }
}

#[tokio::test]
async fn a_center_is_followed_from_any_commit_that_is_kept_and_from_no_other() {
    use rand::{RngExt, SeedableRng};
    for seed in 0..20 {
        let mut random = rand::rngs::StdRng::seed_from_u64(seed);
        let (feed, journal, positions) = started(300, rand::rngs::StdRng::seed_from_u64(seed + 100)).await;
        for dropped in [1, random.random_range(1..300)] {
            crate::journal::Journal::drop_before(&*journal, dropped).await.unwrap();
            for (which, positions) in positions.iter().enumerate() {
                let last = positions.len() as u64;
                let oldest = positions.iter().filter(|position| **position < dropped).count() as u64;
                for after in [0, oldest.saturating_sub(1), oldest, random.random_range(0..=last), last] {
                    let followed = feed.following(&center(which)).behind(after, last).await;
                    match followed {
                        Ok(mut cursor) if after >= oldest => {
                            let seen = commits(&mut cursor).await;
                            assert_eq!(seen, (after + 1..=last).collect::<Vec<_>>(), "seed {seed}: from {after}");
                        }
                        Err(NotFollowed::Compacted(told)) => {
                            assert!(after < oldest, "seed {seed}: {after} of {oldest} is kept");
                            assert_eq!(told, oldest, "seed {seed}");
                        }
                        Ok(_) => panic!("seed {seed}: {after} isn't kept, {oldest} is the oldest"),
                        Err(NotFollowed::Failed(error)) => panic!("seed {seed}: {error}"),
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn who_follows_a_center_misses_nothing_that_happens_while_they_come() {
    let fed = Arc::new(given());
    fed.said();
    let acme = CenterId::parse("acme").unwrap();
    // Given a commit between the look at the end and the first step, and one between the two halves of coming.
    let following = fed.feed.following(&acme);
    fed.said();
    let mut cursor = following.behind(1, 1).await.unwrap();
    fed.said();
    assert_eq!(commits(&mut cursor).await, [2, 3]);
    // When it waits, then what happens elsewhere doesn't wake it, and what happens here does.
    let waiting = tokio::spawn(async move {
        let step = cursor.step().await.unwrap();
        (matches!(&step, CenterStep::Commits(found) if found[0].record().seq == 4), cursor)
    });
    tokio::task::yield_now().await;
    fed.said();
    let (brought, mut cursor) = timeout(BOUND, waiting).await.unwrap().unwrap();
    assert!(brought);
    // And who was passed over is told.
    fed.feed.restored(90, &Places::default());
    assert!(matches!(cursor.step().await, Err(ReadError::Unavailable(_))));
}
