//! Snapshots, so that a start needn't fold the whole log; and where in the log each session's events are.
//!
//! A snapshot is made by a background fold from the one before, never by the writer. What lies before the older of two
//! verified snapshots, before the oldest session that isn't archived, and before the retention is dropped.

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use futures_util::future::{MaybeDone, maybe_done};
use minicbor::{Decode, Encode};
use tokio::sync::watch;

use super::{batch::Committed, recovery::RecoveryError, revoked::Revoked, role::Standing, state::State};
use crate::{
    bugs::bug,
    center::{CenterChange, Event, HOUR, Incarnation, Millis, SessionId, Time},
    journal::{Journal, Position, ReadError},
};

const PREFIX: &str = "snapshot-";

/// Snapshots that are kept: should the newest be damaged, the older one serves.
const KEPT: usize = 2;

/// One commit of one session, in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecordPlace {
    /// The session's last revision in it.
    #[n(0)]
    pub last: u32,
    /// The same in the customer's numbering.
    #[n(1)]
    pub public: u32,
    /// The batch.
    #[n(2)]
    pub position: Position,
    /// The record in the batch.
    #[n(3)]
    pub record: u32,
}

/// Where the events of every session that isn't archived are, and those of every chat that isn't forgotten.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Places {
    #[n(0)]
    sessions: BTreeMap<SessionId, Vec<RecordPlace>>,
    /// Which position was reached when, an hour apart: what the retention goes by.
    #[n(1)]
    hours: VecDeque<(Time, Position)>,
    #[cbor(n(2), default)]
    revoked: Revoked,
}

impl Places {
    /// Follows a batch.
    pub fn apply(&mut self, batch: &Committed) {
        if self.hours.back().is_none_or(|(time, _)| batch.time.since(*time) >= HOUR) {
            self.hours.push_back((batch.time, batch.position));
        }
        for (at, record) in batch.records.iter().enumerate() {
            self.revoked.apply(record);
            for event in &record.events {
                match event {
                    Event::Session(event) => {
                        self.note(event.session, event.revision, event.public, batch.position, at as u32);
                    }
                    Event::Chat(event) => {
                        self.note(event.chat.log(), event.revision, None, batch.position, at as u32);
                    }
                    Event::Center(CenterChange::ChatForgotten { chat }) => {
                        self.sessions.remove(&chat.log());
                    }
                    Event::Center(CenterChange::Archived { session }) => {
                        self.sessions.remove(session);
                    }
                    Event::Center(_) | Event::Agent { .. } => {}
                }
            }
        }
    }

    fn note(&mut self, log: SessionId, last: u32, public: Option<u32>, position: Position, record: u32) {
        let places = self.sessions.entry(log).or_default();
        let public = public.or(places.last().map(|place| place.public)).unwrap_or(0);
        let place = RecordPlace { last, public, position, record };
        match places.last_mut() {
            Some(known)
                if known.position == place.position && (known.record == place.record || bug!(PlaceForgotten)) =>
            {
                *known = place
            }
            _ => places.push(place),
        }
    }

    /// The commits of a session, in order; none when it isn't known or archived.
    pub fn of(&self, session: SessionId) -> &[RecordPlace] {
        self.sessions.get(&session).map_or(&[], Vec::as_slice)
    }

    /// Whose credentials count no more.
    pub fn revoked(&self) -> &Revoked {
        &self.revoked
    }

    /// The first position that is still needed at `now`.
    fn needed(&self, now: Time, retention: Millis) -> Position {
        let oldest_session =
            self.sessions.values().filter_map(|places| places.first()).map(|place| place.position).min();
        let kept = self.hours.iter().find(|(time, _)| now.since(*time) < retention).map(|(_, position)| *position);
        oldest_session.unwrap_or(Position::MAX).min(kept.unwrap_or(Position::MAX))
    }
}

/// A fold of the log up to a position.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct Snapshot {
    /// The shard's state.
    #[n(0)]
    pub state: State,
    /// Where its sessions' events are.
    #[n(1)]
    pub places: Places,
    /// Who led then.
    #[n(2)]
    leader: Option<Incarnation>,
}

