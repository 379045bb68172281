//! What integrators see of a center: everything, in order, once.

use chatsession::grpc::{auth::Role, pb};
use chatsession_sdk::{AuditKind, CenterEvent, CenterWatch, Commit, Event, EventKind, FeedEvent, Reason};

use crate::{
    web::{call_as, called},
    world::{World, ended, said, soon},
};

/// The commits up to one that has what is wanted.
async fn until(feed: &mut CenterWatch, wanted: impl Fn(&CenterEvent) -> bool) -> Vec<Commit> {
    let mut seen = Vec::new();
    loop {
        if let FeedEvent::Commit(commit) = soon(feed.next()).await.expect("the feed closed").unwrap() {
            let found = commit.events.iter().any(&wanted);
            seen.push(commit);
            if found {
                return seen;
            }
        }
    }
}

fn is_end(event: &CenterEvent) -> bool {
    matches!(event, CenterEvent::SessionHappened { event, .. } if matches!(event.kind, EventKind::SessionEnded { .. }))
}

#[tokio::test]
async fn a_feed_has_every_event_of_every_session_and_what_else_is_accounted_for() {
    let world = World::new().await;
    let (mut mia, ann) = world.attended().await;
    ann.on(&mia.session).whisper("look at the order").send().await.unwrap();
    mia.session.say("hello").send().await.unwrap();
    let carla = world.agent("carla", false).await;
    carla.on(&mia.session).monitor().send().await.unwrap();
    ann.on(&mia.session).end().send().await.unwrap();
    mia.sees(ended).await;
    // When the feed is read from its beginning,
    let backend = world.integrator().await;
    let mut feed = backend.watch_center().after(0).open().await.unwrap();
    let FeedEvent::Opened { center_seq, .. } = soon(feed.next()).await.unwrap().unwrap() else { panic!("not opened") };
    let seen = until(&mut feed, is_end).await;
    // then its commits are in order, and the session's events are all there,
    assert!(seen.windows(2).all(|pair| pair[0].center_seq < pair[1].center_seq));
    assert!(seen.last().unwrap().center_seq <= center_seq);
    let events = seen.iter().flat_map(|commit| &commit.events);
    let of_session = events.clone().filter_map(|event| match event {
        CenterEvent::SessionHappened { session_id, event, .. } if session_id == mia.session.id() => {
            Some(Event::clone(event))
        }
        _ => None,
    });
    let of_session: Vec<_> = of_session.collect();
    assert_eq!(of_session, world.log(&mia.session).await[..of_session.len()]);
    assert!(
        of_session
            .iter()
            .any(|event| matches!(&event.kind, EventKind::MessagePosted { text, .. } if text == "look at the order"))
    );
    // and so are agents' states and the supervisor's look.
    assert!(
        events
            .clone()
            .any(|event| matches!(event, CenterEvent::AgentStateChanged { agent_id, .. } if agent_id == "ann"))
    );
    assert!(events.clone().any(|event| {
        matches!(event, CenterEvent::AuditRecorded { kind: AuditKind::MonitoringStarted, actor, subject_id, .. }
            if actor.id.as_deref() == Some("carla") && subject_id.as_deref() == Some(mia.session.id()))
    }));
}

#[tokio::test]
async fn a_feed_goes_on_where_it_was_over_restarts() {
    let mut world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    let backend = world.integrator().await;
    // Given a feed that is open all the time, and one that stores where it is.
    let mut open = backend.watch_center().after(0).open().await.unwrap();
    let mut stored = backend.watch_center().after(0).open().await.unwrap();
    let FeedEvent::Opened { history_id, .. } = soon(stored.next()).await.unwrap().unwrap() else {
        panic!("not opened")
    };
    let first = until(&mut stored, |event| matches!(event, CenterEvent::AuditRecorded { .. })).await;
    let reached = first.last().unwrap().center_seq;
    drop(stored);
    // When the server starts anew amid the chat,
    for round in ["one", "two"] {
        world.stop().await;
        world.start().await;
        mia.session.say(round).send().await.unwrap();
        ann.sees(|event| said(if round == "one" { "one" } else { "two" })(event)).await;
    }
    mia.session.end().send().await.unwrap();
    // then both have had everything, once.
    let all = until(&mut open, is_end).await;
    let mut again = backend.watch_center().after(reached).history(&history_id).open().await.unwrap();
    let rest = until(&mut again, is_end).await;
    assert_eq!(all, [first, rest].concat());
}

