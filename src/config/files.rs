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
}

impl Default for Files {
    fn default() -> Self {
        Self {
            store: None,
            public_url: None,
            upload_link: Duration::from_secs(10 * 60),
            download_link: Duration::from_secs(5 * 60),
            upload_time: Duration::from_secs(10 * 60),
        }
    }
}
