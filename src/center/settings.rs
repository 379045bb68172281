//! What a center sets: its own settings, its queues and its agents.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::{
    ids::{AgentId, Label, QueueId, TeamId},
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
            chat_idle_time: None,
        }
    }
}

/// What becomes of a session that waited too long.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum MaxWaitAction {
    /// A message, then the end.
    #[n(0)]
    End,
    /// It moves to another queue.
    #[n(1)]
    Overflow(#[n(0)] QueueId),
}

/// A service queue.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Queue {
    /// Its id.
    #[n(0)]
    pub id: QueueId,
    /// Its name.
    #[n(1)]
    pub name: Label,
    /// Sent to the customer when an agent transfers a session here.
    #[n(2)]
    pub entry_message: Option<String>,
    /// How long a session may wait here.
    #[n(3)]
    pub max_wait: Millis,
    /// What then.
    #[n(4)]
    pub max_wait_action: MaxWaitAction,
    /// Sent before the end by `max_wait`.
    #[n(5)]
    pub max_wait_message: Option<String>,
    /// After-chat work of who took a session here; 0 is none.
    #[n(6)]
    pub wrap_up_time: Millis,
    /// A wrap-up needs a disposition.
    #[n(7)]
    pub disposition_required: bool,
    /// Sessions waiting before starts are refused; 0 is no limit.
    #[n(8)]
    pub max_length: u32,
    /// Transfers are refused while nobody who serves it is signed in.
    #[n(9)]
    pub refuse_unstaffed: bool,
    /// Customers may start here by themselves.
    #[n(10)]
    pub open_to_customers: bool,
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
}
