//! Why a session is, or isn't, offered.

use tonic::Status;

use crate::{
    center::{Explanation, Hold, Obstacle, Refusal},
    grpc::{
        edge::Call,
        from_pb::{self, All},
        pb::{self, RoutingHold, RoutingObstacleKind as Kind},
        status, to_pb,
    },
};

pub(super) async fn explain(call: Call, it: pb::ExplainRoutingRequest) -> Result<pb::ExplainRoutingResponse, Status> {
    let fields = (call.session(&it.session_id), from_pb::optional("agent_id", &it.agent_id, from_pb::agent_id));
    let (session, agent) = fields.all().map_err(status::invalid)?;
    let caller = call.caller(it.acting_for)?;
    let read = call.shard.handle.read(&call.center, move |center, now| {
        if !center.is_supervisor(&caller.who) {
            return Err(Refusal::RoleNotAllowed);
        }
        let explained = center.explain(session, agent.as_ref(), now)?;
        Ok((explained, center.sessions.get(&session).map_or(0, |session| session.revision)))
    });
    let (explained, revision) = read.await.map_err(status::unavailable)?.map_err(status::of)?;
    Ok(told(explained, revision))
}

fn told(explained: Explanation, revision: u32) -> pb::ExplainRoutingResponse {
    let (hold, ringing) = match explained.hold {
        None => (RoutingHold::Unspecified, None),
        Some(Hold::NotQueued) => (RoutingHold::NotQueued, None),
        Some(Hold::Ringing(agent)) => (RoutingHold::Ringing, Some(agent)),
        Some(Hold::CustomerAbsent) => (RoutingHold::CustomerAbsent, None),
        Some(Hold::WaitOver) => (RoutingHold::WaitOver, None),
        Some(Hold::Full) => (RoutingHold::Full, None),
    };
    let candidates = explained.agents.into_iter().map(|(agent, obstacles)| pb::RoutingCandidate {
        agent_id: agent.to_string(),
        obstacles: obstacles.into_iter().map(obstacle).collect(),
    });
    pb::ExplainRoutingResponse {
        hold: hold.into(),
        ringing_agent_id: ringing.map(|agent| agent.to_string()).unwrap_or_default(),
        position: explained.place.unwrap_or(0) as i32,
        candidates: candidates.collect(),
        revision: u64::from(revision),
    }
}

fn obstacle(obstacle: Obstacle) -> pb::RoutingObstacle {
    let plain = |kind: Kind| pb::RoutingObstacle { kind: kind.into(), ..Default::default() };
    match obstacle {
        Obstacle::NotServing => plain(Kind::NotServing),
        Obstacle::SignedOut => plain(Kind::SignedOut),
        Obstacle::NotReady(reason) => pb::RoutingObstacle {
            detail: reason.map(|reason| reason.to_string()).unwrap_or_default(),
            ..plain(Kind::NotReady)
        },
        Obstacle::GoingNotReady => plain(Kind::GoingNotReady),
        Obstacle::NoDesk => plain(Kind::NoDesk),
        Obstacle::AtCapacity => plain(Kind::AtCapacity),
        Obstacle::RampingUp(until) => {
            pb::RoutingObstacle { until_time: Some(to_pb::time(until)), ..plain(Kind::RampingUp) }
        }
        Obstacle::Assistant => plain(Kind::Assistant),
        Obstacle::Skill(skill, level) => {
            pb::RoutingObstacle { detail: skill.to_string(), number: level as i32, ..plain(Kind::Skill) }
        }
        Obstacle::AnotherPreferred(agent, until) => pb::RoutingObstacle {
            detail: agent.to_string(),
            until_time: Some(to_pb::time(until)),
            ..plain(Kind::AnotherPreferred)
        },
        Obstacle::Skipped(until) => {
            pb::RoutingObstacle { until_time: Some(to_pb::time(until)), ..plain(Kind::Skipped) }
        }
        Obstacle::Connected => plain(Kind::Connected),
        Obstacle::Offered => plain(Kind::Offered),
        Obstacle::LaterTurn(turn) => pb::RoutingObstacle { number: turn as i32, ..plain(Kind::LaterTurn) },
    }
}
