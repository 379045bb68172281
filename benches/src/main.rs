//! The workloads that the product is measured by, each side by side with the bare transport in the same run, because
//! only ratios of one run count.
//!
//! `cargo build --release && cargo run --release -p chatsession-bench -- chat-3w`

#![allow(clippy::print_stdout, reason = "a table is what is asked for")]

use clap::{Parser, Subcommand};

mod bare;
mod center;
mod chat_3w;
mod core;
mod idle;
mod process;
mod recover;

#[allow(missing_docs, clippy::all, unreachable_pub, reason = "generated")]
mod pb {
    tonic::include_proto!("chatsession.v1");
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// A start on a log of a million events and 10,000 open sessions: the time to serving.
    Recover,
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
            Workload::Recover => recover::run().await,
            Workload::Idle(args) => idle::run(&args).await,
        }
    })
}
