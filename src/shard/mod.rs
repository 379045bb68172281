//! The only writer. A shard is a slice of the centers with one log; one task owns it.
//!
//! [`engine`] is the task's mind without its hands: commands in, batches out, answers held until the position that they
//! were decided at is durable. [`task`] gives it a mailbox, a clock and a journal. [`recovery`] is the one path of start,
//! takeover and recovery. Where there are several nodes, [`follow`] is what all but one of them do: fold what the leader
//! writes, read from it, and ask the leader for the rest. What is durable is handed to an [`Observer`] before any answer that depends on it is given.

mod batch;
mod engine;
mod errand;
mod follow;
mod handle;
mod job;
mod outside;
mod recovery;
mod revoked;
mod role;
mod snapshot;
mod state;
mod task;

pub use batch::{Committed, DecodeError, FIRST_FORMAT, FORMAT_KNOWN};
pub use engine::{Engine, EngineLimits, Flight, Sealed, leader_started};
pub use errand::{Done, Elsewhere, Errand};
pub use handle::{Handle, Unavailable};
pub use outside::{Outside, Random};
pub use recovery::{RecoveryError, announce, restore};
pub use revoked::Revoked;
pub use role::{Place, Role, Standing};
pub use snapshot::{Places, RecordPlace, Snapshot, keep_snapshots};
pub use state::State;
pub use task::{Observer, Shard, ShardSettings};

#[cfg(test)]
mod tests;
