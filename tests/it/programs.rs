//! The commands that play the whole job by themselves.

use std::process::{Command, Output};

use chatsession::config::Tls;

use crate::world::{World, ended};

fn chatsession(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chatsession")).args(args).output().unwrap()
}

fn succeeded(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    out.into_owned()
}

#[test]
fn conversations_are_replayed_to_the_letter_while_the_server_is_killed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/conversations.jsonl");
    let replayed = chatsession(&["replay", file, "--agents", "6", "--kill-every", "500ms", "--time-limit", "3m"]);
    let report = succeeded(&replayed);
    assert!(report.contains("12 of 12 ended"), "{report}");
    assert!(!report.contains("killed 0 times"), "{report}");
}

#[test]
fn the_demo_plays_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let args = ["demo", "--exit", "--pace", "0s", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    for _ in 0..2 {
        // The second time on what the first has left.
        let play = succeeded(&chatsession(&args));
        assert!(play.contains("Dora       sets the disposition"), "{play}");
    }
}

#[test]
fn health_tells_by_its_exit_status() {
    let nobody = chatsession(&["health", "--server", "http://127.0.0.1:9"]);
    assert!(!nobody.status.success());
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("can't be reached"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_certificate_is_healthy_to_who_trusts_it() {
    let files = tempfile::tempdir().unwrap();
    let trusted = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (cert, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    std::fs::write(&cert, trusted.cert.pem()).unwrap();
    std::fs::write(&key, trusted.signing_key.serialize_pem()).unwrap();
    let world = World::with_tls(Tls { cert: cert.clone(), key }, trusted.cert.pem()).await;
    let ask = |system: std::path::PathBuf| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatsession"));
        command.args(["health", "--server", &world.url()]).env("SSL_CERT_FILE", system);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    assert_eq!(succeeded(&ask(cert).await.unwrap()), "SERVING\n");
    let other = files.path().join("other.pem");
    let stranger = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&other, stranger.cert.pem()).unwrap();
    assert!(!ask(other).await.unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_is_healthy_can_be_configured_and_watched() {
    let world = World::new().await;
    let (mut mia, ann) = world.attended().await;
    ann.on(&mia.session).whisper("a lovely customer").send().await.unwrap();
    ann.on(&mia.session).say("Welcome!").send().await.unwrap();
    mia.session.end().send().await.unwrap();
    mia.sees(ended).await;
    ann.on(&mia.session).complete_wrap_up().send().await.unwrap();
    let (url, data, session) = (world.url(), world.data().to_owned(), mia.session.id().to_owned());
    let commands = tokio::task::spawn_blocking(move || {
        assert_eq!(succeeded(&chatsession(&["health", "--server", &url])), "SERVING\n");
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/center.yaml");
        let connect = ["--server", &url, "--data", &data, "--center", "here"];
        let applied = succeeded(&chatsession(&[&["apply", file], &connect[..]].concat()));
        assert!(applied.starts_with("11 objects applied"), "{applied}");
        let wrong = tempfile::NamedTempFile::new().unwrap();
        let text = "queues:\n  - id: night\n    overflow_to: nowhere\n    max_wait: 1m\n";
        std::fs::write(wrong.path(), text).unwrap();
        let refused = chatsession(&[&["apply", wrong.path().to_str().unwrap()], &connect[..]].concat());
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(told.contains("queue night: overflow_queue_id"), "{told}");
        succeeded(&chatsession(&[&["watch", &session], &connect[..]].concat()))
    });
    let watched = commands.await.unwrap();
    for line in ["Ann is connected (Routed)", "says: Welcome!", "whispers: a lovely customer", "is closed"] {
        assert!(watched.contains(line), "{line} in {watched}");
    }
}
