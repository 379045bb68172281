//! Watchers. A watcher is a cursor over the log, not a queue: behind, it reads the journal; caught up, it waits for the
//! tail. Nothing is dropped for a slow one, none holds memory for what it hasn't read, a reconnect is the same code.
//!
//! [`Feed`] sees what becomes durable and wakes those who wait; [`Cursor`] walks one session for one audience,
//! [`CenterCursor`] all commits of a center; [`Bell`] says that something of an agent's changed. What a commit looks like on
//! the wire is somebody else's: see [`Render`].

mod bell;
mod center;
mod changes;
mod commit;
mod cursor;
mod feed;
mod ring;
#[cfg(test)]
mod tests;
mod topic;

pub use bell::Bell;
pub use center::{CenterCommit, CenterCursor, CenterStep, Following, NotFollowed};
pub use changes::{Changed, Changes};
pub use commit::{Render, SessionCommit};
pub use cursor::{Cursor, Over, Start, Step};
pub use feed::{Feed, Others, Past, PutAgents, TURNS};
pub use topic::{Eyes, Signal};
