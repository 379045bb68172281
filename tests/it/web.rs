//! What a browser does: pages and gRPC-Web over HTTP/1.1.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use chatsession::grpc::{auth::Role, pb};
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use prost::Message;
use tokio::net::TcpStream;

use crate::world::{World, soon};

const SHOP: &str = "https://shop.example.com";

pub(crate) async fn send(world: &World, request: http::request::Builder, body: Bytes) -> Response<Incoming> {
    let address = world.url();
    let stream = TcpStream::connect(address.trim_start_matches("http://")).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = request.header(header::HOST, "localhost").body(Full::new(body)).unwrap();
    soon(sender.send_request(request)).await.unwrap()
}

async fn get(world: &World, path: &str) -> (StatusCode, HeaderMap, Bytes) {
    let answer = send(world, Request::get(path), Bytes::new()).await;
    let (head, body) = answer.into_parts();
    (head.status, head.headers, soon(body.collect()).await.unwrap().to_bytes())
}

/// A message as gRPC puts it: a flag, the length, the bytes.
fn framed(message: &impl Message) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(message.encoded_len() as u32);
    message.encode(&mut bytes).unwrap();
    bytes.freeze()
}

/// The first frame of what came: its flag and its bytes; none while there is less.
fn frame(bytes: &mut BytesMut) -> Option<(u8, Bytes)> {
    let length = bytes.get(1..5)?.get_u32() as usize;
    let whole = bytes.get(..5 + length)?;
    let found = (whole[0], Bytes::copy_from_slice(&whole[5..]));
    bytes.advance(5 + length);
    Some(found)
}

fn calling(world: &World, role: Role, subject: &str, method: &str) -> http::request::Builder {
    Request::post(format!("/chatsession.v1.{method}"))
        .header(header::CONTENT_TYPE, "application/grpc-web+proto")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token("here", role, subject)))
}

fn call(world: &World, method: &str) -> http::request::Builder {
    calling(world, Role::Customer, "mia", &format!("ChatSession/{method}"))
}

/// Calls a method, and gets all that is answered.
pub(crate) async fn call_as(world: &World, role: Role, who: &str, method: &str, it: &impl Message) -> Bytes {
    let answer = send(world, calling(world, role, who, method), framed(it)).await;
    soon(answer.into_body().collect()).await.unwrap().to_bytes()
}

/// The message of an answer that went well.
pub(crate) fn called<M: Message + Default>(answer: Bytes) -> M {
    let (flag, message) = frame(&mut BytesMut::from(answer.as_ref())).expect("an answer");
    assert_eq!(flag, 0, "{message:?}");
    M::decode(message).unwrap()
}

fn start(queue: &str) -> Bytes {
    framed(&pb::StartSessionRequest {
        request_id: "r-1".into(),
        queue_id: queue.into(),
        customer_name: "Mia".into(),
        ..Default::default()
    })
}

#[tokio::test]
async fn a_browser_calls_and_watches() {
    let world = World::new().await;
    // A call: its answer, then its status as a frame.
    let answer = send(&world, call(&world, "StartSession"), start("sales")).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/grpc-web+proto");
    let mut bytes = BytesMut::from(soon(answer.into_body().collect()).await.unwrap().to_bytes().as_ref());
    let (flag, message) = frame(&mut bytes).unwrap();
    assert_eq!(flag, 0);
    let started = pb::StartSessionResponse::decode(message).unwrap().session.unwrap();
    let (flag, trailers) = frame(&mut bytes).unwrap();
    assert_eq!((flag, trailers.as_ref()), (0x80, b"grpc-status:0\r\n".as_slice()));
    // A stream: messages come while it goes on.
    let asked =
        pb::WatchRequest { session_id: started.session_id.clone(), after_revision: Some(0), ..Default::default() };
    let mut watch = send(&world, call(&world, "Watch"), framed(&asked)).await.into_body();
    // Of each message the field that is set: 1 opened, 2 events, 3 caught up.
    let (mut bytes, mut seen) = (BytesMut::new(), Vec::new());
    while !seen.contains(&3) {
        bytes.extend_from_slice(&soon(watch.frame()).await.unwrap().unwrap().into_data().unwrap());
        while let Some((flag, message)) = frame(&mut bytes) {
            assert_eq!(flag, 0);
            seen.push(message[0] >> 3);
        }
    }
    assert_eq!((seen[0], seen[1]), (1, 2));
}

