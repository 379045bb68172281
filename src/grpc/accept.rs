//! Connections: which are taken up, how they are served, how long one may live, with nothing to do or at all.
//!
//! The loop is ours because tonic's has no caps, keeps a connection that never says a word, and cuts old ones without a
//! word. A connection that isn't taken up is closed at once; each second's refusals are one line in the log. One that has
//! reached its age is told so by GOAWAY, and its streams in-band ([`ConnectionInfo::is_old`]), so that clients go on over
//! another.

mod connection;
mod gate;
mod listener;
mod live;
mod serve;
mod streams;
mod tls;

pub use gate::{Gate, transfers};
pub use listener::Listener;
pub use live::ConnectionInfo;
pub use serve::serve;
pub use tls::{TlsError, acceptor};

#[cfg(test)]
mod tests;
