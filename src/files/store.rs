//! Where the bytes lie: a folder, or a bucket.

use std::{
    fs, io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart, local::LocalFileSystem, path::Path};
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{
    center::{AttachmentId, CenterId, FileId, HOUR, SessionId, Time},
    storage,
};
#[cfg(feature = "s3")]
use {crate::config, std::time::Duration};

#[cfg(feature = "s3")]
mod bucket;

/// How a file is cut on its way to the store.
#[derive(Clone, Copy)]
struct Parts {
    /// Bytes that are written at once.
    size: usize,
    /// Parts on their way at once, beside the one that is filled.
    at_once: usize,
}

const TO_A_FOLDER: Parts = Parts { size: 256 * 1024, at_once: 4 };

/// S3 takes no smaller part, but the last.
#[cfg(feature = "s3")]
const TO_A_BUCKET: Parts = Parts { size: 5 * 1024 * 1024, at_once: 1 };

/// Why the store can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// By what it answers.
    #[error("the files' store: {0}")]
    Store(#[from] object_store::Error),
    /// `files.s3` is set where buckets can't be had.
    #[cfg(not(feature = "s3"))]
    #[error("`files.s3` is set, and this program is built without buckets")]
    NoBuckets,
}

impl StoreError {
    /// There is no room for more.
    pub fn is_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(self);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<io::Error>() {
                return matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
            }
            cause = error.source();
        }
        false
    }

    /// The file isn't there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Store(object_store::Error::NotFound { .. }))
    }
}

/// Where files lie. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    files: Arc<dyn ObjectStore>,
    parts: Parts,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
}

/// A file that lies there, by what its name says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kept {
    /// When it was announced, to the day: old files are found without looking at all.
    pub created: Time,
    /// The center.
    pub center: CenterId,
    /// The session.
    pub session: SessionId,
    /// The attachment.
    pub attachment: AttachmentId,
    /// Which of its uploads.
    pub file: FileId,
}

/// In the name of a file that is being written; in no other's.
const PARTIAL: char = '#';

const DAY: u64 = 24 * HOUR;

impl Kept {
    fn path(&self) -> Path {
        let Self { created, center, session, attachment, file } = self;
        Path::from(format!("{:08}/{center}/{session}/{attachment}-{file}", created.0 / DAY))
    }

    fn parse(path: &Path) -> Option<Self> {
        let mut parts = path.as_ref().split('/');
        let (day, center, session, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // Two hyphenated UUIDs with a hyphen between.
        let (attachment, file) = (name.get(..36)?, name.get(37..)?);
        Some(Self {
            created: Time(day.parse::<u64>().ok()?.checked_mul(DAY)?),
            center: CenterId::parse(center)?,
            session: SessionId::parse(session)?,
            attachment: AttachmentId::parse(attachment)?,
            file: FileId::parse(file)?,
        })
    }
}

impl Store {
    /// A folder, made when it isn't there. What is written there is on the disk before it counts.
    ///
    /// # Errors
    /// It can't be used.
    pub fn folder(folder: &FilePath) -> Result<Self, StoreError> {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| object_store::Error::Generic { store: "folder", source: Box::new(error) })?;
        let files = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { files: Arc::new(files), parts: TO_A_FOLDER, folder: Some(folder.to_owned()) })
    }

    /// A bucket. Whether it can be reached shows at the first file.
    ///
    /// # Errors
    /// What is said of it can't be.
    #[cfg(feature = "s3")]
    pub fn bucket(s3: &config::S3, silence: Duration) -> Result<Self, StoreError> {
        Ok(Self { files: bucket::open(s3, silence)?, parts: TO_A_BUCKET, folder: None })
    }

    /// Begins a file: nobody finds it before it is finished.
    pub async fn write(&self, kept: &Kept) -> Result<Writing, StoreError> {
        let (files, path) = (self.files.clone(), kept.path());
        let upload = if self.folder.is_some() {
            // A folder makes the file, and those that it lies in, at once: that blocks.
            let runtime = Handle::current();
            let begun = spawn_blocking(move || runtime.block_on(files.put_multipart(&path)));
            begun.await.map_err(object_store::Error::from)??
        } else {
            files.put_multipart(&path).await?
        };
        let Parts { size, at_once } = self.parts;
        Ok(Writing { upload: WriteMultipart::new_with_chunk_size(upload, size), at_once })
    }

    /// Whether so many bytes are free where files lie. A bucket has no end.
    pub async fn has_room(&self, bytes: u64) -> bool {
        let Some(folder) = self.folder.clone() else { return true };
        match spawn_blocking(move || storage::free(&folder)).await {
            Ok(Ok(free)) => free >= bytes,
            // What can't be known is found out by writing.
            Ok(Err(_)) | Err(_) => true,
        }
    }

    /// A file's bytes.
    pub async fn read(&self, kept: &Kept) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
        Ok(self.files.get(&kept.path()).await?.into_stream().map_err(StoreError::Store))
    }

    /// Removes a file; one that isn't there is removed already.
    pub async fn remove(&self, kept: &Kept) -> Result<(), StoreError> {
        match self.files.delete(&kept.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The files that were announced on the same day as `time`.
    pub async fn of_day(&self, time: Time) -> Result<Vec<Kept>, StoreError> {
        let folder = Path::from(format!("{:08}", time.0 / DAY));
        let found = self.files.list(Some(&folder)).map_ok(|found| Kept::parse(&found.location));
        let found: Vec<Option<Kept>> = found.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Removes what was being written on the same day as `time` when the program was killed. A bucket does that itself, by a
    /// rule that its owner sets.
    pub async fn remove_unfinished(&self, time: Time) {
        let Some(folder) = &self.folder else { return };
        let folder = folder.join(format!("{:08}", time.0 / DAY));
        let removed = spawn_blocking(move || remove_parts(&folder)).await;
        match removed {
            Ok(Err(error)) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "unfinished files can't be removed");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "unfinished files can't be removed"),
        }
    }
}

/// Removes what was being written in a folder and those in it, and folders that are empty then.
fn remove_parts(folder: &FilePath) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_parts(&path)?;
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().contains(PARTIAL)) {
            fs::remove_file(&path)?;
        }
    }
    // One that isn't empty stays.
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// A file that is being written.
pub struct Writing {
    upload: WriteMultipart,
    at_once: usize,
}

impl Writing {
    /// Takes bytes; waits while many are still on their way.
    pub async fn put(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.upload.wait_for_capacity(self.at_once).await?;
        // Copied, so that many small pieces are neither kept nor written one by one.
        self.upload.write(bytes);
        Ok(())
    }

    /// It is whole, and on the disk.
    pub async fn finish(self) -> Result<(), StoreError> {
        self.upload.finish().await?;
        Ok(())
    }

    /// It isn't wanted.
    pub async fn abort(self) {
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(%error, "a file that was given up can't be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_however_deep_it_is_told() {
        let told = |kind: io::ErrorKind| {
            let inner = object_store::Error::Generic { store: "inner", source: Box::new(io::Error::from(kind)) };
            StoreError::Store(object_store::Error::Generic { store: "outer", source: Box::new(inner) })
        };
        assert!(told(io::ErrorKind::StorageFull).is_full());
        assert!(!told(io::ErrorKind::PermissionDenied).is_full());
    }
}
