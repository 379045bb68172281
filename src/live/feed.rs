//! Sees what becomes durable, and brings it to those who watch.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Waker,
};

use super::{
    bell::Bell,
    center::Tails,
    changes::Changes,
    commit::{Render, SessionCommit},
    cursor::{Cursor, Start},
    ring::Ring,
    topic::{Eyes, Signal, Topic},
};
use crate::{
    center::{
        Access, AgentId, Audience, CenterChange, CenterId, ChatHappened, Event, Happened, Holder, SessionId, Text, Time,
    },
    journal::{BoxFuture, Journal, Position, ReadError},
    shard::{Committed, Observer, Places, RecordPlace},
};

/// Turns in which heartbeats come: fifty thousand at once would make everything else wait.
pub const TURNS: usize = 32;

/// Commits that a watcher who is behind reads at once.
pub(super) const CHUNK: usize = 64;

/// Agents who were put, and whether they are supervisors now; none of who was deleted.
pub type PutAgents = HashMap<(CenterId, AgentId), Option<bool>>;

/// Sessions that the log has let go.
pub trait Past: Send + Sync + 'static {
    /// As [`Feed::history`]; no more than so many.
    fn commits(
        &self,
        session: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<SessionCommit>>, ReadError>>;
}

/// The watchers at other nodes.
pub trait Others: Send + Sync + 'static {
    /// Shows them something that isn't history. It may be lost.
    fn signal(&self, session: SessionId, signal: &Signal);
}

