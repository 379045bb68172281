//! One chat of a customer, from its start to its end, whoever attends it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, VecDeque},
};

use minicbor::{Decode, Encode};

use super::{
    attachment::Extras,
    event::{Attribute, EndReason},
    ids::{AgentId, Code, CustomerKey, Incarnation, Label, OfferId, QueueId, RequestId, SessionId},
    index::SessionKeys,
    offer::{InviteMode, Offer, OfferKind, Outcome},
    queue::Wanted,
    text::Text,
    time::{Millis, Time},
};

mod waiting;

pub use waiting::{Channel, FirstResponse, Flag, Place, Preferred, QueueEntry};

/// Offers that ended are remembered so that who comes too late learns why; the oldest go first.
pub(super) const ENDED_OFFERS_KEPT: usize = 64;

/// A session. Texts are places in the log; message bodies aren't here at all.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Session {
    /// Its id, for ever.
    #[n(0)]
    pub id: SessionId,
    /// Whose it is.
    #[n(1)]
    pub customer: CustomerKey,
    /// The customer's id.
    #[n(2)]
    pub customer_id: Text,
    /// The customer's name.
    #[n(3)]
    pub name: Option<Text>,
    /// BCP 47 tag.
    #[n(4)]
    pub language: Option<Label>,
    /// What was said at the start.
    #[n(5)]
    pub attributes: Vec<Attribute>,
    /// When it started.
    #[n(6)]
    pub created: Time,
    /// The last event's number.
    #[n(7)]
    pub revision: u32,
    /// The same in the customer's numbering.
    #[n(8)]
    pub public: u32,
    /// The last event that changed participants, queue or offers.
    #[n(9)]
    pub structure: u32,
    /// Higher goes first.
    #[n(10)]
    pub priority: i32,
    /// The queue that it entered last.
    #[n(11)]
    pub home: QueueId,
    /// Its place in a queue, while it waits in one.
    #[n(12)]
    pub entry: Option<QueueEntry>,
    /// Queues it has waited in since an agent joined last: overflow goes to none of them again.
    #[n(13)]
    pub visited: BTreeSet<QueueId>,
    /// Offers that ring.
    #[n(14)]
    pub offers: Vec<Offer>,
    /// Offers that ended, the oldest first.
    #[n(15)]
    pub ended_offers: VecDeque<EndedOffer>,
    /// Everyone who is or was connected; one entry an agent, the last membership.
    #[n(16)]
    pub participants: Vec<Participant>,
    /// Memberships so far.
    #[n(17)]
    pub joins: u32,
    /// Since when nobody is connected.
    #[n(18)]
    pub unattended_since: Option<Time>,
    /// Time unattended before that.
    #[n(19)]
    pub waited: Millis,
    /// Agents who leave when the entry is taken.
    #[n(20)]
    pub leaving: BTreeSet<AgentId>,
    /// Agents whom the router skips while others could be asked, and until when.
    #[n(21)]
    pub skipped: BTreeMap<AgentId, Time>,
    /// Runs of nodes at which the customer watches.
    #[n(22)]
    pub watching: BTreeSet<Incarnation>,
    /// Set while the customer's last watch is closed.
    #[n(23)]
    pub away: Option<Away>,
    /// Staff was the last to say something to everyone.
    #[n(24)]
    pub staff_spoke_last: bool,
    /// Set while the customer's silence counts.
    #[n(25)]
    pub inactivity: Option<Inactivity>,
    /// The age limit was announced.
    #[n(26)]
    pub age_warned: bool,
    /// After-chat work.
    #[n(27)]
    pub wrap_ups: BTreeMap<AgentId, WrapUp>,
    /// What agents said came of it.
    #[n(28)]
    pub dispositions: BTreeMap<AgentId, Code>,
    /// How far each participant has read.
    #[n(29)]
    pub reads: BTreeMap<u32, ReadMark>,
    /// Messages by sender (none is the customer) and the sender's id: said once.
    #[n(30)]
    pub messages: BTreeMap<(Option<AgentId>, RequestId), PostedMessage>,
    /// Set once nothing more is said.
    #[n(31)]
    pub ended: Option<Ended>,
    /// Set once the last wrap-up is done.
    #[n(32)]
    pub closed: bool,
    /// Revisions that customers don't see, ascending: what lies between the two numberings.
    #[n(33)]
    pub staff_only: Vec<u32>,
    /// How the customer writes.
    #[n(36)]
    #[cbor(default)]
    pub channel: Channel,
    /// What is wanted of its agents, whatever queue it waits in.
    #[n(37)]
    #[cbor(default)]
    pub skills: Vec<Wanted>,
    /// An agent asks for help.
    #[n(38)]
    pub flag: Option<Flag>,
    /// Set while an agent who took it owes the customer a first word.
    #[n(39)]
    pub first_response: Option<FirstResponse>,
    /// What most sessions have nothing of.
    #[n(34)]
    pub extras: Option<Box<Extras>>,
    /// The last message, in both numberings.
    #[n(40)]
    #[cbor(default)]
    pub(super) said: ReadMark,
    /// Where the indexes have it. Derived.
    #[cbor(skip)]
    pub(super) keys: SessionKeys,
}

