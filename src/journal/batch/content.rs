//! The persisted form of `content`. Its numbers are frozen; its format is named in the record that it belongs to.

use bytes::Bytes;
use minicbor::{Decode, Encode};

use super::Unfit;
use crate::journal::Item;

#[derive(Encode, Decode)]
struct Content<'b> {
    #[b(0)]
    items: Vec<Option<Piece<'b>>>,
}

#[derive(Encode, Decode)]
struct Piece<'b> {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    salt: [u8; 16],
    #[b(1)]
    #[cbor(with = "minicbor::bytes")]
    text: &'b [u8],
}

pub(super) fn encode(content: &[Option<Item>]) -> Result<Vec<u8>, Unfit> {
    let items =
        content.iter().map(|item| item.as_ref().map(|item| Piece { salt: item.salt, text: &item.text })).collect();
    super::to_vec(&Content { items })
}

pub(super) fn decode(bytes: &Bytes) -> Result<Vec<Option<Item>>, Unfit> {
    let content: Content<'_> =
        minicbor::decode(bytes).map_err(|error| Unfit(format!("the content can't be decoded: {error}")))?;
    let item = |piece: Piece<'_>| Item { salt: piece.salt, text: bytes.slice_ref(piece.text) };
    let items: Vec<Option<Item>> = content.items.into_iter().map(|piece| piece.map(item)).collect();
    // Nothing but the hashes of the texts guards these bytes, and CBOR has several spellings of most values: only the one
    // that we write counts, so that no byte can change unnoticed.
    if encode(&items)? != bytes[..] {
        return Err(Unfit("the content isn't in the form that it was written in".into()));
    }
    Ok(items)
}
