//! The stored form of a batch, one for all back ends: `record`, `content` and the hash that chains the record to the log.
//!
//! `record` never changes and is chained. `content` can lose items, each of which the record knows by length and salted
//! hash; so erasing text leaves the chain valid, and a text that changed is still noticed.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{BATCH_LIMIT, Batch, Position};

mod content;
mod record;
#[cfg(test)]
mod tests;

/// SHA-256 over everything up to a position: previous chain hash ‖ position (8 bytes, big-endian) ‖ record.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Chain(pub [u8; 32]);

impl Chain {
    /// What stands before a log's first batch. It derives from the log's id, so that no batch fits into another log.
    pub fn genesis(log: &[u8; 16]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"chatsession journal");
        hash.update(log);
        Self(hash.finalize().into())
    }

    /// The hash after one more batch.
    pub fn then(&self, position: Position, record: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(position.to_be_bytes());
        hash.update(record);
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A position with the chain hash there: all that must be known to append or to verify what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The last batch that the hash covers; 0 for none.
    pub position: Position,
    /// The hash.
    pub chain: Chain,
}

impl Mark {
    /// Before the first batch of a log.
    pub fn genesis(log: &[u8; 16]) -> Self {
        Self { position: 0, chain: Chain::genesis(log) }
    }

    /// After one more batch.
    pub fn then(&self, record: &[u8]) -> Self {
        let position = self.position + 1;
        Self { position, chain: self.chain.then(position, record) }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "position {} with chain hash {}", self.position, self.chain)
    }
}

/// The two parts of a batch, ready to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Payload and hashes: chained, never rewritten.
    pub record: Bytes,
    /// Salts and texts: rewritten by a scrub.
    pub content: Bytes,
}

impl Sealed {
    /// Of both parts, in bytes.
    pub fn size(&self) -> usize {
        self.record.len() + self.content.len()
    }
}

/// What doesn't fit in stored bytes, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(pub String);

/// Encodes a batch.
///
/// # Errors
/// The stored form would pass [`BATCH_LIMIT`], or an item is already erased, so that its hash can't be known.
pub fn seal(batch: &Batch) -> Result<Sealed, Unfit> {
    let (record, content) = (record::encode(batch)?, content::encode(&batch.content)?);
    let sealed = Sealed { record: record.into(), content: content.into() };
    if sealed.size() > BATCH_LIMIT {
        return Err(Unfit(format!("{} bytes, more than {BATCH_LIMIT}", sealed.size())));
    }
    Ok(sealed)
}

/// Verifies a batch against the mark before it and the chain hash stored with it, then decodes it.
///
/// # Errors
/// Which part isn't what was written.
pub fn unseal(before: &Mark, chain: &Chain, sealed: &Sealed) -> Result<(Mark, Batch), Unfit> {
    let mark = before.then(&sealed.record);
    if mark.chain != *chain {
        return Err(Unfit(format!("the record gives chain hash {}, stored is {chain}", mark.chain)));
    }
    let (payload, sums) = record::decode(&sealed.record)?;
    let content = content::decode(&sealed.content)?;
    if content.len() != sums.len() {
        return Err(Unfit(format!("{} content items, the record knows {}", content.len(), sums.len())));
    }
    for (index, (item, sum)) in content.iter().zip(&sums).enumerate() {
        if item.as_ref().is_some_and(|item| *sum != record::Sum::of(item)) {
            return Err(Unfit(format!("content item {index} doesn't match its hash")));
        }
    }
    Ok((mark, Batch { payload, content }))
}

/// The content part without the items at these indexes; `None` if all of them were erased before.
///
/// # Errors
/// The content can't be decoded, or has no such index.
pub fn scrub(content: &Bytes, items: &[u32]) -> Result<Option<Bytes>, ScrubError> {
    let mut kept = content::decode(content)?;
    let mut changed = false;
    for &index in items {
        let slot = usize::try_from(index).ok().and_then(|index| kept.get_mut(index));
        changed |= slot.ok_or(ScrubError::NoSuchItem(index))?.take().is_some();
    }
    if !changed {
        return Ok(None);
    }
    Ok(Some(content::encode(&kept)?.into()))
}

fn to_vec<T: minicbor::Encode<()>>(form: &T) -> Result<Vec<u8>, Unfit> {
    minicbor::to_vec(form).map_err(|error| Unfit(format!("it can't be encoded: {error}")))
}

/// Why content can't be scrubbed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScrubError {
    /// What is stored isn't what was written.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The batch never had this item.
    #[error("the batch has no content item {0}")]
    NoSuchItem(u32),
}
