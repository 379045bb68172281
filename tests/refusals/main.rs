//! Everything that is refused, through a real server: the code, the reason, the fields, and that nothing changed.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

mod cases;
mod seen;
mod stage;
mod table;
mod wire;
mod world;

/// The client's side of the contract, as the SDK has it.
#[allow(dead_code, unreachable_pub, clippy::all, reason = "generated")]
#[rustfmt::skip]
#[path = "../../sdk/src/generated/chatsession.v1.rs"]
mod pb;
