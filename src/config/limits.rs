//! The bounds on what callers may ask of the edge.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::value;

/// The bounds on what callers may ask of the edge, by what they bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sizes on the wire.
    pub messages: Messages,
    /// Streams open at once on a connection.
    pub streams: Streams,
    /// Streams reset on a connection before it is closed.
    pub resets: Resets,
    /// Connections and their lives.
    pub connections: Connections,
    /// The time that a unary call has.
    pub deadlines: Deadlines,
    /// Open watches and their lives.
    pub watches: Watches,
    /// Calls a second.
    pub rates: Rates,
}

/// Sizes on the wire, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Messages {
    /// A request. A message's text is at most 16 KiB; the rest is room for attributes.
    pub request_bytes: usize,
    /// All objects of one `Apply` together: they are held until the last has come.
    pub apply_bytes: usize,
    /// One part of an upload.
    pub upload_part_bytes: usize,
    /// A response; what clients accept by default.
    pub response_bytes: usize,
    /// The metadata of a call; its token takes at most 8 KiB of it.
    pub metadata_bytes: u32,
}

impl Default for Messages {
    fn default() -> Self {
        Self {
            request_bytes: 256 << 10,
            apply_bytes: 16 << 20,
            upload_part_bytes: 1 << 20,
            response_bytes: 4 << 20,
            metadata_bytes: 16 << 10,
        }
    }
}

/// Streams open at once on a connection. RFC 9113 advises at least 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Streams {
    /// A customer's: a few watches and short calls.
    pub customer: u32,
    /// An agent's, who may hold 200 watches.
    pub agent: u32,
    /// An integrator's backend, which calls for many people.
    pub service: u32,
    /// Before a call was authenticated: health and reflection.
    pub unauthenticated: u32,
}

impl Default for Streams {
    fn default() -> Self {
        Self { customer: 100, agent: 256, service: 1000, unauthenticated: 16 }
    }
}

/// Streams reset on a connection before it is closed. Stock tonic has no such cap ("rapid reset").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resets {
    /// Reset by the peer before the server took them up.
    pub pending_accept: usize,
    /// Reset by the server for the peer's errors.
    pub local_error: usize,
}

impl Default for Resets {
    fn default() -> Self {
        Self { pending_accept: 20, local_error: 64 }
    }
}

/// Connections and their lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// All at once; the limit on file descriptors may make it less.
    pub total: usize,
    /// From one address (an IPv6 /64) before any call of theirs was authenticated. An office sits behind one address, so those
    /// that have authenticated don't count.
    pub unauthenticated_per_address: usize,
    /// New ones a second: what a TLS handshake each costs.
    pub new_per_second: u32,
    /// How many of those one address may take, in percent: opening and closing must not lock everybody else out.
    pub new_per_second_share_percent: u32,
    /// From accepting to the end of the TLS handshake and the HTTP/2 preface: silent sockets.
    #[serde(with = "value::duration")]
    pub handshake: Duration,
    /// Without an open stream.
    #[serde(with = "value::duration")]
    pub idle: Duration,
    /// The life of a connection; the client is told in-band to make another. Spreads the load over new servers.
    #[serde(with = "value::duration")]
    pub age: Duration,
    /// By how much lives differ, in percent either way, so that they don't end together.
    pub age_jitter_percent: u32,
    /// How often the server asks a quiet peer whether it's there.
    #[serde(with = "value::duration")]
    pub ping_every: Duration,
    /// How long that peer has to answer. With `ping_every`, less than the grace that a participant has to reconnect.
    #[serde(with = "value::duration")]
    pub ping_timeout: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            total: 100_000,
            unauthenticated_per_address: 50,
            new_per_second: 100,
            new_per_second_share_percent: 50,
            handshake: Duration::from_secs(10),
            idle: Duration::from_secs(5 * 60),
            age: Duration::from_secs(30 * 60),
            age_jitter_percent: 10,
            ping_every: Duration::from_secs(20),
            ping_timeout: Duration::from_secs(10),
        }
    }
}

/// The time that a unary call has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// When the client names none.
    #[serde(with = "value::duration")]
    pub default: Duration,
    /// Whatever the client names.
    #[serde(with = "value::duration")]
    pub longest: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { default: Duration::from_secs(10), longest: Duration::from_secs(30) }
    }
}

/// Open watches and their lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Watches {
    /// Of one customer: tabs.
    pub customer: usize,
    /// On one agent's connection: a supervisor's wall.
    pub agent_connection: usize,
    /// A watcher that takes nothing is ended after this; it may resume.
    #[serde(with = "value::duration")]
    pub slow_watcher: Duration,
    /// An idle watch gets a message this often, because load balancers don't count HTTP/2 pings. At most 25 s.
    #[serde(with = "value::duration")]
    pub heartbeat: Duration,
    /// A stream whose holder doesn't renew it for this long counts as gone: proxies answer pings, so only a renewal proves life.
    #[serde(with = "value::duration")]
    pub lease: Duration,
}

impl Default for Watches {
    fn default() -> Self {
        Self {
            customer: 5,
            agent_connection: 200,
            slow_watcher: Duration::from_secs(30),
            heartbeat: Duration::from_secs(20),
            lease: Duration::from_secs(25),
        }
    }
}

/// Calls a second, for one caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// A customer; people type slower.
    pub customer: Rate,
    /// An agent or a supervisor, who holds several sessions.
    pub agent: Rate,
    /// An integrator's backend or an operator's tool.
    pub integrator: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            customer: Rate { per_second: 5, burst: 20 },
            agent: Rate { per_second: 20, burst: 50 },
            integrator: Rate { per_second: 1000, burst: 1000 },
        }
    }
}

/// How many calls a second, and how many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Over any longer time.
    pub per_second: u32,
    /// At once, after a pause.
    pub burst: u32,
}
