//! Scrubbing and dropping.

use super::*;

pub(super) async fn a_scrub_erases_items_and_nothing_else(journal: &dyn Journal) {
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

pub(super) async fn a_scrub_of_what_never_was_is_invalid(journal: &dyn Journal) {
    fill(journal, 0, 2).await;
    assert!(matches!(journal.scrub(0, vec![0]).await, Err(ReadError::Invalid(_))));
    assert!(matches!(journal.scrub(3, vec![0]).await, Err(ReadError::Invalid(_))));
    assert!(matches!(journal.scrub(1, vec![0, 1]).await, Err(ReadError::Invalid(_))));
    assert_eq!(journal.read(1, 1).await.unwrap()[0].batch, text("1"), "a refused scrub erases nothing");
    journal.drop_before(2).await.unwrap();
    assert_eq!(journal.scrub(1, vec![0]).await, Ok(()), "what was dropped is erased");
}

pub(super) async fn what_is_dropped_is_compacted(journal: &dyn Journal) {
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

pub(super) async fn all_can_be_dropped(journal: &dyn Journal) {
    fill(journal, 0, 3).await;
    journal.drop_before(100).await.unwrap();
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 4, tail: 3 }));
    assert!(positions(journal, 4, 10).await.is_empty());
    fill(journal, 3, 1).await;
    assert_eq!(positions(journal, 4, 10).await, [4]);
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 4, tail: 4 }));
}

pub(super) async fn a_long_log_is_dropped_beside_appends(journal: &dyn Journal) {
    fill(journal, 0, 200).await;
    let (dropped, ()) = tokio::join!(journal.drop_before(180), fill(journal, 200, 10));
    dropped.unwrap();
    assert_eq!(verify(journal).await, Ok(Bounds { oldest: 180, tail: 210 }));
}
