//! A server of one's own, and calls as bytes: what is sent needn't be a message.

use std::time::Duration;

use chatsession::{
    config::{Rate, Settings},
    grpc::auth::{Grant, Role, development_secret, mint},
    server::Server,
};
use prost::Message;
use tempfile::TempDir;
use tonic::{
    Request, Status, Streaming,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    transport::Channel,
};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Who {
    Nobody,
    Garbage,
    /// A center, a role, an id.
    Token(&'static str, Role, &'static str),
}

pub const fn customer(id: &'static str) -> Who {
    Who::Token("acme", Role::Customer, id)
}

pub const fn agent(id: &'static str) -> Who {
    Who::Token("acme", Role::Agent, id)
}

pub const SUE: Who = Who::Token("acme", Role::Supervisor, "sue");
pub const BACKEND: Who = Who::Token("acme", Role::Integrator, "backend");
pub const OPERATOR: Who = Who::Token("acme", Role::Operator, "ops");

pub struct World {
    pub data: TempDir,
    pub channel: Channel,
    server: Server,
}

/// The settings of tests: no rate or lease comes between.
pub fn settings(data: &TempDir) -> Settings {
    let mut settings = Settings { data: data.path().to_owned(), ..Settings::default() };
    settings.listen.set_port(0);
    let rate = Rate { per_second: 100_000, burst: 100_000 };
    settings.limits.rates.customer = rate;
    settings.limits.rates.agent = rate;
    settings.limits.rates.integrator = rate;
    settings.limits.watches.lease = Duration::from_secs(3600);
    settings
}

impl World {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut settings = settings(&data);
        change(&mut settings);
        let server = Server::start(settings).await.unwrap();
        let channel = Channel::from_shared(format!("http://{}", server.address())).unwrap().connect().await.unwrap();
        Self { data, channel, server }
    }

    pub fn token(&self, who: Who, session: Option<&str>) -> Option<String> {
        let (center, role, subject) = match who {
            Who::Nobody => return None,
            Who::Garbage => return Some("bearer of nothing".into()),
            Who::Token(center, role, subject) => (center.to_owned(), role, subject.to_owned()),
        };
        let auth = Settings::default().auth;
        let session = session.map(str::to_owned);
        let life = Duration::from_secs(3600);
        let grant = Grant { center, role, subject, session, audience: auth.audience, issuer: auth.issuer, life };
        let token = mint(&development_secret(self.data.path()).unwrap(), &grant).unwrap();
        Some(format!("Bearer {token}"))
    }

    /// Sends bodies, whatever they are, and returns the stream of what comes back.
    pub async fn open(
        &self,
        rpc: &str,
        token: Option<&str>,
        bodies: Vec<Vec<u8>>,
    ) -> Result<Streaming<Vec<u8>>, Status> {
        let mut request = Request::new(tokio_stream::iter(bodies));
        if let Some(token) = token {
            request.metadata_mut().insert("authorization", token.parse().unwrap());
        }
        let mut client = tonic::client::Grpc::new(self.channel.clone());
        client.ready().await.unwrap();
        let path = format!("/chatsession.v1.{rpc}").parse().unwrap();
        client.streaming(request, path, Raw).await.map(tonic::Response::into_inner)
    }

    /// As `open`, and returns the first message.
    pub async fn send(&self, rpc: &str, who: Who, bodies: Vec<Vec<u8>>) -> Result<Vec<u8>, Status> {
        let token = self.token(who, None);
        let mut answers = self.open(rpc, token.as_deref(), bodies).await?;
        answers.message().await.map(|answer| answer.expect("an answer"))
    }

    /// A good call.
    pub async fn call<A: Message + Default>(&self, rpc: &str, who: Who, request: &impl Message) -> A {
        let answer = self.send(rpc, who, vec![request.encode_to_vec()]).await;
        A::decode(answer.unwrap_or_else(|status| panic!("{rpc}: {status}")).as_slice()).unwrap()
    }

    pub async fn stop(self) {
        drop(self.channel);
        self.server.stop().await.unwrap();
    }
}

/// Bytes as they are.
#[derive(Clone, Copy)]
pub struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        bytes::BufMut::put_slice(to, &item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = bytes::Buf::remaining(from);
        Ok(Some(bytes::Buf::copy_to_bytes(from, length).to_vec()))
    }
}
