//! A center's configuration, as it is set.

use super::{duration, wanted};
use crate::{
    center::{
        AgentConfig, AgentKind, AttachmentLimits, ClosingAction, DAY, Hours, Mask, MaxWaitAction, Millis, Moment,
        Permission, Queue, QueueId, Settings, Span,
    },
    grpc::pb,
};

/// A setting of zero that means nothing is left out.
fn unless_zero(length: Millis) -> Option<prost_types::Duration> {
    (length > 0).then(|| duration(length))
}

/// The settings, every value given.
pub(in crate::grpc) fn settings(settings: &Settings) -> pb::CenterSettings {
    pb::CenterSettings {
        capacity: Some(settings.capacity),
        router_offer_time: Some(duration(settings.router_offer_time)),
        invitation_time: Some(duration(settings.invitation_time)),
        declines_to_not_ready: Some(settings.declines_to_not_ready),
        skip_time: Some(duration(settings.skip_time)),
        lease_grace: Some(duration(settings.lease_grace)),
        customer_grace: Some(duration(settings.customer_grace)),
        customer_gone_time: Some(duration(settings.customer_gone_time)),
        inactivity_time: Some(duration(settings.inactivity_time)),
        max_age: Some(duration(settings.max_age)),
        max_events: Some(settings.max_events),
        max_participants: Some(settings.max_participants),
        recovery_hold: Some(duration(settings.recovery_hold)),
        reason_required: settings.reason_required,
        reasons: settings.reasons.iter().map(ToString::to_string).collect(),
        ramp_up_time: Some(duration(settings.ramp_up_time)),
        no_answer_return_time: Some(duration(settings.no_answer_return_time)),
        misses_to_sign_out: settings.misses_to_sign_out,
        messenger_inactivity_time: unless_zero(settings.messenger_inactivity_time),
        inactivity_warning: settings.inactivity_warning.clone().unwrap_or_default(),
        inactivity_message: settings.inactivity_message.clone().unwrap_or_default(),
        last_agent_memory: Some(duration(settings.last_agent_memory)),
        short_abandon_time: Some(duration(settings.short_abandon_time)),
        chat_idle_time: Some(duration(settings.chat_idle_time())),
        masks: settings.masking.iter().flat_map(|masking| &masking.masks).map(mask).collect(),
        mask_card_numbers: settings.masking.as_ref().is_some_and(|masking| masking.card_numbers),
        attachments: Some(attachments(&settings.attachment_limits())),
    }
}

fn mask(mask: &Mask) -> pb::Mask {
    let Mask { name, pattern, replacement } = mask.clone();
    pb::Mask { name, pattern, replacement }
}

fn attachments(limits: &AttachmentLimits) -> pb::AttachmentSettings {
    pb::AttachmentSettings {
        max_bytes: Some(limits.max_bytes),
        max_per_message: Some(limits.per_message),
        max_per_session: Some(limits.per_session),
        content_types: limits.content_types.iter().map(|it| it.as_str().to_owned()).collect(),
    }
}

