//! Whose credentials.

use minicbor::{Decode, Encode};

use super::ids::{AgentId, CustomerKey, ServiceId};

/// Who holds credentials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Holder {
    /// An agent, or a supervisor.
    #[n(0)]
    Agent(#[n(0)] AgentId),
    /// A customer.
    #[n(1)]
    Customer(#[n(0)] CustomerKey),
    /// A service.
    #[n(2)]
    Service(#[n(0)] ServiceId),
}