/// An offer that ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct EndedOffer {
    /// Which.
    #[n(0)]
    pub id: OfferId,
    /// Whose.
    #[n(1)]
    pub agent: AgentId,
    /// From whom.
    #[n(2)]
    pub kind: OfferKind,
    /// How.
    #[n(3)]
    pub outcome: Outcome,
}

/// An agent's membership.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Participant {
    /// Number in the session, from 1.
    #[n(0)]
    pub number: u32,
    /// Who.
    #[n(1)]
    pub agent: AgentId,
    /// Their name when they joined.
    #[n(2)]
    pub name: Label,
    /// When.
    #[n(3)]
    pub joined: Time,
    /// The revision of that.
    #[n(4)]
    pub joined_at: u32,
    /// The queue whose wrap-up is theirs.
    #[n(5)]
    pub queue: QueueId,
    /// When they left.
    #[n(6)]
    pub left: Option<Time>,
    /// The commit of the center in which they left.
    #[n(8)]
    pub left_in: Option<u64>,
    /// The last revision of that commit: what they may see.
    #[n(7)]
    pub sees_until: Option<u32>,
    /// They help who attends, and attend nobody themselves.
    #[n(9)]
    #[cbor(default)]
    pub assistant: bool,
}

/// The customer is away.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Away {
    /// Until when it is offered all the same.
    #[n(0)]
    pub grace_end: Time,
    /// The grace is over.
    #[n(1)]
    pub absent: bool,
    /// When a waiting session ends.
    #[n(2)]
    pub end: Option<Time>,
}

/// The customer's silence.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Inactivity {
    /// When they are warned.
    #[n(0)]
    pub warn: Time,
    /// When the session ends.
    #[n(1)]
    pub end: Time,
    /// They are warned.
    #[n(2)]
    pub warned: bool,
}

/// After-chat work.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WrapUp {
    /// Until when.
    #[n(0)]
    pub expire: Time,
    /// It needs a disposition.
    #[n(1)]
    pub disposition_required: bool,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ReadMark {
    /// In staff's numbering.
    #[n(0)]
    pub revision: u32,
    /// In the customer's.
    #[n(1)]
    pub public: u32,
}

/// A message that was said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PostedMessage {
    /// Its number.
    #[n(0)]
    pub revision: u32,
    /// The same in the customer's numbering as of then.
    #[n(1)]
    pub public: u32,
    /// Of the request.
    #[n(2)]
    pub fingerprint: u64,
    /// When.
    #[n(3)]
    pub time: Time,
}

/// The end.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ended {
    /// Why.
    #[n(0)]
    pub reason: EndReason,
    /// When.
    #[n(1)]
    pub time: Time,
}

/// The public state of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No agent connected.
    Waiting,
    /// At least one.
    Attended,
    /// Nothing more is said.
    Ended,
    /// And the last wrap-up is done.
    Closed,
}

