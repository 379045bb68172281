//! A queue as people write it.

use std::collections::BTreeMap;

use chatsession_sdk::{Hours, Queue, QueueMoment, Weekday};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{Time, given};

/// A queue in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct QueueFile {
    pub(in crate::cli) id: String,
    /// The id, where there is none.
    name: Option<String>,
    entry_message: Option<String>,
    #[serde(default)]
    max_wait: Time,
    max_wait_message: Option<String>,
    overflow_to: Option<String>,
    #[serde(default)]
    wrap_up_time: Time,
    #[serde(default)]
    disposition_required: bool,
    max_length: Option<u32>,
    #[serde(default)]
    refuse_unstaffed: bool,
    open_to_customers: Option<bool>,
    hours: Option<HoursFile>,
    #[serde(default)]
    at_closing: AtClosing,
    overflow_at_closing: Option<String>,
    overflow_when_full: Option<String>,
    priority: Option<i32>,
    service_level: Option<ServiceLevelFile>,
    #[serde(default)]
    messages: Vec<MessageFile>,
    #[serde(default)]
    waiting_interval: Time,
    /// Skills that are wanted, each at a level of 1 to 100.
    #[serde(default)]
    skills: BTreeMap<String, u32>,
    #[serde(default)]
    widening: Vec<WideningFile>,
    #[serde(default)]
    last_agent_wait: Time,
    #[serde(default)]
    first_response_time: Time,
    #[serde(default)]
    dispositions: Vec<String>,
}

/// When it is open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    time_zone: String,
    #[serde(default)]
    week: BTreeMap<Day, Vec<Span>>,
    /// By date; none is closed.
    #[serde(default)]
    holidays: BTreeMap<String, Vec<Span>>,
}

/// From and to, as `09:00-17:30`.
#[derive(Debug)]
struct Span(String, String);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let span = text.split_once('-').map(|(from, to)| Self(from.trim().to_owned(), to.trim().to_owned()));
        span.ok_or_else(|| D::Error::custom(format!("`{text}` isn't a span, expected one like `09:00-17:30`")))
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// What becomes of those who wait when it closes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AtClosing {
    #[default]
    Keep,
    End,
}

/// So many percent within a time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceLevelFile {
    percent: u32,
    within: Time,
}

/// An automatic message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageFile {
    when: When,
    #[serde(default)]
    language: String,
    text: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum When {
    Entered,
    Waiting,
    Connected,
    MaxWait,
    Closed,
}

/// A step by which the wishes give way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WideningFile {
    after: Time,
    level: u32,
}

impl QueueFile {
    pub(super) fn build(self) -> Queue {
        let mut it = Queue::new(self.id.clone(), self.name.unwrap_or(self.id));
        it = given(it, self.entry_message, Queue::entry_message);
        it = given(it, self.max_wait.0, Queue::max_wait);
        it = given(it, self.max_wait_message, Queue::end_after_max_wait);
        it = given(it, self.overflow_to, Queue::overflow_to);
        it = given(it, self.wrap_up_time.0, Queue::wrap_up_time);
        it = given(it, self.max_length, Queue::max_length);
        it = given(it, self.open_to_customers, Queue::open_to_customers);
        it = given(it, self.hours.map(HoursFile::build), Queue::hours);
        it = match self.at_closing {
            AtClosing::Keep => it,
            AtClosing::End => it.end_at_closing(),
        };
        it = given(it, self.overflow_at_closing, Queue::overflow_at_closing);
        it = given(it, self.overflow_when_full, Queue::overflow_when_full);
        it = given(it, self.priority, Queue::priority);
        it = given(it, self.service_level, |it, level| {
            it.service_level(level.percent, level.within.0.unwrap_or_default())
        });
        it = self
            .messages
            .into_iter()
            .fold(it, |it, message| it.message_in(message.language, message.when.into(), message.text));
        it = given(it, self.waiting_interval.0, Queue::waiting_interval);
        it = self.skills.into_iter().fold(it, |it, (skill, level)| it.skill(skill, level));
        it = self.widening.into_iter().fold(it, |it, step| it.widen(step.after.0.unwrap_or_default(), step.level));
        it = given(it, self.last_agent_wait.0, Queue::last_agent_wait);
        it = given(it, self.first_response_time.0, Queue::first_response_time);
        it = self.dispositions.into_iter().fold(it, Queue::disposition);
        it = given(it, self.disposition_required.then_some(()), |it, ()| it.disposition_required());
        given(it, self.refuse_unstaffed.then_some(()), |it, ()| it.refuse_unstaffed())
    }
}

impl HoursFile {
    fn build(self) -> Hours {
        let mut hours = Hours::new(self.time_zone);
        for (day, spans) in self.week {
            hours = spans.into_iter().fold(hours, |hours, Span(from, to)| hours.open(day.into(), from, to));
        }
        for (date, spans) in &self.holidays {
            hours = hours.holiday(date, spans.iter().map(|Span(from, to)| (from.as_str(), to.as_str())));
        }
        hours
    }
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}

impl From<When> for QueueMoment {
    fn from(when: When) -> Self {
        match when {
            When::Entered => Self::Entered,
            When::Waiting => Self::Waiting,
            When::Connected => Self::Connected,
            When::MaxWait => Self::MaxWait,
            When::Closed => Self::Closed,
        }
    }
}
