//! A center's settings.

use std::time::Duration;

use crate::{convert::wire_duration, generated as wire};

/// A center's settings: what isn't set gets its default. Durations are from 0 to 7 days unless said otherwise.
#[must_use = "nothing changes before `apply`"]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CenterSettings(pub(crate) wire::CenterSettings);

impl CenterSettings {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Units that an agent may hold whose own capacity is unset, 1 to 100. Default 4.
    pub fn capacity(mut self, count: u32) -> Self {
        self.0.capacity = Some(count);
        self
    }

    /// How long a router offer rings, 1 s to 10 min. Default 20 s.
    pub fn router_offer_time(mut self, time: Duration) -> Self {
        self.0.router_offer_time = Some(wire_duration(time));
        self
    }

    /// How long an invitation rings, 1 s to 10 min. Default 60 s.
    pub fn invitation_time(mut self, time: Duration) -> Self {
        self.0.invitation_time = Some(wire_duration(time));
        self
    }

    /// So many router offers declined in a row make an agent not ready; 0 is never. Default 1.
    pub fn declines_to_not_ready(mut self, count: u32) -> Self {
        self.0.declines_to_not_ready = Some(count);
        self
    }

    /// An agent who sent a session away, declined or missed it is skipped for it that long. Default 5 min.
    pub fn skip_time(mut self, time: Duration) -> Self {
        self.0.skip_time = Some(wire_duration(time));
        self
    }

    /// How long an agent may be cut off before being signed out. Default 30 s.
    pub fn lease_grace(mut self, time: Duration) -> Self {
        self.0.lease_grace = Some(wire_duration(time));
        self
    }

    /// How long a customer may be away before a waiting session isn't offered. Default 5 min.
    pub fn customer_grace(mut self, time: Duration) -> Self {
        self.0.customer_grace = Some(wire_duration(time));
        self
    }

    /// After that grace, a session that waits ends that much later. Default 15 min.
    pub fn customer_gone_time(mut self, time: Duration) -> Self {
        self.0.customer_gone_time = Some(wire_duration(time));
        self
    }

    /// A customer who says nothing that long is warned at half of it and the session ended at the whole. Default 10
    /// min.
    pub fn inactivity_time(mut self, time: Duration) -> Self {
        self.0.inactivity_time = Some(wire_duration(time));
        self
    }

    /// How old a session may become; it is warned a tenth of it before. Default 24 h.
    pub fn max_age(mut self, time: Duration) -> Self {
        self.0.max_age = Some(wire_duration(time));
        self
    }

    /// Events of one audience that a session may have before messages are refused, 100 to 100,000. Default 10,000.
    pub fn max_events(mut self, count: u32) -> Self {
        self.0.max_events = Some(count);
        self
    }

    /// Agents connected to one session at once, 2 to 50. Default 50.
    pub fn max_participants(mut self, count: u32) -> Self {
        self.0.max_participants = Some(count);
        self
    }

    /// After a time when the service was down, no deadline for a person is nearer than this. Default 15 s.
    pub fn recovery_hold(mut self, time: Duration) -> Self {
        self.0.recovery_hold = Some(wire_duration(time));
        self
    }

    /// Not ready must come with a reason. Default false.
    pub fn reason_required(mut self, required: bool) -> Self {
        self.0.reason_required = required;
        self
    }

    /// A chat of two colleagues is closed after saying nothing that long. Default 24 h.
    pub fn chat_idle_time(mut self, time: Duration) -> Self {
        self.0.chat_idle_time = Some(wire_duration(time));
        self
    }
}
