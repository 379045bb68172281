//! Keeps a stream open: resumes it, renews its lease, notices that it is dead.

use std::{collections::VecDeque, future::Future, time::Duration};

use backon::ExponentialBackoff;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_stream::{Stream, StreamExt};

use super::follow::{Cut, Follow, Next, Received, Terms};
use crate::{Error, ErrorKind, RetryPolicy};

const RENEW_INTERVAL: Duration = Duration::from_secs(10);
/// What was received is told at most that often.
const RECEIVED_INTERVAL: Duration = Duration::from_secs(1);
/// After a renewal that didn't get through.
const RENEW_AGAIN: Duration = Duration::from_secs(1);
/// Where the stream doesn't say it, the contract's.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(20);

/// Where streams come from.
pub(crate) trait Source<F: Follow>: Send + Sync + 'static {
    type Stream: Stream<Item = Result<F::Response, Error>> + Send + Unpin;

    /// Opens a stream, once.
    fn open(&self, request: F::Request) -> impl Future<Output = Result<Line<F::Response, Self::Stream>, Error>> + Send;

    /// Renews a stream's lease, once, where it was opened, and says what more was received. Whether the stream is still open.
    fn renew(
        &self,
        via: Via,
        stream_id: String,
        received: Received,
    ) -> impl Future<Output = Result<bool, Error>> + Send;

    /// A stream that came that way has to be opened again.
    fn cut(&self, via: Via, cut: Cut) -> impl Future<Output = ()> + Send;
}

/// An open stream, its first message read.
pub(crate) struct Line<R, S> {
    pub(crate) first: R,
    pub(crate) rest: S,
    pub(crate) via: Via,
}

/// By which address and token a stream was opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Via {
    pub(crate) address: usize,
    pub(crate) token: u64,
}

pub(crate) struct Keeper<F: Follow, S> {
    follow: F,
    source: S,
    policy: RetryPolicy,
    /// Read but not handed over yet. Outlives the stream that it came by: the position is past it already.
    out: VecDeque<F::Item>,
    reader: mpsc::Sender<Result<F::Item, Error>>,
}

impl<F: Follow, S: Source<F>> Keeper<F, S> {
    pub(crate) fn new(follow: F, source: S, policy: RetryPolicy, reader: mpsc::Sender<Result<F::Item, Error>>) -> Self {
        Self { follow, source, policy, out: VecDeque::new(), reader }
    }

    /// Until the end, which it leaves to the reader.
    pub(crate) async fn run(mut self, mut line: Line<F::Response, S::Stream>) {
        let mut delays = self.policy.delays();
        loop {
            let via = line.via;
            let (mut next, was_well) = self.keep(line).await;
            if was_well {
                delays = self.policy.delays();
            }
            line = loop {
                if !hand_over(&mut self.out, &self.reader).await {
                    return;
                }
                match next {
                    Next::Finish | Next::Read => return,
                    Next::Fail(error) => {
                        // A reader who is gone doesn't miss it.
                        let _ = self.reader.send(Err(error)).await;
                        return;
                    }
                    Next::Reopen(cut) => self.source.cut(via, cut).await,
                }
                match self.reopen(&mut delays).await {
                    Ok(line) => break line,
                    Err(error) => next = self.follow.refused(error, &mut self.out),
                }
            };
        }
    }

    /// Opens the stream again, for as long as the policy lets it. Fails when it is refused for good.
    async fn reopen(&self, delays: &mut ExponentialBackoff) -> Result<Line<F::Response, S::Stream>, Error> {
        let mut failed = Error::new(ErrorKind::Unavailable, "the stream broke, and isn't opened again");
        for delay in delays.by_ref() {
            sleep(delay.max(failed.retry_after().unwrap_or_default())).await;
            match self.source.open(self.follow.request()).await {
                Err(error) if is_passing(&error) => {
                    tracing::debug!(%error, "a stream can't be opened yet");
                    failed = error;
                }
                line => return line,
            }
        }
        Err(failed)
    }