/// What is durable, for those who watch.
pub struct Feed {
    journal: Arc<dyn Journal>,
    pub(super) render: Arc<dyn Render>,
    past: Arc<dyn Past>,
    others: Option<Arc<dyn Others>>,
    places: Mutex<Places>,
    ring: Mutex<Ring>,
    topics: Mutex<HashMap<SessionId, Arc<Topic>>>,
    bells: Mutex<HashMap<(CenterId, AgentId), Arc<Bell>>>,
    put_agents: Mutex<PutAgents>,
    /// Of the centers that somebody looks at.
    changes: Mutex<HashMap<CenterId, Weak<Changes>>>,
    pub(super) tails: Tails,
    position: AtomicU64,
    /// How often credentials were revoked: each call looks at it.
    revocations: AtomicU64,
    /// Heartbeats so far of the topics in each turn.
    pub(super) beats: [AtomicU64; TURNS],
    pub(super) draining: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Feed {
    /// A feed that has seen nothing yet.
    pub fn new(
        journal: Arc<dyn Journal>,
        render: Arc<dyn Render>,
        past: Arc<dyn Past>,
        others: Option<Arc<dyn Others>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            journal,
            render,
            past,
            others,
            places: Mutex::default(),
            ring: Mutex::default(),
            topics: Mutex::default(),
            bells: Mutex::default(),
            put_agents: Mutex::default(),
            changes: Mutex::default(),
            tails: Tails::default(),
            position: AtomicU64::new(0),
            revocations: AtomicU64::new(0),
            beats: Default::default(),
            draining: AtomicBool::new(false),
        })
    }

    /// Follows a session from behind `after` of its audience's numbering, as far as `access` goes.
    pub fn cursor(self: &Arc<Self>, session: SessionId, access: Access, start: Start, eyes: Eyes) -> Cursor {
        let after = start.after;
        // Held until the watcher is in the topic: nobody may take it for one that nobody watches any more.
        let mut topics = lock(&self.topics);
        let topic = topics.entry(session).or_insert_with(|| Arc::new(Topic::new(session))).clone();
        let reached = lock(&self.places).of(session).last().copied();
        let mut inner = topic.lock();
        if let Some(place) = reached {
            inner.reached(place.last, place.public);
        }
        match access.audience {
            Audience::Staff => inner.reached(start.last, 0),
            Audience::Everyone => inner.reached(0, start.last),
        }
        let (watcher, signaled) = (inner.join(access.audience, after), inner.signaled);
        drop(inner);
        drop(topics);
        Cursor::new(self.clone(), topic, watcher, access, start, eyes, signaled)
    }

    /// A watcher is gone.
    pub(super) fn leave(&self, topic: &Arc<Topic>, watcher: u64) {
        let mut topics = lock(&self.topics);
        if topic.lock().leave(watcher) && topics.get(&topic.session).is_some_and(|known| Arc::ptr_eq(known, topic)) {
            topics.remove(&topic.session);
        }
    }

    /// When somebody's credentials were revoked last.
    pub fn revoked(&self, center: &CenterId, holder: impl FnOnce() -> Option<Holder>) -> Option<Time> {
        let places = lock(&self.places);
        let revoked = places.revoked();
        if revoked.is_none_of(center) { None } else { revoked.of(center, &holder()?) }
    }

    /// How often credentials were revoked.
    pub fn revocations(&self) -> u64 {
        self.revocations.load(Ordering::Relaxed)
    }

    /// The last durable position that was seen.
    pub fn position(&self) -> Position {
        self.position.load(Ordering::Relaxed)
    }

    /// The bell of an agent's desk.
    pub fn bell(&self, center: &CenterId, agent: &AgentId) -> Arc<Bell> {
        lock(&self.bells).entry((center.clone(), agent.clone())).or_default().clone()
    }

    /// The agents who were put or deleted since this was called last.
    pub fn take_put_agents(&self) -> PutAgents {
        std::mem::take(&mut *lock(&self.put_agents))
    }

    /// Notes what changes of a center from now on, for as long as it is held. For one who looks.
    pub fn changes(&self, center: &CenterId) -> Arc<Changes> {
        let changes = Arc::new(Changes::default());
        lock(&self.changes).insert(center.clone(), Arc::downgrade(&changes));
        changes
    }

    /// Those that somebody holds; the others are forgotten.
    fn looked_at(&self, each: impl Fn(&CenterId, &Changes)) {
        lock(&self.changes).retain(|center, changes| match changes.upgrade() {
            Some(changes) => {
                each(center, &changes);
                true
            }
            None => false,
        });
    }

    /// Shows something that isn't history to those who watch a session now, at every node.
    pub fn signal(&self, session: SessionId, signal: Signal) {
        if let Some(others) = &self.others {
            others.signal(session, &signal);
        }
        self.show(session, signal);
    }

    /// Shows it to those who watch at this node.
    pub fn show(&self, session: SessionId, signal: Signal) {
        let topic = lock(&self.topics).get(&session).cloned();
        let mut wakers = Vec::new();
        if let Some(topic) = topic {
            topic.lock().signal(Arc::new(signal), &mut wakers);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Lets the watchers whose turn it is, if they have nothing else to say, show that they live. Desks have a heartbeat
    /// of their own.
    pub fn beat(&self, turn: usize) {
        let turn = turn % TURNS;
        self.beats[turn].fetch_add(1, Ordering::Relaxed);
        self.wake_watchers(|topic| topic.turn == turn);
    }

    /// Ends every watcher with a goodbye.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.wake_watchers(|_| true);
        let mut wakers = Vec::new();
        lock(&self.bells).values().for_each(|bell| bell.ring(&mut wakers));
        wakers.into_iter().for_each(Waker::wake);
        self.looked_at(|_, changes| changes.wake());
        self.tails.wake();
    }

    /// Whether every watcher is to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    fn wake_watchers(&self, which: impl Fn(&Topic) -> bool) {
        let topics: Vec<Arc<Topic>> = lock(&self.topics).values().filter(|topic| which(topic)).cloned().collect();
        let mut wakers = Vec::new();
        topics.iter().for_each(|topic| topic.lock().wake(&mut wakers, |_| true));
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The commits of a session behind `after` that an audience may see something of, the first few.
    pub async fn history(
        &self,
        session: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
    ) -> Result<Vec<Arc<SessionCommit>>, ReadError> {
        self.commits(session, audience, after, until, CHUNK).await
    }

    /// The first commit of a session behind `after`.
    pub async fn next(&self, session: SessionId, after: u32) -> Result<Option<Arc<SessionCommit>>, ReadError> {
        Ok(self.commits(session, Audience::Staff, after, None, 1).await?.pop())
    }

    async fn commits(
        &self,
        session: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
        most: usize,
    ) -> Result<Vec<Arc<SessionCommit>>, ReadError> {
        let Some(places) = self.places_after(session, audience, after, until, most) else {
            return self.past.commits(session, audience, after, until, most).await;
        };
        let mut commits = Vec::with_capacity(places.len());
        let mut batch: Option<Arc<Committed>> = None;
        for place in places {
            let known = batch.take().filter(|batch| batch.position == place.position);
            let current = match known {
                Some(batch) => batch,
                None => self.batch(place.position).await?,
            };
            commits.push(Arc::new(SessionCommit::of(&current, place.record as usize, session)));
            batch = Some(current);
        }
        Ok(commits)
    }

    /// None for a session that the log doesn't know, or no longer.
    fn places_after(
        &self,
        session: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
        most: usize,
    ) -> Option<Vec<RecordPlace>> {
        let places = lock(&self.places);
        let of = places.of(session);
        if of.is_empty() {
            return None;
        }
        let reach = |place: &RecordPlace| match audience {
            Audience::Staff => place.last,
            Audience::Everyone => place.public,
        };
        let first = of.partition_point(|place| reach(place) <= after);
        let mut reached = after;
        let new = of[first..].iter().filter(|place| {
            let news = reach(place) > reached;
            reached = reach(place);
            news
        });
        Some(new.take_while(|place| until.is_none_or(|until| place.last <= until)).take(most).copied().collect())
    }

    /// A batch, from memory when it is recent.
    async fn batch(&self, position: Position) -> Result<Arc<Committed>, ReadError> {
        if let Some(batch) = lock(&self.ring).get(position) {
            return Ok(batch);
        }
        let stored = self.journal.read(position, 1).await?;
        let stored = stored.first().ok_or_else(|| ReadError::Unavailable(format!("{position} isn't there")))?;
        let batch = Committed::decode(stored).map_err(|error| ReadError::Unavailable(error.to_string()))?;
        Ok(Arc::new(batch))
    }

    /// The first batches of a range, no more than so many; none past what is durable.
    pub(super) async fn batches(
        &self,
        from: Position,
        to: Position,
        most: usize,
    ) -> Result<Vec<Arc<Committed>>, ReadError> {
        let most = to.checked_sub(from).map_or(0, |more| (more + 1).min(most as u64)) as usize;
        {
            let ring = lock(&self.ring);
            let recent: Vec<_> = (from..from + most as u64).map_while(|position| ring.get(position)).collect();
            if !recent.is_empty() || most == 0 {
                return Ok(recent);
            }
        }
        let decode = |stored| Committed::decode(&stored).map(Arc::new);
        let stored = self.journal.read(from, most).await?;
        let decoded = stored.into_iter().map(decode).collect::<Result<_, _>>();
        decoded.map_err(|error| ReadError::Unavailable(error.to_string()))
    }

    /// The oldest position that is kept.
    pub(super) async fn oldest(&self) -> Result<Position, ReadError> {
        Ok(self.journal.bounds().await?.oldest)
    }

    /// The commit in which a session started.
    pub async fn start(&self, session: SessionId) -> Result<Arc<SessionCommit>, ReadError> {
        let first = lock(&self.places).of(session).first().copied();
        match first {
            Some(place) => {
                let batch = self.batch(place.position).await?;
                Ok(Arc::new(SessionCommit::of(&batch, place.record as usize, session)))
            }
            None => {
                let unknown = || ReadError::Unavailable(format!("the start of {session} isn't known here"));
                self.next(session, 0).await?.ok_or_else(unknown)
            }
        }
    }

    /// A text, unless it was erased.
    pub async fn text(&self, text: Text) -> Result<Option<String>, ReadError> {
        Ok(self.batch(text.position).await?.text(text).map(str::to_owned))
    }

    /// Batches were passed over that only a snapshot knows: watchers read them, and what has left the log meanwhile has to be
    /// watched anew.
    fn leapt(&self, places: &Places) {
        let topics: Vec<Arc<Topic>> = lock(&self.topics).values().cloned().collect();
        let mut wakers = Vec::new();
        for topic in topics {
            let mut inner = topic.lock();
            match places.of(topic.session).last() {
                Some(place) => inner.reached(place.last, place.public),
                None => inner.lost = true,
            }
            inner.wake(&mut wakers, |_| true);
        }
        lock(&self.bells).values().for_each(|bell| bell.ring(&mut wakers));
        wakers.into_iter().for_each(Waker::wake);
        self.looked_at(|_, changes| changes.all());
        self.tails.leapt();
    }

    fn bring(&self, batch: &Arc<Committed>, wakers: &mut Vec<Waker>) {
        for (at, record) in batch.records.iter().enumerate() {
            let mut sessions: Vec<SessionId> = Vec::new();
            for event in &record.events {
                match event {
                    Event::Session(event) => {
                        if !sessions.contains(&event.session) {
                            sessions.push(event.session);
                        }
                        self.ring_for(&record.center, desk_of(&event.what), wakers);
                    }
                    Event::Agent { agent, .. } => self.ring_for(&record.center, Some(agent), wakers),
                    Event::Chat(event) => {
                        if !sessions.contains(&event.chat.log()) {
                            sessions.push(event.chat.log());
                        }
                        for agent in desks_of(&event.what) {
                            self.ring_for(&record.center, Some(agent), wakers);
                        }
                    }
                    Event::Center(CenterChange::AgentPut(config)) => {
                        let key = (record.center.clone(), config.id.clone());
                        lock(&self.put_agents).insert(key, Some(config.supervisor));
                        self.ring_for(&record.center, Some(&config.id), wakers);
                    }
                    Event::Center(CenterChange::AgentDeleted(agent)) => {
                        lock(&self.put_agents).insert((record.center.clone(), agent.clone()), None);
                    }
                    Event::Center(CenterChange::SettingsPut(_)) => self.ring_all_of(&record.center, wakers),
                    Event::Center(_) => {}
                }
            }
            for session in sessions {
                let topic = lock(&self.topics).get(&session).cloned();
                if let Some(topic) = topic {
                    topic.lock().push(Arc::new(SessionCommit::of(batch, at, session)), wakers);
                }
            }
        }
    }

    /// What every desk of a center shows may be another now.
    fn ring_all_of(&self, center: &CenterId, wakers: &mut Vec<Waker>) {
        lock(&self.bells).iter().filter(|((of, _), _)| of == center).for_each(|(_, bell)| bell.ring(wakers));
    }

    fn ring_for(&self, center: &CenterId, agent: Option<&AgentId>, wakers: &mut Vec<Waker>) {
        let Some(agent) = agent else { return };
        if let Some(bell) = lock(&self.bells).get(&(center.clone(), agent.clone())) {
            bell.ring(wakers);
        }
    }
}

