//! Serves connections until told to stop: each is a task of its own.

use std::{convert::Infallible, pin::pin, time::Duration};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::watch,
    time::{sleep, sleep_until, timeout_at},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;
use tonic::body::Body;
use tower::Service;

use super::{Listener, connection::Connection, live::ConnectionInfo, streams::OnConnection, tls};
use crate::config::Limits;

/// How long a connection without a call of ours has to end when the server stops.
const FAREWELL: Duration = Duration::from_millis(500);

/// hyper takes no less for HTTP/1.1.
const LEAST_BUFFER: usize = 8192;

/// How one connection is served; the same for all.
#[derive(Clone)]
struct Server<S> {
    http: auto::Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    service: S,
    handshake: Duration,
    idle: Duration,
    /// What a connection has, once it's told to end, before it's cut.
    patience: Duration,
    /// The same while a file is on its way.
    file_time: Duration,
    stop: watch::Receiver<bool>,
}

/// Serves until `stop`, then until every connection has ended: each is told by GOAWAY, and finishes its calls.
pub async fn serve<S>(
    listener: Listener,
    tls: Option<TlsAcceptor>,
    service: S,
    limits: &Limits,
    file_time: Duration,
    mut stop: watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    let server = Server {
        http: http(limits),
        tls,
        service,
        handshake: limits.connections.handshake,
        idle: limits.connections.idle,
        patience: limits.watches.slow_watcher,
        file_time,
        stop: stop.clone(),
    };
    let connections = TaskTracker::new();
    loop {
        tokio::select! {
            (stream, info) = listener.accept() => drop(connections.spawn(server.clone().greet(stream, info))),
            () = told(&mut stop) => break,
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// HTTP/2 with the bounds that tonic and hyper leave open; HTTP/1.1, which files and browsers come by, with as little room.
fn http(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let (streams, connections) = (&limits.streams, &limits.connections);
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(connections.handshake)
        .max_buf_size((limits.messages.metadata_bytes as usize).max(LEAST_BUFFER));
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(streams.service.max(streams.agent).max(streams.customer))
        .max_pending_accept_reset_streams(limits.resets.pending_accept)
        .max_local_error_reset_streams(limits.resets.local_error)
        .max_header_list_size(limits.messages.metadata_bytes)
        .keep_alive_interval(connections.ping_every)
        .keep_alive_timeout(connections.ping_timeout);
    http
}

impl<S> Server<S>
where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    async fn greet(mut self, stream: TcpStream, info: ConnectionInfo) {
        let _place = info.place();
        let Some(tls) = self.tls.clone() else { return self.converse(stream, info).await };
        let shaken = tokio::select! {
            shaken = timeout_at(info.accepted() + self.handshake, tls.accept(stream)) => shaken,
            () = told(&mut self.stop) => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.converse(stream, info).await,
            Ok(Err(error)) => tls::failed(&error),
            Err(elapsed) => tls::failed(&elapsed.into()),
        }
    }

    async fn converse(mut self, io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, info: ConnectionInfo) {
        let connection = Connection::new(io, info.clone(), self.handshake, self.idle);
        let service = TowerToHyperService::new(OnConnection::new(self.service, info.clone()));
        let mut serving = pin!(self.http.serve_connection(TokioIo::new(connection), service));
        tokio::select! {
            biased;
            ended = &mut serving => return said(ended),
            // The server drains: its own bound cuts calls that don't end.
            () = told(&mut self.stop) => {
                serving.as_mut().graceful_shutdown();
                loop {
                    tokio::select! {
                        ended = &mut serving => return said(ended),
                        // Long enough for GOAWAY to be read; a peer that is silent, or only watches health, has no claim.
                        () = sleep(FAREWELL) => if info.calls() == 0 { return },
                    }
                }
            }
            () = sleep_until(info.end_of_life()) => {}
        }
        serving.as_mut().graceful_shutdown();
        info.grow_old();
        let (mut until, cut) = (info.end_of_life() + self.patience, info.end_of_life() + self.file_time);
        loop {
            match timeout_at(until, &mut serving).await {
                Ok(ended) => return said(ended),
                Err(_) if info.files() > 0 && until < cut => until += FAREWELL,
                Err(_) => break,
            }
        }
        tracing::debug!(remote = %info.remote(), "an old connection didn't end when it was told to");
    }
}

/// Waits until the server is to stop, or nobody is left to say so.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn said(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection failed");
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, duplex},
        time::{Instant, timeout},
    };
    use tonic::service::Routes;

    use super::*;
    use crate::grpc::accept::Gate;

    /// Serves a peer that says so much and then nothing; how long until it's left.
    async fn left_after(says: &[u8]) -> Duration {
        let limits = Limits::default();
        let (mut peer, io) = duplex(4096);
        let ticket = Gate::new(&limits.connections, 0).admit(Ipv4Addr::LOCALHOST.into(), Instant::now()).unwrap();
        let info = ConnectionInfo::new((Ipv4Addr::LOCALHOST, 1).into(), ticket, &limits.connections);
        let (_reporter, health) = tonic_health::server::health_reporter();
        let (_stop, stop) = watch::channel(false);
        let server = Server {
            http: http(&limits),
            tls: None,
            service: Routes::new(health).prepare(),
            handshake: limits.connections.handshake,
            idle: limits.connections.idle,
            patience: limits.watches.slow_watcher,
            file_time: Duration::ZERO,
            stop,
        };
        tokio::spawn(server.converse(io, info));
        let start = Instant::now();
        peer.write_all(says).await.unwrap();
        let _ = peer.read_to_end(&mut Vec::new()).await;
        start.elapsed()
    }

    /// A peer brings a file that never comes to its end; how long until it's cut, of a day.
    async fn cut_after(stops: bool) -> Duration {
        let mut limits = Limits::default();
        limits.connections.age_jitter_percent = 0;
        let (mut peer, io) = duplex(4096);
        let ticket = Gate::new(&limits.connections, 0).admit(Ipv4Addr::LOCALHOST.into(), Instant::now()).unwrap();
        let info = ConnectionInfo::new((Ipv4Addr::LOCALHOST, 1).into(), ticket, &limits.connections);
        let (stop, stopping) = watch::channel(false);
        let server = Server {
            http: http(&limits),
            tls: None,
            service: tower::service_fn(|_: Request<Incoming>| std::future::pending()),
            handshake: limits.connections.handshake,
            idle: limits.connections.idle,
            patience: limits.watches.slow_watcher,
            file_time: Duration::from_secs(600),
            stop: stopping,
        };
        let start = Instant::now();
        tokio::spawn(server.converse(io, info.clone()));
        peer.write_all(b"PUT /files/a HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\n").await.unwrap();
        while info.files() == 0 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(stops);
        let _ = timeout(Duration::from_secs(24 * 3600), peer.read_to_end(&mut Vec::new())).await;
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_on_its_way_is_waited_for() {
        let age = Limits::default().connections.age;
        let cut = cut_after(false).await;
        assert!(cut >= age + Duration::from_secs(600) && cut <= age + Duration::from_secs(601), "{cut:?}");
        assert!(cut_after(true).await >= Duration::from_secs(24 * 3600), "when the server stops, by its own bound");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_is_silent_is_left() {
        // After the preface it's the pings that notice: 20 s and 10 s for the answer.
        let settings = b"\0\0\0\x04\0\0\0\0\0";
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        for (says, seconds) in
            [(b"".to_vec(), 10), (preface[..20].to_vec(), 10), ([&preface[..], settings].concat(), 30)]
        {
            let took = left_after(&says).await;
            assert_eq!(took.as_secs(), seconds, "{says:?}");
        }
    }
}
