//! The workload `chat-3w`: many sessions, three watchers each, small messages from many senders.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::{sync::Semaphore, task::JoinSet};
use tonic::transport::Channel;

use crate::{
    Failure,
    center::{Caller, Chat, agent, attended, channels, customer, hear, message},
    pb::{self, chat_session_client::ChatSessionClient},
    process::Server,
    quantile,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Sessions; three watches each.
    #[arg(long, default_value = "1000")]
    sessions: usize,
    /// Senders of the closed run: each sends when its last is acknowledged.
    #[arg(long, default_value = "64")]
    senders: usize,
    /// Seconds measured, after three of warming up.
    #[arg(long, default_value = "8")]
    seconds: u64,
    /// Rounds of bare, ours, bare.
    #[arg(long, default_value = "3")]
    rounds: usize,
    /// Settings of ours.
    #[arg(long = "set")]
    set: Vec<String>,
}

/// Bytes of a message.
const BODY: usize = 300;
const WARM_UP: Duration = Duration::from_secs(3);
/// Messages a second of the open run.
const OPEN_RATE: u64 = 500;

/// What one run of one server came to.
struct Figures {
    acknowledged: f64,
    delivered: f64,
    cpu: Duration,
    ack: Vec<Duration>,
    all: Vec<Duration>,
    missing: u64,
    memory: [u64; 3],
}

/// Messages under way in the open run: when they were sent, how many watchers have them.
#[derive(Default)]
struct Sent {
    at: Mutex<Vec<(Instant, u8)>>,
    all: Mutex<Vec<Duration>>,
    delivered: AtomicU64,
    tracking: AtomicBool,
}

impl Sent {
    fn delivered(&self, text: &str) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        if !self.tracking.load(Ordering::Relaxed) {
            return;
        }
        let Some(number) = text.get(..10).and_then(|number| number.parse::<usize>().ok()) else { return };
        let mut at = self.at.lock().expect("no panic under it");
        if let Some((sent, seen)) = at.get_mut(number) {
            *seen += 1;
            if *seen == 3 {
                self.all.lock().expect("no panic under it").push(sent.elapsed());
            }
        }
    }
}

