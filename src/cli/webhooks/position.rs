//! Where a consumer of the feed has got to.

use std::{fs, io::Write, path::Path};

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
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        let parsed = text.trim().split_once(' ').and_then(|(history, seq)| Some((history, seq.parse().ok()?)));
        let (history, seq) = parsed.ok_or_else(|| format!("{} holds no position", path.display()))?;
        Ok(Some(Self { history: history.to_owned(), seq }))
    }

    /// Whole or not at all, and on the disk.
    pub(super) fn write(&self, path: &Path) -> Result<(), Failure> {
        let new = path.with_extension("new");
        let mut file = fs::File::create(&new)?;
        writeln!(file, "{} {}", self.history, self.seq)?;
        file.sync_data()?;
        Ok(fs::rename(new, path)?)
    }
}

/// Adds a commit to a file, a line.
pub(super) fn add_line(path: &Path, commit: &Value) -> Result<(), Failure> {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{commit}")?;
    Ok(file.sync_data()?)
}
