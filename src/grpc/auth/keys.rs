//! The keys that tokens are verified with, each bound to one algorithm.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::secret;
use crate::config::{Auth, AuthMode};

/// Keys in a set; providers publish a handful.
const KEYS: usize = 100;

/// RFC 7518, section 3.3: an RSA key has at least 2048 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Why the keys can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A file can't be read, or holds no sound secret.
    #[error("keys: {0}")]
    Io(#[from] io::Error),
    /// The secret in the settings is too short for HS256.
    #[error("keys: `auth.hs256_secret` is refused, expected at least 32 bytes")]
    ShortSecret,
    /// The key set can't be fetched, and none was before.
    #[error("keys: {url} is refused: {why}")]
    Fetch {
        /// Where it is published.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// The key set isn't one, or one of its keys makes it unsound.
    #[error("keys: {path} is refused, {why}")]
    KeySet {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
}

/// All keys read at one time.
pub(super) struct Keys {
    pub(super) generation: u64,
    pub(super) fingerprint: [u8; 32],
    secret: Option<Key>,
    by_id: HashMap<String, Key>,
}

/// A key and what it may verify.
pub(super) struct Key {
    pub(super) algorithm: Algorithm,
    pub(super) decoding: DecodingKey,
    pub(super) validation: Validation,
}

impl Keys {
    pub(super) fn read(settings: &Auth, data: &Path, generation: u64) -> Result<Self, KeysError> {
        let mut keys = Self { generation, fingerprint: [0; 32], secret: None, by_id: HashMap::new() };
        if settings.mode == AuthMode::None {
            return Ok(keys);
        }
        let mut fingerprint = Sha256::new();
        if let Some(secret) = read_secret(settings, data)? {
            let secret = secret.expose_secret().as_bytes();
            fingerprint.update(secret);
            keys.secret = Some(Key::new(Algorithm::HS256, DecodingKey::from_secret(secret), settings));
        }
        let fetched = settings.jwks_url.is_some().then(|| fetched(data));
        if let Some(path) = settings.jwks_file.clone().or(fetched) {
            let set = secret::bytes(&path)?;
            fingerprint.update(&set);
            keys.by_id = key_set(&set, settings).map_err(|why| KeysError::KeySet { path, why })?;
        }
        keys.fingerprint = fingerprint.finalize().into();
        Ok(keys)
    }

    /// A token that names a key is verified with that key or not at all; one that names none, with the secret.
    pub(super) fn find(&self, id: Option<&str>) -> Option<&Key> {
        match id {
            Some(id) => self.by_id.get(id),
            None => self.secret.as_ref(),
        }
    }
}

impl Key {
    fn new(algorithm: Algorithm, decoding: DecodingKey, settings: &Auth) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.set_audience(&[&settings.audience]);
        validation.set_issuer(&[&settings.issuer]);
        // Times are checked against the caller's clock, in `token`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self { algorithm, decoding, validation }
    }
}

fn read_secret(settings: &Auth, data: &Path) -> Result<Option<SecretString>, KeysError> {
    if let Some(path) = &settings.hs256_secret_file {
        return Ok(Some(secret::read(path)?));
    }
    if let Some(given) = &settings.hs256_secret {
        return secret::sound(given.clone()).map(Some).ok_or(KeysError::ShortSecret);
    }
    if settings.mode == AuthMode::Development {
        return Ok(Some(secret::development_secret(data)?));
    }
    Ok(None)
}

/// Where the last good set lies that was fetched.
pub(super) fn fetched(data: &Path) -> PathBuf {
    data.join("jwks.json")
}

/// Whether a set can be used.
pub(super) fn is_sound(set: &[u8], settings: &Auth) -> Result<(), &'static str> {
    key_set(set, settings).map(drop)
}

fn key_set(set: &[u8], settings: &Auth) -> Result<HashMap<String, Key>, &'static str> {
    #[derive(serde::Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(set).map_err(|_| "expected a JSON Web Key Set")?;
    if set.keys.len() > KEYS {
        return Err("expected at most 100 keys");
    }
    let mut keys = HashMap::new();
    for value in set.keys {
        if value.get("kty").is_some_and(|kind| kind == "oct") {
            return Err(
                "expected public keys only: a secret (`oct`) in it could be made into signatures by all who read it",
            );
        }
        // Providers publish keys for encryption and of newer kinds beside those for signatures; tokens that name them are refused.
        let Some((id, algorithm, jwk)) = serde_json::from_value(value).ok().and_then(usable) else {
            tracing::warn!(
                "a key in the key set isn't used, expected RS256, ES256 or EdDSA for signatures, with a `kid`"
            );
            continue;
        };
        let decoding = DecodingKey::from_jwk(&jwk).map_err(|_| "a key in it can't be read")?;
        (DEFAULT_PROVIDER.verifier_factory)(&algorithm, &decoding).map_err(|_| "a key in it can't be read")?;
        if keys.insert(id, Key::new(algorithm, decoding, settings)).is_some() {
            return Err("two keys in it have the same `kid`");
        }
    }
    if keys.is_empty() { Err("expected at least one key for RS256, ES256 or EdDSA") } else { Ok(keys) }
}

/// The key's name and the one algorithm that it's for.
fn usable(jwk: Jwk) -> Option<(String, Algorithm, Jwk)> {
    let (algorithm, named) = match &jwk.algorithm {
        AlgorithmParameters::RSA(rsa) if RSA_BYTES.contains(&(rsa.n.len() * 3 / 4)) => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(ed) if ed.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    let common = &jwk.common;
    let for_signatures = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let for_algorithm = common.key_algorithm.is_none_or(|given| given == named);
    let id = common.key_id.clone()?;
    (for_signatures && for_algorithm).then_some((id, algorithm, jwk))
}
