use super::{
    super::{DeskEvent, WatchEnd, desk_follow::DeskFollow, follow::Cut},
    fake::{Fake, Opening, Then, all, broken, open},
};
use crate::generated::{
    AgentState, CaughtUp, Desk, DeskOpened, Event, Goodbye, GoodbyeReason, MessagePosted, Participant,
    ParticipantJoined, ParticipantLeft, Session, SessionEvents, WatchDeskResponse, event::Kind as EventKind,
    watch_desk_response::Kind,
};

fn message(kind: Kind) -> WatchDeskResponse {
    WatchDeskResponse { kind: Some(kind) }
}

fn opened(sessions: &[&str]) -> WatchDeskResponse {
    let session = |id: &&str| Session { session_id: (*id).to_owned(), ..Default::default() };
    let desk = Desk {
        state: Some(AgentState { agent_id: "ada".into(), ..Default::default() }),
        sessions: sessions.iter().map(session).collect(),
        ..Default::default()
    };
    message(Kind::Opened(DeskOpened { stream_id: "1".into(), desk: Some(desk), ..Default::default() }))
}

/// Events of a session: revision, commit, kind.
fn events(session_id: &str, events: impl IntoIterator<Item = (u64, u64, EventKind)>) -> WatchDeskResponse {
    let event = |(revision, center_seq, kind)| Event { revision, center_seq, kind: Some(kind), ..Default::default() };
    let events = events.into_iter().map(event).collect();
    message(Kind::Events(SessionEvents { session_id: session_id.to_owned(), events }))
}

fn said() -> EventKind {
    EventKind::MessagePosted(MessagePosted::default())
}

fn joined(agent_id: &str) -> EventKind {
    let participant = Some(Participant { agent_id: agent_id.into(), ..Default::default() });
    EventKind::ParticipantJoined(ParticipantJoined { participant, cause: 0 })
}

fn left(agent_id: &str) -> EventKind {
    let participant = Some(Participant { agent_id: agent_id.into(), ..Default::default() });
    EventKind::ParticipantLeft(ParticipantLeft { participant, reason: 0 })
}

fn signed_out() -> WatchDeskResponse {
    message(Kind::Goodbye(Goodbye { reason: GoodbyeReason::SignedOut.into(), resume_after_revision: 0 }))
}

type Positions = Vec<(String, u64)>;

/// The script's outcome: the events delivered, and the positions that each opening named.
async fn check(script: Vec<Opening<WatchDeskResponse>>) -> (Positions, Vec<Positions>) {
    let fake = Fake::new(script);
    let items = all(open(DeskFollow::new(None, Vec::new(), Vec::new()), &fake).await.unwrap()).await;
    assert!(matches!(items.last(), Some(Ok(DeskEvent::Ended(WatchEnd::SignedOut)))), "{:?}", items.last());
    let delivered = items.into_iter().filter_map(|item| match item {
        Ok(DeskEvent::SessionEvent { session_id, event }) => Some((session_id, event.revision)),
        _ => None,
    });
    let named = |request: crate::generated::WatchDeskRequest| {
        request.positions.into_iter().map(|position| (position.session_id, position.after_revision)).collect()
    };
    (delivered.collect(), fake.requests().into_iter().map(named).collect())
}

fn at(positions: &[(&str, u64)]) -> Positions {
    positions.iter().map(|(id, revision)| ((*id).to_owned(), *revision)).collect()
}

#[tokio::test(start_paused = true)]
async fn each_session_resumes_where_it_was() {
    let (delivered, named) = check(vec![
        Opening::Stream(
            vec![opened(&["a"]), events("a", [(4, 1, joined("ada"))]), events("b", [(9, 2, joined("ada"))])],
            Then::Break(broken()),
        ),
        Opening::Stream(
            vec![opened(&["a", "b"]), events("a", [(4, 1, said()), (5, 3, said())]), signed_out()],
            Then::Close,
        ),
    ])
    .await;
    assert_eq!(delivered, at(&[("a", 4), ("b", 9), ("a", 5)]));
    assert_eq!(named, [at(&[]), at(&[("a", 4), ("b", 9)])]);
}

#[tokio::test(start_paused = true)]
async fn a_session_left_is_forgotten_with_the_whole_commit() {
    let (delivered, named) = check(vec![
        Opening::Stream(
            vec![
                opened(&["a"]),
                events("a", [(4, 1, joined("ada")), (5, 2, left("bob")), (6, 3, left("ada")), (7, 3, said())]),
            ],
            Then::Break(broken()),
        ),
        Opening::Stream(vec![opened(&[]), signed_out()], Then::Close),
    ])
    .await;
    assert_eq!(delivered, at(&[("a", 4), ("a", 5), ("a", 6), ("a", 7)]));
    assert_eq!(named[1], at(&[]));
}

#[tokio::test(start_paused = true)]
async fn a_gap_in_one_session_is_asked_for_again() {
    let (delivered, named) = check(vec![
        Opening::Stream(vec![opened(&["a"]), events("a", [(1, 1, said()), (3, 3, said())])], Then::Silence),
        Opening::Stream(vec![opened(&["a"]), events("a", [(2, 2, said()), (3, 3, said())]), signed_out()], Then::Close),
    ])
    .await;
    assert_eq!(delivered, at(&[("a", 1), ("a", 2), ("a", 3)]));
    assert_eq!(named[1], at(&[("a", 1)]));
}

#[tokio::test(start_paused = true)]
async fn joining_again_starts_anew() {
    let (delivered, _) = check(vec![Opening::Stream(
        vec![
            opened(&["a"]),
            events("a", [(1, 1, joined("ada")), (2, 2, said())]),
            events("a", [(8, 9, said()), (9, 9, joined("ada"))]),
            signed_out(),
        ],
        Then::Close,
    )])
    .await;
    assert_eq!(delivered, at(&[("a", 1), ("a", 2), ("a", 8), ("a", 9)]));
}

#[tokio::test(start_paused = true)]
async fn what_the_desk_has_no_more_is_forgotten_once_caught_up() {
    let caught_up = || message(Kind::CaughtUp(CaughtUp::default()));
    let (_, named) = check(vec![
        Opening::Stream(vec![opened(&["a"]), events("a", [(1, 1, joined("ada"))])], Then::Break(broken())),
        Opening::Stream(vec![opened(&[]), caught_up()], Then::Break(broken())),
        Opening::Stream(vec![opened(&[]), signed_out()], Then::Close),
    ])
    .await;
    assert_eq!(named, [at(&[]), at(&[("a", 1)]), at(&[])]);
}

#[tokio::test(start_paused = true)]
async fn a_desk_stream_ends_only_with_the_signing_out() {
    let drained = message(Kind::Goodbye(Goodbye { reason: GoodbyeReason::Draining.into(), ..Default::default() }));
    let fake = Fake::new([
        Opening::Stream(vec![opened(&[]), drained], Then::Close),
        Opening::Stream(vec![opened(&[])], Then::Close),
        Opening::Stream(vec![opened(&[]), signed_out()], Then::Close),
    ]);
    let items = all(open(DeskFollow::new(None, Vec::new(), Vec::new()), &fake).await.unwrap()).await;
    let openings = items.iter().filter(|item| matches!(item, Ok(DeskEvent::Opened(_)))).count();
    assert_eq!(openings, 3);
    assert_eq!(*fake.cuts.lock().unwrap(), [Cut::Draining, Cut::Broken]);
}
