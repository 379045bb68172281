//! Chats of colleagues among themselves.

use chatsession::grpc::auth::Role;
use chatsession_sdk::{Chat, ChatEvent, ChatEventKind, ChatState, Client, DeskEvent, Reason};

use crate::world::{Colleague, World};

/// The next message in a chat on a desk, and its revision.
async fn hears(agent: &mut Colleague, chat_id: &str) -> (u64, String) {
    let heard = agent.until(|event| match event {
        DeskEvent::ChatEvent { chat_id: id, event, .. } if id == chat_id => match &event.kind {
            ChatEventKind::MessagePosted { text: Some(text), .. } => Some((event.revision, text.clone())),
            _ => None,
        },
        _ => None,
    });
    heard.await
}

async fn pair(client: &Client, other: &str) -> Chat {
    client.desk().start_chat([other]).send().await.unwrap().chat
}

async fn log(client: &Client, chat_id: &str) -> Vec<ChatEvent> {
    client.chat(chat_id).events().page_size(2).pages().all().await.unwrap()
}

fn words(log: &[ChatEvent]) -> Vec<&str> {
    let said = log.iter().filter_map(|event| match &event.kind {
        ChatEventKind::MessagePosted { text, .. } => text.as_deref(),
        _ => None,
    });
    said.collect()
}

#[tokio::test]
async fn two_colleagues_chat_on_their_desks_and_nobody_else_learns_of_it() {
    let world = World::new().await;
    let (mut ann, mut bob) = (world.agent("ann", false).await, world.agent("bob", false).await);
    let chat = pair(&ann.client, "bob").await;
    assert_eq!((chat.state, chat.pair, chat.members.len()), (ChatState::Open, true, 2));
    assert_eq!(pair(&bob.client, "ann").await.chat_id, chat.chat_id);
    let id = chat.chat_id.as_str();
    ann.client.chat(id).say("Are you free?").send().await.unwrap();
    assert_eq!(hears(&mut bob, id).await, (2, "Are you free?".into()));
    bob.client.chat(id).say("Yes").send().await.unwrap();
    hears(&mut ann, id).await;
    assert_eq!(hears(&mut ann, id).await, (3, "Yes".into()));
    let carla = world.agent("carla", false).await;
    let integrator = world.integrator().await;
    for outsider in [&carla.client, &integrator.acting_for_agent("carla")] {
        let refused = outsider.chat(id).events().pages().all().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::ChatNotFound));
        let refused = outsider.chat(id).say("Hello").send().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::ChatNotFound));
        assert_eq!(outsider.desk().list_chats().pages().all().await.unwrap(), []);
    }
    for all_seeing in [&carla.client, &integrator] {
        let refused = all_seeing.session(id).get().send().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::SessionNotFound));
        let refused = all_seeing.session(id).watch().open().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::SessionNotFound));
        let refused = all_seeing.session(id).events().pages().all().await.unwrap_err();
        assert_eq!(refused.reason(), Some(&Reason::SessionNotFound));
        assert_eq!(all_seeing.list_sessions().pages().all().await.unwrap(), []);
    }
}

#[tokio::test]
async fn who_was_away_finds_what_they_havent_read_and_only_that() {
    let mut world = World::new().await;
    let ann = world.agent("ann", false).await;
    let chat = pair(&ann.client, "bob").await;
    let id = chat.chat_id.as_str();
    for word in ["One", "Two", "Three"] {
        ann.client.chat(id).say(word).send().await.unwrap();
    }
    let bob = world.client(Role::Agent, "bob").await;
    bob.chat(id).read_up_to(2).send().await.unwrap();
    world.stop().await;
    world.start().await;
    let client = world.client(Role::Agent, "bob").await;
    client.desk().sign_in().send().await.unwrap();
    let watch = client.desk().watch().open().await.unwrap();
    let mut bob = Colleague { client, watch };
    let opened = bob.until(|event| match event {
        DeskEvent::Opened(desk) => Some(desk.chats.clone()),
        _ => None,
    });
    let opened = opened.await;
    assert_eq!((opened.len(), opened[0].unread, opened[0].read_revision), (1, true, 2));
    assert_eq!(hears(&mut bob, id).await, (3, "Two".into()));
    assert_eq!(hears(&mut bob, id).await, (4, "Three".into()));
    let last = bob.client.chat(id).read_up_to(4).send().await.unwrap();
    let listed = bob.client.desk().list_chats().open_only().pages().all().await.unwrap();
    assert_eq!((listed[0].unread, listed[0].revision), (false, last));
    assert_eq!(words(&log(&bob.client, id).await), ["One", "Two", "Three"]);
}

#[tokio::test]
async fn members_of_a_group_see_it_from_their_joining_to_their_leaving() {
    let world = World::new().await;
    let (ann, mut bob) = (world.agent("ann", false).await, world.agent("bob", false).await);
    let mut dan = world.agent("dan", false).await;
    let started = ann.client.desk().start_chat(["bob", "carla"]).name("Lunch").send().await.unwrap().chat;
    assert_eq!((started.name.as_deref(), started.pair), (Some("Lunch"), false));
    let id = started.chat_id.as_str();
    ann.client.chat(id).say("Before").send().await.unwrap();
    hears(&mut bob, id).await;
    ann.client.chat(id).add_member("dan").send().await.unwrap();
    ann.client.chat(id).say("With Dan").send().await.unwrap();
    assert_eq!(hears(&mut dan, id).await.1, "With Dan");
    bob.client.chat(id).leave().send().await.unwrap();
    let left = bob.until(|event| match event {
        DeskEvent::ChatEvent { event, .. } => matches!(event.kind, ChatEventKind::MemberLeft(_)).then_some(()),
        _ => None,
    });
    left.await;
    ann.client.chat(id).say("Without Bob").send().await.unwrap();
    assert_eq!(hears(&mut dan, id).await.1, "Without Bob");
    assert_eq!(words(&log(&bob.client, id).await), ["Before", "With Dan"]);
    assert_eq!(words(&log(&dan.client, id).await), ["With Dan", "Without Bob"]);
    let seen = &bob.client.desk().list_chats().pages().all().await.unwrap()[0];
    assert_eq!((seen.state, seen.members.len(), seen.unread), (ChatState::Left, 1, false));
    let refused = bob.client.chat(id).say("Hello?").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::NotParticipant));
    ann.client.chat(id).add_member("bob").send().await.unwrap();
    ann.client.chat(id).say("Bob is back").send().await.unwrap();
    let heard = [hears(&mut bob, id).await.1, hears(&mut bob, id).await.1];
    assert_eq!(heard, ["Without Bob", "Bob is back"], "the absence included");
}

#[tokio::test]
async fn a_desk_that_is_cut_off_resumes_its_chats_without_a_gap() {
    let mut world = World::new().await;
    let (ann, mut bob) = (world.agent("ann", false).await, world.agent("bob", false).await);
    let id = pair(&ann.client, "bob").await.chat_id;
    ann.client.chat(&id).say("Before").send().await.unwrap();
    assert_eq!(hears(&mut bob, &id).await, (2, "Before".into()));
    world.stop().await;
    world.start().await;
    ann.client.chat(&id).say("After").send().await.unwrap();
    assert_eq!(hears(&mut bob, &id).await, (3, "After".into()), "and nothing twice");
}
