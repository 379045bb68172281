//! What operators read: log lines on standard error, and a wrapper that keeps people's words out of them.

use std::fmt;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat};

/// Why nothing would be logged.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter can't be read.
    #[error("settings: `log.filter` is refused, expected one like `info,chatsession=debug`")]
    Filter(#[source] ParseError),
    /// There is a log already.
    #[error("the log can't be set up")]
    Twice(#[source] TryInitError),
}

/// An error with its causes, where its own text doesn't tell what went wrong.
pub fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Starts the log of this process, on standard error: standard output belongs to what commands print. Once a process.
pub fn init(settings: &Log) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(TelemetryError::Filter)?;
    // Colours are for people: a file or a pipe gets none.
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => lines.finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
    }
    .map_err(TelemetryError::Twice)
}

/// A value that never prints: a message's text, a name, a token. Whoever needs the value says so.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Keeps the value from being printed.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, to be used and not to be printed.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, for good.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_redacted_prints_nowhere() {
        let text = Redacted::new("my card number is 4111");
        assert_eq!(format!("{text} {text:?} {:#?}", Some(&text)), "[redacted] [redacted] Some(\n    [redacted],\n)");
        assert_eq!(text.expose().len(), text.into_inner().len());
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_refused_by_name() {
        let log = Log { filter: "chatsession=loud".into(), ..Log::default() };
        let refused = init(&log).unwrap_err();
        assert!(refused.to_string().contains("log.filter"), "{refused}");
    }

    #[test]
    fn the_log_is_set_up_once() {
        let log = Log { format: LogFormat::Json, filter: "off".into() };
        init(&log).unwrap();
        assert!(matches!(init(&log), Err(TelemetryError::Twice(_))));
    }
}
