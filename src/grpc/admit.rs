//! Who is let in is decided by a call's headers, before a byte of its body is read: whoever isn't costs next to nothing.

use std::{
    future::{Ready, ready},
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::Either;
use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

use super::edge::Edge;

/// The layer that does it.
#[derive(Clone)]
pub struct Admit(pub Arc<Edge>);

impl<S> Layer<S> for Admit {
    type Service = Admitted<S>;

    fn layer(&self, inner: S) -> Admitted<S> {
        Admitted { inner, edge: self.0.clone() }
    }
}

/// A service that is called by those who are let in.
#[derive(Clone)]
pub struct Admitted<S> {
    inner: S,
    edge: Arc<Edge>,
}

impl<S, Asked> Service<Request<Asked>> for Admitted<S>
where
    S: Service<Request<Asked>, Response = Response<Body>>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response<Body>, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Asked>) -> Self::Future {
        match self.edge.admit(&mut request) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(status) => Either::Right(ready(Ok(status.into_http()))),
        }
    }
}
