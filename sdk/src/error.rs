//! Why a call failed.

mod kind;
mod reason;
mod status;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, time::Duration};

pub use kind::ErrorKind;
pub use reason::Reason;

/// Why a call failed.
///
/// [`kind`](Self::kind) says what class of failure it is, [`reason`](Self::reason) which rule of the service refused
/// the call. A refused call has changed nothing. One that failed with [`ErrorKind::Unavailable`] or
/// [`ErrorKind::DeadlineExceeded`] may have taken effect: repeat it with the same request id.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    reason: Option<Reason>,
    metadata: BTreeMap<String, String>,
    field_violations: Vec<FieldViolation>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A field that the service refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// The field's path in the request, such as `objects[3].queue_id`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            reason: None,
            metadata: BTreeMap::new(),
            field_violations: Vec::new(),
            retry_after: None,
            source: None,
        }))
    }

    pub(crate) fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// What class of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Which rule refused the call; `None` when the call didn't get as far as the service's rules.
    pub fn reason(&self) -> Option<&Reason> {
        self.0.reason.as_ref()
    }

    /// What the reason says of itself, such as `choices` with [`Reason::LastAgent`].
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// The fields that were refused, with [`Reason::FieldInvalid`].
    pub fn field_violations(&self) -> &[FieldViolation] {
        &self.0.field_violations
    }

    /// How long the service asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call, with the same request id, may succeed later. The client has then retried it already,
    /// for as long as its timeout lets it.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Unavailable | ErrorKind::DeadlineExceeded => true,
            ErrorKind::ResourceExhausted => {
                // What reached a limit that isn't a rate stays there until something is closed.
                let is_full = matches!(self.0.reason, Some(Reason::LimitReached | Reason::SessionFull));
                !is_full && (self.0.retry_after.is_some() || matches!(self.0.reason, Some(Reason::RateLimited)))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(reason) = &self.0.reason {
            write!(f, " ({reason})")?;
        }
        // The service says them in its message, too.
        let said = |violation: &&FieldViolation| !self.0.message.contains(&violation.description);
        for violation in self.0.field_violations.iter().filter(said) {
            write!(f, "; {}: {}", violation.field, violation.description)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("reason", &self.0.reason)
            .field("metadata", &self.0.metadata)
            .field("field_violations", &self.0.field_violations)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
