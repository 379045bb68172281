//! The edge: the only code that knows tonic and the wire. It parses, authenticates, limits and translates; no rule of the
//! domain is here.
//!
//! A call is let in by its headers ([`admit`]). A unary one goes through `edge` (its deadline), `from_pb` (the fields), the
//! shard, `to_pb` or `status`. A stream goes through `watch` or `desk`.

pub mod accept;
mod administration;
pub mod admit;
mod agent_desk;
mod as_it_was;
pub mod auth;
mod chat_session;
pub mod codec;
mod delivered;
mod desk;
mod directory;
mod edge;
mod event_feed;
mod files;
mod frames;
mod from_pb;
pub mod limits;
mod outlet;
mod pages;
mod presence;
mod shards;
mod status;
mod streams;
mod supervision;
mod to_pb;
mod waits;
mod watch;
mod web;
pub mod wire;

/// The public contract, generated.
#[allow(missing_docs, clippy::all, unreachable_pub, reason = "generated")]
pub mod pb {
    tonic::include_proto!("chatsession.v1");

    /// What reflection serves.
    pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/chatsession.bin"));
}

pub use administration::AdministrationService;
pub use agent_desk::AgentDeskService;
pub use chat_session::ChatSessionService;
pub use edge::{Edge, IdKey};
pub use event_feed::EventFeedService;
pub use files::{Files, ServeFiles, sweep_files};
pub use shards::{Shard, Shards, shard_of};
pub use supervision::SupervisionService;
pub use to_pb::Renderer;
pub use waits::tell_waits;
pub use web::ServeWeb;
