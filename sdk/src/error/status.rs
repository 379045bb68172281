//! From the wire's status to an [`Error`].

use std::error::Error as StdError;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{Error, ErrorKind, FieldViolation, Reason};

const DOMAIN: &str = "chatsession";

impl Error {
    pub(crate) fn from_status(status: Status) -> Self {
        let chain = causes(status.source());
        let mut error = if chain.is_empty() {
            Self::new(kind(status.code()), message(&status))
        } else if timed_out(&status) {
            Self::new(ErrorKind::DeadlineExceeded, "the service didn't answer in time")
        } else {
            // Whatever broke on the way here, the service hasn't refused: the same call may be made again.
            Self::new(ErrorKind::Unavailable, "the connection to the service failed").caused_by(chain)
        };
        let details = status.get_error_details();
        error.0.retry_after = details.retry_info().and_then(|info| info.retry_delay);
        if let Some(bad) = details.bad_request() {
            let violations = bad.field_violations.iter();
            error.0.field_violations = violations
                .map(|one| FieldViolation { field: one.field.clone(), description: one.description.clone() })
                .collect();
        }
        if let Some(info) = details.error_info().filter(|info| info.domain == DOMAIN) {
            error.0.reason = Some(Reason::parse(info.reason.clone()));
            error.0.metadata = info.metadata.clone().into_iter().collect();
        }
        error
    }

    /// What it says, and what it was caused by.
    pub(crate) fn chain(&self) -> String {
        causes(Some(self))
    }
}

fn message(status: &Status) -> String {
    match status.message() {
        "" => status.code().description().to_owned(),
        message => message.to_owned(),
    }
}

/// A status that the server sent has no source; one that the transport made of its own failure has.
fn causes(mut cause: Option<&(dyn StdError + 'static)>) -> String {
    let mut chain: Vec<String> = Vec::new();
    while let Some(error) = cause {
        let text = error.to_string();
        if chain.last().is_none_or(|last| !last.contains(&text)) {
            chain.push(text);
        }
        cause = error.source();
    }
    chain.join(": ")
}

fn timed_out(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        if error.is::<tonic::TimeoutExpired>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn kind(code: Code) -> ErrorKind {
    match code {
        Code::Ok | Code::Unknown => ErrorKind::Unknown,
        Code::Cancelled => ErrorKind::Cancelled,
        Code::InvalidArgument => ErrorKind::InvalidArgument,
        Code::DeadlineExceeded => ErrorKind::DeadlineExceeded,
        Code::NotFound => ErrorKind::NotFound,
        Code::AlreadyExists => ErrorKind::AlreadyExists,
        Code::PermissionDenied => ErrorKind::PermissionDenied,
        Code::ResourceExhausted => ErrorKind::ResourceExhausted,
        Code::FailedPrecondition => ErrorKind::FailedPrecondition,
        Code::Aborted => ErrorKind::Aborted,
        Code::OutOfRange => ErrorKind::OutOfRange,
        Code::Unimplemented => ErrorKind::Unimplemented,
        Code::Internal => ErrorKind::Internal,
        Code::Unavailable => ErrorKind::Unavailable,
        Code::DataLoss => ErrorKind::DataLoss,
        Code::Unauthenticated => ErrorKind::Unauthenticated,
    }
}
