//! The Invite window by page: colleagues, then queues, by id.

use tonic::Status;

use crate::{
    center::{AgentId, Center, QueueId, Refusal, Target, Time},
    grpc::{
        directory::{Filter, Row, Traits, Wanted, targets},
        edge::Call,
        from_pb::{self, All, Field},
        pb::{self, target},
        status, to_pb,
    },
};

pub(super) async fn list(call: Call, it: pb::ListTargetsRequest) -> Result<pb::ListTargetsResponse, Status> {
    let caller = call.caller(it.acting_for)?;
    let agent = caller.who.agent().cloned().ok_or_else(status::role_not_allowed)?;
    let wanted = Wanted {
        query: it.query,
        kinds: it.kinds,
        team_id: it.team_id,
        skill: it.skill,
        favourites_only: it.favourites_only,
        available_only: it.available_only,
    };
    let pages = (from_pb::page_size(it.page_size, 50, 100), after(&it.page_token)).all();
    let (filter, (most, after)) = match (wanted.filter(agent.clone()), pages) {
        (Ok(filter), Ok(pages)) => (filter, pages),
        (filter, pages) => {
            return Err(status::invalid([filter.err(), pages.err()].into_iter().flatten().flatten().collect()));
        }
    };
    let read = call.shard.handle.read(&call.center, move |center, now| {
        center.agent(&agent)?;
        Ok::<_, Refusal>((page(center, &filter, &agent, after.as_ref(), most + 1, now), center.seq))
    });
    let (mut targets, center_seq) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    let more = targets.len() > most;
    targets.truncate(most);
    let next_page_token = targets.last().filter(|_| more).map(token).unwrap_or_default();
    Ok(pb::ListTargetsResponse { targets, next_page_token, center_seq })
}

fn page(
    center: &Center,
    filter: &Filter,
    own: &AgentId,
    after: Option<&Target>,
    most: usize,
    now: Time,
) -> Vec<pb::Target> {
    let none = Default::default();
    let favourites = center.favourites(own).unwrap_or(&none);
    let possible = targets(center, after).filter_map(|target| Traits::of(center, &target));
    let rows = possible.filter(|traits| filter.passes(traits, favourites)).take(most);
    let shown =
        rows.filter_map(|traits| Some(Row::of(center, &traits.target)?.shown(favourites.contains(&traits.target))));
    shown.map(|shown| with_wait(shown, now)).collect()
}

/// A page is as of a time, so it can say how long the first one has waited.
fn with_wait(mut shown: pb::Target, now: Time) -> pb::Target {
    if let Some(target::Kind::Queue(queue)) = &mut shown.kind {
        let since =
            queue.waiting_since.as_ref().map(|since| since.seconds as u64 * 1000 + since.nanos as u64 / 1_000_000);
        queue.longest_wait = Some(to_pb::duration(since.map_or(0, |since| now.since(Time(since)))));
    }
    shown
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

/// A token is the last row of the page before: `a` or `q`, and its id.
fn after(token: &str) -> Field<Option<Target>> {
    let last = match token.split_at_checked(1) {
        None if token.is_empty() => return Ok(None),
        Some(("a", id)) => AgentId::parse(id).map(Target::Agent),
        Some(("q", id)) => QueueId::parse(id).map(Target::Queue),
        None | Some(_) => None,
    };
    last.map_or_else(|| from_pb::wrong("page_token", "is none of ours"), |last| Ok(Some(last)))
}
