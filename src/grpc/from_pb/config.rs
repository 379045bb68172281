//! A center's objects.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Field, NOTE, agent_id, attachments, canned, code, masks, millis, optional, queue_id, team_id, text, wrong,
};
use crate::{
    center::{
        AgentConfig, AgentKind, AttachmentLimits, CHAT_IDLE_TIME, Code, HOUR, MINUTE, Millis, Object, Permission,
        SECOND, Settings,
    },
    grpc::pb::{self, apply_request::Object as Asked},
};

/// Teams of one agent: people are in few.
const TEAMS: usize = 20;

pub(super) const WEEK: Millis = 7 * 24 * HOUR;

/// One object; its fields' paths start with its kind.
pub(in crate::grpc) fn object(asked: Asked) -> Field<Object> {
    match asked {
        Asked::Settings(settings) => self::settings(settings).map(|it| Object::Settings(Box::new(it))),
        Asked::Queue(queue) => super::queue::queue(queue).map(|it| Object::Queue(Box::new(it))),
        Asked::CannedResponse(response) => {
            canned::canned_response("canned_response", Some(response)).map(|it| Object::CannedResponse(Box::new(it)))
        }
        Asked::Agent(agent) => self::agent(agent).map(|it| Object::Agent(Box::new(it))),
    }
}

pub(super) fn number(field: &str, asked: Option<u32>, default: u32, least: u32, most: u32) -> Field<u32> {
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
        reasons: reasons(&asked.reasons)?,
        ramp_up_time: time("ramp_up_time", asked.ramp_up_time, 0, 0, HOUR)?,
        no_answer_return_time: time("no_answer_return_time", asked.no_answer_return_time, 0, 0, WEEK)?,
        misses_to_sign_out: asked.misses_to_sign_out,
        messenger_inactivity_time: time(
            "messenger_inactivity_time",
            asked.messenger_inactivity_time,
            default.messenger_inactivity_time,
            SECOND,
            WEEK,
        )?,
        inactivity_warning: note("settings.inactivity_warning", asked.inactivity_warning)?,
        inactivity_message: note("settings.inactivity_message", asked.inactivity_message)?,
        last_agent_memory: time("last_agent_memory", asked.last_agent_memory, 0, 0, 90 * 24 * HOUR)?,
        short_abandon_time: time("short_abandon_time", asked.short_abandon_time, default.short_abandon_time, 0, HOUR)?,
        masking: masks::masking_of(asked.masks, asked.mask_card_numbers)?,
        // What is asked as it is by default is as good as not asked: what was read is what is set.
        attachments: attachments::limits(asked.attachments)?.filter(|limits| **limits != AttachmentLimits::default()),
        chat_idle_time: millis("settings.chat_idle_time", asked.chat_idle_time, MINUTE, WEEK)?
            .filter(|time| *time != CHAT_IDLE_TIME),
    })
}

/// The most reasons to choose from.
const REASONS: usize = 50;

fn reasons(reasons: &[String]) -> Field<Vec<Code>> {
    if reasons.len() > REASONS {
        return wrong("settings.reasons", format!("are more than {REASONS}"));
    }
    reasons.iter().enumerate().map(|(at, reason)| code(&format!("settings.reasons[{at}]"), reason)).collect()
}

pub(super) fn label(field: &str, name: String) -> Field<crate::center::Label> {
    match name.is_empty() {
        true => wrong(field, "is required"),
        false => text(field, name, 128).map(|name| name.as_str().into()),
    }
}

pub(super) fn note(field: &str, note: String) -> Field<Option<String>> {
    text(field, note, NOTE).map(|note| (!note.is_empty()).then_some(note))
}

/// The most skills of an agent.
const SKILLS: usize = 100;

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
        skills: skills(agent.skills)?,
        kind: match pb::AgentKind::try_from(agent.kind) {
            Ok(pb::AgentKind::Unspecified | pb::AgentKind::Human) => AgentKind::Human,
            Ok(pb::AgentKind::Bot) => AgentKind::Bot,
            Ok(pb::AgentKind::Assistant) => AgentKind::Assistant,
            Err(_) => return wrong("agent.kind", super::UNKNOWN),
        },
        permissions: agent.permissions.iter().enumerate().map(permission).collect::<Field<BTreeSet<_>>>()?,
        teams: teams.collect::<Field<BTreeSet<_>>>()?,
    })
}

fn skills(skills: Vec<pb::AgentSkill>) -> Field<BTreeMap<Code, u32>> {
    if skills.len() > SKILLS {
        return wrong("agent.skills", format!("are more than {SKILLS}"));
    }
    let mut parsed = BTreeMap::new();
    for (at, skill) in skills.into_iter().enumerate() {
        let level = number(&format!("agent.skills[{at}].level"), Some(skill.level), 0, 1, 100)?;
        if parsed.insert(code(&format!("agent.skills[{at}].skill"), &skill.skill)?, level).is_some() {
            return wrong(format!("agent.skills[{at}].skill"), "is there twice");
        }
    }
    Ok(parsed)
}

fn permission((at, permission): (usize, &i32)) -> Field<Permission> {
    match pb::AgentPermission::try_from(*permission) {
        Ok(pb::AgentPermission::TakeFromQueue) => Ok(Permission::TakeFromQueue),
        Ok(pb::AgentPermission::OverrideCapacity) => Ok(Permission::OverrideCapacity),
        Ok(pb::AgentPermission::Unspecified) | Err(_) => wrong(format!("agent.permissions[{at}]"), super::UNKNOWN),
    }
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
    match optional(field, id, code)? {
        Some(id) => Ok(id.as_str().to_owned()),
        None => wrong(field, "is required"),
    }
}
