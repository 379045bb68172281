//! The accept loop: which connections are taken up, and how long one may live without doing anything.
//!
//! tonic's own has no caps, and keeps a connection that never says a word. A connection that isn't taken up is closed at once;
//! each second's refusals are one line in the log.
//!
//! With TLS, tonic makes the handshake above these connections, within its own timeout
//! (`ServerTlsConfig::timeout(limits.handshake)`); what comes through is then encrypted, so only the idle bound applies here.

mod connection;
mod gate;
mod live;
mod streams;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tokio_stream::Stream;

use crate::config::Connections;

pub use connection::Connection;
pub use gate::Gate;
pub use live::{ConnectionInfo, OpenStream};
pub use streams::{CountStreams, Counted, CountedBody};

/// Connections taken or refused before other tasks get their turn.
const TURN: usize = 64;

/// Accepting fails for want of descriptors or memory: trying again at once would only burn the processor.
const PAUSE: Duration = Duration::from_millis(100);

/// The connections to serve, for `tonic::transport::Server::serve_with_incoming_shutdown`. It never ends and never fails.
pub struct Incoming {
    listener: TcpListener,
    gate: Arc<Gate>,
    limits: Connections,
    is_tls: bool,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Incoming {
    /// Listens at the address. With `is_tls`, tonic will make the handshake.
    pub async fn bind(address: SocketAddr, limits: &Connections, is_tls: bool) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, gate: Gate::new(limits), limits: limits.clone(), is_tls, pause: None })
    }

    /// Where it listens: the port, if 0 was asked for.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The counts, for metrics.
    pub fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate)
    }

    /// A connection, if it's taken up.
    fn admit(&self, stream: TcpStream, remote: SocketAddr) -> Option<Connection<TcpStream>> {
        let ticket = self.gate.admit(remote.ip(), Instant::now())?;
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
        Some(Connection::new(stream, remote, ticket, &self.limits, self.is_tls))
    }
}

impl Stream for Incoming {
    type Item = io::Result<Connection<TcpStream>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        for _ in 0..TURN {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.listener.poll_accept(cx)) {
                Ok((stream, remote)) => {
                    if let Some(connection) = self.admit(stream, remote) {
                        return Poll::Ready(Some(Ok(connection)));
                    }
                }
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "connections can't be accepted");
                    self.pause = Some(Box::pin(sleep(PAUSE)));
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// The peer went away before it was taken up.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests;
