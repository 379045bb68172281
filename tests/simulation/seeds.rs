//! Runs many seeds on two threads, and says of one that fails how to replay it.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

/// A number from the environment, such as `SEED`.
pub fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(or)
}

/// Runs the seeds from 1 on, and hands on what each counted. `test` is the name that replays one.
pub fn many<C: Send>(test: &str, seeds: u64, run: impl Fn(u64) -> Result<C, String> + Sync, add: impl FnMut(C) + Send) {
    let (next, add) = (AtomicU64::new(1), Mutex::new(add));
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > seeds {
                return;
            }
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(seed)));
            let wrong = match outcome {
                Ok(Ok(counts)) => {
                    (add.lock().unwrap())(counts);
                    continue;
                }
                Ok(Err(wrong)) => wrong,
                Err(panic) => format!("a panic: {}", panic.downcast_ref::<String>().cloned().unwrap_or_default()),
            };
            next.store(seeds, Ordering::Relaxed);
            panic!("{wrong}\nreplay: SEED={seed} cargo test --test {test} one_seed");
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}
