//! The commands that play the whole job by themselves.

use std::process::{Command, Output};

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
        succeeded(&chatsession(&[&["watch", &session], &connect[..]].concat()))
    });
    let watched = commands.await.unwrap();
    for line in ["Ann is connected (Routed)", "says: Welcome!", "whispers: a lovely customer", "is closed"] {
        assert!(watched.contains(line), "{line} in {watched}");
    }
}
