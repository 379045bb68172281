use tonic::Code;
use tonic_types::StatusExt;

use super::*;

const LONG: Duration = Duration::from_secs(9);

#[tokio::test]
async fn given_a_call_that_panics_then_it_alone_fails_and_nothing_of_it_is_told() {
    let panics = async { if LONG.is_zero() { Ok(()) } else { panic!("a secret") } };
    let status = guarded(LONG, panics).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!format!("{status:?}").contains("secret"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INTERNAL", "chatsession"));
    uuid::Uuid::parse_str(&info.metadata["incident"]).unwrap();
    assert_eq!(guarded(LONG, async { Ok(1) }).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn given_a_call_that_hangs_then_it_ends_at_its_deadline() {
    let status = guarded::<()>(LONG, std::future::pending()).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(status.get_details_error_info().unwrap().reason, "DEADLINE_EXCEEDED");
}
