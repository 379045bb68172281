//! The way from one node to another: errands for the leader of a shard, and signals for watchers, as NATS messages.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, Request, RequestErrorKind, Subscriber};
use futures_util::StreamExt;
use minicbor::{Decode, Encode};

use super::RunningShard;
use crate::{
    center::{Incarnation, SessionId},
    journal::BoxFuture,
    live::{Others, Signal},
    shard::{Done, Elsewhere, Errand, Unavailable},
};

/// How long a leader may take; no call is bounded by more unless its caller says so.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a signal is worth anything.
const WORTH: Duration = Duration::from_secs(1);

/// A shard's way to the other nodes.
pub(super) struct Post {
    client: Client,
    name: String,
    own: Incarnation,
    shard: u32,
}

/// Where a run of a node is asked.
pub(super) fn inbox(name: &str, run: Incarnation) -> String {
    format!("{name}.node.{run}.*")
}

impl Post {
    pub(super) fn new(client: Client, name: &str, own: Incarnation, shard: u32) -> Self {
        Self { client, name: name.to_owned(), own, shard }
    }
}

#[derive(Encode, Decode)]
struct Answered(#[n(0)] Result<Done, Unavailable>);

#[derive(Encode, Decode)]
struct Signaled {
    #[n(0)]
    from: Incarnation,
    #[n(1)]
    session: SessionId,
    #[n(2)]
    signal: Signal,
}

impl Elsewhere for Post {
    fn ask(&self, whom: Incarnation, errand: Errand) -> BoxFuture<'static, Result<Done, Unavailable>> {
        let subject = format!("{}.node.{whom}.{}", self.name, self.shard);
        let bytes = minicbor::to_vec(&errand).expect("an errand can always be written to memory");
        let client = self.client.clone();
        Box::pin(async move {
            let request = Request::new().payload(bytes.into()).timeout(Some(PATIENCE));
            match client.send_request(subject, request).await {
                Ok(answer) => match minicbor::decode::<Answered>(&answer.payload) {
                    Ok(Answered(answer)) => answer,
                    Err(error) => {
                        tracing::error!(%error, "a leader's answer can't be read");
                        Err(Unavailable::Recovering)
                    }
                },
                // Nobody is there: it wasn't even received.
                Err(error) if error.kind() == RequestErrorKind::NoResponders => Err(Unavailable::NoLeader),
                Err(_) => Err(Unavailable::Recovering),
            }
        })
    }
}

impl Others for Post {
    fn signal(&self, session: SessionId, signal: &Signal) {
        let signaled = Signaled { from: self.own, session, signal: signal.clone() };
        let bytes = minicbor::to_vec(&signaled).expect("a signal can always be written to memory");
        let (client, subject) = (self.client.clone(), format!("{}.signal.{}", self.name, self.shard));
        // It may be lost.
        tokio::spawn(tokio::time::timeout(WORTH, async move { client.publish(subject, bytes.into()).await }));
    }
}

/// The shard that a subject ends with.
fn of<'a>(subject: &str, shards: &'a [RunningShard]) -> Option<&'a RunningShard> {
    shards.get(subject.rsplit('.').next()?.parse::<usize>().ok()?)
}

/// Does what other nodes ask.
pub(super) async fn serve(client: Client, mut errands: Subscriber, shards: Arc<Vec<RunningShard>>) {
    while let Some(message) = errands.next().await {
        let (Some(reply), Some(shard)) = (message.reply.clone(), of(&message.subject, &shards)) else { continue };
        let (client, handle) = (client.clone(), shard.handle.clone());
        tokio::spawn(async move {
            let done = match minicbor::decode::<Errand>(&message.payload) {
                Ok(errand) => handle.carry_out(errand).await,
                Err(error) => {
                    tracing::error!(%error, "an errand can't be read: do nodes of different versions run together?");
                    Err(Unavailable::NoLeader)
                }
            };
            let bytes = minicbor::to_vec(Answered(done)).expect("an answer can always be written to memory");
            // Who asked has given up, or asks again.
            let _ = client.publish(reply, bytes.into()).await;
        });
    }
}

/// Shows what was signaled at other nodes.
pub(super) async fn show(own: Incarnation, mut signals: Subscriber, shards: Arc<Vec<RunningShard>>) {
    while let Some(message) = signals.next().await {
        let Some(shard) = of(&message.subject, &shards) else { continue };
        if let Ok(Signaled { from, session, signal }) = minicbor::decode(&message.payload)
            && from != own
        {
            shard.feed.show(session, signal);
        }
    }
}
