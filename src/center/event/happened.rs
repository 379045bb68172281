//! The kinds of a session's events.

use minicbor::{Decode, Encode};

use super::{Audience, EndReason, JoinCause, LeaveReason, QueueCause, UnqueueReason, WrapUpOutcome};
use crate::{
    bugs::bug,
    center::{
        attachment::PostedAttachment,
        ids::{AgentId, Code, CustomerKey, Label, OfferId, QueueId, RequestId},
        offer::{Offer, Outcome},
        queue::Wanted,
        session::{Channel, Preferred},
        text::Text,
        time::{Millis, Time},
    },
};

/// What is said at a start.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Started {
    /// For comparing.
    #[n(0)]
    pub customer: CustomerKey,
    /// The customer's id.
    #[n(1)]
    pub customer_id: Text,
    /// The customer's name.
    #[n(2)]
    pub name: Option<Text>,
    /// The queue it starts into.
    #[n(3)]
    pub queue: QueueId,
    /// BCP 47 tag.
    #[n(4)]
    pub language: Option<Label>,
    /// Higher goes first.
    #[n(5)]
    pub priority: i32,
    /// What is known.
    #[n(6)]
    pub attributes: Vec<Attribute>,
    /// What is wanted of its agents.
    #[n(7)]
    #[cbor(default)]
    pub skills: Vec<Wanted>,
    /// How the customer writes.
    #[n(8)]
    #[cbor(default)]
    pub channel: Channel,
}

/// What changed of a session; what is unset stayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Updated {
    /// The customer's name.
    #[n(0)]
    pub name: Option<Text>,
    /// BCP 47 tag.
    #[n(1)]
    pub language: Option<Label>,
    /// Higher goes first.
    #[n(2)]
    pub priority: Option<i32>,
    /// What is wanted of its agents.
    #[n(3)]
    pub skills: Option<Vec<Wanted>>,
    /// These are so now; one without a value is gone.
    #[n(4)]
    pub attributes: Vec<Attribute>,
}

/// A named value of a session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attribute {
    /// Its name.
    #[n(0)]
    pub name: Code,
    /// Its value.
    #[n(1)]
    pub value: Option<Text>,
    /// An integrator says so.
    #[n(2)]
    pub verified: bool,
}

/// A message that another one answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Quoted {
    /// In staff's numbering.
    #[n(0)]
    pub revision: u32,
    /// In the customer's.
    #[n(1)]
    pub public: u32,
}

/// What most messages have nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct PostedMore {
    /// Files.
    #[n(0)]
    pub attachments: Vec<PostedAttachment>,
    /// Nobody asked for it by a request; it can be answered all the same.
    #[n(1)]
    pub automatic: bool,
}

