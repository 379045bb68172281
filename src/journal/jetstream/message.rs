//! The stored form of a batch in a message: a version, the chain before it, the chain with it, the two parts.

use bytes::{BufMut, Bytes, BytesMut};

use crate::journal::{
    Position, Stored,
    batch::{self, Chain, Mark, Sealed, Unfit},
};

const VERSION: u8 = 1;

/// Version, two hashes, the record's length.
const FRAME: usize = 1 + 32 + 32 + 4;

/// A message, taken apart but not verified.
pub(super) struct Parts {
    /// The hash of everything before it.
    pub(super) before: Chain,
    /// The hash with it.
    pub(super) chain: Chain,
    pub(super) sealed: Sealed,
}

pub(super) fn encode(before: &Mark, sealed: &Sealed) -> Bytes {
    let chain = before.then(&sealed.record).chain;
    let mut bytes = BytesMut::with_capacity(FRAME + sealed.size());
    bytes.put_u8(VERSION);
    bytes.put_slice(&before.chain.0);
    bytes.put_slice(&chain.0);
    bytes.put_u32(sealed.record.len() as u32);
    bytes.put_slice(&sealed.record);
    bytes.put_slice(&sealed.content);
    bytes.freeze()
}

impl Parts {
    pub(super) fn of(message: &Bytes) -> Result<Self, Unfit> {
        let short = || Unfit(format!("a message of {} bytes isn't a batch", message.len()));
        let hash = |at: usize| message.get(at..at + 32).and_then(|hash| hash.try_into().ok()).map(Chain);
        match message.first() {
            Some(&VERSION) => {}
            Some(other) => return Err(Unfit(format!("messages of version {other} aren't known here"))),
            None => return Err(short()),
        }
        let (before, chain) = (hash(1).ok_or_else(short)?, hash(33).ok_or_else(short)?);
        let length = message.get(65..FRAME).and_then(|length| length.try_into().ok()).ok_or_else(short)?;
        let end = FRAME.saturating_add(u32::from_be_bytes(length) as usize);
        if end > message.len() {
            return Err(short());
        }
        let sealed = Sealed { record: message.slice(FRAME..end), content: message.slice(end..) };
        Ok(Self { before, chain, sealed })
    }

    /// Verifies it where it stands, and against what is known of the chain before it.
    pub(super) fn verify(&self, position: Position, known: Option<Mark>) -> Result<(Mark, Stored), Unfit> {
        if let Some(known) = known.filter(|known| known.chain != self.before) {
            return Err(Unfit(format!("it follows chain hash {}, the one before it has {}", self.before, known.chain)));
        }
        let before = Mark { position: position - 1, chain: self.before };
        let (mark, batch) = batch::unseal(&before, &self.chain, &self.sealed)?;
        Ok((mark, Stored { position, batch }))
    }

    /// The same message with other content.
    pub(super) fn with_content(&self, position: Position, content: Bytes) -> Bytes {
        let before = Mark { position: position - 1, chain: self.before };
        encode(&before, &Sealed { record: self.sealed.record.clone(), content })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{batch::seal, conformance::text};

    #[test]
    fn what_is_cut_short_or_changed_is_noticed() {
        let before = Mark { position: 6, chain: Chain([9; 32]) };
        let message = encode(&before, &seal(&text("seven")).unwrap());
        let whole = Parts::of(&message).unwrap().verify(7, Some(before)).unwrap();
        assert_eq!(whole.1.batch, text("seven"));
        for cut in 0..message.len() {
            let cut = message.slice(..cut);
            assert!(Parts::of(&cut).and_then(|parts| parts.verify(7, Some(before))).is_err(), "{}", cut.len());
        }
        for at in 0..message.len() {
            let mut changed = message.to_vec();
            changed[at] ^= 1;
            let read = Parts::of(&changed.into()).and_then(|parts| parts.verify(7, Some(before)));
            assert!(read.is_err(), "byte {at}");
        }
        assert!(Parts::of(&message).unwrap().verify(8, None).is_err(), "it stands elsewhere");
    }
}
