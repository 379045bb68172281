//! A cluster of the replay's own: NATS servers and nodes as child processes, each node with a way to the servers that can be
//! cut.

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use chatsession::lab::{self, Nats};
use tokio::process::{self, Command};

use super::{
    access::Access,
    proxy::{Cut, Proxy},
    server::{SETTINGS, free_port, up},
};
use crate::cli::Failure;

/// NATS servers: what a log survives the loss of one of.
const SERVERS: usize = 3;

/// As few as show several at work: each is a group of its own on one disk here.
pub(super) const SHARDS: u32 = 4;

/// All of it.
pub(super) struct Nodes {
    pub(super) nats: Nats,
    nodes: Vec<Node>,
    folder: PathBuf,
}

struct Node {
    url: String,
    proxy: Proxy,
    child: process::Child,
}

impl Nodes {
    /// Starts everything, and waits until every node serves.
    pub(super) async fn start(nodes: usize) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("chatsession-replay-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&folder)?;
        let nats = Nats::start(SERVERS).await?;
        let mut started = Self { nats, nodes: Vec::new(), folder };
        for at in 0..nodes {
            let servers = (0..started.nats.len()).map(|server| started.nats.address(server)).collect();
            let (proxy, url) = (Proxy::to(servers).await?, format!("http://127.0.0.1:{}", free_port()?));
            let child = spawn(&started.folder, at, &url, &proxy)?;
            started.nodes.push(Node { url, proxy, child });
        }
        match started.all_up().await {
            Ok(()) => Ok(started),
            Err(failure) => Err(format!("{failure}\nthe nodes' logs: {}", started.folder.display()).into()),
        }
    }

    pub(super) async fn all_up(&mut self) -> Result<(), Failure> {
        for node in &mut self.nodes {
            up(&mut node.child, &node.url).await?;
        }
        Ok(())
    }

    pub(super) fn access(&self) -> Access {
        let urls = self.nodes.iter().map(|node| node.url.clone()).collect();
        Access::of_child(urls, data(&self.folder, 0))
    }

    /// SIGKILL, and at once another run of it.
    pub(super) async fn kill(&mut self, at: usize) -> Result<(), Failure> {
        self.nodes[at].child.kill().await?;
        let node = &self.nodes[at];
        let child = spawn(&self.folder, at, &node.url, &node.proxy)?;
        self.nodes[at].child = child;
        Ok(())
    }

    /// What passes between a node and the NATS servers.
    pub(super) fn cut(&self, at: usize, cut: Cut) {
        self.nodes[at].proxy.set(cut);
    }

    /// The NATS server that leads the log of a shard.
    pub(super) async fn leader(&self, shard: u32) -> Result<usize, Failure> {
        let client = async_nats::connect(self.nats.urls()).await?;
        let stream = chatsession::cluster::status::streams(&client, lab::CLUSTER, SHARDS as usize).await?;
        let leader = stream.get(shard as usize).and_then(|stream| stream.leader.clone());
        let leader = leader.and_then(|name| self.nats.named(&name));
        leader.ok_or_else(|| format!("the log of shard {shard} has no leader").into())
    }

    /// Which node leads a shard, as the others say.
    pub(super) async fn led_by(&self, shard: u32) -> Result<Option<usize>, Failure> {
        let client = async_nats::connect(self.nats.urls()).await?;
        let reports = chatsession::cluster::status::nodes(&client, lab::CLUSTER).await?;
        let beats = reports.iter().flat_map(|report| &report.hears).map(|heard| &heard.beat);
        let leading = beats.filter(|beat| beat.shards.get(shard as usize).is_some_and(|shard| shard.leads));
        Ok(leading.filter_map(|beat| beat.node.strip_prefix("node-")?.parse().ok()).next())
    }

    /// Ends everything. Folders are kept when something went wrong.
    pub(super) async fn stop(mut self, held: bool) -> Option<PathBuf> {
        for node in &mut self.nodes {
            let _ = node.child.kill().await;
        }
        if !held {
            eprintln!("the NATS servers' logs and stores: {}", self.nats.keep().display());
            return Some(self.folder);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        None
    }
}

fn data(folder: &Path, at: usize) -> PathBuf {
    folder.join(format!("node-{at}"))
}

fn spawn(folder: &Path, at: usize, url: &str, proxy: &Proxy) -> io::Result<process::Child> {
    let log = OpenOptions::new().create(true).append(true).open(folder.join(format!("node-{at}.log")))?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve").arg("--listen").arg(url.trim_start_matches("http://"));
    command.arg("--data").arg(data(folder, at)).arg("--journal").arg(proxy.urls().join(","));
    command.arg("--set").arg(format!("cluster.shards={SHARDS}")).arg("--set").arg(format!("cluster.node=node-{at}"));
    for setting in SETTINGS {
        command.arg("--set").arg(setting);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true).spawn()
}
