//! The page's files: in the program, or in a folder of the operator's.

use std::{borrow::Cow, collections::HashMap, io::Write, sync::LazyLock};

use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use tonic::body::Body;

use crate::config;

/// Built from `web/` and committed, so that building the program needs no Node.
#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Built;

/// Everything comes from here; pictures and files that a page makes itself are of `blob:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; connect-src 'self'; \
     frame-ancestors 'self'; base-uri 'none'; object-src 'none'",
);

const INDEX: &str = "index.html";

/// What is built, in the form that browsers take; made once.
static ZIPPED: LazyLock<HashMap<String, Vec<u8>>> = LazyLock::new(|| {
    let zip = |name: &str| {
        let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
        zipped.write_all(&Built::get(name)?.data).ok()?;
        Some((name.to_owned(), zipped.finish().ok()?))
    };
    Built::iter().filter_map(|name| zip(&name)).collect()
});

/// A file that was found.
struct Found {
    bytes: Cow<'static, [u8]>,
    kind: String,
    zipped: bool,
}

/// A file, by a request's path; one that the browser knows already isn't sent again.
pub(super) async fn serve(settings: &config::Web, path: String, asked: &HeaderMap) -> Response<Body> {
    let zips = listed(asked, header::ACCEPT_ENCODING).any(takes_gzip);
    let found = if settings.page { find(settings, &path, zips).await } else { None };
    let Some(Found { bytes, kind, zipped }) = found else {
        return plain(StatusCode::NOT_FOUND, "there is no such page\n");
    };
    let tag =
        format!("\"{:x}\"", Sha256::digest(&bytes).iter().take(8).fold(0, |all, &byte| all << 8 | u64::from(byte)));
    // Weakly compared (RFC 9110, 13.1.2).
    let is_known = |known: &str| known == "*" || known.trim_start_matches("W/") == tag;
    let is_known = listed(asked, header::IF_NONE_MATCH).any(is_known);
    let mut answer = match is_known {
        true => plain(StatusCode::NOT_MODIFIED, ""),
        false => Response::new(Body::new(http_body_util::Full::from(bytes.into_owned()))),
    };
    let headers = answer.headers_mut();
    if let (Ok(kind), Ok(tag)) = (HeaderValue::try_from(kind), HeaderValue::try_from(tag)) {
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::ETAG, tag);
    }
    if zipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

async fn find(settings: &config::Web, path: &str, zips: bool) -> Option<Found> {
    let name = path.trim_start_matches('/');
    let name = if name.is_empty() { INDEX } else { name };
    let Some(folder) = &settings.folder else {
        let bytes = match ZIPPED.get(name).filter(|_| zips) {
            Some(zipped) => Cow::Borrowed(zipped.as_slice()),
            None => Built::get(name)?.data,
        };
        return Some(Found { bytes, kind: kind(name), zipped: zips });
    };
    // Nothing but names: no way up, no hidden file, no other root.
    if name.split('/').any(|part| part.is_empty() || part.starts_with('.') || part.contains(['\\', '%', ':'])) {
        return None;
    }
    let file = folder.join(name);
    let read = spawn_blocking(move || std::fs::read(file)).await;
    Some(Found { bytes: Cow::Owned(read.ok()?.ok()?), kind: kind(name), zipped: false })
}

/// What a header lists.
fn listed(asked: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    let lines = asked.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// Whether an encoding that is listed is gzip, and not to say that it won't do (RFC 9110, 12.5.3).
fn takes_gzip(listed: &str) -> bool {
    let (encoding, weight) = listed.split_once(';').unwrap_or((listed, ""));
    let weight = weight.trim().trim_start_matches("q=").parse().unwrap_or(1.0);
    encoding.trim().eq_ignore_ascii_case("gzip") && weight > 0.0
}

fn kind(name: &str) -> String {
    mime_guess::from_path(name).first_or_octet_stream().to_string()
}

fn plain(status: StatusCode, why: &str) -> Response<Body> {
    let mut answer = Response::new(Body::new(why.to_owned()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
