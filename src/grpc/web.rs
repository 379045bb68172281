//! Browsers, on the port of everything else: the page's files by GET, calls by gRPC-Web or, one by one, in JSON. Pages of other
//! origins may call where `web.origins` names them.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::Either;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version, header};
use tonic::body::Body;
use tonic_web::{GrpcWebLayer, GrpcWebService};
use tower::{Layer, Service};
use tower_http::cors::{AllowOrigin, Cors, CorsLayer};

use crate::config;

mod json;
mod page;

/// How long a browser may remember which origins may call.
const REMEMBER: Duration = Duration::from_secs(2 * 3600);

/// What a page sends beside what every page may.
const ASKED: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("connect-protocol-version"),
    HeaderName::from_static("connect-timeout-ms"),
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-user-agent"),
];

/// What a page may read of an answer that has no body.
const ANSWERED: [HeaderName; 4] = [
    header::RETRY_AFTER,
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
];

/// gRPC-Web's kinds of body.
const BROWSERS: [&str; 2] = ["application/grpc-web", "application/grpc-web-text"];

/// The layer that serves them, in front of the calls.
#[derive(Clone)]
pub struct ServeWeb {
    settings: Arc<config::Web>,
    cors: CorsLayer,
    /// Bytes of a message.
    most: usize,
}

impl ServeWeb {
    /// By the settings.
    pub fn new(settings: &config::Web, limits: &config::Messages) -> Self {
        let origins: Vec<HeaderValue> = settings.origins.iter().filter_map(|it| it.parse().ok()).collect();
        let cors = CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::POST])
            .allow_headers(ASKED)
            .expose_headers(ANSWERED)
            .max_age(REMEMBER);
        Self { settings: Arc::new(settings.clone()), cors, most: limits.request_bytes }
    }
}

impl<S: Clone> Layer<S> for ServeWeb {
    type Service = Web<S>;

    fn layer(&self, inner: S) -> Web<S> {
        let browser = self.cors.layer(GrpcWebLayer::new().layer(inner.clone()));
        let json = self.cors.layer(Json { inner: inner.clone(), most: self.most });
        Web { settings: self.settings.clone(), browser, json, inner }
    }
}

/// A service that browsers call as well.
#[derive(Clone)]
pub struct Web<S> {
    settings: Arc<config::Web>,
    browser: Cors<GrpcWebService<S>>,
    json: Cors<Json<S>>,
    inner: S,
}

/// A service that is called in JSON.
#[derive(Clone)]
struct Json<S> {
    inner: S,
    most: usize,
}

impl<S, Asked> Service<Request<Asked>> for Json<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
    Asked: http_body::Body<Data = Bytes> + Send + 'static,
    Asked::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Answering {
        let (mut inner, most) = (self.inner.clone(), self.most);
        Box::pin(async move { Ok(json::call(request, most, |request| inner.call(request)).await) })
    }
}

type Answer = Result<Response<Body>, Infallible>;
type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

impl<S, Asked> Service<Request<Asked>> for Web<S>
where
    S: Service<Request<Asked>, Response = Response<Body>, Error = Infallible>,
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    <S as Service<Request<Body>>>::Future: Send + 'static,
    Asked: http_body::Body<Data = Bytes> + Send + 'static,
    Asked::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<<S as Service<Request<Asked>>>::Future, Either<Answering, Ready<Answer>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <S as Service<Request<Asked>>>::poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let method = request.method();
        if method == Method::POST && is_of(&request, json::KIND) {
            return Either::Right(Either::Left(Box::pin(self.json.call(request))));
        }
        if BROWSERS.iter().any(|kind| is_of(&request, kind)) || method == Method::OPTIONS {
            return Either::Right(Either::Left(Box::pin(self.browser.call(request))));
        }
        if method == Method::GET || method == Method::HEAD {
            let (settings, path) = (self.settings.clone(), request.uri().path().to_owned());
            let asked = request.headers().clone();
            return Either::Right(Either::Left(Box::pin(
                async move { Ok(page::serve(&settings, path, &asked).await) },
            )));
        }
        if let Some(refused) = no_call(&request) {
            return Either::Right(Either::Right(ready(Ok(refused))));
        }
        Either::Left(self.inner.call(request))
    }
}

/// What is answered, in HTTP's own words, to what can't be a call.
fn no_call<T>(request: &Request<T>) -> Option<Response<Body>> {
    let refused = |status, why: &str| {
        let mut answer = Response::new(Body::new(format!("{why}\n")));
        *answer.status_mut() = status;
        answer
    };
    if request.method() != Method::POST {
        let mut answer = refused(StatusCode::METHOD_NOT_ALLOWED, "pages are read by GET, methods are called by POST");
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS, POST"));
        return Some(answer);
    }
    if !is_of(request, "application/grpc") {
        let why = "a call is application/json, application/grpc-web or, over HTTP/2, application/grpc";
        return Some(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    // gRPC needs what only HTTP/2 has.
    let why = "gRPC is spoken over HTTP/2; gRPC-Web and JSON over this";
    (request.version() < Version::HTTP_2).then(|| refused(StatusCode::HTTP_VERSION_NOT_SUPPORTED, why))
}

/// Whether a body is of a kind, in whichever form: `application/grpc+proto; charset=…` is of `application/grpc`.
fn is_of<T>(request: &Request<T>, kind: &str) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
    let (name, rest) = said.split_at(said.len().min(kind.len()));
    name.eq_ignore_ascii_case(kind.as_bytes()) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
}
