//! A commit, as the feed shows it.

use super::filter::Filter;
use crate::{
    center::{AgentChange, Audience, Audit, Caller, CenterChange, Code, Event, Holder, SessionEvent, Who},
    grpc::{
        pb::{self, center_event::Kind},
        to_pb,
    },
    live::{CenterCommit, SessionCommit},
};

/// What is wanted of a commit; none where that is nothing.
pub(super) fn of(found: &CenterCommit, filter: &Filter) -> Option<pb::Commit> {
    let record = found.record();
    let mut session: Option<SessionCommit> = None;
    let kinds = record.events.iter().filter_map(|event| match event {
        Event::Session(event) if filter.wants_session(event.session) => {
            { happened(found, event, &mut session).filter(|it| it.event.as_ref().is_some_and(|it| filter.wants(it))) }
                .map(Kind::SessionHappened)
        }
        Event::Agent { agent, change } if filter.wants_agent_states() => {
            agent_state(agent.to_string(), change).map(Kind::AgentStateChanged)
        }
        Event::Center(CenterChange::Audited { by, what }) if filter.wants_audit() => {
            Some(Kind::AuditRecorded(audit(by, what)))
        }
        Event::Session(_) | Event::Agent { .. } | Event::Center(_) | Event::Chat(_) => None,
    });
    let events: Vec<_> = kinds.map(|kind| pb::CenterEvent { kind: Some(kind) }).collect();
    let create_time = Some(to_pb::time(record.time));
    (!events.is_empty()).then_some(pb::Commit { center_seq: record.seq, create_time, events })
}

/// An event, and the part of its session in the commit, which the next one may have as well.
fn happened(
    found: &CenterCommit,
    event: &SessionEvent,
    known: &mut Option<SessionCommit>,
) -> Option<pb::SessionHappened> {
    if known.as_ref().is_none_or(|known| known.session != event.session) {
        *known = Some(SessionCommit::of(&found.batch, found.at, event.session));
    }
    let commit = known.as_ref()?;
    let session_id = event.session.to_string();
    Some(pb::SessionHappened { session_id, event: Some(to_pb::event(commit, event, Audience::Staff)) })
}

fn agent_state(agent_id: String, change: &AgentChange) -> Option<pb::AgentStateChanged> {
    let reason = |code: &Option<Code>| code.as_ref().map_or("", |code| code.as_str()).to_owned();
    let (status, reason, once_work_is_done) = match change {
        AgentChange::SignedIn { .. } => (pb::AgentStatus::NotReady, "signed-in".to_owned(), false),
        AgentChange::SignedOut => (pb::AgentStatus::SignedOut, String::new(), false),
        AgentChange::Ready => (pb::AgentStatus::Ready, String::new(), false),
        AgentChange::NotReady { reason: code } => (pb::AgentStatus::NotReady, reason(code), false),
        AgentChange::NotReadyNext { reason: code } => (pb::AgentStatus::NotReady, reason(code), true),
        // Connections, and how fast sessions come, aren't states.
        AgentChange::DeskOpened { .. } | AgentChange::DeskClosed { .. } | AgentChange::RampedUp => return None,
    };
    Some(pb::AgentStateChanged { agent_id, status: status.into(), reason, once_work_is_done })
}

/// A customer is told apart by what stands for their id in the log, which isn't said.
fn holder_id(holder: &Holder) -> String {
    match holder {
        Holder::Agent(id) => id.to_string(),
        Holder::Service(id) => id.to_string(),
        Holder::Customer(_) => String::new(),
    }
}

fn audit(by: &Caller, what: &Audit) -> pb::AuditRecorded {
    let (kind, subject_id) = match what {
        Audit::MonitoringStarted(session) => (pb::AuditKind::MonitoringStarted, session.to_string()),
        Audit::MonitoringStopped(session) => (pb::AuditKind::MonitoringStopped, session.to_string()),
        Audit::AgentForced(agent) => (pb::AuditKind::AgentForced, agent.to_string()),
        Audit::SettingsPut => (pb::AuditKind::SettingsPut, String::new()),
        Audit::QueuePut(queue) => (pb::AuditKind::QueuePut, queue.to_string()),
        Audit::AgentPut(agent) => (pb::AuditKind::AgentPut, agent.to_string()),
        Audit::QueueDeleted(queue) => (pb::AuditKind::QueueDeleted, queue.to_string()),
        Audit::AgentDeleted(agent) => (pb::AuditKind::AgentDeleted, agent.to_string()),
        Audit::CannedPut(response) => (pb::AuditKind::CannedResponsePut, response.to_string()),
        Audit::CredentialsRevoked(holder) => (pb::AuditKind::CredentialsRevoked, holder_id(holder)),
        Audit::CannedDeleted(response) => (pb::AuditKind::CannedResponseDeleted, response.to_string()),
    };
    let (actor_kind, id) = match &by.who {
        Who::Agent(id) => (pb::ActorKind::Agent, id.to_string()),
        Who::Supervisor(id) => (pb::ActorKind::Supervisor, id.to_string()),
        Who::Service(id) => (pb::ActorKind::Integrator, id.to_string()),
        Who::Customer(_) => (pb::ActorKind::Customer, String::new()),
        Who::System => (pb::ActorKind::System, String::new()),
    };
    let actor = pb::Actor { kind: actor_kind.into(), id, display_name: String::new() };
    let acting_service = by.via.as_ref().map(to_pb::service);
    pb::AuditRecorded { kind: kind.into(), actor: Some(actor), acting_service, subject_id }
}
