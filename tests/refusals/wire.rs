//! What happens below the messages.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use prost::Message;
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt;
use tower::Service;

use crate::{
    pb,
    world::{BACKEND, Who, World},
};

const GET: &str = "ChatSession/GetSession";

/// Code, reason and fields.
fn told(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let fields = details.bad_request().map(|bad| bad.field_violations.iter().map(|it| it.field.clone()).collect());
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    (status.code(), reason, fields.unwrap_or_default())
}

fn invalid(field: &str) -> (Code, String, Vec<String>) {
    (Code::InvalidArgument, "FIELD_INVALID".into(), vec![field.into()])
}

/// A body that ends when it's told.
struct Bare(Option<Bytes>, bool);

impl http_body::Body for Bare {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Status>>> {
        match self.0.take() {
            Some(bytes) => Poll::Ready(Some(Ok(http_body::Frame::data(bytes)))),
            None if self.1 => Poll::Ready(None),
            // The caller says nothing more and doesn't go.
            None => Poll::Pending,
        }
    }
}

async fn bare(world: &World, rpc: &str, headers: &[(&'static str, &str)], body: Bare) -> Status {
    bare_by(world, BACKEND, rpc, headers, body).await
}

async fn bare_by(world: &World, who: Who, rpc: &str, headers: &[(&'static str, &str)], body: Bare) -> Status {
    let mut request = http::Request::post(format!("http://localhost/chatsession.v1.{rpc}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    if let Some(token) = world.token(who, None) {
        request = request.header("authorization", token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut channel = world.channel.clone();
    std::future::poll_fn(|context| channel.poll_ready(context)).await.unwrap();
    let answer = channel.call(request.body(Body::new(body)).unwrap()).await.unwrap();
    Status::from_header_map(answer.headers()).expect("a status before any message")
}

fn framed(message: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend((message.len() as u32).to_be_bytes());
    bytes.extend(message);
    bytes
}

async fn sent(world: &World, headers: &[(&'static str, &str)], body: Vec<u8>) -> Status {
    bare(world, GET, headers, Bare(Some(body.into()), true)).await
}

fn request() -> Vec<u8> {
    framed(&pb::GetSessionRequest { session_id: "nobodys".into(), ..Default::default() }.encode_to_vec())
}

#[tokio::test]
async fn given_a_message_over_the_limit_then_the_limit_is_named() {
    let world = World::start().await;
    let large = pb::GetSessionRequest { session_id: "x".repeat(256 << 10), ..Default::default() }.encode_to_vec();
    for rpc in [GET, "ChatSession/Watch", "AgentDesk/SignIn", "Administration/Apply"] {
        let status = world.send(rpc, BACKEND, vec![large.clone()]).await.unwrap_err();
        assert_eq!(told(&status), (Code::ResourceExhausted, "LIMIT_REACHED".into(), vec![]), "{rpc}");
        let info = status.get_details_error_info().unwrap();
        assert_eq!(info.metadata["limit"], "limits.messages.request_bytes");
        assert!(status.get_details_retry_info().is_some());
    }
    // A length that is only claimed reserves nothing and is refused at once.
    let claimed = bare(&world, GET, &[], Bare(Some(Bytes::from_static(&[0, 255, 255, 255, 255])), false)).await;
    assert_eq!(told(&claimed).1, "LIMIT_REACHED");
    world.stop().await;
}

#[tokio::test]
async fn given_bytes_that_are_no_message_then_they_are_refused_and_the_server_lives() {
    let world = World::start().await;
    let nested = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut outer = vec![0x12];
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.extend(inner);
        outer
    });
    let bad: [(&str, Vec<u8>); 10] = [
        ("invalid UTF-8", framed(&[0x0a, 2, 0xc3, 0x28])),
        ("half a surrogate", framed(&[0x0a, 3, 0xed, 0xa0, 0x80])),
        ("a wrong wire type", framed(&[0x08, 1])),
        ("an endless varint", framed(&[0xff; 11])),
        ("field number zero", framed(&[0x00, 0x00])),
        ("a field that is cut off", framed(&[0x0a, 200, 1, 2])),
        ("a group without an end", framed(&[0x63].repeat(200))),
        ("a message that is cut off", request()[..9].to_vec()),
        ("a header that is cut off", vec![0, 0]),
        ("no message at all", vec![]),
    ];
    for (case, bytes) in bad {
        assert_eq!(told(&sent(&world, &[], bytes).await), invalid("request"), "{case}");
    }
    assert_eq!(told(&sent(&world, &[], vec![9; 64]).await), invalid("request"));
    // Unknown fields are none of our business, however deep.
    let status = sent(&world, &[], framed(&nested)).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    let random: Vec<u8> = (0..2000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for at in 0..100 {
        let status = sent(&world, &[], framed(&random[at * 10..][..at + 1])).await;
        assert_eq!(told(&status).1, "FIELD_INVALID", "{at}");
    }
    assert_eq!(sent(&world, &[], request()).await.code(), Code::NotFound);
    world.stop().await;
}

#[tokio::test]
async fn given_a_deadline_then_it_is_kept_or_refused() {
    let world = World::start().await;
    for wrong in ["", "1", "S", "1X", "-1S", "123456789S", "1.5S"] {
        for rpc in [GET, "ChatSession/Watch", "AgentDesk/WatchDesk", "Administration/Apply"] {
            let body = Bare(Some(request().into()), true);
            let status = bare(&world, rpc, &[("grpc-timeout", wrong)], body).await;
            assert_eq!(told(&status), invalid("grpc-timeout"), "{rpc} {wrong:?}");
        }
    }
    assert_eq!(sent(&world, &[("grpc-timeout", "9S")], request()).await.code(), Code::NotFound);
    world.stop().await;
}

#[tokio::test]
async fn given_a_call_that_takes_too_long_then_it_ends_at_its_deadline() {
    let short = std::time::Duration::from_millis(20);
    let world = World::with(|settings| settings.limits.deadlines.default = short).await;
    // The stream of objects never ends.
    let status = bare(&world, "Administration/Apply", &[], Bare(Some(framed(&[]).into()), false)).await;
    assert_eq!(told(&status), (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into(), vec![]));
    world.stop().await;
}

#[tokio::test]
async fn given_what_the_server_does_not_speak_then_it_says_so() {
    let world = World::start().await;
    for rpc in ["ChatSession/Sing", "Nothing/GetSession"] {
        let status = bare(&world, rpc, &[], Bare(Some(request().into()), true)).await;
        assert_eq!(told(&status), (Code::Unimplemented, "METHOD_UNKNOWN".into(), vec![]), "{rpc}");
    }
    let status = sent(&world, &[("grpc-encoding", "gzip")], request()).await;
    assert_eq!(told(&status), (Code::Unimplemented, "COMPRESSION_UNSUPPORTED".into(), vec![]));
    let mut compressed = request();
    compressed[0] = 1;
    assert_eq!(told(&sent(&world, &[], compressed).await), invalid("request"));
    world.stop().await;
}

#[tokio::test]
async fn given_too_many_calls_then_the_caller_is_told_when_to_come_back() {
    let rate = chatsession::config::Rate { per_second: 1, burst: 3 };
    let world = World::with(|settings| settings.limits.rates.integrator = rate).await;
    let mut limited = None;
    for _ in 0..20 {
        let status = world.send(GET, BACKEND, vec![vec![]]).await.unwrap_err();
        limited = limited.or((status.code() == Code::ResourceExhausted).then_some(status));
    }
    let limited = limited.expect("no more than three at once");
    assert_eq!(told(&limited).1, "RATE_LIMITED");
    assert!(limited.get_details_retry_info().unwrap().retry_delay.is_some());
    world.stop().await;
}

#[tokio::test]
async fn given_nobody_we_know_then_they_are_refused_before_their_body_is_read() {
    let world = World::start().await;
    for who in [Who::Nobody, Who::Garbage] {
        // Were the body awaited, this would end at the deadline of the call.
        let status = bare_by(&world, who, GET, &[], Bare(Some(request()[..9].to_vec().into()), false)).await;
        assert_eq!(told(&status), (Code::Unauthenticated, "CREDENTIAL_INVALID".into(), vec![]));
    }
    world.stop().await;
}

#[tokio::test]
async fn given_a_body_that_never_ends_then_the_call_ends_at_its_deadline() {
    let short = std::time::Duration::from_millis(20);
    let world = World::with(|settings| settings.limits.deadlines.default = short).await;
    for rpc in [GET, "ChatSession/Watch", "AgentDesk/WatchDesk"] {
        let status = bare(&world, rpc, &[], Bare(Some(request()[..9].to_vec().into()), false)).await;
        assert_eq!(told(&status).1, "DEADLINE_EXCEEDED", "{rpc}");
    }
    world.stop().await;
}

#[tokio::test]
async fn given_a_configuration_full_of_mistakes_then_the_first_ones_are_named_and_the_refusal_stays_small() {
    use pb::apply_request::Object;
    let world = World::start().await;
    let wrong = pb::ApplyRequest {
        object: Some(Object::Queue(pb::Queue { queue_id: "not a name".repeat(20), ..Default::default() })),
    };
    let status = world.send("Administration/Apply", BACKEND, vec![wrong.encode_to_vec(); 500]).await.unwrap_err();
    let (code, reason, fields) = told(&status);
    assert_eq!((code, reason.as_str(), fields.len()), (Code::InvalidArgument, "FIELD_INVALID", 21));
    assert!(status.message().ends_with("and 480 more fields"), "{}", status.message());
    assert!(status.message().len() + status.details().len() < 8 * 1024);
    world.stop().await;
}

#[tokio::test]
async fn given_a_file_over_http_2_then_it_is_taken_as_over_http_1() {
    let stage = crate::stage::Stage::set().await;
    let text = b"a few words";
    let create = pb::CreateAttachmentRequest {
        request_id: "file".into(),
        session_id: stage.attended.clone(),
        file_name: "words.txt".into(),
        content_type: "text/plain".into(),
        size: text.len() as u64,
        ..Default::default()
    };
    let ann = crate::world::agent("ann");
    let new: pb::CreateAttachmentResponse = stage.world.call("ChatSession/CreateAttachment", ann, &create).await;
    let put = |body: &'static [u8]| {
        let request = http::Request::put(&new.upload_url).body(Body::new(Bare(Some(body.into()), true))).unwrap();
        let mut channel = stage.world.channel.clone();
        async move {
            std::future::poll_fn(|context| channel.poll_ready(context)).await.unwrap();
            channel.call(request).await.unwrap().status()
        }
    };
    assert_eq!(put(b"and many more words").await, http::StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(put(text).await, http::StatusCode::CREATED);
    assert_eq!(put(text).await, http::StatusCode::CONFLICT);
    stage.world.stop().await;
}
