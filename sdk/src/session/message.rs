//! Saying something.

use std::time::SystemTime;

use crate::{
    Audience, Error, SessionHandle,
    convert::time,
    generated::{SendMessageRequest, SendTypingRequest, chat_session_client::ChatSessionClient},
    request::{builder, session_mutation},
};

session_mutation! {
    /// A message to be said; from [`SessionHandle::say`] and [`SessionHandle::whisper`]. The request id is the
    /// message's id.
    SendMessage(SendMessageRequest)
}

builder! {
    /// Tells that the caller types; from [`SessionHandle::typing`].
    SendTyping(SendTypingRequest)
}

/// A message that is said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostedMessage {
    /// The message's id.
    pub message_id: String,
    /// Its revision, in the sender's numbering.
    pub revision: u64,
    /// When it was said.
    pub create_time: SystemTime,
}

impl SendMessage {
    pub(crate) fn to(session: &SessionHandle, text: String, audience: Audience) -> Self {
        let mut message = Self::new(session);
        message.request.text = text;
        message.request.audience = audience.to_wire();
        message
    }

    /// It answers the message of this revision, in the sender's numbering. Refused with
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid) when that is no message, or a whisper and this is for everyone.
    pub fn reply_to(mut self, revision: u64) -> Self {
        self.request.reply_to_revision = revision;
        self
    }

    /// With a file of the sender's that is uploaded, besides those named before. Up to 20. The text may be empty then.
    pub fn attachment(mut self, attachment_id: impl Into<String>) -> Self {
        self.request.attachment_ids.push(attachment_id.into());
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<PostedMessage, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).send_message(request).await };
        let message_id = self.request.request_id.clone();
        let answer = self.client.call(self.request, call).await?;
        let create_time = time(answer.create_time.unwrap_or_default());
        Ok(PostedMessage { message_id, revision: answer.revision, create_time })
    }
}

impl SendTyping {
    pub(crate) fn new(session: &SessionHandle) -> Self {
        let client = session.client().clone();
        let acting_for = client.acting();
        let audience = Audience::Everyone.to_wire();
        Self { client, request: SendTypingRequest { acting_for, session_id: session.id().to_owned(), audience } }
    }

    /// For staff alone: the agent writes a whisper.
    pub fn to_staff(mut self) -> Self {
        self.request.audience = Audience::Staff.to_wire();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).send_typing(request).await };
        self.client.call(self.request, call).await?;
        Ok(())
    }
}
