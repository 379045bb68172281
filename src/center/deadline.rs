//! When something is due by itself. A deadline follows from the state: what is gone has none to forget.

use std::collections::BTreeSet;

use crate::bugs::bug;

use super::{
    agent::{Agent, NO_ANSWER, Ramp, Status},
    ids::{AgentId, AttachmentId, Incarnation, OfferId},
    session::{Channel, Session, State},
    settings::Settings,
    time::{Millis, Time},
};

/// What is due for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SessionDue {
    /// Say that an offer was prolonged.
    TellExtended(OfferId),
    /// The customer's streams at a node went with the node.
    WatchesLost(Incarnation),
    /// An offer's time is over.
    OfferExpired(OfferId),
    /// After-chat work's time is over.
    WrapUpExpired(AgentId),
    /// It is too old.
    TooOld,
    /// It will soon be too old.
    WarnTooOld,
    /// The customer is gone while it waits.
    CustomerGone,
    /// The customer is no longer offered.
    CustomerAbsent,
    /// The customer said nothing.
    Inactive,
    /// The customer says nothing.
    WarnInactive,
    /// It has waited too long.
    MaxWait,
    /// An agent is no longer skipped.
    SkipEnded(AgentId),
    /// The agent who took it hasn't said a word.
    NoResponse(AgentId),
    /// Its queue has closed.
    Closed,
    /// Less is wanted of its agent.
    Widen,
    /// The customer is told that they wait.
    TellWaiting,
    /// The preferred agent is waited for no longer.
    PreferenceEnded,
    /// A file was sent with no message for too long.
    AttachmentUnsent(AttachmentId),
}

/// How long before the age limit it is announced.
fn age_notice(settings: &Settings) -> Millis {
    settings.max_age / 10
}

impl Session {
    /// Everything that will be due, in the order in which what is due at once happens.
    fn dues(&self, settings: &Settings, living: &BTreeSet<Incarnation>, mut each: impl FnMut(Time, SessionDue)) {
        for (agent, wrap_up) in &self.wrap_ups {
            each(wrap_up.expire, SessionDue::WrapUpExpired(agent.clone()));
        }
        if !self.is_open() {
            return;
        }
        for offer in &self.offers {
            if offer.untold {
                each(Time::AT_ONCE, SessionDue::TellExtended(offer.id));
            }
            let early = if bug!(DeadlineEarly) { 1_000 } else { 0 };
            each(Time(offer.expire.0 - early), SessionDue::OfferExpired(offer.id));
        }
        for lost in self.watching.difference(living) {
            each(Time::AT_ONCE, SessionDue::WatchesLost(*lost));
        }
        let age = self.created + settings.max_age;
        each(age, SessionDue::TooOld);
        if !self.age_warned {
            each(Time(age.0 - age_notice(settings)), SessionDue::WarnTooOld);
        }
        if let Some(away) = &self.away {
            if let Some(end) = away.end {
                each(end, SessionDue::CustomerGone);
            }
            if !away.absent {
                each(away.grace_end, SessionDue::CustomerAbsent);
            }
        }
        if let Some(inactivity) = &self.inactivity {
            each(inactivity.end, SessionDue::Inactive);
            if !inactivity.warned {
                each(inactivity.warn, SessionDue::WarnInactive);
            }
        }
        if let Some(owed) = &self.first_response {
            each(owed.due, SessionDue::NoResponse(owed.agent.clone()));
        }
        self.entry_dues(&mut each);
        for (agent, until) in &self.skipped {
            each(*until, SessionDue::SkipEnded(agent.clone()));
        }
        for (id, attachment) in self.attachments().filter(|(_, attachment)| attachment.posted.is_none()) {
            each(attachment.expire, SessionDue::AttachmentUnsent(id));
        }
    }

    fn entry_dues(&self, each: &mut impl FnMut(Time, SessionDue)) {
        let Some(entry) = &self.entry else { return };
        if self.offers.is_empty() || bug!(MaxWaitIgnoresRing) {
            if let Some(closed) = entry.closed {
                each(closed, SessionDue::Closed);
            }
            each(entry.expire, SessionDue::MaxWait);
        }
        if let Some(widen) = entry.widen {
            each(widen, SessionDue::Widen);
        }
        if let Some(preferred) = &entry.preferred {
            each(preferred.until, SessionDue::PreferenceEnded);
        }
        if let Some(since) = self.unattended_since.filter(|_| entry.tell_every > 0) {
            each(entry.told.max(since) + entry.tell_every, SessionDue::TellWaiting);
        }
    }

    /// The earliest deadline.
    pub(super) fn next_deadline(&self, settings: &Settings, living: &BTreeSet<Incarnation>) -> Option<Time> {
        let mut next: Option<Time> = None;
        self.dues(settings, living, |time, _| next = Some(next.map_or(time, |next| next.min(time))));
        next
    }

