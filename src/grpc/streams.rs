//! Open streams: their leases, the end of their tokens, how many each caller has.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::SystemTime,
};

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::{
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

    /// Ends it; the first reason counts.
    pub(super) fn end(&self, reason: GoodbyeReason) {
        let _ = self.end.compare_exchange(0, reason as u8, Ordering::Relaxed, Ordering::Relaxed);
        self.waker.wake();
    }
}

impl Streams {
    pub(super) fn new(limits: Watches) -> Self {
        Self { limits, open: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream, unless the caller has as many as one may have.
    pub(super) fn open(&self, identity: &Identity, leased: bool) -> Option<Arc<Stream>> {
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

    /// Ends what isn't renewed, or whose token has run out.
    pub(super) fn sweep(&self) {
        let (now, wall) = (Instant::now(), SystemTime::now());
        let streams: Vec<Arc<Stream>> = self.lock().streams.values().cloned().collect();
        for stream in streams {
            let lapsed = stream.renewed.as_ref().is_some_and(|renewed| {
                now.duration_since(*renewed.lock().unwrap_or_else(PoisonError::into_inner)) > self.limits.lease
            });
            if lapsed {
                stream.end(GoodbyeReason::LeaseLapsed);
            } else if stream.expires.is_some_and(|expires| expires <= wall) {
                stream.end(GoodbyeReason::TokenExpiring);
            }
        }
    }
}
