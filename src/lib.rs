//! ChatSession: a live-chat session engine.

pub mod journal;
