//! A row of the Invite window as everyone sees it, made of a center's state.

use std::{collections::BTreeSet, ops::Bound};

use crate::{
    center::{Agent, Center, Code, Label, Queue, Status, Target, TeamId},
    grpc::{
        pb::{self, target},
        to_pb,
    },
};

/// What a row is found by.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::grpc) struct Traits {
    /// Whose row.
    pub(in crate::grpc) target: Target,
    /// Its id and its name, for searches.
    pub(super) words: [String; 2],
    pub(super) teams: BTreeSet<TeamId>,
    pub(super) skills: BTreeSet<Code>,
    /// It could take a session now.
    pub(super) available: bool,
}

/// A row. Whether somebody likes it isn't in it, nor what changes with the time alone.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::grpc) struct Row {
    pub(super) traits: Traits,
    shown: pb::Target,
}

impl Traits {
    /// Those of a target, if it is there.
    pub(in crate::grpc) fn of(center: &Center, target: &Target) -> Option<Self> {
        let words = |id: &str, name: &Label| [id.to_lowercase(), name.as_str().to_lowercase()];
        let (words, teams, skills, available) = match target {
            Target::Agent(id) => {
                let agent = center.agents.get(id)?;
                let available = agent.is_signed_in() && agent.has_room(&center.settings);
                let config = &agent.config;
                let skills = config.skills.keys().cloned().collect();
                (words(id.as_str(), &config.name), config.teams.clone(), skills, available)
            }
            Target::Queue(id) => {
                let queue = center.queues.get(id)?;
                let available = center.is_open(id) && center.index().signed_in.contains_key(id);
                (words(id.as_str(), &queue.name), BTreeSet::new(), BTreeSet::new(), available)
            }
        };
        Some(Self { target: target.clone(), words, teams, skills, available })
    }
}

impl Row {
    /// The row of a target, if there is one.
    pub(in crate::grpc) fn of(center: &Center, target: &Target) -> Option<Self> {
        let kind = match target {
            Target::Agent(id) => target::Kind::Agent(agent(center, center.agents.get(id)?)),
            Target::Queue(id) => target::Kind::Queue(queue(center, center.queues.get(id)?)),
        };
        Some(Self { traits: Traits::of(center, target)?, shown: pb::Target { kind: Some(kind) } })
    }

    /// The row as somebody sees it who likes it, or doesn't.
    pub(in crate::grpc) fn shown(&self, likes: bool) -> pb::Target {
        let mut shown = self.shown.clone();
        match &mut shown.kind {
            Some(target::Kind::Agent(agent)) => agent.favourite = likes,
            Some(target::Kind::Queue(queue)) => queue.favourite = likes,
            None => {}
        }
        shown
    }

    /// Of an agent: the status and the queues that they serve, on which the queues' rows depend.
    pub(super) fn serves(&self) -> Option<(i32, &[String])> {
        match &self.shown.kind {
            Some(target::Kind::Agent(agent)) => {
                Some((agent.state.as_ref().map_or(0, |state| state.status), &agent.queue_ids))
            }
            Some(target::Kind::Queue(_)) | None => None,
        }
    }
}

fn agent(center: &Center, agent: &Agent) -> pb::AgentTarget {
    let (config, settings) = (&agent.config, &center.settings);
    let free = agent.capacity(settings).saturating_sub(agent.work.units());
    pb::AgentTarget {
        state: Some(to_pb::agent_state(agent, settings)),
        display_name: config.name.as_str().to_owned(),
        supervisor: config.supervisor,
        queue_ids: config.queues.iter().map(ToString::to_string).collect(),
        favourite: false,
        team_ids: config.teams.iter().map(ToString::to_string).collect(),
        skills: to_pb::skills(config),
        room: if agent.is_signed_in() { free as i32 } else { 0 },
    }
}

fn queue(center: &Center, queue: &Queue) -> pb::QueueTarget {
    let index = center.index();
    let waiting = index.waiting.get(&queue.id);
    let first = waiting.and_then(|places| center.sessions.get(&places.first()?.session)?.entry.as_ref());
    let signed_in = index.signed_in.get(&queue.id);
    let ready = signed_in.into_iter().flatten().filter_map(|id| center.agents.get(id));
    pb::QueueTarget {
        queue_id: queue.id.to_string(),
        display_name: queue.name.as_str().to_owned(),
        waiting: waiting.map_or(0, |places| places.len()) as i32,
        longest_wait: None,
        ready_agents: ready.filter(|agent| agent.status == Status::Ready).count() as i32,
        signed_in_agents: signed_in.map_or(0, |agents| agents.len()) as i32,
        favourite: false,
        open: center.is_open(&queue.id),
        estimated_wait: center.estimate_in(&queue.id).map(to_pb::duration),
        waiting_since: first.map(|entry| to_pb::time(entry.entered)),
    }
}

/// Everyone and everything that a center's window could show behind `after`, in order.
pub(in crate::grpc) fn targets<'a>(
    center: &'a Center,
    after: Option<&'a Target>,
) -> impl Iterator<Item = Target> + use<'a> {
    let (agents, queues) = match after {
        None => (Some(Bound::Unbounded), Bound::Unbounded),
        Some(Target::Agent(last)) => (Some(Bound::Excluded(last.clone())), Bound::Unbounded),
        Some(Target::Queue(last)) => (None, Bound::Excluded(last.clone())),
    };
    let agents = agents.into_iter().flat_map(|after| center.agents.range((after, Bound::Unbounded)));
    let queues = center.queues.range((queues, Bound::Unbounded));
    agents.map(|(id, _)| Target::Agent(id.clone())).chain(queues.map(|(id, _)| Target::Queue(id.clone())))
}
