//! How callers prove who they are.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::value;

/// How callers prove who they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// Which credentials count.
    pub mode: AuthMode,
    /// A secret of at least 32 bytes that signs tokens by HS256. From the environment; better from a file.
    #[serde(with = "value::secret")]
    pub hs256_secret: Option<SecretString>,
    /// A file that holds that secret; white space around it doesn't count.
    pub hs256_secret_file: Option<PathBuf>,
    /// A JSON Web Key Set of public keys (RS256, ES256, EdDSA), each with its `kid`.
    pub jwks_file: Option<PathBuf>,
    /// Where the issuer publishes that set: `https://…`. It is fetched at the start and every 30 s; the last good one is kept in
    /// the data folder, and counts while the issuer can't be reached.
    pub jwks_url: Option<String>,
    /// What a token's `aud` must name.
    pub audience: String,
    /// What a token's `iss` must be.
    pub issuer: String,
    /// By how much clocks may differ: a token is good this long past `exp` and before `nbf`.
    #[serde(with = "value::duration")]
    pub leeway: Duration,
    /// Verified tokens that are remembered, so that a call costs a hash and not a signature. About 300 bytes each.
    pub remembered_tokens: usize,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            mode: AuthMode::Development,
            hs256_secret: None,
            hs256_secret_file: None,
            jwks_file: None,
            jwks_url: None,
            audience: "chatsession".to_owned(),
            issuer: "chatsession".to_owned(),
            leeway: Duration::from_secs(30),
            remembered_tokens: 50_000,
        }
    }
}

/// Which credentials count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum AuthMode {
    /// Nothing is proved: headers say who calls. Only on loopback, and never for a browser.
    None,
    /// Tokens signed with a secret that the server makes in its data folder. Real checks without a key to set up.
    Development,
    /// Tokens signed with the configured keys or secret.
    Keys,
}

value::named! { AuthMode { None = "none", Development = "development", Keys = "keys" } }
