//! What is configured, and housekeeping.

use super::about;
use crate::center::{
    AgentId, Answer, Audit, Caller, Center, CenterChange, Holder, Object, Openness, QueueId, Refusal, ResponseId,
    Session, SessionId, Settings, commit::Commit,
};

impl Center {
    /// Checks objects together, as they will be once all are put.
    pub fn check_objects(&self, objects: &[Object]) -> Result<(), Refusal> {
        for (at, object) in objects.iter().enumerate() {
            if let Err((path, why)) = self.check_object(object, objects) {
                return Err(Refusal::FieldInvalid { field: format!("objects[{at}].{path}"), why });
            }
        }
        self.check_shared(objects)
    }

    /// Checks one among others that are put with it: the path of what is wrong, and why.
    fn check_object(&self, object: &Object, among: &[Object]) -> Result<(), (String, String)> {
        let named = |queue: &QueueId| {
            let puts = |object: &Object| matches!(object, Object::Queue(other) if other.id == *queue);
            self.queues.contains_key(queue) || among.iter().any(puts)
        };
        let unknown = |path: String| (path, "no such queue, neither here nor among these objects".to_owned());
        match object {
            Object::Settings(settings) => check_masks(settings),
            Object::Queue(queue) => {
                let wrong = queue.names().find(|(_, other)| !named(other) || **other == queue.id);
                wrong.map_or(Ok(()), |(field, _)| Err(unknown(format!("queue.{field}"))))
            }
            Object::CannedResponse(response) => {
                let wrong = response.queues.iter().position(|queue| !named(queue));
                wrong.map_or(Ok(()), |at| Err(unknown(format!("canned_response.queue_ids[{at}]"))))
            }
            Object::Agent(agent) => {
                let wrong = agent.queues.iter().position(|queue| !named(queue));
                wrong.map_or(Ok(()), |at| Err(unknown(format!("agent.queue_ids[{at}]"))))
            }
        }
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
fn check_masks(settings: &Settings) -> Result<(), (String, String)> {
    let masks = settings.masking.iter().flat_map(|masking| &masking.masks);
    let mut faults = masks.enumerate().filter_map(|(at, mask)| Some((at, mask.fault()?)));
    faults.next().map_or(Ok(()), |(at, why)| Err((format!("settings.masks[{at}].pattern"), why)))
}

/// An object that comes by itself.
pub(super) fn put_alone(
    center: &Center,
    caller: &Caller,
    object: Object,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let alone = std::slice::from_ref(&object);
    center.check_object(&object, alone).map_err(|(field, why)| Refusal::FieldInvalid { field, why })?;
    center.check_shared(alone)?;
    put(center, caller, object)
}

/// An object that was checked, among those that come with it.
pub(super) fn put(
    center: &Center,
    caller: &Caller,
    object: Object,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (differs, by) = (center.differs(&object), caller.clone());
    Ok(move |commit: &mut Commit<'_>| {
        if !differs {
            return Answer::default();
        }
        let what = match &object {
            Object::Settings(_) => Audit::SettingsPut,
            Object::Queue(queue) => Audit::QueuePut(queue.id.clone()),
            Object::Agent(agent) => Audit::AgentPut(agent.id.clone()),
            Object::CannedResponse(response) => Audit::CannedPut(response.id.clone()),
        };
        match object {
            Object::Settings(settings) => commit.center(CenterChange::SettingsPut(settings)),
            Object::Queue(queue) => {
                let id = queue.id.clone();
                commit.center(CenterChange::QueuePut(queue));
                commit.look_at_hours(&id);
            }
            Object::Agent(agent) => commit.center(CenterChange::AgentPut(agent)),
            Object::CannedResponse(response) => commit.center(CenterChange::CannedPut(response)),
        }
        commit.center(CenterChange::Audited { by, what });
        Answer::default()
    })
}

impl Commit<'_> {
    /// Opens or closes a queue as its hours say.
    pub(super) fn look_at_hours(&mut self, id: &QueueId) {
        let openness = match self.center.queues.get(id).and_then(|queue| queue.hours.as_ref()) {
            Some(hours) => hours.at(self.now),
            None if self.center.openness.contains_key(id) => Openness::ALWAYS,
            None => return,
        };
        let stands = self.center.openness.get(id).is_some_and(|known| {
            (known.open, known.until) == (openness.open, openness.until)
                && known.again.is_none_or(|again| again > self.now)
        });
        if !stands {
            self.center(CenterChange::QueueHours { queue: id.clone(), openness });
        }
    }
}

pub(super) fn delete_queue(
    center: &Center,
    caller: &Caller,
    id: QueueId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    center.queues.get(&id).ok_or(Refusal::QueueNotFound)?;
    let in_use = |by: &'static str| Err(Refusal::QueueInUse { by: by.into() });
    let open = |session: &&Session| session.is_open() || !session.wrap_ups.is_empty();
    let named = |session: &Session| {
        session.home == id || session.participants.iter().any(|participant| participant.queue == id)
    };
    if center.sessions.values().filter(open).any(named) {
        return in_use("sessions");
    }
    if center.queues.values().any(|queue| queue.names().any(|(_, other)| *other == id)) {
        return in_use("queues");
    }
    if center.agents.values().any(|agent| agent.config.queues.contains(&id)) {
        return in_use("agents");
    }
    let by = caller.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.center(CenterChange::QueueDeleted(id.clone()));
        commit.center(CenterChange::Audited { by, what: Audit::QueueDeleted(id) });
        Answer::default()
    })
}

pub(super) fn delete_shared(
    center: &Center,
    caller: &Caller,
    id: ResponseId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    center.shared_response(&id).ok_or(Refusal::CannedResponseNotFound)?;
    let by = caller.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.center(CenterChange::CannedDeleted(id.clone()));
        commit.center(CenterChange::Audited { by, what: Audit::CannedDeleted(id) });
        Answer::default()
    })
}

/// Whoever lets callers in learns it from the log: nothing in the center depends on it.
pub(super) fn revoke(caller: &Caller, holder: Holder) -> impl FnOnce(&mut Commit<'_>) -> Answer + use<> {
    let by = caller.clone();
    move |commit: &mut Commit<'_>| {
        commit.center(CenterChange::Audited { by, what: Audit::CredentialsRevoked(holder) });
        Answer::default()
    }
}

pub(super) fn delete_agent(
    center: &Center,
    caller: &Caller,
    id: AgentId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = center.agent(&id)?;
    if agent.is_signed_in() {
        return Err(Refusal::AgentInUse { by: "signed_in".into() });
    }
    if agent.work.units() > 0 {
        return Err(Refusal::AgentInUse { by: "work".into() });
    }
    let by = caller.clone();
    Ok(move |commit: &mut Commit<'_>| {
        commit.leave_chats(&id);
        commit.center(CenterChange::AgentDeleted(id.clone()));
        commit.center(CenterChange::Audited { by, what: Audit::AgentDeleted(id) });
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
