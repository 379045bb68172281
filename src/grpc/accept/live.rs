//! What a call may know and say about the connection that it came by.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use http::Extensions;
use rand::RngExt;
use tokio::time::Instant;

use super::gate::Ticket;
use crate::{config::Connections, files, grpc::edge::OURS};

/// The connection of a call, among the extensions of its request.
#[derive(Clone, Debug)]
pub struct ConnectionInfo(Arc<Live>);

#[derive(Debug)]
struct Live {
    remote: SocketAddr,
    ticket: Ticket,
    accepted: Instant,
    end_of_life: Instant,
    is_old: AtomicBool,
    streams: AtomicUsize,
    /// Of those, the calls of our own services, and files on their way.
    calls: AtomicUsize,
    /// Of those, the files.
    files: AtomicUsize,
    /// Streams opened so far: the first proves that the peer speaks.
    opened: AtomicU64,
    /// When the last stream closed, in milliseconds after `accepted`.
    idle_since: AtomicU64,
}

impl ConnectionInfo {
    pub(super) fn new(remote: SocketAddr, ticket: Ticket, limits: &Connections) -> Self {
        let accepted = Instant::now();
        Self(Arc::new(Live {
            remote,
            ticket,
            accepted,
            end_of_life: accepted + life(limits),
            is_old: AtomicBool::new(false),
            streams: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            files: AtomicUsize::new(0),
            opened: AtomicU64::new(0),
            idle_since: AtomicU64::new(0),
        }))
    }

    /// The connection that a request came by.
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// The connection has reached its age and takes no new calls: its streams are to be resumed on another.
    pub fn is_old(&self) -> bool {
        self.0.is_old.load(Ordering::Relaxed)
    }

    pub(super) fn grow_old(&self) {
        self.0.is_old.store(true, Ordering::Relaxed);
    }

    pub(super) fn accepted(&self) -> Instant {
        self.0.accepted
    }

    /// When it is told to end.
    pub(super) fn end_of_life(&self) -> Instant {
        self.0.end_of_life
    }

    /// The peer, or the proxy in front.
    pub fn remote(&self) -> SocketAddr {
        self.0.remote
    }

    /// A call on it was authenticated: it counts no more against its address.
    pub fn authenticated(&self) {
        self.0.ticket.authenticated();
    }

    /// Whether a call on it was authenticated.
    pub fn is_authenticated(&self) -> bool {
        self.0.ticket.is_authenticated()
    }

    /// A call begins; hold it until the last of the response is sent. While one is held the connection isn't idle.
    #[must_use = "the stream counts until this is dropped"]
    pub(super) fn open_stream(&self, path: &str) -> OpenStream {
        let is_file = path.starts_with(files::PREFIX);
        let is_ours = is_file || path.starts_with(OURS);
        self.0.calls.fetch_add(usize::from(is_ours), Ordering::AcqRel);
        self.0.files.fetch_add(usize::from(is_file), Ordering::AcqRel);
        self.0.streams.fetch_add(1, Ordering::AcqRel);
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        OpenStream { connection: self.clone(), is_ours, is_file }
    }

    /// Calls in progress on it: for the bounds by role, which HTTP/2 can't tell apart.
    pub fn streams(&self) -> usize {
        self.0.streams.load(Ordering::Relaxed)
    }

    /// Calls of our own services in progress, and files on their way.
    pub(super) fn calls(&self) -> usize {
        self.0.calls.load(Ordering::Relaxed)
    }

    /// Files on their way: they take longer than calls do.
    pub(super) fn files(&self) -> usize {
        self.0.files.load(Ordering::Relaxed)
    }

    pub(super) fn has_served(&self) -> bool {
        self.0.opened.load(Ordering::Relaxed) > 0
    }

    /// Since when no stream is open.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        if self.0.streams.load(Ordering::Acquire) > 0 {
            return None;
        }
        Some(self.0.accepted + Duration::from_millis(self.0.idle_since.load(Ordering::Acquire)))
    }

    /// The connection's place among the open ones, for as long as it is served.
    pub(super) fn place(&self) -> Place {
        Place(self.clone())
    }
}

/// How long a connection may live: differently long, so that those of one moment don't end together.
fn life(limits: &Connections) -> Duration {
    let jitter = f64::from(limits.age_jitter_percent.min(100)) / 100.0;
    limits.age.mul_f64(1.0 + rand::rng().random_range(-jitter..=jitter))
}

/// A place among the open connections. Calls may know of the connection for longer.
#[derive(Debug)]
pub(super) struct Place(ConnectionInfo);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.ticket.release();
    }
}

/// A call in progress on a connection.
#[derive(Debug)]
pub(super) struct OpenStream {
    connection: ConnectionInfo,
    is_ours: bool,
    is_file: bool,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let live = &self.connection.0;
        let age = u64::try_from(live.accepted.elapsed().as_millis()).unwrap_or(u64::MAX);
        live.idle_since.store(age, Ordering::Release);
        live.streams.fetch_sub(1, Ordering::AcqRel);
        live.calls.fetch_sub(usize::from(self.is_ours), Ordering::AcqRel);
        live.files.fetch_sub(usize::from(self.is_file), Ordering::AcqRel);
    }
}
