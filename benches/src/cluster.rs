//! Several nodes on three NATS servers of this machine: what the fenced append gives, what shards cost, what a follower takes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chatsession::{
    journal::{
        Batch, Journal,
        jetstream::{JetStreamJournal, Options, bucket, context},
    },
    lab::Nats,
};
use futures_util::future::try_join_all;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    Failure, SETTINGS,
    center::{Caller, channels, configure, customer, queue, request_id},
    pb::{self, chat_session_client::ChatSessionClient},
    process::Server,
    quantile,
};

const SERVERS: usize = 3;
const MEASURED: Duration = Duration::from_secs(4);
const SESSIONS: usize = 10_000;

pub(crate) async fn run() -> Result<(), Failure> {
    println!("3 NATS servers with sync_interval always, 3 replicas, all on this machine and one disk");
    fence().await?;
    shards().await?;
    nodes().await
}

/// Publishes to one stream, each fenced by the sequence before it, so many under way at once. The product uses one: more
/// aren't fenced against another writer.
async fn fence() -> Result<(), Failure> {
    let nats = Nats::start(SERVERS).await?;
    let client = async_nats::connect(nats.urls()).await?;
    let context = context(client.clone());
    for (size, in_flight) in [(5_000, 1), (5_000, 4), (5_000, 8), (50_000, 1), (50_000, 4), (50_000, 8)] {
        let name = format!("fence-{size}-{in_flight}");
        let config = async_nats::jetstream::stream::Config {
            name: name.clone(),
            subjects: vec![name.clone()],
            num_replicas: SERVERS,
            ..Default::default()
        };
        context.create_stream(config).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (room, mut acks) = (Arc::new(Semaphore::new(in_flight)), JoinSet::new());
        let (body, started) = (bytes::Bytes::from(vec![7; size]), Instant::now());
        let mut sequence = 0;
        while started.elapsed() < MEASURED {
            let place = room.clone().acquire_owned().await?;
            let publish = async_nats::jetstream::message::PublishMessage::build();
            let publish = publish.payload(body.clone()).expected_last_sequence(sequence);
            let (sent, ack) = (Instant::now(), context.send_publish(name.clone(), publish).await?);
            acks.spawn(async move {
                let acknowledged = ack.await;
                drop(place);
                acknowledged.map(|_| sent.elapsed())
            });
            sequence += 1;
        }
        let mut times = Vec::new();
        while let Some(ack) = acks.join_next().await {
            times.push(ack??);
        }
        println!(
            "fence   {size:>6} bytes, {in_flight} in flight: {:>6.0} batches a second, p50 {:.1} ms, p99 {:.1} ms",
            times.len() as f64 / started.elapsed().as_secs_f64(),
            quantile(&times, 0.5).as_secs_f64() * 1e3,
            quantile(&times, 0.99).as_secs_f64() * 1e3,
        );
    }
    Ok(())
}

/// The journal itself: so many logs at once, one append under way in each.
async fn shards() -> Result<(), Failure> {
    for count in [1, 16, 64] {
        let nats = Nats::start(SERVERS).await?;
        let client = async_nats::connect(nats.urls()).await?;
        let blobs = bucket(&context(client.clone()), "bench-blobs", SERVERS).await?;
        let open = |shard| {
            let options = Options { name: "bench".into(), shard, replicas: SERVERS };
            JetStreamJournal::open(client.clone(), options, blobs.clone())
        };
        let mut logs = Vec::new();
        for shard in 0..count {
            logs.push(open(shard).await?);
        }
        let started = Instant::now();
        let append = |log: JetStreamJournal| async move {
            let batch = Batch { payload: vec![7; 5_000].into(), content: Vec::new() };
            let (mut tail, mut times) = (0, Vec::new());
            while started.elapsed() < MEASURED {
                let sent = Instant::now();
                tail = log.append(tail, batch.clone()).await?;
                times.push(sent.elapsed());
            }
            Ok::<_, Failure>(times)
        };
        let times = try_join_all(logs.into_iter().map(append)).await?.concat();
        println!(
            "shards  {count:>2} logs, 5000 bytes, 1 in flight each: {:>6.0} batches a second, p50 {:.1} ms, p99 {:.1} ms",
            times.len() as f64 / started.elapsed().as_secs_f64(),
            quantile(&times, 0.5).as_secs_f64() * 1e3,
            quantile(&times, 0.99).as_secs_f64() * 1e3,
        );
    }
    Ok(())
}

/// Nodes with 10,000 open sessions: what a follower takes, and how soon a new node takes part.
async fn nodes() -> Result<(), Failure> {
    let nats = Nats::start(SERVERS).await?;
    let journal = format!("journal={}", nats.urls().join(","));
    // One center, so one shard has it all.
    let settings: Vec<&str> = SETTINGS.iter().copied().chain([journal.as_str(), "cluster.shards=4"]).collect();
    let (first, second) = (Server::ours(&settings).await?, Server::ours(&settings).await?);
    let before = [first.used()?.memory, second.used()?.memory];
    let (channels, caller) = (channels(&first.url(), 8).await?, Caller::of(&first)?);
    configure(&channels[0], &caller, vec![queue("desk")]).await?;
    let (room, mut starting, started) = (Arc::new(Semaphore::new(128)), JoinSet::new(), Instant::now());
    for at in 0..SESSIONS {
        let place = room.clone().acquire_owned().await?;
        let (channel, caller) = (channels[at % channels.len()].clone(), caller.clone());
        starting.spawn(async move {
            let _place = place;
            let (queue_id, acting_for) = ("desk".to_owned(), customer(&format!("c-{at}")));
            let start =
                pb::StartSessionRequest { request_id: request_id(), acting_for, queue_id, ..Default::default() };
            ChatSessionClient::new(channel).start_session(caller.call(start)).await.map(drop)
        });
    }
    while let Some(done) = starting.join_next().await {
        done??;
    }
    let rate = SESSIONS as f64 / started.elapsed().as_secs_f64();
    let after = [first.used()?.memory, second.used()?.memory];
    let each = |at: usize| (after[at] - before[at]) as f64 / SESSIONS as f64 / 1024.0;
    println!("nodes   {SESSIONS} sessions started by one of two nodes, {rate:.0} a second");
    println!("nodes   memory a session: {:.1} and {:.1} KiB; one of them leads, the other follows", each(0), each(1));
    let joins = Instant::now();
    let third = Server::ours(&settings).await?;
    println!(
        "nodes   a third serves {:.2} s after its start, with {:.0} MiB (the others {:.0} and {:.0})",
        joins.elapsed().as_secs_f64(),
        mib(third.used()?.memory),
        mib(after[0]),
        mib(after[1])
    );
    for server in [third, second, first] {
        server.stop().await?;
    }
    Ok(())
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1_048_576.0
}
