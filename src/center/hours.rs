//! When a queue is open: a week's hours in a time zone, and the days that are different.

use jiff::{
    Timestamp,
    civil::{Date, Time as Clock},
    tz::TimeZone,
};
use minicbor::{Decode, Encode};

use super::{
    ids::Label,
    time::{HOUR, Millis, Time},
};

/// How many days ahead the next change is looked for: what comes later is looked for again then.
const HORIZON: usize = 400;

/// Minutes of a day.
pub const DAY: u32 = 24 * 60;

/// Opening hours.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hours {
    /// A name of the IANA time zone database, such as `Europe/Berlin`.
    #[n(0)]
    pub time_zone: Label,
    /// The spans of each day of the week, Monday first.
    #[n(1)]
    pub week: [Vec<Span>; 7],
    /// Days that are different.
    #[n(2)]
    pub holidays: Vec<Holiday>,
}

/// A part of a day, in minutes from its midnight: `from` before `to`, `to` at most [`DAY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Span {
    /// Open from here.
    #[n(0)]
    pub from: u32,
    /// Closed from here.
    #[n(1)]
    pub to: u32,
}

/// A day with hours of its own; none of them is a day closed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Holiday {
    /// The year.
    #[n(0)]
    pub year: i16,
    /// The month, from 1.
    #[n(1)]
    pub month: u8,
    /// The day, from 1.
    #[n(2)]
    pub day: u8,
    /// Its hours, ascending, without overlap.
    #[n(3)]
    pub spans: Vec<Span>,
}

/// Whether a queue is open, and until when that stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Openness {
    /// It is.
    #[n(0)]
    pub open: bool,
    /// When that changes; none is not within a year.
    #[n(1)]
    pub until: Option<Time>,
    /// When it is looked at again, if it doesn't change before.
    #[n(2)]
    pub again: Option<Time>,
}

impl Openness {
    /// Open, and nothing says otherwise.
    pub const ALWAYS: Self = Self { open: true, until: None, again: None };

    /// When it has to be looked at.
    pub(super) fn due(&self) -> Option<Time> {
        self.until.or(self.again)
    }
}

/// Whether this names a time zone.
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

impl Holiday {
    /// Whether there is such a day.
    pub fn is_a_day(&self) -> bool {
        Date::new(self.year, self.month as i8, self.day as i8).is_ok()
    }
}

impl Hours {
    /// How it stands at a moment.
    pub fn at(&self, now: Time) -> Openness {
        let zone = TimeZone::get(self.time_zone.as_str()).unwrap_or(TimeZone::UTC);
        let moment = Timestamp::from_millisecond(now.0 as i64).unwrap_or(Timestamp::MAX);
        let today = zone.to_datetime(moment).date();
        // A span may lie over a change of the clocks: the day before is looked at too.
        let days = std::iter::successors(today.yesterday().ok(), |day| day.tomorrow().ok()).take(HORIZON);
        let mut open_until: Option<Timestamp> = None;
        for (from, to) in days.flat_map(|day| self.instants(day, &zone)) {
            match open_until {
                // The spans of two days that meet at midnight are one.
                Some(end) if from <= end => open_until = Some(end.max(to)),
                Some(end) => return Openness { open: true, until: Some(time(end)), again: None },
                None if moment < from => return Openness { open: false, until: Some(time(from)), again: None },
                None if moment < to => open_until = Some(to),
                None => {}
            }
        }
        // Looked for again while there is still something ahead that was seen.
        let again = now + HORIZON as Millis / 2 * 24 * HOUR;
        Openness { open: open_until.is_some(), until: None, again: Some(again) }
    }

    fn instants(&self, day: Date, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let special = self.holidays.iter().find(|holiday| {
            (holiday.year, holiday.month as i8, holiday.day as i8) == (day.year(), day.month(), day.day())
        });
        let weekday = day.weekday().to_monday_zero_offset() as usize;
        let spans = special.map_or(&self.week[weekday], |holiday| &holiday.spans);
        spans.iter().filter_map(|span| Some((instant(day, span.from, zone)?, instant(day, span.to, zone)?))).collect()
    }
}

fn instant(day: Date, minutes: u32, zone: &TimeZone) -> Option<Timestamp> {
    let (day, minutes) = if minutes >= DAY { (day.tomorrow().ok()?, 0) } else { (day, minutes) };
    let clock = Clock::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()?;
    day.to_datetime(clock).to_zoned(zone.clone()).ok().map(|moment| moment.timestamp())
}

fn time(moment: Timestamp) -> Time {
    Time(moment.as_millisecond().max(0) as u64)
}
