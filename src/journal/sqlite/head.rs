//! The file `head`: how long the log was about a second ago.
//!
//! Two slots, written in turn and in place, so that one is whole whenever the power goes, and a write needs no new block
//! and one fdatasync. The slot with the higher generation counts.
//!
//! A slot, 104 bytes, numbers big-endian: magic (8), generation (8), the journal's id (16), position (8), chain hash (32),
//! SHA-256 of all before it (32).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::batch::{Chain, Mark};
use super::open::sync_folder;

const MAGIC: &[u8; 8] = b"CSHEAD1\n";
const SLOT: usize = 104;
/// Apart by a page, so that no torn sector holds both.
const SLOTS: [u64; 2] = [0, 4096];
const LENGTH: u64 = 8192;

/// What `head` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) generation: u64,
    pub(super) log: [u8; 16],
    pub(super) mark: Mark,
}

/// What was found where `head` is.
pub(super) enum Found {
    /// No file, or one that was made but never written.
    Nothing,
    Head(Head),
    Damaged,
}

/// Reads the file, changing nothing.
pub(super) fn find(path: &Path) -> io::Result<Found> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(LENGTH).read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(error) => return Err(error),
    };
    let slot = |at: &u64| bytes.get(usize::try_from(*at).ok()?..).and_then(decode);
    let newest = SLOTS.iter().filter_map(slot).max_by_key(|head| head.generation);
    Ok(match newest {
        Some(head) => Found::Head(head),
        None if bytes.iter().all(|byte| *byte == 0) => Found::Nothing,
        None => Found::Damaged,
    })
}

/// The file, open for writing.
pub(super) struct HeadFile {
    file: File,
    written: Head,
}

impl HeadFile {
    /// Opens the file, or makes it, and writes `mark` to it.
    pub(super) fn open(path: &Path, found: Option<Head>, log: [u8; 16], mark: Mark) -> io::Result<Self> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        file.set_len(LENGTH)?;
        file.sync_all()?;
        sync_folder(path.parent().unwrap_or(path))?;
        let generation = found.map_or(0, |head| head.generation);
        let mut head = Self { file, written: Head { generation, log, mark } };
        head.put(mark)?;
        Ok(head)
    }

    /// Makes `mark` durable, unless it is already.
    pub(super) fn write(&mut self, mark: Mark) -> io::Result<()> {
        if self.written.mark == mark { Ok(()) } else { self.put(mark) }
    }

    fn put(&mut self, mark: Mark) -> io::Result<()> {
        let next = Head { generation: self.written.generation + 1, mark, ..self.written };
        let slot = if next.generation.is_multiple_of(2) { SLOTS[0] } else { SLOTS[1] };
        self.file.seek(SeekFrom::Start(slot))?;
        self.file.write_all(&encode(&next))?;
        self.file.sync_data()?;
        self.written = next;
        Ok(())
    }
}

fn encode(head: &Head) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SLOT);
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&head.generation.to_be_bytes());
    bytes.extend_from_slice(&head.log);
    bytes.extend_from_slice(&head.mark.position.to_be_bytes());
    bytes.extend_from_slice(&head.mark.chain.0);
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Head> {
    let (body, rest) = bytes.split_at_checked(SLOT - 32)?;
    if rest.get(..32)? != &Sha256::digest(body)[..] {
        return None;
    }
    let (magic, body) = body.split_first_chunk::<8>()?;
    let (generation, body) = body.split_first_chunk()?;
    let (log, body) = body.split_first_chunk()?;
    let (position, body) = body.split_first_chunk()?;
    let chain = Chain(*body.first_chunk()?);
    let mark = Mark { position: u64::from_be_bytes(*position), chain };
    (magic == MAGIC).then_some(Head { generation: u64::from_be_bytes(*generation), log: *log, mark })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: [u8; 16] = [9; 16];

    fn written(count: u64) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("head");
        let mut mark = Mark::genesis(&LOG);
        let mut head = HeadFile::open(&path, None, LOG, mark).unwrap();
        for _ in 0..count {
            mark = mark.then(b"record");
            head.write(mark).unwrap();
        }
        (folder, path)
    }

    fn position(path: &Path) -> Option<u64> {
        match find(path).unwrap() {
            Found::Head(head) => Some(head.mark.position),
            Found::Nothing | Found::Damaged => None,
        }
    }

    #[test]
    fn what_was_written_last_counts() {
        for count in 0..5 {
            let (_folder, path) = written(count);
            assert_eq!(position(&path), Some(count));
        }
    }

    #[test]
    fn one_torn_slot_leaves_the_one_before() {
        let (_folder, path) = written(6);
        let whole = std::fs::read(&path).unwrap();
        for slot in SLOTS.map(|at| usize::try_from(at).unwrap()) {
            for at in slot..slot + SLOT {
                let mut torn = whole.clone();
                torn[at] ^= 1;
                std::fs::write(&path, torn).unwrap();
                assert!(matches!(position(&path), Some(5 | 6)), "byte {at}");
            }
        }
    }

    #[test]
    fn no_whole_slot_is_damage_and_no_bytes_are_nothing() {
        let (_folder, path) = written(3);
        std::fs::write(&path, vec![1; 8192]).unwrap();
        assert!(matches!(find(&path).unwrap(), Found::Damaged));
        std::fs::write(&path, vec![0; 8192]).unwrap();
        assert!(matches!(find(&path).unwrap(), Found::Nothing));
        std::fs::write(&path, []).unwrap();
        assert!(matches!(find(&path).unwrap(), Found::Nothing));
    }
}
