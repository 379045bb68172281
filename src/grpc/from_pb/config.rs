//! A center's objects.

use std::collections::BTreeSet;

use super::{Field, NOTE, Violation, agent_id, millis, optional, queue_id, team_id, text, wrong};
use crate::{
    center::{AgentConfig, HOUR, MINUTE, MaxWaitAction, Millis, Object, Queue, SECOND, Settings},
    grpc::pb::{self, apply_request},
};

/// Teams of one agent: people are in few.
const TEAMS: usize = 20;

const WEEK: Millis = 7 * 24 * HOUR;

/// One object; its fields' paths start with `objects[at].`.
pub(in crate::grpc) fn object(at: usize, request: pb::ApplyRequest) -> Field<Object> {
    let parsed = match request.object {
        None => wrong("object", "is required"),
        Some(apply_request::Object::Settings(settings)) => {
            self::settings(settings).map(|it| Object::Settings(Box::new(it)))
        }
        Some(apply_request::Object::Queue(queue)) => self::queue(queue).map(|it| Object::Queue(Box::new(it))),
        Some(apply_request::Object::Agent(agent)) => self::agent(agent).map(|it| Object::Agent(Box::new(it))),
    };
    parsed.map_err(|violation| Violation { field: format!("objects[{at}].{}", violation.field), ..violation })
}

fn number(field: &str, asked: Option<u32>, default: u32, least: u32, most: u32) -> Field<u32> {
    match asked.unwrap_or(default) {
        number if (least..=most).contains(&number) => Ok(number),
        _ => wrong(field, format!("must be from {least} to {most}")),
    }
}

fn settings(asked: pb::CenterSettings) -> Field<Settings> {
    let default = Settings::default();
    let time = |field: &str, length, default, least, most| {
        millis(&format!("settings.{field}"), length, least, most).map(|length| length.unwrap_or(default))
    };
    let ring = (SECOND, 10 * MINUTE);
    Ok(Settings {
        capacity: number("settings.capacity", asked.capacity, default.capacity, 1, 100)?,
        router_offer_time: time(
            "router_offer_time",
            asked.router_offer_time,
            default.router_offer_time,
            ring.0,
            ring.1,
        )?,
        invitation_time: time("invitation_time", asked.invitation_time, default.invitation_time, ring.0, ring.1)?,
        declines_to_not_ready: asked.declines_to_not_ready.unwrap_or(default.declines_to_not_ready),
        skip_time: time("skip_time", asked.skip_time, default.skip_time, 0, WEEK)?,
        lease_grace: time("lease_grace", asked.lease_grace, default.lease_grace, 5 * SECOND, WEEK)?,
        customer_grace: time("customer_grace", asked.customer_grace, default.customer_grace, 0, WEEK)?,
        customer_gone_time: time("customer_gone_time", asked.customer_gone_time, default.customer_gone_time, 0, WEEK)?,
        inactivity_time: time("inactivity_time", asked.inactivity_time, default.inactivity_time, SECOND, WEEK)?,
        max_age: time("max_age", asked.max_age, default.max_age, MINUTE, WEEK)?,
        max_events: number("settings.max_events", asked.max_events, default.max_events, 100, 100_000)?,
        max_participants: number("settings.max_participants", asked.max_participants, default.max_participants, 2, 50)?,
        recovery_hold: time("recovery_hold", asked.recovery_hold, default.recovery_hold, 0, WEEK)?,
        reason_required: asked.reason_required,
        chat_idle_time: millis("settings.chat_idle_time", asked.chat_idle_time, MINUTE, WEEK)?,
    })
}

fn label(field: &str, name: String) -> Field<crate::center::Label> {
    match name.is_empty() {
        true => wrong(field, "is required"),
        false => text(field, name, 128).map(|name| name.as_str().into()),
    }
}

fn note(field: &str, note: String) -> Field<Option<String>> {
    text(field, note, NOTE).map(|note| (!note.is_empty()).then_some(note))
}

