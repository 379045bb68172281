//! Figures for reports.

use tonic::Status;

use crate::{
    center::{Agent, Center, Millis, QueueId, Refusal, Time},
    grpc::{edge::Call, pages, pb, status, to_pb},
};

pub(super) async fn queues(
    call: Call,
    it: pb::ListQueueStatisticsRequest,
) -> Result<pb::ListQueueStatisticsResponse, Status> {
    let (most, after) = pages::asked(it.page_size, &it.page_token)?;
    let read = read(&call, it.acting_for, move |center, _| {
        let behind = center.queues.keys().filter(|id| id.as_str() > after.as_str());
        behind.take(most + 1).map(|id| queue(center, id)).collect()
    });
    let (queues, center_seq, now) = read.await?;
    let (queues, next_page_token) = pages::cut(queues, most, |queue: &pb::QueueStatistics| queue.queue_id.clone());
    Ok(pb::ListQueueStatisticsResponse { queues, next_page_token, center_seq, read_time: Some(to_pb::time(now)) })
}

pub(super) async fn agents(
    call: Call,
    it: pb::ListAgentStatisticsRequest,
) -> Result<pb::ListAgentStatisticsResponse, Status> {
    let (most, after) = pages::asked(it.page_size, &it.page_token)?;
    let read = read(&call, it.acting_for, move |center, now| {
        let behind = center.agents.values().filter(|agent| agent.config.id.as_str() > after.as_str());
        behind.take(most + 1).map(|agent| figures(agent, now)).collect()
    });
    let (agents, center_seq, now) = read.await?;
    let (agents, next_page_token) = pages::cut(agents, most, |agent: &pb::AgentStatistics| agent.agent_id.clone());
    Ok(pb::ListAgentStatisticsResponse { agents, next_page_token, center_seq, read_time: Some(to_pb::time(now)) })
}

/// Reads for a supervisor: what, the center's commit number, and when.
async fn read<T: Send + 'static>(
    call: &Call,
    acting_for: Option<pb::ActingFor>,
    what: impl FnOnce(&Center, Time) -> Vec<T> + Send + 'static,
) -> Result<(Vec<T>, u64, Time), Status> {
    let caller = call.caller(acting_for)?;
    let read = call.shard.handle.read(&call.center, move |center, now| match center.is_supervisor(&caller.who) {
        true => Ok((what(center, now), center.seq, now)),
        false => Err(Refusal::RoleNotAllowed),
    });
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

fn queue(center: &Center, id: &QueueId) -> pb::QueueStatistics {
    let it = center.waits.get(id).cloned().unwrap_or_default();
    let level = center.queues.get(id).and_then(|queue| queue.service_level.as_ref());
    pb::QueueStatistics {
        queue_id: id.to_string(),
        entered: it.entered,
        answered: it.taken,
        answered_in_time: it.in_time,
        answered_wait: Some(to_pb::duration(it.waited)),
        abandoned: it.abandoned,
        abandoned_short: it.short,
        turned_away: it.turned_away,
        overflowed: it.overflowed,
        withdrawn: it.withdrawn,
        waiting: center.index().waiting.get(id).map_or(0, |places| places.len() as u64),
        estimated: it.estimated,
        estimate_error: Some(to_pb::duration(it.error)),
        service_level_within: level.map(|level| to_pb::duration(level.within)),
    }
}

fn figures(agent: &Agent, now: Time) -> pb::AgentStatistics {
    let it = agent.figures_at(now);
    let time = |spent: Millis| Some(to_pb::duration(spent));
    let not_ready = it.not_ready.iter().map(|(reason, spent)| pb::NotReadyTime {
        reason: reason.as_ref().map_or_else(String::new, |reason| reason.to_string()),
        time: time(*spent),
    });
    pb::AgentStatistics {
        agent_id: agent.config.id.to_string(),
        ready_time: time(it.ready),
        not_ready: not_ready.collect(),
        busy_time: time(it.busy),
        after_chat_time: time(it.after_chat),
        connected_time: time(it.connected),
        wrap_up_time: time(it.wrapping_up),
        offered: it.offered,
        accepted: it.accepted,
        declined: it.declined,
        missed: it.missed,
        joined: it.joined,
    }
}
