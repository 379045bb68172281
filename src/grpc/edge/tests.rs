use tonic::Code;
use tonic_types::StatusExt;

use super::*;

#[tokio::test]
async fn given_a_call_that_panics_then_it_alone_fails_and_nothing_of_it_is_told() {
    let panics = async { if std::hint::black_box(true) { panic!("a secret") } else { Ok(()) } };
    let status = guarded(panics).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(!format!("{status:?}").contains("secret"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("INTERNAL", "chatsession"));
    uuid::Uuid::parse_str(&info.metadata["incident"]).unwrap();
    assert_eq!(guarded(async { Ok(1) }).await.unwrap(), 1);
}
