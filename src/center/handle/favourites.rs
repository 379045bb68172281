//! What an agent likes to see first in the Invite window.

use crate::center::{AgentId, Answer, Caller, Center, CenterChange, MAX_FAVOURITES, Refusal, Target, commit::Commit};

pub(super) fn put(
    center: &Center,
    caller: &Caller,
    target: Target,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = center.caller_agent(caller)?.0.clone();
    center.check_target(&agent, &target)?;
    let own = || center.favourites(&agent).into_iter().flatten();
    let is_new = own().all(|known| *known != target);
    let gone: Vec<Target> = own().filter(|known| center.check_target(&agent, known).is_err()).cloned().collect();
    if is_new && own().count() - gone.len() >= MAX_FAVOURITES {
        return Err(Refusal::LimitReached { limit: "favourites".into() });
    }
    Ok(move |commit: &mut Commit<'_>| {
        if is_new {
            // Nobody sees them, so nobody could make room.
            for target in gone {
                commit.center(CenterChange::FavouriteDeleted { agent: agent.clone(), target });
            }
            commit.center(CenterChange::FavouritePut { agent, target });
        }
        Answer::default()
    })
}

/// Whoever or whatever it was may be gone by now.
pub(super) fn delete(
    center: &Center,
    caller: &Caller,
    target: Target,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = center.caller_agent(caller)?.0.clone();
    let is_one = center.favourites(&agent).is_some_and(|own| own.contains(&target));
    Ok(move |commit: &mut Commit<'_>| {
        if is_one {
            commit.center(CenterChange::FavouriteDeleted { agent, target });
        }
        Answer::default()
    })
}

impl Center {
    fn check_target(&self, own: &AgentId, target: &Target) -> Result<(), Refusal> {
        match target {
            Target::Agent(agent) if agent == own => {
                Err(Refusal::FieldInvalid { field: "target.agent_id".into(), why: "is the caller's own".into() })
            }
            Target::Agent(agent) => self.agent(agent).map(drop),
            Target::Queue(queue) => self.queues.get(queue).map(drop).ok_or(Refusal::QueueNotFound),
        }
    }
}
