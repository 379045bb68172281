//! What one node asks of another: the one that leads a shard decides, whichever was called.

use minicbor::{Decode, Encode};

use super::handle::Unavailable;
use crate::{
    center::{Answer, Asked, Caller, CenterId, Command, Incarnation, Object, Refusal},
    journal::{BoxFuture, Position},
};

/// Something that only the leader of a shard can do.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(flat)]
pub enum Errand {
    /// A command.
    #[n(0)]
    Command {
        /// Whose.
        #[n(0)]
        center: CenterId,
        /// What.
        #[n(1)]
        asked: Box<Asked>,
    },
    /// Objects to be put, all or none.
    #[n(1)]
    Apply {
        /// Where.
        #[n(0)]
        center: CenterId,
        /// By whom.
        #[n(1)]
        caller: Caller,
        /// What.
        #[n(2)]
        objects: Vec<Object>,
    },
    /// Proves that it still leads, and tells a position that nothing acknowledged before is behind.
    #[n(2)]
    Confirm,
    /// Who came and went at the asking node.
    #[n(3)]
    Present {
        /// In order.
        #[n(0)]
        told: Vec<(CenterId, Command)>,
    },
}

/// What came of it, durable.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(flat)]
pub enum Done {
    /// Of a command.
    #[n(0)]
    Answered(#[n(0)] Answer),
    /// Of objects: how many differed, and the center's last commit.
    #[n(1)]
    Applied(#[n(0)] u32, #[n(1)] u64),
    /// Of a confirmation.
    #[n(2)]
    Confirmed(#[n(0)] Position),
    /// The command, or the objects, were refused.
    #[n(3)]
    Refused(#[n(0)] Refusal),
    /// It is known now.
    #[n(4)]
    Noted,
}

/// The way to other nodes.
pub trait Elsewhere: Send + Sync + 'static {
    /// Asks a run of a node. [`Unavailable::NoLeader`] means that it certainly wasn't decided; any other failure leaves that
    /// open.
    fn ask(&self, whom: Incarnation, errand: Errand) -> BoxFuture<'static, Result<Done, Unavailable>>;
}
