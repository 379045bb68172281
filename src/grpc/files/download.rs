//! A file is fetched: always to be saved, never to be shown as a page of ours.

use std::{fmt::Write, sync::Arc};

use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use tonic::body::Body;

use super::{name_of, serve::Problem};
use crate::{
    center::Attachment,
    files::{Kept, Link},
    grpc::Edge,
};

/// What a file is called that has lost its name.
const NAMELESS: &str = "attachment";

pub(super) async fn download(edge: &Arc<Edge>, link: Link) -> Result<Response<Body>, Problem> {
    let known = edge.attachment(&link).await.map_err(|error| Problem::later(&error))?;
    let gone = || Problem::new(StatusCode::NOT_FOUND, "no such attachment, or no longer");
    let known = known.ok_or_else(gone)?;
    let file = known.file.ok_or_else(gone)?;
    let name = name_of(&edge.shards.of(&link.center).feed, link.session, &known).await;
    let name = name.map_err(|error| Problem::later(&error))?;
    let (center, session, attachment) = (link.center, link.session, link.attachment);
    let kept = Kept { created: known.created, center, session, attachment, file };
    let bytes = edge.files.store.read(&kept).await.map_err(|error| Problem::later(&error))?;
    let mut answer = Response::new(Body::new(StreamBody::new(bytes.map_ok(Frame::data))));
    describe(answer.headers_mut(), &known, name.as_deref().filter(|name| !name.is_empty()).unwrap_or(NAMELESS));
    Ok(answer)
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
    use super::*;

    #[test]
    fn a_name_is_told_in_full_and_cannot_break_out() {
        assert_eq!(disposition("a b.pdf"), "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(disposition("Rä.txt"), "attachment; filename=\"R_.txt\"; filename*=UTF-8''R%C3%A4.txt");
        assert_eq!(disposition("\"; x=\r\n"), "attachment; filename=\"__ x___\"; filename*=UTF-8''%22%3B%20x%3D%0D%0A");
    }
}
