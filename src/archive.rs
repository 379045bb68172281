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
    journal::{BoxFuture, ReadError},
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

/// Why the archive can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database.
    #[error("transcripts.db: {0}")]
    Database(#[from] rusqlite::Error),
    /// What is stored there.
    #[error("transcripts.db holds what can't be read: {0}")]
    Form(#[from] minicbor::decode::Error),
    /// What all nodes share.
    #[error("the shared archive: {0}")]
    Vault(#[from] ReadError),
    /// The reading thread.
    #[error("a reading of transcripts.db failed: {0}")]
    Thread(#[from] tokio::task::JoinError),
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

/// A whole session, as other nodes get it.
#[derive(Encode, Decode)]
struct Filed {
    #[n(0)]
    center: CenterId,
    #[n(1)]
    session: Session,
    #[n(2)]
    commits: Vec<Kept>,
}

/// Where transcripts lie that every node can read, where there are several.
pub trait Vault: Send + Sync + 'static {
    /// Stores one whole or not at all, in place of what had its name before.
    fn put(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>>;
    /// One of them.
    fn get(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>>;
}

/// The archive of a node. Cheap to clone.
#[derive(Clone)]
pub struct Transcripts {
    database: Arc<Mutex<Connection>>,
    vault: Option<Arc<dyn Vault>>,
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
    pub fn open(data: &Path, vault: Option<Arc<dyn Vault>>) -> Result<Self, ArchiveError> {
        let database = Connection::open(data.join("transcripts.db"))?;
        database.execute_batch(SCHEMA)?;
        Ok(Self { database: Arc::new(Mutex::new(database)), vault })
    }

    /// Keeps a session and its commits, here and where other nodes find them; once more changes nothing.
    pub async fn keep(
        &self,
        center: CenterId,
        session: Session,
        commits: &[Arc<SessionCommit>],
    ) -> Result<(), ArchiveError> {
        let commits = commits.iter().map(|commit| Kept::of(commit)).collect();
        let filed = Filed { center, session, commits };
        if let Some(vault) = &self.vault {
            let bytes = minicbor::to_vec(&filed).expect("a transcript can always be written to memory");
            vault.put(filed.session.id.to_string(), bytes.into()).await?;
        }
        self.keep_here(filed).await
    }

    async fn keep_here(&self, filed: Filed) -> Result<(), ArchiveError> {
        let own = self.clone();
        tokio::task::spawn_blocking(move || own.write(&filed)).await?
    }

    /// What another node archived, brought here; false when nobody has it.
    async fn fetch(&self, id: SessionId) -> Result<bool, ArchiveError> {
        let Some(vault) = &self.vault else { return Ok(false) };
        let Some(bytes) = vault.get(id.to_string()).await? else { return Ok(false) };
        self.keep_here(minicbor::decode(&bytes)?).await?;
        Ok(true)
    }

    fn write(&self, Filed { center, session, commits }: &Filed) -> Result<(), ArchiveError> {
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
    pub async fn session(&self, center: &CenterId, id: SessionId) -> Result<Option<Session>, ArchiveError> {
        let look = || {
            let (own, center) = (self.clone(), center.clone());
            tokio::task::spawn_blocking(move || own.session_here(&center, id))
        };
        match look().await?? {
            None if self.fetch(id).await? => look().await?,
            found => Ok(found),
        }
    }

    fn session_here(&self, center: &CenterId, id: SessionId) -> Result<Option<Session>, ArchiveError> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = database.prepare_cached("select state from sessions where session = ? and center = ?")?;
        let found = query.query_row(params![id.to_string(), center.as_str()], |row| row.get::<_, Vec<u8>>(0));
        Ok(found.optional()?.map(|state| minicbor::decode(&state)).transpose()?)
    }

    fn has(&self, id: SessionId) -> Result<bool, ArchiveError> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut query = database.prepare_cached("select 1 from sessions where session = ?")?;
        Ok(query.exists(params![id.to_string()])?)
    }

    /// The commits of a session behind `after` that an audience may see something of, the first few.
    async fn commits_of(
        &self,
        id: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
        most: usize,
    ) -> Result<Vec<Arc<SessionCommit>>, ArchiveError> {
        let own = self.clone();
        if self.vault.is_some() && !tokio::task::spawn_blocking(move || own.has(id)).await?? {
            self.fetch(id).await?;
        }
        let own = self.clone();
        tokio::task::spawn_blocking(move || own.commits_here(id, audience, after, until, most)).await?
    }

    fn commits_here(
        &self,
        id: SessionId,
        audience: Audience,
        after: u32,
        until: Option<u32>,
        most: usize,
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
        let found =
            query.query_map(params![id.to_string(), after, until, most as u32], |row| row.get::<_, Vec<u8>>(0))?;
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
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<Arc<SessionCommit>>, ReadError>> {
        Box::pin(async move {
            let commits = self.commits_of(session, audience, after, until, most).await;
            commits.map_err(|error| ReadError::Unavailable(error.to_string()))
        })
    }
}

impl Kept {
    fn of(commit: &SessionCommit) -> Self {
        let mut texts: Vec<Option<String>> = Vec::new();
        let events = commit.events(Audience::Staff).map(|event| Event::Session(event.clone())).collect();
        for text in commit.events(Audience::Staff).flat_map(|event| event.what.texts()) {
            let at = text.item as usize;
            texts.resize(texts.len().max(at + 1), None);
            texts[at] = commit.batch().text(text).map(str::to_owned);
        }
        let record = Record { center: commit.center().clone(), seq: commit.seq(), time: commit.time(), events };
        Self { position: commit.batch().position, record, texts }
    }
}

fn keep_commit(write: &rusqlite::Transaction<'_>, id: &str, kept: &Kept) -> Result<(), ArchiveError> {
    let (mut last, mut public) = (0, None);
    for event in &kept.record.events {
        let Event::Session(event) = event else { continue };
        (last, public) = (event.revision, event.public.or(public));
        let text = event.what.texts().next().and_then(|text| kept.texts.get(text.item as usize)?.as_ref());
        write.prepare_cached("insert or replace into events values (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            id,
            event.revision,
            event.public.is_some(),
            kept.record.time.0 as i64,
            kind(&event.what),
            actor(&event.by),
            text,
        ])?;
    }
    let bytes = minicbor::to_vec(kept).expect("a commit can always be written to memory");
    let mut insert = write.prepare_cached("insert or replace into commits values (?, ?, ?, ?)")?;
    insert.execute(params![id, last, public, bytes])?;
    Ok(())
}
