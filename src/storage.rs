//! The data folder: what is in it beside the journal, and how much room is left.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::grpc::IdKey;

/// How often the free space is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The key of the hashes in the log, made when the folder is new. Whoever has the log without it learns no ids from it.
pub fn id_key(data: &Path) -> io::Result<IdKey> {
    let path = data.join("id.key");
    let mut key = [0; 32];
    match File::open(&path) {
        Ok(mut file) => file.read_exact(&mut key)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            rand::RngExt::fill(&mut rand::rng(), &mut key[..]);
            let new = data.join("id.key.new");
            let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
            file.write_all(&key)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(data)?.sync_all()?;
        }
        Err(error) => return Err(error),
    }
    Ok(IdKey(key))
}

/// The bytes that are free where a folder lies.
pub fn free(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Says whether less than `reserve` bytes are free, for as long as it runs.
pub async fn watch_space(data: std::path::PathBuf, reserve: u64, full: Arc<AtomicBool>) {
    loop {
        match free(&data) {
            Ok(free) => {
                let is_full = free < reserve;
                if full.swap(is_full, Ordering::Relaxed) != is_full {
                    tracing::warn!(is_full, reserve, "free disk space crossed the reserve");
                }
            }
            Err(error) => tracing::warn!(%error, "the free disk space can't be read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
