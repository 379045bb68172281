//! A data folder that isn't what it was: the program says so, says why, and doesn't serve.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    message,
    node::{Node, pb, program},
};

/// A folder whose program was killed after some messages; `kept` is a copy from the middle.
async fn killed() -> (TempDir, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut node = Node::start(data.path()).await;
    node.configure().await;
    let caller = node.customer(0);
    let start = pb::StartSessionRequest { request_id: "start".into(), queue_id: "sales".into(), ..Default::default() };
    let started: pb::StartSessionResponse = caller.until_answered("StartSession", &start).await;
    let session = started.session.unwrap().session_id;
    let kept = tempfile::tempdir().unwrap();
    for number in 0..60 {
        let said = message(&session, &format!("m-{number}"));
        let _: pb::SendMessageResponse = caller.until_answered("SendMessage", &said).await;
        if number == 20 {
            node.kill();
            copy(data.path(), kept.path());
            node.restart();
        }
    }
    // `head` is written within a second; it is what knows how long the log was.
    let before = fs::read(data.path().join("head")).unwrap();
    for number in 60..20_000 {
        let said = message(&session, &format!("m-{number}"));
        let _: pb::SendMessageResponse = caller.until_answered("SendMessage", &said).await;
        if fs::read(data.path().join("head")).unwrap() != before {
            break;
        }
    }
    node.kill();
    (data, kept)
}

fn copy(from: &Path, to: &Path) {
    for file in ["journal.db", "journal.db-wal"] {
        if from.join(file).exists() {
            fs::copy(from.join(file), to.join(file)).unwrap();
        }
    }
}

/// What the program says on its way out, which it must take.
fn refused(data: &Path) -> String {
    let mut child = program(data, "127.0.0.1:0").stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if Instant::now() > until => {
                child.kill().unwrap();
                panic!("it serves what it must not trust");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!status.success(), "{said}");
    assert!(said.contains("error: "), "{said}");
    said
}

fn edit(path: PathBuf, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn flip(path: PathBuf, needle: &[u8]) {
    edit(path, |bytes| {
        let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the text is in the file");
        bytes[at] ^= 0x20;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_folder_that_was_tampered_with_then_the_program_says_which_and_why() {
    let (whole, kept) = killed().await;
    type Damage = Box<dyn Fn(&Path)>;
    let older = kept.path().to_owned();
    let cases: [(&str, &str, Damage); 5] = [
        (
            "a flipped byte in the WAL",
            "its end is lost",
            Box::new(|data| {
                flip(data.join("journal.db-wal"), b"text of m-50");
            }),
        ),
        (
            "a cut tail",
            "its end is lost",
            Box::new(|data| {
                edit(data.join("journal.db-wal"), |bytes| bytes.truncate(bytes.len() / 2));
            }),
        ),
        ("no database", "no journal.db", Box::new(|data| fs::remove_file(data.join("journal.db")).unwrap())),
        (
            "an older copy",
            "its end is lost",
            Box::new(move |data| {
                let _ = fs::remove_file(data.join("journal.db-wal"));
                copy(&older, data);
            }),
        ),
        (
            "a flipped byte in the database",
            "damaged",
            Box::new(|data| {
                // Opened and closed, so that everything is in the database.
                let database = rusqlite::Connection::open(data.join("journal.db")).unwrap();
                database.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
                drop(database);
                flip(data.join("journal.db"), b"text of m-50");
            }),
        ),
    ];
    for (case, why, damage) in cases {
        let data = tempfile::tempdir().unwrap();
        copy(whole.path(), data.path());
        for file in ["head", "id.key", "development.secret"] {
            let _ = fs::copy(whole.path().join(file), data.path().join(file));
        }
        damage(data.path());
        let said = refused(data.path());
        assert!(said.contains(why), "{case}: {why:?} should be in: {said}");
        assert!(said.contains("journal.db") || said.contains("`head`"), "{case}: {said}");
    }
}
