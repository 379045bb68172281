//! An issuer's key set, from where it is published.

use std::{fs, io, path::Path, time::Duration};

use reqwest::{Client, redirect::Policy};
use tokio::task::spawn_blocking;
use tokio_rustls::rustls::crypto::ring;

use super::{KeysError, keys};
use crate::{config::Auth, telemetry::causes};

/// An issuer that takes longer is down.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sets are a few KiB.
const BYTES: usize = 256 * 1024;

/// Fetches the set, if it is published somewhere, and keeps it in the data folder.
///
/// # Errors
/// It can't be had or used; the one from before stays.
pub async fn fetch_keys(settings: &Auth, data: &Path) -> Result<(), KeysError> {
    let Some(url) = settings.jwks_url.clone() else { return Ok(()) };
    let refused = |why: String| KeysError::Fetch { url: url.clone(), why };
    let set = fetch(&url).await.map_err(refused)?;
    keys::is_sound(&set, settings).map_err(|why| refused(why.to_owned()))?;
    let path = keys::fetched(data);
    let kept = spawn_blocking(move || keep(&path, &set)).await;
    kept.map_err(io::Error::other)?.map_err(KeysError::Io)
}

/// At the start: without the issuer the set from before does as well.
///
/// # Errors
/// There is none.
pub async fn fetch_first_keys(settings: &Auth, data: &Path) -> Result<(), KeysError> {
    match fetch_keys(settings, data).await {
        Err(error) if keys::fetched(data).exists() => {
            tracing::warn!(%error, "the key set can't be fetched; the last one counts");
            Ok(())
        }
        done => done,
    }
}

async fn fetch(url: &str) -> Result<Vec<u8>, String> {
    // The HTTP client takes the process's provider. One that is there already does as well.
    let _ = ring::default_provider().install_default();
    let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build().map_err(said)?;
    let mut answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status).map_err(said)?;
    let mut set = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(said)? {
        set.extend_from_slice(&bytes);
        if set.len() > BYTES {
            return Err(format!("it has more than {BYTES} bytes"));
        }
    }
    Ok(set)
}

fn said(error: reqwest::Error) -> String {
    causes(&error.without_url())
}

/// Whole or not at all.
fn keep(path: &Path, set: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|known| known == set) {
        return Ok(());
    }
    let new = path.with_extension("new");
    fs::write(&new, set)?;
    fs::rename(new, path)
}
