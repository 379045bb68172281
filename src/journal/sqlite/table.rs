//! The database: how connections are set up, its tables, and rows read with all that is verified.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};

use super::super::batch::{self, Chain, Mark, Sealed};
use super::super::{Position, READ_BYTES, Stored};
use super::Options;
use super::error::RowError;

/// The form of the tables; frozen with them.
pub(super) const FORMAT: i64 = 1;

const TABLES: &str = "
    CREATE TABLE journal (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        format INTEGER NOT NULL,
        id BLOB NOT NULL,
        base_position INTEGER NOT NULL,
        base_chain BLOB NOT NULL
    ) STRICT;
    CREATE TABLE batches (
        position INTEGER PRIMARY KEY,
        chain BLOB NOT NULL,
        record BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
";

/// The one row of `journal`.
pub(super) struct Meta {
    pub(super) format: i64,
    pub(super) id: [u8; 16],
    /// What was dropped last; the first row follows it.
    pub(super) base: Mark,
}

/// The connection that writes; makes the file if there is none.
pub(super) fn connect_writer(path: &Path, options: &Options) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    // A checkpoint holds the writer up only while it restarts the WAL; what takes longer than this is no checkpoint.
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "page_size", options.page_size)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "secure_delete", "on")?;
    connection.pragma_update(None, "cache_size", -i64::from(options.cache_kib))?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// The connection that checkpoints.
pub(super) fn connect_keeper(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // How long it may wait for readers, and so hold up the writer, to restart the WAL.
    connection.busy_timeout(Duration::from_millis(100))?;
    Ok(connection)
}

/// A connection that reads.
pub(super) fn connect_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A folder that is refused stays as it was found: a checkpoint would make a cut WAL's loss final.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cell_size_check", "on")?;
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection)
}

/// Makes the tables of a new journal.
pub(super) fn create(connection: &mut Connection, id: [u8; 16]) -> rusqlite::Result<Meta> {
    let base = Mark::genesis(&id);
    let transaction = connection.transaction()?;
    transaction.execute_batch(TABLES)?;
    transaction.execute("INSERT INTO journal VALUES (1, ?, ?, 0, ?)", params![FORMAT, id, base.chain.0])?;
    transaction.commit()?;
    Ok(Meta { format: FORMAT, id, base })
}

/// `None`: there are no tables.
pub(super) fn meta(connection: &Connection) -> rusqlite::Result<Option<Meta>> {
    if !connection.table_exists(None, "journal")? {
        return Ok(None);
    }
    let format = connection.query_one("SELECT format FROM journal", [], |row| row.get(0))?;
    let id = connection.query_one("SELECT id FROM journal", [], |row| row.get(0))?;
    Ok(Some(Meta { format, id, base: base(connection)? }))
}

/// What was dropped last.
pub(super) fn base(connection: &Connection) -> rusqlite::Result<Mark> {
    connection.prepare_cached("SELECT base_position, base_chain FROM journal")?.query_one([], mark)
}

pub(super) fn set_base(connection: &Connection, base: Mark) -> rusqlite::Result<()> {
    let mut update = connection.prepare_cached("UPDATE journal SET base_position = ?, base_chain = ?")?;
    update.execute(params![id(base.position), base.chain.0]).map(drop)
}

/// The last row's mark, or the base if there is none.
pub(super) fn tail(connection: &Connection, base: Mark) -> rusqlite::Result<Mark> {
    let last = "SELECT position, chain FROM batches ORDER BY position DESC LIMIT 1";
    Ok(connection.query_row(last, [], mark).optional()?.unwrap_or(base))
}

/// The mark at a position that is the base's or is kept.
pub(super) fn mark_at(connection: &Connection, base: Mark, position: Position) -> Result<Mark, RowError> {
    if position == base.position {
        return Ok(base);
    }
    let found = connection
        .prepare_cached("SELECT position, chain FROM batches WHERE position = ?")
        .and_then(|mut select| select.query_row([id(position)], mark).optional());
    found.map_err(RowError::at(position))?.ok_or_else(|| missing(position))
}

/// Verified batches from after `before` up to `last`, at most `most` and about [`READ_BYTES`]; all of them must be there.
pub(super) fn batches(
    connection: &Connection,
    mut before: Mark,
    last: Position,
    most: usize,
) -> Result<Vec<Stored>, RowError> {
    let select = "SELECT position, chain, record, content FROM batches WHERE position > ? ORDER BY position";
    let first = before.position + 1;
    let mut select = connection.prepare_cached(select).map_err(RowError::at(first))?;
    let mut rows = select.query([id(before.position)]).map_err(RowError::at(first))?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    while before.position < last && found.len() < most && bytes < READ_BYTES {
        let position = before.position + 1;
        let row = rows.next().map_err(RowError::at(position))?.ok_or_else(|| missing(position))?;
        let (mark, sealed) = sealed(row).map_err(RowError::at(position))?;
        if mark.position != position {
            return Err(missing(position));
        }
        let (mark, batch) = batch::unseal(&before, &mark.chain, &sealed)
            .map_err(|unfit| RowError::Damaged { position, what: unfit.to_string() })?;
        before = mark;
        bytes += sealed.size();
        found.push(Stored { position, batch });
    }
    Ok(found)
}

pub(super) fn insert(connection: &Connection, mark: Mark, sealed: &Sealed) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT INTO batches VALUES (?, ?, ?, ?)")?;
    insert.execute(params![id(mark.position), mark.chain.0, &sealed.record[..], &sealed.content[..]]).map(drop)
}

pub(super) fn content(connection: &Connection, position: Position) -> Result<Bytes, RowError> {
    let found = connection
        .prepare_cached("SELECT content FROM batches WHERE position = ?")
        .and_then(|mut select| select.query_row([id(position)], |row| row.get::<_, Vec<u8>>(0)).optional());
    found.map_err(RowError::at(position))?.map(Bytes::from).ok_or_else(|| missing(position))
}

pub(super) fn set_content(connection: &Connection, position: Position, content: &[u8]) -> rusqlite::Result<()> {
    let mut update = connection.prepare_cached("UPDATE batches SET content = ? WHERE position = ?")?;
    update.execute(params![content, id(position)]).map(drop)
}

pub(super) fn delete_up_to(connection: &Connection, last: Position) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM batches WHERE position <= ?")?.execute([id(last)]).map(drop)
}

/// SQLite's integers end at 2^63 - 1, which no log reaches.
fn id(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    let position: i64 = row.get(0)?;
    let position = u64::try_from(position).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, position))?;
    Ok(Mark { position, chain: Chain(row.get(1)?) })
}

fn sealed(row: &Row<'_>) -> rusqlite::Result<(Mark, Sealed)> {
    let bytes = |column| row.get::<_, Vec<u8>>(column).map(Bytes::from);
    Ok((mark(row)?, Sealed { record: bytes(2)?, content: bytes(3)? }))
}

fn missing(position: Position) -> RowError {
    RowError::Damaged { position, what: "the batch is missing".into() }
}
