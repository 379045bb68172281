//! The core and the shard's engine over a faulty log, deterministic from a seed.
//!
//! A seed that fails is replayed by `SEED=… cargo test --test simulation one_seed -- --nocapture`.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

mod act;
mod asks;
#[cfg(feature = "seeded-bugs")]
mod bugs;
mod chats;
mod configuration;
mod count;
mod explained;
mod log;
mod messages;
mod node;
mod operation;
mod order;
mod people;
mod races;
mod rng;
mod rules;
mod seeds;
mod sim;
mod truth;
mod waiting;
mod watch;

use count::Counts;
use seeds::number;
use sim::{Plan, Sim};

const STEPS: u64 = 525;

fn plan(seed: u64) -> Plan {
    Plan { seed, steps: STEPS, faults: true, whispers: true }
}

/// A run's counts and a digest of all that was written and told; or what went wrong.
fn run(plan: Plan) -> Result<(Counts, String), String> {
    let mut sim = Sim::new(plan);
    sim.run()?;
    let mut counts = sim.truth.counts.clone();
    counts.landed_late += sim.log.late_landings;
    counts.landed_in_doubt += sim.log.doubtful_landed;
    counts.resumed += sim.watchers.resumed;
    let digest = format!("{:?}\n{:?}\n{:?}", sim.log.rows, sim.asks.told, sim.watchers.streams);
    Ok((counts, digest))
}

#[test]
fn one_seed() {
    run(plan(number("SEED", 1))).unwrap();
}

#[test]
fn many_seeds() {
    let (seeds, mut all) = (number("SEEDS", 2_000), Counts::default());
    seeds::many("simulation", seeds, |seed| run(plan(seed)), |(counts, _)| all.add(&counts));
    assert_eq!(all.scarce(seeds / 50), Vec::<String>::new(), "too seldom to prove anything: {all:#?}");
}

#[test]
fn a_seed_is_the_same_twice() {
    for seed in 1..=20 {
        let (first, second) = (run(plan(seed)).unwrap(), run(plan(seed)).unwrap());
        assert!(first == second, "seed {seed} differs");
    }
}

#[test]
fn customers_see_the_same_with_and_without_whispers() {
    let mut whispers = 0;
    for seed in 1..=100 {
        let streams = |whispers| {
            let mut sim = Sim::new(Plan { seed, steps: STEPS, faults: false, whispers });
            sim.run().unwrap();
            (sim.watchers.streams.clone(), sim.truth.counts.whispers)
        };
        let ((with, some), (without, _)) = (streams(true), streams(false));
        let differs = with.iter().find(|(session, stream)| without.get(session) != Some(stream));
        assert_eq!(differs.map(|(session, stream)| (stream, without.get(session))), None, "seed {seed}");
        whispers += some;
    }
    assert!(whispers > 300, "{whispers} whispers prove nothing");
}
