//! What can happen in a session.

use std::time::{Duration, SystemTime};

use crate::convert::{FromWire, count, duration, list, optional, some, time};

use super::{
    Attachment, Attribute, CancelCause, Channel, Customer, Disposition, EndReason, JoinCause, LeaveReason, Offer,
    OfferKind, OfferOutcome, Participant, QueueCause, UnqueueReason, WantedSkill, WrapUp, WrapUpOutcome,
};
use crate::generated::event::Kind;

/// What happened in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// A customer's chat began. Always revision 1.
    #[non_exhaustive]
    SessionStarted {
        /// The customer.
        customer: Customer,
        /// The queue it starts into.
        queue_id: String,
        /// BCP 47 tag, if known.
        language: Option<String>,
        /// Higher goes first. Zero for customers' eyes.
        priority: i32,
        /// What is known at the start. Empty for customers' eyes.
        attributes: Vec<Attribute>,
        /// What is wanted of its agents. Empty for customers' eyes.
        skills: Vec<WantedSkill>,
        /// How the customer writes. `None` for customers' eyes.
        channel: Option<Channel>,
    },
    /// The session waits in a queue now, instead of where it waited before.
    #[non_exhaustive]
    SessionQueued {
        /// The queue.
        queue_id: String,
        /// Why.
        cause: QueueCause,
        /// Time it spent unattended before; counts for its place.
        waited_before: Duration,
        /// When `max_wait` runs out.
        expire_time: Option<SystemTime>,
        /// The session's priority from now on. Zero for customers' eyes.
        priority: i32,
        /// What is wanted of its agents from now on; `None` is as before.
        skills: Option<Vec<WantedSkill>>,
        /// The session's language from now on; `None` is as before.
        language: Option<String>,
    },
    /// The session waits in no queue now.
    #[non_exhaustive]
    SessionUnqueued {
        /// The queue it was in.
        queue_id: String,
        /// Why.
        reason: UnqueueReason,
    },
    /// Staff only. An offer rings.
    #[non_exhaustive]
    OfferMade {
        /// The offer.
        offer: Offer,
        /// What the inviter wrote for the invitee; up to 4 KiB.
        note: Option<String>,
    },
    /// Staff only. An offer ended.
    #[non_exhaustive]
    OfferEnded {
        /// The offer.
        offer_id: String,
        /// To whom it was put.
        agent_id: String,
        /// How it ended.
        outcome: OfferOutcome,
        /// Why, when canceled.
        cause: Option<CancelCause>,
        /// Router offer or invitation.
        kind: OfferKind,
    },
    /// Staff only. An offer's deadline moved, because the service was down.
    #[non_exhaustive]
    OfferExtended {
        /// The offer.
        offer_id: String,
        /// The new deadline.
        expire_time: SystemTime,
    },
    /// An agent is connected now.
    #[non_exhaustive]
    ParticipantJoined {
        /// The membership.
        participant: Participant,
        /// How it came about.
        cause: JoinCause,
    },
    /// An agent is no longer connected.
    #[non_exhaustive]
    ParticipantLeft {
        /// The membership, as it ended.
        participant: Participant,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody said something.
    #[non_exhaustive]
    MessagePosted {
        /// The sender's own id of the message.
        message_id: String,
        /// Up to 16 KiB of UTF-8; empty when redacted.
        text: String,
        /// The text was removed later.
        redacted: bool,
        /// The message that it answers, in the watcher's numbering.
        reply_to_revision: Option<u64>,
        /// The files that it was sent with.
        attachments: Vec<Attachment>,
    },
    /// Somebody read up to a revision. For everyone when it advances what customers see, else for staff.
    #[non_exhaustive]
    ReadUpTo {
        /// The participant's number; `0` is the customer.
        participant_id: String,
        /// Everything up to this revision, in the watcher's numbering.
        read_revision: u64,
    },
    /// Staff only. The customer's last Watch closed.
    CustomerAway,
    /// Staff only. The customer watches again.
    CustomerReturned,
    /// The session ends soon unless something happens.
    #[non_exhaustive]
    EndingWarned {
        /// For what reason it will end.
        reason: EndReason,
        /// When.
        end_time: SystemTime,
    },
    /// The session ended: nothing more is said.
    #[non_exhaustive]
    SessionEnded {
        /// Why.
        reason: EndReason,
    },
    /// Staff only. An agent has after-chat work.
    #[non_exhaustive]
    WrapUpStarted {
        /// Whose, until when.
        wrap_up: WrapUp,
    },
    /// Staff only. It is done.
    #[non_exhaustive]
    WrapUpCompleted {
        /// Whose.
        agent_id: String,
        /// How it ended.
        outcome: WrapUpOutcome,
        /// The disposition; NONE_GIVEN when the time ran out without one.
        disposition: Option<String>,
    },
    /// Staff only. An agent said what came of the session, or wrote notes about it.
    #[non_exhaustive]
    DispositionSet {
        /// The agent's word; its code is empty while they have only written notes.
        disposition: Disposition,
        /// Notes for colleagues, up to 4 KiB.
        notes: Option<String>,
    },
    /// Staff only. The last wrap-up is done.
    SessionClosed,
    /// Staff only. An agent leaves in the commit in which the queue entry is taken.
    #[non_exhaustive]
    LeavePlanned {
        /// The agent.
        agent_id: String,
    },
    /// Staff only. That intent ended without its purpose.
    #[non_exhaustive]
    LeavePlanDropped {
        /// The agent.
        agent_id: String,
    },
    /// What changed of the session; what is `None` stayed. For everyone when the name or the language changed, else for staff.
    #[non_exhaustive]
    SessionUpdated {
        /// The customer's name.
        customer_name: Option<String>,
        /// BCP 47 tag.
        language: Option<String>,
        /// Higher goes first. `None` for customers' eyes.
        priority: Option<i32>,
        /// What is wanted of its agents, whole. `None` for customers' eyes.
        skills: Option<Vec<WantedSkill>>,
        /// These are so now; one with an empty value is gone. Empty for customers' eyes.
        attributes: Vec<Attribute>,
    },
    /// Staff only. An agent asks for help.
    #[non_exhaustive]
    FlagRaised {
        /// Who.
        agent_id: String,
        /// What for.
        note: Option<String>,
    },
    /// Staff only. Nobody asks for help any more.
    FlagCleared,
    /// Staff only. Somebody took more than their capacity, as they are permitted to.
    #[non_exhaustive]
    CapacityOverridden {
        /// Who.
        agent_id: String,
        /// Units they have now.
        units: u32,
        /// Their capacity.
        capacity: u32,
    },
    /// Something that this version of the client doesn't know.
    Unknown,
}