/// The kinds of a session's events.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Happened {
    /// Everyone. It began.
    #[n(0)]
    Started(#[n(0)] Box<Started>),
    /// Everyone. It waits in this queue now.
    #[n(1)]
    Queued {
        /// Where.
        #[n(0)]
        queue: QueueId,
        /// Why.
        #[n(1)]
        cause: QueueCause,
        /// Time unattended before.
        #[n(2)]
        waited_before: Millis,
        /// When `max_wait` runs out.
        #[n(3)]
        expire: Time,
        /// The session's priority from now on.
        #[n(4)]
        priority: i32,
        /// What is wanted of its agents from now on; none is as before.
        #[n(5)]
        skills: Option<Vec<Wanted>>,
        /// BCP 47 tag from now on; none is as before.
        #[n(6)]
        language: Option<Label>,
        /// Asked first if they can take it.
        #[n(7)]
        named: Option<AgentId>,
        /// Waited for.
        #[n(8)]
        preferred: Option<Preferred>,
    },
    /// Everyone. It waits in no queue now.
    #[n(2)]
    Unqueued {
        /// Where it was.
        #[n(0)]
        queue: QueueId,
        /// Why.
        #[n(1)]
        reason: UnqueueReason,
        /// With [`UnqueueReason::Ended`]: why it ended.
        #[n(2)]
        end: Option<EndReason>,
    },
    /// Staff. An offer rings.
    #[n(3)]
    OfferMade(#[n(0)] Box<Offer>),
    /// Staff. An offer ended.
    #[n(4)]
    OfferEnded {
        /// Which.
        #[n(0)]
        offer: OfferId,
        /// Whose.
        #[n(1)]
        agent: AgentId,
        /// How.
        #[n(2)]
        outcome: Outcome,
        /// The router made it.
        #[n(3)]
        router: bool,
    },
    /// Staff. An offer was prolonged after a recovery.
    #[n(5)]
    OfferExtended {
        /// Which.
        #[n(0)]
        offer: OfferId,
        /// Until when.
        #[n(1)]
        expire: Time,
        /// Whose.
        #[n(2)]
        agent: AgentId,
    },
    /// Everyone. An agent is connected.
    #[n(6)]
    Joined {
        /// Their number in the session.
        #[n(0)]
        participant: u32,
        /// Who.
        #[n(1)]
        agent: AgentId,
        /// Their name.
        #[n(2)]
        name: Label,
        /// How.
        #[n(3)]
        cause: JoinCause,
        /// The queue whose wrap-up is theirs.
        #[n(4)]
        queue: QueueId,
        /// They attend nobody.
        #[n(5)]
        assistant: Option<bool>,
        /// Until when they owe the customer a first word.
        #[n(6)]
        first_response: Option<Time>,
    },
    /// Everyone. An agent is no longer connected.
    #[n(7)]
    Left {
        /// Their number in the session.
        #[n(0)]
        participant: u32,
        /// Who.
        #[n(1)]
        agent: AgentId,
        /// Their name.
        #[n(2)]
        name: Label,
        /// Why.
        #[n(3)]
        reason: LeaveReason,
    },
    /// Either. Somebody said something.
    #[n(8)]
    Posted {
        /// The sender's id of it.
        #[n(0)]
        message: RequestId,
        /// Of the request; none for automatic messages.
        #[n(1)]
        fingerprint: Option<u64>,
        /// What.
        #[n(2)]
        text: Text,
        /// The message that it answers.
        #[n(3)]
        quoted: Option<Quoted>,
        /// What else there is to it.
        #[n(4)]
        more: Option<Box<PostedMore>>,
    },
    /// Everyone when it advances what customers see, else staff. Somebody read up to here.
    #[n(9)]
    Read {
        /// The participant's number; 0 is the customer.
        #[n(0)]
        participant: u32,
        /// In staff's numbering.
        #[n(1)]
        revision: u32,
        /// In the customer's.
        #[n(2)]
        public: u32,
    },
    /// Staff. The customer's last watch closed.
    #[n(10)]
    CustomerAway {
        /// Until when it is offered all the same.
        #[n(0)]
        grace_end: Time,
    },
    /// Staff. The customer watches again.
    #[n(11)]
    CustomerReturned,
    /// Everyone. It ends soon.
    #[n(12)]
    Warned {
        /// Why.
        #[n(0)]
        reason: EndReason,
        /// When.
        #[n(1)]
        end: Time,
    },
    /// Everyone. It ended.
    #[n(13)]
    Ended {
        /// Why.
        #[n(0)]
        reason: EndReason,
    },
    /// Staff. After-chat work began.
    #[n(14)]
    WrapUpStarted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// Until when.
        #[n(1)]
        expire: Time,
        /// It needs a disposition.
        #[n(2)]
        disposition_required: bool,
    },
    /// Staff. After-chat work is done.
    #[n(15)]
    WrapUpCompleted {
        /// Whose.
        #[n(0)]
        agent: AgentId,
        /// How.
        #[n(1)]
        outcome: WrapUpOutcome,
        /// What they said; none is NONE_GIVEN.
        #[n(2)]
        disposition: Option<Code>,
    },
    /// Staff. An agent said what came of it.
    #[n(16)]
    DispositionSet {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// What; none while they have only written notes.
        #[n(1)]
        code: Option<Code>,
        /// For colleagues.
        #[n(2)]
        notes: Option<Text>,
    },
    /// Staff. The last wrap-up is done.
    #[n(17)]
    Closed,
    /// Staff. An agent leaves when the entry is taken.
    #[n(18)]
    LeavePlanned {
        /// Who.
        #[n(0)]
        agent: AgentId,
    },
    /// Staff. The entry went without being taken.
    #[n(19)]
    LeavePlanDropped {
        /// Who.
        #[n(0)]
        agent: AgentId,
    },
    /// Everyone when it changes what customers see, else staff.
    #[n(20)]
    Updated(#[n(0)] Box<Updated>),
    /// Staff. An agent asks for help.
    #[n(21)]
    FlagRaised {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// What for.
        #[n(1)]
        note: Option<Text>,
    },
    /// Staff. Nobody asks for help any more.
    #[n(22)]
    FlagCleared,
    /// Staff. Somebody took more than their capacity, as they are permitted to.
    #[n(23)]
    CapacityOverridden {
        /// Who.
        #[n(0)]
        agent: AgentId,
        /// Units they have now.
        #[n(1)]
        units: u32,
        /// Their capacity.
        #[n(2)]
        capacity: u32,
    },
}

impl Happened {
    /// Whether only staff may see it: the one table. What may be either is told by `audience`.
    pub fn audience(&self, asked: Audience) -> Audience {
        if bug!(WhisperShown) && matches!(self, Self::Posted { .. }) {
            return Audience::Everyone;
        }
        match self {
            Self::Started(_)
            | Self::Queued { .. }
            | Self::Unqueued { .. }
            | Self::Joined { .. }
            | Self::Left { .. }
            | Self::Warned { .. }
            | Self::Ended { .. } => Audience::Everyone,
            Self::OfferMade(_)
            | Self::OfferEnded { .. }
            | Self::OfferExtended { .. }
            | Self::CustomerAway { .. }
            | Self::CustomerReturned
            | Self::WrapUpStarted { .. }
            | Self::WrapUpCompleted { .. }
            | Self::DispositionSet { .. }
            | Self::Closed
            | Self::LeavePlanned { .. }
            | Self::LeavePlanDropped { .. }
            | Self::FlagRaised { .. }
            | Self::FlagCleared
            | Self::CapacityOverridden { .. } => Audience::Staff,
            Self::Updated(updated) if updated.name.is_some() || updated.language.is_some() => Audience::Everyone,
            Self::Updated(_) => Audience::Staff,
            Self::Posted { .. } | Self::Read { .. } => asked,
        }
    }

    /// The texts that it refers to.
    pub fn texts(&self) -> impl Iterator<Item = Text> {
        let (first, more) = match self {
            Self::Started(started) => {
                let values = started.attributes.iter().filter_map(|attribute| attribute.value);
                (Some(started.customer_id), started.name.into_iter().chain(values).collect())
            }
            Self::OfferMade(offer) => (offer.note, Vec::new()),
            Self::Posted { text, more, .. } => {
                let files = more.iter().flat_map(|more| &more.attachments);
                (Some(*text), files.map(|file| file.name).collect())
            }
            Self::DispositionSet { notes, .. } => (*notes, Vec::new()),
            Self::FlagRaised { note, .. } => (*note, Vec::new()),
            Self::Updated(updated) => {
                (updated.name, updated.attributes.iter().filter_map(|attribute| attribute.value).collect())
            }
            _ => (None, Vec::new()),
        };
        first.into_iter().chain(more)
    }

    /// Whether it changes participants, queue or offers: what `expected_revision` guards.
    pub fn is_structural(&self) -> bool {
        matches!(
            self,
            Self::Started(_)
                | Self::Queued { .. }
                | Self::Unqueued { .. }
                | Self::OfferMade(_)
                | Self::OfferEnded { .. }
                | Self::OfferExtended { .. }
                | Self::Joined { .. }
                | Self::Left { .. }
                | Self::Ended { .. }
        )
    }
}
