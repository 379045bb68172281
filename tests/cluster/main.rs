//! Several nodes on NATS servers of their own: any of them serves any call, and all tell one truth.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "a test has no outside, and fails by an unwrap as it should")]

mod nodes;
mod replay;
mod serving;
mod world;