fn body(number: usize) -> String {
    format!("{number:010}{}", "x".repeat(BODY - 10))
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let settings: Vec<&str> = crate::SETTINGS.into_iter().chain(args.set.iter().map(String::as_str)).collect();
    let mut rows = Vec::new();
    println!(
        "{:<6} {:>9} {:>10} {:>9} {:>28} {:>28} {:>8} {:>22}",
        "",
        "msg/s",
        "events/s",
        "µs CPU",
        "ack µs p50/p99/p99.9",
        "all µs p50/p99/p99.9",
        "missing",
        "MiB before/with/after"
    );
    for _ in 0..args.rounds {
        let before = measured("bare", Server::bare().await?, args).await?;
        let ours = measured("ours", Server::ours(&settings).await?, args).await?;
        let after = measured("bare", Server::bare().await?, args).await?;
        let rate = ours.acknowledged / ((before.acknowledged + after.acknowledged) / 2.0);
        let cost = |figures: &Figures| figures.cpu.as_secs_f64();
        let cpu = cost(&ours) / ((cost(&before) + cost(&after)) / 2.0);
        let p50 = |figures: &Figures| quantile(&figures.all, 0.5).as_secs_f64();
        let latency = p50(&ours) - (p50(&before) + p50(&after)) / 2.0;
        rows.push((rate, cpu, latency, ours.missing));
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let sync = median((0..200).map(|_| fdatasync()).collect::<Result<Vec<_>, _>>()?);
    println!(
        "\nthe median of {} rounds, each ours ÷ the bare ones around it; fdatasync of 4 KiB here: p50 {:.0} µs",
        args.rounds,
        sync * 1e6
    );
    println!(
        "  closed msg/s ÷ bare        {:.2}   (must 0.6, aim 1.0)",
        median(rows.iter().map(|row| row.0).collect())
    );
    println!(
        "  CPU per message ÷ bare     {:.2}   (must ≤ 1.7, aim ≤ 1.1)",
        median(rows.iter().map(|row| row.1).collect())
    );
    let latency = median(rows.iter().map(|row| row.2).collect());
    println!(
        "  open 500/s send→all p50    bare + {:.0} µs = bare + {:.1} × fdatasync   (must ≤ 2 ×, aim 1 ×)",
        latency * 1e6,
        latency / sync
    );
    println!("  missing deliveries         {}   (must 0)", rows.iter().map(|row| row.3).sum::<u64>());
    Ok(())
}

/// What the disk takes for a small durable write.
fn fdatasync() -> Result<f64, Failure> {
    use std::io::Write;
    let mut file = tempfile::tempfile_in(std::env::current_dir()?.join("target"))?;
    let started = Instant::now();
    file.write_all(&[1; 4096])?;
    file.sync_data()?;
    Ok(started.elapsed().as_secs_f64())
}

async fn measured(name: &str, server: Server, args: &Args) -> Result<Figures, Failure> {
    let caller = Caller::of(&server)?;
    let chats = match server.data {
        Some(_) => attended(&server, &caller, args.sessions).await?,
        None => (0..args.sessions).map(bare_chat).collect(),
    };
    let before = server.used()?.memory;
    let sent = Arc::new(Sent::default());
    let _watchers = watch(&server, &caller, &chats, &sent).await?;
    let with = server.used()?.memory;
    let senders = channels(&server.url(), 8).await?;
    let (acknowledged, delivered, cpu) = closed(&server, &caller, &chats, &senders, &sent, args).await?;
    let (ack, missing) = open(&caller, &chats, &senders, &sent, args.seconds).await?;
    let all = std::mem::take(&mut *sent.all.lock().expect("no panic under it"));
    let after = server.used()?.memory;
    server.stop().await?;
    let figures = Figures { acknowledged, delivered, cpu, ack, all, missing, memory: [before, with, after] };
    print_row(name, &figures);
    Ok(figures)
}

fn bare_chat(at: usize) -> Chat {
    Chat { session: format!("session-{at}"), customer: String::new(), agents: [String::new(), String::new()] }
}

fn print_row(name: &str, figures: &Figures) {
    let quantiles = |times: &[Duration]| {
        let at = |q| quantile(times, q).as_micros();
        format!("{}/{}/{}", at(0.5), at(0.99), at(0.999))
    };
    let [before, with, after] = figures.memory.map(|bytes| bytes as f64 / 1_048_576.0);
    println!(
        "{name:<6} {:>9.0} {:>10.0} {:>9.1} {:>28} {:>28} {:>8} {:>22}",
        figures.acknowledged,
        figures.delivered,
        figures.cpu.as_secs_f64() * 1e6,
        quantiles(&figures.ack),
        quantiles(&figures.all),
        figures.missing,
        format!("{before:.0}/{with:.0}/{after:.0}"),
    );
}

/// Three watches a session, over 30 connections, a session's on different ones.
async fn watch(server: &Server, caller: &Caller, chats: &[Chat], sent: &Arc<Sent>) -> Result<JoinSet<()>, Failure> {
    let channels = channels(&server.url(), 30).await?;
    let mut watchers = JoinSet::new();
    for (at, chat) in chats.iter().enumerate() {
        let eyes = [customer(&chat.customer), agent(&chat.agents[0]), agent(&chat.agents[1])];
        for (eye, acting_for) in eyes.into_iter().enumerate() {
            let channel = channels[(at * 3 + eye * 7 + eye) % channels.len()].clone();
            let request = caller.call(pb::WatchRequest {
                session_id: chat.session.clone(),
                acting_for: acting_for.filter(|_| !chat.customer.is_empty()),
                after_revision: None,
                snapshot: false,
            });
            let stream = ChatSessionClient::new(channel).watch(request).await?.into_inner();
            let sent = sent.clone();
            watchers.spawn(hear(stream, move |text| sent.delivered(text)));
        }
    }
    Ok(watchers)
}

/// Each sender sends when its last message is acknowledged.
async fn closed(
    server: &Server,
    caller: &Caller,
    chats: &[Chat],
    channels: &[Channel],
    sent: &Arc<Sent>,
    args: &Args,
) -> Result<(f64, f64, Duration), Failure> {
    let (acknowledged, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut senders = JoinSet::new();
    for sender in 0..args.senders {
        let mut client = ChatSessionClient::new(channels[sender % channels.len()].clone());
        let (caller, chats, acknowledged, stop) = (caller.clone(), chats.to_vec(), acknowledged.clone(), stop.clone());
        senders.spawn(async move {
            let mut random = SmallRng::seed_from_u64(sender as u64);
            let mut number = 0;
            while !stop.load(Ordering::Relaxed) {
                number += 1;
                let chat = &chats[random.random_range(0..chats.len())];
                client.send_message(message(&caller, chat, format!("c-{sender}-{number}"), body(0))).await?;
                acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, tonic::Status>(())
        });
    }
    tokio::time::sleep(WARM_UP).await;
    let (from, used) = (acknowledged.load(Ordering::Relaxed), server.used()?);
    let (seen, started) = (sent.delivered.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let took = started.elapsed().as_secs_f64();
    let messages = acknowledged.load(Ordering::Relaxed) - from;
    let delivered = sent.delivered.load(Ordering::Relaxed) - seen;
    let cpu = (server.used()?.cpu - used.cpu).div_f64(messages.max(1) as f64);
    stop.store(true, Ordering::Relaxed);
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    let expected = 3 * acknowledged.load(Ordering::Relaxed);
    wait_for(|| sent.delivered.load(Ordering::Relaxed) >= expected).await;
    let missing = expected.saturating_sub(sent.delivered.load(Ordering::Relaxed));
    if missing > 0 {
        return Err(format!("{missing} deliveries are missing").into());
    }
    Ok((messages as f64 / took, delivered as f64 / took, cpu))
}

async fn wait_for(done: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !done() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Paced: each message is a task of its own, whatever the others do.
async fn open(
    caller: &Caller,
    chats: &[Chat],
    channels: &[Channel],
    sent: &Arc<Sent>,
    seconds: u64,
) -> Result<(Vec<Duration>, u64), Failure> {
    let count = (OPEN_RATE * seconds) as usize;
    sent.tracking.store(true, Ordering::Relaxed);
    let from = sent.delivered.load(Ordering::Relaxed);
    let acks = Arc::new(Mutex::new(Vec::with_capacity(count)));
    let (failed, under_way) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(count)));
    let mut random = SmallRng::seed_from_u64(7);
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / OPEN_RATE));
    for number in 0..count {
        ticks.tick().await;
        let permit = under_way.clone().acquire_owned().await?;
        let mut client = ChatSessionClient::new(channels[number % channels.len()].clone());
        let request = message(caller, &chats[random.random_range(0..chats.len())], format!("o-{number}"), body(number));
        let (acks, failed) = (acks.clone(), failed.clone());
        sent.at.lock().expect("no panic under it").push((Instant::now(), 0));
        tokio::spawn(async move {
            let started = Instant::now();
            match client.send_message(request).await {
                Ok(_) => acks.lock().expect("no panic under it").push(started.elapsed()),
                Err(_) => _ = failed.fetch_add(1, Ordering::Relaxed),
            }
            drop(permit);
        });
    }
    let _all_done = under_way.acquire_many(count as u32).await?;
    let expected = 3 * count as u64;
    wait_for(|| sent.delivered.load(Ordering::Relaxed) - from >= expected).await;
    let missing = expected.saturating_sub(sent.delivered.load(Ordering::Relaxed) - from);
    let acks = std::mem::take(&mut *acks.lock().expect("no panic under it"));
    Ok((acks, missing + failed.load(Ordering::Relaxed) as u64))
}
