//! Open streams: their leases, the end of their tokens, how many each caller has. One that is to end counts no more from
//! then on, neither among its caller's nor as somebody's presence, whether or not its reader ever learns of it.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use futures_util::task::AtomicWaker;
use tokio::time::Instant;

use super::{
    accept::ConnectionInfo,
    auth::{Identity, Role},
    pb::GoodbyeReason,
    presence::Here,
};
use crate::{
    center::{AgentId, CenterId, SessionId, Who},
    config::Watches,
    live::PutAgents,
};

/// Who a stream belongs to: center, subject, and the kind of role, since a customer and an agent may have one id.
pub(super) type Owner = (String, String, Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Customer,
    Agent,
    Service,
}

pub(super) fn owner(identity: &Identity) -> Owner {
    let kind = match identity.role {
        Role::Customer => Kind::Customer,
        Role::Agent | Role::Supervisor => Kind::Agent,
        Role::Integrator | Role::Operator => Kind::Service,
    };
    (identity.center.clone(), identity.subject.clone(), kind)
}

/// How long before a token stops counting its streams are told, so that they can be resumed with a fresh one.
const NOTICE: Duration = Duration::from_secs(30);

/// Sweeps for which it is remembered who was put or deleted.
const REMEMBERED: u64 = 5;

/// What a stream that outlives its token is told instead of a goodbye: the code that no reason has.
const TOKEN_EXPIRED: u8 = u8::MAX;

/// How a stream ends that others end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a goodbye: it may be resumed.
    Goodbye(GoodbyeReason),
    /// Its token has run out.
    TokenExpired,
}

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
    /// Agents who were put or deleted lately: a stream may be opening by what was read before.
    news: HashMap<(CenterId, AgentId), News>,
}

/// What an agent is now: a supervisor or not, or none any more; and after which sweep that became known.
struct News {
    supervisor: Option<bool>,
    since: u64,
}

/// One open stream, as others may end it.
pub(super) struct Stream {
    pub(super) id: uuid::Uuid,
    owner: Owner,
    /// When its token was issued.
    issued: Option<SystemTime>,
    /// When its token stops counting, and whether it was opened early enough to be told before.
    expires: Option<(SystemTime, bool)>,
    /// It counts among its caller's.
    counts: AtomicBool,
    /// Whose presence it is.
    here: Mutex<Option<Here>>,
    /// Who watches: a session, or a desk.
    watcher: OnceLock<(Who, Option<SessionId>)>,
    /// It shows what only a supervisor sees.
    supervises: AtomicBool,
    /// The sweep after which it was opened.
    opened: u64,
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
    /// How it shall end, once it shall.
    pub(super) fn ended(&self) -> Option<End> {
        match self.end.load(Ordering::Relaxed) {
            0 => None,
            TOKEN_EXPIRED => Some(End::TokenExpired),
            reason => GoodbyeReason::try_from(i32::from(reason)).ok().map(End::Goodbye),
        }
    }

    /// It is somebody's presence from now on.
    pub(super) fn hold(&self, here: Here) {
        *self.here.lock().unwrap_or_else(PoisonError::into_inner) = Some(here);
    }

    /// Somebody watches a session by it, or their desk.
    pub(super) fn watched_by(&self, who: Who, session: Option<SessionId>) {
        let _ = self.watcher.set((who, session));
    }

    /// It shows what only a supervisor sees.
    pub(super) fn supervises(&self) {
        self.supervises.store(true, Ordering::Relaxed);
    }

    /// The agent whose stream it is.
    fn agent(&self) -> Option<(CenterId, AgentId)> {
        let (center, subject, kind) = &self.owner;
        let agent = match kind {
            Kind::Agent => AgentId::parse(subject),
            Kind::Customer | Kind::Service => self.watcher.get().and_then(|(who, _)| who.agent().cloned()),
        };
        Some((CenterId::parse(center)?, agent?))
    }

    /// Whether it shows what its agent may see no more, as far as is known since some sweep.
    fn is_revoked(&self, news: &HashMap<(CenterId, AgentId), News>) -> bool {
        let Some(news) = self.agent().and_then(|agent| news.get(&agent)) else { return false };
        let may = match news.supervisor {
            None => false,
            Some(is_supervisor) => is_supervisor || !self.supervises.load(Ordering::Relaxed),
        };
        !may && self.opened <= news.since
    }

