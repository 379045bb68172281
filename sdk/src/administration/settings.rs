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

    /// A reason that agents may give for being not ready, besides those named before. Up to 50. Default: any.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.0.reasons.push(reason.into());
        self
    }

    /// A newly ready agent gets the first session at once, each further one this much later, until they are full once. Up to 1 h.
    /// Default 0: all at once.
    pub fn ramp_up_time(mut self, time: Duration) -> Self {
        self.0.ramp_up_time = Some(wire_duration(time));
        self
    }

    /// An agent who missed an offer is ready again after this. Default 0: never by itself.
    pub fn no_answer_return_time(mut self, time: Duration) -> Self {
        self.0.no_answer_return_time = Some(wire_duration(time));
        self
    }

    /// Router offers missed in a row that sign an agent out. Default 0: never.
    pub fn misses_to_sign_out(mut self, count: u32) -> Self {
        self.0.misses_to_sign_out = count;
        self
    }

    /// As `inactivity_time`, for customers who write by messenger. Default 24 h.
    pub fn messenger_inactivity_time(mut self, time: Duration) -> Self {
        self.0.messenger_inactivity_time = Some(wire_duration(time));
        self
    }

    /// Said to a customer who is warned for their silence; up to 4 KiB. Default: nothing but the event.
    pub fn inactivity_warning(mut self, text: impl Into<String>) -> Self {
        self.0.inactivity_warning = text.into();
        self
    }

    /// Said to them when the session ends for it; up to 4 KiB. Default: nothing but the event.
    pub fn inactivity_message(mut self, text: impl Into<String>) -> Self {
        self.0.inactivity_message = text.into();
        self
    }

    /// How long it is remembered who served a customer last, up to 90 days. Default 0: not at all.
    pub fn last_agent_memory(mut self, time: Duration) -> Self {
        self.0.last_agent_memory = Some(wire_duration(time));
        self
    }

    /// A customer who leaves a queue sooner than this is counted apart from those who gave up; up to 1 h. Default 5 s.
    pub fn short_abandon_time(mut self, time: Duration) -> Self {
        self.0.short_abandon_time = Some(wire_duration(time));
        self
    }

    /// After a time when the service was down, no deadline for a person is nearer than this. Default 15 s.
    pub fn recovery_hold(mut self, time: Duration) -> Self {
        self.0.recovery_hold = Some(wire_duration(time));
        self
    }

    /// Makes whatever the pattern matches unreadable in messages and notes before they are stored, after the masks named
    /// before. Up to 20. The name is for people, 1 to 64 bytes; the pattern a regular expression in the syntax of the `regex`
    /// crate, up to 512 bytes; the replacement up to 256 bytes, in which `$1` stands for the first group.
    pub fn mask(mut self, name: impl Into<String>, pattern: impl Into<String>, replacement: impl Into<String>) -> Self {
        let (name, pattern, replacement) = (name.into(), pattern.into(), replacement.into());
        self.0.masks.push(wire::Mask { name, pattern, replacement });
        self
    }

    /// Masks the numbers of payment cards, before all other masks; their last four digits stay. Default false.
    pub fn mask_card_numbers(mut self) -> Self {
        self.0.mask_card_numbers = true;
        self
    }

    /// Bytes that one file may have, 1 to 1 GiB. Default 25 MiB.
    pub fn attachment_bytes(mut self, bytes: u64) -> Self {
        self.attachments().max_bytes = Some(bytes);
        self
    }

    /// Files that one message may have, 1 to 20. Default 20.
    pub fn attachments_per_message(mut self, count: u32) -> Self {
        self.attachments().max_per_message = Some(count);
        self
    }

    /// Files that one session may have, 1 to 1,000. Default 200.
    pub fn attachments_per_session(mut self, count: u32) -> Self {
        self.attachments().max_per_session = Some(count);
        self
    }

    /// A MIME type that files may have, in lower case without parameters, besides those named before. Up to 200. Default:
    /// common pictures, PDF, plain text and CSV, office documents, ZIP, audio and video.
    pub fn attachment_type(mut self, content_type: impl Into<String>) -> Self {
        self.attachments().content_types.push(content_type.into());
        self
    }

    fn attachments(&mut self) -> &mut wire::AttachmentSettings {
        self.0.attachments.get_or_insert_default()
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
