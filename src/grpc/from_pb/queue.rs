//! A queue, as it is configured.

use super::{
    Field, UNKNOWN, Violation, code,
    config::{WEEK, label, note, number},
    language, millis, priority, queue_id, text, wanted, wrong,
};
use crate::{
    center::{
        ClosingAction, DAY, HOUR, Holiday, Hours, MaxWaitAction, Moment, Queue, QueueId, QueueMessage, SECOND,
        ServiceLevel, Span, Widening, is_time_zone,
    },
    grpc::pb,
};

/// The most automatic messages of a queue, holidays of its hours, steps of its widening and dispositions to choose from.
const MESSAGES: usize = 200;
const HOLIDAYS: usize = 366;
const STEPS: usize = 10;
const DISPOSITIONS: usize = 200;

pub(super) fn queue(queue: pb::Queue) -> Field<Queue> {
    let (max_wait_action, closing_action) = (max_wait_action(&queue)?, closing_action(&queue)?);
    let time = |field, length, least, most| millis(&format!("queue.{field}"), length, least, most);
    Ok(Queue {
        id: queue_id("queue.queue_id", &queue.queue_id)?,
        name: label("queue.display_name", queue.display_name)?,
        entry_message: note("queue.entry_message", queue.entry_message)?,
        max_wait: time("max_wait", queue.max_wait, SECOND, WEEK)?.unwrap_or(HOUR),
        max_wait_action,
        max_wait_message: note("queue.max_wait_message", queue.max_wait_message)?,
        wrap_up_time: time("wrap_up_time", queue.wrap_up_time, 0, 24 * HOUR)?.unwrap_or(0),
        disposition_required: queue.disposition_required,
        max_length: queue.max_length,
        refuse_unstaffed: queue.refuse_unstaffed,
        open_to_customers: queue.open_to_customers.unwrap_or(true),
        hours: queue.hours.map(hours).transpose()?,
        closing_action,
        full_overflow: other("queue.full_overflow_queue_id", &queue.full_overflow_queue_id)?,
        priority: priority(queue.priority).map_err(within)?,
        service_level: queue.service_level.map(service_level).transpose()?,
        messages: list("messages", queue.messages, MESSAGES, message)?,
        waiting_interval: time("waiting_interval", queue.waiting_interval, 10 * SECOND, HOUR)?.unwrap_or(0),
        skills: wanted("queue.skills", queue.skills)?,
        widening: widening(queue.widening)?,
        last_agent_wait: time("last_agent_wait", queue.last_agent_wait, 0, HOUR)?.unwrap_or(0),
        first_response_time: time("first_response_time", queue.first_response_time, 5 * SECOND, 24 * HOUR)?
            .unwrap_or(0),
        dispositions: list("dispositions", queue.dispositions, DISPOSITIONS, |field, it| code(field, &it))?,
    })
}

fn within(violation: Violation) -> Violation {
    Violation { field: format!("queue.{}", violation.field), ..violation }
}

fn other(field: &str, id: &str) -> Field<Option<QueueId>> {
    super::optional(field, id, queue_id)
}

fn list<T, U>(field: &str, list: Vec<T>, most: usize, parse: impl Fn(&str, T) -> Field<U>) -> Field<Vec<U>> {
    if list.len() > most {
        return wrong(format!("queue.{field}"), format!("are more than {most}"));
    }
    list.into_iter().enumerate().map(|(at, it)| parse(&format!("queue.{field}[{at}]"), it)).collect()
}

fn max_wait_action(queue: &pb::Queue) -> Field<MaxWaitAction> {
    let overflow = other("queue.overflow_queue_id", &queue.overflow_queue_id)?;
    match (pb::MaxWaitAction::try_from(queue.max_wait_action), overflow) {
        (Ok(pb::MaxWaitAction::Unspecified | pb::MaxWaitAction::End), None) => Ok(MaxWaitAction::End),
        (Ok(pb::MaxWaitAction::Overflow), Some(queue)) => Ok(MaxWaitAction::Overflow(queue)),
        (Ok(pb::MaxWaitAction::Overflow), None) => wrong("queue.overflow_queue_id", "is required"),
        (Ok(_), Some(_)) => wrong("queue.overflow_queue_id", "goes with OVERFLOW only"),
        (Err(_), _) => wrong("queue.max_wait_action", UNKNOWN),
    }
}

fn closing_action(queue: &pb::Queue) -> Field<ClosingAction> {
    let overflow = other("queue.closing_overflow_queue_id", &queue.closing_overflow_queue_id)?;
    match (pb::ClosingAction::try_from(queue.closing_action), overflow) {
        (Ok(pb::ClosingAction::Unspecified | pb::ClosingAction::Keep), None) => Ok(ClosingAction::Keep),
        (Ok(pb::ClosingAction::End), None) => Ok(ClosingAction::End),
        (Ok(pb::ClosingAction::Overflow), Some(queue)) => Ok(ClosingAction::Overflow(queue)),
        (Ok(pb::ClosingAction::Overflow), None) => wrong("queue.closing_overflow_queue_id", "is required"),
        (Ok(_), Some(_)) => wrong("queue.closing_overflow_queue_id", "goes with OVERFLOW only"),
        (Err(_), _) => wrong("queue.closing_action", UNKNOWN),
    }
}

