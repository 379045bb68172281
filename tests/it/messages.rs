//! What a message is beyond its text.

use std::time::Duration;

use chatsession_sdk::{
    CannedResponse, CenterSettings, DeskEvent, Event, EventKind, ListedCannedResponse, Reason, WatchEvent,
};

use crate::world::{World, said, soon};

fn settings() -> CenterSettings {
    CenterSettings::new().recovery_hold(Duration::ZERO)
}

#[tokio::test]
async fn what_is_masked_is_read_by_nobody() {
    let world = World::new().await;
    let administration = world.integrator().await.administration();
    let masked = settings().mask_card_numbers().mask("passwords", r"(?i)(password: )\S+", "$1[removed]");
    administration.apply([masked.into()]).await.unwrap();
    let (mut mia, mut ann) = world.attended().await;
    mia.session.say("My card is 4111 1111 1111 1111").send().await.unwrap();
    mia.sees(said("My card is **** **** **** 1111")).await;
    ann.sees(said("My card is **** **** **** 1111")).await;
    ann.on(&mia.session).whisper("her password: hunter2!").send().await.unwrap();
    ann.sees(said("her password: [removed]")).await;
    let broken = settings().mask("open", "(", "");
    let refused = administration.apply([broken.into()]).await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::FieldInvalid));
    assert_eq!(refused.field_violations()[0].field, "objects[0].settings.masks[0].pattern");
}

/// What a message answers.
fn answers(words: &'static str) -> impl Fn(&Event) -> Option<Option<u64>> {
    move |event| match &event.kind {
        EventKind::MessagePosted { text, reply_to_revision, .. } => (text == words).then_some(*reply_to_revision),
        _ => None,
    }
}

#[tokio::test]
async fn a_reply_is_told_to_each_in_their_own_numbering() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    let asked = mia.session.say("Which one?").send().await.unwrap();
    let whispered = ann.on(&mia.session).whisper("The blue one, I think").send().await.unwrap();
    let at_ann = ann.sees(|event| said("Which one?")(event).map(|()| event.revision)).await;
    assert_ne!(at_ann, asked.revision);
    ann.on(&mia.session).say("The blue one").reply_to(at_ann).send().await.unwrap();
    assert_eq!(mia.sees(answers("The blue one")).await, Some(asked.revision));
    assert_eq!(ann.sees(answers("The blue one")).await, Some(at_ann));
    let refused = ann.on(&mia.session).say("See above").reply_to(whispered.revision).send().await.unwrap_err();
    assert_eq!(refused.field_violations()[0].field, "reply_to_revision");
    let refused = mia.session.say("And this?").reply_to(1).send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::FieldInvalid));
}

#[tokio::test]
async fn an_agent_finds_canned_responses_ready_to_be_said() {
    let world = World::new().await;
    let hello =
        CannedResponse::new("hello", "Greeting", "Hello {{customer.name}}, {{agent.name}} of {{queue.name}}. {{x}}");
    let bye = CannedResponse::new("bye", "Farewell", "Good-bye").queue("support");
    world.integrator().await.administration().apply([hello.into(), bye.into()]).await.unwrap();
    let (mia, ann) = world.attended().await;
    let own = CannedResponse::new("mine", "Mine", "Hi!").shortcut("/hi");
    ann.client.desk().put_canned_response(own.clone()).send().await.unwrap();
    let ids = |all: Vec<ListedCannedResponse>| all.into_iter().map(|it| it.response.response_id).collect::<Vec<_>>();
    let list = |query: &str| ann.client.desk().list_canned_responses(query);
    assert_eq!(ids(list("").page_size(1).pages().all().await.unwrap()), ["mine", "bye", "hello"]);
    assert_eq!(ids(list("").queue("sales").pages().all().await.unwrap()), ["mine", "hello"]);
    let found = list("/HI").pages().all().await.unwrap();
    assert_eq!((found.len(), &found[0].response, found[0].personal), (1, &own, true));
    let filled = list("greeting").for_session(mia.session.id()).pages().all().await.unwrap();
    assert_eq!(filled[0].response.text, "Hello Mia, Ann of Sales. {{x}}");
    let dan = world.agent("dan", false).await;
    assert_eq!(ids(dan.client.desk().list_canned_responses("").pages().all().await.unwrap()), ["bye", "hello"]);
    let strangers = dan.client.desk().list_canned_responses("").for_session(mia.session.id()).pages().all().await;
    assert_eq!(strangers.unwrap_err().reason(), Some(&Reason::SessionNotFound));
    ann.client.desk().delete_canned_response("mine").send().await.unwrap();
    let gone = ann.client.desk().delete_canned_response("mine").send().await.unwrap_err();
    assert_eq!(gone.reason(), Some(&Reason::CannedResponseNotFound));
}

#[tokio::test]
async fn what_was_received_is_shown_to_the_others_by_itself() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    ann.on(&mia.session).whisper("quietly").send().await.unwrap();
    let said_it = mia.session.say("Are you there?").send().await.unwrap();
    // To the customer: Ann's desk has it, by the customer's own number.
    let shown = async {
        loop {
            match mia.watch.next().await.unwrap().unwrap() {
                WatchEvent::Delivered { participant_id, revision, .. } if revision >= said_it.revision => {
                    break (participant_id, revision);
                }
                _ => {}
            }
        }
    };
    assert_eq!(soon(shown).await, ("1".to_owned(), said_it.revision));
    // To the agent: the customer's tab has the answer, by the agent's number.
    let answer = ann.on(&mia.session).say("Yes").send().await.unwrap();
    let next = async {
        loop {
            tokio::select! {
                item = mia.watch.next() => drop(item.unwrap().unwrap()),
                item = ann.watch.next() => match item.unwrap().unwrap() {
                    DeskEvent::Delivered { participant_id, revision, .. } if revision >= answer.revision => {
                        break (participant_id, revision);
                    }
                    _ => {}
                },
            }
        }
    };
    assert_eq!(soon(next).await, ("0".to_owned(), answer.revision));
}
