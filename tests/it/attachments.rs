//! Files, over plain HTTP by signed links.

use chatsession_sdk::{Attachment, Event, EventKind, NewAttachment, Reason, SessionHandle};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{World, soon};

pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

/// What HTTP/1.1 answers: the status, the headers, the body.
pub(crate) struct Answer {
    status: u16,
    headers: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn ask(url: &str, method: &str, length: Option<usize>, body: &[u8]) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = length.unwrap_or(body.len());
    let head =
        format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // Who is refused early may find the connection closed.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    let _ = soon(stream.read_to_end(&mut bytes)).await;
    let end = bytes.windows(4).position(|it| it == b"\r\n\r\n").expect("a whole head");
    let headers = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers, body: bytes[end + 4..].to_vec() }
}

pub(crate) async fn put(url: &str, body: &[u8]) -> (u16, String) {
    let answer = ask(url, "PUT", None, body).await;
    (answer.status, String::from_utf8_lossy(&answer.body).trim().to_owned())
}

pub(crate) async fn announced(session: &SessionHandle, name: &str, kind: &str, size: usize) -> NewAttachment {
    session.create_attachment(name, kind, size as u64).send().await.unwrap()
}

fn files(event: &Event) -> Option<Vec<Attachment>> {
    match &event.kind {
        EventKind::MessagePosted { attachments, .. } if !attachments.is_empty() => Some(attachments.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn a_file_is_brought_sent_and_fetched_by_who_sees_the_message() {
    let world = World::new().await;
    let (mut mia, mut ann) = world.attended().await;
    let new = announced(&mia.session, "Foto \u{fc}ber \"uns\".png", "image/png", PNG.len()).await;
    let early = mia.session.say("").attachment(&new.attachment_id).send().await.unwrap_err();
    assert_eq!(early.reason(), Some(&Reason::AttachmentNotReady));
    assert_eq!(put(&new.upload_url, PNG).await, (201, String::new()));
    assert_eq!(put(&new.upload_url, PNG).await.0, 409, "once");
    let hidden = ann.on(&mia.session).attachment(&new.attachment_id).send().await.unwrap_err();
    assert_eq!(hidden.reason(), Some(&Reason::AttachmentNotFound), "not before it is sent");
    mia.session.say("").attachment(&new.attachment_id).request_id("m1").send().await.unwrap();
    mia.session.say("").attachment(&new.attachment_id).request_id("m1").send().await.unwrap();
    let seen = ann.sees(files).await;
    assert_eq!(seen, mia.sees(files).await);
    assert_eq!((seen[0].name.as_str(), seen[0].size), ("Foto \u{fc}ber \"uns\".png", PNG.len() as u64));
    let link = ann.on(&mia.session).attachment(&seen[0].attachment_id).send().await.unwrap();
    assert_eq!((link.name.as_str(), link.content_type.as_str()), (seen[0].name.as_str(), "image/png"));
    let fetched = ask(&link.download_url, "GET", None, b"").await;
    assert_eq!((fetched.status, fetched.body.as_slice()), (200, PNG));
    for header in [
        "content-type: image/png",
        "content-disposition: attachment; filename=\"foto _ber _uns_.png\"; filename*=utf-8''foto%20%c3%bcber%20%22uns%22.png",
        "x-content-type-options: nosniff",
        "content-security-policy: sandbox; default-src 'none'",
        "cache-control: private, no-store",
    ] {
        assert!(fetched.headers.contains(header), "{header} isn't in {}", fetched.headers);
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_is_refused() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    let html = b"<!DOCTYPE html><html>and so on and so";
    let (status, why) = put(&new.upload_url, &html[..PNG.len()]).await;
    assert_eq!((status, why.as_str()), (415, "the file looks like text/html, image/png was announced"));
    let (status, why) = put(&new.upload_url, &PNG[..20]).await;
    assert_eq!((status, why), (400, format!("the file has 20 bytes, {} were announced", PNG.len())));
    let more = [PNG, PNG].concat();
    assert_eq!(put(&new.upload_url, &more).await.0, 413);
    let changed = new.upload_url.replace("expires=", "expires=9");
    assert_eq!(put(&changed, PNG).await.0, 403);
    assert_eq!(ask(&new.upload_url, "GET", None, b"").await.status, 403, "a link is for one way");
    assert_eq!(ask(&new.upload_url, "DELETE", None, b"").await.status, 405);
    assert_eq!(put(&new.upload_url, PNG).await.0, 201, "nothing of it counted");
}

#[tokio::test]
async fn a_file_for_staff_stays_with_staff() {
    let world = World::new().await;
    let (mia, mut ann) = world.attended().await;
    let new = announced(&ann.on(&mia.session), "note.txt", "text/plain", 5).await;
    assert_eq!(put(&new.upload_url, b"quiet").await.0, 201);
    ann.on(&mia.session).whisper("look").attachment(&new.attachment_id).send().await.unwrap();
    ann.sees(files).await;
    let hidden = mia.session.attachment(&new.attachment_id).send().await.unwrap_err();
    assert_eq!(hidden.reason(), Some(&Reason::AttachmentNotFound));
    let stolen = mia.session.say("").attachment(&new.attachment_id).send().await.unwrap_err();
    assert_eq!(stolen.reason(), Some(&Reason::AttachmentNotFound));
}

#[tokio::test]
async fn files_outlive_a_restart_and_links_their_time() {
    let mut world = World::new().await;
    let (mia, ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
    world.restart_with(|settings| settings.files.download_link = std::time::Duration::ZERO).await;
    mia.session.say("here").attachment(&new.attachment_id).send().await.unwrap();
    let link = ann.on(&mia.session).attachment(&new.attachment_id).send().await.unwrap();
    assert_eq!(ask(&link.download_url, "GET", None, b"").await.status, 410);
    world.stop().await;
    world.start().await;
    let link = ann.on(&mia.session).attachment(&new.attachment_id).send().await.unwrap();
    assert_eq!(ask(&link.download_url, "GET", None, b"").await.body, PNG);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    let (host, path) = new.upload_url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!("PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n", PNG.len());
    stream.write_all(&[head.as_bytes(), &PNG[..9]].concat()).await.unwrap();
    drop(stream);
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
}

#[tokio::test]
async fn of_one_file_only_so_many_are_on_their_way() {
    let mut world = World::new().await;
    world.restart_with(|settings| settings.files.uploads_of_one = 1).await;
    let (mia, _ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    let (host, path) = new.upload_url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let head = format!("PUT /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n", PNG.len());
    stream.write_all(&[head.as_bytes(), &PNG[..9]].concat()).await.unwrap();
    let second = soon(async {
        loop {
            match ask(&new.upload_url, "PUT", None, &PNG[..20]).await {
                answer if answer.status == 400 => {}
                answer => break answer,
            }
        }
    });
    let second = second.await;
    assert_eq!(second.status, 429);
    assert!(second.headers.contains("retry-after: 1"), "{}", second.headers);
    stream.write_all(&PNG[9..]).await.unwrap();
    let mut answer = [0; 12];
    soon(stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 201");
}

#[tokio::test]
async fn a_file_leaves_the_reserve_of_the_disk_and_one_that_was_lost_is_gone() {
    let mut world = World::new().await;
    let (mia, ann) = world.attended().await;
    let new = announced(&mia.session, "a.png", "image/png", PNG.len()).await;
    world.restart_with(|settings| settings.shard.disk_reserve = u64::MAX).await;
    assert_eq!(put(&new.upload_url, PNG).await.0, 507);
    world.restart_with(|settings| settings.shard.disk_reserve = 0).await;
    assert_eq!(put(&new.upload_url, PNG).await.0, 201);
    mia.session.say("").attachment(&new.attachment_id).send().await.unwrap();
    let link = ann.on(&mia.session).attachment(&new.attachment_id).send().await.unwrap();
    std::fs::remove_dir_all(std::path::Path::new(world.data()).join("files")).unwrap();
    assert_eq!(ask(&link.download_url, "GET", None, b"").await.status, 404);
}

#[tokio::test]
async fn whoever_calls_over_http_1_is_told_what_is_spoken() {
    let world = World::new().await;
    let answer = ask(&format!("{}/chatsession.v1.ChatSession/GetSession", world.url()), "POST", None, b"").await;
    assert_eq!(answer.status, 415);
    let answer = ask(&format!("{}/files/here/x/y?expires=1&signature=2", world.url()), "OPTIONS", None, b"").await;
    assert_eq!(answer.status, 204);
    assert!(answer.headers.contains("access-control-allow-methods: get, put"), "{}", answer.headers);
}

#[tokio::test]
async fn what_counts_for_nothing_is_swept_after_days() {
    let mut world = World::new().await;
    world.stop().await;
    let today = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 86_400;
    let id = "01890000-0000-7000-8000-000000000000";
    let left = |days: u64, name: String| {
        let folder = std::path::Path::new(world.data()).join(format!("files/{:08}/here/{id}", today - days));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(&name), "bytes").unwrap();
        folder.join(name)
    };
    let (old, broken) = (left(3, format!("{id}-{id}")), left(4, format!("{id}-{id}#1")));
    let fresh = left(0, format!("{id}-{id}"));
    world.start().await;
    soon(async {
        while old.exists() || broken.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(fresh.exists(), "what is new may still be announced");
}
