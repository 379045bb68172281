//! Why things happened.

use crate::convert::wire_enum;

wire_enum! {
    /// Why a session entered a queue.
    QueueCause {
        /// It started there.
        Started,
        /// An agent transferred it.
        Transferred,
        /// The last agent left, was lost or handed it back.
        Returned,
        /// It waited too long elsewhere, or that queue closed.
        Overflowed,
        /// A supervisor put it there.
        Reassigned,
    }
}

wire_enum! {
    /// Why a session left a queue without entering another.
    UnqueueReason {
        /// An agent took it.
        Taken,
        /// A connected agent withdrew it.
        Withdrawn,
        /// It waited too long, and an agent is connected.
        MaxWait,
        /// The session ended.
        Ended,
        /// The queue closed, and an agent is connected.
        QueueClosed,
    }
}

wire_enum! {
    /// How an agent came to be connected.
    JoinCause {
        /// Accepted a router offer.
        Routed,
        /// Accepted an invitation to a conference.
        Conference,
        /// Accepted an invitation to take over.
        Transfer,
        /// Took it from its queue by themselves, out of order.
        TakenFromQueue,
        /// A supervisor joined.
        BargedIn,
        /// A supervisor took over.
        TookOver,
        /// Accepted what a supervisor reassigned.
        Reassigned,
    }
}

wire_enum! {
    /// Why an agent is no longer connected.
    LeaveReason {
        /// They left.
        Left,
        /// A successor took over, or the queue entry was taken.
        Transferred,
        /// Their connection was lost past the grace.
        AgentGone,
        /// They signed out and handed their sessions back.
        SignedOut,
        /// The session ended.
        SessionEnded,
        /// They took it from a queue and said nothing in time.
        NoResponse,
        /// A supervisor removed them.
        Removed,
        /// A supervisor took over, or gave it to somebody else.
        TakenOver,
    }
}

wire_enum! {
    /// How a wrap-up ended.
    WrapUpOutcome {
        /// The agent completed it.
        Completed,
        /// Its time ran out.
        TimedOut,
        /// The agent joined the session again: the work goes on.
        Rejoined,
    }
}
