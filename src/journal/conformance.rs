//! What the contract says, as checks that every back end passes. Each check gets an empty journal of its own.

use std::sync::Arc;

use bytes::Bytes;

use super::*;

/// Runs all checks; `make` makes an empty journal.
pub(crate) async fn conformance(make: impl Fn() -> Arc<dyn Journal>) {
    an_empty_log_has_bounds_and_no_batches(&*make()).await;
    positions_are_dense_from_one(&*make()).await;
    what_is_appended_is_read(&*make()).await;
    only_the_tail_can_be_followed(&*make()).await;
    a_failed_append_takes_those_behind_it_along(&*make()).await;
    appends_in_a_pipeline_keep_their_order(&*make()).await;
    of_two_writers_one_wins_each_position(make()).await;
    a_read_is_bounded(&*make()).await;
    a_batch_over_the_limit_is_invalid(&*make()).await;
    a_scrub_erases_items_and_nothing_else(&*make()).await;
    a_scrub_of_what_never_was_is_invalid(&*make()).await;
    what_is_dropped_is_compacted(&*make()).await;
    all_can_be_dropped(&*make()).await;
    a_long_log_is_dropped_beside_appends(&*make()).await;
    blobs_are_replaced_listed_and_deleted(&*make()).await;
    blob_names_are_checked(&*make()).await;
}

/// A batch with a payload and one text, so that both parts can be told apart.
pub(crate) fn text(name: &str) -> Batch {
    let item = Item { salt: [3; 16], text: format!("text of {name}").into() };
    Batch { payload: Bytes::copy_from_slice(name.as_bytes()), content: vec![Some(item)] }
}

/// Appends `count` batches to a log that ends at `tail`, each named by its position.
pub(crate) async fn fill(journal: &dyn Journal, tail: Position, count: u64) {
    for position in tail + 1..=tail + count {
        assert_eq!(journal.append(position - 1, text(&position.to_string())).await, Ok(position));
    }
}

async fn positions(journal: &dyn Journal, from: Position, most: usize) -> Vec<Position> {
    journal.read(from, most).await.unwrap().iter().map(|stored| stored.position).collect()
}

async fn an_empty_log_has_bounds_and_no_batches(journal: &dyn Journal) {
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 1, tail: 0 }));
    assert_eq!(journal.read(0, 10).await, Ok(vec![]));
    assert_eq!(journal.read(1, 10).await, Ok(vec![]));
    assert_eq!(journal.read(9, 10).await, Ok(vec![]));
    assert!(journal.pipeline() > 0);
}

async fn positions_are_dense_from_one(journal: &dyn Journal) {
    fill(journal, 0, 5).await;
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 1, tail: 5 }));
    assert_eq!(positions(journal, 0, 10).await, [1, 2, 3, 4, 5]);
    assert_eq!(positions(journal, 3, 2).await, [3, 4]);
    assert!(positions(journal, 6, 10).await.is_empty());
    assert!(positions(journal, 1, 0).await.is_empty());
}

async fn what_is_appended_is_read(journal: &dyn Journal) {
    let item = |salt, text: &[u8]| Some(Item { salt: [salt; 16], text: Bytes::copy_from_slice(text) });
    let empty = Batch { payload: Bytes::new(), content: vec![] };
    let full = Batch {
        payload: vec![0xff; 100_000].into(),
        content: vec![item(0, b""), item(1, &[0; 100_000]), item(2, "é".as_bytes())],
    };
    journal.append(0, empty.clone()).await.unwrap();
    journal.append(1, full.clone()).await.unwrap();
    let read = journal.read(1, 10).await.unwrap();
    assert_eq!(read, [Stored { position: 1, batch: empty }, Stored { position: 2, batch: full.clone() }]);
    assert_eq!(journal.read(2, 1).await.unwrap()[0].batch, full);
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 1, tail: 2 }));
}

async fn only_the_tail_can_be_followed(journal: &dyn Journal) {
    assert_eq!(journal.append(1, text("early")).await, Err(AppendError::Conflict { tail: 0 }));
    fill(journal, 0, 3).await;
    for expected in [0, 2, 4, u64::MAX] {
        assert_eq!(journal.append(expected, text("stray")).await, Err(AppendError::Conflict { tail: 3 }));
    }
    fill(journal, 3, 1).await;
    assert_eq!(positions(journal, 1, 10).await, [1, 2, 3, 4]);
}

async fn a_failed_append_takes_those_behind_it_along(journal: &dyn Journal) {
    fill(journal, 0, 1).await;
    let stray = journal.append(7, text("stray"));
    let behind = journal.append(8, text("behind"));
    let (stray, behind) = tokio::join!(stray, behind);
    assert_eq!(stray, Err(AppendError::Conflict { tail: 1 }));
    assert_eq!(behind, Err(AppendError::Conflict { tail: 1 }));
    fill(journal, 1, 1).await;
}

async fn appends_in_a_pipeline_keep_their_order(journal: &dyn Journal) {
    let (a, b, c) = (journal.append(0, text("1")), journal.append(1, text("2")), journal.append(2, text("3")));
    assert_eq!(tokio::join!(a, b, c), (Ok(1), Ok(2), Ok(3)));
    let read = journal.read(1, 10).await.unwrap();
    assert_eq!(read.iter().map(|stored| &stored.batch.payload[..]).collect::<Vec<_>>(), [b"1", b"2", b"3"]);
}

