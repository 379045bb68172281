//! Into a service queue, and out of it.

use crate::{
    SessionHandle,
    generated::{
        TransferLeave, TransferToQueueRequest, WantedSkill, WithdrawFromQueueRequest,
        chat_session_client::ChatSessionClient,
    },
    request::{answers_revision, session_mutation, takes_expected_revision},
};

session_mutation! {
    /// A transfer to a queue; from [`SessionHandle::transfer_to_queue`].
    TransferToQueue(TransferToQueueRequest)
}
takes_expected_revision!(TransferToQueue);
answers_revision!(TransferToQueue, ChatSessionClient::transfer_to_queue);

session_mutation! {
    /// Takes a session out of its queue; from [`SessionHandle::withdraw_from_queue`].
    WithdrawFromQueue(WithdrawFromQueueRequest)
}
takes_expected_revision!(WithdrawFromQueue);
answers_revision!(WithdrawFromQueue, ChatSessionClient::withdraw_from_queue);

impl TransferToQueue {
    pub(crate) fn to(session: &SessionHandle, queue_id: String) -> Self {
        let mut transfer = Self::new(session).stay();
        transfer.request.queue_id = queue_id;
        transfer
    }

    /// The agent stays connected until they leave. The default.
    pub fn stay(self) -> Self {
        self.leave(TransferLeave::Stay)
    }

    /// The agent leaves with the transfer.
    pub fn leave_now(self) -> Self {
        self.leave(TransferLeave::Now)
    }

    /// The agent leaves in the moment in which a colleague takes the session, and stays if nobody does.
    pub fn leave_when_taken(self) -> Self {
        self.leave(TransferLeave::WhenTaken)
    }

    fn leave(mut self, leave: TransferLeave) -> Self {
        self.request.leave = leave.into();
        self
    }

    /// For staff, posted as a staff message, up to 4 KiB.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.request.note = note.into();
        self
    }

    /// A skill that is wanted of the next agent, at a level of 1 to 100, besides those named before. Unset keeps what is wanted.
    pub fn skill(mut self, skill: impl Into<String>, level: u32) -> Self {
        let skills = self.request.skills.get_or_insert_default();
        skills.skills.push(WantedSkill { skill: skill.into(), level });
        self
    }

    /// The session's language from now on, a BCP 47 tag.
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.request.language = tag.into();
        self
    }

    /// A new priority, −100 to 100. Unset keeps it.
    pub fn priority(mut self, priority: i32) -> Self {
        self.request.priority = Some(priority);
        self
    }
}
