//! The client.

use std::{env, fmt, future::Future, sync::Arc, time::Duration};

use tonic::{Request, Response, Status};

use crate::{
    Administration, AgentDesk, ChatHandle, ClientBuilder, Error, GetAvailability, RetryPolicy, SessionHandle,
    Supervision, WatchCenter,
    connection::{Channel, Connection},
    generated::{ActingFor, acting_for::Who},
    retry::Patience,
    session::{ListSessions, StartSession},
};

/// A client of the service. Clones are cheap and share one connection.
///
/// Every call is made again when the service can't be reached or is busy, with the same request id, so that it takes
/// effect once; see [`ClientBuilder::timeout`] and [`RetryPolicy`]. Each is a span of [`tracing`](https://docs.rs/tracing) named
/// `call`, with `rpc.service`, `rpc.method`, `tries`, and `error.type` when it failed.
#[derive(Clone)]
pub struct Client {
    connection: Arc<Connection>,
    acting_for: Option<ActingFor>,
    patience: Patience,
}

impl Client {
    /// A client without a credential; see [`builder`](Self::builder) for one with.
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// A client as the environment says: of the service at `CHATSESSION_URL`, by default `http://127.0.0.1:7700`, with the token in
    /// `CHATSESSION_TOKEN`, if there is one.
    ///
    /// ```no_run
    /// # async fn from_env() -> Result<(), chatsession_sdk::Error> {
    /// let client = chatsession_sdk::Client::from_env().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn from_env() -> Result<Self, Error> {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let builder = Self::builder(set("CHATSESSION_URL").unwrap_or_else(|| "http://127.0.0.1:7700".to_owned()));
        let builder = match set("CHATSESSION_TOKEN") {
            Some(token) => builder.token(token),
            None => builder,
        };
        builder.connect().await
    }

    /// Sets up a client of the service at `url`, such as `http://127.0.0.1:7700`.
    pub fn builder(url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(url.into())
    }

    pub(crate) fn new(connection: Connection, patience: Patience) -> Self {
        Self { connection: Arc::new(connection), acting_for: None, patience }
    }

    /// The same client, for integrators to act for that agent or supervisor.
    pub fn acting_for_agent(&self, agent_id: impl Into<String>) -> Self {
        self.acting_for(Who::AgentId(agent_id.into()))
    }

    /// The same client, for integrators to act for that customer.
    pub fn acting_for_customer(&self, customer_id: impl Into<String>) -> Self {
        self.acting_for(Who::CustomerId(customer_id.into()))
    }

    fn acting_for(&self, who: Who) -> Self {
        Self { acting_for: Some(ActingFor { who: Some(who) }), ..self.clone() }
    }

    /// The same client, whose calls are tried again in another way.
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self { patience: Patience { calls: policy, ..self.patience }, ..self.clone() }
    }

    /// The same client, whose calls may take so long with all their tries.
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self { patience: Patience { timeout, ..self.patience }, ..self.clone() }
    }

    /// Starts a customer's chat into a queue, or gets back the one that the customer has.
    pub fn start_session(&self, queue_id: impl Into<String>) -> StartSession {
        StartSession::new(self.clone(), queue_id.into())
    }

    /// A session to do something with. Nothing is asked of the service yet.
    pub fn session(&self, session_id: impl Into<String>) -> SessionHandle {
        SessionHandle::new(self.clone(), session_id.into())
    }

    /// Sessions, newest first: an agent's own, a customer's own, all for supervisors and integrators.
    pub fn list_sessions(&self) -> ListSessions {
        ListSessions::new(self.clone())
    }

    /// The agent's desk.
    pub fn desk(&self) -> AgentDesk {
        AgentDesk::new(self.clone())
    }

    /// A chat of colleagues to do something with. Nothing is asked of the service yet.
    pub fn chat(&self, chat_id: impl Into<String>) -> ChatHandle {
        ChatHandle::new(self.clone(), chat_id.into())
    }

    /// The center's queues, agents and settings. For integrators and operators.
    pub fn administration(&self) -> Administration {
        Administration::new(self.clone())
    }

    /// How a queue stands, before a chat.
    pub fn availability(&self, queue_id: impl Into<String>) -> GetAvailability {
        GetAvailability::of(self, queue_id.into())
    }

    /// What supervisors see and do. For supervisors, and integrators acting for one.
    pub fn supervision(&self) -> Supervision {
        Supervision::new(self.clone())
    }

    /// Everything that happens in the center, in order. For integrators and operators.
    pub fn watch_center(&self) -> WatchCenter {
        WatchCenter::new(self.clone())
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn patience(&self) -> Patience {
        self.patience
    }

    /// For whom the client acts, as requests say it.
    pub(crate) fn acting(&self) -> Option<ActingFor> {
        self.acting_for.clone()
    }

    pub(crate) async fn call<Q, A, F>(&self, request: Q, call: impl Fn(Channel, Request<Q>) -> F) -> Result<A, Error>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        self.connection.call(self.patience, request, call).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("acting_for", &self.acting_for).finish_non_exhaustive()
    }
}
