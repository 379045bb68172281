use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::journal::Item;

const LOG: [u8; 16] = [7; 16];

fn item() -> impl Strategy<Value = Item> {
    let text = proptest::collection::vec(any::<u8>(), 0..300);
    (any::<[u8; 16]>(), text).prop_map(|(salt, text)| Item { salt, text: text.into() })
}

fn batch() -> impl Strategy<Value = Batch> {
    let payload = proptest::collection::vec(any::<u8>(), 0..300);
    let content = proptest::collection::vec(item().prop_map(Some), 0..6);
    (payload, content).prop_map(|(payload, content)| Batch { payload: payload.into(), content })
}

/// A mark, a batch sealed after it, and the chain hash that goes with that.
fn sealed(batch: &Batch) -> (Mark, Chain, Sealed) {
    let before = Mark::genesis(&LOG).then(b"the one before");
    let sealed = seal(batch).unwrap();
    (before, before.then(&sealed.record).chain, sealed)
}

fn flipped(bytes: &Bytes, at: prop::sample::Index, mask: u8) -> Bytes {
    flipped_at(bytes, at.index(bytes.len()), mask)
}

fn flipped_at(bytes: &Bytes, at: usize, mask: u8) -> Bytes {
    let mut bytes = bytes.to_vec();
    bytes[at] ^= mask;
    bytes.into()
}

/// Scrubs some of the items, so that erased ones are guarded too.
fn scrubbed(batch: &mut Batch, sealed: &mut Sealed, erase: &[bool]) {
    for (index, _) in erase.iter().enumerate().take(batch.content.len()).filter(|(_, erase)| **erase) {
        let content = scrub(&sealed.content, &[u32::try_from(index).unwrap()]).unwrap();
        sealed.content = content.unwrap();
        batch.content[index] = None;
    }
}

proptest! {
    #[test]
    fn what_is_sealed_is_unsealed(batch in batch()) {
        let (before, chain, sealed) = sealed(&batch);
        let (mark, back) = unseal(&before, &chain, &sealed).unwrap();
        prop_assert_eq!(back, batch);
        prop_assert_eq!(mark, Mark { position: 2, chain });
    }

    #[test]
    fn a_scrub_leaves_the_rest_valid(mut batch in batch(), erase: [bool; 6]) {
        let (before, chain, mut sealed) = sealed(&batch);
        scrubbed(&mut batch, &mut sealed, &erase);
        prop_assert_eq!(unseal(&before, &chain, &sealed).unwrap().1, batch);
    }

    #[test]
    fn a_changed_byte_of_the_record_is_noticed(batch in batch(), at: prop::sample::Index, mask in 1u8..) {
        let (before, chain, mut sealed) = sealed(&batch);
        sealed.record = flipped(&sealed.record, at, mask);
        prop_assert!(unseal(&before, &chain, &sealed).is_err());
    }

    #[test]
    fn a_changed_byte_of_the_content_is_noticed(
        mut batch in batch(), erase: [bool; 6], at: prop::sample::Index, mask in 1u8..
    ) {
        let (before, chain, mut sealed) = sealed(&batch);
        scrubbed(&mut batch, &mut sealed, &erase);
        sealed.content = flipped(&sealed.content, at, mask);
        prop_assert!(unseal(&before, &chain, &sealed).is_err());
    }

    #[test]
    fn a_cut_is_noticed(batch in batch(), at: prop::sample::Index) {
        let (before, chain, sealed) = sealed(&batch);
        let record = Sealed { record: sealed.record.slice(..at.index(sealed.record.len())), ..sealed.clone() };
        prop_assert!(unseal(&before, &chain, &record).is_err());
        let content = Sealed { content: sealed.content.slice(..at.index(sealed.content.len())), ..sealed };
        prop_assert!(unseal(&before, &chain, &content).is_err());
    }
}

#[test]
fn every_changed_byte_of_a_small_batch_is_noticed() {
    let mut batch = small();
    let (before, chain, mut sealed) = sealed(&batch);
    scrubbed(&mut batch, &mut sealed, &[false, true]);
    for (part, length) in [(0, sealed.record.len()), (1, sealed.content.len())] {
        for (at, mask) in (0..length).flat_map(|at| (1..=u8::MAX).map(move |mask| (at, mask))) {
            let mut changed = sealed.clone();
            let bytes = if part == 0 { &mut changed.record } else { &mut changed.content };
            *bytes = flipped_at(bytes, at, mask);
            assert!(unseal(&before, &chain, &changed).is_err(), "part {part}, byte {at}, mask {mask:#x}");
        }
    }
}

fn small() -> Batch {
    let item = |salt, text: &'static str| Some(Item { salt: [salt; 16], text: Bytes::from(text) });
    Batch { payload: Bytes::from_static(b"payload"), content: vec![item(1, "hello"), item(2, "")] }
}

/// The form is frozen: logs that exist must be readable for ever.
#[test]
fn the_stored_form_stays_as_it_is() {
    let (_, chain, sealed) = sealed(&small());
    let hex = |bytes: &Bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    insta::assert_snapshot!(hex(&sealed.record), @"8301477061796c6f6164828205582006c343731700ca16797f96e987180093e28b4c653e08efccb4f5fbb91313f56c82005820292afde3b64e6636d68f1120d9242f1f85e38ef7bf306e4407c2303eb63791ef");
    insta::assert_snapshot!(hex(&sealed.content), @"81828250010101010101010101010101010101014568656c6c6f82500202020202020202020202020202020240");
    insta::assert_snapshot!(chain, @"af6119c4d5ecf9f531f38909608a808805cae5efb66dceee84a015001bee876c");
}

#[test]
fn a_batch_over_the_limit_is_refused() {
    let batch = |size| Batch { payload: vec![0; size].into(), content: Vec::new() };
    assert!(seal(&batch(BATCH_LIMIT - 32)).is_ok());
    assert!(seal(&batch(BATCH_LIMIT)).is_err());
}

#[test]
fn a_batch_with_an_erased_item_is_refused() {
    assert!(seal(&Batch { payload: Bytes::new(), content: vec![None] }).is_err());
}

#[test]
fn a_record_of_another_format_is_refused_by_its_number() {
    let (before, _, mut sealed) = sealed(&small());
    sealed.record = flipped_at(&sealed.record, 1, 3);
    let chain = before.then(&sealed.record).chain;
    let refused = unseal(&before, &chain, &sealed).unwrap_err();
    assert_eq!(refused.to_string(), "the record has format 2, this build knows 1");
}
