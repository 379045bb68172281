//! What is checked before a folder's journal is trusted.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;

use rusqlite::Connection;
use uuid::Uuid;

use super::super::Position;
use super::super::batch::Mark;
use super::Options;
use super::blobs::Blobs;
use super::error::OpenError;
use super::head::{self, Found, Head, HeadFile};
use super::shared::Marks;
use super::table::{self, Meta};

pub(super) const DATABASE: &str = "journal.db";
const WAL: &str = "journal.db-wal";
const HEAD: &str = "head";
const LOCK: &str = "lock";
const BLOBS: &str = "blobs";

/// So many of the last batches are verified at least, and all since `head`; what is older is verified when it's read.
const VERIFIED: Position = 256;

/// A folder that is as it should be.
pub(super) struct Opened {
    pub(super) lock: File,
    pub(super) writer: Connection,
    pub(super) keeper: Connection,
    pub(super) marks: Marks,
    pub(super) head: HeadFile,
    pub(super) blobs: Blobs,
}

pub(super) fn open(folder: &Path, options: &Options) -> Result<Opened, OpenError> {
    fs::create_dir_all(folder).map_err(|error| OpenError::io("make", folder, error))?;
    let lock = lock(folder)?;
    let path = folder.join(HEAD);
    let head = match head::find(&path).map_err(|error| OpenError::io("read", &path, error))? {
        Found::Head(head) => Some(head),
        Found::Nothing => None,
        Found::Damaged => return Err(OpenError::DamagedHead),
    };
    let database = folder.join(DATABASE);
    must_have_database(folder, &database, head)?;
    let mut writer = table::connect_writer(&database, options)?;
    let meta = match (table::meta(&writer)?, head) {
        (Some(meta), _) => meta,
        (None, Some(head)) => return Err(missing_database(folder, head)),
        (None, None) => table::create(&mut writer, Uuid::now_v7().into_bytes())?,
    };
    let marks = check(&writer, &meta, head, options)?;
    let keeper = table::connect_keeper(&database)?;
    let blobs = folder.join(BLOBS);
    let blobs = Blobs::open(blobs.clone()).map_err(|error| OpenError::io("open", &blobs, error))?;
    // Makes the new files' names durable too.
    let head =
        HeadFile::open(&path, head, meta.id, marks.tail).map_err(|error| OpenError::io("write", &path, error))?;
    Ok(Opened { lock, writer, keeper, marks, head, blobs })
}

/// A file of its own: SQLite's locks let two processes take turns, which is what must not be.
fn lock(folder: &Path) -> Result<File, OpenError> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|error| OpenError::io("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(OpenError::io("lock", &path, error)),
    }
}

/// Before SQLite looks: it takes a missing or empty file for a new database, and deletes a WAL that it finds beside it.
fn must_have_database(folder: &Path, database: &Path, head: Option<Head>) -> Result<(), OpenError> {
    let empty = match fs::metadata(database) {
        Ok(metadata) => metadata.len() == 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(OpenError::io("look at", database, error)),
    };
    let wal = fs::metadata(folder.join(WAL)).is_ok_and(|metadata| metadata.len() > 0);
    match head {
        Some(head) if empty => Err(missing_database(folder, head)),
        None if empty && wal => {
            Err(OpenError::MissingDatabase { folder: folder.to_owned(), found: format!("a {WAL}") })
        }
        _ => Ok(()),
    }
}

fn missing_database(folder: &Path, head: Head) -> OpenError {
    OpenError::MissingDatabase { folder: folder.to_owned(), found: format!("a `head` at {}", head.mark) }
}

/// Holds the log against `head`, and its end against its own chain.
fn check(connection: &Connection, meta: &Meta, head: Option<Head>, options: &Options) -> Result<Marks, OpenError> {
    if meta.format != table::FORMAT {
        return Err(OpenError::UnknownFormat { found: meta.format, known: table::FORMAT });
    }
    let (base, tail) = (meta.base, table::tail(connection, meta.base)?);
    match head {
        Some(head) => check_head(connection, meta, head, tail)?,
        None if tail.position == 0 => {}
        None if options.accept_missing_head => {
            tracing::warn!(%tail, "the journal has no `head`: accepted as it is, as told");
        }
        None => return Err(OpenError::MissingHead { log: tail }),
    }
    let covered = head.map_or(base.position, |head| head.mark.position);
    let from = covered.min(tail.position.saturating_sub(VERIFIED)).max(base.position);
    let mut before = table::mark_at(connection, base, from)?;
    while before.position < tail.position {
        let batches = table::batches(connection, before, tail.position, usize::MAX)?;
        // Never empty: a batch that isn't there is an error.
        let last = batches.last().map_or(tail.position, |stored| stored.position);
        before = table::mark_at(connection, base, last)?;
    }
    Ok(Marks { base, tail })
}

fn check_head(connection: &Connection, meta: &Meta, head: Head, tail: Mark) -> Result<(), OpenError> {
    if head.log != meta.id {
        return Err(OpenError::Foreign { head: Uuid::from_bytes(head.log), log: Uuid::from_bytes(meta.id) });
    }
    if tail.position < head.mark.position {
        return Err(OpenError::Shorter { head: head.mark, log: tail });
    }
    if head.mark.position < meta.base.position {
        return Err(OpenError::OlderHead { head: head.mark, log: meta.base });
    }
    let log = table::mark_at(connection, meta.base, head.mark.position)?;
    if log != head.mark {
        return Err(OpenError::Different { head: head.mark, log });
    }
    Ok(())
}

/// Makes the names in a folder durable: a file that was made or renamed may be gone without it.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
