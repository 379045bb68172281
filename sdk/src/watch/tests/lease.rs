use std::sync::{Arc, atomic::Ordering};

use tokio::time::{Duration, Instant, sleep};

use super::{
    fake::{Fake, Opening, Then, all, open},
    session::{closed, follow, opened, said},
};

#[tokio::test(start_paused = true)]
async fn a_lease_is_renewed_every_ten_seconds_without_a_reader() {
    let fake = Fake::new([Opening::Stream(vec![opened(0)], Then::Silence)]);
    let _watch = open(follow(Some(0)), &fake).await.unwrap();
    sleep(Duration::from_secs(45)).await;
    assert_eq!(fake.renewals.load(Ordering::Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_a_renewal_finds_gone_is_opened_again() {
    let end = Opening::Stream(vec![opened(0), closed(1)], Then::Close);
    let fake = Fake::new([Opening::Stream(vec![opened(0)], Then::Silence), end]);
    fake.open.store(false, Ordering::Relaxed);
    let start = Instant::now();
    all(open(follow(Some(0)), &fake).await.unwrap()).await;
    assert_eq!(fake.requests().len(), 2);
    assert!(start.elapsed() < Duration::from_secs(12));
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_dead_after_two_and_a_half_heartbeats() {
    let end = Opening::Stream(vec![opened(0), closed(1)], Then::Close);
    let fake = Fake::new([Opening::Stream(vec![opened(0)], Then::Silence), end]);
    let start = Instant::now();
    all(open(follow(Some(0)), &fake).await.unwrap()).await;
    assert!((50..=52).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn dropping_a_stream_stops_everything() {
    let fake = Fake::new([Opening::Stream(vec![opened(0)], Then::Silence)]);
    let watch = open(follow(Some(0)), &fake).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    drop(watch);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(fake.renewals.load(Ordering::Relaxed), 0);
    assert_eq!(Arc::strong_count(&fake), 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_received_is_told_at_most_once_a_second() {
    let fake = Fake::new([Opening::Stream(vec![opened(0), said([1]), said([2, 3])], Then::Silence)]);
    let _watch = open(follow(Some(0)), &fake).await.unwrap();
    sleep(Duration::from_secs(9)).await;
    let told = fake.received.lock().unwrap().clone();
    let last = told.iter().rev().find_map(|told| told.values().next().copied());
    assert_eq!(last, Some(3));
    assert!(told.len() <= 2, "{told:?}");
    sleep(Duration::from_secs(20)).await;
    let told = fake.received.lock().unwrap().clone();
    assert!(told.last().is_some_and(std::collections::BTreeMap::is_empty), "what is known isn't told again: {told:?}");
}
