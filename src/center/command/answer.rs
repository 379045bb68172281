//! How a command is answered.

use minicbor::{Decode, Encode};

use crate::center::{OfferId, SessionId, Time};

/// What an accepted command is answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Answer {
    /// The session it was about.
    #[n(0)]
    pub session: Option<SessionId>,
    /// The session's revision after it.
    #[n(1)]
    pub revision: u32,
    /// The same in the customer's numbering.
    #[n(2)]
    pub public: u32,
    /// The invitation made.
    #[n(3)]
    pub offer: Option<OfferId>,
    /// When it ends.
    #[n(4)]
    pub expire: Time,
    /// The session is new.
    #[n(5)]
    pub is_new: bool,
    /// When it was decided.
    #[n(6)]
    pub time: Time,
}
