//! People of a small center, each at the node that a test wants them at.

use std::time::Duration;

use chatsession::{
    config::Auth,
    grpc::auth::{Grant, Role, development_secret, mint},
};
use chatsession_sdk::{
    Agent, CenterEvent, CenterSettings, CenterWatch, Client, Commit, ConfigObject, DeskEvent, DeskOffer, DeskWatch,
    Event, EventKind, FeedEvent, Queue, SessionHandle, SessionWatch, WatchEvent,
};

use crate::nodes::{Nodes, soon};

/// Whom a token is for. Every node's folder has the secret that they share.
pub fn token(nodes: &Nodes, at: usize, role: Role, subject: &str) -> String {
    let auth = Auth::default();
    let grant = Grant {
        center: "here".into(),
        role,
        subject: subject.into(),
        session: None,
        audience: auth.audience,
        issuer: auth.issuer,
        life: Duration::from_secs(3600),
    };
    mint(&development_secret(nodes.folder(at)).unwrap(), &grant).unwrap()
}

/// A client that starts at a node and knows the others.
pub async fn client(nodes: &Nodes, at: usize, role: Role, subject: &str) -> Client {
    let mut client = Client::builder(nodes.url(at)).token(token(nodes, at, role, subject));
    for other in (1..nodes.len()).map(|step| (at + step) % nodes.len()) {
        client = client.address(nodes.url(other));
    }
    client.connect().await.unwrap()
}

/// A client of one node and no other.
pub async fn client_of(nodes: &Nodes, at: usize, role: Role, subject: &str) -> Client {
    Client::builder(nodes.url(at)).token(token(nodes, at, role, subject)).connect().await.unwrap()
}

/// Ann and Dan serve sales, Bob serves support.
pub async fn furnish(nodes: &Nodes) {
    let objects: [ConfigObject; 6] = [
        CenterSettings::new().recovery_hold(Duration::ZERO).into(),
        Queue::new("sales", "Sales").wrap_up_time(Duration::from_secs(60)).into(),
        Queue::new("support", "Support").into(),
        Agent::new("ann", "Ann").queue("sales").into(),
        Agent::new("dan", "Dan").queue("sales").into(),
        Agent::new("bob", "Bob").queue("support").into(),
    ];
    let integrator = client(nodes, nodes.len() - 1, Role::Integrator, "backend").await;
    integrator.administration().apply(objects).await.unwrap();
}

fn is_end(event: &CenterEvent) -> bool {
    let CenterEvent::SessionHappened { event, .. } = event else { return false };
    matches!(event.kind, EventKind::SessionEnded { .. })
}

/// What a feed brings up to the end of a session.
pub async fn commits(feed: &mut CenterWatch) -> Vec<Commit> {
    soon(async {
        let mut seen = Vec::new();
        loop {
            let event = feed.next().await.expect("the feed closed").unwrap();
            let FeedEvent::Commit(commit) = event else { continue };
            let ends = commit.events.iter().any(is_end);
            seen.push(commit);
            if ends {
                return seen;
            }
        }
    })
    .await
}

pub struct Colleague {
    pub client: Client,
    pub watch: DeskWatch,
}

impl Colleague {
    /// At the desk, by a node.
    pub async fn new(nodes: &Nodes, at: usize, id: &str) -> Self {
        let client = client(nodes, at, Role::Agent, id).await;
        client.desk().sign_in().send().await.unwrap();
        let watch = client.desk().watch().open().await.unwrap();
        let mut agent = Self { client, watch };
        agent.until(|event| matches!(event, DeskEvent::CaughtUp).then_some(())).await;
        agent.client.desk().set_ready().send().await.unwrap();
        agent
    }

    pub async fn until<T>(&mut self, wanted: impl Fn(&DeskEvent) -> Option<T>) -> T {
        soon(async {
            loop {
                let event = self.watch.next().await.expect("the desk closed").unwrap();
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        })
        .await
    }

    pub async fn hears(&mut self, words: &str) {
        self.until(|event| match event {
            DeskEvent::SessionEvent { event, .. } => said(event, words),
            _ => None,
        })
        .await;
    }

    pub async fn rings(&mut self) -> DeskOffer {
        self.until(|event| match event {
            DeskEvent::Offer(offer) => Some((**offer).clone()),
            _ => None,
        })
        .await
    }

    pub fn on(&self, offer: &DeskOffer) -> SessionHandle {
        self.client.session(offer.session_id.as_str())
    }

    pub async fn accepts(&mut self) -> SessionHandle {
        let offer = self.rings().await;
        self.on(&offer).accept(offer.offer.offer_id.as_str()).send().await.unwrap();
        self.on(&offer)
    }
}

pub struct Visitor {
    pub session: SessionHandle,
    watch: SessionWatch,
    seen: Vec<u64>,
}

impl Visitor {
    /// Waits in sales, by a node.
    pub async fn new(nodes: &Nodes, at: usize, id: &str) -> Self {
        let client = client(nodes, at, Role::Customer, id).await;
        let started = client.start_session("sales").send().await.unwrap();
        let session = client.session(started.session.session_id);
        let watch = session.watch().from_start().open().await.unwrap();
        Self { session, watch, seen: Vec::new() }
    }

    pub async fn hears(&mut self, words: &str) {
        self.until(|event| said(event, words)).await;
    }

    pub async fn until<T>(&mut self, wanted: impl Fn(&Event) -> Option<T>) -> T {
        soon(async {
            loop {
                let event = self.watch.next().await.expect("the watch closed").unwrap();
                let WatchEvent::Event(event) = event else { continue };
                self.seen.push(event.revision);
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        })
        .await
    }

    /// Each event once, in order.
    pub fn check(&self) {
        assert_eq!(self.seen, (1..=self.seen.len() as u64).collect::<Vec<_>>());
    }
}

fn said(event: &Event, words: &str) -> Option<()> {
    matches!(&event.kind, EventKind::MessagePosted { text, .. } if text == words).then_some(())
}