    /// Reads a stream for as long as it is of use. Also says whether it was well: it brought something after its first
    /// message. Then the next opening comes soon again, so that a server that is restarted again and again is found each
    /// time that it is there, and one that drops every stream isn't rushed.
    async fn keep(&mut self, mut line: Line<F::Response, S::Stream>) -> (Next, bool) {
        let Some(terms) = F::terms(&line.first) else { return (Next::Reopen(Cut::Broken), false) };
        let heartbeat = terms.heartbeat_interval.unwrap_or(HEARTBEAT_INTERVAL);
        let next = self.follow.read(line.first, &mut self.out);
        if !matches!(next, Next::Read) {
            return (next, false);
        }
        let Self { follow, source, out, reader, .. } = self;
        let mut was_well = false;
        let (received, receiving) = watch::channel(follow.received());
        // Both at once, so that a reader who takes their time doesn't let the lease lapse.
        let next = tokio::select! {
            next = read(follow, out, reader, &mut line.rest, heartbeat.mul_f32(2.5), &mut was_well, &received) => next,
            () = renew(source, line.via, &terms, receiving) => Next::Reopen(Cut::Broken),
        };
        (next, was_well)
    }
}

async fn read<F: Follow>(
    follow: &mut F,
    out: &mut VecDeque<F::Item>,
    reader: &mpsc::Sender<Result<F::Item, Error>>,
    stream: &mut (impl Stream<Item = Result<F::Response, Error>> + Unpin),
    silence: Duration,
    was_well: &mut bool,
    received: &watch::Sender<Received>,
) -> Next {
    loop {
        if !hand_over(out, reader).await {
            return Next::Finish;
        }
        let next = match timeout(silence, stream.next()).await {
            Ok(Some(Ok(response))) => follow.read(response, out),
            Ok(Some(Err(error))) if error.kind() == ErrorKind::Unauthenticated => Next::Reopen(Cut::Token),
            Ok(Some(Err(error))) if is_passing(&error) => Next::Reopen(Cut::Broken),
            Ok(Some(Err(error))) => follow.refused(error, out),
            Ok(None) => follow.closed(out),
            Err(_) => Next::Reopen(Cut::Broken),
        };
        if !matches!(next, Next::Read) {
            return next;
        }
        *was_well = true;
        received.send_if_modified(|known| {
            let now = follow.received();
            let is_news = *known != now;
            *known = now;
            is_news
        });
    }
}

/// Hands over what was read; false when the reader is gone. An item is taken out only once there is room for it, so
/// that nothing is lost when this is dropped halfway.
async fn hand_over<T>(out: &mut VecDeque<T>, reader: &mpsc::Sender<Result<T, Error>>) -> bool {
    while !out.is_empty() {
        let Ok(room) = reader.reserve().await else { return false };
        if let Some(item) = out.pop_front() {
            room.send(Ok(item));
        }
    }
    !reader.is_closed()
}

/// Renews the lease in time, and sooner to tell what was received; a stream without a lease is nobody's presence, and nothing
/// is told by it. Returns when the stream is no longer open.
async fn renew<F: Follow>(source: &impl Source<F>, via: Via, terms: &Terms, mut received: watch::Receiver<Received>) {
    let Some(lease) = terms.lease else { return std::future::pending().await };
    let interval = RENEW_INTERVAL.min(lease.mul_f32(0.4));
    let (mut due, mut told, mut told_at) = (Instant::now() + interval, Received::new(), None);
    loop {
        tokio::select! {
            () = sleep_until(due) => {}
            () = news(&mut received, &told, told_at) => {}
        }
        let now = received.borrow_and_update().clone();
        let new = now.iter().filter(|(session, revision)| told.get(*session) != Some(*revision));
        let new: Received = new.map(|(session, revision)| (session.clone(), *revision)).collect();
        told_at = Some(Instant::now());
        let wait = match source.renew(via, terms.stream_id.clone(), new).await {
            Ok(true) => {
                told = now;
                interval
            }
            Ok(false) => return,
            Err(error) if is_passing(&error) => RENEW_AGAIN.min(interval),
            Err(_) => return,
        };
        due = Instant::now() + wait;
    }
}

/// Waits until there is something to tell, and it may be told.
async fn news(received: &mut watch::Receiver<Received>, told: &Received, told_at: Option<Instant>) {
    let is_news = |now: &Received| now.iter().any(|(session, revision)| told.get(session) != Some(revision));
    if received.wait_for(is_news).await.is_err() {
        std::future::pending::<()>().await;
    }
    if let Some(told_at) = told_at {
        sleep_until(told_at + RECEIVED_INTERVAL).await;
    }
}

/// Whether what failed may work later. More than for a call: whatever the server had no room for, it had room for it
/// when the stream was opened, and what has no name of the contract's is the network's.
fn is_passing(error: &Error) -> bool {
    error.is_retryable()
        || matches!(error.kind(), ErrorKind::ResourceExhausted | ErrorKind::Unknown | ErrorKind::Cancelled)
}
