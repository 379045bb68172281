//! What a center sets for itself and for its agents. Its queues are in `queue`.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::{
    attachment::AttachmentLimits,
    ids::{AgentId, Code, Label, QueueId, TeamId},
    mask::Masking,
    time::{HOUR, MINUTE, Millis, SECOND},
};

/// Settings of a center. The contract's `CenterSettings` says what each one means.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Settings {
    /// Units of an agent without a capacity of their own.
    #[n(0)]
    pub capacity: u32,
    /// How long a router offer rings.
    #[n(1)]
    pub router_offer_time: Millis,
    /// How long an invitation rings.
    #[n(2)]
    pub invitation_time: Millis,
    /// Router offers declined in a row that make an agent not ready; 0 is never.
    #[n(3)]
    pub declines_to_not_ready: u32,
    /// How long an agent is skipped for a session that they sent away, declined or missed.
    #[n(4)]
    pub skip_time: Millis,
    /// How long an agent may be cut off.
    #[n(5)]
    pub lease_grace: Millis,
    /// How long a customer may be away and still be offered.
    #[n(6)]
    pub customer_grace: Millis,
    /// How much later a waiting session of an absent customer ends.
    #[n(7)]
    pub customer_gone_time: Millis,
    /// How long a customer may say nothing.
    #[n(8)]
    pub inactivity_time: Millis,
    /// How old a session may become.
    #[n(9)]
    pub max_age: Millis,
    /// Events of one audience before messages are refused.
    #[n(10)]
    pub max_events: u32,
    /// Agents connected to one session at once.
    #[n(11)]
    pub max_participants: u32,
    /// No deadline for a person is nearer than this after a recovery.
    #[n(12)]
    pub recovery_hold: Millis,
    /// Not ready needs a reason.
    #[n(13)]
    pub reason_required: bool,
    /// The reasons that agents may give; none is any.
    #[n(17)]
    #[cbor(default)]
    pub reasons: Vec<Code>,
    /// A newly ready agent gets the first session at once, each further one this much later; 0 is all at once.
    #[n(18)]
    #[cbor(default)]
    pub ramp_up_time: Millis,
    /// An agent who missed an offer is ready again after this; 0 is never by itself.
    #[n(19)]
    #[cbor(default)]
    pub no_answer_return_time: Millis,
    /// Router offers missed in a row that sign an agent out; 0 is never.
    #[n(20)]
    #[cbor(default)]
    pub misses_to_sign_out: u32,
    /// As `inactivity_time`, for customers who write by messenger; 0 is the same.
    #[n(21)]
    #[cbor(default)]
    pub messenger_inactivity_time: Millis,
    /// What a silent customer reads when they are warned.
    #[n(22)]
    pub inactivity_warning: Option<String>,
    /// What a silent customer reads at the end.
    #[n(23)]
    pub inactivity_message: Option<String>,
    /// How long it is remembered who served a customer last; 0 is not at all.
    #[n(24)]
    #[cbor(default)]
    pub last_agent_memory: Millis,
    /// A customer who leaves a queue sooner than this hardly waited: reports count them apart.
    #[n(25)]
    #[cbor(default)]
    pub short_abandon_time: Millis,
    /// What is made unreadable in messages and notes.
    #[n(14)]
    pub masking: Option<Box<Masking>>,
    /// What files may be sent; none means the default.
    #[n(15)]
    pub attachments: Option<Box<AttachmentLimits>>,
    /// How long a pair of colleagues may say nothing before their chat is closed, if it is set.
    #[n(16)]
    pub chat_idle_time: Option<Millis>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            capacity: 4,
            router_offer_time: 20 * SECOND,
            invitation_time: 60 * SECOND,
            declines_to_not_ready: 1,
            skip_time: 5 * MINUTE,
            lease_grace: 30 * SECOND,
            customer_grace: 5 * MINUTE,
            customer_gone_time: 15 * MINUTE,
            inactivity_time: 10 * MINUTE,
            max_age: 24 * HOUR,
            max_events: 10_000,
            max_participants: 50,
            recovery_hold: 15 * SECOND,
            reason_required: false,
            reasons: Vec::new(),
            ramp_up_time: 0,
            no_answer_return_time: 0,
            misses_to_sign_out: 0,
            messenger_inactivity_time: 24 * HOUR,
            inactivity_warning: None,
            inactivity_message: None,
            last_agent_memory: 0,
            short_abandon_time: 5 * SECOND,
            masking: None,
            attachments: None,
            chat_idle_time: None,
        }
    }
}

impl Settings {
    /// What files may be sent.
    pub fn attachment_limits(&self) -> AttachmentLimits {
        self.attachments.as_deref().cloned().unwrap_or_default()
    }
}

/// What is set for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AgentConfig {
    /// The agent's id.
    #[n(0)]
    pub id: AgentId,
    /// The name to show.
    #[n(1)]
    pub name: Label,
    /// The queues they serve.
    #[n(2)]
    pub queues: BTreeSet<QueueId>,
    /// Units they may hold; none means the center's.
    #[n(3)]
    pub capacity: Option<u32>,
    /// They are a supervisor.
    #[n(4)]
    pub supervisor: bool,
    /// The teams they are in.
    #[n(5)]
    #[cbor(skip_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<TeamId>,
    /// What they can do, and how well: from 1 to 100.
    #[n(6)]
    #[cbor(default)]
    pub skills: BTreeMap<Code, u32>,
    /// A person, or a program.
    #[n(7)]
    #[cbor(default)]
    pub kind: AgentKind,
    /// What they may do beyond their role.
    #[n(8)]
    #[cbor(default)]
    pub permissions: BTreeSet<Permission>,
}

/// A person, or a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum AgentKind {
    /// A person.
    #[default]
    #[n(0)]
    Human,
    /// A program that serves customers as an agent does.
    #[n(1)]
    Bot,
    /// A program that helps those who do: connected, it attends nobody. It is invited, never routed to.
    #[n(2)]
    Assistant,
}

/// What not every agent may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Permission {
    /// Take a session from a queue that they serve, out of its order.
    #[n(0)]
    TakeFromQueue,
    /// Go beyond a capacity.
    #[n(1)]
    OverrideCapacity,
}

impl AgentConfig {
    /// An agent of whom nothing else is set.
    pub fn new(id: AgentId, name: Label) -> Self {
        Self {
            id,
            name,
            queues: BTreeSet::new(),
            capacity: None,
            supervisor: false,
            teams: BTreeSet::new(),
            skills: BTreeMap::new(),
            kind: AgentKind::Human,
            permissions: BTreeSet::new(),
        }
    }
}
