use tokio::time::Duration;

use super::{
    super::{WatchEnd, WatchEvent, follow::Cut, session_follow::SessionFollow},
    fake::{Fake, Opening, Then, all, broken, open},
};
use crate::{
    Error, ErrorKind,
    generated::{
        CaughtUp, Event, Goodbye, GoodbyeReason, MessagePosted, Session, SessionClosed, SessionEnded, SessionEvents,
        SessionState, WatchOpened, WatchRequest, WatchResponse, event, watch_response::Kind,
    },
};

pub(super) fn follow(after: Option<u64>) -> SessionFollow {
    SessionFollow::new(WatchRequest { session_id: "s".into(), after_revision: after, ..Default::default() })
}

fn message(kind: Kind) -> WatchResponse {
    WatchResponse { kind: Some(kind) }
}

pub(super) fn opened(revision: u64) -> WatchResponse {
    let second = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    let (lease, heartbeat_interval) = (second(25), second(20));
    message(Kind::Opened(WatchOpened { stream_id: "1".into(), revision, lease, heartbeat_interval, session: None }))
}

fn events(events: impl IntoIterator<Item = (u64, event::Kind)>) -> WatchResponse {
    let event = |(revision, kind)| Event { revision, center_seq: 7, kind: Some(kind), ..Default::default() };
    let events = events.into_iter().map(event).collect();
    message(Kind::Events(SessionEvents { session_id: "s".into(), events }))
}

pub(super) fn said(revisions: impl IntoIterator<Item = u64>) -> WatchResponse {
    let say = |revision| (revision, event::Kind::MessagePosted(MessagePosted::default()));
    events(revisions.into_iter().map(say))
}

pub(super) fn closed(revision: u64) -> WatchResponse {
    events([(revision, event::Kind::SessionClosed(SessionClosed {}))])
}

fn goodbye(reason: GoodbyeReason, resume_after_revision: u64) -> WatchResponse {
    message(Kind::Goodbye(Goodbye { reason: reason.into(), resume_after_revision }))
}

/// The script's outcome: the revisions delivered, the end, and where each opening started.
async fn check(
    start: Option<u64>,
    script: Vec<Opening<WatchResponse>>,
) -> (Vec<u64>, Result<WatchEnd, ErrorKind>, Vec<Option<u64>>) {
    let fake = Fake::new(script);
    let (mut revisions, mut end) = (Vec::new(), None);
    for item in all(open(follow(start), &fake).await.unwrap()).await {
        match item {
            Ok(WatchEvent::Event(event)) => revisions.push(event.revision),
            Ok(WatchEvent::Ended(why)) => end = Some(Ok(why)),
            Ok(_) => {}
            Err(error) => end = Some(Err(error.kind())),
        }
    }
    let starts = fake.requests().into_iter().map(|request| request.after_revision).collect();
    (revisions, end.expect("a stream says why it ends"), starts)
}

const ENDED: Result<WatchEnd, ErrorKind> = Ok(WatchEnd::SessionEnded);

#[tokio::test(start_paused = true)]
async fn a_cut_stream_resumes_after_the_last_event() {
    let script = vec![
        Opening::Stream(vec![opened(2), said([1, 2])], Then::Break(broken())),
        Opening::Refused(broken()),
        Opening::Stream(vec![opened(3), said([3]), closed(4)], Then::Close),
    ];
    assert_eq!(check(Some(0), script).await, (vec![1, 2, 3, 4], ENDED, vec![Some(0), Some(2), Some(2)]));
}

