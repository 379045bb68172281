//! A center's commits, as a stream of frames.

use std::{future::poll_fn, sync::Arc, time::SystemTime};

use prost::Message;
use tonic::{Request, Status};

use super::{BYTES, FeedStream, From, admitted, commit, filter::Filter, follow};
use crate::{
    center::Time,
    grpc::{
        codec::Frame,
        edge::Edge,
        outlet::{Ended, Outlet},
        pb::{self, GoodbyeReason},
        status, to_pb,
        watch::wire,
    },
    journal::ReadError,
    live::{CenterCommit, CenterCursor, CenterStep},
};

/// Frames that wait for the connection; the rest waits in the log.
const FRAMES: usize = 4;

/// `WatchCenterResponse`.
#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 6")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Kind {
    #[prost(message, tag = "1")]
    Opened(pb::FeedOpened),
    #[prost(message, tag = "2")]
    Commits(pb::Commits),
    #[prost(message, tag = "3")]
    CaughtUp(pb::FeedPosition),
    #[prost(message, tag = "4")]
    Heartbeat(pb::FeedPosition),
    #[prost(message, tag = "6")]
    Goodbye(pb::FeedGoodbye),
}

fn frame(kind: Kind) -> Frame {
    Frame::of(&Response { kind: Some(kind) })
}

struct Following {
    cursor: CenterCursor,
    filter: Filter,
    outlet: Outlet,
}

/// What a feed wakes up for.
enum Woken {
    Step(Result<CenterStep, ReadError>),
    Beat,
    End(Ended),
}

/// Opens a feed.
pub(super) async fn open(edge: &Arc<Edge>, request: Request<pb::WatchCenterRequest>) -> Result<FeedStream, Status> {
    let call = edge.enter(&request)?;
    admitted(&call)?;
    let it = request.into_inner();
    let filter = Filter::parse(it.filter).map_err(|wrong| status::invalid(vec![wrong]))?;
    let (cursor, last) = follow(&call, From { after: it.after_center_seq, history: it.history_id }).await?;
    let stream = call.open_stream(false)?;
    let limits = &edge.limits.watches;
    let opened = pb::FeedOpened {
        stream_id: stream.id.to_string(),
        history_id: edge.id_key.history(),
        center_seq: last,
        heartbeat_interval: Some(wire(limits.heartbeat)),
    };
    let (outlet, frames) = Outlet::new(stream, limits, FRAMES);
    let following = Following { cursor, filter, outlet };
    tokio::spawn(following.run(opened));
    Ok(Box::pin(frames))
}

impl Following {
    async fn run(mut self, opened: pb::FeedOpened) {
        if let Err(ended) = self.serve(opened).await {
            let last = self.cursor.last();
            let goodbye = |reason: GoodbyeReason| {
                frame(Kind::Goodbye(pb::FeedGoodbye { reason: reason.into(), resume_after_center_seq: last }))
            };
            self.outlet.close(ended, goodbye).await;
        }
    }

    async fn serve(&mut self, opened: pb::FeedOpened) -> Result<(), Ended> {
        self.outlet.send(frame(Kind::Opened(opened))).await?;
        loop {
            match self.woken().await {
                Woken::Step(Ok(CenterStep::Commits(found))) => self.tell(found).await?,
                Woken::Step(Ok(CenterStep::CaughtUp)) => {
                    self.outlet.send(frame(Kind::CaughtUp(self.position()))).await?;
                }
                Woken::Step(Ok(CenterStep::Draining)) => return Err(Ended::Goodbye(GoodbyeReason::Draining)),
                Woken::Step(Err(ReadError::Compacted { .. })) => {
                    return Err(Ended::Goodbye(GoodbyeReason::PositionCompacted));
                }
                Woken::Step(Err(error)) => return Err(Ended::Failed(status::unreadable(&error))),
                Woken::Beat => self.outlet.send(frame(Kind::Heartbeat(self.position()))).await?,
                Woken::End(ended) => return Err(ended),
            }
        }
    }

    async fn woken(&mut self) -> Woken {
        let Self { cursor, outlet, .. } = self;
        tokio::select! {
            biased;
            ended = poll_fn(|context| outlet.poll_ended(context)) => Woken::End(ended),
            () = outlet.gone() => Woken::End(Ended::Quietly),
            step = cursor.step() => Woken::Step(step),
            () = outlet.beat() => Woken::Beat,
        }
    }

    /// What is wanted, in messages that aren't too large.
    async fn tell(&mut self, found: Vec<CenterCommit>) -> Result<(), Ended> {
        let (mut commits, mut bytes) = (Vec::new(), 0);
        for found in found {
            let Some(commit) = commit::of(&found, &self.filter) else { continue };
            bytes += commit.encoded_len();
            let center_seq = commit.center_seq;
            commits.push(commit);
            if bytes >= BYTES {
                let commits = std::mem::take(&mut commits);
                bytes = 0;
                self.outlet.send(frame(Kind::Commits(pb::Commits { commits, center_seq }))).await?;
            }
        }
        if commits.is_empty() {
            return Ok(());
        }
        let center_seq = self.cursor.last();
        self.outlet.send(frame(Kind::Commits(pb::Commits { commits, center_seq }))).await
    }

    fn position(&self) -> pb::FeedPosition {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let server_time = Some(to_pb::time(Time(now.as_millis() as u64)));
        pb::FeedPosition { center_seq: self.cursor.last(), server_time }
    }
}