/// A queue.
pub(in crate::grpc) fn queue(queue: &Queue) -> pb::Queue {
    let id = |id: Option<&QueueId>| id.map_or_else(String::new, ToString::to_string);
    let (max_wait_action, overflow) = match &queue.max_wait_action {
        MaxWaitAction::End => (pb::MaxWaitAction::End, None),
        MaxWaitAction::Overflow(other) => (pb::MaxWaitAction::Overflow, Some(other)),
    };
    let (closing_action, closing_overflow) = match &queue.closing_action {
        ClosingAction::Keep => (pb::ClosingAction::Keep, None),
        ClosingAction::End => (pb::ClosingAction::End, None),
        ClosingAction::Overflow(other) => (pb::ClosingAction::Overflow, Some(other)),
    };
    pb::Queue {
        queue_id: queue.id.to_string(),
        display_name: queue.name.as_str().to_owned(),
        entry_message: queue.entry_message.clone().unwrap_or_default(),
        max_wait: Some(duration(queue.max_wait)),
        max_wait_action: max_wait_action.into(),
        overflow_queue_id: id(overflow),
        max_wait_message: queue.max_wait_message.clone().unwrap_or_default(),
        wrap_up_time: Some(duration(queue.wrap_up_time)),
        disposition_required: queue.disposition_required,
        max_length: queue.max_length,
        refuse_unstaffed: queue.refuse_unstaffed,
        open_to_customers: Some(queue.open_to_customers),
        hours: queue.hours.as_ref().map(hours),
        closing_action: closing_action.into(),
        closing_overflow_queue_id: id(closing_overflow),
        full_overflow_queue_id: id(queue.full_overflow.as_ref()),
        priority: queue.priority,
        service_level: queue
            .service_level
            .map(|level| pb::ServiceLevel { within: Some(duration(level.within)), percent: level.percent }),
        messages: queue.messages.iter().map(message).collect(),
        waiting_interval: unless_zero(queue.waiting_interval),
        skills: wanted(&queue.skills),
        widening: queue
            .widening
            .iter()
            .map(|step| pb::Widening { after: Some(duration(step.after)), level: step.level })
            .collect(),
        last_agent_wait: Some(duration(queue.last_agent_wait)),
        first_response_time: unless_zero(queue.first_response_time),
        dispositions: queue.dispositions.iter().map(ToString::to_string).collect(),
    }
}

fn message(message: &crate::center::QueueMessage) -> pb::QueueMessage {
    let moment = match message.moment {
        Moment::Entered => pb::QueueMoment::Entered,
        Moment::Waiting => pb::QueueMoment::Waiting,
        Moment::Connected => pb::QueueMoment::Connected,
        Moment::MaxWait => pb::QueueMoment::MaxWait,
        Moment::Closed => pb::QueueMoment::Closed,
    };
    let language = message.language.as_ref().map_or("", |language| language.as_str()).to_owned();
    pb::QueueMessage { moment: moment.into(), language, text: message.text.clone() }
}

fn hours(hours: &Hours) -> pb::Hours {
    let day =
        |(at, spans): (usize, &Vec<Span>)| spans.iter().map(|span| opening(at as u32 + 1, *span)).collect::<Vec<_>>();
    let holidays = hours.holidays.iter().map(|holiday| pb::Holiday {
        date: format!("{:04}-{:02}-{:02}", holiday.year, holiday.month, holiday.day),
        hours: holiday.spans.iter().map(|span| opening(0, *span)).collect(),
    });
    pb::Hours {
        time_zone: hours.time_zone.as_str().to_owned(),
        week: hours.week.iter().enumerate().flat_map(day).collect(),
        holidays: holidays.collect(),
    }
}

fn opening(weekday: u32, span: Span) -> pb::OpeningHours {
    let clock = |minutes: u32| {
        if minutes == DAY { "24:00".to_owned() } else { format!("{:02}:{:02}", minutes / 60, minutes % 60) }
    };
    pb::OpeningHours { weekday, from: clock(span.from), to: clock(span.to) }
}

/// An agent.
pub(in crate::grpc) fn agent(agent: &AgentConfig) -> pb::Agent {
    let permissions = agent.permissions.iter().map(|permission| match permission {
        Permission::TakeFromQueue => pb::AgentPermission::TakeFromQueue,
        Permission::OverrideCapacity => pb::AgentPermission::OverrideCapacity,
    });
    pb::Agent {
        agent_id: agent.id.to_string(),
        display_name: agent.name.as_str().to_owned(),
        queue_ids: agent.queues.iter().map(ToString::to_string).collect(),
        capacity: agent.capacity.unwrap_or(0),
        supervisor: agent.supervisor,
        team_ids: agent.teams.iter().map(ToString::to_string).collect(),
        skills: skills(agent),
        kind: match agent.kind {
            AgentKind::Human => pb::AgentKind::Human,
            AgentKind::Bot => pb::AgentKind::Bot,
            AgentKind::Assistant => pb::AgentKind::Assistant,
        }
        .into(),
        permissions: permissions.map(Into::into).collect(),
    }
}

/// What an agent can do.
pub(in crate::grpc) fn skills(agent: &AgentConfig) -> Vec<pb::AgentSkill> {
    agent.skills.iter().map(|(skill, level)| pb::AgentSkill { skill: skill.to_string(), level: *level }).collect()
}
