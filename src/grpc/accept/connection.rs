//! A connection that ends by itself when its peer is silent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::live::ConnectionInfo;

/// What an HTTP/2 client says first (RFC 9113, section 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection whose reads fail with `TimedOut` when the preface is late, or when no stream was open for too long.
///
/// One timer serves for both, armed anew only when it fires, so that reading costs no more. Only reads look at it: a server
/// always reads, unless the peer takes nothing, and then the pings notice.
pub(super) struct Connection<IO> {
    io: IO,
    info: ConnectionInfo,
    timer: Pin<Box<Sleep>>,
    greeting: Greeting,
    greeting_time: Duration,
    idle: Duration,
}

/// What the peer has said so far.
enum Greeting {
    /// So many bytes of the preface.
    Preface(usize),
    /// Something else, as HTTP/1.1 does; it is known to speak once a call has come of it.
    Other,
    /// The preface.
    Over,
}

impl<IO> Connection<IO> {
    /// The preface is due so long after the connection was taken up; it may go so long without a stream.
    pub(super) fn new(io: IO, info: ConnectionInfo, preface: Duration, idle: Duration) -> Self {
        let timer = Box::pin(sleep_until(info.accepted() + preface));
        Self { io, info, timer, greeting: Greeting::Preface(0), greeting_time: preface, idle }
    }

    /// Ready when the peer has been silent for too long.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        while self.timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            let greeted = matches!(self.greeting, Greeting::Over) || self.info.has_served();
            if !greeted {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "no HTTP/2 preface"));
            }
            let end = self.info.idle_since().unwrap_or(now) + self.patience();
            if end <= now {
                return Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "no stream"));
            }
            self.timer.as_mut().reset(end);
        }
        Poll::Pending
    }

    /// How long it may go without a stream. Browsers keep connections that have only fetched a page, several each, and those
    /// count against their address.
    fn patience(&self) -> Duration {
        let is_a_page = matches!(self.greeting, Greeting::Other) && !self.info.is_authenticated();
        if is_a_page { self.greeting_time.min(self.idle) } else { self.idle }
    }

    fn heard(&mut self, bytes: &[u8]) {
        let Greeting::Preface(known) = self.greeting else {
            return;
        };
        let rest = PREFACE.get(known..).unwrap_or_default();
        let compared = rest.len().min(bytes.len());
        self.greeting = if !bytes.starts_with(rest.get(..compared).unwrap_or_default()) {
            Greeting::Other
        } else if compared == rest.len() {
            Greeting::Over
        } else {
            Greeting::Preface(known + compared)
        };
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Connection<IO> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Poll::Ready(error) = self.poll_silence(cx) {
            return Poll::Ready(Err(error));
        }
        let before = to.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, to);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.heard(to.filled().get(before..).unwrap_or_default());
        }
        read
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Connection<IO> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;
    use crate::{config::Connections, grpc::accept::Gate};

    const FIVE_MINUTES: Duration = Duration::from_secs(300);

    fn connect() -> (DuplexStream, Connection<DuplexStream>) {
        let (peer, io) = duplex(1024);
        let limits = Connections::default();
        let ticket = Gate::new(&limits, 0).admit(Ipv4Addr::LOCALHOST.into(), Instant::now()).unwrap();
        let info = ConnectionInfo::new((Ipv4Addr::LOCALHOST, 1).into(), ticket, &limits);
        (peer, Connection::new(io, info, limits.handshake, limits.idle))
    }

    /// Reads until the end; the time that this took and how it ended.
    async fn outcome(connection: &mut Connection<DuplexStream>) -> (Duration, io::Result<usize>) {
        let start = Instant::now();
        let end = connection.read_to_end(&mut Vec::new()).await;
        (start.elapsed(), end)
    }

    async fn timed_out_after(connection: &mut Connection<DuplexStream>, bound: Duration) {
        let (took, end) = outcome(connection).await;
        assert_eq!(end.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(took >= bound && took < bound + Duration::from_secs(1), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_left_after_the_handshake_time() {
        let (_peer, mut connection) = connect();
        timed_out_after(&mut connection, Duration::from_secs(10)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn so_is_one_that_sends_its_preface_drop_by_drop() {
        let (mut peer, mut connection) = connect();
        tokio::spawn(async move {
            for byte in PREFACE {
                peer.write_all(&[*byte]).await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        timed_out_after(&mut connection, Duration::from_secs(10)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn so_is_one_that_speaks_another_language_and_never_calls() {
        let (mut peer, mut connection) = connect();
        peer.write_all(b"GET / HTTP/1.1\r\nx-slow: ").await.unwrap();
        timed_out_after(&mut connection, Duration::from_secs(10)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_has_only_fetched_a_page_is_left_soon_and_one_that_called_is_not() {
        for (calls, bound) in [(false, Duration::from_secs(10)), (true, FIVE_MINUTES)] {
            let (mut peer, mut connection) = connect();
            peer.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
            drop(connection.info.open_stream("/"));
            if calls {
                connection.info.authenticated();
            }
            timed_out_after(&mut connection, bound).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_preface_a_connection_without_a_stream_is_left_after_five_minutes() {
        let (mut peer, mut connection) = connect();
        let (first, rest) = PREFACE.split_at(7);
        peer.write_all(first).await.unwrap();
        peer.write_all(rest).await.unwrap();
        timed_out_after(&mut connection, FIVE_MINUTES).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_a_stream_stays_and_its_time_begins_when_that_ends() {
        let (mut peer, mut connection) = connect();
        peer.write_all(PREFACE).await.unwrap();
        let stream = connection.info.open_stream("/");
        assert_eq!(connection.info.streams(), 1);
        let hour = 12 * FIVE_MINUTES;
        assert!(tokio::time::timeout(hour, connection.read_to_end(&mut Vec::new())).await.is_err());
        tokio::time::sleep(Duration::from_secs(7)).await;
        drop(stream);
        timed_out_after(&mut connection, FIVE_MINUTES).await;
    }
}
