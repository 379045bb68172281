//! The one mapping of everything that can be refused to a status with its reason.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use super::{from_pb::Violation, pb};
use crate::{
    center::{CancelCause, IfLast, Outcome, Refusal},
    shard::Unavailable,
};

/// The domain of every ErrorInfo.
const DOMAIN: &str = "chatsession";

/// When to try again where nothing better is known.
const RETRY: Duration = Duration::from_millis(200);

/// When to try again on a full disk.
const RETRY_FULL: Duration = Duration::from_secs(5);

type Metadata = Vec<(&'static str, String)>;

/// A status with its reason.
fn status(
    code: Code,
    reason: &str,
    message: impl Into<String>,
    metadata: Metadata,
    more: impl FnOnce(&mut ErrorDetails),
) -> Status {
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, metadata);
    more(&mut details);
    Status::with_error_details(code, message, details)
}

fn plain(code: Code, reason: &str, message: impl Into<String>) -> Status {
    status(code, reason, message, Vec::new(), |_| {})
}

/// A state stands in the way.
fn blocked(reason: &str, message: String, metadata: Metadata) -> Status {
    status(Code::FailedPrecondition, reason, message.clone(), metadata, |details| {
        details.set_precondition_failure(vec![PreconditionViolation::new(reason, "", message)]);
    })
}

fn retry(code: Code, reason: &str, message: String, after: Duration) -> Status {
    status(code, reason, message, Vec::new(), |details| {
        details.set_retry_info(Some(after));
    })
}

/// Fields that a refusal names: trailers have to fit what clients accept, 16 KiB with many.
const NAMED: usize = 20;

/// Fields that can't be; the first ones, where there are very many.
pub(super) fn invalid(mut violations: Vec<Violation>) -> Status {
    let more = violations.len().saturating_sub(NAMED);
    violations.truncate(NAMED);
    if more > 0 {
        violations.push(Violation { field: String::new(), why: format!("and {more} more fields") });
    }
    let message = violations.iter().map(|violation| format!("{}: {}", violation.field, violation.why));
    let message = message.collect::<Vec<_>>().join("; ");
    let fields: Vec<_> =
        violations.into_iter().map(|violation| FieldViolation::new(violation.field, violation.why)).collect();
    status(Code::InvalidArgument, "FIELD_INVALID", message, Vec::new(), |details| {
        details.set_bad_request(fields);
    })
}

/// No credential that can be trusted. Why stays with the server.
pub(super) fn unauthenticated() -> Status {
    plain(Code::Unauthenticated, "CREDENTIAL_INVALID", "no valid credential")
}

/// The token of a stream has run out.
pub(super) fn token_expired() -> Status {
    plain(Code::Unauthenticated, "TOKEN_EXPIRED", "the token of this stream has run out")
}

/// The role may not do this.
pub(super) fn role_not_allowed() -> Status {
    of(Refusal::RoleNotAllowed)
}

/// Too many calls.
pub(super) fn rate_limited(after: Duration) -> Status {
    retry(Code::ResourceExhausted, "RATE_LIMITED", "too many calls".into(), after)
}

/// Too many of something.
pub(super) fn limit_reached(limit: &'static str) -> Status {
    of(Refusal::LimitReached { limit: limit.into() })
}