    /// Its reader takes something: it comes at least as often as heartbeats do.
    pub(super) fn is_read(&self) {
        self.read.store(self.sweeps.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Ends it; the first reason counts.
    fn end(&self, end: End) {
        let code = match end {
            End::Goodbye(reason) => reason as u8,
            End::TokenExpired => TOKEN_EXPIRED,
        };
        let _ = self.end.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
        self.waker.wake();
    }

    /// How it is to end now, if it is.
    fn due(&self, limits: &Watches, sweep: u64, now: Instant, wall: SystemTime) -> Option<End> {
        let renewed = |renewed: &Mutex<Instant>| *renewed.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = (limits.heartbeat + limits.slow_watcher).as_secs();
        if self.renewed.as_ref().is_some_and(|time| now.duration_since(renewed(time)) > limits.lease) {
            return Some(End::Goodbye(GoodbyeReason::LeaseLapsed));
        }
        match self.expires {
            Some((end, _)) if end <= wall => return Some(End::TokenExpired),
            Some((end, true)) if end <= wall + NOTICE => return Some(End::Goodbye(GoodbyeReason::TokenExpiring)),
            _ => {}
        }
        if self.connection.as_ref().is_some_and(ConnectionInfo::is_old) {
            return Some(End::Goodbye(GoodbyeReason::Draining));
        }
        let unread = sweep.saturating_sub(self.read.load(Ordering::Relaxed)) > patience;
        unread.then_some(End::Goodbye(GoodbyeReason::SlowConsumer))
    }
}

/// An open stream, closed when this is dropped.
pub(super) struct OpenStream {
    stream: Arc<Stream>,
    streams: Arc<Streams>,
}

impl Deref for OpenStream {
    type Target = Stream;

    fn deref(&self) -> &Stream {
        &self.stream
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.streams.close(&self.stream);
    }
}

impl Open {
    /// It counts no more.
    fn release(&mut self, stream: &Stream) {
        if !stream.counts.swap(false, Ordering::Relaxed) {
            return;
        }
        drop(stream.here.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(count) = self.by_owner.get_mut(&stream.owner) {
            *count -= 1;
            if *count == 0 {
                self.by_owner.remove(&stream.owner);
            }
        }
    }
}

impl Streams {
    pub(super) fn new(limits: Watches) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default(), sweeps: Arc::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a stream, unless the caller has as many as one may have.
    pub(super) fn open(
        self: &Arc<Self>,
        identity: &Identity,
        connection: Option<ConnectionInfo>,
        leased: bool,
    ) -> Option<OpenStream> {
        let owner = owner(identity);
        let most = match owner.2 {
            Kind::Customer => self.limits.customer,
            Kind::Agent => self.limits.agent_connection,
            Kind::Service => usize::MAX,
        };
        let mut open = self.lock();
        let count = open.by_owner.entry(owner.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        let stream = Arc::new(Stream {
            id: uuid::Uuid::new_v4(),
            issued: identity.issued,
            owner,
            expires: identity.expires.map(|end| (end, SystemTime::now() + NOTICE < end)),
            counts: AtomicBool::new(true),
            here: Mutex::default(),
            watcher: OnceLock::new(),
            supervises: AtomicBool::new(false),
            opened: self.sweeps.load(Ordering::Relaxed),
            renewed: leased.then(|| Mutex::new(Instant::now())),
            connection,
            sweeps: self.sweeps.clone(),
            read: AtomicU64::new(self.sweeps.load(Ordering::Relaxed)),
            end: AtomicU8::new(0),
            waker: AtomicWaker::new(),
        });
        open.streams.insert(stream.id, stream.clone());
        Some(OpenStream { stream, streams: self.clone() })
    }

    fn close(&self, stream: &Stream) {
        let mut open = self.lock();
        open.streams.remove(&stream.id);
        open.release(stream);
    }

    /// Who watches by a caller's own stream, and what.
    pub(super) fn watcher(&self, identity: &Identity, id: &str) -> Option<(Who, Option<SessionId>)> {
        let stream = uuid::Uuid::try_parse(id).ok().and_then(|id| self.lock().streams.get(&id).cloned())?;
        let own = stream.owner == owner(identity) && stream.ended().is_none();
        own.then(|| stream.watcher.get().cloned())?
    }

    /// Keeps the lease of a caller's own stream; false when it isn't open.
    pub(super) fn renew(&self, identity: &Identity, id: &str) -> bool {
        let stream = uuid::Uuid::try_parse(id).ok().and_then(|id| self.lock().streams.get(&id).cloned());
        let own = stream.filter(|stream| stream.owner == owner(identity) && stream.ended().is_none());
        let Some(stream) = own else { return false };
        if let Some(renewed) = &stream.renewed {
            *renewed.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
        true
    }

    /// Agents were put or deleted: the next sweep ends what they may see no more.
    pub(super) fn put_agents(&self, agents: PutAgents) {
        let since = self.sweeps.load(Ordering::Relaxed);
        let news = agents.into_iter().map(|(agent, supervisor)| (agent, News { supervisor, since }));
        self.lock().news.extend(news);
    }

    /// Ends the streams that were opened with credentials that count no more, by whose they are and when they were issued.
    pub(super) fn revoke(&self, is_revoked: impl Fn(&Owner, Option<SystemTime>) -> bool) {
        let mut open = self.lock();
        let live = open.streams.values().filter(|stream| stream.ended().is_none());
        let revoked: Vec<_> = live.filter(|stream| is_revoked(&stream.owner, stream.issued)).cloned().collect();
        for stream in revoked {
            stream.end(End::Goodbye(GoodbyeReason::Revoked));
            open.release(&stream);
        }
    }

    /// Ends what isn't renewed or isn't read, whose token has run out, and what came by a connection that is to end.
    /// Called once a second.
    pub(super) fn sweep(&self) {
        let sweep = self.sweeps.fetch_add(1, Ordering::Relaxed) + 1;
        let (now, wall) = (Instant::now(), SystemTime::now());
        let mut open = self.lock();
        open.news.retain(|_, news| sweep <= news.since + REMEMBERED);
        let live = open.streams.values().filter(|stream| stream.ended().is_none());
        let revoked = |stream: &Stream| {
            let revoked = !open.news.is_empty() && stream.is_revoked(&open.news);
            revoked.then_some(End::Goodbye(GoodbyeReason::Revoked))
        };
        let due = live.filter_map(|stream| {
            let end = revoked(stream).or_else(|| stream.due(&self.limits, sweep, now, wall))?;
            Some((stream.clone(), end))
        });
        for (stream, end) in due.collect::<Vec<_>>() {
            stream.end(end);
            open.release(&stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn given() -> (Arc<Streams>, Identity) {
        let subject = "c-1".to_owned();
        let identity = Identity {
            center: "acme".into(),
            role: Role::Customer,
            subject,
            session: None,
            issued: None,
            expires: None,
        };
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
        assert_eq!((read.ended(), stalled.ended()), (None, Some(End::Goodbye(GoodbyeReason::SlowConsumer))));
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
        assert_eq!((kept.ended(), lost.ended()), (None, Some(End::Goodbye(GoodbyeReason::LeaseLapsed))));
        assert!(!streams.renew(&caller, &lost.id.to_string()), "what has ended isn't open");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_no_supervisor_any_more_or_no_agent_loses_the_streams_that_show_it() {
        let (streams, caller) = given();
        let agent = Identity { role: Role::Agent, subject: "ann".into(), ..caller.clone() };
        let [wall, desk] = [0, 1].map(|_| streams.open(&agent, None, false).unwrap());
        wall.supervises();
        let customer = streams.open(&Identity { subject: "ann".into(), ..caller }, None, false).unwrap();
        let put = |supervisor| {
            let ann = (CenterId::parse("acme").unwrap(), AgentId::parse("ann").unwrap());
            streams.put_agents([(ann, supervisor)].into());
            streams.sweep();
            [&wall, &desk, &customer].map(|stream| stream.ended())
        };
        let revoked = Some(End::Goodbye(GoodbyeReason::Revoked));
        assert_eq!(put(Some(true)), [None, None, None]);
        assert_eq!(put(Some(false)), [revoked, None, None]);
        assert_eq!(put(None), [revoked, revoked, None]);
        let again = streams.open(&agent, None, false).unwrap();
        streams.sweep();
        assert_eq!(again.ended(), None, "what is opened later was allowed anew");
    }

    #[test]
    fn a_customer_has_so_many_streams_and_one_that_closes_makes_room() {
        let (streams, caller) = given();
        let mut open: Vec<_> = (0..10).map_while(|_| streams.open(&caller, None, false)).collect();
        assert_eq!(open.len(), Watches::default().customer);
        let agent = Identity { role: Role::Agent, ..caller.clone() };
        assert!(streams.open(&agent, None, false).is_some(), "an agent of the same id is somebody else");
        open.pop();
        assert!(streams.open(&caller, None, false).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_to_end_makes_room_though_nobody_reads_it() {
        let (streams, caller) = given();
        let stalled: Vec<_> = (0..10).map_while(|_| streams.open(&caller, None, true)).collect();
        for _ in 0..26 {
            second(&streams, &stalled[0], false).await;
        }
        assert!(streams.open(&caller, None, true).is_some());
        drop(stalled);
        assert_eq!(streams.lock().by_owner.len(), 0, "and nothing is counted twice");
    }

    #[test]
    fn a_token_that_runs_out_is_announced_and_a_stream_that_has_only_that_one_ends_with_it() {
        let (streams, caller) = given();
        let runs_out_in = |seconds| {
            let expires = Some(SystemTime::now() + Duration::from_secs(seconds));
            streams.open(&Identity { expires, ..caller.clone() }, None, false).unwrap()
        };
        let [long, short, out] = [3600, 31, 0].map(runs_out_in);
        let late = runs_out_in(29);
        let after = |stream: &Stream, seconds| {
            let wall = SystemTime::now() + Duration::from_secs(seconds);
            stream.due(&Watches::default(), 0, Instant::now(), wall)
        };
        let told = Some(End::Goodbye(GoodbyeReason::TokenExpiring));
        assert_eq!([&long, &short, &late].map(|stream| after(stream, 0)), [None; 3]);
        assert_eq!([&long, &short, &late].map(|stream| after(stream, 2)), [None, told, None]);
        assert_eq!([&late, &out].map(|stream| after(stream, 30)), [Some(End::TokenExpired); 2]);
    }
}
