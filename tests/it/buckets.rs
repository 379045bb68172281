//! Files in a bucket instead of a folder.

use crate::{
    attachments::{PNG, announced, ask, put},
    bucket::Bucket,
    world::{World, said},
};

#[tokio::test]
async fn a_file_in_a_bucket_is_brought_and_fetched_like_any_other() {
    // Given a server whose files lie in a bucket.
    let bucket = Bucket::open().await;
    let world = World::with(|settings| settings.files.s3 = Some(bucket.ours())).await;
    let (mia, ann) = world.attended().await;
    // When a file is brought that is larger than one part, and sent.
    let large: Vec<u8> = PNG.iter().copied().cycle().take(6 << 20).collect();
    let new = announced(&mia.session, "large.png", "image/png", large.len()).await;
    assert_eq!(put(&new.upload_url, &large).await, (201, String::new()));
    mia.session.say("").attachment(&new.attachment_id).send().await.unwrap();
    // Then it lies in the bucket, whole, and is fetched through the server.
    {
        let inside = bucket.inside();
        let (name, bytes) = inside.objects.iter().next().expect("it lies there");
        assert!(name.starts_with("ours/files/"), "{name}");
        assert!(bytes.as_ref() == large, "changed");
        assert_eq!((inside.objects.len(), inside.unfinished.len()), (1, 0));
    }
    let link = ann.on(&mia.session).attachment(&new.attachment_id).send().await.unwrap();
    assert!(ask(&link.download_url, "GET", None, b"").await.body == large, "changed");
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_nothing_in_the_bucket() {
    let bucket = Bucket::open().await;
    let world = World::with(|settings| settings.files.s3 = Some(bucket.ours())).await;
    let (mia, _ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    let html = b"<!DOCTYPE html><html>and so on and so";
    assert_eq!(put(&new.upload_url, &html[..PNG.len()]).await.0, 415);
    assert_eq!(put(&new.upload_url, &PNG[..20]).await.0, 400);
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
    let inside = bucket.inside();
    assert_eq!((inside.objects.len(), inside.unfinished.len()), (1, 0));
}

#[tokio::test]
async fn a_bucket_that_is_busy_is_asked_again() {
    let bucket = Bucket::open().await;
    let world = World::with(|settings| settings.files.s3 = Some(bucket.ours())).await;
    let (mia, _ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    bucket.inside().busy = 2;
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
    assert_eq!(bucket.inside().busy, 0);
}

#[tokio::test]
async fn a_bucket_that_refuses_the_key_keeps_only_files_from_working() {
    // Given a server with a key that the bucket doesn't know: it starts.
    let bucket = Bucket::open().await;
    let mut world = World::with(|settings| settings.files.s3 = Some(bucket.settings("another"))).await;
    let (mia, mut ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    // When a file is brought, then it's refused for now, and the chat goes on.
    assert_eq!(put(&new.upload_url, PNG).await, (503, "try again in a second".into()));
    mia.session.say("no picture, then").send().await.unwrap();
    ann.sees(said("no picture, then")).await;
    // And once the key is right, the same link does.
    world.restart_with(|settings| settings.files.s3 = Some(bucket.ours())).await;
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
}
