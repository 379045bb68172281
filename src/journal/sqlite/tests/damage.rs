//! What was stored and isn't any more is refused at open or noticed when it's read.

use proptest::prelude::*;

use super::*;

pub(super) fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Changes one byte of the text in the file of this name.
fn flip(folder: &TempDir, file: &str, needle: &str) {
    edit(&folder.path().join(file), |bytes| {
        let at = find(bytes, needle).unwrap();
        bytes[at + needle.len() - 1] ^= 0x20;
    });
}

/// The refusal, in words.
pub(super) fn refusal(folder: &TempDir) -> String {
    open(folder.path()).unwrap_err().to_string()
}

pub(super) fn check(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{part:?} should be in: {message}");
    }
}

/// A batch whose payload and text can be found in a file, far from the log's end.
async fn long_log() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    fill(&journal, 0, 10).await;
    journal.append(10, text("needle")).await.unwrap();
    fill(&journal, 11, 300).await;
    drop(journal);
    folder
}

#[tokio::test]
async fn a_changed_text_is_noticed_when_it_is_read() {
    let folder = long_log().await;
    flip(&folder, "journal.db", "text of needle");
    let journal = open(folder.path()).unwrap();
    let what = "content item 0 doesn't match its hash".to_owned();
    assert_eq!(journal.read(1, 100).await, Err(ReadError::Damaged { position: 11, what }));
    assert_eq!(journal.read(1, 10).await.unwrap().len(), 10);
    assert!(verify(&journal).await.is_err());
}

#[tokio::test]
async fn a_changed_record_is_noticed_when_it_is_read() {
    let folder = long_log().await;
    flip(&folder, "journal.db", "needle");
    let message = open(folder.path()).unwrap().read(5, 100).await.unwrap_err().to_string();
    check(&message, &["damaged at 11", "the record gives chain hash"]);
}

#[tokio::test]
async fn a_missing_batch_is_noticed_when_it_is_read() {
    let folder = long_log().await;
    let connection = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    connection.execute_batch("DELETE FROM batches WHERE position = 11").unwrap();
    drop(connection);
    let journal = open(folder.path()).unwrap();
    let missing = Err(ReadError::Damaged { position: 11, what: "the batch is missing".into() });
    assert_eq!(journal.read(1, 100).await, missing);
    assert_eq!(journal.read(11, 1).await, missing);
    assert_eq!(journal.read(12, 1).await, missing);
}

#[tokio::test]
async fn damage_near_the_end_is_refused_at_open() {
    let folder = closed(30).await;
    flip(&folder, "journal.db", "text of 25");
    check(&refusal(&folder), &["journal.db is damaged at position 25", "content item 0"]);
}

#[tokio::test]
async fn a_changed_byte_in_the_wal_is_refused_and_nothing_is_lost_by_that() {
    let folder = crashed(100, 100).await;
    let whole = copy(folder.path());
    let wal = folder.path().join("journal.db-wal");
    edit(&wal, |bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    });
    let damaged = fs::read(&wal).unwrap();
    check(&refusal(&folder), &["position 100 with chain hash", "now it ends at position", "accept_missing_head"]);
    assert!(
        matches!(open(folder.path()), Err(OpenError::Shorter { head, log }) if head.position == 100 && log.position < 100)
    );
    assert_eq!(fs::read(&wal).unwrap(), damaged);
    fs::copy(whole.path().join("journal.db-wal"), wal).unwrap();
    assert_eq!(verify(&open(folder.path()).unwrap()).await, Ok(Bounds { oldest: 1, tail: 100 }));
}

#[tokio::test]
async fn a_cut_or_missing_wal_is_refused() {
    let folder = crashed(100, 100).await;
    let wal = folder.path().join("journal.db-wal");
    edit(&wal, |bytes| bytes.truncate(bytes.len() - 1));
    check(&refusal(&folder), &["position 100 with", "ends at position 99"]);
    fs::remove_file(wal).unwrap();
    assert!(open(folder.path()).is_err());
}

#[tokio::test]
async fn a_cut_database_is_refused() {
    let folder = closed(100).await;
    edit(&folder.path().join("journal.db"), |bytes| bytes.truncate(bytes.len() / 2));
    check(&refusal(&folder), &["journal.db is damaged"]);
}

#[tokio::test]
async fn a_database_of_other_bytes_is_refused() {
    let folder = closed(3).await;
    fs::write(folder.path().join("journal.db"), vec![b'x'; 8192]).unwrap();
    check(&refusal(&folder), &["journal.db is damaged", "not a database"]);
}

#[tokio::test]
async fn a_changed_or_cut_blob_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path()).unwrap();
    journal.put_blob("a".into(), "some bytes".into()).await.unwrap();
    let path = folder.path().join("blobs/a.blob");
    for at in 0..fs::read(&path).unwrap().len() {
        edit(&path, |bytes| bytes[at] ^= 1);
        assert!(matches!(journal.get_blob("a".into()).await, Err(ReadError::DamagedBlob { .. })), "byte {at}");
        edit(&path, |bytes| bytes[at] ^= 1);
    }
    edit(&path, |bytes| bytes.truncate(10));
    assert!(matches!(journal.get_blob("a".into()).await, Err(ReadError::DamagedBlob { .. })));
}

/// What a folder gives: `None` if that's refused anywhere on the way.
async fn contents(folder: &Path) -> Option<Vec<Stored>> {
    let journal = open(folder).ok()?;
    verify(&journal).await.ok()?;
    journal.read(1, usize::MAX).await.ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever byte of whatever file changes: it's either noticed or makes no difference.
    #[test]
    fn no_changed_byte_changes_what_is_read(
        file in prop::sample::select(vec!["journal.db", "journal.db-wal", "head"]),
        is_closed: bool,
        at: prop::sample::Index,
        mask in 1u8..,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = if is_closed { closed(20).await } else { crashed(20, 20).await };
            let whole = copy(folder.path());
            edit(&folder.path().join(file), |bytes| {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] ^= mask;
                }
            });
            if let Some(read) = contents(folder.path()).await {
                assert_eq!(Some(read), contents(whole.path()).await);
            }
        });
    }
}
