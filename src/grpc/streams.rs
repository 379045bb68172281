//! Open streams: their leases, the end of their tokens, how many each caller has.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::SystemTime,
};

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::{
    accept::ConnectionInfo,
    auth::{Identity, Role},
    pb::GoodbyeReason,
};
use crate::config::Watches;

/// Who a stream belongs to.
type Owner = (String, String);

/// All open streams of this node.
pub(super) struct Streams {
    limits: Watches,
    open: Mutex<Open>,
    /// Sweeps so far: a clock that costs nothing to read.
    sweeps: Arc<AtomicU64>,
}

#[derive(Default)]
struct Open {
    streams: HashMap<uuid::Uuid, Arc<Stream>>,
    by_owner: HashMap<Owner, usize>,
}

/// One open stream, as others may end it.
pub(super) struct Stream {
    pub(super) id: uuid::Uuid,
    owner: Owner,
    role: Role,
    expires: Option<SystemTime>,
    /// When it was last renewed; none for streams without a lease.
    renewed: Option<Mutex<Instant>>,
    /// What it came by; none in tests.
    connection: Option<ConnectionInfo>,
    sweeps: Arc<AtomicU64>,
    /// The sweep after which its reader last took something.
    read: AtomicU64,
    end: AtomicU8,
    pub(super) waker: AtomicWaker,
}

impl Stream {
    /// Why it shall end, once it shall.
    pub(super) fn ended(&self) -> Option<GoodbyeReason> {
        GoodbyeReason::try_from(i32::from(self.end.load(Ordering::Relaxed)))
            .ok()
            .filter(|reason| *reason != GoodbyeReason::Unspecified)
    }

    /// Its reader takes something: it comes at least as often as heartbeats do.
    pub(super) fn is_read(&self) {
        self.read.store(self.sweeps.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Ends it; the first reason counts.
    pub(super) fn end(&self, reason: GoodbyeReason) {
        let _ = self.end.compare_exchange(0, reason as u8, Ordering::Relaxed, Ordering::Relaxed);
        self.waker.wake();
    }
}

impl Streams {
    pub(super) fn new(limits: Watches) -> Self {
        Self { limits, open: Mutex::default(), sweeps: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream, unless the caller has as many as one may have.
    pub(super) fn open(
        &self,
        identity: &Identity,
        connection: Option<ConnectionInfo>,
        leased: bool,
    ) -> Option<Arc<Stream>> {
        let owner = (identity.center.clone(), identity.subject.clone());
        let most = match identity.role {
            Role::Customer => self.limits.customer,
            Role::Agent | Role::Supervisor => self.limits.agent_connection,
            Role::Integrator | Role::Operator => usize::MAX,
        };
        let mut open = self.lock();
        let count = open.by_owner.entry(owner.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        let stream = Arc::new(Stream {
            id: uuid::Uuid::new_v4(),
            owner,
            role: identity.role,
            expires: identity.expires,
            renewed: leased.then(|| Mutex::new(Instant::now())),
            connection,
            sweeps: self.sweeps.clone(),
            read: AtomicU64::new(self.sweeps.load(Ordering::Relaxed)),
            end: AtomicU8::new(0),
            waker: AtomicWaker::new(),
        });
        open.streams.insert(stream.id, stream.clone());
        Some(stream)
    }

    /// A stream is gone.
    pub(super) fn close(&self, stream: &Stream) {
        let mut open = self.lock();
        open.streams.remove(&stream.id);
        if let Some(count) = open.by_owner.get_mut(&stream.owner) {
            *count -= 1;
            if *count == 0 {
                open.by_owner.remove(&stream.owner);
            }
        }
    }

    /// Keeps the lease of a caller's own stream; false when it isn't open.
    pub(super) fn renew(&self, identity: &Identity, id: &str) -> bool {
        let stream = uuid::Uuid::try_parse(id).ok().and_then(|id| self.lock().streams.get(&id).cloned());
        let own = stream.filter(|stream| {
            (&stream.owner.0, &stream.owner.1, stream.role) == (&identity.center, &identity.subject, identity.role)
        });
        let Some(stream) = own.filter(|stream| stream.ended().is_none()) else { return false };
        if let Some(renewed) = &stream.renewed {
            *renewed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        true
    }

    /// Ends what isn't renewed or isn't read, whose token has run out, and what came by a connection that is to end.
    /// Called once a second.
    pub(super) fn sweep(&self) {
        let sweep = self.sweeps.fetch_add(1, Ordering::Relaxed) + 1;
        let patience = (self.limits.heartbeat + self.limits.slow_watcher).as_secs();
        let (now, wall) = (Instant::now(), SystemTime::now());
        for stream in self.lock().streams.values() {
            let lapsed = stream.renewed.as_ref().is_some_and(|renewed| {
                now.duration_since(*renewed.lock().unwrap_or_else(PoisonError::into_inner)) > self.limits.lease
            });
            if lapsed {
                stream.end(GoodbyeReason::LeaseLapsed);
            } else if stream.expires.is_some_and(|expires| expires <= wall) {
                stream.end(GoodbyeReason::TokenExpiring);
            } else if stream.connection.as_ref().is_some_and(ConnectionInfo::is_old) {
                stream.end(GoodbyeReason::Draining);
            } else if sweep.saturating_sub(stream.read.load(Ordering::Relaxed)) > patience {
                stream.end(GoodbyeReason::SlowConsumer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn given() -> (Streams, Identity) {
        let subject = "c-1".to_owned();
        let identity = Identity { center: "acme".into(), role: Role::Customer, subject, session: None, expires: None };
        (Streams::new(Watches::default()), identity)
    }

    /// A second passes; the reader takes something, or doesn't.
    async fn second(streams: &Streams, stream: &Stream, reads: bool) {
        tokio::time::advance(Duration::from_secs(1)).await;
        if reads {
            stream.is_read();
        }
        streams.sweep();
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_nobody_reads_is_ended_after_a_heartbeat_and_thirty_seconds() {
        let (streams, caller) = given();
        let [read, stalled] = [0, 1].map(|_| streams.open(&caller, None, false).unwrap());
        for _ in 0..50 {
            second(&streams, &read, true).await;
            assert_eq!((read.ended(), stalled.ended()), (None, None));
        }
        second(&streams, &read, true).await;
        assert_eq!((read.ended(), stalled.ended()), (None, Some(GoodbyeReason::SlowConsumer)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_lapses_unless_it_is_renewed_and_only_by_its_owner() {
        let (streams, caller) = given();
        let other = Identity { subject: "c-2".into(), ..caller.clone() };
        let [kept, lost] = [0, 1].map(|_| streams.open(&caller, None, true).unwrap());
        for _ in 0..26 {
            second(&streams, &kept, true).await;
            lost.is_read();
            assert!(streams.renew(&caller, &kept.id.to_string()));
            assert!(!streams.renew(&other, &lost.id.to_string()));
        }
        assert_eq!((kept.ended(), lost.ended()), (None, Some(GoodbyeReason::LeaseLapsed)));
        assert!(!streams.renew(&caller, &lost.id.to_string()), "what has ended isn't open");
    }

    #[test]
    fn a_customer_has_so_many_streams_and_one_that_closes_makes_room() {
        let (streams, caller) = given();
        let open: Vec<_> = (0..10).map_while(|_| streams.open(&caller, None, false)).collect();
        assert_eq!(open.len(), Watches::default().customer);
        streams.close(&open[0]);
        assert!(streams.open(&caller, None, false).is_some());
    }
}
