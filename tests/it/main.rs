//! The whole service, started for real and driven through the SDK. Nothing here sleeps: every step waits for the event
//! that shows the one before, within a bound.
#![allow(clippy::unwrap_used, reason = "a test that fails by an unwrap has failed as it should")]

mod access;
mod attachments;
#[cfg(feature = "s3")]
mod bucket;
#[cfg(feature = "s3")]
mod buckets;
mod chats;
mod colleagues;
mod connections;
mod feed;
mod json;
mod messages;
mod operation;
mod programs;
mod proxy;
mod queues;
mod restarts;
mod targets;
mod web;
mod webhooks;
mod wire;
mod world;
