//! What every call goes through: who calls, how often, how long it may take, and that a defect costs that call only.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use futures_util::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::Sha256;
use tonic::{Request, Response, Status};

use super::{
    accept::ConnectionInfo,
    auth::{Authenticator, Identity, Role},
    delivered::Delivered,
    directory::Directories,
    files::{Authority, Files},
    from_pb::{self, ActingFor, Field, Violation},
    limits::{RateLimits, deadline},
    pb,
    presence::Presence,
    shards::{Shard, Shards},
    status,
    streams::{Kind, OpenStream, Owner, Streams, owner},
    waits::Waits,
};
use crate::{
    archive::Transcripts,
    center::{
        Access, AgentId, Answer, Asked, AttachmentId, Caller, Center, CenterId, Command, CustomerKey, Holder,
        Incarnation, Refusal, RequestId, Requested, ServiceId, Session, SessionId, TooLate, Viewer, Who,
    },
    config::Limits,
    files::{Link, LinkKey, Way},
    journal::ReadError,
};

/// Where our own services are; whatever else is served needs no credential.
pub(super) const OURS: &str = "/chatsession.";

/// What is left of a call's time once it has waited for news.
const TO_ANSWER: Duration = Duration::from_millis(500);

/// The key of the hashes that stand for customers' ids and requests' contents in the log.
#[derive(Clone)]
pub struct IdKey(pub [u8; 32]);

impl IdKey {
    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// What stands for a customer.
    pub fn customer(&self, center: &CenterId, id: &str) -> CustomerKey {
        let mut key = [0; 16];
        key.copy_from_slice(&self.hash(&[b"customer", center.as_str().as_bytes(), id.as_bytes()])[..16]);
        CustomerKey::from_bytes(key)
    }

    /// The id of a file that is announced by a request: the same for the same request, and nobody's to guess.
    pub(super) fn attachment(
        &self,
        center: &CenterId,
        caller: &Caller,
        session: SessionId,
        request: &RequestId,
    ) -> AttachmentId {
        let caller = minicbor::to_vec(caller).expect("a caller can always be written to memory");
        let parts =
            [&b"attachment"[..], center.as_str().as_bytes(), &caller, &session.bytes(), request.as_str().as_bytes()];
        let mut random = [0; 16];
        random.copy_from_slice(&self.hash(&parts)[..16]);
        AttachmentId::from_bytes(uuid::Builder::from_random_bytes(random).into_uuid().into_bytes())
    }

    /// The key of the links to files.
    pub(super) fn links(&self) -> LinkKey {
        LinkKey(self.hash(&[b"file links"]))
    }

