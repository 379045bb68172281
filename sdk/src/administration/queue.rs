//! A service queue, as it is configured.

use std::time::Duration;

use crate::{
    convert::wire_duration,
    generated::{self as wire, MaxWaitAction},
};

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

    /// Whether customers may start here by themselves; otherwise integrators only. Default true.
    pub fn open_to_customers(mut self, open: bool) -> Self {
        self.0.open_to_customers = Some(open);
        self
    }
}
