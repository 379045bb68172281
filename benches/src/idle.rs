//! Very many idle watches: what each costs while nothing happens.

use std::time::Duration;

use crate::{
    Failure,
    center::{Caller, attended, channels},
    pb::{self, chat_session_client::ChatSessionClient},
    process::Server,
};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Watches, over 100 connections; they are a supervisor's or an integrator's, without leases to renew.
    #[arg(long, default_value = "10000")]
    watches: usize,
    /// Settings of ours.
    #[arg(long = "set")]
    set: Vec<String>,
    /// Seconds of doing nothing.
    #[arg(long, default_value = "30")]
    seconds: u64,
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let settings: Vec<&str> = crate::SETTINGS.into_iter().chain(args.set.iter().map(String::as_str)).collect();
    let server = Server::ours(&settings).await?;
    let caller = Caller::of(&server)?;
    let chats = attended(&server, &caller, 1_000).await?;
    let channels = channels(&server.url(), 100).await?;
    let before = server.used()?;
    let mut watches = Vec::with_capacity(args.watches);
    for at in 0..args.watches {
        let request = pb::WatchRequest { session_id: chats[at % chats.len()].session.clone(), ..Default::default() };
        let channel = channels[at % channels.len()].clone();
        watches.push(ChatSessionClient::new(channel).watch(caller.call(request)).await?.into_inner());
    }
    let with = server.used()?;
    let bytes = (with.memory - before.memory) / args.watches as u64;
    println!("{} idle watches on 100 connections: {bytes} bytes each", args.watches);
    let started = server.used()?.cpu;
    tokio::time::sleep(Duration::from_secs(args.seconds)).await;
    let cpu = (server.used()?.cpu - started).as_secs_f64();
    // Every watch had one each 20 s.
    let heartbeats = args.watches as f64 * args.seconds as f64 / 20.0;
    println!(
        "processor time over {} s: {:.2} % of a core, {:.1} µs for each of {heartbeats:.0} heartbeats",
        args.seconds,
        cpu * 100.0 / args.seconds as f64,
        cpu * 1e6 / heartbeats
    );
    server.stop().await
}
