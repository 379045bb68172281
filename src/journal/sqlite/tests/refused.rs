//! A folder whose parts don't belong together is refused, with words that say which and why.

use super::damage::{check, refusal};
use super::*;

#[tokio::test]
async fn a_missing_or_empty_database_is_refused() {
    let folder = closed(3).await;
    fs::write(folder.path().join("journal.db"), []).unwrap();
    check(&refusal(&folder), &["a `head` at position 3", "but no journal.db"]);
    fs::remove_file(folder.path().join("journal.db")).unwrap();
    check(&refusal(&folder), &["a `head` at position 3", "but no journal.db"]);
}

#[tokio::test]
async fn a_wal_alone_is_refused_and_kept() {
    let folder = crashed(3, 3).await;
    fs::remove_file(folder.path().join("journal.db")).unwrap();
    fs::remove_file(folder.path().join("head")).unwrap();
    check(&refusal(&folder), &["a journal.db-wal", "but no journal.db"]);
    assert!(folder.path().join("journal.db-wal").exists());
}

#[tokio::test]
async fn an_older_copy_is_refused() {
    let folder = closed(5).await;
    let older = copy(folder.path());
    fill(&open(folder.path()).unwrap(), 5, 2).await;
    fs::copy(older.path().join("journal.db"), folder.path().join("journal.db")).unwrap();
    check(&refusal(&folder), &["was at position 7 with", "now it ends at position 5 with"]);
}

#[tokio::test]
async fn another_history_of_the_same_journal_is_refused() {
    let folder = closed(5).await;
    let other = copy(folder.path());
    fill(&open(folder.path()).unwrap(), 5, 1).await;
    let journal = open(other.path()).unwrap();
    journal.append(5, text("something else")).await.unwrap();
    fill(&journal, 6, 3).await;
    drop(journal);
    fs::copy(other.path().join("journal.db"), folder.path().join("journal.db")).unwrap();
    check(&refusal(&folder), &["was at position 6 with", "has position 6 with", "isn't the same log"]);
}

#[tokio::test]
async fn the_database_of_another_journal_is_refused() {
    let (folder, other) = (closed(5).await, closed(5).await);
    fs::copy(other.path().join("journal.db"), folder.path().join("journal.db")).unwrap();
    check(&refusal(&folder), &["`head` is of journal ", ", journal.db of journal "]);
}

#[tokio::test]
async fn a_missing_or_damaged_head_is_refused_unless_told_otherwise() {
    let folder = closed(5).await;
    let head = folder.path().join("head");
    fs::write(&head, vec![1; 8192]).unwrap();
    check(&refusal(&folder), &["`head` is damaged"]);
    fs::remove_file(head).unwrap();
    check(&refusal(&folder), &["ends at position 5", "`head`, which says how long it was, is missing"]);
    let told = Options { accept_missing_head: true, ..options() };
    fill(&SqliteJournal::open(folder.path(), told).unwrap(), 5, 1).await;
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_head_from_before_what_was_dropped_is_refused() {
    let folder = closed(5).await;
    let older = copy(folder.path());
    let journal = open(folder.path()).unwrap();
    fill(&journal, 5, 5).await;
    journal.drop_before(8).await.unwrap();
    drop(journal);
    fs::copy(older.path().join("head"), folder.path().join("head")).unwrap();
    check(&refusal(&folder), &["`head` says position 5 with", "starts only after position 7 with"]);
}

#[tokio::test]
async fn an_unknown_format_is_refused_by_its_number() {
    let folder = closed(1).await;
    let connection = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    connection.execute_batch("UPDATE journal SET format = 2").unwrap();
    drop(connection);
    check(&refusal(&folder), &["has format 2, this build knows 1"]);
}
