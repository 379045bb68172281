//! A service queue, as it is configured.

use std::time::Duration;

use super::Hours;
use crate::{
    convert::{wire_duration, wire_enum},
    generated::{self as wire, ClosingAction, MaxWaitAction},
};

wire_enum! {
    /// When a queue says something by itself.
    QueueMoment {
        /// A session has entered, from outside or by a transfer.
        Entered,
        /// It still waits, and nobody is connected.
        Waiting,
        /// An agent has taken it.
        Connected,
        /// It has waited too long, and ends.
        MaxWait,
        /// The queue is closed: said before the end of who waits.
        Closed,
    }
}

/// A service queue, as it is configured.
#[must_use = "nothing changes before `apply`"]
#[derive(Clone, Debug, PartialEq)]
pub struct Queue(pub(crate) wire::Queue);

impl Queue {
    /// A queue: an id, `[A-Za-z0-9_-]{1,64}`, and the name that customers and agents see, 1 to 128 bytes.
    pub fn new(queue_id: impl Into<String>, display_name: impl Into<String>) -> Self {
        Self(wire::Queue { queue_id: queue_id.into(), display_name: display_name.into(), ..Default::default() })
    }

    /// Sent to the customer when an agent transfers the session here; up to 4 KiB.
    pub fn entry_message(mut self, text: impl Into<String>) -> Self {
        self.0.entry_message = text.into();
        self
    }

    /// How long a session may wait here, 1 s to 7 days. Default 1 h.
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.0.max_wait = Some(wire_duration(time));
        self
    }

    /// A session that waited too long ends, after this message of up to 4 KiB. The default, without a message.
    pub fn end_after_max_wait(mut self, message: impl Into<String>) -> Self {
        self.0.max_wait_action = MaxWaitAction::End.into();
        self.0.max_wait_message = message.into();
        self
    }

    /// A session that waited too long moves to that queue.
    pub fn overflow_to(mut self, queue_id: impl Into<String>) -> Self {
        self.0.max_wait_action = MaxWaitAction::Overflow.into();
        self.0.overflow_queue_id = queue_id.into();
        self
    }

    /// How long an agent who took a session here has for after-chat work, up to 24 h. Default: there is none.
    pub fn wrap_up_time(mut self, time: Duration) -> Self {
        self.0.wrap_up_time = Some(wire_duration(time));
        self
    }

    /// The wrap-up can't be completed without a disposition.
    pub fn disposition_required(mut self) -> Self {
        self.0.disposition_required = true;
        self
    }

    /// Sessions that may wait here before starts are refused. Default: no limit.
    pub fn max_length(mut self, sessions: u32) -> Self {
        self.0.max_length = sessions;
        self
    }

    /// Transfers are refused while nobody who serves it is signed in.
    pub fn refuse_unstaffed(mut self) -> Self {
        self.0.refuse_unstaffed = true;
        self
    }

    /// When it is open. Default: always.
    pub fn hours(mut self, hours: Hours) -> Self {
        self.0.hours = Some(hours.0);
        self
    }

    /// When it closes, those who wait are told so and end. Default: they are served all the same.
    pub fn end_at_closing(mut self) -> Self {
        self.0.closing_action = ClosingAction::End.into();
        self
    }

    /// When it closes, those who wait move to that queue.
    pub fn overflow_at_closing(mut self, queue_id: impl Into<String>) -> Self {
        self.0.closing_action = ClosingAction::Overflow.into();
        self.0.closing_overflow_queue_id = queue_id.into();
        self
    }

    /// While it is full, starts go to that queue instead of being refused.
    pub fn overflow_when_full(mut self, queue_id: impl Into<String>) -> Self {
        self.0.full_overflow_queue_id = queue_id.into();
        self
    }

    /// Added to the priority of every session that waits here, −100 to 100. Default 0.
    pub fn priority(mut self, priority: i32) -> Self {
        self.0.priority = priority;
        self
    }

    /// So many percent of its sessions shall be answered within a time. It is counted, and changes nothing.
    pub fn service_level(mut self, percent: u32, within: Duration) -> Self {
        self.0.service_level = Some(wire::ServiceLevel { within: Some(wire_duration(within)), percent });
        self
    }

    /// Said to customers at a moment, up to 4 KiB; `{{position}}`, `{{estimated_wait}}` (minutes), `{{queue.name}}` and
    /// `{{agent.name}}` are filled in.
    pub fn message(self, moment: QueueMoment, text: impl Into<String>) -> Self {
        self.message_in("", moment, text)
    }

    /// The same to customers of a language, a BCP 47 tag; the others hear what was said without one.
    pub fn message_in(mut self, language: impl Into<String>, moment: QueueMoment, text: impl Into<String>) -> Self {
        let (moment, language, text) = (moment.to_wire(), language.into(), text.into());
        self.0.messages.push(wire::QueueMessage { moment, language, text });
        self
    }

    /// How often a WAITING message is said while nobody is connected, 10 s to 1 h. Default: never.
    pub fn waiting_interval(mut self, time: Duration) -> Self {
        self.0.waiting_interval = Some(wire_duration(time));
        self
    }

    /// A skill that is wanted for every session here, at a level of 1 to 100. Up to 20.
    pub fn skill(mut self, skill: impl Into<String>, level: u32) -> Self {
        self.0.skills.push(wire::WantedSkill { skill: skill.into(), level });
        self
    }

    /// After waiting so long another level of every wanted skill is enough; 0 is none at all. Up to 10, by ascending time.
    pub fn widen(mut self, after: Duration, level: u32) -> Self {
        self.0.widening.push(wire::Widening { after: Some(wire_duration(after)), level });
        self
    }

    /// How long the customer's last agent alone is asked, while they are at work, up to 1 h. Needs
    /// [`CenterSettings::last_agent_memory`](crate::CenterSettings::last_agent_memory). Default: not at all.
    pub fn last_agent_wait(mut self, time: Duration) -> Self {
        self.0.last_agent_wait = Some(wire_duration(time));
        self
    }

    /// How long an agent who took a session may leave its customer without a word before it goes back, 5 s to 24 h. Default: for
    /// ever.
    pub fn first_response_time(mut self, time: Duration) -> Self {
        self.0.first_response_time = Some(wire_duration(time));
        self
    }

    /// A disposition to choose from, besides those named before. Up to 200. Default: any.
    pub fn disposition(mut self, code: impl Into<String>) -> Self {
        self.0.dispositions.push(code.into());
        self
    }

    /// The queue's id.
    pub fn id(&self) -> &str {
        &self.0.queue_id
    }

    /// Whether customers may start here by themselves; otherwise integrators only. Default true.
    pub fn open_to_customers(mut self, open: bool) -> Self {
        self.0.open_to_customers = Some(open);
        self
    }
}
