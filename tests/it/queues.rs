//! Transfers to a service queue, in each way of leaving.

use chatsession_sdk::{ActorKind, Event, EventKind, LeaveReason, Reason, SessionState};

use crate::world::{GREETING, World, ended, joined, left, said};

fn greeted(event: &Event) -> Option<()> {
    (event.actor.kind == ActorKind::Queue).then_some(()).and_then(|()| said(GREETING)(event))
}

#[tokio::test]
async fn the_agent_stays_connected_until_they_leave_and_the_session_stays_queued() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    ann.on(&mia.session).transfer_to_queue("support").send().await.unwrap();
    mia.sees(greeted).await;
    ann.on(&mia.session).say("I am still here").send().await.unwrap();
    mia.sees(said("I am still here")).await;
    let session = ann.on(&mia.session).get().send().await.unwrap();
    assert_eq!(session.state, SessionState::Attended);
    assert_eq!(session.queue_entry.unwrap().queue_id, "support");
    let refused = ann.on(&mia.session).transfer_to_queue("support").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::AlreadyQueued));
    ann.on(&mia.session).leave().send().await.unwrap();
    ann.sees(left("Ann")).await;
    mia.sees(left("Ann")).await;
    assert_eq!(mia.session.get().send().await.unwrap().state, SessionState::Waiting);
    let mut bob = world.agent("bob", true).await;
    let offer = bob.rings().await;
    assert_eq!(offer.offer.queue_id, "support");
    bob.accept(&offer).await;
    mia.sees(joined("Bob")).await;
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;
    mia.check();
}

#[tokio::test]
async fn the_agent_leaves_with_the_transfer() {
    let world = World::new().await;
    let (mut mia, ann) = world.attended().await;
    ann.on(&mia.session).transfer_to_queue("support").leave_now().send().await.unwrap();
    mia.sees(left("Ann")).await;
    let session = world.integrator().await.session(mia.session.id()).get().send().await.unwrap();
    assert_eq!((session.state, session.home_queue_id.as_str()), (SessionState::Waiting, "support"));
    let log = world.log(&mia.session).await;
    let queued = log.iter().rfind(|event| matches!(event.kind, EventKind::SessionQueued { .. })).unwrap();
    let gone = log.iter().rfind(|event| left("Ann")(event).is_some()).unwrap();
    assert_eq!(queued.center_seq, gone.center_seq);
}

#[tokio::test]
async fn the_agent_leaves_in_the_moment_in_which_a_colleague_takes_it() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    ann.on(&mia.session).transfer_to_queue("support").leave_when_taken().send().await.unwrap();
    mia.sees(greeted).await;
    let mut bob = world.agent("bob", true).await;
    let offer = bob.rings().await;
    bob.accept(&offer).await;
    let reason = ann.sees(|event| match &event.kind {
        EventKind::ParticipantLeft { reason, .. } => Some(*reason),
        _ => None,
    });
    assert_eq!(reason.await, LeaveReason::Transferred);
    let log = world.log(&mia.session).await;
    let came = log.iter().find(|event| joined("Bob")(event).is_some()).unwrap();
    let gone = log.iter().find(|event| left("Ann")(event).is_some()).unwrap();
    assert_eq!(came.center_seq, gone.center_seq);
    mia.sees(joined("Bob")).await;
}

#[tokio::test]
async fn a_transfer_may_be_withdrawn() {
    let world = World::new().await;
    let (mia, ann) = world.attended().await;
    ann.on(&mia.session).transfer_to_queue("support").send().await.unwrap();
    ann.on(&mia.session).withdraw_from_queue().send().await.unwrap();
    let refused = ann.on(&mia.session).withdraw_from_queue().send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::NotQueued));
    let refused = ann.on(&mia.session).transfer_to_queue("nowhere").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::QueueNotFound));
}