impl Snapshot {
    /// The newest one that can be read, or the empty one before the first batch.
    pub async fn newest(journal: &dyn Journal) -> Result<Self, RecoveryError> {
        let mut names = journal.list_blobs(PREFIX.into()).await?;
        let mut gone = None;
        while let Some(name) = names.pop() {
            match journal.get_blob(name.clone()).await {
                Ok(Some(bytes)) => match Self::decode(&bytes) {
                    Ok(snapshot) => return Ok(snapshot),
                    Err(error) => tracing::warn!(%name, %error, "a snapshot can't be read; an older one serves"),
                },
                Ok(None) => gone = Some(name),
                Err(error @ ReadError::DamagedBlob { .. }) => {
                    tracing::warn!(%name, %error, "a snapshot is damaged; an older one serves");
                }
                // That it can't be read now says nothing about it: the log may begin behind it.
                Err(error) => return Err(error.into()),
            }
        }
        match gone {
            None => Ok(Self::default()),
            Some(name) => Err(ReadError::Unavailable(format!("{name} is listed, and can't be read")).into()),
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let mut snapshot: Self = minicbor::decode(bytes)?;
        snapshot.state.restore();
        snapshot.state.leader = snapshot.leader;
        Ok(snapshot)
    }

    /// Folds batches until the log's end, or until `most` were; tells how many were.
    pub async fn follow(
        &mut self,
        journal: &dyn Journal,
        most: usize,
        mut each: impl FnMut(&Arc<Committed>),
    ) -> Result<usize, RecoveryError> {
        let (state, places) = (&mut self.state, &mut self.places);
        let folded = fold(journal, state.position, most, |batch| {
            state.apply(batch);
            places.apply(batch);
            each(batch);
        });
        let folded = folded.await?;
        self.leader = self.state.leader;
        Ok(folded)
    }

    async fn store(&self, journal: &dyn Journal) -> Result<(), RecoveryError> {
        let name = format!("{PREFIX}{:020}", self.state.position);
        let bytes = minicbor::to_vec(self).expect("a snapshot can always be written to memory");
        journal.put_blob(name.clone(), bytes.into()).await?;
        let read = journal.get_blob(name).await?;
        Self::decode(&read.unwrap_or_default()).map_err(RecoveryError::Snapshot)?;
        Ok(())
    }
}

/// Hands on the batches behind `after` until the log's end, or until `most` were; tells how many were.
pub(super) async fn fold(
    journal: &dyn Journal,
    after: Position,
    most: usize,
    mut each: impl FnMut(&Arc<Committed>),
) -> Result<usize, RecoveryError> {
    let mut folded = 0;
    let mut ahead = begun(journal.read(after + 1, most)).await;
    while folded < most {
        ahead.as_mut().await;
        let batches = ahead.as_mut().take_output().unwrap_or_else(|| Ok(Vec::new()))?;
        let Some(last) = batches.last().map(|last| last.position) else {
            break;
        };
        // The next ones are read and verified while these are folded.
        ahead = begun(journal.read(last + 1, most - folded - batches.len())).await;
        for stored in batches {
            each(&Arc::new(Committed::decode(&stored)?));
            folded += 1;
        }
    }
    Ok(folded)
}

/// A read that is under way.
async fn begun<F: Future>(read: F) -> Pin<Box<MaybeDone<F>>> {
    let mut read = Box::pin(maybe_done(read));
    std::future::poll_fn(|context| {
        let _ = read.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
    read
}

/// Makes a snapshot whenever `every` batches were written since the last one, and drops what nobody needs any more; only
/// while this node leads.
pub async fn keep_snapshots(
    journal: Arc<dyn Journal>,
    standing: watch::Receiver<Standing>,
    every: u64,
    retention: Millis,
) {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        if !standing.borrow().leads {
            continue;
        }
        if let Err(error) = snapshot_if_due(&*journal, every, retention).await {
            tracing::warn!(%error, "no snapshot could be made; the next attempt is in a moment");
        }
    }
}

async fn snapshot_if_due(journal: &dyn Journal, every: u64, retention: Millis) -> Result<(), RecoveryError> {
    let names = journal.list_blobs(PREFIX.into()).await?;
    let last: Position = names.last().and_then(|name| name.strip_prefix(PREFIX)?.parse().ok()).unwrap_or(0);
    if journal.bounds().await?.tail < last + every {
        return Ok(());
    }
    let mut snapshot = Snapshot::newest(journal).await?;
    while snapshot.follow(journal, 256, |_| {}).await? > 0 {
        tokio::task::yield_now().await;
    }
    snapshot.store(journal).await?;
    for name in names.iter().rev().skip(KEPT - 1) {
        journal.delete_blob(name.clone()).await?;
    }
    // `last` is the older of the two that are kept now.
    let needed = snapshot.places.needed(snapshot.state.time, retention).min(last + 1);
    journal.drop_before(needed).await?;
    tracing::info!(position = snapshot.state.position, kept_from = needed, "snapshot made");
    Ok(())
}
