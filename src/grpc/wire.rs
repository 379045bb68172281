//! What tonic decides by itself, said as the contract says it: a request that is too large, one that can't be read, a
//! deadline that is malformed or passes, a method that isn't there. tonic's own statuses have other codes and no details.
//!
//! A call's time begins with its headers and ends with those of its answer: who sends a body drop by drop has no more of it.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{HeaderMap, Request, Response};
use tokio::time::{Instant, timeout_at};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use super::{
    from_pb::Violation,
    limits::{MalformedTimeout, deadline},
    status,
};
use crate::config::Deadlines;

/// The layer that does it.
#[derive(Clone, Debug, Default)]
pub struct SayItOurWay(pub Deadlines);

impl<S> Layer<S> for SayItOurWay {
    type Service = Said<S>;

    fn layer(&self, inner: S) -> Said<S> {
        Said { inner, deadlines: self.0.clone() }
    }
}

/// A service whose statuses are the contract's.
#[derive(Clone, Debug)]
pub struct Said<S> {
    inner: S,
    deadlines: Deadlines,
}

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
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let until = match deadline(request.headers(), &self.deadlines) {
            Ok(time) => Instant::now() + time,
            Err(MalformedTimeout) => {
                let refused = malformed_timeout().into_http();
                return Box::pin(std::future::ready(Ok(refused)));
            }
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            if until <= Instant::now() {
                return Ok(status::deadline_exceeded().into_http());
            }
            let answer = match timeout_at(until, answer).await {
                Ok(answer) => answer?,
                Err(_) => return Ok(status::deadline_exceeded().into_http()),
            };
            Ok(match tonics_own(answer.headers()).and_then(|said| ours(&said)) {
                Some(status) => status.into_http(),
                None => answer,
            })
        })
    }
}

/// A refusal whose deadline can't be read.
fn malformed_timeout() -> Status {
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
        Code::Unimplemented if said.message().is_empty() => Some(status::method_unknown("no such method")),
        Code::Unimplemented if said.message().starts_with("Content is compressed") => {
            Some(status::compression_unsupported())
        }
        Code::Internal if UNREADABLE.iter().any(|known| said.message().contains(known)) => Some(unreadable()),
        _ => None,
    }
}

/// How tonic and prost call a request that can't be read; they say INTERNAL, as if it were the server's fault.
const UNREADABLE: [&str; 6] = [
    "failed to decode Protobuf message",
    "Unexpected EOF decoding stream",
    "Missing request message",
    "invalid compression flag",
    "compressed-flag but no grpc-encoding",
    "tonic-web: ",
];

#[cfg(test)]
mod tests {
    use std::time::Duration;
    use tonic_types::StatusExt;
    use tower::service_fn;

    use super::*;

    async fn after_a_while(timeout: Option<&str>) -> (Status, Duration) {
        let never =
            service_fn(|_: Request<()>| std::future::pending::<Result<Response<Body>, std::convert::Infallible>>());
        let mut request = Request::new(());
        if let Some(timeout) = timeout {
            request.headers_mut().insert("grpc-timeout", timeout.parse().unwrap());
        }
        let start = Instant::now();
        let answer = SayItOurWay::default().layer(never).call(request).await.unwrap();
        (Status::from_header_map(answer.headers()).unwrap(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn given_a_call_without_an_answer_then_its_deadline_is_told() {
        let cases = [(Some("0S"), 0), (Some("1n"), 1), (Some("1m"), 1), (Some("250m"), 250), (Some("3S"), 3000)];
        let bounded = [(None, 10_000), (Some("1H"), 30_000)];
        for (timeout, asked) in cases.into_iter().chain(bounded) {
            let (status, took) = after_a_while(timeout).await;
            assert_eq!(status.code(), Code::DeadlineExceeded, "{timeout:?}");
            assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE_EXCEEDED");
            assert!(took <= Duration::from_millis(asked), "{timeout:?}: {took:?}");
        }
    }
}
