//! A commit, signed and posted.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, ClientBuilder, Url, header, redirect::Policy};
use sha2::Sha256;
use tokio_rustls::rustls::crypto::ring;

use crate::cli::Failure;

/// A receiver that takes longer doesn't take it.
const PATIENCE: Duration = Duration::from_secs(15);

/// A client that follows nobody elsewhere.
pub(super) fn http() -> ClientBuilder {
    // It takes the process's provider. One that is there already does as well.
    let _ = ring::default_provider().install_default();
    Client::builder().redirect(Policy::none())
}

/// What signs.
pub(super) struct Secret(Vec<u8>);

impl Secret {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let key = text.trim().strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok());
        let key = key.filter(|key| (24..=64).contains(&key.len()));
        let refused = || format!("{} is refused, expected `whsec_` and base64 of 24 to 64 bytes", path.display());
        Ok(Self(key.ok_or_else(refused)?))
    }

    /// Over the id, the time and the body.
    fn sign(&self, id: &str, time: u64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        mac.update(format!("{id}.{time}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// Where commits are posted.
pub(super) struct Post {
    http: Client,
    to: Url,
    secret: Secret,
}

impl Post {
    pub(super) fn new(to: &str, secret: Secret) -> Result<Self, Failure> {
        let url = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let to = url.ok_or_else(|| format!("--to {to} is refused, expected http://… or https://…"))?;
        Ok(Self { http: http().timeout(PATIENCE).build()?, to, secret })
    }

    /// Posts once. Whoever answers 2xx has taken it; else why not.
    pub(super) async fn send(&self, id: &str, body: &str) -> Result<(), String> {
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let request = self.http.post(self.to.clone()).header(header::CONTENT_TYPE, "application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", time);
        let request = request.header("webhook-signature", self.secret.sign(id, time, body));
        let answer = request.body(body.to_owned()).send().await;
        let answer = answer.map_err(|error| chatsession::telemetry::causes(&error.without_url()))?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(answer.status().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_standards_own_example() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
        let signed =
            Secret::read(&path).unwrap().sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        for wrong in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short"] {
            fs::write(&path, wrong).unwrap();
            assert!(Secret::read(&path).is_err());
        }
    }
}
