//! Open sessions that a supervisor may want to look at.

use std::cmp::Reverse;

use tonic::Status;

use crate::{
    center::{AgentId, Audience, Center, Millis, QueueId, Refusal, Session, SessionId, State, Time},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field},
        pages::PAGE_BYTES,
        pb, status, to_pb,
    },
};

struct Filter {
    state: Option<State>,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    flagged: bool,
    min_wait: Millis,
}

/// Who has waited longest comes first; behind whom a page starts.
type Rank = (Reverse<Millis>, SessionId);

struct Row {
    rank: Rank,
    session: pb::Session,
    texts: to_pb::Texts,
    position: usize,
    monitors: Vec<String>,
}

pub(super) async fn list(call: Call, it: pb::ListLiveSessionsRequest) -> Result<pb::ListLiveSessionsResponse, Status> {
    let fields = (
        from_pb::page_size(it.page_size, 50, 100),
        after(&it.page_token),
        state(it.state),
        from_pb::optional("queue_id", &it.queue_id, from_pb::queue_id),
        from_pb::optional("agent_id", &it.agent_id, from_pb::agent_id),
        from_pb::millis("min_wait", it.min_wait, 0, Millis::MAX / 2),
    );
    let (most, after, state, queue, agent, min_wait) = fields.all().map_err(status::invalid)?;
    let filter = Filter { state, queue, agent, flagged: it.flagged, min_wait: min_wait.unwrap_or(0) };
    let caller = call.caller(it.acting_for)?;
    let read = call.shard.handle.read(&call.center, move |center, now| {
        if !center.is_supervisor(&caller.who) {
            return Err(Refusal::RoleNotAllowed);
        }
        Ok((rows(center, &filter, after, most, now), center.seq))
    });
    let ((rows, more), center_seq) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let mut next = rows.last().filter(|_| more).map(|row| row.rank);
    let (mut sessions, mut bytes) = (Vec::with_capacity(rows.len()), 0);
    let mut rows = rows.into_iter().peekable();
    while let Some(Row { rank, mut session, texts, position, monitors }) = rows.next() {
        texts.fill(&mut session, &call.shard.feed).await.map_err(|error| status::unreadable(&error))?;
        let (Reverse(waited), _) = rank;
        let live = pb::LiveSession {
            session: Some(session),
            waited: Some(to_pb::duration(waited)),
            position: position as i32,
            monitor_agent_ids: monitors,
        };
        bytes += prost::Message::encoded_len(&live);
        sessions.push(live);
        if bytes >= PAGE_BYTES && rows.peek().is_some() {
            next = Some(rank);
            break;
        }
    }
    let next_page_token = next.map(|(Reverse(waited), id)| format!("{waited}.{id}")).unwrap_or_default();
    Ok(pb::ListLiveSessionsResponse { sessions, next_page_token, center_seq })
}

fn rows(center: &Center, filter: &Filter, after: Option<Rank>, most: usize, now: Time) -> (Vec<Row>, bool) {
    let open = center.sessions.values().filter(|session| session.is_open() && filter.passes(session, now));
    let mut ranks: Vec<Rank> = open
        .map(|session| (Reverse(session.waited(now)), session.id))
        .filter(|rank| after.is_none_or(|after| *rank > after))
        .collect();
    let more = ranks.len() > most;
    if more {
        ranks.select_nth_unstable(most);
        ranks.truncate(most);
    }
    ranks.sort_unstable();
    let row = |rank: Rank| {
        let session = center.sessions.get(&rank.1)?;
        let (shown, texts) = to_pb::session(session, Audience::Staff);
        let from = (session.id, AgentId::parse("-")?);
        let monitors = center.monitors.range(from..).take_while(|(watched, _)| *watched == session.id);
        let monitors = monitors.map(|(_, supervisor)| supervisor.to_string()).collect();
        Some(Row { rank, session: shown, texts, position: center.place_of(session.id).unwrap_or(0), monitors })
    };
    (ranks.into_iter().filter_map(row).collect(), more)
}

impl Filter {
    fn passes(&self, session: &Session, now: Time) -> bool {
        let waits_in = session.entry.as_ref().map_or(&session.home, |entry| &entry.queue);
        self.state.is_none_or(|state| session.state() == state)
            && self.queue.as_ref().is_none_or(|queue| queue == waits_in)
            && self.agent.as_ref().is_none_or(|agent| session.connected_as(agent).is_some())
            && (!self.flagged || session.flag.is_some())
            && (self.min_wait == 0 || session.unattended_since.is_some_and(|_| session.waited(now) >= self.min_wait))
    }
}

fn state(state: i32) -> Field<Option<State>> {
    match pb::SessionState::try_from(state) {
        Ok(pb::SessionState::Unspecified) => Ok(None),
        Ok(pb::SessionState::Waiting) => Ok(Some(State::Waiting)),
        Ok(pb::SessionState::Attended) => Ok(Some(State::Attended)),
        Ok(pb::SessionState::Ended | pb::SessionState::Closed) | Err(_) => {
            from_pb::wrong("state", "must be WAITING or ATTENDED")
        }
    }
}

fn after(token: &str) -> Field<Option<Rank>> {
    if token.is_empty() {
        return Ok(None);
    }
    let parsed = token.split_once('.').and_then(|(waited, id)| Some((waited.parse().ok()?, SessionId::parse(id)?)));
    parsed
        .map_or_else(|| from_pb::wrong("page_token", "is none of ours"), |(waited, id)| Ok(Some((Reverse(waited), id))))
}
