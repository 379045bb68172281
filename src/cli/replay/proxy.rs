//! Between a node and the NATS servers: what passes can be held back, in either direction, as a network does that lost its way.
//! Nothing is closed, and what was held back goes on later.

use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};

/// What doesn't pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cut {
    /// From the node to the servers.
    pub(super) out: bool,
    /// From the servers to the node.
    pub(super) back: bool,
}

/// A node's way to all servers.
pub(super) struct Proxy {
    cut: watch::Sender<Cut>,
    urls: Vec<String>,
    _listening: JoinSet<()>,
}

impl Proxy {
    /// A way to each of these addresses.
    pub(super) async fn to(servers: Vec<String>) -> io::Result<Self> {
        let (cut, _) = watch::channel(Cut::default());
        let (mut urls, mut listening) = (Vec::new(), JoinSet::new());
        for server in servers {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            urls.push(format!("nats://{}", listener.local_addr()?));
            listening.spawn(listen(listener, server, cut.subscribe()));
        }
        Ok(Self { cut, urls, _listening: listening })
    }

    pub(super) fn urls(&self) -> &[String] {
        &self.urls
    }

    pub(super) fn set(&self, cut: Cut) {
        self.cut.send_replace(cut);
    }
}

async fn listen(listener: TcpListener, server: String, cut: watch::Receiver<Cut>) {
    let mut passing = JoinSet::new();
    while let Ok((node, _)) = listener.accept().await {
        while passing.try_join_next().is_some() {}
        passing.spawn(pass(node, server.clone(), cut.clone()));
    }
}

async fn pass(node: TcpStream, server: String, cut: watch::Receiver<Cut>) {
    // A server that is down refuses, and so does the way to it.
    let Ok(server) = TcpStream::connect(&server).await else { return };
    if node.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
        return;
    }
    let ((from_node, to_node), (from_server, to_server)) = (node.into_split(), server.into_split());
    tokio::select! {
        () = carry(from_node, to_server, cut.clone(), |cut| cut.out) => {}
        () = carry(from_server, to_node, cut, |cut| cut.back) => {}
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut cut: watch::Receiver<Cut>, held: fn(&Cut) -> bool) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut bytes).await else { return };
        if cut.wait_for(|cut| !held(cut)).await.is_err() || to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
