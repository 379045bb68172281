//! Open Invite windows in a large center whose agents come and go: what they cost the server.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval};
use tonic::transport::Channel;

use crate::{
    Failure,
    center::{Caller, agent, channels, configure, queue, request_id},
    pb::{self, agent_desk_client::AgentDeskClient, apply_request::Object, watch_targets_response::Kind},
    process::Server,
};

/// Queues of the center; each agent serves two.
const QUEUES: usize = 50;

/// Connections that the windows come by.
const CONNECTIONS: usize = 30;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Agents of the center.
    #[arg(long, default_value = "10000")]
    agents: usize,
    /// Windows open at once.
    #[arg(long, default_value = "1000")]
    windows: usize,
    /// Agents who sign in or out, a second.
    #[arg(long, default_value = "100")]
    changes: u64,
    /// Seconds measured.
    #[arg(long, default_value = "20")]
    seconds: u64,
    /// Windows show only those who could take a session now, instead of everyone.
    #[arg(long)]
    available: bool,
}

fn objects(agents: usize) -> Vec<Object> {
    let week = prost_types::Duration { seconds: 7 * 86_400, nanos: 0 };
    let settings = pb::CenterSettings { lease_grace: Some(week), ..Default::default() };
    let mut objects = vec![Object::Settings(settings)];
    objects.extend((0..QUEUES).map(|at| queue(&format!("queue-{at}"))));
    objects.extend((0..agents).map(|at| {
        Object::Agent(pb::Agent {
            agent_id: format!("agent-{at:05}"),
            display_name: format!("Agent {at}"),
            queue_ids: vec![format!("queue-{}", at % QUEUES), format!("queue-{}", (at * 7 + 3) % QUEUES)],
            team_ids: vec![format!("team-{}", at % 100)],
            ..Default::default()
        })
    }));
    objects
}

/// Counts the messages and rows that a window brings.
async fn follow(
    mut desk: AgentDeskClient<Channel>,
    request: tonic::Request<pb::WatchTargetsRequest>,
    rows: Arc<AtomicU64>,
    messages: Arc<AtomicU64>,
) -> Result<(), Failure> {
    let mut window = desk.watch_targets(request).await?.into_inner();
    window.message().await?;
    tokio::spawn(async move {
        while let Ok(Some(message)) = window.message().await {
            if let Some(Kind::Changed(changed)) = message.kind {
                messages.fetch_add(1, Ordering::Relaxed);
                rows.fetch_add((changed.put.len() + changed.removed.len()) as u64, Ordering::Relaxed);
            }
        }
    });
    Ok(())
}

/// Agents come and go until the time is over, one after the other from the `first` on, so that each change is one.
async fn change(channel: Channel, caller: &Caller, args: &Args, first: usize) -> Result<(), Failure> {
    let mut ticks = interval(Duration::from_secs(1) / args.changes.max(1) as u32);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let until = Instant::now() + Duration::from_secs(args.seconds);
    for number in first.. {
        ticks.tick().await;
        if Instant::now() >= until {
            break;
        }
        let (at, comes) = ((number * 7_919) % args.agents, (number / args.agents).is_multiple_of(2));
        let (id, mut desk, caller) = (format!("agent-{at:05}"), AgentDeskClient::new(channel.clone()), caller.clone());
        tokio::spawn(async move {
            let request_id = request_id();
            match comes {
                true => {
                    let request = pb::SignInRequest { request_id, acting_for: agent(&id) };
                    desk.sign_in(caller.call(request)).await.map(drop)
                }
                false => {
                    let request = pb::SignOutRequest { request_id, acting_for: agent(&id), hand_back: true };
                    desk.sign_out(caller.call(request)).await.map(drop)
                }
            }
        });
    }
    Ok(())
}

async fn measured(
    name: &str,
    server: &Server,
    caller: &Caller,
    channel: &Channel,
    args: &Args,
    first: usize,
) -> Result<f64, Failure> {
    let before = server.used()?;
    change(channel.clone(), caller, args, first).await?;
    let cpu = (server.used()?.cpu - before.cpu).as_secs_f64() / args.seconds as f64;
    println!("{name}: {:.1} % of a core at {} changes a second", cpu * 100.0, args.changes);
    Ok(cpu)
}

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    let settings = [&crate::SETTINGS[..], &["limits.watches.lease=1h"]].concat();
    let server = Server::ours(&settings).await?;
    let caller = Caller::of(&server)?;
    let channels = channels(&server.url(), CONNECTIONS).await?;
    configure(&channels[0], &caller, objects(args.agents)).await?;
    let without = measured("without windows", &server, &caller, &channels[0], args, 0).await?;
    let (rows, messages) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let (memory, opening) = (server.used()?.memory, Instant::now());
    for at in 0..args.windows {
        let id = format!("agent-{:05}", at * args.agents / args.windows);
        let available_only = args.available;
        let request = pb::WatchTargetsRequest { acting_for: agent(&id), available_only, ..Default::default() };
        let desk = AgentDeskClient::new(channels[at % CONNECTIONS].clone());
        follow(desk, caller.call(request), rows.clone(), messages.clone()).await?;
    }
    let bytes = (server.used()?.memory.saturating_sub(memory)) / args.windows as u64;
    println!("{} windows opened in {:.1} s, {bytes} bytes each", args.windows, opening.elapsed().as_secs_f64());
    let first = (args.changes * args.seconds) as usize + 1;
    let with = measured("with windows", &server, &caller, &channels[0], args, first).await?;
    let told = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64 / args.seconds as f64;
    println!("  {:.0} messages with {:.0} rows a second to all windows", told(&messages), told(&rows));
    println!("  the windows themselves: {:.1} % of a core", (with - without) * 100.0);
    server.stop().await
}
