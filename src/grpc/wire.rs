//! What tonic decides by itself, said as the contract says it: a request that is too large, one that can't be read, a
//! deadline that is malformed or passes. tonic's own statuses have other codes and no details.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderMap, Request, Response};
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use super::{
    from_pb::Violation,
    limits::{MalformedTimeout, asked},
    status,
};

/// tonic cuts a call off at its deadline with CANCELLED and asks nobody; ours comes this much before it.
const BEFORE: Duration = Duration::from_millis(1);

/// The layer that does it.
#[derive(Clone, Copy, Debug, Default)]
pub struct SayItOurWay;

impl<S> Layer<S> for SayItOurWay {
    type Service = Said<S>;

    fn layer(&self, inner: S) -> Said<S> {
        Said(inner)
    }
}

/// A service whose statuses are the contract's.
#[derive(Clone, Debug)]
pub struct Said<S>(S);

impl<S, Asked> Service<Request<Asked>> for Said<S>
where
    S: Service<Request<Asked>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let until = match asked(request.headers()) {
            Ok(asked) => asked.and_then(|asked| Instant::now().checked_add(asked.saturating_sub(BEFORE))),
            Err(MalformedTimeout) => {
                let refused = malformed_timeout().into_http();
                return Box::pin(std::future::ready(Ok(refused)));
            }
        };
        let answer = self.0.call(request);
        Box::pin(async move {
            let answer = match until {
                Some(until) if until <= Instant::now() => return Ok(status::deadline_exceeded().into_http()),
                Some(until) => match timeout_at(until, answer).await {
                    Ok(answer) => answer?,
                    Err(_) => return Ok(status::deadline_exceeded().into_http()),
                },
                None => answer.await?,
            };
            Ok(match tonics_own(answer.headers()).and_then(|said| ours(&said)) {
                Some(status) => status.into_http(),
                None => answer,
            })
        })
    }
}

/// A refusal whose deadline can't be read.
pub(super) fn malformed_timeout() -> Status {
    let why = "must be at most 8 digits and a unit of H, M, S, m, u, n".to_owned();
    status::invalid(vec![Violation { field: "grpc-timeout".into(), why }])
}

/// A status that comes before any message and isn't one of ours, which all have details.
fn tonics_own(headers: &HeaderMap) -> Option<Status> {
    let said = headers.contains_key("grpc-status").then(|| Status::from_header_map(headers))??;
    (said.code() != Code::Ok && said.details().is_empty()).then_some(said)
}

/// What the contract says instead.
fn ours(said: &Status) -> Option<Status> {
    let unreadable = || status::invalid(vec![Violation { field: "request".into(), why: said.message().to_owned() }]);
    match said.code() {
        Code::OutOfRange if said.message().contains("message length too large") => {
            Some(status::limit_reached("limits.messages.request_bytes"))
        }
        Code::Internal if UNREADABLE.iter().any(|known| said.message().contains(known)) => Some(unreadable()),
        _ => None,
    }
}

/// How tonic and prost call a request that can't be read; they say INTERNAL, as if it were the server's fault.
const UNREADABLE: [&str; 4] = [
    "failed to decode Protobuf message",
    "Unexpected EOF decoding stream",
    "Missing request message",
    "invalid compression flag",
];

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt;
    use tower::service_fn;

    use super::*;

    async fn after_a_while(timeout: &str) -> (Status, Duration) {
        let never =
            service_fn(|_: Request<()>| std::future::pending::<Result<Response<Body>, std::convert::Infallible>>());
        let request = Request::builder().header("grpc-timeout", timeout).body(()).unwrap();
        let start = Instant::now();
        let answer = SayItOurWay.layer(never).call(request).await.unwrap();
        (Status::from_header_map(answer.headers()).unwrap(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn given_a_deadline_that_passes_then_it_is_told_before_tonic_would_cut() {
        for (timeout, asked) in [("0S", 0), ("1n", 0), ("1m", 1), ("250m", 250), ("3S", 3000)] {
            let (status, took) = after_a_while(timeout).await;
            assert_eq!(status.code(), Code::DeadlineExceeded, "{timeout}");
            assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE_EXCEEDED");
            assert!(took <= Duration::from_millis(asked), "{timeout}: {took:?}");
        }
    }
}
