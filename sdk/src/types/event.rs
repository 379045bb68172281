//! Something that happened in a session.

use std::time::SystemTime;

use crate::{
    convert::{FromWire, some, time, wire_enum},
    generated as wire,
};

use super::EventKind;

/// Something that happened in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// 1, 2, 3 … without holes: in the session for staff, over what is for everyone for a customer.
    pub revision: u64,
    /// When it was decided.
    pub create_time: SystemTime,
    /// Who did it.
    pub actor: Actor,
    /// The integrator that acted for the actor, if one did. Staff only.
    pub acting_service: Option<Actor>,
    /// Who may see it.
    pub audience: Audience,
    /// Number of the commit in the center; events of one commit share it. Staff only.
    pub center_seq: u64,
    /// What happened.
    pub kind: EventKind,
}

impl FromWire<wire::Event> for Event {
    fn from_wire(wire: wire::Event) -> Self {
        Self {
            revision: wire.revision,
            create_time: time(wire.create_time.unwrap_or_default()),
            actor: Actor::from_wire(wire.actor.unwrap_or_default()),
            acting_service: wire.acting_service.map(Actor::from_wire),
            audience: Audience::from_wire(wire.audience),
            center_seq: wire.center_seq,
            kind: EventKind::from_wire(wire.kind),
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Actor {
    /// What they are.
    pub kind: ActorKind,
    /// Id of the agent, supervisor, integrator or queue. Customers don't see it.
    pub id: Option<String>,
    /// The name to show, as it was then. Empty for the customer (see [`EventKind::SessionStarted`]), integrators and the system.
    pub display_name: Option<String>,
}

impl FromWire<wire::Actor> for Actor {
    fn from_wire(wire: wire::Actor) -> Self {
        Self { kind: ActorKind::from_wire(wire.kind), id: some(wire.id), display_name: some(wire.display_name) }
    }
}

wire_enum! {
    /// What kind of party did something.
    ActorKind {
        /// The customer of the session.
        Customer,
        /// An agent.
        Agent,
        /// A supervisor.
        Supervisor,
        /// An integrator's backend.
        Integrator,
        /// A service queue: its automated messages.
        Queue,
        /// The service itself: routing, deadlines.
        System,
    }
}

wire_enum! {
    /// Who may see an event.
    Audience {
        /// Everyone in the session.
        Everyone,
        /// Agents, supervisors, integrators.
        Staff,
    }
}
