//! Ending a session.

use crate::{
    generated::{EndSessionRequest, chat_session_client::ChatSessionClient},
    request::{answers_revision, session_mutation, takes_expected_revision},
};

session_mutation! {
    /// An end; from [`SessionHandle::end`](crate::SessionHandle::end).
    EndSession(EndSessionRequest)
}
takes_expected_revision!(EndSession);
answers_revision!(EndSession, ChatSessionClient::end_session);

impl EndSession {
    /// Also with other agents connected; otherwise refused then, with
    /// [`Reason::OthersConnected`](crate::Reason::OthersConnected).
    pub fn for_all(mut self) -> Self {
        self.request.end_for_all = true;
        self
    }
}
