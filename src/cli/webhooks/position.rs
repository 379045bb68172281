//! Where a consumer of the feed has got to.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use serde_json::Value;

use crate::cli::Failure;

/// A commit, and the history that it is of; before the first one of whichever history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) history: String,
    pub(super) seq: u64,
}

impl Position {
    /// What was written; none where there is nothing yet.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Failure> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(named(path, &error)),
        };
        let parsed = text.trim_end().split_once(' ').and_then(|(history, seq)| Some((history, seq.parse().ok()?)));
        let (history, seq) = parsed.ok_or_else(|| format!("{} holds no position", path.display()))?;
        Ok(Some(Self { history: history.to_owned(), seq }))
    }

    /// Whole or not at all, and on the disk.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        // Beside it, under a name that no other position's file has.
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let write = || {
            let mut file = fs::File::create(&new)?;
            writeln!(file, "{} {}", self.history, self.seq)?;
            file.sync_data()?;
            fs::rename(&new, path)
        };
        write().map_err(|error| named(path, &error))
    }
}

/// Adds a commit to a file, a line. Nobody else may read what customers said.
pub(super) fn add_line(path: &Path, commit: &Value) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let add = || {
        let mut file = options.open(path)?;
        writeln!(file, "{commit}")?;
        file.sync_data()
    };
    add().map_err(|error| named(path, &error))
}

fn named(path: &Path, error: &io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}