/// The call's time is over.
pub(super) fn deadline_exceeded() -> Status {
    plain(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", "the call's deadline passed; it may have taken effect")
}

/// No such method here.
pub(super) fn method_unknown(why: &str) -> Status {
    plain(Code::Unimplemented, "METHOD_UNKNOWN", why)
}

/// A request that could be larger than it looks.
pub(super) fn compression_unsupported() -> Status {
    plain(Code::Unimplemented, "COMPRESSION_UNSUPPORTED", "compressed requests aren't taken")
}

/// A defect, to be found in the log by its number.
pub(super) fn internal(incident: &str) -> Status {
    let metadata = vec![("incident", incident.to_owned())];
    status(Code::Internal, "INTERNAL", "a defect of the server; its log knows the incident", metadata, |_| {})
}

/// The server shuts down.
pub(super) fn draining() -> Status {
    retry(Code::Unavailable, "DRAINING", "the server shuts down".into(), RETRY)
}

/// The journal can't be read just now.
pub(super) fn unreadable(error: &crate::journal::ReadError) -> Status {
    tracing::warn!(%error, "the journal could not be read");
    retry(Code::Unavailable, "RECOVERING", "the history can't be read now".into(), RETRY)
}

/// Commits behind a position aren't kept any more; those behind this one are.
pub(super) fn seq_compacted(oldest: u64) -> Status {
    let metadata = vec![("oldest_center_seq", oldest.to_string())];
    let text = format!("commits are kept from behind {oldest} on");
    status(Code::OutOfRange, "POSITION_COMPACTED", text, metadata, |_| {})
}

/// There are only so many commits.
pub(super) fn seq_in_future(last: u64) -> Status {
    let metadata = vec![("last_center_seq", last.to_string())];
    status(Code::OutOfRange, "POSITION_IN_FUTURE", format!("the last commit is {last}"), metadata, |_| {})
}

/// The position is of another log.
pub(super) fn history_replaced() -> Status {
    plain(Code::OutOfRange, "HISTORY_REPLACED", "the log isn't the one that the position is of")
}

/// A call that wasn't decided.
pub(super) fn unavailable(why: Unavailable) -> Status {
    match why {
        Unavailable::Overloaded => retry(Code::Unavailable, "OVERLOADED", why.to_string(), RETRY),
        Unavailable::Recovering => retry(Code::Unavailable, "RECOVERING", why.to_string(), RETRY),
        Unavailable::NoLeader => retry(Code::Unavailable, "NO_LEADER", why.to_string(), RETRY),
        Unavailable::Stopped => draining(),
        Unavailable::StorageFull => retry(Code::ResourceExhausted, "STORAGE_FULL", why.to_string(), RETRY_FULL),
    }
}

/// A refusal of the rules.
pub(super) fn of(refusal: Refusal) -> Status {
    let text = refusal.to_string();
    match refusal {
        Refusal::FieldInvalid { field, why } => invalid(vec![Violation { field, why }]),
        Refusal::RoleNotAllowed => plain(Code::PermissionDenied, "ROLE_NOT_ALLOWED", text),
        Refusal::NotParticipant => plain(Code::PermissionDenied, "NOT_PARTICIPANT", text),
        Refusal::SessionNotFound => plain(Code::NotFound, "SESSION_NOT_FOUND", text),
        Refusal::AgentNotFound => plain(Code::NotFound, "AGENT_NOT_FOUND", text),
        Refusal::QueueNotFound => plain(Code::NotFound, "QUEUE_NOT_FOUND", text),
        Refusal::OfferNotFound => plain(Code::NotFound, "OFFER_NOT_FOUND", text),
        Refusal::SessionEnded => blocked("SESSION_ENDED", text, Vec::new()),
        Refusal::OfferClosed(outcome) => offer_closed(outcome),
        Refusal::AgentSignedOut => blocked("AGENT_SIGNED_OUT", text, Vec::new()),
        Refusal::AgentAtCapacity => blocked("AGENT_AT_CAPACITY", text, Vec::new()),
        Refusal::NotSignedIn => blocked("NOT_SIGNED_IN", text, Vec::new()),
        Refusal::AgentHasSessions => blocked("AGENT_HAS_SESSIONS", text, Vec::new()),
        Refusal::StateReasonRequired => blocked("STATE_REASON_REQUIRED", text, Vec::new()),
        Refusal::QueueFull => blocked("QUEUE_FULL", text, Vec::new()),
        Refusal::QueueUnstaffed => blocked("QUEUE_UNSTAFFED", text, Vec::new()),
        Refusal::NotQueued => blocked("NOT_QUEUED", text, Vec::new()),
        Refusal::LastAgent(choices) => {
            let names: Vec<&str> = choices.iter().map(choice).collect();
            blocked("LAST_AGENT", text, vec![("choices", names.join(","))])
        }
        Refusal::OthersConnected => blocked("OTHERS_CONNECTED", text, Vec::new()),
        Refusal::DispositionRequired => blocked("DISPOSITION_REQUIRED", text, Vec::new()),
        Refusal::WrapUpClosed => blocked("WRAP_UP_CLOSED", text, Vec::new()),
        Refusal::DeskRequired => blocked("DESK_REQUIRED", text, Vec::new()),
        Refusal::AlreadyParticipant => plain(Code::AlreadyExists, "ALREADY_PARTICIPANT", text),
        Refusal::AlreadyOffered => plain(Code::AlreadyExists, "ALREADY_OFFERED", text),
        Refusal::AlreadyQueued => plain(Code::AlreadyExists, "ALREADY_QUEUED", text),
        Refusal::RequestIdReused => plain(Code::AlreadyExists, "REQUEST_ID_REUSED", text),
        Refusal::RevisionStale { current } => {
            status(Code::Aborted, "REVISION_STALE", text, vec![("current_revision", current.to_string())], |_| {})
        }
        Refusal::PositionInFuture { last } => {
            status(Code::OutOfRange, "POSITION_IN_FUTURE", text, vec![("last_revision", last.to_string())], |_| {})
        }
        Refusal::CannedResponseNotFound => plain(Code::NotFound, "CANNED_RESPONSE_NOT_FOUND", text),
        Refusal::AttachmentNotFound => plain(Code::NotFound, "ATTACHMENT_NOT_FOUND", text),
        Refusal::AttachmentNotReady => blocked("ATTACHMENT_NOT_READY", text, Vec::new()),
        Refusal::RateLimited => rate_limited(Duration::from_secs(60)),
        Refusal::LimitReached { limit } => {
            status(Code::ResourceExhausted, "LIMIT_REACHED", text, vec![("limit", limit.into_owned())], |details| {
                details.set_retry_info(Some(Duration::from_secs(1)));
            })
        }
        Refusal::QueueClosed => blocked("QUEUE_CLOSED", text, Vec::new()),
        Refusal::QueueInUse { by } => blocked("QUEUE_IN_USE", text, vec![("by", by.into_owned())]),
        Refusal::AgentInUse { by } => blocked("AGENT_IN_USE", text, vec![("by", by.into_owned())]),
        Refusal::SessionFull => {
            status(Code::ResourceExhausted, "SESSION_FULL", text, vec![("limit", "max_events".to_owned())], |_| {})
        }
        Refusal::ChatNotFound => plain(Code::NotFound, "CHAT_NOT_FOUND", text),
        Refusal::ChatClosed => blocked("CHAT_CLOSED", text, Vec::new()),
        Refusal::AlreadyMember => plain(Code::AlreadyExists, "ALREADY_MEMBER", text),
        Refusal::ChatFull => {
            status(Code::ResourceExhausted, "CHAT_FULL", text, vec![("limit", "max_events".to_owned())], |_| {})
        }
        Refusal::ChatIsPair => blocked("CHAT_IS_PAIR", text, Vec::new()),
    }
}

fn offer_closed(outcome: Outcome) -> Status {
    let (proto, cause) = super::to_pb::outcome(outcome);
    let name = short(proto.as_str_name(), "OFFER_OUTCOME_");
    let mut metadata = vec![("outcome", name.to_owned())];
    if let Outcome::Canceled(_) = outcome {
        metadata.push(("cause", short(cause.as_str_name(), "CANCEL_CAUSE_").to_owned()));
    }
    blocked("OFFER_CLOSED", format!("the offer has ended: {name}{}", because(outcome)), metadata)
}

fn because(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Canceled(CancelCause::ByInviter) => " by the inviter or a colleague",
        Outcome::Canceled(CancelCause::Taken) => ", somebody else took the session",
        Outcome::Canceled(CancelCause::SessionEnded) => ", the session ended",
        Outcome::Canceled(CancelCause::Withdrawn) => ", the session was withdrawn from the queue",
        Outcome::Canceled(CancelCause::Moved) => ", the session moved",
        Outcome::Accepted | Outcome::Declined | Outcome::NoAnswer | Outcome::AgentGone => "",
    }
}

fn choice(choice: &IfLast) -> &'static str {
    let choice = match choice {
        IfLast::ReturnToQueue => pb::IfLast::ReturnToQueue,
        IfLast::AwaitInvitee => pb::IfLast::AwaitInvitee,
        IfLast::End => pb::IfLast::End,
    };
    short(choice.as_str_name(), "IF_LAST_")
}

fn short(name: &'static str, prefix: &str) -> &'static str {
    name.strip_prefix(prefix).unwrap_or(name)
}
