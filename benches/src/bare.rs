//! What the transport alone costs: messages go from a sender to a session's watchers through memory.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{net::TcpListener, sync::broadcast};
use tokio_stream::{
    StreamExt,
    wrappers::{BroadcastStream, TcpListenerStream},
};
use tonic::{Request, Response, Status, async_trait, codegen::BoxStream};

use crate::{
    Failure,
    pb::{
        self,
        chat_session_server::{ChatSession, ChatSessionServer},
        event, watch_response,
    },
};

#[derive(Default)]
struct Bare {
    sessions: Mutex<HashMap<String, broadcast::Sender<pb::WatchResponse>>>,
    revision: AtomicU64,
}

impl Bare {
    fn session(&self, id: &str) -> broadcast::Sender<pb::WatchResponse> {
        let mut sessions = self.sessions.lock().expect("no panic under it");
        sessions.entry(id.to_owned()).or_insert_with(|| broadcast::channel(64).0).clone()
    }
}

#[async_trait]
impl ChatSession for Arc<Bare> {
    async fn send_message(
        &self,
        request: Request<pb::SendMessageRequest>,
    ) -> Result<Response<pb::SendMessageResponse>, Status> {
        let it = request.into_inner();
        let revision = self.revision.fetch_add(1, Ordering::Relaxed);
        let now = Some(std::time::SystemTime::now().into());
        let posted = pb::MessagePosted { message_id: it.request_id, text: it.text, ..Default::default() };
        let event = pb::Event {
            revision,
            create_time: now,
            actor: Some(pb::Actor { kind: pb::ActorKind::Customer.into(), ..Default::default() }),
            audience: pb::Audience::Everyone.into(),
            kind: Some(event::Kind::MessagePosted(posted)),
            ..Default::default()
        };
        let events = pb::SessionEvents { session_id: it.session_id.clone(), events: vec![event] };
        let response = pb::WatchResponse { kind: Some(watch_response::Kind::Events(events)) };
        // Nobody may be watching.
        let _ = self.session(&it.session_id).send(response);
        Ok(Response::new(pb::SendMessageResponse { revision, create_time: now }))
    }

    async fn watch(
        &self,
        request: Request<pb::WatchRequest>,
    ) -> Result<Response<BoxStream<pb::WatchResponse>>, Status> {
        let events = BroadcastStream::new(self.session(&request.into_inner().session_id).subscribe());
        let opened = pb::WatchResponse { kind: Some(watch_response::Kind::Opened(pb::WatchOpened::default())) };
        let events = events.map(|event| event.map_err(|_| Status::data_loss("lagged")));
        Ok(Response::new(Box::pin(tokio_stream::once(Ok(opened)).chain(events))))
    }
}

/// Serves on a free port, and prints it.
pub(crate) async fn serve() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?);
    let incoming = TcpListenerStream::new(listener)
        .map(|stream| stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream)));
    let server = tonic::transport::Server::builder().max_concurrent_streams(10_000);
    let mut server = server;
    Ok(server.add_service(ChatSessionServer::new(Arc::new(Bare::default()))).serve_with_incoming(incoming).await?)
}
