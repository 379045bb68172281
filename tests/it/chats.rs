//! Chats from start to end: conference, complete transfer, whispers.

use std::time::Duration;

use chatsession_sdk::{AgentStatus, Audience, DeskEvent, EndReason, Event, EventKind, Queue, Reason, SessionState};

use crate::world::{World, ended, joined, left, said, soon, words};

#[tokio::test]
async fn a_chat_from_start_to_end() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    mia.session.say("Hello").send().await.unwrap();
    ann.sees(said("Hello")).await;
    ann.on(&mia.session).say("Good morning 🌻\n\nHow can I help?").send().await.unwrap();
    mia.sees(said("Good morning 🌻\n\nHow can I help?")).await;
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;
    mia.check();
    ann.until(|event| matches!(event, DeskEvent::WrapUp(_)).then_some(())).await;
    ann.on(&mia.session).set_disposition("sold").send().await.unwrap();
    ann.on(&mia.session).complete_wrap_up().send().await.unwrap();
    let closed = |event: &Event| matches!(event.kind, EventKind::SessionClosed).then_some(());
    let log = world.log(&mia.session).await;
    assert!(log.iter().any(|event| closed(event).is_some()));
    assert_eq!(words(&log), ["Hello", "Good morning 🌻\n\nHow can I help?"]);
    let session = world.integrator().await.session(mia.session.id()).get().send().await.unwrap();
    assert_eq!((session.state, session.end_reason), (SessionState::Closed, Some(EndReason::Customer)));
    assert_eq!(session.dispositions[0].code, "sold");
    assert_eq!(mia.session.get().send().await.unwrap().state, SessionState::Ended);
}

#[tokio::test]
async fn an_agent_chooses_from_the_queues_dispositions() {
    let world = World::new().await;
    let sales = Queue::new("sales", "Sales").wrap_up_time(Duration::from_secs(60)).disposition_required();
    let sales = sales.disposition("sold").disposition("lost");
    world.integrator().await.administration().apply([sales.into()]).await.unwrap();
    let (mia, ann) = world.attended().await;
    let choices = ann.client.desk().list_dispositions(mia.session.id()).send().await.unwrap();
    assert_eq!((choices.codes, choices.required), (vec!["sold".to_owned(), "lost".to_owned()], true));
    let refused = ann.on(&mia.session).set_disposition("called").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::FieldInvalid));
    ann.on(&mia.session).set_disposition("lost").send().await.unwrap();
}

#[tokio::test]
async fn in_a_conference_both_talk_and_then_one_goes_on() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    let mut bob = world.agent("bob", false).await;
    ann.on(&mia.session).invite("bob").note("Please join").send().await.unwrap();
    let offer = bob.rings().await;
    assert_eq!((offer.note.as_deref(), offer.inviter_name.as_deref()), (Some("Please join"), Some("Ann")));
    bob.accept(&offer).await;
    // The confirmation, upon which the first agent may leave.
    ann.sees(joined("Bob")).await;
    bob.on(&mia.session).say("Hello from Bob").send().await.unwrap();
    ann.on(&mia.session).say("And from Ann").send().await.unwrap();
    mia.sees(said("Hello from Bob")).await;
    mia.sees(said("And from Ann")).await;
    ann.on(&mia.session).leave().send().await.unwrap();
    mia.sees(left("Ann")).await;
    mia.session.say("Still there?").send().await.unwrap();
    bob.sees(said("Still there?")).await;
    let refused = ann.on(&mia.session).say("One more thing").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::NotParticipant));
    mia.check();
}

