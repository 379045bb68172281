//! Counts the calls in progress on each connection, from their headers to the last of their response.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tower::{Layer, Service};

use super::{ConnectionInfo, OpenStream};

/// The layer that does it, to be put outermost: without it every connection counts as one without a stream, and ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountStreams;

impl<S> Layer<S> for CountStreams {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted(inner)
    }
}

/// A service whose calls are counted.
#[derive(Clone, Debug)]
pub struct Counted<S>(S);

impl<S, Asked, Answer> Service<Request<Asked>> for Counted<S>
where
    S: Service<Request<Asked>, Response = Response<Answer>>,
    S::Future: Send + 'static,
{
    type Response = Response<CountedBody<Answer>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Asked>) -> Self::Future {
        let stream = ConnectionInfo::of(request.extensions()).map(ConnectionInfo::open_stream);
        let answer = self.0.call(request);
        Box::pin(async move { Ok(answer.await?.map(|body| CountedBody { body, stream })) })
    }
}

/// A response's body; the call is over when it ends or is dropped.
#[derive(Debug)]
pub struct CountedBody<B> {
    body: B,
    stream: Option<OpenStream>,
}

impl<B: Body + Unpin> Body for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            self.stream = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
