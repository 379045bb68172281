//! The Invite window: colleagues, then queues, by id.

use tonic::Status;

use crate::{
    center::{AgentId, Center, Refusal, Target, Time},
    grpc::{
        edge::Call,
        from_pb::{self, All, Field},
        pb::{self, target},
        status, to_pb,
    },
};

/// The longest search.
const QUERY: usize = 64;

/// Where a page starts: behind an agent (`a` and its id) or a queue (`q` and its id).
type After = Option<(bool, String)>;

pub(super) async fn list(call: Call, it: pb::ListTargetsRequest) -> Result<pb::ListTargetsResponse, Status> {
    let caller = call.caller(it.acting_for)?;
    let fields =
        (from_pb::text("query", it.query, QUERY), from_pb::page_size(it.page_size, 50, 100), after(&it.page_token));
    let (query, most, after) = fields.all().map_err(status::invalid)?;
    let query = query.to_lowercase();
    let read = call.shard.handle.read(&call.center, move |center, now| {
        let id = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
        center.agent(id)?;
        let agents = agents(center, &query, &after, id);
        let found: Vec<pb::Target> = agents.chain(queues(center, &query, &after, id, now)).take(most + 1).collect();
        Ok::<_, Refusal>((found, center.seq))
    });
    let (mut targets, center_seq) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let more = targets.len() > most;
    targets.truncate(most);
    let next_page_token = targets.last().filter(|_| more).map(token).unwrap_or_default();
    Ok(pb::ListTargetsResponse { targets, next_page_token, center_seq })
}

fn agents<'a>(
    center: &'a Center,
    query: &'a str,
    after: &'a After,
    own: &'a AgentId,
) -> impl Iterator<Item = pb::Target> + 'a {
    let behind = move |id: &str| match after {
        None => true,
        Some((false, last)) => id > last.as_str(),
        Some((true, _)) => false,
    };
    let matching = center.agents.values().filter(move |agent| {
        let config = &agent.config;
        config.id != *own && behind(config.id.as_str()) && matches(query, config.id.as_str(), config.name.as_str())
    });
    let likes = |target: &Target| center.favourites(own).is_some_and(|favourites| favourites.contains(target));
    matching.map(move |agent| {
        let target = pb::AgentTarget {
            state: Some(to_pb::agent_state(agent, &center.settings)),
            display_name: agent.config.name.as_str().to_owned(),
            supervisor: agent.config.supervisor,
            queue_ids: agent.config.queues.iter().map(ToString::to_string).collect(),
            favourite: likes(&Target::Agent(agent.config.id.clone())),
        };
        pb::Target { kind: Some(target::Kind::Agent(target)) }
    })
}

fn queues<'a>(
    center: &'a Center,
    query: &'a str,
    after: &'a After,
    own: &'a AgentId,
    now: Time,
) -> impl Iterator<Item = pb::Target> + 'a {
    let behind = move |id: &str| match after {
        Some((true, last)) => id > last.as_str(),
        None | Some((false, _)) => true,
    };
    let matching = center
        .queues
        .values()
        .filter(move |queue| behind(queue.id.as_str()) && matches(query, queue.id.as_str(), queue.name.as_str()));
    let likes = |target: &Target| center.favourites(own).is_some_and(|favourites| favourites.contains(target));
    matching.map(move |queue| {
        let index = center.index();
        let waiting = index.waiting.get(&queue.id);
        let first = waiting.and_then(|places| center.sessions.get(&places.first()?.session)?.entry.as_ref());
        let longest = first.map_or(0, |entry| now.since(entry.entered));
        let signed_in = index.signed_in.get(&queue.id);
        let ready = signed_in.into_iter().flatten().filter_map(|id| center.agents.get(id));
        let ready = ready.filter(|agent| agent.status == crate::center::Status::Ready).count();
        let target = pb::QueueTarget {
            queue_id: queue.id.to_string(),
            display_name: queue.name.as_str().to_owned(),
            waiting: waiting.map_or(0, |places| places.len()) as i32,
            longest_wait: Some(to_pb::duration(longest)),
            ready_agents: ready as i32,
            signed_in_agents: signed_in.map_or(0, |agents| agents.len()) as i32,
            favourite: likes(&Target::Queue(queue.id.clone())),
        };
        pb::Target { kind: Some(target::Kind::Queue(target)) }
    })
}

fn matches(query: &str, id: &str, name: &str) -> bool {
    query.is_empty() || id.to_lowercase().contains(query) || name.to_lowercase().contains(query)
}

fn token(target: &pb::Target) -> String {
    match &target.kind {
        Some(target::Kind::Agent(agent)) => {
            format!("a{}", agent.state.as_ref().map_or("", |state| state.agent_id.as_str()))
        }
        Some(target::Kind::Queue(queue)) => format!("q{}", queue.queue_id),
        None => String::new(),
    }
}

fn after(token: &str) -> Field<After> {
    match token.split_at_checked(1) {
        None if token.is_empty() => Ok(None),
        Some(("a", id)) => Ok(Some((false, id.to_owned()))),
        Some(("q", id)) => Ok(Some((true, id.to_owned()))),
        None | Some(_) => from_pb::wrong("page_token", "is none of ours"),
    }
}
