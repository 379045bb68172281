//! Which requests are for files, and how they are answered.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::future::Either;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use tonic::body::Body;
use tower::{Layer, Service};

use super::{download::download, upload::upload};
use crate::{
    files::{Link, PREFIX, Refused, StoreError, Way},
    grpc::{Edge, accept::ConnectionInfo},
};

/// The layer that serves them, in front of everything else.
#[derive(Clone)]
pub struct ServeFiles(pub Arc<Edge>);

impl<S> Layer<S> for ServeFiles {
    type Service = Served<S>;

    fn layer(&self, inner: S) -> Served<S> {
        Served { inner, edge: self.0.clone() }
    }
}

/// A service with files beside it.
#[derive(Clone)]
pub struct Served<S> {
    inner: S,
    edge: Arc<Edge>,
}

type Answer = Result<Response<Body>, Infallible>;

impl<S, Asked> Service<Request<Asked>> for Served<S>
where
    S: Service<Request<Asked>, Response = Response<Body>, Error = Infallible>,
    Asked: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    Asked::Error: std::fmt::Display + Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<S::Future, Pin<Box<dyn Future<Output = Answer> + Send>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        if request.uri().path().starts_with(PREFIX) {
            let edge = self.edge.clone();
            return Either::Right(Box::pin(async move { Ok(serve(&edge, request).await) }));
        }
        Either::Left(self.inner.call(request))
    }
}

/// Why a file isn't taken or given: a status and a line of text.
#[derive(Debug)]
pub(super) struct Problem(pub(super) StatusCode, pub(super) String);

impl Problem {
    pub(super) fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self(status, why.into())
    }

    /// Something here doesn't work now.
    pub(super) fn later(error: &dyn std::fmt::Display) -> Self {
        tracing::warn!(%error, "a file can't be served now");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "try again in a second")
    }

    /// Of where files lie.
    pub(super) fn of_store(error: &StoreError) -> Self {
        if error.is_full() {
            tracing::warn!(%error, "there is no room for a file");
            return Self::full();
        }
        Self::later(error)
    }

    pub(super) fn full() -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "there is no room for the file now")
    }

    fn answer(self) -> Response<Body> {
        let mut answer = Response::new(Body::new(format!("{}\n", self.1)));
        *answer.status_mut() = self.0;
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if matches!(self.0, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.0 == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET, PUT, OPTIONS"));
        }
        answer
    }
}

async fn serve<Asked>(edge: &Arc<Edge>, request: Request<Asked>) -> Response<Body>
where
    Asked: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    Asked::Error: std::fmt::Display + Send,
{
    let answered = match *request.method() {
        Method::PUT => upload(edge, request).await,
        Method::GET => match link(edge, &request, Way::Down) {
            Ok(link) => download(edge, link).await,
            Err(problem) => Err(problem),
        },
        Method::OPTIONS => Ok(preflight()),
        _ => Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "a file is brought by PUT and fetched by GET")),
    };
    let mut answer = answered.unwrap_or_else(Problem::answer);
    let headers = answer.headers_mut();
    // The link is the credential, and nothing else of the browser's counts here: pages of any origin may use it.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// What a browser asks before it brings a file.
fn preflight() -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, PUT"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    answer
}

/// The link that somebody came by; from then on their connection counts as known.
pub(super) fn link<T>(edge: &Edge, request: &Request<T>, way: Way) -> Result<Link, Problem> {
    let uri = request.uri();
    let read = edge.files.key.read(way, uri.path(), uri.query().unwrap_or_default(), super::now());
    let link = read.map_err(|refused| match refused {
        Refused::Forged => Problem::new(StatusCode::FORBIDDEN, "the link isn't good for this"),
        Refused::Expired => Problem::new(StatusCode::GONE, "the link is no longer good; ask for another"),
    })?;
    if let Some(connection) = ConnectionInfo::of(request.extensions()) {
        connection.authenticated();
    }
    Ok(link)
}
