//! What browsers may do.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Browsers: gRPC-Web is spoken on the port of everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Serves the desk's and the customer's page. They hold nothing secret: who calls is proved by a token in any case.
    pub page: bool,
    /// A folder with a page of one's own, instead of the one in the program.
    pub folder: Option<PathBuf>,
    /// Pages of which other origins may call, as in `https://shop.example.com`. None by default: only the server's own.
    pub origins: Vec<String>,
}

impl Default for Web {
    fn default() -> Self {
        Self { page: true, folder: None, origins: Vec::new() }
    }
}