    /// What tells this log from one that was made anew.
    pub(super) fn history(&self) -> String {
        self.hash(&[b"history"])[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What tells a request's content from another's.
    fn fingerprint(&self, command: &Command) -> u64 {
        let bytes = minicbor::to_vec(command).expect("a command can always be written to memory");
        let mut first = [0; 8];
        first.copy_from_slice(&self.hash(&[b"request", &bytes])[..8]);
        u64::from_be_bytes(first)
    }
}

/// What the services share.
pub struct Edge {
    /// The ways into the shards, and what is durable of them.
    pub shards: Arc<Shards>,
    /// What the log has let go.
    pub transcripts: Transcripts,
    /// Who may call.
    pub authenticator: Arc<Authenticator>,
    /// How often.
    pub rates: RateLimits,
    /// The other bounds.
    pub limits: Limits,
    /// For hashes.
    pub id_key: IdKey,
    /// This run of this node.
    pub incarnation: Incarnation,
    /// Who is there.
    pub(super) presence: Presence,
    /// What they have received.
    pub(super) delivered: Delivered,
    /// Attachments.
    pub(super) files: Files,
    /// Streams with a lease.
    pub(super) streams: Arc<Streams>,
    /// What open Invite windows show.
    pub(super) directories: Directories,
    /// Customers who watch, and what they were told of their wait.
    pub(super) waits: Waits,
    draining: AtomicBool,
    /// How often credentials had been revoked when the streams were looked at for it.
    revocations: AtomicU64,
}

impl Edge {
    /// The edge of a node's shards.
    pub fn new(
        shards: Arc<Shards>,
        transcripts: Transcripts,
        files: Files,
        authenticator: Arc<Authenticator>,
        limits: Limits,
        id_key: IdKey,
        incarnation: Incarnation,
    ) -> Arc<Self> {
        Arc::new(Self {
            presence: Presence::new(shards.clone(), incarnation),
            delivered: Delivered::default(),
            files,
            streams: Streams::new(limits.watches.clone()),
            rates: RateLimits::new(&limits.rates),
            shards,
            transcripts,
            authenticator,
            limits,
            id_key,
            incarnation,
            directories: Directories::default(),
            waits: Waits::default(),
            draining: AtomicBool::new(false),
            revocations: AtomicU64::new(0),
        })
    }

    /// Refuses new calls from now on, and ends every stream with a goodbye.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.shards.iter().for_each(|shard| shard.feed.drain());
    }

    /// A shard took this node's streams for gone, and knows better now: tells it who is here.
    pub fn tell_presence_again(&self, shard: u32) {
        self.presence.tell_again(shard);
    }

    /// Looks after the streams, once a second.
    pub fn sweep(&self) {
        self.shards.iter().for_each(|shard| self.streams.put_agents(shard.feed.take_put_agents()));
        let revocations = self.shards.iter().map(|shard| shard.feed.revocations()).sum();
        if self.revocations.swap(revocations, Ordering::Relaxed) != revocations {
            self.streams.revoke(|owner, issued| self.is_revoked(owner, issued));
        }
        self.streams.sweep();
        self.delivered.tell(&self.shards);
    }

    /// Whether a caller's credential counts no more. Where none ever was revoked that costs next to nothing; and who isn't proved
    /// has none.
    fn has_revoked(&self, identity: &Identity) -> bool {
        let any = self.shards.iter().any(|shard| shard.feed.revocations() > 0);
        any && identity.expires.is_some() && self.is_revoked(&owner(identity), identity.issued)
    }

    /// Whether a credential counts no more that somebody got then.
    fn is_revoked(&self, (center, subject, kind): &Owner, issued: Option<SystemTime>) -> bool {
        let Some(center) = CenterId::parse(center) else { return false };
        let holder = || match kind {
            Kind::Customer => Some(Holder::Customer(self.id_key.customer(&center, subject))),
            Kind::Agent => AgentId::parse(subject).map(Holder::Agent),
            Kind::Service => ServiceId::parse(subject).map(Holder::Service),
        };
        let revoked = self.shards.of(&center).feed.revoked(&center, holder);
        let issued = issued.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
        revoked.is_some_and(|time| u128::from(time.0) >= issued.as_millis())
    }

    /// Lets a call in by its headers, and says on it who calls.
    pub(super) fn admit<T>(&self, request: &mut http::Request<T>) -> Result<(), Status> {
        let connection = ConnectionInfo::of(request.extensions());
        if !request.uri().path().starts_with(OURS) {
            // Health and reflection, which are everybody's.
            let most = self.limits.streams.unauthenticated as usize;
            return match connection.is_some_and(|it| !it.is_authenticated() && it.streams() > most) {
                true => Err(status::limit_reached("limits.streams.unauthenticated")),
                false => Ok(()),
            };
        }
        if self.draining.load(Ordering::Relaxed) {
            return Err(status::draining());
        }
        let identity = self.identify(request.headers())?;
        if self.has_revoked(&identity) {
            return Err(status::unauthenticated());
        }
        if let Some(connection) = connection {
            connection.authenticated();
            let streams = &self.limits.streams;
            let most = match identity.role {
                Role::Customer => streams.customer,
                Role::Agent | Role::Supervisor => streams.agent,
                Role::Integrator | Role::Operator => streams.service,
            };
            if connection.streams() > most as usize {
                return Err(status::limit_reached("limits.streams"));
            }
        }
        self.rates.check(&identity).map_err(|limited| status::rate_limited(limited.retry_after))?;
        let at = Authority::of(request);
        request.extensions_mut().insert(at);
        request.extensions_mut().insert(identity);
        Ok(())
    }

    /// Who calls, as it was let in.
    pub(super) fn enter<T>(self: &Arc<Self>, request: &Request<T>) -> Result<Call, Status> {
        let extensions = request.extensions();
        let identity = extensions.get::<Arc<Identity>>().cloned().ok_or_else(status::unauthenticated)?;
        let at = extensions.get::<Authority>().cloned().unwrap_or_default();
        Call::new(self.clone(), identity, ConnectionInfo::of(extensions).cloned(), at)
    }

    fn identify(&self, headers: &HeaderMap) -> Result<Arc<Identity>, Status> {
        self.authenticator.authenticate(headers).map_err(|error| {
            tracing::debug!(reason = ?error.reason(), "a call without a good credential");
            status::unauthenticated()
        })
    }

    /// Runs a unary call; its time is bounded by [`super::wire`].
    pub(super) async fn unary<T, R, F>(
        self: &Arc<Self>,
        request: Request<T>,
        run: impl FnOnce(Call, T) -> F,
    ) -> Result<Response<R>, Status>
    where
        F: Future<Output = Result<R, Status>>,
    {
        let call = self.enter(&request)?;
        guarded(run(call, request.into_inner())).await.map(Response::new)
    }

    /// How long a call may wait for news: its time, and some of it is left for the answer.
    pub(super) fn patience<T>(&self, request: &Request<T>) -> Duration {
        let time = deadline(request.metadata().as_ref(), &self.limits.deadlines).unwrap_or_default();
        time.saturating_sub(TO_ANSWER)
    }

    /// Opens a stream: until it is open, as a unary call.
    pub(super) async fn stream<S>(&self, open: impl Future<Output = Result<S, Status>>) -> Result<Response<S>, Status> {
        guarded(open).await.map(Response::new)
    }
}

/// Runs a call; a defect in it costs this call only.
async fn guarded<R>(run: impl Future<Output = Result<R, Status>>) -> Result<R, Status> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err(defect()))
}

