use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tonic::{Code, transport::Endpoint};
use tonic_types::{ErrorDetails, StatusExt};

use super::*;
use crate::{TokenFuture, TokenProvider};

/// Gives "1", "2", …
#[derive(Default)]
struct Counting(Mutex<u32>);

impl TokenProvider for Counting {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(async {
            let mut count = self.0.lock().unwrap();
            *count += 1;
            Ok(count.to_string())
        })
    }
}

fn connection(addresses: usize) -> Connection {
    let channels =
        (0..addresses).map(|_| Endpoint::from_static("http://127.0.0.1:1").connect_lazy()).map(Channel).collect();
    Connection {
        channels,
        in_use: AtomicUsize::new(0),
        tokens: Tokens::new(Some(Arc::new(Counting::default()))),
        attempt_timeout: Duration::from_secs(10),
    }
}

/// Calls with those answers, and hangs after them. What the requests were: their content and credential.
async fn check(connection: &Connection, answers: Vec<Status>) -> (Result<(), Error>, Vec<(String, String)>) {
    check_with(Patience::default(), connection, answers).await
}

async fn check_with(
    patience: Patience,
    connection: &Connection,
    answers: Vec<Status>,
) -> (Result<(), Error>, Vec<(String, String)>) {
    let seen = Mutex::new(Vec::new());
    let answers = Mutex::new(answers.into_iter());
    let result = connection
        .call(patience, "id".to_owned(), |_, request: Request<String>| {
            let token = request.metadata().get("authorization").and_then(|token| token.to_str().ok());
            assert!(request.metadata().contains_key("grpc-timeout"));
            seen.lock().unwrap().push((request.get_ref().clone(), token.unwrap_or_default().to_owned()));
            let answer = answers.lock().unwrap().next();
            async move {
                match answer {
                    Some(status) if status.code() == Code::Ok => Ok(Response::new(())),
                    Some(status) => Err(status),
                    None => std::future::pending().await,
                }
            }
        })
        .await;
    (result, seen.into_inner().unwrap())
}

fn with_token(token: u32) -> (String, String) {
    ("id".to_owned(), format!("Bearer {token}"))
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_service_is_called_again_with_the_same_request_at_the_next_address() {
    let connection = connection(2);
    let (result, seen) = check(&connection, vec![Status::unavailable("busy"), Status::ok("")]).await;
    assert!(result.is_ok());
    assert_eq!(seen, [with_token(1), with_token(1)]);
    assert_eq!(connection.address(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_final() {
    let (result, seen) = check(&connection(1), vec![Status::failed_precondition("no")]).await;
    assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::FailedPrecondition));
    assert_eq!(seen.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_the_service_asks_for_is_kept() {
    let mut details = ErrorDetails::with_retry_info(Some(Duration::from_secs(7)));
    details.set_error_info("RATE_LIMITED", "chatsession", HashMap::new());
    let limited = Status::with_error_details(Code::ResourceExhausted, "slow down", details);
    let start = Instant::now();
    let (result, _) = check(&connection(1), vec![limited, Status::ok("")]).await;
    assert!(result.is_ok());
    assert!((7..9).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ran_out_is_replaced_once() {
    let connection = connection(1);
    let expired = || Status::unauthenticated("expired");
    let (result, seen) = check(&connection, vec![expired(), Status::ok("")]).await;
    assert!(result.is_ok());
    assert_eq!(seen, [with_token(1), with_token(2)]);
    let (result, seen) = check(&connection, vec![expired(), expired()]).await;
    assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::Unauthenticated));
    assert_eq!(seen, [with_token(2), with_token(3)]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_answers_is_given_up_by_the_timeout() {
    let start = Instant::now();
    let (result, seen) = check(&connection(1), Vec::new()).await;
    assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::DeadlineExceeded));
    assert!(start.elapsed() <= Duration::from_secs(30), "{:?}", start.elapsed());
    assert_eq!(seen.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_the_time_was_lost_with_is_told() {
    let (result, _) = check(&connection(1), vec![Status::unavailable("the disk is on fire")]).await;
    let late = result.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::DeadlineExceeded);
    let source = std::error::Error::source(&late).expect("what failed before");
    assert!(source.to_string().contains("the disk is on fire"), "{source}");
}

#[tokio::test(start_paused = true)]
async fn who_never_retries_gets_the_first_failure() {
    let patience = Patience { calls: crate::RetryPolicy::never(), ..Patience::default() };
    let (result, seen) = check_with(patience, &connection(2), vec![Status::unavailable("busy"), Status::ok("")]).await;
    assert_eq!(result.map_err(|error| error.kind()), Err(ErrorKind::Unavailable));
    assert_eq!(seen.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_delays_of_a_policy_are_kept() {
    let second = Duration::from_secs(1);
    let policy = crate::RetryPolicy::default().first_delay(second).longest_delay(2 * second).most_retries(3);
    let patience = Patience { calls: policy, ..Patience::default() };
    let start = Instant::now();
    let busy = || Status::unavailable("busy");
    let (result, seen) = check_with(patience, &connection(1), (0..9).map(|_| busy()).collect()).await;
    assert!(result.is_err());
    assert_eq!(seen.len(), 4);
    // 1, 2 and 2 seconds, each up to twice that.
    assert!((5..=10).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
}
