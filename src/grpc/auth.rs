//! Who calls: a bearer token becomes an [`Identity`], or the call is refused.
//!
//! A caller learns only that its credential is invalid; why is for the log ([`AuthError::reason`]), and that names a check, never
//! a value. No check does I/O: keys are read at the start and by [`Authenticator::reload`].

mod cache;
mod fetch;
mod keys;
mod open;
mod secret;
mod token;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};

use crate::config::{Auth, AuthMode};
use cache::Remembered;
use keys::Keys;

pub use fetch::{fetch_first_keys, fetch_keys};
pub use keys::KeysError;
pub use secret::{development_secret, share_development_secret};
pub use token::{Grant, MintError, mint};

/// A token is read up to this size; half of the metadata that a call may have.
const TOKEN_BYTES: usize = 8 << 10;

/// Who calls, as proved. The center comes from here alone, never from a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The tenant whose data the caller may touch.
    pub center: String,
    /// What the caller is to that center.
    pub role: Role,
    /// The caller's id within the center.
    pub subject: String,
    /// The only session that this customer's token opens, if it is bound to one.
    pub session: Option<String>,
    /// When the credential was issued, if it says so.
    pub issued: Option<SystemTime>,
    /// When the credential stops counting, leeway included, and with it every stream opened by it. None: it doesn't run out.
    pub expires: Option<SystemTime>,
}

/// A customer's subject is personal data and stays out of logs, so only what isn't prints.
impl fmt::Debug for Identity {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = to.debug_struct("Identity");
        shown
            .field("center", &self.center)
            .field("role", &self.role)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// What a caller is to its center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Asks for help.
    Customer,
    /// Gives it.
    Agent,
    /// Oversees agents.
    Supervisor,
    /// A backend that acts for the center.
    Integrator,
    /// Runs the server.
    Operator,
}

/// The credential doesn't count. Its text is the same whatever was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("credential invalid")]
pub struct AuthError {
    reason: Reason,
}

impl AuthError {
    /// The reason that callers see, with the status UNAUTHENTICATED.
    pub const CODE: &'static str = "CREDENTIAL_INVALID";

    /// Which check failed: safe to log, not to send.
    pub fn reason(self) -> Reason {
        self.reason
    }
}

impl From<Reason> for AuthError {
    fn from(reason: Reason) -> Self {
        Self { reason }
    }
}

/// Which check a credential failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No credential, or more than one.
    Absent,
    /// Not a bearer token, too long, or not a JWT.
    Malformed,
    /// Its header brings a key, demands an extension, or is of another kind of token.
    Header,
    /// No key by that name.
    UnknownKey,
    /// Not the algorithm that the key is bound to.
    Algorithm,
    /// The signature is wrong.
    Signature,
    /// Its time is over.
    Expired,
    /// Its time hasn't come.
    NotYetValid,
    /// Made for someone else.
    Audience,
    /// Made by someone else.
    Issuer,
    /// A required claim is missing, or a claim isn't what it has to be.
    Claims,
    /// A browser called a server that proves nothing.
    Browser,
}

/// Tells who calls.
pub struct Authenticator {
    settings: Auth,
    data: PathBuf,
    keys: RwLock<Arc<Keys>>,
    remembered: Remembered,
}

impl Authenticator {
    /// Reads the keys that the settings name; in development makes the secret in the data folder if it isn't there.
    ///
    /// Blocks on files. The settings have been validated: a mode without authentication listens on loopback.
    pub fn from_settings(settings: &Auth, data: &Path) -> Result<Self, KeysError> {
        let keys = Keys::read(settings, data, 0)?;
        Ok(Self {
            remembered: Remembered::new(settings.remembered_tokens),
            keys: RwLock::new(Arc::new(keys)),
            settings: settings.clone(),
            data: data.to_owned(),
        })
    }

    /// Tells who calls from a call's metadata (`MetadataMap` gives its headers by `as_ref`).
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<Identity>, AuthError> {
        self.authenticate_at(headers, SystemTime::now())
    }

    /// Fetches the key set anew, if it is published somewhere, and reads the keys again.
    pub async fn refresh(self: &Arc<Self>) -> Result<bool, KeysError> {
        fetch_keys(&self.settings, &self.data).await?;
        let own = self.clone();
        // Reading files blocks.
        tokio::task::spawn_blocking(move || own.reload()).await.map_err(std::io::Error::other)?
    }

    /// Reads the keys again: true if they changed, which also forgets every token verified with the old ones. When they
    /// can't be read the last good ones stay. Blocks on files; call it from a timer of 30 s or on SIGHUP.
    pub fn reload(&self) -> Result<bool, KeysError> {
        let current = self.keys();
        let read = Keys::read(&self.settings, &self.data, current.generation + 1)?;
        let changed = read.fingerprint != current.fingerprint;
        if changed {
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
        }
        Ok(changed)
    }

    fn authenticate_at(&self, headers: &HeaderMap, now: SystemTime) -> Result<Arc<Identity>, AuthError> {
        if self.settings.mode == AuthMode::None {
            return Ok(Arc::new(open::identity(headers)?));
        }
        let token = bearer(headers)?;
        let keys = self.keys();
        let seen = cache::digest(token);
        if let Some(identity) = self.remembered.find(&seen, keys.generation, now) {
            return Ok(identity);
        }
        let identity = Arc::new(token::verify(token, &keys, self.leeway(), now)?);
        self.remembered.keep(seen, keys.generation, &identity);
        Ok(identity)
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn leeway(&self) -> Duration {
        self.settings.leeway
    }
}

/// The one token of a call.
fn bearer(headers: &HeaderMap) -> Result<&str, AuthError> {
    let value = only(headers, AUTHORIZATION.as_str())?.ok_or(Reason::Absent)?;
    let (scheme, token) = value.split_once(' ').ok_or(Reason::Malformed)?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > TOKEN_BYTES {
        return Err(Reason::Malformed.into());
    }
    Ok(token)
}

/// A header's value; twice the same header would leave it open who calls.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, AuthError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(value.to_str().map_err(|_| Reason::Malformed)?)),
        (Some(_), Some(_)) => Err(Reason::Absent.into()),
    }
}

/// `[A-Za-z0-9_-]{1,64}`: ids become keys, subjects and file names.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests;
