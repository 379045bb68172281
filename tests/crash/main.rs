//! Killed without warning, again and again: what was acknowledged is there once, where it was said to be.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

mod damage;
mod node;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use node::{Caller, Node, pb};

const KILLS: usize = 50;
const CHATS: usize = 6;
/// Messages acknowledged between two kills.
const BETWEEN: usize = 12;

/// What one chat knows of itself.
#[derive(Default)]
struct Told {
    session: String,
    sent: BTreeSet<String>,
    acknowledged: BTreeMap<String, u64>,
}

/// One chat: says one thing after another, each until it is acknowledged.
async fn chat(caller: Caller, number: usize, stop: Arc<AtomicBool>, said: Arc<AtomicUsize>) -> Told {
    let start = pb::StartSessionRequest {
        request_id: format!("start-{number}"),
        queue_id: "sales".into(),
        ..Default::default()
    };
    let started: pb::StartSessionResponse = caller.until_answered("StartSession", &start).await;
    let session = started.session.expect("a session").session_id;
    let mut told = Told { session: session.clone(), ..Told::default() };
    while !stop.load(Ordering::Relaxed) {
        let request_id = format!("m-{number}-{}", told.sent.len());
        let say = message(&session, &request_id);
        told.sent.insert(request_id.clone());
        let answer: pb::SendMessageResponse = caller.until_answered("SendMessage", &say).await;
        told.acknowledged.insert(request_id, answer.revision);
        said.fetch_add(1, Ordering::Relaxed);
    }
    told
}

fn message(session: &str, request_id: &str) -> pb::SendMessageRequest {
    pb::SendMessageRequest {
        request_id: request_id.into(),
        session_id: session.into(),
        text: format!("text of {request_id}"),
        ..Default::default()
    }
}

async fn events(caller: &Caller, session: &str) -> Vec<pb::Event> {
    let (mut events, mut page_token) = (Vec::new(), String::new());
    loop {
        let list = pb::ListEventsRequest { session_id: session.into(), page_token, ..Default::default() };
        let page: pb::ListEventsResponse = caller.until_answered("ListEvents", &list).await;
        events.extend(page.events);
        if page.next_page_token.is_empty() {
            return events;
        }
        page_token = page.next_page_token;
    }
}

async fn check(caller: &Caller, told: &Told) {
    let events = events(caller, &told.session).await;
    let mut found = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event.revision, at as u64 + 1, "revisions are dense");
        if let Some(pb::event::Kind::MessagePosted(posted)) = &event.kind {
            assert!(told.sent.contains(&posted.message_id), "{} was never sent", posted.message_id);
            assert_eq!(posted.text, format!("text of {}", posted.message_id));
            assert_eq!(found.insert(posted.message_id.clone(), event.revision), None, "{}", posted.message_id);
        }
    }
    assert_eq!(found, told.acknowledged, "each acknowledged message is where it was said to be");
    for request_id in told.sent.iter().step_by(7) {
        let again: pb::SendMessageResponse =
            caller.until_answered("SendMessage", &message(&told.session, request_id)).await;
        assert_eq!(again.revision, told.acknowledged[request_id], "{request_id}, once more");
    }
    assert_eq!(self::events(caller, &told.session).await.len(), events.len(), "repeating adds nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_kills_under_load_then_what_was_acknowledged_is_there_once_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let mut node = Node::start(data.path()).await;
    node.configure().await;
    let (stop, said) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let chats: Vec<_> = (0..CHATS)
        .map(|number| tokio::spawn(chat(node.customer(number), number, stop.clone(), said.clone())))
        .collect();
    for kill in 0..KILLS {
        let enough = said.load(Ordering::Relaxed) + BETWEEN;
        let reached = async {
            while said.load(Ordering::Relaxed) < enough {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap_or_else(|_| panic!("stuck at {kill}"));
        node.kill();
        node.restart();
    }
    stop.store(true, Ordering::Relaxed);
    for (number, chat) in chats.into_iter().enumerate() {
        let told = chat.await.unwrap();
        assert!(!told.acknowledged.is_empty());
        check(&node.customer(number), &told).await;
    }
}
