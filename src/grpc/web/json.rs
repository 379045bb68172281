//! Calls in JSON, for curl and whatever speaks no gRPC: the unary part of the Connect protocol
//! (<https://connectrpc.com/docs/protocol>). `POST /chatsession.v1.ChatSession/StartSession` with a message in JSON is answered
//! with one, or with an error that has the contract's reason. Streams are gRPC's and gRPC-Web's.
//!
//! A call becomes one of gRPC before anything else sees it, and takes the same way: it is let in by its headers, before its
//! body is read.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::{FutureExt, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited, StreamBody};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, SerializeOptions};
use serde_json::{Value, json};
use serde_path_to_error::Track;
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt;

use crate::grpc::{from_pb::Violation, pb, status};

/// How the kind of a call's body begins.
pub(super) const KIND: &str = "application/json";

/// JSON takes more bytes than the message that it becomes, which has the limit.
const LONGER: usize = 4;

/// How the caller says how long it waits, in milliseconds.
const TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");

/// As many as the protocol gives it.
const TIMEOUT_DIGITS: usize = 10;

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(pb::DESCRIPTORS).expect("our own descriptors"));

/// Why a body can't be a message; told once the call has been refused for want of one.
type Refused = Arc<Mutex<Option<Status>>>;

/// The method of a path, if it can be called so.
fn method(path: &str) -> Result<MethodDescriptor, Status> {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let service = POOL.get_service_by_name(service);
    let found = service.and_then(|service| service.methods().find(|known| known.name() == method));
    let found = found.ok_or_else(|| status::method_unknown("no such method"))?;
    match found.is_client_streaming() || found.is_server_streaming() {
        true => Err(status::method_unknown("streams are called by gRPC or gRPC-Web")),
        false => Ok(found),
    }
}

/// What a call's headers say, in gRPC's: how long it has. That it's compressed can't be said.
fn understood(headers: &mut HeaderMap) -> Result<(), Status> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(status::compression_unsupported());
    }
    if let Some(time) = headers.remove(TIMEOUT) {
        let digits = time.as_bytes().iter().all(u8::is_ascii_digit) && time.len() <= TIMEOUT_DIGITS;
        let millis = time.to_str().ok().filter(|_| digits).and_then(|time| time.parse::<u64>().ok());
        let why = || format!("must be milliseconds, at most {TIMEOUT_DIGITS} digits");
        let millis = millis.ok_or_else(|| violated(TIMEOUT.as_str(), why()))?;
        // gRPC has eight digits; whatever is as long is cut to the longest that the settings allow.
        headers.insert("grpc-timeout", HeaderValue::try_from(format!("{}m", millis.min(99_999_999))).expect("digits"));
    }
    Ok(())
}

/// The same call, in gRPC; what is wrong with its body is known once that was read.
fn translated<B>(request: Request<B>, input: MessageDescriptor, most: usize) -> (Request<Body>, Refused)
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    let (mut head, body) = request.into_parts();
    let headers = &mut head.headers;
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    let refused = Refused::default();
    let told = refused.clone();
    let read = async move {
        let message = async move {
            let read = Limited::new(body, most * LONGER).collect().await;
            let json = read.map_err(|error| match error.is::<LengthLimitError>() {
                true => status::limit_reached("limits.messages.request_bytes"),
                false => violated(BODY, error.to_string()),
            })?;
            framed(&json.to_bytes(), input)
        };
        match message.await {
            Ok(bytes) => Ok(http_body::Frame::data(bytes)),
            Err(status) => {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(status.clone());
                Err(status)
            }
        }
    };
    let body = Body::new(StreamBody::new(stream::once(read.boxed()).boxed()));
    (Request::from_parts(head, body), refused)
}

/// A body that is no JSON at all.
const BODY: &str = "request";

fn violated(field: &str, why: String) -> Status {
    status::invalid(vec![Violation { field: field.into(), why }])
}

/// A message as gRPC puts it: a flag, the length, the bytes. Nothing is an empty message.
fn framed(json: &[u8], input: MessageDescriptor) -> Result<Bytes, Status> {
    let message = match json.is_empty() {
        true => DynamicMessage::new(input),
        false => {
            let (mut from, mut track) = (serde_json::Deserializer::from_slice(json), Track::new());
            let read =
                DynamicMessage::deserialize(input, serde_path_to_error::Deserializer::new(&mut from, &mut track));
            let read = read.and_then(|message| from.end().map(|()| message));
            read.map_err(|error| {
                let path = track.path().to_string();
                // `.` is the whole, `?` what hadn't been named when the body broke off.
                let field = path.trim_end_matches('?').trim_end_matches('.');
                violated(if field.is_empty() { BODY } else { field }, error.to_string())
            })?
        }
    };
    let mut bytes = BytesMut::with_capacity(5 + message.encoded_len());
    bytes.put_u8(0);
    bytes.put_u32(message.encoded_len() as u32);
    bytes.put_slice(&message.encode_to_vec());
    Ok(bytes.freeze())
}

