//! Streams against a scripted service, in paused time.

mod desk;
mod fake;
mod lease;
mod session;
