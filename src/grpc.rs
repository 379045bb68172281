//! The edge: the only code that knows tonic and the wire.

pub mod accept;
pub mod auth;
pub mod limits;
