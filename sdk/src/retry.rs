//! When a call is made again.

use std::{future::Future, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder, Retryable};
use tokio::time::Instant;

use crate::Error;

const FIRST_DELAY: Duration = Duration::from_millis(100);
/// A call has somebody waiting for it.
const CALL_DELAY: Duration = Duration::from_secs(3);
/// Streams that all lost their server come back spread over this.
const STREAM_DELAY: Duration = Duration::from_secs(10);

fn backoff(longest: Duration) -> ExponentialBuilder {
    ExponentialBuilder::default().with_min_delay(FIRST_DELAY).with_max_delay(longest).with_jitter().without_max_times()
}

/// Delays between one opening of a stream and the next, for ever.
pub(crate) fn stream_delays() -> ExponentialBackoff {
    backoff(STREAM_DELAY).build()
}

/// Makes a call until it is answered or refused, for as long as `deadline` lets it.
pub(crate) async fn until<T, F>(deadline: Instant, call: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    call.retry(backoff(CALL_DELAY))
        .when(Error::is_retryable)
        .adjust(|error, delay| {
            let delay = delay?.max(error.retry_after().unwrap_or_default());
            // A try that would start after the deadline isn't worth the wait: the last error says more.
            (Instant::now() + delay < deadline).then_some(delay)
        })
        .notify(|error, delay| tracing::debug!(%error, ?delay, "a call is made again"))
        .await
}
