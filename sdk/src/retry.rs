//! When a call is made again, and a stream opened again.

use std::{future::Future, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder, Retryable};
use tokio::time::Instant;

use crate::{Error, ErrorKind};

const FIRST_DELAY: Duration = Duration::from_millis(100);
/// A call has somebody waiting for it.
const CALL_DELAY: Duration = Duration::from_secs(3);
/// Streams that all lost their server come back spread over this.
const STREAM_DELAY: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// How what failed is tried again: after a delay that doubles from a first to a longest one, each drawn at random between itself
/// and twice that, for as long as the timeout allows.
///
/// Where the service says when to come back, nothing is tried before.
///
/// ```
/// use std::time::Duration;
///
/// let impatient = chatsession_sdk::RetryPolicy::default().first_delay(Duration::from_millis(20)).most_retries(2);
/// let builder = chatsession_sdk::Client::builder("http://127.0.0.1:7700").retry(impatient);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it takes effect where it is set: `ClientBuilder::retry`, `ClientBuilder::reopen`, `Client::with_retry`"]
pub struct RetryPolicy {
    first_delay: Duration,
    longest_delay: Duration,
    most_retries: Option<usize>,
}

/// That of calls: from 100 ms to 3 s, as often as the timeout allows.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self { first_delay: FIRST_DELAY, longest_delay: CALL_DELAY, most_retries: None }
    }
}

impl RetryPolicy {
    /// What fails once has failed.
    pub fn never() -> Self {
        Self::default().most_retries(0)
    }

    /// The delay before the first retry. Default 100 ms.
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// What the delays grow to. Default 3 s.
    pub fn longest_delay(mut self, delay: Duration) -> Self {
        self.longest_delay = delay;
        self
    }

    /// At most so many tries after the first one. Default: as many as the time allows.
    pub fn most_retries(mut self, most: usize) -> Self {
        self.most_retries = Some(most);
        self
    }

    fn backoff(self) -> ExponentialBuilder {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(self.first_delay)
            .with_max_delay(self.longest_delay.max(self.first_delay))
            .with_jitter();
        match self.most_retries {
            Some(most) => backoff.with_max_times(most),
            None => backoff.without_max_times(),
        }
    }

    /// Delays between one opening of a stream and the next.
    pub(crate) fn delays(self) -> ExponentialBackoff {
        self.backoff().build()
    }
}

/// For how long a client tries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// A call, or a stream's first opening, with all its tries.
    pub(crate) timeout: Duration,
    pub(crate) calls: RetryPolicy,
    pub(crate) streams: RetryPolicy,
}

impl Default for Patience {
    fn default() -> Self {
        let calls = RetryPolicy::default();
        Self { timeout: TIMEOUT, calls, streams: calls.longest_delay(STREAM_DELAY) }
    }
}

impl Patience {
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }
}

/// Makes a call until it is answered or refused, for as long as `policy` and `deadline` let it.
pub(crate) async fn until<T, F>(policy: RetryPolicy, deadline: Instant, call: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut before = String::new();
    let result = call
        .retry(policy.backoff())
        .when(Error::is_retryable)
        .adjust(|error, delay| {
            let delay = delay?.max(error.retry_after().unwrap_or_default());
            // A try that would start after the deadline isn't worth the wait: the last error says more.
            (Instant::now() + delay < deadline).then_some(delay)
        })
        .notify(|error, delay| {
            tracing::debug!(%error, ?delay, "a call is made again");
            if error.kind() != ErrorKind::DeadlineExceeded {
                before = error.chain();
            }
        })
        .await;
    match result {
        // That the time is over says less than what it was lost with.
        Err(late) if late.kind() == ErrorKind::DeadlineExceeded && !before.is_empty() => Err(late.caused_by(before)),
        result => result,
    }
}