impl Session {
    /// Where it stands.
    pub fn state(&self) -> State {
        match (&self.ended, self.closed, self.is_attended()) {
            (Some(_), true, _) => State::Closed,
            (Some(_), false, _) => State::Ended,
            (None, _, true) => State::Attended,
            (None, _, false) => State::Waiting,
        }
    }

    /// Whether it hasn't ended.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether an agent is connected; assistants don't count.
    pub fn is_attended(&self) -> bool {
        self.attending().next().is_some()
    }

    /// Memberships that last, without assistants.
    pub fn attending(&self) -> impl Iterator<Item = &Participant> {
        self.connected().filter(|participant| !participant.assistant)
    }

    /// Whether this agent attends it and nobody else does.
    pub fn is_alone_with(&self, agent: &AgentId) -> bool {
        let mut attending = self.attending().map(|participant| &participant.agent);
        attending.next() == Some(agent) && attending.next().is_none()
    }

    /// Memberships that last.
    pub fn connected(&self) -> impl Iterator<Item = &Participant> {
        self.participants.iter().filter(|participant| participant.left.is_none())
    }

    /// Of those the assistants.
    pub fn assisting(&self) -> impl Iterator<Item = &Participant> {
        self.connected().filter(|participant| participant.assistant)
    }

    /// Memberships that last when it is taken from its queue.
    pub fn staying(&self) -> impl Iterator<Item = &Participant> {
        self.connected().filter(|participant| !self.leaving.contains(&participant.agent))
    }

    /// An agent's membership that lasts.
    pub fn connected_as(&self, agent: &AgentId) -> Option<&Participant> {
        self.connected().find(|participant| &participant.agent == agent)
    }

    /// An agent's last membership.
    pub fn participant(&self, agent: &AgentId) -> Option<&Participant> {
        self.participants.iter().find(|participant| &participant.agent == agent)
    }

    /// An offer that rings.
    pub fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// An offer that rings at this agent's desk.
    pub fn offer_to(&self, agent: &AgentId) -> Option<&Offer> {
        self.offers.iter().find(|offer| &offer.agent == agent)
    }

    /// The router's offer.
    pub fn router_offer(&self) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.is_router())
    }

    /// Whether an invitation rings.
    pub fn has_invitation(&self) -> bool {
        self.offers.iter().any(|offer| !offer.is_router())
    }

    /// Whether the inviter of this offer would leave on its acceptance.
    pub fn transfers_from(&self, offer: &Offer) -> Option<&Participant> {
        match &offer.kind {
            OfferKind::Invitation { inviter, mode: InviteMode::Transfer } => self.connected_as(inviter),
            OfferKind::Invitation { mode: InviteMode::Conference | InviteMode::Reassign, .. } | OfferKind::Router => {
                None
            }
        }
    }

    /// A revision in the customer's numbering: how many events for everyone there are up to it.
    pub fn public_revision(&self, revision: u32) -> u32 {
        revision - self.staff_only.partition_point(|staff| *staff <= revision) as u32
    }

    /// A revision of the customer's numbering in staff's.
    pub fn staff_revision(&self, public: u32) -> u32 {
        let mut revision = public;
        for staff in &self.staff_only {
            if *staff > revision {
                break;
            }
            revision += 1;
        }
        revision
    }

    /// All the time that it has been unattended.
    pub fn waited(&self, now: Time) -> Millis {
        self.waited + self.unattended_since.map_or(0, |since| now.since(since))
    }

    /// Its place in the order.
    pub fn place(&self) -> Option<Place> {
        self.entry.as_ref().map(|entry| Place {
            priority: Reverse(self.priority.saturating_add(entry.boost)),
            since: Time(entry.entered.0.saturating_sub(entry.waited_before)),
            session: self.id,
        })
    }

    /// Whether the router may look for an agent: it waits, no router offer rings, and its customer isn't long gone
    /// while nobody attends it.
    pub fn is_offerable(&self) -> bool {
        self.entry.is_some()
            && self.router_offer().is_none()
            && (self.is_attended() || !self.away.as_ref().is_some_and(|away| away.absent))
    }
}
