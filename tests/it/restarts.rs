//! The server goes and comes back: streams go on without a gap or a repeat.

use std::time::Duration;

use chatsession_sdk::{DeskEvent, EventKind, Reason};

use crate::world::{Colleague, World, ended, said, soon};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_go_on_after_a_restart_without_a_gap_or_a_repeat() {
    let mut world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    for round in 0..3 {
        let words = ["first", "second", "third"][round];
        mia.session.say(words).send().await.unwrap();
        // Not read by Ann before the server goes: her desk has it from its position on.
        world.stop().await;
        // Said while nobody is there to hear it: the SDK tries again until somebody is.
        let session = ann.on(&mia.session);
        let answer = tokio::spawn(async move { session.say(["1", "2", "3"][round]).send().await });
        world.start().await;
        soon(answer).await.unwrap().unwrap();
        mia.sees(said(["1", "2", "3"][round])).await;
        ann.sees(said(words)).await;
        ann.sees(said(["1", "2", "3"][round])).await;
    }
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;
    mia.check();
    let log = world.log(&mia.session).await;
    assert!(log.iter().zip(1..).all(|(event, revision)| event.revision == revision));
    assert_eq!(crate::world::words(&log), ["first", "1", "second", "2", "third", "3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_before_a_restart_is_answered_the_same_after_it() {
    let mut world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let before = mia.session.say("once").request_id("the-same").send().await.unwrap();
    world.stop().await;
    world.start().await;
    let after = mia.session.say("once").request_id("the-same").send().await.unwrap();
    assert_eq!(before, after);
    assert_eq!(crate::world::words(&world.log(&mia.session).await), ["once"]);
}

#[tokio::test]
async fn given_a_desk_that_is_cut_when_its_session_has_been_archived_then_it_hears_the_rest_of_it() {
    let world = World::with(|settings| settings.shard.archive_after = Duration::ZERO).await;
    let (mia, mut ann) = world.attended().await;
    mia.session.say("one").send().await.unwrap();
    let position = ann.sees(|event| said("one")(event).map(|()| event.revision)).await;
    let Colleague { client, watch } = ann;
    drop(watch);
    mia.session.say("two").send().await.unwrap();
    mia.session.end().send().await.unwrap();
    let session = client.session(mia.session.id());
    session.complete_wrap_up().send().await.unwrap();
    // What has left memory isn't listed.
    let listed = async || client.list_sessions().pages().all().await.unwrap();
    let archived = async {
        while !listed().await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon(archived).await;
    for (who, what) in [(&session, "still?"), (&mia.session, "hello?")] {
        let refused = who.say(what).send().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::SessionEnded), "as before");
    }

    let watch = client.desk().watch().after(session.id(), position).open().await.unwrap();

    let mut ann = Colleague { client, watch };
    let mut heard = Vec::new();
    while !matches!(heard.last(), Some(EventKind::SessionEnded { .. })) {
        let (revision, kind) = ann.sees(|event| Some((event.revision, event.kind.clone()))).await;
        heard.push(kind);
        assert_eq!(revision, position + heard.len() as u64);
    }
}

#[tokio::test]
async fn a_desk_resumes_from_where_it_was() {
    let world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    mia.session.say("one").send().await.unwrap();
    let position = ann.sees(|event| said("one")(event).map(|()| event.revision)).await;
    // A desk that lost its stream, and opens another.
    let lost = std::mem::replace(
        &mut ann.watch,
        ann.client.desk().watch().after(mia.session.id(), position).open().await.unwrap(),
    );
    drop(lost);
    mia.session.say("two").send().await.unwrap();
    let first = ann.sees(|event| Some((event.revision, event.kind.clone()))).await;
    assert_eq!(first.0, position + 1);
    assert!(matches!(first.1, EventKind::MessagePosted { text, .. } if text == "two"));
    // One that knows nothing has everything from the joining on.
    ann.watch = ann.client.desk().watch().open().await.unwrap();
    let held = ann.until(|event| match event {
        DeskEvent::Opened(desk) => Some(desk.sessions.len()),
        _ => None,
    });
    assert_eq!(held.await, 1);
    ann.sees(said("one")).await;
    ann.sees(said("two")).await;
}
