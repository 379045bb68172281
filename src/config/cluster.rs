//! Where the log is, and, where several machines share it, how they do.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::value;

/// Where the log is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum JournalAt {
    /// In the data folder of the only node.
    Embedded,
    /// In NATS JetStream, at these servers.
    Nats(Vec<String>),
}

impl From<JournalAt> for String {
    fn from(at: JournalAt) -> Self {
        match at {
            JournalAt::Embedded => "embedded".to_owned(),
            JournalAt::Nats(urls) => urls.join(","),
        }
    }
}

impl TryFrom<String> for JournalAt {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "embedded" {
            return Ok(Self::Embedded);
        }
        let urls: Vec<String> = text.split(',').map(|url| url.trim().to_owned()).collect();
        let good = |url: &String| {
            let server = url.strip_prefix("nats://").or_else(|| url.strip_prefix("tls://"));
            // A password here would be printed with the settings.
            server.is_some_and(|server| !server.is_empty() && !server.contains(['@', '/', ' ']))
        };
        match urls.iter().all(good) {
            true => Ok(Self::Nats(urls)),
            false => {
                Err("expected `embedded`, or addresses like `nats://10.0.0.1:4222,nats://10.0.0.2:4222` (who logs in \
                          is set by `cluster.user` and the like)"
                    .to_owned())
            }
        }
    }
}

/// How several nodes share the work. Without effect while the journal is embedded.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cluster {
    /// What the cluster's streams, buckets and subjects begin with: several clusters may share the NATS servers.
    pub name: String,
    /// This node's name, one of its own; without one a name is made and kept in the data folder.
    pub node: Option<String>,
    /// Where clients reach this node, as others are told; without one, the address that it listens at.
    pub advertise: Option<String>,
    /// Into how many logs the centers are divided; fixed when the cluster is first started.
    pub shards: u32,
    /// On how many NATS servers everything is stored. Fewer than 3 survive the loss of none, and have to be allowed.
    pub replicas: usize,
    /// Starts on fewer than 3 replicas, for trying things out.
    pub allow_few_replicas: bool,
    /// Who logs in at the NATS servers.
    pub user: Option<String>,
    /// With which password; from a file or the environment.
    #[serde(with = "value::secret")]
    pub password: Option<SecretString>,
    /// Or: a NATS credentials file.
    pub credentials_file: Option<PathBuf>,
    /// The certificate authority of the NATS servers, in PEM; without one the system's.
    pub ca_file: Option<PathBuf>,
    /// How often a node shows the others that it lives.
    #[serde(with = "value::duration")]
    pub beat: Duration,
    /// After how much silence of a leader another node takes over. Shorter takes over for a hiccup, which is safe, but moves
    /// deadlines.
    #[serde(with = "value::duration")]
    pub takeover_after: Duration,
    /// After how much silence of a node its streams count as gone, and their holders' grace starts.
    #[serde(with = "value::duration")]
    pub lost_after: Duration,
}

impl Default for Cluster {
    fn default() -> Self {
        Self {
            name: "chatsession".to_owned(),
            node: None,
            advertise: None,
            shards: 16,
            replicas: 3,
            allow_few_replicas: false,
            user: None,
            password: None,
            credentials_file: None,
            ca_file: None,
            beat: Duration::from_millis(150),
            takeover_after: Duration::from_millis(900),
            lost_after: Duration::from_secs(4),
        }
    }
}
