//! Who asks.

use minicbor::{Decode, Encode};

use crate::center::{AgentId, CustomerKey, RequestId, ServiceId};

/// Who calls: one person, the service itself, or a service for a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Caller {
    /// For whom it is done.
    #[n(0)]
    pub who: Who,
    /// The service that acts for them.
    #[n(1)]
    pub via: Option<ServiceId>,
}

/// A person, as the rules know them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(flat)]
pub enum Who {
    /// A customer.
    #[n(0)]
    Customer(#[n(0)] CustomerKey),
    /// An agent or supervisor of the center.
    #[n(1)]
    Agent(#[n(0)] AgentId),
    /// A supervisor by their credential.
    #[n(2)]
    Supervisor(#[n(0)] AgentId),
    /// An integrator or operator, for nobody.
    #[n(3)]
    Service(#[n(0)] ServiceId),
    /// The service itself: deadlines, presence, housekeeping.
    #[n(4)]
    System,
}

impl Who {
    /// The agent's or supervisor's id.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(id) | Self::Supervisor(id) => Some(id),
            Self::Customer(_) | Self::Service(_) | Self::System => None,
        }
    }
}

/// A request's id and what tells its content from another's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Requested {
    /// The caller's id of it.
    #[n(0)]
    pub id: RequestId,
    /// A keyed hash of the content.
    #[n(1)]
    pub fingerprint: u64,
}
