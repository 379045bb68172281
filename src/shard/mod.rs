//! The only writer. A shard is a slice of the centers with one log; one task owns it.
//!
//! [`engine`] is the task's mind without its hands: commands in, batches out, answers held until the position that they
//! were decided at is durable. [`task`] gives it a mailbox, a clock and a journal. [`recovery`] is the one path of start,
//! takeover and recovery. What is durable is handed to an [`Observer`] before any answer that depends on it is given.

mod batch;
mod engine;
mod handle;
mod recovery;
mod snapshot;
mod state;
mod task;

pub use batch::{Committed, DecodeError};
pub use engine::{Engine, EngineLimits, Flight, Sealed, leader_started};
pub use handle::{Handle, Unavailable};
pub use recovery::{Recovered, RecoveryError, recover};
pub use snapshot::{Places, RecordPlace, Snapshot, keep_snapshots};
pub use state::State;
pub use task::{Observer, Shard, ShardSettings};

#[cfg(test)]
mod tests;
