//! After-chat work.

use crate::{
    SessionHandle,
    generated::{CompleteWrapUpRequest, SetDispositionRequest, chat_session_client::ChatSessionClient},
    request::{answers_revision, session_mutation},
};

session_mutation! {
    /// Says what came of a session; from [`SessionHandle::set_disposition`].
    SetDisposition(SetDispositionRequest)
}
answers_revision!(SetDisposition, ChatSessionClient::set_disposition);

session_mutation! {
    /// Ends a wrap-up; from [`SessionHandle::complete_wrap_up`](crate::SessionHandle::complete_wrap_up).
    CompleteWrapUp(CompleteWrapUpRequest)
}
answers_revision!(CompleteWrapUp, ChatSessionClient::complete_wrap_up);

impl SetDisposition {
    pub(crate) fn to(session: &SessionHandle, code: String) -> Self {
        let mut disposition = Self::new(session);
        disposition.request.code = code;
        disposition
    }

    /// For colleagues, up to 4 KiB.
    pub fn notes(mut self, notes: impl Into<String>) -> Self {
        self.request.notes = notes.into();
        self
    }
}
