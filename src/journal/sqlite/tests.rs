//! The life of a folder: opened, closed, crashed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use super::super::conformance::{conformance, fill, text};
use super::super::verify;
use super::*;

mod damage;
mod limits;
mod refused;

/// The clock takes no part: `head` is written when a test says so. A disk that fails is a test that fails.
fn options() -> Options {
    Options {
        page_size: 4096,
        head_interval: Duration::from_secs(100_000),
        on_fatal: Box::new(|error| panic!("{error}")),
        ..Options::default()
    }
}

fn open(folder: &Path) -> Result<SqliteJournal, OpenError> {
    SqliteJournal::open(folder, options())
}

/// A folder with a journal of `count` batches, closed.
async fn closed(count: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fill(&open(folder.path()).unwrap(), 0, count).await;
    folder
}

/// A folder as a crash leaves it after `count` batches, `covered` of them in `head`; all of them are in the WAL.
async fn crashed(covered: u64, count: u64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    fill(&journal, 0, covered).await;
    journal.flush_head().await.unwrap();
    fill(&journal, covered, count - covered).await;
    copy(folder.path())
}

/// The files as they are now, in another folder; without `-shm`, which is memory.
fn copy(folder: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    for file in ["journal.db", "journal.db-wal", "head"] {
        if folder.join(file).exists() {
            fs::copy(folder.join(file), to.path().join(file)).unwrap();
        }
    }
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folders = Mutex::new(Vec::new());
    conformance(async || {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(folder.path()).unwrap();
        folders.lock().unwrap().push(folder);
        Arc::new(journal)
    })
    .await;
}

#[tokio::test]
async fn what_was_closed_is_there_again() {
    let folder = closed(5).await;
    let journal = open(folder.path()).unwrap();
    journal.put_blob("snapshot/1".into(), "s".into()).await.unwrap();
    journal.drop_before(3).await.unwrap();
    drop(journal);
    let journal = open(folder.path()).unwrap();
    assert_eq!(verify(&journal).await, Ok(Bounds { oldest: 3, tail: 5 }));
    assert_eq!(journal.get_blob("snapshot/1".into()).await, Ok(Some("s".into())));
    fill(&journal, 5, 1).await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash() {
    for covered in [0, 7, 20] {
        let folder = crashed(covered, 20).await;
        let journal = open(folder.path()).unwrap();
        assert_eq!(verify(&journal).await, Ok(Bounds { oldest: 1, tail: 20 }));
        fill(&journal, 20, 1).await;
    }
}

#[tokio::test]
async fn a_crash_after_a_drop_leaves_a_log_that_fits_its_head() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    fill(&journal, 0, 200).await;
    journal.drop_before(190).await.unwrap();
    let folder = copy(folder.path());
    assert_eq!(verify(&open(folder.path()).unwrap()).await, Ok(Bounds { oldest: 190, tail: 200 }));
}

#[tokio::test]
async fn a_crash_before_the_first_batch_leaves_a_new_journal() {
    let folder = crashed(0, 0).await;
    fs::remove_file(folder.path().join("head")).unwrap();
    fill(&open(folder.path()).unwrap(), 0, 1).await;
}

#[tokio::test]
async fn a_folder_is_opened_once_at_a_time() {
    let folder = closed(1).await;
    let journal = open(folder.path()).unwrap();
    let refused = open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Locked { .. }), "{refused}");
    journal.close();
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_closed_journals_folder_is_free_though_a_forked_process_has_its_lock_open() {
    let folder = closed(1).await;
    let journal = open(folder.path()).unwrap();
    let forked = journal.running.lock().unwrap().as_ref().unwrap().lock.try_clone().unwrap();
    journal.close();
    open(folder.path()).unwrap();
    drop(forked);
}

#[tokio::test]
async fn a_closed_journal_refuses_all_calls() {
    let folder = closed(1).await;
    let journal = open(folder.path()).unwrap();
    journal.close();
    journal.close();
    assert!(matches!(journal.append(1, text("late")).await, Err(AppendError::Doubtful(_))));
    assert!(matches!(journal.read(1, 1).await, Err(ReadError::Unavailable(_))));
    assert!(matches!(journal.scrub(1, vec![0]).await, Err(ReadError::Unavailable(_))));
}

fn find(bytes: &[u8], needle: &str) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle.as_bytes())
}
