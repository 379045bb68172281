//! Nodes of one cluster in this process, each with a data folder of its own.

use std::{future::Future, net::SocketAddr, time::Duration};

use chatsession::{
    config::{JournalAt, Settings},
    lab::Nats,
    server::{Server, ServerError},
};
use tempfile::TempDir;

/// What takes longer hangs.
const BOUND: Duration = Duration::from_secs(60);

/// Waits, but not for ever.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, what).await.expect("it should have happened by now")
}

pub struct Nodes {
    pub nats: Nats,
    nodes: Vec<Node>,
}

struct Node {
    folder: TempDir,
    address: SocketAddr,
    server: Option<Server>,
}

/// Settings of a node that isn't started yet.
pub fn settings(nats: &Nats, folder: &TempDir, number: usize) -> Settings {
    let mut settings = Settings { data: folder.path().to_owned(), ..Settings::default() };
    settings.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    settings.journal = JournalAt::Nats(nats.urls());
    settings.cluster.node = Some(format!("node-{number}"));
    settings.cluster.shards = 4;
    settings.cluster.replicas = nats.len();
    settings.cluster.allow_few_replicas = nats.len() < 3;
    // Other tests run beside this one: a hiccup isn't a death.
    settings.cluster.takeover_after = Duration::from_secs(2);
    settings.cluster.lost_after = Duration::from_secs(6);
    settings
}

impl Nodes {
    pub async fn start(servers: usize, nodes: usize) -> Self {
        let mut started = Self { nats: Nats::start(servers).await.unwrap(), nodes: Vec::new() };
        for _ in 0..nodes {
            started.join().await.unwrap();
        }
        started
    }

    /// One more node.
    pub async fn join(&mut self) -> Result<(), ServerError> {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(&self.nats, &folder, self.nodes.len());
        let server = soon(Server::start(settings)).await?;
        let address = server.address();
        self.nodes.push(Node { folder, address, server: Some(server) });
        Ok(())
    }

    /// A node stops in its orderly way.
    pub async fn stop(&mut self, at: usize) {
        soon(self.nodes[at].server.take().unwrap().stop()).await.unwrap();
    }

    /// It starts again, at the same address.
    pub async fn start_again(&mut self, at: usize) {
        let mut settings = settings(&self.nats, &self.nodes[at].folder, at);
        settings.listen = self.nodes[at].address;
        self.nodes[at].server = Some(soon(Server::start(settings)).await.unwrap());
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn url(&self, at: usize) -> String {
        format!("http://{}", self.nodes[at].address)
    }

    pub fn folder(&self, at: usize) -> &std::path::Path {
        self.nodes[at].folder.path()
    }
}
