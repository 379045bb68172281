//! Streams of the service.

use std::{future::Future, pin::Pin};

use tokio::time::Instant;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument;

use super::{
    center::CenterFollow,
    desk_follow::DeskFollow,
    follow::{Cut, Received},
    keeper::{Line, Source, Via},
    session_follow::SessionFollow,
    targets::TargetsFollow,
};
use crate::{
    Client, Error, ErrorKind,
    connection::{Channel, Life, call_span, told},
    generated::{
        AgentDeskRenewRequest, RenewRequest, SessionPosition, WatchCenterRequest, WatchCenterResponse,
        WatchDeskRequest, WatchDeskResponse, WatchRequest, WatchResponse, WatchTargetsRequest, WatchTargetsResponse,
        agent_desk_client::AgentDeskClient, chat_session_client::ChatSessionClient, event_feed_client::EventFeedClient,
    },
};

/// The service, by a client.
pub(crate) struct Wire {
    client: Client,
}

type Messages<R> = Pin<Box<dyn Stream<Item = Result<R, Error>> + Send>>;

impl Wire {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Opens a stream and reads its first message, within the time of one attempt.
    async fn line<Q: Clone, R: Send + 'static, F>(
        &self,
        request: Q,
        call: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<Line<R, Messages<R>>, Error>
    where
        F: Future<Output = Result<Response<Streaming<R>>, Status>>,
    {
        let open = |channel, request| {
            let opening = call(channel, request);
            async move {
                let mut stream = opening.await?.into_inner();
                let first = stream.message().await?;
                Ok(Response::new((first, stream)))
            }
        };
        let connection = self.client.connection();
        let address = connection.address();
        let deadline = Instant::now() + connection.attempt_timeout;
        let opening = told(connection.attempt(address, deadline, Life::Stream, &request, open));
        let ((first, rest), token) = opening.instrument(call_span!("open")).await?;
        let empty = || Error::new(ErrorKind::Unavailable, "the service closed a stream before its first message");
        let rest = Box::pin(rest.map(|message| message.map_err(Error::from_status)));
        Ok(Line { first: first.ok_or_else(empty)?, rest, via: Via { address, token } })
    }

    async fn once<Q: Clone, A, F>(
        &self,
        via: Via,
        request: Q,
        call: impl Fn(Channel, Request<Q>) -> F,
    ) -> Result<A, Error>
    where
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let connection = self.client.connection();
        let deadline = Instant::now() + connection.attempt_timeout;
        let calling = told(connection.attempt(via.address, deadline, Life::Call, &request, call));
        Ok(calling.instrument(call_span!("renew")).await?.0)
    }

    async fn cut(&self, via: Via, cut: Cut) {
        match cut {
            Cut::Broken => {}
            Cut::Draining => self.client.connection().leave(via.address),
            Cut::Token => self.client.connection().tokens.forget(via.token).await,
        }
    }
}

impl Source<SessionFollow> for Wire {
    type Stream = Messages<WatchResponse>;

    async fn open(&self, request: WatchRequest) -> Result<Line<WatchResponse, Self::Stream>, Error> {
        self.line(request, |channel, request| async move { ChatSessionClient::new(channel).watch(request).await }).await
    }

    async fn renew(&self, via: Via, stream_id: String, received: Received) -> Result<bool, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).renew(request).await };
        let received_revision = received.into_values().next().unwrap_or(0);
        Ok(self.once(via, RenewRequest { stream_id, received_revision }, call).await?.open)
    }

    fn cut(&self, via: Via, cut: Cut) -> impl Future<Output = ()> + Send {
        Self::cut(self, via, cut)
    }
}

impl Source<DeskFollow> for Wire {
    type Stream = Messages<WatchDeskResponse>;

    async fn open(&self, request: WatchDeskRequest) -> Result<Line<WatchDeskResponse, Self::Stream>, Error> {
        self.line(request, |channel, request| async move { AgentDeskClient::new(channel).watch_desk(request).await })
            .await
    }

    async fn renew(&self, via: Via, stream_id: String, received: Received) -> Result<bool, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).renew(request).await };
        let position = |(session_id, after_revision)| SessionPosition { session_id, after_revision };
        let received = received.into_iter().map(position).collect();
        Ok(self.once(via, AgentDeskRenewRequest { stream_id, received }, call).await?.open)
    }

    fn cut(&self, via: Via, cut: Cut) -> impl Future<Output = ()> + Send {
        Self::cut(self, via, cut)
    }
}

impl Source<TargetsFollow> for Wire {
    type Stream = Messages<WatchTargetsResponse>;

    async fn open(&self, request: WatchTargetsRequest) -> Result<Line<WatchTargetsResponse, Self::Stream>, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).watch_targets(request).await };
        self.line(request, call).await
    }

    async fn renew(&self, via: Via, stream_id: String, _: Received) -> Result<bool, Error> {
        let call = |channel, request| async move { AgentDeskClient::new(channel).renew(request).await };
        Ok(self.once(via, AgentDeskRenewRequest { stream_id, received: Vec::new() }, call).await?.open)
    }

    fn cut(&self, via: Via, cut: Cut) -> impl Future<Output = ()> + Send {
        Self::cut(self, via, cut)
    }
}

impl Source<CenterFollow> for Wire {
    type Stream = Messages<WatchCenterResponse>;

    async fn open(&self, request: WatchCenterRequest) -> Result<Line<WatchCenterResponse, Self::Stream>, Error> {
        let call = |channel, request| async move { EventFeedClient::new(channel).watch_center(request).await };
        self.line(request, call).await
    }

    /// It has no lease.
    async fn renew(&self, _: Via, _: String, _: Received) -> Result<bool, Error> {
        Ok(true)
    }

    fn cut(&self, via: Via, cut: Cut) -> impl Future<Output = ()> + Send {
        Self::cut(self, via, cut)
    }
}
