//! ChatSession: a live-chat session engine for contact centres.
//!
//! In reading order: [`config`] says what may be set, [`grpc`] is the edge that callers reach, [`telemetry`] is what operators read.

pub mod config;
pub mod grpc;
pub mod telemetry;
