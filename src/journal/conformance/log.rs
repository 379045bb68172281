//! Appending and reading.

use super::*;

pub(super) async fn an_empty_log_has_bounds_and_no_batches(journal: &dyn Journal) {
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 1, tail: 0 }));
    assert_eq!(journal.read(0, 10).await, Ok(vec![]));
    assert_eq!(journal.read(1, 10).await, Ok(vec![]));
    assert_eq!(journal.read(9, 10).await, Ok(vec![]));
    assert!(journal.pipeline() > 0);
}

pub(super) async fn positions_are_dense_from_one(journal: &dyn Journal) {
    fill(journal, 0, 5).await;
    assert_eq!(journal.bounds().await, Ok(Bounds { oldest: 1, tail: 5 }));
    assert_eq!(positions(journal, 0, 10).await, [1, 2, 3, 4, 5]);
    assert_eq!(positions(journal, 3, 2).await, [3, 4]);
    assert!(positions(journal, 6, 10).await.is_empty());
    assert!(positions(journal, 1, 0).await.is_empty());
}

pub(super) async fn what_is_appended_is_read(journal: &dyn Journal) {
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

pub(super) async fn only_the_tail_can_be_followed(journal: &dyn Journal) {
    assert_eq!(journal.append(1, text("early")).await, Err(AppendError::Conflict { tail: 0 }));
    fill(journal, 0, 3).await;
    for expected in [0, 2, 4, u64::MAX] {
        assert_eq!(journal.append(expected, text("stray")).await, Err(AppendError::Conflict { tail: 3 }));
    }
    fill(journal, 3, 1).await;
    assert_eq!(positions(journal, 1, 10).await, [1, 2, 3, 4]);
}

pub(super) async fn a_failed_append_takes_those_behind_it_along(journal: &dyn Journal) {
    fill(journal, 0, 1).await;
    let stray = journal.append(7, text("stray"));
    let behind = journal.append(8, text("behind"));
    let (stray, behind) = tokio::join!(stray, behind);
    assert_eq!(stray, Err(AppendError::Conflict { tail: 1 }));
    assert_eq!(behind, Err(AppendError::Conflict { tail: 1 }));
    fill(journal, 1, 1).await;
}

pub(super) async fn appends_in_a_pipeline_keep_their_order(journal: &dyn Journal) {
    let (a, b, c) = (journal.append(0, text("1")), journal.append(1, text("2")), journal.append(2, text("3")));
    assert_eq!(tokio::join!(a, b, c), (Ok(1), Ok(2), Ok(3)));
    let read = journal.read(1, 10).await.unwrap();
    assert_eq!(read.iter().map(|stored| &stored.batch.payload[..]).collect::<Vec<_>>(), [b"1", b"2", b"3"]);
}

pub(super) async fn of_two_writers_one_wins_each_position(journal: Arc<dyn Journal>) {
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

pub(super) async fn a_read_is_bounded(journal: &dyn Journal) {
    let batch = Batch { payload: vec![1; 300_000].into(), content: vec![] };
    for tail in 0..6 {
        journal.append(tail, batch.clone()).await.unwrap();
    }
    let read = positions(journal, 1, usize::MAX).await;
    assert!((1..6).contains(&read.len()), "a read stops at about {READ_BYTES} bytes, not after {}", read.len());
    assert_eq!(read[0], 1);
}

pub(super) async fn a_batch_over_the_limit_is_invalid(journal: &dyn Journal) {
    let batch = Batch { payload: vec![1; BATCH_LIMIT].into(), content: vec![] };
    assert!(matches!(journal.append(0, batch).await, Err(AppendError::Invalid(_))));
    let erased = Batch { payload: Bytes::new(), content: vec![None] };
    assert!(matches!(journal.append(0, erased).await, Err(AppendError::Invalid(_))));
    fill(journal, 0, 1).await;
}
