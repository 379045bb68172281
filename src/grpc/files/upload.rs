//! A file is brought: as it comes it is counted, looked at and written; it counts once all of it is on the disk.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tokio::time::{Duration, Instant, timeout, timeout_at};
use tonic::body::Body;

use super::serve::{Problem, link};
use crate::{
    center::{Asked, Attachment, Caller, Command, FileId, Refusal, Who},
    files::{HEAD, Kept, Way, Writing, mismatch},
    grpc::Edge,
};

pub(super) async fn upload<B>(edge: &Arc<Edge>, request: Request<B>) -> Result<Response<Body>, Problem>
where
    B: http_body::Body<Data = Bytes> + Send + Unpin,
    B::Error: std::fmt::Display + Send,
{
    let link = link(edge, &request, Way::Up)?;
    let _transfer = edge.files.transfers.begin(Way::Up, &link)?;
    let known = edge.attachment(&link).await.map_err(|error| Problem::later(&error))?;
    let known = known.ok_or_else(unknown)?;
    if known.file.is_some() {
        return Err(brought_before());
    }
    if announced(request.headers()).is_some_and(|length| length > known.size) {
        return Err(too_large(&known));
    }
    if !edge.files.store.has_room(edge.files.reserve.saturating_add(known.size)).await {
        return Err(Problem::full());
    }
    let file = FileId::from_bytes(uuid::Uuid::new_v4().into_bytes());
    let (center, session, attachment) = (link.center.clone(), link.session, link.attachment);
    let kept = Kept { created: known.created, center, session, attachment, file };
    let mut writing = edge.files.store.write(&kept).await.map_err(|error| Problem::of_store(&error))?;
    let settings = &edge.files.settings;
    let until = Instant::now() + settings.upload_time;
    let taken = timeout_at(until, take(request.into_body(), &known, settings.silence, &mut writing)).await;
    let too_slow = || Problem::new(StatusCode::REQUEST_TIMEOUT, "the file took too long");
    if let Err(problem) = taken.unwrap_or_else(|_| Err(too_slow())) {
        writing.abort().await;
        return Err(problem);
    }
    writing.finish().await.map_err(|error| Problem::of_store(&error))?;
    tell(edge, kept).await?;
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// Tells the core that it is there. Of two uploads the first counts; the other's bytes go again.
async fn tell(edge: &Arc<Edge>, kept: Kept) -> Result<(), Problem> {
    let caller = Caller { who: Who::System, via: None };
    let command = Command::FinishUpload { session: kept.session, id: kept.attachment, file: kept.file };
    let asked = Asked { caller, request: None, command };
    let told = edge.shards.of(&kept.center).handle.command(&kept.center, asked).await;
    // What is in doubt stays: if it doesn't count, it is swept.
    match told.map_err(|error| Problem::later(&error))? {
        Ok(_) => Ok(()),
        Err(refusal) => {
            edge.files.store.remove(&kept).await.map_err(|error| Problem::of_store(&error))?;
            Err(if refusal == Refusal::AttachmentNotFound { unknown() } else { brought_before() })
        }
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no such attachment, or no longer")
}

fn brought_before() -> Problem {
    Problem::new(StatusCode::CONFLICT, "the file was brought before")
}

fn too_large(known: &Attachment) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the file has more than the {} bytes announced", known.size))
}

/// Takes the bytes, as many as were announced, and looks at the first.
async fn take<B>(mut body: B, known: &Attachment, silence: Duration, writing: &mut Writing) -> Result<(), Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display + Send,
{
    let (mut taken, mut head, mut looked) = (0, Vec::new(), false);
    loop {
        let frame = timeout(silence, body.frame()).await;
        let frame = frame.map_err(|_| Problem::new(StatusCode::REQUEST_TIMEOUT, "nothing came for too long"))?;
        let Some(frame) = frame else { break };
        let broken = |error: B::Error| Problem::new(StatusCode::BAD_REQUEST, format!("the file broke off: {error}"));
        let Ok(bytes) = frame.map_err(broken)?.into_data() else { continue };
        taken += bytes.len() as u64;
        if taken > known.size {
            return Err(too_large(known));
        }
        if !looked {
            head.extend_from_slice(&bytes[..bytes.len().min(HEAD - head.len())]);
            if head.len() == HEAD {
                look(known, &head)?;
                looked = true;
            }
        }
        writing.put(&bytes).await.map_err(|error| Problem::of_store(&error))?;
    }
    if taken < known.size {
        let why = format!("the file has {taken} bytes, {} were announced", known.size);
        return Err(Problem::new(StatusCode::BAD_REQUEST, why));
    }
    if looked { Ok(()) } else { look(known, &head) }
}

fn look(known: &Attachment, head: &[u8]) -> Result<(), Problem> {
    let declared = known.content_type.as_str();
    mismatch(declared, head).map_or(Ok(()), |seen| {
        let why = format!("the file looks like {seen}, {declared} was announced");
        Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, why))
    })
}