#[tokio::test(start_paused = true)]
async fn repeats_are_left_out() {
    let script = vec![
        Opening::Stream(vec![opened(2), said([1, 2])], Then::Break(broken())),
        Opening::Stream(vec![opened(2), said([1, 2, 3]), closed(4)], Then::Close),
    ];
    assert_eq!(check(Some(0), script).await.0, [1, 2, 3, 4]);
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_asked_for_again() {
    let script = vec![
        Opening::Stream(vec![opened(3), said([1, 3])], Then::Silence),
        Opening::Stream(vec![opened(3), said([2, 3]), closed(4)], Then::Close),
    ];
    assert_eq!(check(Some(0), script).await, (vec![1, 2, 3, 4], ENDED, vec![Some(0), Some(1)]));
}

#[tokio::test(start_paused = true)]
async fn a_gap_that_stays_is_an_error() {
    let script = (0..3).map(|_| Opening::Stream(vec![opened(3), said([3])], Then::Silence)).collect();
    let (revisions, end, starts) = check(Some(1), script).await;
    assert_eq!((revisions, end), (vec![], Err(ErrorKind::DataLoss)));
    assert_eq!(starts, [Some(1); 3]);
}

#[tokio::test(start_paused = true)]
async fn being_caught_up_beyond_what_came_is_a_gap() {
    let caught_up = message(Kind::CaughtUp(CaughtUp { revision: 2 }));
    let script = vec![
        Opening::Stream(vec![opened(2), said([1]), caught_up], Then::Silence),
        Opening::Stream(vec![opened(2), said([2]), closed(3)], Then::Close),
    ];
    assert_eq!(check(Some(0), script).await.2, [Some(0), Some(1)]);
}

#[tokio::test(start_paused = true)]
async fn from_now_on_starts_where_the_stream_opened() {
    let script = vec![
        Opening::Stream(vec![opened(5)], Then::Break(broken())),
        Opening::Stream(vec![opened(6), said([6]), closed(7)], Then::Close),
    ];
    assert_eq!(check(None, script).await, (vec![6, 7], ENDED, vec![None, Some(5)]));
}

#[tokio::test(start_paused = true)]
async fn goodbyes_are_followed_by_another_opening() {
    let script = [
        GoodbyeReason::Draining,
        GoodbyeReason::SlowConsumer,
        GoodbyeReason::TokenExpiring,
        GoodbyeReason::LeaseLapsed,
        GoodbyeReason::Revoked,
    ];
    let script = script.map(|reason| Opening::Stream(vec![opened(0), goodbye(reason, 0)], Then::Close));
    let end = Opening::Stream(vec![opened(0), closed(1)], Then::Close);
    let fake = Fake::new(script.into_iter().chain([end]));
    all(open(follow(Some(0)), &fake).await.unwrap()).await;
    let cuts = fake.cuts.lock().unwrap().clone();
    assert_eq!(cuts, [Cut::Draining, Cut::Broken, Cut::Token, Cut::Broken, Cut::Token]);
}

#[tokio::test(start_paused = true)]
async fn leaving_ends_the_stream() {
    let left = goodbye(GoodbyeReason::LeftSession, 1);
    let script = vec![Opening::Stream(vec![opened(1), said([1]), left], Then::Close)];
    assert_eq!(check(Some(0), script).await, (vec![1], Ok(WatchEnd::LeftSession), vec![Some(0)]));
}

#[tokio::test(start_paused = true)]
async fn a_customers_stream_ends_with_the_session() {
    let end =
        Event { revision: 1, kind: Some(event::Kind::SessionEnded(SessionEnded::default())), ..Default::default() };
    let end = message(Kind::Events(SessionEvents { session_id: "s".into(), events: vec![end] }));
    let script = vec![Opening::Stream(vec![opened(1), end], Then::Close)];
    assert_eq!(check(Some(0), script).await, (vec![1], ENDED, vec![Some(0)]));
}

#[tokio::test(start_paused = true)]
async fn an_end_that_nothing_explains_is_looked_into() {
    let session = Some(Session { state: SessionState::Closed.into(), ..Default::default() });
    let over = WatchOpened { stream_id: "2".into(), revision: 3, session, ..Default::default() };
    let fake = Fake::new([
        Opening::Stream(vec![opened(3)], Then::Close),
        Opening::Stream(vec![message(Kind::Opened(over))], Then::Close),
    ]);
    let items = all(open(follow(Some(3)), &fake).await.unwrap()).await;
    assert!(matches!(items.last(), Some(Ok(WatchEvent::Ended(WatchEnd::SessionEnded)))));
    assert_eq!(fake.requests().iter().map(|request| request.snapshot).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_longer_kept_is_said() {
    let script = [
        Opening::Stream(vec![opened(1), said([1]), goodbye(GoodbyeReason::PositionCompacted, 0)], Then::Close),
        Opening::Stream(vec![opened(9), closed(10)], Then::Close),
    ];
    let fake = Fake::new(script);
    let items = all(open(follow(Some(0)), &fake).await.unwrap()).await;
    let continuity = items.iter().filter_map(|item| match item {
        Ok(WatchEvent::Opened { continuous, .. }) => Some(*continuous),
        _ => None,
    });
    assert_eq!(continuity.collect::<Vec<_>>(), [true, false]);
    assert_eq!(fake.requests()[1].after_revision, None);
}

#[tokio::test(start_paused = true)]
async fn a_permanent_refusal_ends_the_stream() {
    let forbidden = || Error::new(ErrorKind::PermissionDenied, "no");
    let script =
        vec![Opening::Stream(vec![opened(1), said([1])], Then::Break(broken())), Opening::Refused(forbidden())];
    assert_eq!(check(Some(0), script).await, (vec![1], Err(ErrorKind::PermissionDenied), vec![Some(0), Some(1)]));
    let refused = open(follow(None), &Fake::new([Opening::Refused(forbidden())])).await;
    assert_eq!(refused.map(drop).map_err(|error| error.kind()), Err(ErrorKind::PermissionDenied));
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_takes_their_time_misses_nothing() {
    let script = [
        Opening::Stream(vec![opened(500), said(1..=500)], Then::Break(broken())),
        Opening::Stream(vec![opened(501), closed(501)], Then::Close),
    ];
    let fake = Fake::new(script);
    let mut watch = open(follow(Some(0)), &fake).await.unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;
    let mut revisions = Vec::new();
    while let Some(item) = watch.next().await {
        if let WatchEvent::Event(event) = item.unwrap() {
            revisions.push(event.revision);
        }
    }
    assert_eq!(revisions, (1..=501).collect::<Vec<_>>());
}
