//! A receiver of webhooks, and what it is told.

use std::{
    collections::VecDeque,
    convert::Infallible,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chatsession_sdk::SessionHandle;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::Notify,
};

use crate::world::{World, soon};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[derive(Default)]
struct Told {
    /// Ids and bodies of what was taken.
    taken: Mutex<Vec<(String, Value)>>,
    /// How the next ones are answered; then 204.
    answers: Mutex<VecDeque<u16>>,
    /// Messages with these words are never taken.
    refused: &'static str,
    news: Notify,
}

/// Where webhooks are received.
struct Receiver {
    url: String,
    told: Arc<Told>,
}

impl Receiver {
    async fn open(refused: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let told = Arc::new(Told { refused, ..Told::default() });
        let telling = told.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = telling.clone();
                let answer = service_fn(move |request| {
                    let told = told.clone();
                    async move { Ok::<_, Infallible>(take(&told, request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        Self { url, told }
    }

    /// Everything taken, once a message with these words is there.
    async fn until(&self, words: &str) -> Vec<(String, Value)> {
        let wanted = format!("\"text\":\"{words}\"");
        soon(async {
            loop {
                let news = self.told.news.notified();
                let taken = self.told.taken.lock().unwrap().clone();
                if taken.iter().any(|(_, body)| body.to_string().contains(&wanted)) {
                    return taken;
                }
                news.await;
            }
        })
        .await
    }
}

async fn take(told: &Told, request: Request<Incoming>) -> Response<Empty<Bytes>> {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let answer = |status: u16| Response::builder().status(status).body(Empty::new()).unwrap();
    assert_eq!(header(&head.headers, "webhook-signature"), signed(&head.headers, &body));
    let next = told.answers.lock().unwrap().pop_front();
    if let Some(status) = next.filter(|status| *status >= 300) {
        return answer(status);
    }
    if !told.refused.is_empty() && body.contains(told.refused) {
        return answer(422);
    }
    let id = header(&head.headers, "webhook-id").to_owned();
    told.taken.lock().unwrap().push((id, serde_json::from_str(&body).unwrap()));
    told.news.notify_one();
    answer(204)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

/// What the signature has to be.
fn signed(headers: &HeaderMap, body: &str) -> String {
    let key = STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    let (id, time) = (header(headers, "webhook-id"), header(headers, "webhook-timestamp"));
    mac.update(format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

fn started(world: &World, receiver: &Receiver, folder: &Path, attempts: &str) -> Child {
    command(world, receiver, folder, attempts).arg("--from-start").spawn().unwrap()
}

fn command(world: &World, receiver: &Receiver, folder: &Path, attempts: &str) -> Command {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(file("secret"), SECRET).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatsession"));
    command
        .args(["webhooks", "--to", &receiver.url, "--secret-file", &file("secret")])
        .args(["--position", &file("position"), "--dead-letters", &file("dead")])
        .args(["--kind", "message_posted", "--attempts", attempts, "--retry-delay", "1ms"])
        .args(["--server", &world.url(), "--data", world.data(), "--center", "here"])
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn says(session: &SessionHandle, words: impl IntoIterator<Item = String>) {
    for words in words {
        session.say(words).send().await.unwrap();
    }
}

fn texts(taken: &[(String, Value)]) -> Vec<String> {
    let text = |body: &Value| {
        body["events"][0]["sessionHappened"]["event"]["messagePosted"]["text"].as_str().unwrap().to_owned()
    };
    taken.iter().map(|(_, body)| text(body)).collect()
}

#[tokio::test]
async fn webhooks_tell_everything_in_order_though_they_are_killed_and_the_receiver_stumbles() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let (receiver, folder) = (Receiver::open("").await, tempfile::tempdir().unwrap());
    *receiver.told.answers.lock().unwrap() = [503, 204, 500, 500, 204].into();
    let numbers = |range: std::ops::Range<u32>| range.map(|number| number.to_string());
    says(&mia.session, numbers(0..10)).await;
    // When the program is killed amid it, and started again,
    let mut first = started(&world, &receiver, folder.path(), "8");
    receiver.until("5").await;
    first.kill().await.unwrap();
    says(&mia.session, numbers(10..20)).await;
    let _second = started(&world, &receiver, folder.path(), "8");
    let mut taken = receiver.until("19").await;
    // then all of it was told in order; what came twice came with the same id.
    taken.dedup_by(|next, last| next.0 == last.0);
    assert_eq!(texts(&taken), numbers(0..20).collect::<Vec<_>>());
    assert!(!folder.path().join("dead").exists());
}

#[tokio::test]
async fn given_webhooks_that_are_killed_before_the_first_is_taken_then_none_is_lost() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let (receiver, folder) = (Receiver::open("").await, tempfile::tempdir().unwrap());
    // Given a start from now on,
    let from_now_on = || command(&world, &receiver, folder.path(), "8").spawn().unwrap();
    let mut first = from_now_on();
    let position = folder.path().join("position");
    soon(async {
        while !position.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // when it is killed, and something happens before it is started again,
    first.kill().await.unwrap();
    says(&mia.session, ["meanwhile".to_owned()]).await;
    let _second = from_now_on();
    // then that is told.
    assert_eq!(texts(&receiver.until("meanwhile").await), ["meanwhile"]);
}

#[tokio::test]
async fn what_is_never_taken_is_a_dead_letter_and_keeps_nothing_back() {
    let world = World::new().await;
    let (mia, _ann) = world.attended().await;
    let (receiver, folder) = (Receiver::open("poison").await, tempfile::tempdir().unwrap());
    let _running = started(&world, &receiver, folder.path(), "3");
    says(&mia.session, ["one", "poison", "two"].map(str::to_owned)).await;
    assert_eq!(texts(&receiver.until("two").await), ["one", "two"]);
    let dead = std::fs::read_to_string(folder.path().join("dead")).unwrap();
    assert_eq!(dead.lines().count(), 1);
    assert!(dead.contains("poison"), "{dead}");
}
