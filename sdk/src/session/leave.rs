//! Leaving a session.

use crate::{
    generated::{IfLast as WireIfLast, LeaveRequest, chat_session_client::ChatSessionClient},
    request::{answers_revision, session_mutation, takes_expected_revision},
};

session_mutation! {
    /// A leave; from [`SessionHandle::leave`](crate::SessionHandle::leave). Its revision is the last one that this
    /// agent may see.
    Leave(LeaveRequest)
}
takes_expected_revision!(Leave);
answers_revision!(Leave, ChatSessionClient::leave);

/// What becomes of the customer when the last agent leaves and no queue has the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IfLast {
    /// The session goes back to its home queue.
    ReturnToQueue,
    /// The customer waits for the invited colleague; only with an open invitation.
    AwaitInvitee,
    /// The session ends.
    End,
}

impl Leave {
    /// What becomes of the customer if nobody else attends to them. Unset, leaving is refused then, with
    /// [`Reason::LastAgent`](crate::Reason::LastAgent).
    pub fn if_last(mut self, choice: IfLast) -> Self {
        let choice = match choice {
            IfLast::ReturnToQueue => WireIfLast::ReturnToQueue,
            IfLast::AwaitInvitee => WireIfLast::AwaitInvitee,
            IfLast::End => WireIfLast::End,
        };
        self.request.if_last = choice.into();
        self
    }
}
