//! `chatsession replay`: real conversations through the whole service, by many customers and agents at once, with the
//! server killed as often as asked; then every transcript is compared with what was to be said, letter by letter.

mod access;
mod agent;
mod agent_calls;
mod board;
mod chat;
mod check;
mod customer;
#[cfg(feature = "cluster")]
mod faults;
mod fold;
#[cfg(feature = "cluster")]
mod log;
#[cfg(feature = "cluster")]
mod nodes;
mod order;
mod plan;
#[cfg(feature = "cluster")]
mod proxy;
mod report;
mod server;
mod under;

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{Instant, timeout_at},
};

use self::{
    access::{Access, Who},
    agent::Desk,
    board::Board,
    plan::Plan,
    under::Under,
};
use super::{Failure, center::duration, out};

/// Agents hear of the last chat's end within that time, or something is wrong.
const LAST_EVENTS: Duration = Duration::from_secs(60);

/// What is replayed, where and how.
#[derive(Args)]
pub(crate) struct ReplayArgs {
    /// Conversations, one a line: {"id", "turns": [{"from": "customer" or "agent", "queue", "text"}]}.
    file: PathBuf,
    /// Only so many of them, from the first on.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Agents who serve the queues; a third more are there to be invited.
    #[arg(long, value_name = "N", default_value = "60", value_parser = clap::value_parser!(u32).range(1..=5000))]
    agents: u32,
    /// Customers who chat at once.
    #[arg(long, value_name = "N", default_value = "200", value_parser = clap::value_parser!(u32).range(1..))]
    customers: u32,
    /// Kill the server (SIGKILL) each time that it has served for so long, and start it again on the same data.
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "server")]
    kill_every: Option<Duration>,
    /// Start so many nodes as a cluster on three NATS servers, instead of one server.
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9), conflicts_with_all = ["server", "kill_every"])]
    nodes: Option<u8>,
    /// What breaks meanwhile, in this order and over and over: kill-node, kill-nats, pause-nats, cut, cut-out, cut-in,
    /// kill-two-nats.
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "FAULTS", value_delimiter = ',', requires = "nodes")]
    faults: Vec<faults::Fault>,
    /// How long nothing breaks in between.
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "3s", requires = "nodes")]
    fault_every: Duration,
    /// How long customers think before each turn.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "0s")]
    pace: Duration,
    /// A server that runs already, instead of one of its own.
    #[arg(long, value_name = "URL", requires = "token")]
    server: Option<String>,
    /// An integrator's token for that server; it acts for everybody.
    #[arg(long, env = "CHATSESSION_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// Decides who declines, who lets an offer expire and who is invited.
    #[arg(long, default_value = "1")]
    seed: u64,
    /// After so long the run has failed.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10m")]
    time_limit: Duration,
}

pub(super) fn run(args: &ReplayArgs) -> Result<(), Failure> {
    let plan = Arc::new(Plan::read(args)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            done = replay(args, plan) => done,
            _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
        }
    })
}

async fn replay(args: &ReplayArgs, plan: Arc<Plan>) -> Result<(), Failure> {
    let (under, access) = Under::start(args).await?;
    out::line(format!(
        "{} conversations, {} turns, {} changes of queue; {} agents and {} to be invited; server {}",
        plan.conversations.len(),
        plan.turns(),
        plan.changes(),
        plan.agents.len(),
        plan.invitees.len(),
        access.urls(),
    ));
    let board = Arc::new(Board::new(plan.conversations.len()));
    let done = play(args, &plan, &Arc::new(access), &board, &under).await;
    let kept = under.stop(done.is_ok()).await;
    match (done, kept) {
        (Err(failure), Some(folder)) => {
            Err(format!("{failure}\nthe server's log and data: {}", folder.display()).into())
        }
        (done, _) => done,
    }
}

async fn play(
    args: &ReplayArgs,
    plan: &Arc<Plan>,
    access: &Arc<Access>,
    board: &Arc<Board>,
    under: &Under,
) -> Result<(), Failure> {
    let deadline = Instant::now() + args.time_limit;
    let integrator = access.client(Who::Integrator).await?;
    integrator.administration().apply(plan.center()).await?;
    let (stop, stopped) = watch::channel(false);
    let mut desks = JoinSet::new();
    for (id, serves) in plan.everybody() {
        let client = access.client(Who::Agent(id)).await?;
        desks.spawn(Desk::new(id.to_owned(), serves, client, plan.clone(), board.clone()).run(stopped.clone()));
    }
    board.wait_for_desks(plan.everybody().count(), deadline).await?;
    let mut breaking = JoinSet::new();
    if let Some(breaks) = under.breaks(args, board) {
        breaking.spawn(breaks);
    }
    let started = std::time::Instant::now();
    let mut progress = JoinSet::new();
    progress.spawn(report::progress(board.clone(), under.kills()));
    let heard = timeout_at(deadline, customers(args, plan, access, board, &mut desks)).await;
    let heard = match heard {
        Ok(heard) => heard?,
        Err(_) => return Err(board.stuck(plan).into()),
    };
    let took = started.elapsed();
    stop.send_replace(true);
    let seen = timeout_at(Instant::now() + LAST_EVENTS, all(desks));
    let seen = seen.await.map_err(|_| board.open_desks())??;
    under.mend(&mut breaking).await?;
    progress.shutdown().await;
    let checked = check::check(plan, &integrator, heard, seen, board).await?;
    report::print(plan, board, &checked, took, under.kills());
    checked.verdict(plan, board)?;
    under.verdict(args).await
}

/// Everyone's chats, until the last has ended, or somebody fails.
async fn customers(
    args: &ReplayArgs,
    plan: &Arc<Plan>,
    access: &Arc<Access>,
    board: &Arc<Board>,
    desks: &mut JoinSet<Result<agent::Seen, Failure>>,
) -> Result<Vec<customer::Heard>, Failure> {
    let room = Arc::new(Semaphore::new(args.customers as usize));
    let mut chats = JoinSet::new();
    for index in 0..plan.conversations.len() {
        let (plan, access, board, room) = (plan.clone(), access.clone(), board.clone(), room.clone());
        chats.spawn(async move {
            let _place = room.acquire().await?;
            let chat = customer::chat(index, &plan, &access, &board).await;
            chat.map_err(|error| Failure::from(format!("customer of {}: {error}", plan.conversations[index].id)))
        });
    }
    let mut heard = Vec::new();
    loop {
        tokio::select! {
            chat = chats.join_next() => match chat {
                Some(chat) => heard.push(chat??),
                None => return Ok(heard),
            },
            Some(desk) = desks.join_next() => {
                desk??;
                return Err("an agent's desk closed before the chats had ended".into());
            }
        }
    }
}

async fn all<T: 'static>(mut tasks: JoinSet<Result<T, Failure>>) -> Result<Vec<T>, Failure> {
    let mut done = Vec::new();
    while let Some(task) = tasks.join_next().await {
        done.push(task??);
    }
    Ok(done)
}
