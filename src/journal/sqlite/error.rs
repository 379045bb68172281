//! Why a folder isn't opened, and what becomes of SQLite's errors.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use uuid::Uuid;

use super::super::batch::Mark;
use super::super::{AppendError, Position, ReadError};

/// Why a journal wasn't opened. Neither log nor `head` was changed, so a copy can still be put back or looked into.
///
/// To go on with a log that doesn't fit its `head`, and so to accept that batches which were acknowledged are lost: move
/// `head` away and open once with [`Options::accept_missing_head`](super::Options::accept_missing_head).
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has it open.
    #[error("{folder} is in use: another process holds its `lock`; stop that one first, two can't share a journal")]
    Locked {
        /// The journal's folder.
        folder: PathBuf,
    },
    /// Part of the journal is there, the database isn't.
    #[error(
        "{folder} holds {found} but no journal.db with a log in it; put the database back (or take the rest away too)"
    )]
    MissingDatabase {
        /// The journal's folder.
        folder: PathBuf,
        /// What says that there was one.
        found: String,
    },
    /// Without `head` nobody knows how long the log was.
    #[error("journal.db ends at {log}, but `head`, which says how long it was, is missing; {OVERRIDE}")]
    MissingHead {
        /// The log's end.
        log: Mark,
    },
    /// No slot of `head` is whole.
    #[error("`head` is damaged in both of its slots, so nothing says how long the log was; {OVERRIDE}")]
    DamagedHead,
    /// `head` and the database are of two journals.
    #[error("`head` is of journal {head}, journal.db of journal {log}; put the database that belongs here back")]
    Foreign {
        /// The id in `head`.
        head: Uuid,
        /// The id in the database.
        log: Uuid,
    },
    /// The log has lost its end, or an older copy was put back.
    #[error("the log was at {head} (says `head`), now it ends at {log}: its end is lost; {OVERRIDE}")]
    Shorter {
        /// What `head` says.
        head: Mark,
        /// The log's end.
        log: Mark,
    },
    /// Another history stands where the log was.
    #[error("the log was at {head} (says `head`), now it has {log} there: it isn't the same log; {OVERRIDE}")]
    Different {
        /// What `head` says.
        head: Mark,
        /// What the log has there.
        log: Mark,
    },
    /// `head` is so old that the log no longer has its position.
    #[error("`head` says {head}, but the log starts only after {log}: `head` is an older copy; {OVERRIDE}")]
    OlderHead {
        /// What `head` says.
        head: Mark,
        /// What the log's first batch follows.
        log: Mark,
    },
    /// The database can't be trusted.
    #[error("journal.db is damaged at position {position}: {what}; put a good copy back")]
    Damaged {
        /// The batch, or 0 where it isn't one that is damaged.
        position: Position,
        /// What doesn't fit.
        what: String,
    },
    /// Written by a later version.
    #[error("journal.db has format {found}, this build knows {known}; use the version that wrote it, or a later one")]
    UnknownFormat {
        /// In the database.
        found: i64,
        /// Here.
        known: i64,
    },
    /// The system refused.
    #[error("can't {what} {path}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite failed otherwise than by damage.
    #[error("SQLite can't open journal.db")]
    Sqlite(#[source] rusqlite::Error),
}

const OVERRIDE: &str =
    "put a good copy back, or accept the loss: move `head` away and start once with accept_missing_head";

impl OpenError {
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        if is_damage(&error) { Self::Damaged { position: 0, what: error.to_string() } } else { Self::Sqlite(error) }
    }
}

impl From<RowError> for OpenError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Damaged { position, what } => Self::Damaged { position, what },
            RowError::Sqlite(error) => error.into(),
        }
    }
}

/// Why a row wasn't read.
pub(super) enum RowError {
    Damaged { position: Position, what: String },
    Sqlite(rusqlite::Error),
}

impl RowError {
    /// An error that came up at a row: damage of the database is damage of that row.
    pub(super) fn at(position: Position) -> impl Fn(rusqlite::Error) -> Self {
        move |error| {
            if is_damage(&error) { Self::Damaged { position, what: error.to_string() } } else { Self::Sqlite(error) }
        }
    }
}

impl From<RowError> for ReadError {
    fn from(error: RowError) -> Self {
        match error {
            RowError::Damaged { position, what } => Self::Damaged { position, what },
            RowError::Sqlite(error) => Self::Unavailable(error.to_string()),
        }
    }
}

/// Why a write failed.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// No space; certainly not written.
    Full,
    /// Another connection was in the way for too long; not written.
    Busy(String),
    /// Nobody knows what the disk holds now. The journal must not go on.
    Fatal(String),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(error.to_string()),
            _ => Self::Fatal(error.to_string()),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if is_full(&error) { Self::Full } else { Self::Fatal(error.to_string()) }
    }
}

impl From<Failure> for AppendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::Full,
            Failure::Busy(error) | Failure::Fatal(error) => Self::Doubtful(error),
        }
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::Full,
            Failure::Busy(error) | Failure::Fatal(error) => Self::Unavailable(error),
        }
    }
}

pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether it means that the bytes aren't what was written: SQLite's own checks, or a column of another type.
fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
        || matches!(
            error,
            rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        )
}