/// A panic is a defect: the log finds it by its number, the caller learns nothing of it.
fn defect() -> Status {
    let incident = uuid::Uuid::new_v4().to_string();
    tracing::error!(%incident, "a call panicked");
    status::internal(&incident)
}

/// A call by somebody.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) edge: Arc<Edge>,
    pub(super) identity: Arc<Identity>,
    pub(super) center: CenterId,
    /// The center's.
    pub(super) shard: Arc<Shard>,
    connection: Option<ConnectionInfo>,
    /// The name by which the caller reached the server.
    at: Authority,
}

impl Call {
    fn new(
        edge: Arc<Edge>,
        identity: Arc<Identity>,
        connection: Option<ConnectionInfo>,
        at: Authority,
    ) -> Result<Self, Status> {
        let center = CenterId::parse(&identity.center).ok_or_else(status::unauthenticated)?;
        let shard = edge.shards.of(&center).clone();
        Ok(Self { edge, identity, center, shard, connection, at })
    }

    /// A link to a file, whole.
    pub(super) fn url(&self, way: Way, link: &Link) -> String {
        self.edge.files.url(&self.at, way, link)
    }

    /// A stream of the caller's, with a lease or without, unless they have too many.
    pub(super) fn open_stream(&self, leased: bool) -> Result<OpenStream, Status> {
        let stream = self.edge.streams.open(&self.identity, self.connection.clone(), leased);
        let stream = stream.ok_or_else(|| status::limit_reached("limits.watches"))?;
        // What was revoked since the call came in doesn't find the stream.
        self.still_counts()?;
        Ok(stream)
    }

    /// Whether the caller's credential, which was good when the call came in, is good now.
    pub(super) fn still_counts(&self) -> Result<(), Status> {
        match self.edge.has_revoked(&self.identity) {
            true => Err(status::unauthenticated()),
            false => Ok(()),
        }
    }

    fn own(&self) -> Result<Who, Status> {
        let subject = &self.identity.subject;
        let agent = || AgentId::parse(subject).ok_or_else(status::unauthenticated);
        Ok(match self.identity.role {
            Role::Customer => Who::Customer(self.edge.id_key.customer(&self.center, subject)),
            Role::Agent => Who::Agent(agent()?),
            Role::Supervisor => Who::Supervisor(agent()?),
            Role::Integrator | Role::Operator => Who::Service(self.service()?),
        })
    }

    fn service(&self) -> Result<ServiceId, Status> {
        ServiceId::parse(&self.identity.subject).ok_or_else(status::unauthenticated)
    }

    /// Who acts, in a mutation.
    pub(super) fn caller(&self, acting_for: Option<pb::ActingFor>) -> Result<Caller, Status> {
        let acting_for = from_pb::acting_for(acting_for).map_err(|wrong| status::invalid(vec![wrong]))?;
        let wrong = |why: &str| status::invalid(vec![Violation { field: "acting_for".into(), why: why.into() }]);
        match (self.identity.role, acting_for) {
            (Role::Integrator, None) => Err(wrong("is required from integrators")),
            (Role::Integrator, Some(for_whom)) => {
                let who = match for_whom {
                    ActingFor::Agent(id) => Who::Agent(id),
                    ActingFor::Customer(id) => Who::Customer(self.edge.id_key.customer(&self.center, &id)),
                };
                Ok(Caller { who, via: Some(self.service()?) })
            }
            (Role::Operator, _) => Err(status::role_not_allowed()),
            (_, Some(_)) => Err(wrong("is for integrators")),
            (_, None) => Ok(Caller { who: self.own()?, via: None }),
        }
    }

    /// Whose eyes, in a read. `agent` names the agent of those who see everything anyhow.
    pub(super) fn viewer(&self, acting_for: Option<pb::ActingFor>) -> Result<Viewer, Status> {
        if matches!(self.identity.role, Role::Operator | Role::Integrator) && acting_for.is_none() {
            return Ok(Viewer::All);
        }
        Ok(match self.caller(acting_for)?.who {
            Who::Customer(key) => Viewer::Customer(key, self.bound()),
            Who::Agent(id) => Viewer::Agent(id),
            Who::Supervisor(_) | Who::Service(_) | Who::System => Viewer::All,
        })
    }

