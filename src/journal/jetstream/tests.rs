//! The contract against real servers, and what only several writers can show.

use std::sync::{Arc, atomic::AtomicU32, atomic::Ordering};

use super::*;
use crate::{
    journal::{
        conformance::{conformance, text},
        verify,
    },
    lab::Nats,
};

/// A client that has just connected to some servers.
async fn client(nats: &Nats) -> async_nats::Client {
    async_nats::ConnectOptions::new().connect(nats.urls()).await.unwrap()
}

struct Servers {
    nats: Nats,
    client: async_nats::Client,
    blobs: ObjectStore,
    replicas: usize,
    logs: AtomicU32,
}

async fn given(servers: usize) -> Servers {
    let nats = Nats::start(servers).await.unwrap();
    let client = client(&nats).await;
    check_server(&client).unwrap();
    let blobs = bucket(&context(client.clone()), "test-blobs", servers).await.unwrap();
    Servers { nats, client, blobs, replicas: servers, logs: AtomicU32::new(0) }
}

impl Servers {
    fn options(&self, shard: u32) -> Options {
        Options { name: "test".into(), shard, replicas: self.replicas }
    }

    async fn open(&self, shard: u32) -> JetStreamJournal {
        JetStreamJournal::open(self.client.clone(), self.options(shard), self.blobs.clone()).await.unwrap()
    }

    /// An empty log.
    async fn new_log(&self) -> Arc<JetStreamJournal> {
        Arc::new(self.open(self.logs.fetch_add(1, Ordering::Relaxed)).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_keeps_the_contract() {
    let servers = given(1).await;
    conformance(async || servers.new_log().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_keep_the_contract() {
    let servers = given(3).await;
    conformance(async || servers.new_log().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_writer_takes_over_and_the_first_can_append_no_more() {
    let servers = given(1).await;
    let (first, second) = (servers.open(1).await, servers.open(1).await);
    assert_eq!(first.append(0, text("one")).await, Ok(1));
    // The second didn't see it: its first try only tells it the tail.
    assert_eq!(second.append(0, text("two")).await, Err(AppendError::Conflict { tail: 1 }));
    assert_eq!(second.append(1, text("two")).await, Ok(2));
    let late = [first.append(1, text("late")), first.append(2, text("later"))];
    // The servers would take the later one: what it expects is there, though not what its writer knows of.
    let late = futures_util::future::join_all(late).await;
    assert!(matches!(&late[..], [Err(AppendError::Conflict { tail: 2 }), Err(AppendError::Doubtful(_))]), "{late:?}");
    assert_eq!(first.append(2, text("three")).await, Ok(3), "who has read on may go on");
    assert_eq!(verify(&second).await.unwrap(), Bounds { oldest: 1, tail: 3 });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_appends_another_hears_of() {
    let servers = given(1).await;
    let (writer, follower) = (servers.open(1).await, servers.open(1).await);
    let heard = follower.changed(0);
    assert_eq!(writer.append(0, text("one")).await, Ok(1));
    heard.await;
    assert_eq!(follower.read(1, 9).await.unwrap()[0].batch, text("one"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_goes_on_where_all_of_it_was_dropped() {
    let servers = given(1).await;
    let journal = servers.open(1).await;
    for position in 0..3 {
        journal.append(position, text("gone")).await.unwrap();
    }
    journal.drop_before(4).await.unwrap();
    drop(journal);
    let journal = servers.open(1).await;
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 4, tail: 3 }));
    assert_eq!(journal.append(3, text("four")).await, Ok(4));
    assert_eq!(verify(&journal).await.unwrap(), Bounds { oldest: 4, tail: 4 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_gone_without_a_replacement_is_damage() {
    let servers = given(1).await;
    let journal = servers.open(1).await;
    for position in 0..3 {
        journal.append(position, text("batch")).await.unwrap();
    }
    drop(journal);
    let context = context(servers.client.clone());
    context.get_stream("test-log-01").await.unwrap().delete_message(2).await.unwrap();
    let journal = servers.open(1).await;
    let before = journal.read(1, 9).await.unwrap();
    assert_eq!(before.len(), 1, "what is before it can be trusted");
    assert!(matches!(journal.read(2, 9).await, Err(ReadError::Damaged { position: 2, .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_isnt_right_is_refused() {
    let servers = given(1).await;
    let context = context(servers.client.clone());
    let wrong = async_nats::jetstream::stream::Config {
        name: "test-log-07".into(),
        subjects: vec!["test.log.7".into()],
        max_bytes: 1 << 30,
        num_replicas: 1,
        ..Default::default()
    };
    context.create_stream(wrong).await.unwrap();
    let opened = JetStreamJournal::open(servers.client.clone(), servers.options(7), servers.blobs.clone()).await;
    let refused = opened.err().unwrap().to_string();
    assert!(refused.starts_with("stream test-log-07: max_bytes is 1073741824, expected -1"), "{refused}");
    let three = Options { replicas: 3, ..servers.options(1) };
    assert!(JetStreamJournal::open(servers.client.clone(), three, servers.blobs.clone()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let mut servers = given(1).await;
    let journal = servers.open(1).await;
    let mut tail = 0;
    for round in 0..3 {
        for _ in 0..20 {
            tail = journal.append(tail, text(&format!("{round}"))).await.unwrap();
        }
        servers.nats.kill(0);
        servers.nats.run(0).unwrap();
        // An append in doubt is settled by the next one that is acknowledged.
        loop {
            let Ok(bounds) = journal.bounds().await else { continue };
            assert!(bounds.tail >= tail, "{tail} was acknowledged, the log ends at {}", bounds.tail);
            if let Ok(position) = journal.append(bounds.tail, text("settled")).await {
                tail = position;
                break;
            }
        }
    }
    assert_eq!(verify(&journal).await.unwrap().tail, tail);
}
