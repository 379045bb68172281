//! Twenty-two broken rules, each of which the simulator must notice.

use std::sync::atomic::{AtomicUsize, Ordering};

use chatsession::bugs::{self, Bug};

use crate::{Plan, Sim, plan, run};

/// Seeds within which a broken rule must be noticed.
const SEEDS: u64 = 600;

/// What the simulator says of a broken rule, and after how many seeds.
fn noticed(bug: Bug) -> Option<(u64, String)> {
    bugs::set(Some(bug));
    let caught = (1..=SEEDS).find_map(|seed| {
        let outcome = std::panic::catch_unwind(|| run(plan(seed)));
        let wrong = match outcome {
            Ok(Ok(_)) => return None,
            Ok(Err(wrong)) => wrong,
            Err(panic) => match panic.downcast_ref::<String>() {
                Some(why) => format!("a panic: {why}"),
                None => format!("a panic: {:?}", panic.downcast_ref::<&str>()),
            },
        };
        Some((seed, wrong.chars().take(160).collect()))
    });
    bugs::set(None);
    caught
}

#[test]
fn every_seeded_bug_is_noticed() {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut told = Vec::new();
        while let Some(bug) = Bug::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
            told.push((format!("{bug:?}"), noticed(*bug)));
        }
        told
    };
    let told: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let missed: Vec<&String> = told.iter().filter(|(_, caught)| caught.is_none()).map(|(bug, _)| bug).collect();
    assert!(missed.is_empty(), "not noticed: {missed:?}; noticed: {told:#?}");
}

#[test]
fn without_a_bug_nothing_is_noticed() {
    bugs::set(None);
    for seed in 1..=20 {
        let mut sim = Sim::new(Plan { ..plan(seed) });
        sim.run().unwrap();
    }
}
