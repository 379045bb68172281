//! What is bounded, and what becomes of a disk that is full or fails.

use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

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
