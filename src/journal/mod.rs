//! What durability is: a dense log of batches and a few named blobs.
//!
//! Reading order: this file (the contract), [`batch`] (the stored form, one for all back ends), [`memory`] (for tests),
//! [`sqlite`] (the embedded default), `jetstream` (shared by several machines). `conformance` holds every back end to the contract. Nothing here knows what a chat
//! is, and nothing here depends on the rest of this crate.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

pub mod batch;
#[cfg(test)]
pub(crate) mod conformance;
#[cfg(feature = "cluster")]
pub mod jetstream;
pub mod memory;
pub mod sqlite;

/// Where a batch stands in its log. Dense: the first batch is 1, the next 2. 0 means "nothing yet".
pub type Position = u64;

/// What the trait's methods return, so that `dyn Journal` works.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Largest batch in bytes, in its stored form (record and content together). It keeps one message on every back end
/// enough, so that nothing is ever cut in pieces.
pub const BATCH_LIMIT: usize = 512 * 1024;

/// A read stops once it holds this many bytes of stored batches, though never before the first.
pub const READ_BYTES: usize = 1024 * 1024;

/// Longest name of a blob in bytes: even with every byte escaped it must fit a file's name.
pub const BLOB_NAME_LIMIT: usize = 80;

/// One free text with the salt of its hash.
///
/// The log keeps the hash for ever and the text until it's erased. The salt goes with the text, so that a short text
/// can't be guessed from the hash that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Random, fresh for every item.
    pub salt: [u8; 16],
    /// The text, in bytes; empty is allowed.
    pub text: Bytes,
}

/// What one append makes durable: the records of many commands, and apart from them the free text they speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The records, opaque here. At most 256 KiB for each record is the caller's rule, not ours.
    pub payload: Bytes,
    /// The free text, which records name by index. `None`: erased, which only [`Journal::scrub`] brings about.
    pub content: Vec<Option<Item>>,
}

/// A batch with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it stands.
    pub position: Position,
    /// What it holds, verified.
    pub batch: Batch,
}

/// What a log holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first position that can be read, or will be: `tail + 1` while nothing is kept.
    pub oldest: Position,
    /// The last durable position; 0 if there never was one.
    pub tail: Position,
}

/// One log, and the blobs that belong to it.
///
/// **Positions** are dense and never used twice: what was read at a position once is read there for ever, but for its
/// content, which may be erased, and until it is dropped.
///
/// **Fence.** An append names the position that it follows. It succeeds only if that is the tail, so of two writers that
/// believe they lead, one loses, whatever their clocks and networks do. The log is the only arbiter.
///
/// **Order.** An append takes its place in line at the call or at its first poll. A caller that pipelines calls and polls
/// in order. After one that failed, all behind it fail as well.
///
/// **Durable.** `Ok` means that the batch survives the loss of power of what the back end promises to survive. Reads,
/// bounds and conflicts show what is durable and nothing else. The same goes for blobs, scrubs and drops.
///
/// **Doubt.** [`AppendError::Doubtful`] may have taken effect, or take effect *later*: a read that doesn't show it proves
/// nothing. Only an append acknowledged at the same position does. A future that is dropped is in doubt in the same way.
///
/// **Behind.** Where several processes share a log, a read may end before the tail that another of them has written; it never
/// ends before what was appended, read or told in a conflict through the same handle. An acknowledged append proves that
/// everything before it was read.
///
/// **Verified.** Every batch read was checked against the hash chain of its log, and every text against its hash. What
/// doesn't fit is [`ReadError::Damaged`], never returned.
///
/// **Limits.** A batch's stored form takes at most [`BATCH_LIMIT`]; a read returns about [`READ_BYTES`] at most; a blob's
/// name has 1 to [`BLOB_NAME_LIMIT`] bytes. Blobs have no limit but memory.
pub trait Journal: Send + Sync + 'static {
    /// How many appends are worth having under way at once: one more waits for no use.
    fn pipeline(&self) -> usize;

    /// Appends `batch` right after `expected` and returns its position, `expected + 1`, once it's durable.
    fn append(&self, expected: Position, batch: Batch) -> BoxFuture<'_, Result<Position, AppendError>>;

    /// Consecutive batches from `from` on (inclusive; 0 means 1), at most `most`; empty past the tail.
    ///
    /// Fewer than `most` doesn't mean that the tail is reached; none does, unless `most` is 0.
    fn read(&self, from: Position, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, ReadError>>;

    /// The oldest position kept, and the tail.
    fn bounds(&self) -> BoxFuture<'_, Result<Bounds, ReadError>>;

    /// Resolves once the log may hold something behind `after`, or after a while; at once where it does. Only what other
    /// processes write needs it, so a log that has but one process never has news.
    fn changed(&self, after: Position) -> BoxFuture<'_, ()> {
        let _ = after;
        Box::pin(std::future::pending())
    }

    /// Erases content items of one batch for good; what's left of the batch stays valid, as does the chain.
    ///
    /// Once more is no error, and neither is a position that was dropped. An index or position that never was is
    /// [`ReadError::Invalid`].
    fn scrub(&self, position: Position, items: Vec<u32>) -> BoxFuture<'_, Result<(), ReadError>>;

    /// Drops all batches before `position`, which may be `tail + 1` at most (what is beyond counts as that).
    ///
    /// It happens piecemeal beside appends; a crash or an error midway leaves a shorter log that is valid.
    fn drop_before(&self, position: Position) -> BoxFuture<'_, Result<(), ReadError>>;

    /// Stores a blob whole or not at all, in place of what had its name before.
    fn put_blob(&self, name: String, bytes: Bytes) -> BoxFuture<'_, Result<(), ReadError>>;

    /// The blob of this name, verified, or `None`.
    fn get_blob(&self, name: String) -> BoxFuture<'_, Result<Option<Bytes>, ReadError>>;

    /// The names that start with `prefix`, sorted by their bytes.
    fn list_blobs(&self, prefix: String) -> BoxFuture<'_, Result<Vec<String>, ReadError>>;

    /// Deletes a blob; one that isn't there is no error.
    fn delete_blob(&self, name: String) -> BoxFuture<'_, Result<(), ReadError>>;
}

