//! ChatSession: the live chats of a contact centre.
//!
//! Read in this order: [`center`] (the rules), [`journal`] (what durability is), [`shard`] (the one writer), [`live`]
//! (watchers), [`files`] (attachments' bytes), [`grpc`] (the edge), [`server`] (all of it wired); `cluster` (several nodes that share the work).

pub mod archive;
#[doc(hidden)]
pub mod bugs;
pub mod center;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod config;
pub mod files;
pub mod grpc;
pub mod journal;
#[cfg(feature = "cluster")]
#[doc(hidden)]
pub mod lab;
pub mod live;
pub mod server;
pub mod shard;
pub mod storage;
pub mod telemetry;