    /// The session that a customer's token is bound to.
    fn bound(&self) -> Option<SessionId> {
        let bound = self.identity.session.as_ref()?;
        Some(SessionId::parse(bound).unwrap_or(SessionId::from_bytes([0; 16])))
    }

    /// A session that a bound token may speak of; any other is one that nobody has.
    pub(super) fn session(&self, id: &str) -> Field<SessionId> {
        let id = from_pb::session_id(id)?;
        Ok(if self.bound().is_none_or(|bound| bound == id) { id } else { SessionId::from_bytes([0; 16]) })
    }

    /// Whether the token is bound to a session, and so can't start one.
    pub(super) fn is_bound(&self) -> bool {
        self.identity.session.is_some()
    }

    /// A session as far as a viewer may see it, from the shard or from the archive; `read` takes what is wanted of it.
    pub(super) async fn see<T: Send + 'static>(
        &self,
        viewer: Viewer,
        id: SessionId,
        read: impl FnOnce(&Session, Access) -> T + Clone + Send + 'static,
    ) -> Result<T, Status> {
        self.see_from(viewer, id, 0, read).await
    }

    /// As [`see`](Self::see), once the viewer's last revision is this or later; 0: with nothing missing.
    pub(super) async fn see_from<T: Send + 'static>(
        &self,
        viewer: Viewer,
        id: SessionId,
        revision: u64,
        read: impl FnOnce(&Session, Access) -> T + Clone + Send + 'static,
    ) -> Result<T, Status> {
        let (eyes, take) = (viewer.clone(), read.clone());
        let look = move |center: &Center, _| {
            let sees_all = center.sees_all(&eyes);
            center.view(&eyes, id).map(|(session, access)| take(session, access)).map_err(|refusal| (refusal, sees_all))
        };
        let (shard, eyes) = (&self.shard.handle, viewer.clone());
        let reached = move |center: &Center| {
            let seen = center.view(&eyes, id);
            seen.is_ok_and(|(session, access)| u64::from(session.last_for(access.audience)) >= revision)
        };
        let seen = match revision {
            0 => shard.read(&self.center, look).await,
            _ => shard.read_once(&self.center, reached, look).await,
        };
        let (refusal, sees_all) = match seen.map_err(status::unavailable)? {
            Ok(seen) => return Ok(seen),
            Err(why) => why,
        };
        if refusal != Refusal::SessionNotFound {
            return Err(status::of(refusal));
        }
        let session = self.archived(id).await?.ok_or_else(|| status::of(Refusal::SessionNotFound))?;
        let access = session.seen_by(&viewer, sees_all).map_err(status::of)?;
        Ok(read(&session, access))
    }

    /// A session that has left memory.
    pub(super) async fn archived(&self, id: SessionId) -> Result<Option<Session>, Status> {
        let found = self.edge.transcripts.session(&self.center, id).await;
        found.map_err(|error| status::unreadable(&ReadError::Unavailable(error.to_string())))
    }

    /// Asks the shard, and waits for its durable answer.
    pub(super) async fn ask(&self, caller: Caller, request: RequestId, command: Command) -> Result<Answer, Status> {
        let fingerprint = self.fingerprint(&command);
        self.ask_by(caller, Requested { id: request, fingerprint }, command).await
    }

    /// What tells a request's content from another's.
    pub(super) fn fingerprint(&self, command: &Command) -> u64 {
        self.edge.id_key.fingerprint(command)
    }

    /// As [`ask`](Self::ask), for a request that is told apart by something else than the command.
    pub(super) async fn ask_by(&self, caller: Caller, request: Requested, command: Command) -> Result<Answer, Status> {
        let asked = Asked { caller, request: Some(request), command };
        let too_late = TooLate::of(&asked);
        let answered = self.shard.handle.command(&self.center, asked).await.map_err(status::unavailable)?;
        match (answered, too_late) {
            (Err(Refusal::SessionNotFound), Some(too_late)) => Err(status::of(Box::pin(self.refused(too_late)).await?)),
            (answered, _) => answered.map_err(status::of),
        }
    }

    /// Why a command is refused whose session isn't in memory.
    async fn refused(&self, late: TooLate) -> Result<Refusal, Status> {
        let Some(session) = self.archived(late.session).await? else { return Ok(Refusal::SessionNotFound) };
        let who = late.who.clone();
        let is_supervisor = self.shard.handle.read(&self.center, move |center, _| center.is_supervisor(&who)).await;
        Ok(late.refusal(&session, is_supervisor.map_err(status::unavailable)?))
    }
}

#[cfg(test)]
mod tests;
