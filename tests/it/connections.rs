//! Connections that grow old, and encrypted ones; a disk that is nearly full.

use std::time::{Duration, Instant};

use chatsession::{
    config::{Rate, Tls},
    grpc::auth::Role,
};
use chatsession_sdk::{Client, ErrorKind, Reason, RetryPolicy};

use crate::world::{World, ended, said, soon, words};

#[tokio::test]
async fn watches_and_calls_go_on_over_new_connections_when_the_old_ones_reach_their_age() {
    let age = Duration::from_millis(200);
    let world = World::with(|settings| {
        settings.limits.connections.age = age;
        settings.limits.connections.new_per_second = 10_000;
        settings.limits.rates.customer = Rate { per_second: 10_000, burst: 10_000 };
    })
    .await;
    let (mut mia, mut ann) = world.attended().await;
    let (mut texts, start) = (Vec::new(), Instant::now());
    // Long enough for every connection to be of the fifth generation.
    while start.elapsed() < 5 * age {
        let text: &'static str = format!("line {}", texts.len()).leak();
        mia.session.say(text).send().await.unwrap();
        mia.sees(said(text)).await;
        ann.sees(said(text)).await;
        texts.push(text);
    }
    mia.check();
    assert_eq!(words(&mia.seen), texts, "each once, in order");
}

#[tokio::test]
async fn a_client_speaks_tls_with_a_certificate_that_it_trusts_and_with_no_other() {
    let files = tempfile::tempdir().unwrap();
    let trusted = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (cert, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    std::fs::write(&cert, trusted.cert.pem()).unwrap();
    std::fs::write(&key, trusted.signing_key.serialize_pem()).unwrap();
    let mut world = World::with_tls(Tls { cert, key }, trusted.cert.pem()).await;
    let (mut mia, mut ann) = world.attended().await;
    mia.session.say("secret").send().await.unwrap();
    ann.sees(said("secret")).await;
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;

    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    for stranger in [
        Client::builder(world.url()).ca_certificate(other.cert.pem()),
        Client::builder(world.url().replace("https", "http").replace("localhost", "127.0.0.1")),
    ] {
        let token = world.token("here", Role::Customer, "max");
        let stranger = stranger.token(token).retry(RetryPolicy::never()).connect().await;
        let refused = match stranger {
            Ok(client) => client.start_session("sales").send().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(refused.kind(), ErrorKind::Unavailable);
    }
    drop((mia, ann));
    world.stop().await;
}

#[tokio::test]
async fn with_a_disk_that_is_nearly_full_what_adds_is_refused_and_what_ends_goes_on() {
    let mut world = World::new().await;
    let (mut mia, ann) = world.attended().await;
    // More than any disk has free.
    world.restart_with(|settings| settings.shard.disk_reserve = u64::MAX).await;
    let client = impatient(&world, "mia").await;
    let full = async || {
        let refused = client.session(mia.session.id()).say("more").send().await;
        refused.err().filter(|error| error.reason() == Some(&Reason::StorageFull))
    };
    let refused = soon(async {
        loop {
            // The space is looked at once a second.
            if let Some(refused) = full().await {
                break refused;
            }
        }
    })
    .await;
    assert_eq!((refused.kind(), refused.is_retryable()), (ErrorKind::ResourceExhausted, true));
    ann.on(&mia.session).set_disposition("sold").send().await.unwrap();
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;
    let refused = impatient(&world, "max").await.start_session("sales").send().await.unwrap_err();
    assert_eq!(refused.reason(), Some(&Reason::StorageFull));
}

/// A customer who is told at once, not after all retries.
async fn impatient(world: &World, id: &str) -> Client {
    let token = world.token("here", Role::Customer, id);
    Client::builder(world.url()).token(token).retry(RetryPolicy::never()).connect().await.unwrap()
}