/// Why an append wasn't acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Certainly not written: the log's tail isn't the expected one. Someone else writes, or an append before this failed.
    #[error("the log ends at {tail}, which isn't what this append follows")]
    Conflict {
        /// The durable tail.
        tail: Position,
    },
    /// Certainly not written: no space. The journal goes on working, and a later append may find space.
    #[error("no space left for the log")]
    Full,
    /// Certainly not written, and never will be: the batch itself breaks a limit.
    #[error("a batch that can't be stored: {0}")]
    Invalid(String),
    /// May have taken effect, or may yet; see the trait.
    #[error("an append may or may not have taken effect: {0}")]
    Doubtful(String),
}

/// Why anything else but an append failed. Of what writes, all but [`ReadError::Unavailable`] certainly took no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The position was dropped.
    #[error("the log starts at {oldest}; what was before is dropped")]
    Compacted {
        /// The first position that can be read.
        oldest: Position,
    },
    /// What is stored isn't what was written. Retrying doesn't help; restoring a copy may.
    #[error("the log is damaged at {position}: {what}")]
    Damaged {
        /// The batch that can't be trusted. Those before it can.
        position: Position,
        /// What doesn't fit.
        what: String,
    },
    /// As `Damaged`, of a blob.
    #[error("blob {name:?} is damaged: {what}")]
    DamagedBlob {
        /// Its name.
        name: String,
        /// What doesn't fit.
        what: String,
    },
    /// The call asks for what can't be: a name over the limit, an index that never was.
    #[error("{0}")]
    Invalid(String),
    /// No space.
    #[error("no space left for the log")]
    Full,
    /// The back end can't be asked now; a write may have taken effect. All of them may be repeated.
    #[error("the log is unavailable: {0}")]
    Unavailable(String),
}

/// Reads the whole log, and so verifies it; returns what it held at the end.
///
/// # Errors
/// The first damage that it meets, or why the log can't be read.
pub async fn verify(journal: &dyn Journal) -> Result<Bounds, ReadError> {
    const STEP: usize = 256;
    let mut from = journal.bounds().await?.oldest;
    loop {
        match journal.read(from, STEP).await {
            Ok(batches) => match batches.last() {
                Some(last) => from = last.position + 1,
                None => return journal.bounds().await,
            },
            Err(ReadError::Compacted { oldest }) => from = oldest,
            Err(error) => return Err(error),
        }
    }
}

/// Refuses names that no back end could keep.
pub(crate) fn check_blob_name(name: &str) -> Result<(), ReadError> {
    if name.is_empty() || name.len() > BLOB_NAME_LIMIT {
        let length = name.len();
        return Err(ReadError::Invalid(format!("a blob's name has 1 to {BLOB_NAME_LIMIT} bytes, not {length}")));
    }
    Ok(())
}
