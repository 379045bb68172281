//! Reading a session, and saying how far one has read.

use crate::{
    Error, Session, SessionHandle,
    convert::FromWire,
    generated::{GetSessionRequest, ReadUpToRequest, chat_session_client::ChatSessionClient},
    request::{answers_revision, builder, session_mutation},
};

builder! {
    /// Asks for a session; from [`SessionHandle::get`].
    GetSession(GetSessionRequest)
}

impl GetSession {
    pub(crate) fn new(session: &SessionHandle) -> Self {
        let client = session.client().clone();
        let acting_for = client.acting();
        Self { client, request: GetSessionRequest { session_id: session.id().to_owned(), acting_for, min_revision: 0 } }
    }

    /// Waits, up to 2 seconds, until this revision is known where the call is answered.
    pub fn min_revision(mut self, revision: u64) -> Self {
        self.request.min_revision = revision;
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<Session, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).get_session(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(Session::from_wire(answer.session.unwrap_or_default()))
    }
}

session_mutation! {
    /// Says how far one has read; from [`SessionHandle::read_up_to`].
    ReadUpTo(ReadUpToRequest)
}
answers_revision!(ReadUpTo, ChatSessionClient::read_up_to);

impl ReadUpTo {
    pub(crate) fn up_to(session: &SessionHandle, revision: u64) -> Self {
        let mut read = Self::new(session);
        read.request.read_revision = revision;
        read
    }
}
