//! A network that can't be relied on: a proxy that cuts, stalls and slows whatever goes through it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

/// What is done to a connection, after some bytes of the server's.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Both sides are told that it is broken.
    Reset,
    /// Both sides are told that it is over, in the middle of whatever was said.
    End,
    /// Nothing moves for a while, then everything does.
    Stall(Duration),
    /// A few bytes at a time.
    Trickle,
    /// Nothing moves any more, and nobody is told.
    HalfOpen,
}

impl Fault {
    fn any(chance: &mut StdRng) -> Self {
        match chance.random_range(0..100) {
            0..45 => Self::Reset,
            45..80 => Self::End,
            80..90 => Self::Stall(Duration::from_millis(chance.random_range(1..200))),
            90..98 => Self::Trickle,
            _ => Self::HalfOpen,
        }
    }
}

/// A way to a server, at an address of its own.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

struct Shared {
    server: SocketAddr,
    chance: Mutex<StdRng>,
    calm: AtomicBool,
    cuts: watch::Sender<usize>,
}

impl Proxy {
    /// The connections that it breaks are counted in `cuts`.
    pub(crate) async fn to(server: SocketAddr, seed: u64, cuts: watch::Sender<usize>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let chance = Mutex::new(StdRng::seed_from_u64(seed));
        let shared = Arc::new(Shared { server, chance, calm: AtomicBool::default(), cuts });
        let mut serving = JoinSet::new();
        let known = shared.clone();
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(known.clone().carry(client));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { address, shared, _serving: serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it carries everything.
    pub(crate) fn calm_down(&self) {
        self.shared.calm.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn draw<T>(&self, from: impl FnOnce(&mut StdRng) -> T) -> T {
        from(&mut self.chance.lock().unwrap())
    }

    async fn carry(self: Arc<Self>, client: TcpStream) {
        let Ok(server) = TcpStream::connect(self.server).await else { return };
        for side in [&client, &server] {
            side.set_nodelay(true).unwrap();
        }
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        let (up, down) = (pass(from_client, to_server), self.disturb(from_server, to_client));
        tokio::select! {
            _ = up => {}
            () = down => {}
        }
    }

    /// Carries what the server says, until a fault ends it.
    async fn disturb(&self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut bytes = vec![0; 4096];
        loop {
            let (mut left, fault) = self.draw(|chance| (chance.random_range(0..8_000), Fault::any(chance)));
            while left > 0 || self.calm.load(Ordering::Relaxed) {
                let most = if self.calm.load(Ordering::Relaxed) { bytes.len() } else { left.min(bytes.len()) };
                let Ok(read @ 1..) = from.read(&mut bytes[..most]).await else { return };
                if to.write_all(&bytes[..read]).await.is_err() {
                    return;
                }
                left = left.saturating_sub(read);
            }
            match fault {
                Fault::Reset => {
                    for side in [from.as_ref(), to.as_ref()] {
                        side.set_zero_linger().unwrap();
                    }
                    break;
                }
                Fault::End => break,
                Fault::Stall(length) => sleep(length).await,
                Fault::Trickle => {
                    let trickle = async {
                        while let Ok(read @ 1..) = from.read(&mut bytes[..16]).await
                            && to.write_all(&bytes[..read]).await.is_ok()
                        {
                            sleep(Duration::from_millis(1)).await;
                        }
                    };
                    let _ = timeout(Duration::from_millis(100), trickle).await;
                }
                Fault::HalfOpen => {
                    self.cuts.send_modify(|cuts| *cuts += 1);
                    return std::future::pending().await;
                }
            }
        }
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> std::io::Result<u64> {
    tokio::io::copy(&mut from, &mut to).await
}