/// Whose desk an event of a session changes.
fn desk_of(what: &Happened) -> Option<&AgentId> {
    match what {
        Happened::OfferMade(offer) => Some(&offer.agent),
        Happened::OfferEnded { agent, .. }
        | Happened::OfferExtended { agent, .. }
        | Happened::Joined { agent, .. }
        | Happened::Left { agent, .. }
        | Happened::WrapUpStarted { agent, .. }
        | Happened::WrapUpCompleted { agent, .. } => Some(agent),
        _ => None,
    }
}

/// Whose desks follow a chat from now on, or no longer.
fn desks_of(what: &ChatHappened) -> impl Iterator<Item = &AgentId> {
    let (started, one) = match what {
        ChatHappened::Started(started) => (&started.members[..], None),
        ChatHappened::Joined { agent, .. } | ChatHappened::Left { agent, .. } => (&[][..], Some(agent)),
        ChatHappened::Posted { .. } | ChatHappened::Read { .. } | ChatHappened::Closed { .. } => (&[][..], None),
    };
    started.iter().map(|(agent, _)| agent).chain(one)
}

impl Observer for Feed {
    fn restored(&self, position: Position, places: &Places) {
        if position > self.position.load(Ordering::Relaxed) {
            *lock(&self.places) = places.clone();
            self.revocations.store(places.revoked().times(), Ordering::Relaxed);
            lock(&self.ring).clear();
            self.position.store(position, Ordering::Relaxed);
            self.leapt(places);
        }
    }

    fn durable(&self, batch: &Arc<Committed>) {
        if batch.position <= self.position.load(Ordering::Relaxed) {
            return;
        }
        debug_assert!(lock(&self.ring).last().is_none_or(|last| last + 1 == batch.position));
        // Places first: who subscribes meanwhile finds what the topics don't bring.
        let revocations = {
            let mut places = lock(&self.places);
            places.apply(batch);
            places.revoked().times()
        };
        self.revocations.store(revocations, Ordering::Relaxed);
        lock(&self.ring).push(batch);
        self.position.store(batch.position, Ordering::Relaxed);
        self.tails.note(batch);
        let mut wakers = Vec::new();
        self.bring(batch, &mut wakers);
        // All frames are in place before anyone runs, so that those of one connection leave in one write.
        wakers.into_iter().for_each(Waker::wake);
        self.looked_at(|center, changes| {
            batch.records.iter().filter(|record| record.center == *center).for_each(|record| changes.note(record));
        });
    }
}
