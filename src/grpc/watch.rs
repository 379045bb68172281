//! A watch of one session, as a stream of frames.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use prost_types::Duration;
use tonic::{Request, Status};

use super::{
    auth::Role,
    codec::Frame,
    edge::{Call, Edge},
    frames,
    from_pb::{All, revision},
    pb::{self, GoodbyeReason, WatchRequest},
    presence::{Here, Present},
    status,
    streams::Stream,
    to_pb,
};
use crate::{
    center::{Access, Refusal, SessionId, Viewer},
    live::{Cursor, Eyes, Over, Start, Step},
};

/// A session's events, and what comes with them.
pub struct WatchStream {
    edge: Arc<Edge>,
    stream: Arc<Stream>,
    cursor: Cursor,
    opened: Option<Frame>,
    _here: Option<Here>,
    done: bool,
}

/// What is seen when a watch opens.
struct Opening {
    access: Access,
    revision: u32,
    over: bool,
    snapshot: Option<(pb::Session, to_pb::Texts)>,
}

impl WatchStream {
    /// Opens a watch.
    pub(super) async fn open(edge: &Arc<Edge>, request: Request<WatchRequest>) -> Result<Self, Status> {
        let call = edge.enter(&request)?;
        let request = request.into_inner();
        let viewer = call.viewer(request.acting_for)?;
        let (session,) = (call.session(&request.session_id),).all().map_err(status::invalid)?;
        let after = request.after_revision.map(revision);
        let snapshot = request.snapshot || after.is_none();
        let opening = opening(&call, viewer.clone(), session, snapshot).await?;
        let (access, at) = (opening.access.clone(), opening.revision);
        let after = after.unwrap_or(at);
        let start = Start { after, last: at, over: opening.over && access.until.is_none() };
        if after > at {
            return Err(status::of(Refusal::PositionInFuture { last: at }));
        }
        let (eyes, here) = match &viewer {
            Viewer::Customer(..) => {
                let tracked = call.identity.role == Role::Customer;
                (Eyes::Customer, tracked.then_some(Present::Customer(session)))
            }
            Viewer::Agent(agent) => (Eyes::Agent(agent.clone()), None),
            Viewer::All => (Eyes::Other, None),
        };
        let leased = here.is_some();
        let stream = call.open_stream(leased)?;
        let opened = opened(edge, &stream, leased, opening).await;
        let mut watch = Self {
            edge: edge.clone(),
            cursor: edge.feed.cursor(session, access, start, eyes),
            _here: here.map(|here| edge.presence.enter(&call.center, here)),
            stream,
            opened: None,
            done: false,
        };
        watch.opened = Some(opened?);
        Ok(watch)
    }

    fn goodbye(&mut self, reason: GoodbyeReason) -> Poll<Option<Result<Frame, Status>>> {
        self.done = true;
        Poll::Ready(Some(Ok(frames::goodbye(reason, self.cursor.last()))))
    }
}

async fn opening(call: &Call, viewer: Viewer, session: SessionId, snapshot: bool) -> Result<Opening, Status> {
    let seen = call.see(viewer, session, move |session, access| {
        let revision = access.until.unwrap_or(session.last_for(access.audience));
        let snapshot = snapshot.then(|| to_pb::session(session, access.audience));
        Opening { over: session.is_over_for(access.audience), access, revision, snapshot }
    });
    seen.await
}

async fn opened(edge: &Edge, stream: &Stream, leased: bool, opening: Opening) -> Result<Frame, Status> {
    let session = match opening.snapshot {
        Some((mut session, texts)) => {
            texts.fill(&mut session, &edge.feed).await.map_err(|error| status::unreadable(&error))?;
            Some(session)
        }
        None => None,
    };
    Ok(frames::opened(pb::WatchOpened {
        stream_id: stream.id.to_string(),
        revision: u64::from(opening.revision),
        session,
        lease: leased.then(|| wire(edge.limits.watches.lease)),
        heartbeat_interval: Some(wire(edge.limits.watches.heartbeat)),
    }))
}

/// A setting's length of time, on the wire.
pub(super) fn wire(length: std::time::Duration) -> Duration {
    to_pb::duration(length.as_millis() as u64)
}

impl tokio_stream::Stream for WatchStream {
    type Item = Result<Frame, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        if let Some(opened) = self.opened.take() {
            return Poll::Ready(Some(Ok(opened)));
        }
        self.stream.is_read();
        self.stream.waker.register(context.waker());
        if let Some(reason) = self.stream.ended() {
            return self.goodbye(reason);
        }
        let step = match self.cursor.poll_step(context) {
            Poll::Ready(step) => step,
            Poll::Pending => return Poll::Pending,
        };
        Poll::Ready(Some(match step {
            Step::Events(bytes, _) | Step::Signal(bytes) => Ok(Frame(bytes)),
            Step::CaughtUp(revision) => Ok(frames::caught_up(revision)),
            Step::Beat(revision) => Ok(frames::heartbeat(revision)),
            Step::Over(Over::Session) => {
                self.done = true;
                return Poll::Ready(None);
            }
            Step::Over(Over::Left) => return self.goodbye(GoodbyeReason::LeftSession),
            Step::Over(Over::Draining) => return self.goodbye(GoodbyeReason::Draining),
            Step::Failed(error) => {
                self.done = true;
                Err(status::unreadable(&error))
            }
        }))
    }
}

impl Drop for WatchStream {
    fn drop(&mut self) {
        self.edge.streams.close(&self.stream);
    }
}

const _: () = {
    // A watch is one of very many: what it holds is counted.
    assert!(std::mem::size_of::<WatchStream>() <= 512);
};
