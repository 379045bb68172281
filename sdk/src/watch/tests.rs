//! Streams against a scripted service, in paused time.

mod chats;
mod desk;
mod fake;
mod lease;
mod session;
