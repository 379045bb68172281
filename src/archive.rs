//! Transcripts of closed sessions: a projection of the log in a SQLite database of its own, `transcripts.db`, to be read
//! with plain SQL too (`select time, actor, text from events where session = … order by revision`). What is lost of it
//! can be made again from the log, as long as the log keeps it.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    center::{Audience, By, CenterId, Event, Happened, Record, Session, SessionId},
    journal::ReadError,
    live::{Past, SessionCommit},
    shard::Committed,
};

mod keeper;

pub use keeper::keep_archived;

const SCHEMA: &str = "
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma secure_delete = on;
    create table if not exists sessions (
        session text primary key, center text not null, queue text not null, started integer not null,
        ended integer not null, reason text not null, state blob not null) without rowid;
    create table if not exists events (
        session text not null, revision integer not null, for_everyone integer not null, time integer not null,
        kind text not null, actor text not null, text text,
        primary key (session, revision)) without rowid;
    create table if not exists commits (
        session text not null, last integer not null, public integer, bytes blob not null,
        primary key (session, last)) without rowid;
";

/// Commits that one read returns.
const CHUNK: u32 = 64;

/// Why the archive can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database.
    #[error("transcripts.db: {0}")]
    Database(#[from] rusqlite::Error),
    /// What is stored there.
    #[error("transcripts.db holds what can't be read: {0}")]
    Form(#[from] minicbor::decode::Error),
}

/// One commit of one session, as it is kept: its record without other sessions' events, and its texts by their items.
#[derive(Encode, Decode)]
struct Kept {
    #[n(0)]
    position: u64,
    #[n(1)]
    record: Record,
    #[n(2)]
    texts: Vec<Option<String>>,
}

/// The archive of a node.
pub struct Transcripts {
    database: Mutex<Connection>,
}

fn kind(what: &Happened) -> String {
    // The variant's name, as `Debug` writes it first.
    let text = format!("{what:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

fn actor(by: &By) -> String {
    match by {
        By::System => "system".to_owned(),
        By::Customer => "customer".to_owned(),
        By::Agent { id, .. } => format!("agent {id}"),
        By::Queue { id, .. } => format!("queue {id}"),
    }
}

impl Transcripts {
    /// Opens the archive of a data folder, making it when it isn't there.
    pub fn open(data: &Path) -> Result<Self, ArchiveError> {
        let database = Connection::open(data.join("transcripts.db"))?;
        database.execute_batch(SCHEMA)?;
        Ok(Self { database: Mutex::new(database) })
    }

    /// Keeps a session and its commits; once more changes nothing.
    pub fn keep(
        &self,
        center: &CenterId,
        session: &Session,
        commits: &[Arc<SessionCommit>],
    ) -> Result<(), ArchiveError> {
        let id = session.id.to_string();
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let write = database.transaction()?;
        for commit in commits {
            keep_commit(&write, &id, commit)?;
        }
        let state = minicbor::to_vec(session).expect("a session can always be written to memory");
        let ended = session.ended.as_ref();
        write.prepare_cached("insert or replace into sessions values (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id,
            center.as_str(),
            session.home.as_str(),
            session.created.0 as i64,
            ended.map_or(0, |ended| ended.time.0 as i64),
            ended.map_or_else(String::new, |ended| format!("{:?}", ended.reason)),
            state,
        ])?;
        Ok(write.commit()?)
    }

    /// A session of a center that was archived.
    pub fn session(&self, center: &CenterId, id: SessionId) -> Result<Option<Session>, ArchiveError> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = database.prepare_cached("select state from sessions where session = ? and center = ?")?;
        let found = query.query_row(params![id.to_string(), center.as_str()], |row| row.get::<_, Vec<u8>>(0));
        Ok(found.optional()?.map(|state| minicbor::decode(&state)).transpose()?)
    }

    /// The commits of a session behind `after` that an audience may see something of, the first few.
    pub fn commits(
        &self,
        id: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
    ) -> Result<Vec<Arc<SessionCommit>>, ArchiveError> {
        let order = match audience {
            Audience::Staff => "last",
            Audience::Everyone => "public",
        };
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let select =
            format!("select bytes from commits where session = ? and {order} > ? and last <= ? order by last limit ?");
        let mut query = database.prepare_cached(&select)?;
        let until = until.unwrap_or(u32::MAX);
        let found = query.query_map(params![id.to_string(), after, until, CHUNK], |row| row.get::<_, Vec<u8>>(0))?;
        let commits = found.map(|bytes| {
            let kept: Kept = minicbor::decode(&bytes?)?;
            let texts = kept.texts.into_iter().map(|text| text.map(Bytes::from)).collect();
            let time = kept.record.time;
            let batch = Committed { position: kept.position, time, leader: None, records: vec![kept.record], texts };
            Ok(Arc::new(SessionCommit::of(&Arc::new(batch), 0, id)))
        });
        commits.collect()
    }
}

impl Past for Transcripts {
    fn commits(
        &self,
        session: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
    ) -> Result<Vec<Arc<SessionCommit>>, ReadError> {
        let commits = self.commits(session, audience, after, until);
        commits.map_err(|error| ReadError::Unavailable(error.to_string()))
    }
}

fn keep_commit(write: &rusqlite::Transaction<'_>, id: &str, commit: &SessionCommit) -> Result<(), ArchiveError> {
    let mut texts: Vec<Option<String>> = Vec::new();
    let events = commit.events(Audience::Staff).map(|event| Event::Session(event.clone())).collect();
    for text in commit.events(Audience::Staff).flat_map(|event| event.what.texts()) {
        let at = text.item as usize;
        texts.resize(texts.len().max(at + 1), None);
        texts[at] = commit.batch().text(text).map(str::to_owned);
    }
    for event in commit.events(Audience::Staff) {
        let text = event.what.texts().next().and_then(|text| commit.batch().text(text));
        write.prepare_cached("insert or replace into events values (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id,
            event.revision,
            event.public.is_some(),
            commit.time().0 as i64,
            kind(&event.what),
            actor(&event.by),
            text,
        ])?;
    }
    let record = Record { center: commit.center().clone(), seq: commit.seq(), time: commit.time(), events };
    let kept = Kept { position: commit.batch().position, record, texts };
    let bytes = minicbor::to_vec(&kept).expect("a commit can always be written to memory");
    let mut insert = write.prepare_cached("insert or replace into commits values (?, ?, ?, ?)")?;
    insert.execute(params![id, commit.last, commit.public, bytes])?;
    Ok(())
}