fn hours(hours: pb::Hours) -> Field<Hours> {
    if !is_time_zone(&hours.time_zone) {
        return wrong("queue.hours.time_zone", "must name a time zone, such as Europe/Berlin");
    }
    let mut week: [Vec<Span>; 7] = Default::default();
    for (at, opening) in hours.week.iter().enumerate() {
        let field = format!("queue.hours.week[{at}]");
        match opening.weekday {
            day @ 1..=7 => week[day as usize - 1].push(span(&field, opening)?),
            _ => return wrong(format!("{field}.weekday"), "must be from 1 to 7"),
        }
    }
    week.iter_mut().for_each(|spans| spans.sort());
    if week.iter().any(|spans| overlap(spans)) {
        return wrong("queue.hours.week", "overlap");
    }
    let holidays = list("hours.holidays", hours.holidays, HOLIDAYS, holiday)?;
    Ok(Hours { time_zone: hours.time_zone.as_str().into(), week, holidays })
}

fn overlap(spans: &[Span]) -> bool {
    spans.windows(2).any(|pair| pair[1].from < pair[0].to)
}

fn holiday(field: &str, holiday: pb::Holiday) -> Field<Holiday> {
    let date: Vec<&str> = holiday.date.split('-').collect();
    let day = match date.as_slice() {
        [year, month, day] if year.len() == 4 => year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok()),
        _ => None,
    };
    let spans = holiday.hours.iter().enumerate().map(|(at, it)| span(&format!("{field}.hours[{at}]"), it));
    let mut spans = spans.collect::<Field<Vec<Span>>>()?;
    spans.sort();
    if overlap(&spans) {
        return wrong(format!("{field}.hours"), "overlap");
    }
    let parsed = day.map(|((year, month), day)| Holiday { year, month, day, spans });
    match parsed.filter(Holiday::is_a_day) {
        Some(holiday) => Ok(holiday),
        None => wrong(format!("{field}.date"), "must be a day, YYYY-MM-DD"),
    }
}

fn span(field: &str, hours: &pb::OpeningHours) -> Field<Span> {
    let (from, to) = (clock(&format!("{field}.from"), &hours.from)?, clock(&format!("{field}.to"), &hours.to)?);
    if from < to { Ok(Span { from, to }) } else { wrong(format!("{field}.to"), "must be after `from`") }
}

fn clock(field: &str, text: &str) -> Field<u32> {
    let parsed = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
    let parsed = parsed.and_then(|(hour, minute)| Some((hour.parse::<u32>().ok()?, minute.parse::<u32>().ok()?)));
    match parsed {
        Some((hour, minute)) if minute < 60 && hour * 60 + minute <= DAY => Ok(hour * 60 + minute),
        _ => wrong(field, "must be HH:MM, from 00:00 to 24:00"),
    }
}

fn service_level(level: pb::ServiceLevel) -> Field<ServiceLevel> {
    let percent = number("queue.service_level.percent", Some(level.percent), 0, 1, 100)?;
    match millis("queue.service_level.within", level.within, SECOND, 24 * HOUR)? {
        Some(within) => Ok(ServiceLevel { within, percent }),
        None => wrong("queue.service_level.within", "is required"),
    }
}

fn message(field: &str, message: pb::QueueMessage) -> Field<QueueMessage> {
    let moment = match pb::QueueMoment::try_from(message.moment) {
        Ok(pb::QueueMoment::Entered) => Moment::Entered,
        Ok(pb::QueueMoment::Waiting) => Moment::Waiting,
        Ok(pb::QueueMoment::Connected) => Moment::Connected,
        Ok(pb::QueueMoment::MaxWait) => Moment::MaxWait,
        Ok(pb::QueueMoment::Closed) => Moment::Closed,
        Ok(pb::QueueMoment::Unspecified) => return wrong(format!("{field}.moment"), "is required"),
        Err(_) => return wrong(format!("{field}.moment"), UNKNOWN),
    };
    let language = language(&message.language).map_err(|it| Violation { field: format!("{field}.language"), ..it })?;
    if message.text.is_empty() {
        return wrong(format!("{field}.text"), "is required");
    }
    Ok(QueueMessage { moment, language, text: text(&format!("{field}.text"), message.text, super::NOTE)? })
}

fn widening(steps: Vec<pb::Widening>) -> Field<Vec<Widening>> {
    let step = |field: &str, step: pb::Widening| {
        let after = millis(&format!("{field}.after"), step.after, 0, 24 * HOUR)?.unwrap_or(0);
        let level = number(&format!("{field}.level"), Some(step.level), 0, 0, 100)?;
        Ok(Widening { after, level })
    };
    let steps = list("widening", steps, STEPS, step)?;
    match steps.windows(2).position(|pair| pair[1].after <= pair[0].after) {
        Some(at) => wrong(format!("queue.widening[{}].after", at + 1), "must be later than the step before"),
        None => Ok(steps),
    }
}
