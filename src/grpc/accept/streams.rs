//! What each call on a connection goes through: it's told its connection, and counts from its headers to the last of its
//! response.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tower::Service;

use super::live::{ConnectionInfo, OpenStream};

/// The service, as one connection has it.
#[derive(Clone, Debug)]
pub(super) struct OnConnection<S> {
    service: S,
    connection: ConnectionInfo,
}

impl<S> OnConnection<S> {
    pub(super) fn new(service: S, connection: ConnectionInfo) -> Self {
        Self { service, connection }
    }
}

impl<S, Asked, Answer> Service<Request<Asked>> for OnConnection<S>
where
    S: Service<Request<Asked>, Response = Response<Answer>>,
    S::Future: Send + 'static,
{
    type Response = Response<CountedBody<Answer>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Asked>) -> Self::Future {
        let stream = Some(self.connection.open_stream(request.uri().path()));
        request.extensions_mut().insert(self.connection.clone());
        let answer = self.service.call(request);
        Box::pin(async move { Ok(answer.await?.map(|body| CountedBody { body, stream })) })
    }
}

/// A response's body; the call is over when it ends or is dropped.
#[derive(Debug)]
pub(super) struct CountedBody<B> {
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
