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
const ANSWERED: [HeaderName; 3] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
];

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
        if is_of(&request, "application/grpc-web") || method == Method::OPTIONS {
            return Either::Right(Either::Left(Box::pin(self.browser.call(request))));
        }
        if method == Method::GET || method == Method::HEAD {
            let (settings, path) = (self.settings.clone(), request.uri().path().to_owned());
            let asked = request.headers().clone();
            return Either::Right(Either::Left(Box::pin(
                async move { Ok(page::serve(&settings, path, &asked).await) },
            )));
        }
        if request.version() < Version::HTTP_2 {
            // gRPC needs what only HTTP/2 has.
            let mut answer =
                Response::new(Body::new("gRPC is spoken over HTTP/2; gRPC-Web and JSON over this\n".to_owned()));
            *answer.status_mut() = StatusCode::HTTP_VERSION_NOT_SUPPORTED;
            return Either::Right(Either::Right(ready(Ok(answer))));
        }
        Either::Left(self.inner.call(request))
    }
}

/// Whether a body is of a kind.
fn is_of<T>(request: &Request<T>, kind: &str) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    said.is_some_and(|said| said.starts_with(kind.as_bytes()))
}