    /// The first thing that is due at `now`, by its time.
    pub(super) fn due(&self, settings: &Settings, living: &BTreeSet<Incarnation>, now: Time) -> Option<SessionDue> {
        let mut first: Option<(Time, SessionDue)> = None;
        self.dues(settings, living, |time, due| {
            if time <= now && first.as_ref().is_none_or(|(earliest, _)| time < *earliest) {
                first = Some((time, due));
            }
        });
        first.map(|(_, due)| due)
    }

    /// Starts and stops the clocks that follow from the state.
    pub(super) fn settle(&mut self, settings: &Settings, now: Time) {
        let silence_counts = self.is_open()
            && self.staff_spoke_last
            && self.is_attended()
            && self.entry.is_none()
            && !self.has_invitation();
        if !silence_counts {
            self.inactivity = None;
        } else if self.inactivity.is_none() {
            let patience = match self.channel {
                Channel::Messenger if settings.messenger_inactivity_time > 0 => settings.messenger_inactivity_time,
                Channel::Messenger | Channel::Web => settings.inactivity_time,
            };
            let (warn, end) = (now + patience / 2, now + patience);
            self.inactivity = Some(super::session::Inactivity { warn, end, warned: false });
        }
        let waiting = self.state() == State::Waiting;
        if let Some(away) = &mut self.away {
            let since = self.unattended_since.unwrap_or(now).max(away.grace_end);
            match (waiting, away.end) {
                (true, None) => away.end = Some(since + settings.customer_gone_time),
                (true, Some(_)) => {}
                (false, _) => away.end = None,
            }
        }
    }

    /// Moves what waits for a person or a connection: nobody pays for the time that the service was down.
    pub(super) fn prolong(&mut self, by: Millis, not_before: Time) {
        let later = |time: &mut Time| *time = (*time + by).max(not_before);
        for offer in &mut self.offers {
            later(&mut offer.expire);
            offer.untold = true;
        }
        self.entry.iter_mut().for_each(|entry| later(&mut entry.expire));
        if let Some(preferred) = self.entry.as_mut().and_then(|entry| entry.preferred.as_mut()) {
            later(&mut preferred.until);
        }
        if let Some(owed) = &mut self.first_response {
            later(&mut owed.due);
        }
        self.wrap_ups.values_mut().for_each(|wrap_up| later(&mut wrap_up.expire));
        if let Some(away) = &mut self.away {
            if !away.absent {
                later(&mut away.grace_end);
            }
            away.end.iter_mut().for_each(later);
        }
        for attachment in self.extras.iter_mut().flat_map(|extras| extras.attachments.values_mut()) {
            later(&mut attachment.expire);
        }
        if let Some(inactivity) = &mut self.inactivity {
            if !inactivity.warned {
                later(&mut inactivity.warn);
            }
            later(&mut inactivity.end);
        }
    }
}

/// What is due for an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AgentDue {
    /// The desk streams at a node went with the node.
    DesksLost(Incarnation),
    /// They were cut off too long.
    Gone,
    /// The next session may come.
    RampedUp,
    /// They have rested from an offer that they missed.
    Returned,
}

impl Agent {
    /// The earliest deadline.
    pub(super) fn next_deadline(&self, settings: &Settings, living: &BTreeSet<Incarnation>) -> Option<Time> {
        self.first_due(settings, living).map(|(time, _)| time)
    }

    /// The first thing that is due at `now`.
    pub(super) fn due(&self, settings: &Settings, living: &BTreeSet<Incarnation>, now: Time) -> Option<AgentDue> {
        self.first_due(settings, living).filter(|(time, _)| *time <= now).map(|(_, due)| due)
    }

    fn first_due(&self, settings: &Settings, living: &BTreeSet<Incarnation>) -> Option<(Time, AgentDue)> {
        let lost = self.desks.difference(living).next().map(|lost| (Time::AT_ONCE, AgentDue::DesksLost(*lost)));
        let gone = self.grace_end.map(|end| (end, AgentDue::Gone));
        let ramp = match self.ramp {
            Ramp::Until(time) => Some((time, AgentDue::RampedUp)),
            Ramp::Over | Ramp::Open => None,
        };
        let rests = settings.no_answer_return_time > 0 && !self.desks.is_empty() && self.has_missed();
        let returned = rests.then(|| (self.since + settings.no_answer_return_time, AgentDue::Returned));
        lost.into_iter().chain(gone).chain(ramp).chain(returned).min_by_key(|(time, _)| *time)
    }

    fn has_missed(&self) -> bool {
        matches!(&self.status, Status::NotReady(Some(reason)) if reason.as_str() == NO_ANSWER)
    }

    /// As for sessions.
    pub(super) fn prolong(&mut self, by: Millis, not_before: Time) {
        self.grace_end.iter_mut().for_each(|time| *time = (*time + by).max(not_before));
    }
}
