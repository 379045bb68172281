//! Standard output: what a command was asked for. All else goes to standard error.

use std::io::{self, Write};

/// Prints a line. A reader who is gone, as `head` is, isn't a failure of the command's.
pub(super) fn line(text: impl AsRef<str>) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{}", text.as_ref());
    let _ = out.flush();
}
