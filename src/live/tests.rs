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