#[tokio::test]
async fn a_feed_shows_what_is_asked_for_to_those_who_may() {
    let world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    let backend = world.integrator().await;
    let zoe = world.customer("zoe").await;
    zoe.session.say("me too").send().await.unwrap();
    mia.session.say("hello").send().await.unwrap();
    ann.sees(said("hello")).await;
    mia.session.end().send().await.unwrap();
    let kinds = ["message_posted", "session_ended"];
    let mut feed = backend.watch_center().after(0).kinds(kinds).sessions([mia.session.id()]).open().await.unwrap();
    let seen = until(&mut feed, is_end).await;
    let kinds: Vec<&EventKind> = seen
        .iter()
        .flat_map(|commit| &commit.events)
        .map(|event| match event {
            CenterEvent::SessionHappened { session_id, event, .. } => {
                assert_eq!(session_id, mia.session.id());
                &event.kind
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(matches!(kinds[..], [EventKind::MessagePosted { .. }, EventKind::SessionEnded { .. }]), "{kinds:?}");
    // Others are refused, and so are positions that can't be.
    let refused = async |watch: chatsession_sdk::WatchCenter| watch.open().await.unwrap_err().reason().cloned();
    assert_eq!(refused(ann.client.watch_center()).await, Some(Reason::RoleNotAllowed));
    assert_eq!(refused(backend.watch_center().after(1 << 40)).await, Some(Reason::PositionInFuture));
    assert_eq!(refused(backend.watch_center().after(0).history("another")).await, Some(Reason::HistoryReplaced));
    assert_eq!(refused(backend.watch_center().kinds(["message_sent"])).await, Some(Reason::FieldInvalid));
}

#[tokio::test]
async fn who_cannot_stream_waits_for_news() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let wait = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
    let backend = async |page: pb::ListCommitsRequest| {
        let answer = call_as(&world, Role::Integrator, "backend", "EventFeed/ListCommits", &page).await;
        called::<pb::ListCommitsResponse>(answer)
    };
    // Given all that is there, in small pages,
    let (mut after, mut pages) = (0, 0);
    loop {
        let page =
            backend(pb::ListCommitsRequest { after_center_seq: after, page_size: 3, ..Default::default() }).await;
        assert!(page.commits.len() <= 3 && page.center_seq >= after);
        (after, pages) = (page.center_seq, pages + 1);
        if !page.more {
            break;
        }
    }
    assert!(pages > 2);
    // when somebody asks on for one kind, and for one session, and waits,
    let filter = pb::EventFilter { kinds: vec!["message_posted".into()], session_ids: Vec::new() };
    let asked =
        pb::ListCommitsRequest { after_center_seq: after, filter: Some(filter), wait: wait(25), ..Default::default() };
    let revision = world.log(&mia.session).await.last().unwrap().revision;
    let events = pb::ListEventsRequest {
        session_id: mia.session.id().into(),
        after_revision: revision,
        wait: wait(25),
        ..Default::default()
    };
    let says = async {
        mia.session.typing().send().await.unwrap();
        mia.session.say("at last").send().await.unwrap();
    };
    let ((), page, events) = tokio::join!(
        says,
        backend(asked),
        call_as(&world, Role::Integrator, "backend", "ChatSession/ListEvents", &events),
    );
    // then what they wait for is told as it comes, and where to ask on.
    assert_eq!(page.commits.len(), 1);
    assert!(page.center_seq >= page.commits[0].center_seq && !page.more);
    assert_eq!(called::<pb::ListEventsResponse>(events).events[0].revision, revision + 1);
    let nothing = backend(pb::ListCommitsRequest { after_center_seq: page.center_seq, ..Default::default() }).await;
    assert_eq!((nothing.commits.len(), nothing.center_seq >= page.center_seq), (0, true));
}
