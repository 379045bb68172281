//! The server's settings: what may be set, to what by default, and why.
//!
//! A value comes from the first of: a flag, the environment (`CHATSESSION_LIMITS__RATES__AGENT__BURST`), the file given by
//! `--config` (TOML or YAML), the default. A name that isn't known and a value that can't be are refused by name, so that a
//! misspelt limit is noticed at the start and not in the middle of an incident.

mod auth;
mod cluster;
mod files;
mod limits;
mod load;
mod validate;
mod value;
mod web;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use auth::{Auth, AuthMode};
pub use cluster::{Cluster, JournalAt};
pub use files::{Files, S3};
pub use limits::{Connections, Deadlines, Limits, Messages, Rate, Rates, Resets, Streams, Watches};
pub use load::{SettingsError, Sources, load, render};
pub use web::Web;

/// Everything that an operator may set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where the server listens. The default is this machine only: reaching further is a decision.
    #[serde(deserialize_with = "value::address::deserialize")]
    pub listen: SocketAddr,
    /// The folder of the log, its projections and the development secret.
    pub data: PathBuf,
    /// Where the log is: `embedded`, in the data folder, or the addresses of NATS servers.
    pub journal: JournalAt,
    /// How several nodes share the work.
    pub cluster: Cluster,
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
    /// Attachments.
    pub files: Files,
    /// Browsers.
    pub web: Web,
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
            journal: JournalAt::Embedded,
            cluster: Cluster::default(),
            worker_threads: None,
            log: Log::default(),
            auth: Auth::default(),
            tls: None,
            limits: Limits::default(),
            files: Files::default(),
            web: Web::default(),
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
    /// Commands that wait for the shard; one more is answered UNAVAILABLE with a time to retry. About 100 ms of work at
    /// full load.
    pub mailbox: usize,
    /// Bytes after which a batch takes no more commands: with what one command can add it stays under the 512 KiB that
    /// every storage takes in one piece.
    pub batch_bytes: usize,
    /// Batches between two snapshots: what a start has to read beyond the snapshot, half a second's work at most. Making one
    /// takes time from everybody else.
    pub snapshot_every: u64,
    /// How long the log is kept beyond what sessions need, for those who read it later.
    #[serde(with = "value::duration")]
    pub retention: Duration,
    /// How long a closed session stays in memory before its transcript is archived: late readers find it quickest there.
    #[serde(with = "value::duration")]
    pub archive_after: Duration,
    /// Bytes of free disk under which messages and new sessions are refused, so that what ends or frees still goes on.
    pub disk_reserve: u64,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            mailbox: 4096,
            batch_bytes: 200 << 10,
            snapshot_every: 20_000,
            retention: Duration::from_secs(7 * 24 * 3600),
            archive_after: Duration::from_secs(600),
            disk_reserve: 64 << 20,
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
