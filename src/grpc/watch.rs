//! A watch of one session, as a stream of frames.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use prost_types::Duration;
use tonic::{Request, Status};

use super::{
    as_it_was::Seen,
    auth::Role,
    codec::Frame,
    edge::{Call, Edge},
    frames,
    from_pb::{All, revision},
    pb::{self, GoodbyeReason, WatchRequest},
    presence::Present,
    status,
    streams::{End, OpenStream},
    to_pb,
    waits::Watching,
};
use crate::{
    center::{Access, Refusal, SessionId, Viewer},
    live::{Cursor, Eyes, Over, Start, Step},
};

/// A session's events, and what comes with them.
pub struct WatchStream {
    stream: OpenStream,
    cursor: Cursor,
    opened: Option<Frame>,
    done: bool,
    /// Of a customer's: they are told how they stand while they wait.
    _waits: Option<Box<Watching>>,
}

/// What is seen when a watch opens.
struct Opening {
    access: Access,
    revision: u32,
    over: bool,
    snapshot: Option<Seen>,
}

impl WatchStream {
    /// Opens a watch.
    pub(super) async fn open(edge: &Arc<Edge>, request: Request<WatchRequest>) -> Result<Self, Status> {
        let call = edge.enter(&request)?;
        let request = request.into_inner();
        let (session,) = (call.session(&request.session_id),).all().map_err(status::invalid)?;
        let who = call.caller(request.acting_for.clone()).ok().map(|caller| caller.who);
        let viewer = call.viewer(request.acting_for)?;
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
        // Counted from here on, also while the snapshot is read.
        let stream = call.open_stream(here.is_some())?;
        if let Some(who) = who {
            stream.watched_by(who, Some(session));
        }
        if matches!(viewer, Viewer::Agent(_)) && !access.ends_on_leaving {
            stream.supervises();
        }
        let opened = opened(&call, &stream, here.is_some(), opening).await?;
        let cursor = call.shard.feed.cursor(session, access, start, eyes);
        if let Some(here) = here {
            stream.hold(edge.presence.enter(&call.center, here));
        }
        let waits = matches!(viewer, Viewer::Customer(..)).then(|| edge.waits.watch(&call.center, session));
        Ok(Self { stream, cursor, opened: Some(opened), done: false, _waits: waits })
    }

    fn goodbye(&mut self, reason: GoodbyeReason) -> Poll<Option<Result<Frame, Status>>> {
        self.done = true;
        Poll::Ready(Some(Ok(frames::goodbye(reason, self.cursor.last()))))
    }
}

async fn opening(call: &Call, viewer: Viewer, session: SessionId, snapshot: bool) -> Result<Opening, Status> {
    let eyes = viewer.clone();
    let seen = call.see(viewer, session, move |session, access| {
        let revision = access.until.unwrap_or(session.last_for(access.audience));
        let snapshot = snapshot.then(|| Seen::of(session, &access, &eyes));
        Opening { over: session.is_over_for(access.audience), access, revision, snapshot }
    });
    seen.await
}

async fn opened(call: &Call, stream: &OpenStream, leased: bool, opening: Opening) -> Result<Frame, Status> {
    let session = match opening.snapshot {
        Some(snapshot) => Some(snapshot.filled(call).await?),
        None => None,
    };
    let limits = &call.edge.limits.watches;
    Ok(frames::opened(pb::WatchOpened {
        stream_id: stream.id.to_string(),
        revision: u64::from(opening.revision),
        session,
        lease: leased.then(|| wire(limits.lease)),
        heartbeat_interval: Some(wire(limits.heartbeat)),
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
        match self.stream.ended() {
            Some(End::Goodbye(reason)) => return self.goodbye(reason),
            Some(End::TokenExpired) => {
                self.done = true;
                return Poll::Ready(Some(Err(status::token_expired())));
            }
            None => {}
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

const _: () = {
    // A watch is one of very many: what it holds is counted.
    assert!(std::mem::size_of::<WatchStream>() <= 512);
};
