//! What browsers may do.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::value;

/// Browsers: gRPC-Web is spoken on the port of everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Serves the desk's and the customer's page. They hold nothing secret: who calls is proved by a token in any case.
    pub page: bool,
    /// A folder with a page of one's own, instead of the one in the program.
    pub folder: Option<PathBuf>,
    /// Pages of which other origins may call, as in `https://shop.example.com`; in a flag or the environment with commas between
    /// them. None by default: only the server's own.
    #[serde(deserialize_with = "value::words::deserialize")]
    pub origins: Vec<String>,
}

impl Default for Web {
    fn default() -> Self {
        Self { page: true, folder: None, origins: Vec::new() }
    }
}
