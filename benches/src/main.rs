//! The workloads that the product is measured by, each side by side with the bare transport in the same run, because
//! only ratios of one run count.
//!
//! `cargo build --release && cargo run --release -p chatsession-bench -- chat-3w`

#![allow(clippy::print_stdout, reason = "a table is what is asked for")]

use std::time::Duration;

use clap::{Parser, Subcommand};

mod bare;
mod catch_up;
mod center;
mod chat_3w;
mod cluster;
mod core;
mod day;
mod erlang;
mod floor;
mod idle;
mod process;
mod recover;
mod referee;
mod route;
mod stalled;
mod targets;
mod transfer;

#[allow(missing_docs, clippy::all, unreachable_pub, reason = "generated")]
mod pb {
    tonic::include_proto!("chatsession.v1");
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Settings of ours under which nothing but the work itself limits a workload.
const SETTINGS: [&str; 6] = [
    "limits.rates.integrator.per_second=10000000",
    "limits.rates.integrator.burst=10000000",
    "limits.streams.service=10000",
    "limits.connections.new_per_second=10000",
    "limits.connections.unauthenticated_per_address=10000",
    "log.filter=info",
];

/// A quantile of some times, zero when there are none.
fn quantile(times: &[Duration], quantile: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = ((times.len() as f64 * quantile) as usize).min(times.len().saturating_sub(1));
    times.get(at).copied().unwrap_or_default()
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    workload: Workload,
}

#[derive(Subcommand)]
enum Workload {
    /// A bare tonic server: the same messages, in memory, without logic. Started by the other workloads.
    Bare,
    /// 1,000 sessions, 3 watchers each, 300-byte messages: throughput, latency, processor time, memory.
    #[command(name = "chat-3w")]
    Chat3w(chat_3w::Args),
    /// Decisions a second of the core alone, on one thread: messages, and routing.
    Core,
    /// The core against queueing theory: waits and abandonments on ten floors, beside Erlang C and Erlang A.
    Referee,
    /// The router of a very large center in steady state: decisions a second, and how long one takes.
    Route(route::Args),
    /// A day of a contact centre in virtual time, and its report by queue and by agent: sums that add up to the last chat.
    Day(day::Args),
    /// A start on a log of a million events and 10,000 open sessions: the time to serving.
    Recover,
    /// Chats handed on by invitation and through a queue: how many a second, and how long each takes.
    Transfer(transfer::Args),
    /// A watcher who is 10,000 events behind.
    CatchUp(catch_up::Args),
    /// Several nodes on NATS servers of this machine: the fenced append, shards, a follower, a node that joins.
    Cluster,
    /// Open Invite windows in a large center whose agents come and go: processor time and bytes.
    Targets(targets::Args),
    /// One reader among 1,000 who takes nothing more: what it costs the others.
    Stalled(stalled::Args),
    /// Very many idle watches on 100 connections: bytes and processor time.
    Idle(idle::Args),
}

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match Cli::parse().workload {
            Workload::Bare => bare::serve().await,
            Workload::Chat3w(args) => chat_3w::run(&args).await,
            Workload::Core => core::run(),
            Workload::Referee => referee::run(),
            Workload::Route(args) => route::run(&args),
            Workload::Day(args) => day::run(&args),
            Workload::Recover => recover::run().await,
            Workload::Transfer(args) => transfer::run(&args).await,
            Workload::CatchUp(args) => catch_up::run(&args).await,
            Workload::Cluster => Box::pin(cluster::run()).await,
            Workload::Targets(args) => targets::run(&args).await,
            Workload::Stalled(args) => stalled::run(&args).await,
            Workload::Idle(args) => idle::run(&args).await,
        }
    })
}
