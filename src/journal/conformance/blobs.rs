//! Blobs.

use super::*;

pub(super) async fn blobs_are_replaced_listed_and_deleted(journal: &dyn Journal) {
    assert_eq!(journal.get_blob("a".into()).await, Ok(None));
    for (name, bytes) in [("b/2", "two"), ("a", "first"), ("b/10", ""), ("a", "second")] {
        journal.put_blob(name.into(), Bytes::from(bytes)).await.unwrap();
    }
    assert_eq!(journal.get_blob("a".into()).await, Ok(Some("second".into())));
    assert_eq!(journal.get_blob("b/10".into()).await, Ok(Some(Bytes::new())));
    assert_eq!(journal.list_blobs(String::new()).await.unwrap(), ["a", "b/10", "b/2"]);
    assert_eq!(journal.list_blobs("b/".into()).await.unwrap(), ["b/10", "b/2"]);
    journal.delete_blob("a".into()).await.unwrap();
    journal.delete_blob("a".into()).await.unwrap();
    assert_eq!(journal.get_blob("a".into()).await, Ok(None));
    assert_eq!(journal.list_blobs("a".into()).await.unwrap(), [""; 0]);
}

pub(super) async fn blob_names_are_checked(journal: &dyn Journal) {
    for name in [String::new(), "x".repeat(BLOB_NAME_LIMIT + 1)] {
        assert!(matches!(journal.put_blob(name.clone(), Bytes::new()).await, Err(ReadError::Invalid(_))));
        assert!(matches!(journal.get_blob(name).await, Err(ReadError::Invalid(_))));
    }
    for name in ["é".repeat(BLOB_NAME_LIMIT / 2), "..".into(), "../../x y%2F.".into(), "A".into()] {
        journal.put_blob(name.clone(), "x".into()).await.unwrap();
        assert_eq!(journal.get_blob(name.clone()).await, Ok(Some("x".into())));
        assert_eq!(journal.list_blobs(name.clone()).await.unwrap(), [name]);
    }
}
