//! The workload `stalled`: one reader among very many who takes nothing more.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use tonic::{Streaming, transport::Endpoint};

use crate::{
    Failure,
    center::{Caller, Chat, attended, channels, hear, message, request_id},
    pb::{self, chat_session_client::ChatSessionClient},
    process::Server,
    quantile,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Watchers of the one session, on 30 connections.
    #[arg(long, default_value = "1000")]
    watchers: usize,
    /// Rounds, each without and with the reader who stalls.
    #[arg(long, default_value = "9")]
    rounds: usize,
    /// Seconds of each half of a round; less than `limits.watches.slow_watcher`, after which the reader is let go.
    #[arg(long, default_value = "5")]
    seconds: u64,
}

/// Messages a second.
const RATE: u64 = 25;

/// When each message was sent, and how long it took to each watcher.
#[derive(Default)]
struct Sent {
    at: Mutex<Vec<Instant>>,
    took: Mutex<Vec<Duration>>,
}

impl Sent {
    fn seen(&self, text: &str) {
        let at = text.get(..10).and_then(|number| number.parse::<usize>().ok());
        let at = at.and_then(|number| self.at.lock().expect("no panic under it").get(number).copied());
        if let Some(at) = at {
            self.took.lock().expect("no panic under it").push(at.elapsed());
        }
    }
}

fn watch(caller: &Caller, chat: &Chat) -> tonic::Request<pb::WatchRequest> {
    caller.call(pb::WatchRequest { session_id: chat.session.clone(), ..Default::default() })
}

/// Opens a watch, and never reads what comes by it.
async fn stall(server: &Server, caller: &Caller, chat: &Chat) -> Result<Streaming<pb::WatchResponse>, Failure> {
    let endpoint = Endpoint::from_shared(server.url())?.initial_stream_window_size(1_024);
    let mut client = ChatSessionClient::new(endpoint.connect().await?);
    Ok(client.watch(watch(caller, chat)).await?.into_inner())
}

/// Sends for a while, and answers how long each message took to each watcher.
async fn sending(server: &Server, caller: &Caller, chat: &Chat, sent: &Sent, args: &Args) -> Result<Duration, Failure> {
    let mut client = ChatSessionClient::new(channels(&server.url(), 1).await?.remove(0));
    let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    let count = (RATE * args.seconds) as usize;
    for _ in 0..count {
        ticks.tick().await;
        let number = {
            let mut at = sent.at.lock().expect("no panic under it");
            at.push(Instant::now());
            at.len() - 1
        };
        let text = format!("{number:010}{}", "x".repeat(290));
        client.send_message(message(caller, chat, request_id(), text)).await?;
    }
    let deadline = Instant::now() + Duration::from_secs(5);
    let expected = count * args.watchers;
    while sent.took.lock().expect("no panic under it").len() < expected {
        if Instant::now() > deadline {
            return Err("deliveries are missing".into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = std::mem::take(&mut *sent.took.lock().expect("no panic under it"));
    Ok(quantile(&took, 0.99))
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let server = Server::ours(&crate::SETTINGS).await?;
    let caller = Caller::of(&server)?;
    let chat = attended(&server, &caller, 1).await?.remove(0);
    let channels = channels(&server.url(), 30).await?;
    let sent = Arc::new(Sent::default());
    let mut watchers = JoinSet::new();
    for at in 0..args.watchers {
        let mut client = ChatSessionClient::new(channels[at % channels.len()].clone());
        let stream = client.watch(watch(&caller, &chat)).await?.into_inner();
        let sent = sent.clone();
        watchers.spawn(hear(stream, move |text| sent.seen(text)));
    }
    sending(&server, &caller, &chat, &sent, args).await?;
    let mut ratios = Vec::new();
    for _ in 0..args.rounds {
        let without = sending(&server, &caller, &chat, &sent, args).await?;
        let stalled = stall(&server, &caller, &chat).await?;
        let with = sending(&server, &caller, &chat, &sent, args).await?;
        drop(stalled);
        println!("send→watcher p99 without {without:>9.2?}   with a stalled reader {with:>9.2?}");
        ratios.push(with.as_secs_f64() / without.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!("median of {} rounds: {:.2} × the p99 without   (must ≤ 1.10)", args.rounds, ratios[ratios.len() / 2]);
    server.stop().await
}
