//! Several nodes that run the real shard over a simulated log and a simulated network, in virtual time, deterministic from a
//! seed: crashes, pauses, partitions, lost and late answers, stale reads, clocks that differ. What everybody was told is held
//! against the log at the end.
//!
//! A seed that fails is replayed by `SEED=… cargo test --test failover one_seed -- --nocapture`.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

#[cfg(feature = "seeded-bugs")]
mod bugs;
mod history;
mod log;
mod net;
mod node;
mod people;
#[rustfmt::skip]
#[path = "../simulation/rng.rs"]
#[allow(dead_code, reason = "the other simulator needs more of it")]
mod rng;
#[rustfmt::skip]
#[path = "../simulation/seeds.rs"]
mod seeds;
mod sim;

use seeds::number;
use sim::Counts;

/// A run's counts and a digest of its log and of all that was told; or what went wrong.
fn run(seed: u64) -> Result<(Counts, String), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, sim::run(seed))
}

#[test]
fn one_seed() {
    run(number("SEED", 1)).unwrap();
}

#[test]
fn a_seed_is_the_same_twice() {
    for seed in 1..=10 {
        assert!(run(seed).unwrap() == run(seed).unwrap(), "seed {seed} differs");
    }
}

#[test]
fn many_seeds() {
    let (seeds, mut all) = (number("SEEDS", 1_200), Counts::default());
    seeds::many("failover", seeds, run, |(counts, _)| all.add(&counts));
    assert_eq!(all.scarce(seeds / 10), Vec::<String>::new(), "too seldom to prove anything: {all:#?}");
}