fn queue(queue: pb::Queue) -> Field<Queue> {
    let action = match pb::MaxWaitAction::try_from(queue.max_wait_action) {
        Ok(pb::MaxWaitAction::Unspecified | pb::MaxWaitAction::End) if queue.overflow_queue_id.is_empty() => {
            MaxWaitAction::End
        }
        Ok(pb::MaxWaitAction::Overflow) => {
            MaxWaitAction::Overflow(queue_id("queue.overflow_queue_id", &queue.overflow_queue_id)?)
        }
        Ok(_) => return wrong("queue.overflow_queue_id", "goes with OVERFLOW only"),
        Err(_) => return wrong("queue.max_wait_action", super::UNKNOWN),
    };
    Ok(Queue {
        id: queue_id("queue.queue_id", &queue.queue_id)?,
        name: label("queue.display_name", queue.display_name)?,
        entry_message: note("queue.entry_message", queue.entry_message)?,
        max_wait: millis("queue.max_wait", queue.max_wait, SECOND, WEEK)?.unwrap_or(HOUR),
        max_wait_action: action,
        max_wait_message: note("queue.max_wait_message", queue.max_wait_message)?,
        wrap_up_time: millis("queue.wrap_up_time", queue.wrap_up_time, 0, 24 * HOUR)?.unwrap_or(0),
        disposition_required: queue.disposition_required,
        max_length: queue.max_length,
        refuse_unstaffed: queue.refuse_unstaffed,
        open_to_customers: queue.open_to_customers.unwrap_or(true),
    })
}

fn agent(agent: pb::Agent) -> Field<AgentConfig> {
    if agent.queue_ids.len() > 200 {
        return wrong("agent.queue_ids", "are more than 200");
    }
    if agent.team_ids.len() > TEAMS {
        return wrong("agent.team_ids", format!("are more than {TEAMS}"));
    }
    let teams = agent.team_ids.iter().enumerate();
    let teams = teams.map(|(at, team)| team_id(&format!("agent.team_ids[{at}]"), team));
    let queues = agent.queue_ids.iter().enumerate();
    let queues = queues.map(|(at, queue)| queue_id(&format!("agent.queue_ids[{at}]"), queue));
    let capacity = number("agent.capacity", Some(agent.capacity), 0, 0, 100)?;
    Ok(AgentConfig {
        id: agent_id("agent.agent_id", &agent.agent_id)?,
        name: label("agent.display_name", agent.display_name)?,
        queues: queues.collect::<Field<BTreeSet<_>>>()?,
        capacity: (capacity > 0).then_some(capacity),
        supervisor: agent.supervisor,
        teams: teams.collect::<Field<BTreeSet<_>>>()?,
    })
}

/// For whom an integrator acts, as it is written.
pub(in crate::grpc) enum ActingFor {
    /// An agent.
    Agent(crate::center::AgentId),
    /// A customer.
    Customer(String),
}

pub(in crate::grpc) fn acting_for(acting_for: Option<pb::ActingFor>) -> Field<Option<ActingFor>> {
    match acting_for.map(|acting_for| acting_for.who) {
        None => Ok(None),
        Some(None) => wrong("acting_for", "names nobody"),
        Some(Some(pb::acting_for::Who::AgentId(id))) => {
            agent_id("acting_for.agent_id", &id).map(|id| Some(ActingFor::Agent(id)))
        }
        Some(Some(pb::acting_for::Who::CustomerId(id))) => {
            customer_id("acting_for.customer_id", &id).map(|id| Some(ActingFor::Customer(id)))
        }
    }
}

pub(in crate::grpc) fn customer_id(field: &str, id: &str) -> Field<String> {
    match optional(field, id, super::code)? {
        Some(id) => Ok(id.as_str().to_owned()),
        None => wrong(field, "is required"),
    }
}