#[tokio::test]
async fn a_browser_reads_why_it_is_refused() {
    let world = World::new().await;
    let answer = send(&world, call(&world, "StartSession"), start("nowhere")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["grpc-status"], "5");
    assert!(answer.headers().contains_key("grpc-status-details-bin"));
    let stranger = call(&world, "StartSession").header(header::AUTHORIZATION, "Bearer x");
    let answer = send(&world, stranger, start("sales")).await;
    assert_eq!(answer.headers()["grpc-status"], "16");
    let plain = Request::post("/chatsession.v1.ChatSession/Watch").header(header::CONTENT_TYPE, "application/grpc");
    assert_eq!(send(&world, plain, Bytes::new()).await.status(), StatusCode::HTTP_VERSION_NOT_SUPPORTED);
    for kind in ["text/plain", "application/jsonp", "application/grpcs"] {
        let other = Request::post("/chatsession.v1.ChatSession/GetSession").header(header::CONTENT_TYPE, kind);
        assert_eq!(send(&world, other, Bytes::new()).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let put = send(&world, Request::put("/"), Bytes::new()).await;
    assert_eq!((put.status(), put.headers().contains_key(header::ALLOW)), (StatusCode::METHOD_NOT_ALLOWED, true));
    let text = Request::post("/chatsession.v1.ChatSession/GetSession")
        .header(header::CONTENT_TYPE, "application/grpc-web-text")
        .header(header::AUTHORIZATION, format!("Bearer {}", world.token("here", Role::Customer, "mia")));
    let answer = send(&world, text, Bytes::from_static(b"%%%%")).await;
    assert_eq!(answer.headers()["grpc-status"], "3", "no base64");
}

#[tokio::test]
async fn pages_of_others_call_only_where_they_are_named() {
    let world = World::with(|settings| settings.web.origins = vec![SHOP.into()]).await;
    let asks = |origin: &str| {
        Request::options("/chatsession.v1.ChatSession/Watch")
            .header(header::ORIGIN, origin)
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type,x-grpc-web")
    };
    let allowed = send(&world, asks(SHOP), Bytes::new()).await;
    assert_eq!(allowed.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], SHOP);
    assert!(allowed.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().contains("authorization"));
    let stranger = send(&world, asks("https://evil.example.com"), Bytes::new()).await;
    assert!(!stranger.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    let called = send(&world, call(&world, "StartSession").header(header::ORIGIN, SHOP), start("nowhere")).await;
    assert_eq!(called.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], SHOP);
    let readable = called.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS].to_str().unwrap();
    assert!(readable.contains("grpc-status-details-bin"), "{readable}");
}

#[tokio::test]
async fn the_page_is_served_and_nothing_beside_it() {
    let world = World::new().await;
    let (status, headers, body) = get(&world, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_TYPE], "text/html");
    assert!(String::from_utf8_lossy(&body).contains("ChatSession"));
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'self'"));
    let zips = Request::get("/").header(header::ACCEPT_ENCODING, "gzip, br");
    let zipped = send(&world, zips, Bytes::new()).await;
    assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
    assert_ne!(zipped.headers()[header::ETAG], headers[header::ETAG]);
    let mut whole = String::new();
    let bytes = soon(zipped.into_body().collect()).await.unwrap().to_bytes();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_ref()), &mut whole).unwrap();
    assert_eq!(whole, body);
    let refused = Request::get("/").header(header::ACCEPT_ENCODING, "br, gzip;q=0");
    assert!(!send(&world, refused, Bytes::new()).await.headers().contains_key(header::CONTENT_ENCODING));
    let tag = headers[header::ETAG].to_str().unwrap();
    for known in [tag.to_owned(), format!("\"other\", W/{tag}"), "*".to_owned()] {
        let again = Request::get("/index.html").header(header::IF_NONE_MATCH, &known);
        assert_eq!(send(&world, again, Bytes::new()).await.status(), StatusCode::NOT_MODIFIED, "{known}");
    }
    for path in ["/nothing.js", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "//etc/passwd"] {
        assert_eq!(get(&world, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn an_operator_brings_a_page_of_their_own_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page");
    std::fs::create_dir_all(page.join("more")).unwrap();
    std::fs::write(page.join("index.html"), "ours").unwrap();
    std::fs::write(page.join("more/a.js"), "1").unwrap();
    std::fs::write(folder.path().join("secret"), "s").unwrap();
    std::fs::write(page.join(".hidden"), "s").unwrap();
    let mut world = World::with(|settings| settings.web.folder = Some(page)).await;
    assert_eq!(get(&world, "/").await.2, "ours");
    assert_eq!(get(&world, "/more/a.js").await.1[header::CONTENT_TYPE], "text/javascript");
    for path in ["/../secret", "/more/../../secret", "/%2e%2e/secret", "/.hidden", "//secret", "/more"] {
        assert_eq!(get(&world, path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    world.restart_with(|settings| settings.web.page = false).await;
    assert_eq!(get(&world, "/").await.0, StatusCode::NOT_FOUND);
}
