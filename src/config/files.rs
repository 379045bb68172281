//! Where attachments lie, and how long the links to them are good.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::value;

/// Attachments.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder of the files; without one, `files` in the data folder. Several nodes must share it.
    pub store: Option<PathBuf>,
    /// A bucket for the files, instead of a folder.
    pub s3: Option<S3>,
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
    /// On its way to a bucket a file holds up to 10 MiB of memory, its part that is filled and its part that is sent.
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
            s3: None,
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

/// A bucket that speaks the protocol of Amazon S3, there or elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3 {
    /// The bucket. It must be there.
    pub bucket: String,
    /// What the names of the files begin with, as in `chat/files`: several may share a bucket.
    pub prefix: Option<String>,
    /// The bucket's region; without one the environment's `AWS_REGION`, or `us-east-1`.
    pub region: Option<String>,
    /// Where the protocol is spoken, when not at Amazon's: `https://…`, or `http://…` in a network of one's own.
    pub endpoint: Option<String>,
    /// The key's id. Without it AWS's own ways are tried: its environment variables, the role of the pod or of the machine.
    pub access_key_id: Option<String>,
    /// The key's secret; from a file or the environment.
    #[serde(default, with = "value::secret")]
    pub secret_access_key: Option<SecretString>,
}
