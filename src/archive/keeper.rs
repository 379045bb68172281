//! Archives what is closed, and then frees its memory.

use std::{sync::Arc, time::Duration};

use super::Transcripts;
use crate::{
    center::{Asked, Audience, Caller, CenterId, Command, Millis, Session, SessionId, Who},
    live::Feed,
    shard::Handle,
};

/// How often closed sessions are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Sessions that are archived in one go.
const AT_ONCE: usize = 64;

/// Archives sessions that have been closed for `after`, for as long as it runs.
pub async fn keep_archived(shard: Handle, feed: Arc<Feed>, transcripts: Transcripts, after: Millis) {
    loop {
        let closed = shard
            .survey(move |state, now| {
                let centers = state.centers.values();
                let closed = centers.flat_map(|center| {
                    let due = center.index().closed.iter().take_while(move |(ended, _)| now.since(*ended) >= after);
                    due.map(|(_, session)| (center.id.clone(), *session))
                });
                closed.take(AT_ONCE).collect::<Vec<_>>()
            })
            .await
            .unwrap_or_default();
        let (more, mut failed) = (closed.len() == AT_ONCE, false);
        for (center, session) in closed {
            if let Err(error) = archive(&shard, &feed, &transcripts, center, session).await {
                tracing::warn!(%session, %error, "a session could not be archived; the next attempt is in a moment");
                failed = true;
            }
        }
        tokio::time::sleep(if more && !failed { Duration::from_millis(10) } else { LOOK_EVERY }).await;
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn archive(
    shard: &Handle,
    feed: &Feed,
    transcripts: &Transcripts,
    center: CenterId,
    id: SessionId,
) -> Result<(), Failure> {
    let session: Option<Session> = shard.read(&center, move |center, _| center.sessions.get(&id).cloned()).await?;
    let Some(session) = session else { return Ok(()) };
    let mut after = 0;
    let mut commits = Vec::new();
    while after < session.revision {
        let read = feed.history(id, Audience::Staff, after, None).await?;
        after = read.last().map(|commit| commit.last).ok_or("its history isn't whole")?;
        commits.extend(read);
    }
    transcripts.keep(center.clone(), session, &commits).await?;
    let caller = Caller { who: Who::System, via: None };
    let asked = Asked { caller, request: None, command: Command::Archive { session: id } };
    // A refusal says that it is archived already.
    let _ = shard.command(&center, asked).await?;
    Ok(())
}
