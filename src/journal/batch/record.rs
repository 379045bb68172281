//! The persisted form of `record`. Its numbers are frozen: a change of shape is a new format.

use bytes::Bytes;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use super::Unfit;
use crate::journal::{Batch, Item};

const FORMAT: u8 = 1;

#[derive(Encode, Decode)]
struct Record<'b> {
    #[n(0)]
    format: u8,
    #[b(1)]
    #[cbor(with = "minicbor::bytes")]
    payload: &'b [u8],
    #[n(2)]
    content: Vec<Sum>,
}

/// What a record knows of a content item for ever.
#[derive(Encode, Decode, PartialEq, Eq)]
pub(super) struct Sum {
    /// Of the text, in bytes.
    #[n(0)]
    length: u32,
    /// SHA-256(salt ‖ text).
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    hash: [u8; 32],
}

impl Sum {
    pub(super) fn of(item: &Item) -> Self {
        let mut hash = Sha256::new();
        hash.update(item.salt);
        hash.update(&item.text);
        // A text over 4 GiB never passes the limit of a batch.
        let length = u32::try_from(item.text.len()).unwrap_or(u32::MAX);
        Self { length, hash: hash.finalize().into() }
    }
}

pub(super) fn encode(batch: &Batch) -> Result<Vec<u8>, Unfit> {
    let sum = |item: &Option<Item>| item.as_ref().map(Sum::of);
    let content: Option<Vec<Sum>> = batch.content.iter().map(sum).collect();
    let content = content.ok_or_else(|| Unfit("an item of its content is already erased".into()))?;
    super::to_vec(&Record { format: FORMAT, payload: &batch.payload, content })
}

pub(super) fn decode(bytes: &Bytes) -> Result<(Bytes, Vec<Sum>), Unfit> {
    // The format comes first and is looked at alone: what follows may have any shape in one that this build doesn't know.
    let mut decoder = minicbor::Decoder::new(bytes);
    let format = decoder.array().and_then(|_| decoder.u8()).map_err(|error| undecodable(&error))?;
    if format != FORMAT {
        return Err(Unfit(format!("the record has format {format}, this build knows {FORMAT}")));
    }
    let record: Record<'_> = minicbor::decode(bytes).map_err(|error| undecodable(&error))?;
    Ok((bytes.slice_ref(record.payload), record.content))
}

fn undecodable(error: &minicbor::decode::Error) -> Unfit {
    Unfit(format!("the record can't be decoded: {error}"))
}
