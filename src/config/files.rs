//! Where attachments lie, and how long the links to them are good.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::value;

/// Attachments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder of the files; without one, `files` in the data folder. Several nodes must share it.
    pub store: Option<PathBuf>,
    /// How links begin, as in `https://chat.example.com`; without it, by the name under which the caller reached the server.
    /// Needed behind a proxy that changes the name or ends TLS.
    pub public_url: Option<String>,
    /// How long a link is good by which a file is brought: the time to begin.
    #[serde(with = "value::duration")]
    pub upload_link: Duration,
    /// How long a link is good by which a file is fetched.
    #[serde(with = "value::duration")]
    pub download_link: Duration,
    /// How long a file may take to come: 25 MiB at 350 kbit/s.
    #[serde(with = "value::duration")]
    pub upload_time: Duration,
    /// How long a file may take to be fetched.
    #[serde(with = "value::duration")]
    pub download_time: Duration,
    /// A peer that brings or takes nothing for so long is gone.
    #[serde(with = "value::duration")]
    pub silence: Duration,
    /// Files on their way at once at this node, whichever way: each is an open file. At most a quarter of the file descriptors.
    pub transfers: usize,
    /// Uploads of one attachment at once: one more than one, for who tries again before the break was noticed here.
    pub uploads_of_one: usize,
    /// Downloads by one link at once: a link is for one person, whose browser may fetch it twice.
    pub downloads_of_one: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            store: None,
            public_url: None,
            upload_link: Duration::from_secs(10 * 60),
            download_link: Duration::from_secs(5 * 60),
            upload_time: Duration::from_secs(10 * 60),
            download_time: Duration::from_secs(10 * 60),
            silence: Duration::from_secs(30),
            transfers: 256,
            uploads_of_one: 2,
            downloads_of_one: 4,
        }
    }
}