impl FromWire<Option<Kind>> for EventKind {
    fn from_wire(wire: Option<Kind>) -> Self {
        let Some(kind) = wire else { return Self::Unknown };
        match kind {
            Kind::SessionStarted(wire) => Self::SessionStarted {
                customer: Customer::from_wire(wire.customer.unwrap_or_default()),
                queue_id: wire.queue_id,
                language: some(wire.language),
                priority: wire.priority,
                attributes: list(wire.attributes),
                skills: list(wire.skills),
                channel: optional(wire.channel),
            },
            Kind::SessionQueued(wire) => Self::SessionQueued {
                queue_id: wire.queue_id,
                cause: QueueCause::from_wire(wire.cause),
                waited_before: duration(wire.waited_before.unwrap_or_default()),
                expire_time: wire.expire_time.map(time),
                priority: wire.priority,
                skills: wire.skills.map(|skills| list(skills.skills)),
                language: some(wire.language),
            },
            Kind::SessionUnqueued(wire) => {
                Self::SessionUnqueued { queue_id: wire.queue_id, reason: UnqueueReason::from_wire(wire.reason) }
            }
            Kind::OfferMade(wire) => {
                Self::OfferMade { offer: Offer::from_wire(wire.offer.unwrap_or_default()), note: some(wire.note) }
            }
            Kind::OfferEnded(wire) => Self::OfferEnded {
                offer_id: wire.offer_id,
                agent_id: wire.agent_id,
                outcome: OfferOutcome::from_wire(wire.outcome),
                cause: optional(wire.cause),
                kind: OfferKind::from_wire(wire.kind),
            },
            Kind::OfferExtended(wire) => {
                Self::OfferExtended { offer_id: wire.offer_id, expire_time: time(wire.expire_time.unwrap_or_default()) }
            }
            Kind::ParticipantJoined(wire) => Self::ParticipantJoined {
                participant: Participant::from_wire(wire.participant.unwrap_or_default()),
                cause: JoinCause::from_wire(wire.cause),
            },
            Kind::ParticipantLeft(wire) => Self::ParticipantLeft {
                participant: Participant::from_wire(wire.participant.unwrap_or_default()),
                reason: LeaveReason::from_wire(wire.reason),
            },
            Kind::MessagePosted(wire) => Self::MessagePosted {
                message_id: wire.message_id,
                text: wire.text,
                redacted: wire.redacted,
                reply_to_revision: (wire.reply_to_revision > 0).then_some(wire.reply_to_revision),
                attachments: list(wire.attachments),
            },
            Kind::ReadUpTo(wire) => {
                Self::ReadUpTo { participant_id: wire.participant_id, read_revision: wire.read_revision }
            }
            Kind::CustomerAway(_) => Self::CustomerAway,
            Kind::CustomerReturned(_) => Self::CustomerReturned,
            Kind::EndingWarned(wire) => Self::EndingWarned {
                reason: EndReason::from_wire(wire.reason),
                end_time: time(wire.end_time.unwrap_or_default()),
            },
            Kind::SessionEnded(wire) => Self::SessionEnded { reason: EndReason::from_wire(wire.reason) },
            Kind::WrapUpStarted(wire) => {
                Self::WrapUpStarted { wrap_up: WrapUp::from_wire(wire.wrap_up.unwrap_or_default()) }
            }
            Kind::WrapUpCompleted(wire) => Self::WrapUpCompleted {
                agent_id: wire.agent_id,
                outcome: WrapUpOutcome::from_wire(wire.outcome),
                disposition: some(wire.disposition),
            },
            Kind::DispositionSet(wire) => Self::DispositionSet {
                disposition: Disposition::from_wire(wire.disposition.unwrap_or_default()),
                notes: some(wire.notes),
            },
            Kind::SessionClosed(_) => Self::SessionClosed,
            Kind::LeavePlanned(wire) => Self::LeavePlanned { agent_id: wire.agent_id },
            Kind::LeavePlanDropped(wire) => Self::LeavePlanDropped { agent_id: wire.agent_id },
            Kind::SessionUpdated(wire) => Self::SessionUpdated {
                customer_name: wire.customer_name,
                language: wire.language,
                priority: wire.priority,
                skills: wire.skills.map(|skills| list(skills.skills)),
                attributes: list(wire.attributes),
            },
            Kind::FlagRaised(wire) => Self::FlagRaised { agent_id: wire.agent_id, note: some(wire.note) },
            Kind::FlagCleared(_) => Self::FlagCleared,
            Kind::CapacityOverridden(wire) => Self::CapacityOverridden {
                agent_id: wire.agent_id,
                units: count(wire.units),
                capacity: count(wire.capacity),
            },
        }
    }
}
