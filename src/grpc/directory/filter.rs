//! Which rows somebody wants to see.

use std::collections::BTreeSet;

use super::row::Traits;
use crate::{
    center::{AgentId, Code, Target, TeamId},
    grpc::{
        from_pb::{self, Field, Violation},
        pb,
    },
};

/// The longest search.
const QUERY: usize = 64;

/// What is asked of a row. It is never the asking agent's own.
#[derive(Clone, Debug)]
pub(in crate::grpc) struct Filter {
    pub(super) own: AgentId,
    query: String,
    agents: bool,
    queues: bool,
    team: Option<TeamId>,
    skill: Option<Code>,
    favourites_only: bool,
    available_only: bool,
}

/// What both ways to ask have, as it comes.
pub(in crate::grpc) struct Wanted {
    pub(in crate::grpc) query: String,
    pub(in crate::grpc) kinds: Vec<i32>,
    pub(in crate::grpc) team_id: String,
    pub(in crate::grpc) skill: String,
    pub(in crate::grpc) favourites_only: bool,
    pub(in crate::grpc) available_only: bool,
}

impl Wanted {
    /// The filter of an agent, or every field that can't be.
    pub(in crate::grpc) fn filter(self, own: AgentId) -> Result<Filter, Vec<Violation>> {
        use from_pb::All;
        let fields = (
            from_pb::text("query", self.query, QUERY),
            kinds(&self.kinds),
            from_pb::optional("team_id", &self.team_id, from_pb::team_id),
            from_pb::optional("skill", &self.skill, from_pb::code),
        );
        let (query, (agents, queues), team, skill) = fields.all()?;
        let (favourites_only, available_only) = (self.favourites_only, self.available_only);
        let query = query.to_lowercase();
        Ok(Filter { own, query, agents, queues, team, skill, favourites_only, available_only })
    }
}

fn kinds(kinds: &[i32]) -> Field<(bool, bool)> {
    let (mut agents, mut queues) = (kinds.is_empty(), kinds.is_empty());
    for (at, kind) in kinds.iter().enumerate() {
        match pb::TargetKind::try_from(*kind) {
            Ok(pb::TargetKind::Agent) => agents = true,
            Ok(pb::TargetKind::Queue) => queues = true,
            Ok(pb::TargetKind::Unspecified) | Err(_) => {
                return from_pb::wrong(format!("kinds[{at}]"), "is no kind of row");
            }
        }
    }
    Ok((agents, queues))
}

impl Filter {
    /// Whether a row is one of those.
    pub(in crate::grpc) fn passes(&self, row: &Traits, favourites: &BTreeSet<Target>) -> bool {
        // Queues are in no team and have no skill.
        let kind = match &row.target {
            Target::Agent(id) => self.agents && *id != self.own,
            Target::Queue(_) => self.queues,
        };
        kind && (!self.favourites_only || favourites.contains(&row.target))
            && self.team.as_ref().is_none_or(|team| row.teams.contains(team))
            && self.skill.as_ref().is_none_or(|skill| row.skills.contains(skill))
            && (row.available || !self.available_only)
            && (self.query.is_empty() || row.words.iter().any(|word| word.contains(&self.query)))
    }
}
