//! What the protos give; see tests/generated.rs.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::all, clippy::large_futures)]

include!("generated/chatsession.v1.rs");
