//! How a task that serves a stream hands its frames over: each in time, and at last why it ends.

use std::task::{Context, Poll};

use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::{
    codec::Frame,
    pb::GoodbyeReason,
    status,
    streams::{End, OpenStream},
};
use crate::config::Watches;

/// How a stream ends.
#[derive(Debug)]
pub(super) enum Ended {
    /// Nobody is there any more.
    Quietly,
    /// It may be resumed.
    Goodbye(GoodbyeReason),
    /// It may be tried again.
    Failed(Status),
}

/// Where a stream's frames go.
pub(super) struct Outlet {
    pub(super) stream: OpenStream,
    frames: mpsc::Sender<Result<Frame, Status>>,
    limits: Watches,
    next_beat: Instant,
}

impl Outlet {
    /// For a stream; so many frames wait for the connection.
    pub(super) fn new(
        stream: OpenStream,
        limits: &Watches,
        waiting: usize,
    ) -> (Self, ReceiverStream<Result<Frame, Status>>) {
        let (frames, receiver) = mpsc::channel(waiting);
        let next_beat = Instant::now() + limits.heartbeat;
        (Self { stream, frames, limits: limits.clone(), next_beat }, ReceiverStream::new(receiver))
    }

    /// Hands a frame over, unless nobody takes it for too long.
    pub(super) async fn send(&mut self, frame: Frame) -> Result<(), Ended> {
        self.next_beat = Instant::now() + self.limits.heartbeat;
        match timeout(self.limits.slow_watcher, self.frames.send(Ok(frame))).await {
            Ok(Ok(())) => {
                self.stream.is_read();
                Ok(())
            }
            Ok(Err(_)) => Err(Ended::Quietly),
            Err(_) => Err(Ended::Goodbye(GoodbyeReason::SlowConsumer)),
        }
    }

    /// Says why it ends. The channel may be full: whoever reads again is told, whoever doesn't is gone.
    pub(super) async fn close(self, ended: Ended, goodbye: impl FnOnce(GoodbyeReason) -> Frame) {
        let last = match ended {
            Ended::Quietly => return,
            Ended::Goodbye(reason) => Ok(goodbye(reason)),
            Ended::Failed(status) => Err(status),
        };
        let _ = timeout(self.limits.slow_watcher, self.frames.send(last)).await;
    }

    /// Ready when others end it.
    pub(super) fn poll_ended(&self, context: &mut Context<'_>) -> Poll<Ended> {
        self.stream.waker.register(context.waker());
        match self.stream.ended() {
            Some(End::Goodbye(reason)) => Poll::Ready(Ended::Goodbye(reason)),
            Some(End::TokenExpired) => Poll::Ready(Ended::Failed(status::token_expired())),
            None => Poll::Pending,
        }
    }

    /// Returns when nobody takes frames any more.
    pub(super) async fn gone(&self) {
        self.frames.closed().await;
    }

    /// Returns when nothing was sent for so long that a heartbeat is due.
    pub(super) async fn beat(&self) {
        sleep_until(self.next_beat).await;
    }
}
