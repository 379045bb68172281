//! Broken rules that only several nodes can show, each of which must be noticed.

use chatsession::bugs::{self, Bug};

use crate::run;

/// Seeds within which a broken rule must be noticed.
const SEEDS: u64 = 200;

fn noticed(bug: Bug) -> Option<(u64, String)> {
    bugs::set(Some(bug));
    let caught = (1..=SEEDS).find_map(|seed| match std::panic::catch_unwind(|| run(seed)) {
        Ok(Ok(_)) => None,
        Ok(Err(wrong)) => Some((seed, wrong)),
        Err(panic) => Some((seed, panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".into()))),
    });
    bugs::set(None);
    caught
}

#[test]
fn every_seeded_bug_of_several_nodes_is_noticed() {
    for bug in Bug::SEVERAL_NODES {
        let caught = noticed(bug);
        assert!(caught.is_some(), "{bug:?} isn't noticed");
        println!("{bug:?}: {caught:?}");
    }
}
