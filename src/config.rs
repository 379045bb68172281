//! The server's settings: what may be set, to what by default, and why.
//!
//! A value comes from the first of: a flag, the environment (`CHATSESSION_LIMITS__RATES__AGENT__BURST`), the file given by
//! `--config` (TOML or YAML), the default. A name that isn't known and a value that can't be are refused by name, so that a
//! misspelt limit is noticed at the start and not in the middle of an incident.

mod auth;
mod limits;
mod load;
mod validate;
mod value;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use auth::{Auth, AuthMode};
pub use limits::{Connections, Deadlines, Limits, Messages, Rate, Rates, Resets, Streams, Watches};
pub use load::{SettingsError, Sources, load, render};

/// Everything that an operator may set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the server listens. The default is this machine only: reaching further is a decision.
    #[serde(deserialize_with = "value::address::deserialize")]
    pub listen: SocketAddr,
    /// The folder of the log, its projections and the development secret.
    pub data: PathBuf,
    /// Threads of the runtime; without one, as many as there are cores.
    pub worker_threads: Option<NonZeroUsize>,
    /// What is logged, and how.
    pub log: Log,
    /// How callers prove who they are.
    pub auth: Auth,
    /// The server's certificate. Without it the connection is plain, for a proxy in front that ends TLS.
    pub tls: Option<Tls>,
    /// The bounds on what callers may ask of the edge.
    pub limits: Limits,
    /// The owner of the log.
    pub shard: Shard,
    /// How the server stops.
    pub drain: Drain,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7700)),
            data: PathBuf::from("./data"),
            worker_threads: None,
            log: Log::default(),
            auth: Auth::default(),
            tls: None,
            limits: Limits::default(),
            shard: Shard::default(),
            drain: Drain::default(),
        }
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Which spans and events, as in `info,chatsession=debug`.
    pub filter: String,
    /// Text for people, JSON for collectors.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum LogFormat {
    /// One line a record, for people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

value::named! { LogFormat { Text = "text", Json = "json" } }

/// The server's certificate. Both files are PEM and are read at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The certificate chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// The owner of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shard {
    /// Commands that wait for the shard; one more is answered UNAVAILABLE with a time to retry. About 100 ms of work at full load.
    pub mailbox: usize,
    /// One append to the log, so that no storage has to cut a batch into pieces.
    pub max_batch_bytes: usize,
    /// The events of one command. At most the size of a batch.
    pub max_record_bytes: usize,
    /// After a start, deadlines that wait for a person are moved to at least this far ahead: people need it to reconnect.
    #[serde(with = "value::duration")]
    pub recovery_hold: Duration,
    /// An idle shard with open deadlines notes the time this often, so that a restart can tell how long it was away.
    #[serde(with = "value::duration")]
    pub idle_append: Duration,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            mailbox: 4096,
            max_batch_bytes: 512 << 10,
            max_record_bytes: 256 << 10,
            recovery_hold: Duration::from_secs(15),
            idle_append: Duration::from_secs(10),
        }
    }
}

/// How the server stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Drain {
    /// From the signal to the end: watchers are told to resume elsewhere, calls in progress finish, the rest is cut.
    /// Well below the 30 s after which orchestrators kill.
    #[serde(with = "value::duration")]
    pub bound: Duration,
}

impl Default for Drain {
    fn default() -> Self {
        Self { bound: Duration::from_secs(10) }
    }
}
