//! What is known of a session, and the flag by which an agent asks for help.

use crate::{
    generated::{
        Attribute, ClearFlagRequest, RaiseFlagRequest, UpdateSessionRequest, WantedSkill,
        chat_session_client::ChatSessionClient,
    },
    request::{answers_revision, session_mutation},
};

session_mutation! {
    /// Changes what is known of a session; what isn't named stays. From [`SessionHandle::update`](crate::SessionHandle::update).
    UpdateSession(UpdateSessionRequest)
}
answers_revision!(UpdateSession, ChatSessionClient::update_session);

session_mutation! {
    /// Asks for help; from [`SessionHandle::raise_flag`](crate::SessionHandle::raise_flag).
    RaiseFlag(RaiseFlagRequest)
}
answers_revision!(RaiseFlag, ChatSessionClient::raise_flag);

session_mutation! {
    /// Help isn't needed any more; from [`SessionHandle::clear_flag`](crate::SessionHandle::clear_flag).
    ClearFlag(ClearFlagRequest)
}
answers_revision!(ClearFlag, ChatSessionClient::clear_flag);

impl UpdateSession {
    /// The customer's name to show, 1 to 256 bytes.
    pub fn customer_name(mut self, name: impl Into<String>) -> Self {
        self.request.customer_name = Some(name.into());
        self
    }

    /// The customer's language, a BCP 47 tag.
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.request.language = Some(tag.into());
        self
    }

    /// From −100 to 100; higher goes first. Not from customers.
    pub fn priority(mut self, priority: i32) -> Self {
        self.request.priority = Some(priority);
        self
    }

    /// What is wanted of its agents from now on, whole: skills and levels of 1 to 100. Not from customers.
    pub fn skills<S: Into<String>>(mut self, skills: impl IntoIterator<Item = (S, u32)>) -> Self {
        let wanted = skills.into_iter().map(|(skill, level)| WantedSkill { skill: skill.into(), level });
        self.request.skills.get_or_insert_default().skills = wanted.collect();
        self
    }

    /// This is so from now on; an empty value takes it away.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.attributes.push(Attribute { name: name.into(), value: value.into(), verified: false });
        self
    }
}

impl RaiseFlag {
    /// What for, up to 4 KiB.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.request.note = note.into();
        self
    }
}
