//! A bucket for the tests: what a server of S3 answers to the few requests that files need. Signatures aren't verified, only
//! whose key signed.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard},
};

use bytes::Bytes;
use chatsession::config::S3;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, task::JoinHandle};

const KEY: &str = "the-chat";

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) objects: BTreeMap<String, Bytes>,
    /// Uploads that are neither finished nor given up, with their parts.
    pub(crate) unfinished: BTreeMap<String, BTreeMap<u32, Bytes>>,
    /// So many more requests are answered "busy".
    pub(crate) busy: usize,
    pub(crate) requests: usize,
}

pub(crate) struct Bucket {
    inside: Arc<Mutex<Inside>>,
    endpoint: String,
    serving: JoinHandle<()>,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Bucket {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::<Mutex<Inside>>::default();
        let served = inside.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inside = served.clone();
                let answer = service_fn(move |request| {
                    let inside = inside.clone();
                    async move { Ok::<_, Infallible>(answer(&inside, request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        Self { inside, endpoint, serving }
    }

    pub(crate) fn settings(&self, key: &str) -> S3 {
        S3 {
            bucket: "chats".into(),
            prefix: Some("ours/files".into()),
            region: None,
            endpoint: Some(self.endpoint.clone()),
            access_key_id: Some(key.into()),
            secret_access_key: Some("not verified".into()),
        }
    }

    /// The settings of who may use it.
    pub(crate) fn ours(&self) -> S3 {
        self.settings(KEY)
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}

async fn answer(inside: &Mutex<Inside>, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let mut inside = inside.lock().unwrap();
    inside.requests += 1;
    if inside.busy > 0 {
        inside.busy -= 1;
        return plain(StatusCode::SERVICE_UNAVAILABLE, "busy");
    }
    let signed = head.headers.get("authorization").and_then(|it| it.to_str().ok()).unwrap_or_default();
    if !signed.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY}/")) {
        return plain(StatusCode::FORBIDDEN, "whose key is this?");
    }
    let Some(name) = head.uri.path().strip_prefix("/chats") else { return plain(StatusCode::NOT_FOUND, "no bucket") };
    let name = name.trim_start_matches('/').to_owned();
    let asked = |wanted: &str| {
        let pairs =
            head.uri.query().unwrap_or_default().split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.clone().find(|(key, _)| *key == wanted).map(|(_, value)| value.replace("%2F", "/"))
    };
    match (&head.method, asked("uploadId"), asked("partNumber")) {
        (&Method::POST, None, _) if asked("uploads").is_some() => {
            let id = format!("upload-{}", inside.requests);
            inside.unfinished.insert(id.clone(), BTreeMap::new());
            plain(
                StatusCode::OK,
                format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"),
            )
        }
        (&Method::PUT, Some(id), Some(part)) => {
            inside.unfinished.get_mut(&id).unwrap().insert(part.parse().unwrap(), body);
            plain(StatusCode::OK, "")
        }
        (&Method::POST, Some(id), None) => {
            let parts = inside.unfinished.remove(&id).unwrap();
            let small = parts.values().rev().skip(1).any(|part| part.len() < 5 << 20);
            assert!(!small, "a part that isn't the last has at least 5 MiB");
            let whole = parts.into_values().collect::<Vec<_>>().concat();
            inside.objects.insert(name, whole.into());
            plain(StatusCode::OK, "<CompleteMultipartUploadResult><ETag>\"1\"</ETag></CompleteMultipartUploadResult>")
        }
        (&Method::DELETE, Some(id), _) => {
            inside.unfinished.remove(&id);
            plain(StatusCode::NO_CONTENT, "")
        }
        (&Method::DELETE, None, _) => {
            inside.objects.remove(&name);
            plain(StatusCode::NO_CONTENT, "")
        }
        (&Method::GET, ..) if asked("list-type").is_some() => list(&inside, &asked("prefix").unwrap_or_default()),
        (&Method::GET, ..) => match inside.objects.get(&name) {
            Some(bytes) => plain(StatusCode::OK, bytes.clone()),
            None => plain(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>"),
        },
        _ => plain(StatusCode::NOT_IMPLEMENTED, "not needed"),
    }
}

fn list(inside: &Inside, prefix: &str) -> Response<Full<Bytes>> {
    let mut xml = String::from("<ListBucketResult><IsTruncated>false</IsTruncated>");
    for (name, bytes) in inside.objects.iter().filter(|(name, _)| name.starts_with(prefix)) {
        let size = bytes.len();
        write!(
            xml,
            "<Contents><Key>{name}</Key><Size>{size}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        )
        .unwrap();
    }
    plain(StatusCode::OK, xml + "</ListBucketResult>")
}

fn plain(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let answer = Response::builder().status(status).header("etag", "\"1\"");
    let answer = answer.header("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    answer.body(Full::new(body.into())).unwrap()
}
