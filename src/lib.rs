//! ChatSession: the live chats of a contact centre.
//!
//! Read in this order: [`center`] (the rules), [`journal`] (what durability is), [`shard`] (the one writer), `live`
//! (watchers), [`grpc`] (the edge), `server` (all of it wired).

#[doc(hidden)]
pub mod bugs;
pub mod center;
pub mod config;
pub mod grpc;
pub mod journal;
pub mod live;
pub mod shard;
pub mod telemetry;
