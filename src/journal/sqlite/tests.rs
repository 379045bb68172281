//! The life of a folder: opened, closed, crashed, full, failed. What comes of damage is in `damage`.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use super::super::conformance::{conformance, fill, text};
use super::super::verify;
use super::*;

mod damage;

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
    conformance(|| {
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
async fn a_closed_journal_refuses_all_calls() {
    let folder = closed(1).await;
    let journal = open(folder.path()).unwrap();
    journal.close();
    journal.close();
    assert!(matches!(journal.append(1, text("late")).await, Err(AppendError::Doubtful(_))));
    assert!(matches!(journal.read(1, 1).await, Err(ReadError::Unavailable(_))));
    assert!(matches!(journal.scrub(1, vec![0]).await, Err(ReadError::Unavailable(_))));
}

#[tokio::test]
async fn more_appends_than_places_wait_their_turn() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path(), Options { queue: 1, ..options() }).unwrap();
    let append = |tail| journal.append(tail, text("x"));
    let all = tokio::join!(append(0), append(1), append(2), append(3));
    assert_eq!(all, (Ok(1), Ok(2), Ok(3), Ok(4)));
}

#[tokio::test]
async fn a_full_disk_refuses_appends_until_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let journal = SqliteJournal::open(folder.path(), Options { max_pages: Some(200), ..options() }).unwrap();
    let batch = || Batch { payload: vec![7; 20_000].into(), content: vec![] };
    let mut tail = 0;
    let failure = loop {
        match journal.append(tail, batch()).await {
            Ok(position) => tail = position,
            Err(failure) => break failure,
        }
    };
    assert_eq!(failure, AppendError::Full);
    let (a, b) = tokio::join!(journal.append(tail, batch()), journal.append(tail + 1, batch()));
    assert_eq!((a, b.is_err()), (Err(AppendError::Full), true));
    assert_eq!(verify(&journal).await, Ok(Bounds { oldest: 1, tail }));
    journal.drop_before(tail).await.unwrap();
    assert_eq!(journal.append(tail, batch()).await, Ok(tail + 1));
    journal.close();
    assert_eq!(verify(&open(folder.path()).unwrap()).await, Ok(Bounds { oldest: tail, tail: tail + 1 }));
}

#[tokio::test]
async fn an_error_that_leaves_doubt_is_fatal_once_and_ends_all_writing() {
    let folder = closed(3).await;
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let on_fatal = Box::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let journal = SqliteJournal::open(folder.path(), Options { on_fatal, ..options() }).unwrap();
    let other = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    other.execute_batch("ALTER TABLE batches RENAME TO gone").unwrap();
    for _ in 0..3 {
        assert!(matches!(journal.append(3, text("x")).await, Err(AppendError::Doubtful(_))));
    }
    other.execute_batch("ALTER TABLE gone RENAME TO batches").unwrap();
    assert!(matches!(journal.append(3, text("x")).await, Err(AppendError::Doubtful(_))));
    assert!(matches!(journal.flush_head().await, Err(ReadError::Unavailable(_))));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_is_scrubbed_or_dropped_leaves_the_files() {
    let folder = closed(100).await;
    let journal = open(folder.path()).unwrap();
    let holds = |needle: &str| {
        let holds = |file| fs::read(folder.path().join(file)).is_ok_and(|bytes| find(&bytes, needle).is_some());
        holds("journal.db") || holds("journal.db-wal")
    };
    assert!(holds("text of 100") && holds("text of 42"));
    journal.scrub(100, vec![0]).await.unwrap();
    journal.drop_before(90).await.unwrap();
    journal.close();
    assert!(!holds("text of 100") && !holds("text of 42") && holds("text of 99"));
}

fn find(bytes: &[u8], needle: &str) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle.as_bytes())
}

/// A journal whose own keeper sleeps, and one that does as the test says.
fn with_keeper(folder: &Path, wal_limit: u64) -> (SqliteJournal, keeper::Keeper) {
    let limits = Options { checkpoint_bytes: u64::MAX, wal_limit, ..options() };
    let keeper = |limits| keeper::Keeper::new(table::connect_keeper(&folder.join(open::DATABASE)).unwrap(), limits);
    let other = Options { wal_limit, ..options() };
    let journal = SqliteJournal::open(folder, limits).unwrap();
    (journal, keeper(&other))
}

fn wal(folder: &Path) -> u64 {
    fs::metadata(folder.join("journal.db-wal")).unwrap().len()
}

#[tokio::test]
async fn a_wal_over_its_limit_is_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, keeper) = with_keeper(folder.path(), 400_000);
    let batch = Batch { payload: vec![7; 50_000].into(), content: vec![] };
    let mut most = 0;
    for tail in 0..100 {
        journal.append(tail, batch.clone()).await.unwrap();
        most = most.max(wal(folder.path()));
        if tail % 10 == 9 {
            keeper.tidy(&journal.shared);
        }
    }
    assert!(most < 1_000_000, "5 MB were appended, the WAL had {most} bytes");
    assert_eq!(verify(&journal).await, Ok(Bounds { oldest: 1, tail: 100 }));
}

#[tokio::test]
async fn a_checkpoint_after_a_scrub_empties_the_wal() {
    let folder = tempfile::tempdir().unwrap();
    let (journal, keeper) = with_keeper(folder.path(), u64::MAX);
    fill(&journal, 0, 3).await;
    keeper.tidy(&journal.shared);
    assert!(wal(folder.path()) > 0);
    journal.shared.scrubbed();
    keeper.tidy(&journal.shared);
    assert_eq!(wal(folder.path()), 0);
    fill(&journal, 3, 1).await;
}
