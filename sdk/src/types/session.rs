//! A session as it stands.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, list, optional, some, time, wire_enum},
    generated as wire,
};

use super::{
    Attribute, Channel, Customer, Disposition, Flag, Offer, Participant, QueueEntry, ReadMark, WantedSkill, WrapUp,
};

/// A customer's chat from start to end, whoever attends it. A customer's view leaves out what is for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// UUID version 7, given by the server. Never changes on a transfer.
    pub session_id: String,
    /// Where the session stands.
    pub state: SessionState,
    /// The last revision that this view reflects, in the caller's numbering.
    pub revision: u64,
    /// The last revision that changed participants, queue or offers: what `expected_revision` is compared with. Staff
    /// only.
    pub structure_revision: u64,
    /// The customer.
    pub customer: Customer,
    /// Set while the session waits in a queue, attended or not.
    pub queue_entry: Option<QueueEntry>,
    /// Offers that are ringing now, in the order made. Staff only.
    pub open_offers: Vec<Offer>,
    /// Everyone who is or was connected, in the order of joining; one entry an agent, the last membership counts.
    pub participants: Vec<Participant>,
    /// The queue that the session entered last.
    pub home_queue_id: String,
    /// BCP 47 tag given at the start, if any.
    pub language: Option<String>,
    /// What the start said about the customer or the case. Staff only.
    pub attributes: Vec<Attribute>,
    /// When it started.
    pub create_time: SystemTime,
    /// When it ended; unset while open.
    pub end_time: Option<SystemTime>,
    /// Why it ended; unspecified while open.
    pub end_reason: Option<EndReason>,
    /// Higher goes first in every queue. Staff only.
    pub priority: i32,
    /// Open wrap-ups. Staff only.
    pub wrap_ups: Vec<WrapUp>,
    /// Agents who leave in the commit in which the queue entry is taken. Staff only.
    pub leaving_when_taken_agent_ids: Vec<String>,
    /// What agents said of the outcome, one an agent. Staff only.
    pub dispositions: Vec<Disposition>,
    /// How far each one has read, in the caller's numbering.
    pub read_marks: Vec<ReadMark>,
    /// What is wanted of its agents, whatever queue it waits in. Staff only.
    pub skills: Vec<WantedSkill>,
    /// How the customer writes. Staff only.
    pub channel: Option<Channel>,
    /// Set while an agent asks for help. Staff only.
    pub flag: Option<Flag>,
}

impl FromWire<wire::Session> for Session {
    fn from_wire(wire: wire::Session) -> Self {
        Self {
            session_id: wire.session_id,
            state: SessionState::from_wire(wire.state),
            revision: wire.revision,
            structure_revision: wire.structure_revision,
            customer: Customer::from_wire(wire.customer.unwrap_or_default()),
            queue_entry: wire.queue_entry.map(QueueEntry::from_wire),
            open_offers: list(wire.open_offers),
            participants: list(wire.participants),
            home_queue_id: wire.home_queue_id,
            language: some(wire.language),
            attributes: list(wire.attributes),
            create_time: time(wire.create_time.unwrap_or_default()),
            end_time: wire.end_time.map(time),
            end_reason: optional(wire.end_reason),
            priority: wire.priority,
            wrap_ups: list(wire.wrap_ups),
            leaving_when_taken_agent_ids: wire.leaving_when_taken_agent_ids,
            dispositions: list(wire.dispositions),
            read_marks: list(wire.read_marks),
            skills: list(wire.skills),
            channel: optional(wire.channel),
            flag: wire.flag.map(Flag::from_wire),
        }
    }
}

wire_enum! {
    /// The public state of a session.
    SessionState {
        /// No agent is connected.
        Waiting,
        /// At least one agent is connected.
        Attended,
        /// Nothing more is said; a wrap-up may be open.
        Ended,
        /// Ended, and the last wrap-up is done. Customers see ENDED instead.
        Closed,
    }
}

wire_enum! {
    /// Why a session ended.
    EndReason {
        /// The customer ended it.
        Customer,
        /// An agent ended it.
        Agent,
        /// A supervisor ended it.
        Supervisor,
        /// An integrator ended it for the customer.
        Integrator,
        /// The customer said nothing for too long.
        Inactivity,
        /// The customer was gone for too long while waiting.
        CustomerGone,
        /// It waited longer than the queue lets anyone wait.
        MaxWait,
        /// It reached the age limit.
        AgeLimit,
        /// The queue that it waited in closed.
        QueueClosed,
    }
}