/// Calls, and answers in JSON.
pub(super) async fn call<B, F>(
    mut request: Request<B>,
    most: usize,
    inner: impl FnOnce(Request<Body>) -> F,
) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, std::convert::Infallible>>,
{
    let method = method(request.uri().path());
    let method = match method.and_then(|method| understood(request.headers_mut()).map(|()| method)) {
        Ok(method) => method,
        Err(status) => return refusal(&status),
    };
    let (request, refused) = translated(request, method.input(), most);
    let Ok(answer) = inner(request).await;
    let answered = answered(answer, method.output()).await;
    let refused = refused.lock().unwrap_or_else(PoisonError::into_inner).take();
    match answered {
        Ok(message) => said(StatusCode::OK, message),
        Err(status) => refusal(&refused.unwrap_or(status)),
    }
}

/// What was answered, as JSON.
async fn answered(answer: Response<Body>, output: MessageDescriptor) -> Result<Value, Status> {
    let (head, body) = answer.into_parts();
    refused_by(&head.headers)?;
    let body = body.collect().await?;
    if let Some(trailers) = body.trailers() {
        refused_by(trailers)?;
    }
    let bytes = body.to_bytes();
    let message = DynamicMessage::decode(output, bytes.get(5..).unwrap_or_default());
    let message = message.map_err(|error| unsaid(&error))?;
    let options = SerializeOptions::new().skip_default_fields(true);
    message.serialize_with_options(serde_json::value::Serializer, &options).map_err(|error| unsaid(&error))
}

/// An answer of ours that isn't one is a defect: the log finds it by its number.
fn unsaid(error: &dyn std::fmt::Display) -> Status {
    let incident = uuid::Uuid::new_v4().to_string();
    tracing::error!(%incident, %error, "an answer can't be said in JSON");
    status::internal(&incident)
}

fn refused_by(headers: &HeaderMap) -> Result<(), Status> {
    match Status::from_header_map(headers) {
        Some(status) if status.code() != Code::Ok => Err(status),
        Some(_) | None => Ok(()),
    }
}

fn said(status: StatusCode, body: Value) -> Response<Body> {
    let mut answer = Response::new(Body::new(format!("{body}\n")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(KIND));
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// A refusal, with what a program needs of it by name.
fn refusal(status: &Status) -> Response<Body> {
    let (http, code) = named(status.code());
    let mut body = json!({ "code": code, "message": status.message() });
    if let Some(info) = status.get_details_error_info() {
        body["reason"] = info.reason.into();
        if !info.metadata.is_empty() {
            body["metadata"] = json!(info.metadata);
        }
    }
    if let Some(bad) = status.get_details_bad_request() {
        let fields = bad.field_violations.into_iter();
        body["fields"] = fields.map(|it| json!({ "field": it.field, "why": it.description })).collect();
    }
    let after = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let mut answer = said(http, body);
    if let Some(after) = after {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    answer
}

/// As the protocol names codes, and the status of HTTP that goes with each.
fn named(code: Code) -> (StatusCode, &'static str) {
    let (http, name) = match code {
        Code::Ok => (200, "ok"),
        Code::Cancelled => (499, "canceled"),
        Code::Unknown => (500, "unknown"),
        Code::InvalidArgument => (400, "invalid_argument"),
        Code::DeadlineExceeded => (504, "deadline_exceeded"),
        Code::NotFound => (404, "not_found"),
        Code::AlreadyExists => (409, "already_exists"),
        Code::PermissionDenied => (403, "permission_denied"),
        Code::ResourceExhausted => (429, "resource_exhausted"),
        Code::FailedPrecondition => (400, "failed_precondition"),
        Code::Aborted => (409, "aborted"),
        Code::OutOfRange => (400, "out_of_range"),
        Code::Unimplemented => (501, "unimplemented"),
        Code::Internal => (500, "internal"),
        Code::Unavailable => (503, "unavailable"),
        Code::DataLoss => (500, "data_loss"),
        Code::Unauthenticated => (401, "unauthenticated"),
    };
    (StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), name)
}
