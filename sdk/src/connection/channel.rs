//! The way to one address, which tells the span of a call what is called.

use std::task::{Context, Poll};

use tonic::{
    body::Body,
    codegen::{Service, http},
    transport,
};
use tracing::Span;

/// Spans of calls, as OpenTelemetry's conventions for gRPC name their fields: what is called, and how it ended.
macro_rules! call_span {
    ($name:literal) => {
        tracing::info_span!(
            $name,
            otel.kind = "client",
            rpc.system = "grpc",
            rpc.service = tracing::field::Empty,
            rpc.method = tracing::field::Empty,
            error.type = tracing::field::Empty,
            tries = tracing::field::Empty,
        )
    };
}
pub(crate) use call_span;

#[derive(Clone)]
pub(crate) struct Channel(pub(crate) transport::Channel);

impl Service<http::Request<Body>> for Channel {
    type Response = <transport::Channel as Service<http::Request<Body>>>::Response;
    type Error = transport::Error;
    type Future = <transport::Channel as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let called = request.uri().path().trim_start_matches('/').split_once('/');
        if let Some((service, method)) = called {
            Span::current().record("rpc.service", service).record("rpc.method", method);
        }
        self.0.call(request)
    }
}
