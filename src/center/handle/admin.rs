//! What is configured, and housekeeping.

use super::about;
use crate::center::{
    Answer, Center, CenterChange, MaxWaitAction, Object, QueueId, Refusal, SessionId, Settings, commit::Commit,
};

impl Center {
    /// Checks objects together, as they will be once all are put.
    pub fn check_objects(&self, objects: &[Object]) -> Result<(), Refusal> {
        let named = |queue: &QueueId| {
            let among = |object: &Object| matches!(object, Object::Queue(other) if other.id == *queue);
            self.queues.contains_key(queue) || objects.iter().any(among)
        };
        for (at, object) in objects.iter().enumerate() {
            let unknown = |path: String| Refusal::FieldInvalid {
                field: format!("objects[{at}].{path}"),
                why: "no such queue, neither here nor among these objects".into(),
            };
            match object {
                Object::Settings(settings) => check_masks(at, settings)?,
                Object::Queue(queue) => match &queue.max_wait_action {
                    MaxWaitAction::Overflow(target) if !named(target) || *target == queue.id => {
                        return Err(unknown("queue.overflow_queue_id".into()));
                    }
                    MaxWaitAction::Overflow(_) | MaxWaitAction::End => {}
                },
                Object::CannedResponse(response) => {
                    if let Some(at) = response.queues.iter().position(|queue| !named(queue)) {
                        return Err(unknown(format!("canned_response.queue_ids[{at}]")));
                    }
                }
                Object::Agent(agent) => {
                    if let Some(at) = agent.queues.iter().position(|queue| !named(queue)) {
                        return Err(unknown(format!("agent.queue_ids[{at}]")));
                    }
                }
            }
        }
        self.check_shared(objects)
    }

    fn differs(&self, object: &Object) -> bool {
        match object {
            Object::Settings(settings) => **settings != self.settings,
            Object::Queue(queue) => self.queues.get(&queue.id) != Some(queue),
            Object::Agent(agent) => self.agents.get(&agent.id).map(|known| &known.config) != Some(agent),
            Object::CannedResponse(response) => self.shared_response(&response.id) != Some(response),
        }
    }
}

/// Only patterns that compile are ever put.
fn check_masks(object: usize, settings: &Settings) -> Result<(), Refusal> {
    let masks = settings.masking.iter().flat_map(|masking| &masking.masks);
    let mut faults = masks.enumerate().filter_map(|(at, mask)| Some((at, mask.fault()?)));
    let field = |at| format!("objects[{object}].settings.masks[{at}].pattern");
    faults.next().map_or(Ok(()), |(at, why)| Err(Refusal::FieldInvalid { field: field(at), why }))
}

pub(super) fn put(center: &Center, object: Object) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let differs = center.differs(&object);
    Ok(move |commit: &mut Commit<'_>| {
        if differs {
            commit.center(match object {
                Object::Settings(settings) => CenterChange::SettingsPut(settings),
                Object::Queue(queue) => CenterChange::QueuePut(queue),
                Object::Agent(agent) => CenterChange::AgentPut(agent),
                Object::CannedResponse(response) => CenterChange::CannedPut(response),
            });
        }
        Answer::default()
    })
}

pub(super) fn archive(
    center: &Center,
    id: SessionId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.sessions.get(&id).filter(|session| session.closed).ok_or(Refusal::SessionNotFound)?;
    let session = session.id;
    Ok(move |commit: &mut Commit<'_>| {
        commit.center(CenterChange::Archived { session });
        Answer { session: None, ..about(session) }
    })
}
