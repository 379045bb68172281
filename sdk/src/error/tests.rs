use std::{collections::HashMap, error::Error as _, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::*;

fn refusal(code: Code, message: &str, details: ErrorDetails) -> Error {
    Error::from_status(Status::with_error_details(code, message, details))
}

#[test]
fn a_refusal_tells_its_reason_and_metadata() {
    let metadata = HashMap::from([("choices".to_owned(), "RETURN_TO_QUEUE,END".to_owned())]);
    let details = ErrorDetails::with_error_info("LAST_AGENT", "chatsession", metadata);
    let error = refusal(Code::FailedPrecondition, "the last agent must choose", details);
    assert_eq!(error.kind(), ErrorKind::FailedPrecondition);
    assert_eq!(error.reason(), Some(&Reason::LastAgent));
    assert_eq!(error.metadata()["choices"], "RETURN_TO_QUEUE,END");
    assert!(!error.is_retryable());
    assert_eq!(error.to_string(), "the last agent must choose (LAST_AGENT)");
}

#[test]
fn refused_fields_are_named() {
    let error =
        refusal(Code::InvalidArgument, "bad request", ErrorDetails::with_bad_request_violation("text", "empty"));
    let violation = FieldViolation { field: "text".into(), description: "empty".into() };
    assert_eq!(error.field_violations(), [violation]);
    assert_eq!(error.to_string(), "bad request; text: empty");
}

#[test]
fn retry_info_is_read() {
    let mut details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1500)));
    details.set_error_info("RATE_LIMITED", "chatsession", HashMap::new());
    let error = refusal(Code::ResourceExhausted, "slow down", details);
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert!(error.is_retryable());
}

#[test]
fn a_reached_limit_is_not_retryable() {
    let details = ErrorDetails::with_error_info("LIMIT_REACHED", "chatsession", HashMap::new());
    assert!(!refusal(Code::ResourceExhausted, "too many streams", details).is_retryable());
}

#[test]
fn a_reason_from_the_future_is_kept_as_it_is() {
    let details = ErrorDetails::with_error_info("MOON_PHASE", "chatsession", HashMap::new());
    let error = refusal(Code::FailedPrecondition, "no", details);
    assert_eq!(error.reason(), Some(&Reason::Unknown("MOON_PHASE".into())));
}

#[test]
fn another_domains_reason_is_not_ours() {
    let details = ErrorDetails::with_error_info("LAST_AGENT", "proxy.example", HashMap::new());
    assert_eq!(refusal(Code::Unknown, "no", details).reason(), None);
}

#[test]
fn a_broken_connection_is_unavailable_and_the_display_leaves_its_cause_to_source() {
    let broken = std::io::Error::new(std::io::ErrorKind::BrokenPipe, "broken pipe");
    let error = Error::from_status(Status::from_error(Box::new(broken)));
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.is_retryable());
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    assert_eq!(source, "broken pipe");
    assert!(!error.to_string().contains(&source));
}

#[test]
fn a_timeout_of_the_client_is_deadline_exceeded() {
    let error = Error::from_status(Status::from_error(Box::new(tonic::TimeoutExpired(()))));
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
}

#[test]
fn every_reason_of_the_contract_is_known() {
    let proto = include_str!("../../../proto/chatsession/v1/error.proto");
    let names = proto.lines().filter_map(|line| line.trim().strip_prefix("REASON_")?.split(' ').next());
    let names: Vec<&str> = names.filter(|name| *name != "UNSPECIFIED").collect();
    assert_eq!(names, Reason::KNOWN);
}
