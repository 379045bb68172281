//! Conversations through a cluster of real processes, with faults; `chatsession replay` checks all of it.

use std::process::Command;

/// Long enough for each fault to come and to be got over.
const PACE: &str = "5s";

#[test]
fn conversations_survive_the_loss_of_a_node_and_of_a_nats_server_and_a_partition() {
    let mut replay = Command::new(env!("CARGO_BIN_EXE_chatsession"));
    replay.current_dir(env!("CARGO_MANIFEST_DIR")).args(["replay", "examples/conversations.jsonl"]);
    replay.args(["--nodes", "3", "--pace", PACE, "--fault-every", "1s", "--faults", "kill-node,kill-nats,cut-in"]);
    replay.args(["--agents", "6", "--time-limit", "5m"]);
    let done = replay.output().unwrap();
    let (told, wrong) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{told}\n{wrong}");
    assert!(told.contains("12 of 12 ended") && told.contains("every invariant held"), "{told}");
}
