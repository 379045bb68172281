//! Takes connections up, or doesn't.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep},
};

use super::{Gate, live::ConnectionInfo};
use crate::config::Connections;

/// Accepting fails for want of descriptors or memory: trying again at once would only burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// A port, and who is let in.
pub struct Listener {
    listener: TcpListener,
    gate: Arc<Gate>,
    limits: Connections,
}

impl Listener {
    /// Listens at the address, with descriptors left for so many files on their way.
    pub async fn bind(address: SocketAddr, limits: &Connections, transfers: usize) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, gate: Gate::new(limits, transfers), limits: limits.clone() })
    }

    /// Where it listens: the port, if 0 was asked for.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The counts, for metrics.
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// The next connection that is taken up. Safe to drop and call again.
    pub(super) async fn accept(&self) -> (TcpStream, ConnectionInfo) {
        loop {
            match self.listener.accept().await {
                Ok((stream, remote)) => {
                    if let Some(ticket) = self.gate.admit(remote.ip(), Instant::now()) {
                        if let Err(error) = stream.set_nodelay(true) {
                            tracing::debug!(%error, "a connection without TCP_NODELAY");
                        }
                        return (stream, ConnectionInfo::new(remote, ticket, &self.limits));
                    }
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "connections can't be accepted");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// The peer went away before it was taken up.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