#[tokio::test]
async fn who_has_left_sees_nothing_more() {
    let world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    let mut bob = world.agent("bob", false).await;
    ann.on(&mia.session).invite("bob").send().await.unwrap();
    let offer = bob.rings().await;
    bob.accept(&offer).await;
    ann.sees(joined("Bob")).await;
    ann.on(&mia.session).leave().send().await.unwrap();
    ann.sees(left("Ann")).await;
    bob.on(&mia.session).say("between us").send().await.unwrap();
    let filled = ann.client.desk().list_canned_responses("").for_session(mia.session.id()).pages().all().await;
    assert_eq!(filled.unwrap_err().reason(), Some(&Reason::NotParticipant));
    ann.client.desk().set_not_ready("lunch").send().await.unwrap();
    // Whatever the desk was to show of the message came before this.
    let leaked = ann.until(|event| match event {
        DeskEvent::SessionEvent { event, .. } => said("between us")(event).map(|()| true),
        DeskEvent::State(state) => {
            let set = state.status == AgentStatus::NotReady || state.next_status == Some(AgentStatus::NotReady);
            set.then_some(false)
        }
        _ => None,
    });
    assert!(!leaked.await);
    let history = ann.on(&mia.session).events().pages().all().await.unwrap();
    assert!(words(&history).is_empty());
}

#[tokio::test]
async fn the_last_agent_says_what_becomes_of_the_customer() {
    let world = World::new().await;
    let (mia, ann) = world.attended().await;
    let refused = ann.on(&mia.session).leave().send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::LastAgent));
    assert!(refused.metadata()["choices"].contains("END"), "{:?}", refused.metadata());
}

#[tokio::test]
async fn of_two_who_accept_one_is_told_why_not() {
    let world = World::new().await;
    let (mia, ann) = world.attended().await;
    let (mut bob, mut carla) = (world.agent("bob", false).await, world.agent("carla", false).await);
    ann.on(&mia.session).invite("bob").transfer().send().await.unwrap();
    ann.on(&mia.session).invite("carla").transfer().send().await.unwrap();
    let (to_bob, to_carla) = (bob.rings().await, carla.rings().await);
    let one = bob.on(&mia.session).accept(to_bob.offer.offer_id).send();
    let other = carla.on(&mia.session).accept(to_carla.offer.offer_id).send();
    let (one, other) = Box::pin(soon(async { tokio::join!(one, other) })).await;
    assert_ne!(one.is_ok(), other.is_ok());
    let loser = one.err().or(other.err()).unwrap();
    assert_eq!(loser.reason(), Some(&Reason::OfferClosed));
    assert!(loser.metadata()["outcome"].contains("CANCELED"), "{:?}", loser.metadata());
    assert!(loser.metadata()["cause"].contains("TAKEN"), "{:?}", loser.metadata());
}

/// A customer's stream without what differs between any two sessions: ids and times.
async fn stream(with_whispers: bool) -> Vec<String> {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    for words in ["one", "two", "three"] {
        if with_whispers {
            ann.on(&mia.session).whisper("she is nice").send().await.unwrap();
        }
        mia.session.say(words).send().await.unwrap();
        ann.sees(said(words)).await;
        ann.on(&mia.session).say("yes").send().await.unwrap();
    }
    ann.on(&mia.session).end().send().await.unwrap();
    mia.sees(ended).await;
    mia.check();
    assert!(mia.seen.iter().all(|event| event.audience == Audience::Everyone && event.center_seq == 0));
    let listed = mia.session.events().pages().all().await.unwrap();
    assert_eq!(listed, mia.seen);
    let shown = |event: &Event| {
        let what = match &event.kind {
            EventKind::MessagePosted { text, .. } => text.clone(),
            EventKind::ParticipantJoined { participant, .. } => format!("{} joined", participant.participant_id),
            EventKind::ParticipantLeft { participant, .. } => format!("{} left", participant.participant_id),
            other => format!("{:?}", std::mem::discriminant(other)),
        };
        format!("{} {:?} {what}", event.revision, event.actor)
    };
    mia.seen.iter().map(shown).collect()
}

#[tokio::test]
async fn a_customer_cannot_tell_whether_there_were_whispers() {
    assert_eq!(stream(true).await, stream(false).await);
}
