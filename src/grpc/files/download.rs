//! A file is fetched: always to be saved, never to be shown as a page of ours.

use std::{fmt::Write, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::unfold};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::{
    sync::mpsc,
    time::{timeout, timeout_at},
};
use tonic::body::Body;

use super::{name_of, serve::Problem, transfers::Transfer};
use crate::{
    center::Attachment,
    files::{Kept, Link, StoreError, Way},
    grpc::Edge,
};

/// What a file is called that has lost its name.
const NAMELESS: &str = "attachment";

pub(super) async fn download(edge: &Arc<Edge>, link: Link) -> Result<Response<Body>, Problem> {
    let transfer = edge.files.transfers.begin(Way::Down, &link)?;
    let known = edge.attachment(&link).await.map_err(|error| Problem::later(&error))?;
    let gone = || Problem::new(StatusCode::NOT_FOUND, "no such attachment, or no longer");
    let known = known.ok_or_else(gone)?;
    let file = known.file.ok_or_else(gone)?;
    let name = name_of(&edge.shards.of(&link.center).feed, link.session, &known).await;
    let name = name.map_err(|error| Problem::later(&error))?;
    let (center, session, attachment) = (link.center, link.session, link.attachment);
    let kept = Kept { created: known.created, center, session, attachment, file };
    let bytes = match edge.files.store.read(&kept).await {
        Ok(bytes) => bytes,
        Err(error) if error.is_missing() => {
            tracing::error!(%error, "a file that was brought isn't there any more");
            return Err(gone());
        }
        Err(error) => return Err(Problem::later(&error)),
    };
    let settings = &edge.files.settings;
    let body = given(bytes, known.size, (settings.silence, settings.download_time), transfer);
    let mut answer = Response::new(Body::new(StreamBody::new(body.map(|bytes| bytes.map(Frame::data)))));
    describe(answer.headers_mut(), &known, name.as_deref().filter(|name| !name.is_empty()).unwrap_or(NAMELESS));
    Ok(answer)
}

/// Why the bytes end before the file does.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("nothing was taken for too long")]
    NotTaken,
}

/// A file's bytes, as they are taken. A peer that stops taking them isn't asked again by the connection, so it is the task
/// that reads the file that notices, and closes it.
fn given(
    bytes: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
    size: u64,
    (silence, time): (Duration, Duration),
    transfer: Transfer,
) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static {
    let (give, given) = mpsc::channel(1);
    tokio::spawn(async move {
        let _transfer = transfer;
        let until = tokio::time::Instant::now() + time;
        let giving = async {
            let mut bytes = pin!(bytes);
            while let Some(some) = bytes.next().await {
                if !matches!(timeout(silence, give.send(some)).await, Ok(Ok(()))) {
                    break;
                }
            }
        };
        // Who is too slow asks again.
        let _ = timeout_at(until, giving).await;
    });
    unfold((given, size), |(mut given, left)| async move {
        match given.recv().await {
            Some(Ok(bytes)) => {
                let left = left.saturating_sub(bytes.len() as u64);
                Some((Ok(bytes), (given, left)))
            }
            Some(Err(error)) => Some((Err(error.into()), (given, 0))),
            None => (left > 0).then_some((Err(Broken::NotTaken), (given, 0))),
        }
    })
}

fn describe(headers: &mut HeaderMap, known: &Attachment, name: &str) {
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("attachment"));
    // What a browser could run is bytes, whatever it was said to be.
    let active = ["html", "xml", "svg", "javascript"].iter().any(|kind| known.content_type.as_str().contains(kind));
    let content_type = if active { "application/octet-stream" } else { known.content_type.as_str() };
    headers.insert(header::CONTENT_TYPE, text(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(known.size));
    headers.insert(header::CONTENT_DISPOSITION, text(&disposition(name)));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
}

/// To be saved under this name (RFC 6266): in full for who reads UTF-8, near enough for others.
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|it| if it == ' ' || is_plain(it) { it } else { '_' }).collect();
    let mut disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        match is_plain(char::from(byte)) {
            true => disposition.push(char::from(byte)),
            // Writing to a string can't fail.
            false => drop(write!(disposition, "%{byte:02X}")),
        }
    }
    disposition
}

fn is_plain(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;
    use crate::{config, grpc::files::transfers::tests::link};

    #[tokio::test(start_paused = true)]
    async fn a_file_that_nobody_takes_is_let_go() {
        let transfers = super::super::Transfers::new(&config::Files { transfers: 1, ..config::Files::default() });
        let transfer = transfers.begin(Way::Down, &link(1)).unwrap();
        let parts = stream::repeat_with(|| Ok(Bytes::from_static(b"part")));
        let limits = (Duration::from_secs(30), Duration::from_secs(600));
        let mut given = Box::pin(given(parts, 1000, limits, transfer));
        assert_eq!(given.next().await.unwrap().unwrap(), "part");
        let start = tokio::time::Instant::now();
        transfers.until_room().await;
        assert_eq!(start.elapsed().as_secs(), 30);
        assert_eq!(given.next().await.unwrap().unwrap(), "part");
        assert!(given.next().await.unwrap().is_err(), "a part isn't the whole");
        assert!(given.next().await.is_none());
    }

    #[test]
    fn a_name_is_told_in_full_and_cannot_break_out() {
        assert_eq!(disposition("a b.pdf"), "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(disposition("Rä.txt"), "attachment; filename=\"R_.txt\"; filename*=UTF-8''R%C3%A4.txt");
        assert_eq!(disposition("\"; x=\r\n"), "attachment; filename=\"__ x___\"; filename*=UTF-8''%22%3B%20x%3D%0D%0A");
    }
}
