//! Inviting a colleague.

use std::time::{Duration, SystemTime};

use crate::{
    Error, InviteMode, SessionHandle,
    convert::{time, wire_duration},
    generated::{InviteRequest, chat_session_client::ChatSessionClient},
    request::{session_mutation, takes_expected_revision},
};

session_mutation! {
    /// An invitation to be made; from [`SessionHandle::invite`].
    Invite(InviteRequest)
}
takes_expected_revision!(Invite);

/// An invitation that rings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitation {
    /// For [`SessionHandle::cancel_invitation`].
    pub offer_id: String,
    /// When it ends by itself.
    pub expire_time: SystemTime,
    /// The session's revision after it.
    pub revision: u64,
}

impl Invite {
    pub(crate) fn to(session: &SessionHandle, agent_id: String) -> Self {
        let mut invite = Self::new(session).conference();
        invite.request.agent_id = agent_id;
        invite
    }

    /// Both are connected afterwards. The default.
    pub fn conference(self) -> Self {
        self.mode(InviteMode::Conference)
    }

    /// The inviter leaves in the moment in which the colleague joins.
    pub fn transfer(self) -> Self {
        self.mode(InviteMode::Transfer)
    }

    fn mode(mut self, mode: InviteMode) -> Self {
        self.request.mode = mode.to_wire();
        self
    }

    /// For the colleague's eyes, up to 4 KiB.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.request.note = note.into();
        self
    }

    /// How long it rings, 1 s to 10 min. Default: the center's setting.
    pub fn ring_time(mut self, time: Duration) -> Self {
        self.request.ring_time = Some(wire_duration(time));
        self
    }

    /// Sends it. Refused, among others, with [`Reason::AgentAtCapacity`](crate::Reason::AgentAtCapacity).
    pub async fn send(self) -> Result<Invitation, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).invite(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(Invitation {
            offer_id: answer.offer_id,
            expire_time: time(answer.expire_time.unwrap_or_default()),
            revision: answer.revision,
        })
    }
}
