//! An open Invite window, as a stream of frames.

use std::{collections::BTreeSet, future::poll_fn, pin::Pin, sync::Arc};

use tokio::{
    sync::watch,
    time::{Duration, Instant, sleep_until},
};
use tonic::{Request, Status};

use super::{
    Directory,
    filter::Wanted,
    view::{Difference, View},
};
use crate::{
    center::{AgentId, Refusal, Target},
    grpc::{
        codec::Frame,
        edge::{Call, Edge},
        frames,
        outlet::{Ended, Outlet},
        pb::{self, GoodbyeReason, target_ref},
        status,
        watch::wire,
    },
};

/// Frames that wait for the connection.
const FRAMES: usize = 4;

/// A window looks no more often than this.
const PAUSE: Duration = Duration::from_secs(1);

/// A window's frames.
pub(in crate::grpc) type WindowStream = Pin<Box<dyn tokio_stream::Stream<Item = Result<Frame, Status>> + Send>>;

/// `WatchTargetsResponse`, as far as others don't have the same.
#[derive(Clone, PartialEq, prost::Message)]
struct Response {
    #[prost(message, optional, tag = "1")]
    opened: Option<pb::TargetsOpened>,
    #[prost(message, optional, tag = "2")]
    changed: Option<pb::TargetsChanged>,
}

struct Window {
    call: Call,
    agent: AgentId,
    directory: Arc<Directory>,
    view: View,
    /// When what the agent likes was read last, as a generation of the directory.
    favoured: u64,
    /// Whether it was told that there may be more.
    more: bool,
    generation: watch::Receiver<u64>,
    draining: watch::Receiver<bool>,
    outlet: Outlet,
    next_look: Instant,
}

/// What a window wakes up for.
enum Woken {
    Look,
    Beat,
    End(Ended),
}

/// Opens a window.
pub(in crate::grpc) async fn open(
    edge: &Arc<Edge>,
    request: Request<pb::WatchTargetsRequest>,
) -> Result<WindowStream, Status> {
    let call = edge.enter(&request)?;
    let it = request.into_inner();
    let caller = call.caller(it.acting_for)?;
    let agent = caller.who.agent().cloned().ok_or_else(status::role_not_allowed)?;
    let wanted = Wanted {
        query: it.query,
        kinds: it.kinds,
        team_id: it.team_id,
        skill: it.skill,
        favourites_only: it.favourites_only,
        available_only: it.available_only,
    };
    let filter = wanted.filter(agent.clone()).map_err(status::invalid)?;
    let favourites = favourites(&call, &agent).await?;
    let stream = call.open_stream(true)?;
    let directory = edge.directories.of(&call.center, &call.shard).await;
    let (generation, draining) = (directory.generation.subscribe(), directory.draining.subscribe());
    let (view, difference) = View::open(filter, favourites, &directory.rows());
    let (outlet, frames) = Outlet::new(stream, &edge.limits.watches, FRAMES);
    let window = Window {
        agent,
        view,
        favoured: 0,
        more: difference.more,
        generation,
        draining,
        outlet,
        next_look: Instant::now() + PAUSE,
        directory,
        call,
    };
    tokio::spawn(window.run(difference));
    Ok(Box::pin(frames))
}

async fn favourites(call: &Call, agent: &AgentId) -> Result<BTreeSet<Target>, Status> {
    let agent = agent.clone();
    let read = call.shard.handle.read(&call.center, move |center, _| {
        center.agent(&agent)?;
        Ok::<_, Refusal>(center.favourites(&agent).cloned().unwrap_or_default())
    });
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

fn named(target: Target) -> pb::TargetRef {
    let target = match target {
        Target::Agent(id) => target_ref::Target::AgentId(id.to_string()),
        Target::Queue(id) => target_ref::Target::QueueId(id.to_string()),
    };
    pb::TargetRef { target: Some(target) }
}

impl Window {
    async fn run(mut self, first: Difference) {
        if let Err(ended) = self.serve(first).await {
            self.outlet.close(ended, |reason| frames::goodbye(reason, 0)).await;
        }
    }

    async fn serve(&mut self, first: Difference) -> Result<(), Ended> {
        let limits = &self.call.edge.limits.watches;
        let opened = pb::TargetsOpened {
            stream_id: self.outlet.stream.id.to_string(),
            targets: first.put,
            more: first.more,
            lease: Some(wire(limits.lease)),
            heartbeat_interval: Some(wire(limits.heartbeat)),
        };
        self.outlet.send(Frame::of(&Response { opened: Some(opened), changed: None })).await?;
        loop {
            match self.woken().await {
                Woken::Look => self.look().await?,
                Woken::Beat => self.outlet.send(frames::heartbeat(0)).await?,
                Woken::End(ended) => return Err(ended),
            }
        }
    }

    /// Tells what changed since the last look, if something did.
    async fn look(&mut self) -> Result<(), Ended> {
        self.next_look = Instant::now() + PAUSE;
        let favoured = self.directory.rows().favoured(&self.agent);
        let mut liked = None;
        if favoured > self.favoured {
            let agent = self.agent.clone();
            let read =
                self.call.shard.handle.read_here(&self.call.center, move |center, _| {
                    center.favourites(&agent).cloned().unwrap_or_default()
                });
            // When the shard is busy or recovers, it's read with the next look.
            if let Ok(now) = read.await {
                (self.favoured, liked) = (favoured, Some(now));
            }
        }
        let Difference { put, removed, more } = self.view.look(&self.directory.rows(), liked);
        if put.is_empty() && removed.is_empty() && more == self.more {
            return Ok(());
        }
        self.more = more;
        let removed = removed.into_iter().map(named).collect();
        let changed = pb::TargetsChanged { put, removed, more };
        self.outlet.send(Frame::of(&Response { opened: None, changed: Some(changed) })).await
    }

    async fn woken(&mut self) -> Woken {
        let (next_look, seen) = (self.next_look, self.view.generation());
        let behind = self.view.is_unfinished() || self.directory.rows().favoured(&self.agent) > self.favoured;
        let (outlet, generation) = (&self.outlet, &mut self.generation);
        let look = async {
            sleep_until(next_look).await;
            if !behind {
                // The sender is in the directory that is held here.
                let _ = generation.wait_for(|generation| *generation > seen).await;
            }
        };
        tokio::select! {
            biased;
            ended = poll_fn(|context| outlet.poll_ended(context)) => Woken::End(ended),
            _ = self.draining.wait_for(|draining| *draining) => Woken::End(Ended::Goodbye(GoodbyeReason::Draining)),
            () = outlet.gone() => Woken::End(Ended::Quietly),
            () = look => Woken::Look,
            () = outlet.beat() => Woken::Beat,
        }
    }
}
