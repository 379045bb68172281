//! A journal that an earlier build wrote must be read for ever: decoded, folded, and come to the same state.
//!
//! `UPDATE=1` writes `tests/journals/v<N>/`, of the next version, when what this build writes differs from the newest;
//! it never touches one that is there.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

mod facts;
mod script;

use std::{fs, path::PathBuf};

use bytes::Bytes;
use chatsession::{
    journal::{Batch, Item, Stored},
    shard::{Committed, State},
};
use minicbor::{Decode, Encode};

/// A batch in the file: each is CBOR, one after the other.
#[derive(Encode, Decode)]
struct Row {
    #[n(0)]
    payload: Vec<u8>,
    #[n(1)]
    content: Vec<(Vec<u8>, Vec<u8>)>,
}

fn write(batches: &[Batch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for batch in batches {
        let content = batch.content.iter().flatten().map(|item| (item.salt.to_vec(), item.text.to_vec())).collect();
        minicbor::encode(Row { payload: batch.payload.to_vec(), content }, &mut bytes).unwrap();
    }
    bytes
}

fn read(bytes: &[u8]) -> Vec<Stored> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let mut stored = Vec::new();
    while decoder.position() < bytes.len() {
        let row: Row = decoder.decode().unwrap();
        let item = |(salt, text): (Vec<u8>, Vec<u8>)| Some(Item { salt: salt.try_into().unwrap(), text: text.into() });
        let batch = Batch { payload: Bytes::from(row.payload), content: row.content.into_iter().map(item).collect() };
        stored.push(Stored { position: stored.len() as u64 + 1, batch });
    }
    stored
}

fn fold(stored: &[Stored]) -> (State, String) {
    let (mut state, mut told) = (State::default(), String::new());
    for stored in stored {
        let batch = Committed::decode(stored).unwrap();
        state.apply(&batch);
        told.push_str(&format!("{:?}\n", batch.records));
    }
    (state, told)
}

/// What the state says, and that it survives being stored.
fn told(state: &State) -> String {
    let bytes = state.encode();
    assert_eq!(State::decode(&bytes).unwrap().encode(), bytes, "a state is stored as it was");
    facts::of(state)
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/journals")
}

fn versions() -> Vec<PathBuf> {
    let folders = fs::read_dir(folder()).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = folders.filter(|folder| folder.join("journal.cbor").exists()).collect();
    found.sort_by_key(|path| path.file_name().and_then(|name| name.to_str()?[1..].parse::<u32>().ok()));
    found
}

#[test]
fn given_a_journal_of_any_version_then_it_folds_to_what_it_always_did() {
    if std::env::var_os("UPDATE").is_some() {
        let batches = script::batches();
        let known = versions();
        let bytes = write(&batches);
        if known.last().is_none_or(|last| fs::read(last.join("journal.cbor")).unwrap() != bytes) {
            let next = folder().join(format!("v{}", known.len() + 1));
            fs::create_dir_all(&next).unwrap();
            fs::write(next.join("journal.cbor"), &bytes).unwrap();
            fs::write(next.join("state.txt"), told(&fold(&read(&bytes)).0)).unwrap();
        }
    }
    let versions = versions();
    assert!(!versions.is_empty(), "no golden journal is there");
    for version in versions {
        let stored = read(&fs::read(version.join("journal.cbor")).unwrap());
        let expected = fs::read_to_string(version.join("state.txt")).unwrap();
        assert_eq!(told(&fold(&stored).0), expected, "{}", version.display());
    }
}

/// What this build writes today is told apart from what it wrote: a change of the format is noticed, and made on purpose.
#[test]
fn given_the_script_then_this_build_writes_what_the_newest_journal_holds() {
    let newest = versions().pop().expect("a golden journal");
    let written = write(&script::batches());
    assert!(written == fs::read(newest.join("journal.cbor")).unwrap(), "run this test with UPDATE=1 for a new version");
}

#[test]
fn given_the_newest_journal_then_every_kind_of_event_is_in_it() {
    let newest = versions().pop().expect("a golden journal");
    let (_, told) = fold(&read(&fs::read(newest.join("journal.cbor")).unwrap()));
    let missing: Vec<&str> = script::KINDS.into_iter().filter(|kind| !told.contains(*kind)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}
