//! The classes of failure.

/// The class of an [`Error`](crate::Error), as gRPC has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is malformed, or the client's own settings are. Correct it.
    InvalidArgument,
    /// No credential, one that isn't trusted or ran out, or the token provider gave none.
    Unauthenticated,
    /// The caller may not do this.
    PermissionDenied,
    /// No such thing, as far as the caller may know.
    NotFound,
    /// A state stands in the way.
    FailedPrecondition,
    /// It is so already, or the request id was used with another content.
    AlreadyExists,
    /// Something changed meanwhile. Look again and decide anew.
    Aborted,
    /// The position is no longer kept or in the future.
    OutOfRange,
    /// Too many, too fast or too large.
    ResourceExhausted,
    /// The service can't be reached or is busy, or the token provider gave no token. The call may have taken effect.
    Unavailable,
    /// The time ran out. The call may have taken effect.
    DeadlineExceeded,
    /// The call was cancelled.
    Cancelled,
    /// The server doesn't know this call: it is older than this client.
    Unimplemented,
    /// A defect of the server.
    Internal,
    /// The server's events are not what they should be.
    DataLoss,
    /// Something else.
    Unknown,
}
