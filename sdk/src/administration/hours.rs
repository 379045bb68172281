//! Opening hours.

use crate::generated::{self as wire, Holiday, OpeningHours};

/// Opening hours, in a time zone. A day without any is closed.
#[must_use = "nothing changes before `apply`"]
#[derive(Clone, Debug, PartialEq)]
pub struct Hours(pub(crate) wire::Hours);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Monday = 1,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Hours {
    /// Hours in a time zone of the IANA database, such as `Europe/Berlin`.
    pub fn new(time_zone: impl Into<String>) -> Self {
        Self(wire::Hours { time_zone: time_zone.into(), week: Vec::new(), holidays: Vec::new() })
    }

    /// Open on that day from `HH:MM` to `HH:MM`, besides what was said before; `24:00` is the day's end.
    pub fn open(mut self, day: Weekday, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.0.week.push(OpeningHours { weekday: day as u32, from: from.into(), to: to.into() });
        self
    }

    /// Open like that from Monday to Friday.
    pub fn open_on_workdays(self, from: &str, to: &str) -> Self {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        [Monday, Tuesday, Wednesday, Thursday, Friday].into_iter().fold(self, |it, day| it.open(day, from, to))
    }

    /// Closed on a date, `YYYY-MM-DD`.
    pub fn closed_on(self, date: impl Into<String>) -> Self {
        self.holiday(date, [])
    }

    /// On a date, `YYYY-MM-DD`, these hours instead of the weekday's: from `HH:MM` to `HH:MM` each.
    pub fn holiday<'a>(mut self, date: impl Into<String>, hours: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let hours = hours.into_iter();
        let hours = hours.map(|(from, to)| OpeningHours { weekday: 0, from: from.into(), to: to.into() }).collect();
        self.0.holidays.push(Holiday { date: date.into(), hours });
        self
    }
}
