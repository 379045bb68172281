//! Blobs, each a file of its own: a snapshot of a hundred megabytes neither holds up appends nor bloats the database, and
//! its space is free again the moment that it's deleted.
//!
//! A file: magic (8), SHA-256 of name ‖ 0 ‖ bytes (32), the bytes. Its name: the blob's, with every byte but
//! letters, digits, `-` and `_` as `%XX`, and `.blob`. Written beside under another name, synced, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::super::{ReadError, check_blob_name};
use super::error::is_full;
use super::open::sync_folder;

const MAGIC: &[u8; 8] = b"CSBLOB1\n";
const HEADER: usize = 40;
const SUFFIX: &str = ".blob";
const UNDER_WAY: &str = ".new";

pub(super) struct Blobs {
    folder: PathBuf,
    /// Numbers the files under way, as two may have one name.
    counter: AtomicU64,
}

impl Blobs {
    /// Makes the folder if need be, and clears away what a crash left under way.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == &UNDER_WAY[1..]) {
                fs::remove_file(path)?;
            }
        }
        Ok(Self { folder, counter: AtomicU64::new(0) })
    }

    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), ReadError> {
        check_blob_name(name)?;
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("{number}{UNDER_WAY}"));
        // A failed fsync isn't repeated here either: the next attempt writes another file.
        let put = write(&path, name, bytes).and_then(|()| {
            fs::rename(&path, self.path(name))?;
            sync_folder(&self.folder)
        });
        put.map_err(|error| {
            // If this fails too, the next start clears it away.
            let _ = fs::remove_file(&path);
            unavailable(&error)
        })
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Bytes>, ReadError> {
        check_blob_name(name)?;
        let bytes = match fs::read(self.path(name)) {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unavailable(&error)),
        };
        let damaged = |what: &str| ReadError::DamagedBlob { name: name.to_owned(), what: what.to_owned() };
        let (header, body) = bytes.split_at_checked(HEADER).ok_or_else(|| damaged("it is cut"))?;
        if header != self::header(name, body) {
            return Err(damaged("it doesn't match its checksum"));
        }
        Ok(Some(bytes.slice(HEADER..)))
    }

    pub(super) fn list(&self, prefix: &str) -> Result<Vec<String>, ReadError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| unavailable(&error))? {
            let file = entry.map_err(|error| unavailable(&error))?.file_name();
            // What has no such name isn't ours.
            let name = file.to_str().and_then(|file| file.strip_suffix(SUFFIX)).and_then(unescape);
            names.extend(name.filter(|name| name.starts_with(prefix)));
        }
        names.sort_unstable();
        Ok(names)
    }

    pub(super) fn delete(&self, name: &str) -> Result<(), ReadError> {
        check_blob_name(name)?;
        match fs::remove_file(self.path(name)).and_then(|()| sync_folder(&self.folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unavailable(&error)),
            _ => Ok(()),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(escape(name) + SUFFIX)
    }
}

fn write(path: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(&header(name, bytes))?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn header(name: &str, bytes: &[u8]) -> [u8; HEADER] {
    let sum = Sha256::new().chain_update(name).chain_update([0]).chain_update(bytes).finalize();
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..].copy_from_slice(&sum);
    header
}

fn escape(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn unescape(file: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(file.len());
    let mut rest = file;
    while let Some((plain, escaped)) = rest.split_once('%') {
        bytes.extend_from_slice(plain.as_bytes());
        let (code, after) = escaped.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

fn unavailable(error: &io::Error) -> ReadError {
    if is_full(error) { ReadError::Full } else { ReadError::Unavailable(error.to_string()) }
}