async fn of_two_writers_one_wins_each_position(journal: Arc<dyn Journal>) {
    const EACH: u64 = 20;
    let writer = |name: &'static str| {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            let (mut tail, mut mine) = (0, Vec::new());
            while tail < EACH {
                match journal.append(tail, text(name)).await {
                    Ok(position) => (tail, _) = (position, mine.push(position)),
                    Err(AppendError::Conflict { tail: theirs }) => tail = theirs,
                    Err(error) => panic!("{error}"),
                }
            }
            mine
        })
    };
    let (a, b) = tokio::join!(writer("a"), writer("b"));
    let (a, b) = (a.unwrap(), b.unwrap());
    for stored in journal.read(1, usize::MAX).await.unwrap() {
        let winner = if stored.batch == text("a") { &a } else { &b };
        assert!(winner.contains(&stored.position));
    }
    let tail = journal.bounds().await.unwrap().tail;
    assert_eq!(u64::try_from(a.len() + b.len()).unwrap(), tail);
}

async fn a_read_is_bounded(journal: &dyn Journal) {
    let batch = Batch { payload: vec![1; 300_000].into(), content: vec![] };
    for tail in 0..6 {
        journal.append(tail, batch.clone()).await.unwrap();
    }
    let read = positions(journal, 1, usize::MAX).await;
    assert!((1..6).contains(&read.len()), "a read stops at about {READ_BYTES} bytes, not after {}", read.len());
    assert_eq!(read[0], 1);
}

async fn a_batch_over_the_limit_is_invalid(journal: &dyn Journal) {
    let batch = Batch { payload: vec![1; BATCH_LIMIT].into(), content: vec![] };
    assert!(matches!(journal.append(0, batch).await, Err(AppendError::Invalid(_))));
    let erased = Batch { payload: Bytes::new(), content: vec![None] };
    assert!(matches!(journal.append(0, erased).await, Err(AppendError::Invalid(_))));
    fill(journal, 0, 1).await;
}

async fn a_scrub_erases_items_and_nothing_else(journal: &dyn Journal) {
    let item = |text: &'static str| Some(Item { salt: [5; 16], text: Bytes::from(text) });
    let mut batch = Batch { payload: "p".into(), content: vec![item("a"), item("b"), item("c")] };
    fill(journal, 0, 1).await;
    journal.append(1, batch.clone()).await.unwrap();
    fill(journal, 2, 1).await;
    journal.scrub(2, vec![2, 0]).await.unwrap();
    journal.scrub(2, vec![0]).await.unwrap();
    journal.scrub(2, vec![]).await.unwrap();
    (batch.content[0], batch.content[2]) = (None, None);
    let read = journal.read(1, 10).await.unwrap();
    assert_eq!(read.iter().map(|stored| &stored.batch).collect::<Vec<_>>(), [&text("1"), &batch, &text("3")]);
    fill(journal, 3, 1).await;
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 1, tail: 4 }));
}

async fn a_scrub_of_what_never_was_is_invalid(journal: &dyn Journal) {
    fill(journal, 0, 2).await;
    assert!(matches!(journal.scrub(0, vec![0]).await, Err(ReadError::Invalid(_))));
    assert!(matches!(journal.scrub(3, vec![0]).await, Err(ReadError::Invalid(_))));
    assert!(matches!(journal.scrub(1, vec![0, 1]).await, Err(ReadError::Invalid(_))));
    assert_eq!(journal.read(1, 1).await.unwrap()[0].batch, text("1"), "a refused scrub erases nothing");
    journal.drop_before(2).await.unwrap();
    assert_eq!(journal.scrub(1, vec![0]).await, Ok(()), "what was dropped is erased");
}

async fn what_is_dropped_is_compacted(journal: &dyn Journal) {
    fill(journal, 0, 5).await;
    journal.drop_before(0).await.unwrap();
    journal.drop_before(1).await.unwrap();
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 1, tail: 5 }));
    journal.drop_before(3).await.unwrap();
    journal.drop_before(2).await.unwrap();
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 3, tail: 5 }));
    for from in [0, 1, 2] {
        assert_eq!(journal.read(from, 1).await, Err(ReadError::Compacted { oldest: 3 }));
    }
    assert_eq!(positions(journal, 3, 10).await, [3, 4, 5]);
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 3, tail: 5 }));
}

async fn all_can_be_dropped(journal: &dyn Journal) {
    fill(journal, 0, 3).await;
    journal.drop_before(100).await.unwrap();
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 4, tail: 3 }));
    assert!(positions(journal, 4, 10).await.is_empty());
    fill(journal, 3, 1).await;
    assert_eq!(positions(journal, 4, 10).await, [4]);
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 4, tail: 4 }));
}

async fn a_long_log_is_dropped_beside_appends(journal: &dyn Journal) {
    fill(journal, 0, 200).await;
    let (dropped, ()) = tokio::join!(journal.drop_before(180), fill(journal, 200, 10));
    dropped.unwrap();
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 180, tail: 210 }));
}

async fn blobs_are_replaced_listed_and_deleted(journal: &dyn Journal) {
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

async fn blob_names_are_checked(journal: &dyn Journal) {
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
