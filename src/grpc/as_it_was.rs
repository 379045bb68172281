//! A session for whoever may see no more of it than what was up to a revision: who has left sees it as it was then.

use tonic::Status;

use super::{edge::Call, pb, status, to_pb};
use crate::{
    center::{Access, AgentId, Audience, Session, SessionEvent, SessionId, Time, Viewer},
    live::SessionCommit,
};

/// A session as somebody sees it, its texts still to be filled in.
#[derive(Clone)]
pub(super) struct Seen {
    id: SessionId,
    now: pb::Session,
    texts: to_pb::Texts,
    /// The end of what may be seen, where that isn't the present.
    until: Option<(u32, Option<AgentId>)>,
}

impl Seen {
    /// What is read of a session in the shard.
    pub(super) fn of(session: &Session, access: &Access, viewer: &Viewer) -> Self {
        let (now, texts) = to_pb::session(session, access.audience);
        let agent = match viewer {
            Viewer::Agent(agent) => Some(agent.clone()),
            Viewer::Customer(..) | Viewer::All => None,
        };
        let until = access.until.filter(|until| *until < session.revision).map(|until| (until, agent));
        Self { id: session.id, now, texts, until }
    }

    /// Whether the viewer sees the present.
    pub(super) fn is_present(&self) -> bool {
        self.until.is_none()
    }

    /// The session, whole.
    pub(super) async fn filled(self, call: &Call) -> Result<pb::Session, Status> {
        let session = match self.until {
            None => {
                let mut session = self.now;
                self.texts.fill(&mut session, &call.shard.feed).await.map_err(|error| status::unreadable(&error))?;
                session
            }
            Some((until, agent)) => {
                let (mut past, texts) = fold(call, self.id, until).await?;
                texts.fill(&mut past, &call.shard.feed).await.map_err(|error| status::unreadable(&error))?;
                // Their own after-chat work goes on.
                let own = |id: &str| agent.as_ref().is_some_and(|agent| agent.as_str() == id);
                past.wrap_ups = self.now.wrap_ups.into_iter().filter(|it| own(&it.agent_id)).collect();
                past.dispositions.retain(|it| !own(&it.agent_id));
                past.dispositions.extend(self.now.dispositions.into_iter().filter(|it| own(&it.agent_id)));
                past
            }
        };
        Ok(session)
    }
}

/// Folds what happened up to a revision.
async fn fold(call: &Call, id: SessionId, until: u32) -> Result<(pb::Session, to_pb::Texts), Status> {
    let (mut session, mut reached) = (None, 0);
    // A part at a time: a long session's batches would hold what many others said.
    while reached < until {
        let commits = call.shard.feed.history(id, Audience::Staff, reached, Some(until)).await;
        let commits = commits.map_err(|error| status::unreadable(&error))?;
        let Some(last) = commits.last() else { break };
        reached = last.last;
        session = Session::folded(session, commits.iter().flat_map(|commit| events(commit)));
    }
    let session = session.ok_or_else(|| status::of(crate::center::Refusal::SessionNotFound))?;
    Ok(to_pb::session(&session, Audience::Staff))
}

fn events(commit: &SessionCommit) -> impl Iterator<Item = (Time, u64, &SessionEvent)> {
    commit.events(Audience::Staff).map(|event| (commit.time(), commit.seq(), event))
}
