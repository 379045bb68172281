//! Starting a session.

use crate::{
    Channel, Client, Error, Session,
    convert::FromWire,
    generated::{Attribute, StartSessionRequest, WantedSkill, chat_session_client::ChatSessionClient},
    request::{builder, fresh_id, takes_request_id},
};

builder! {
    /// A session to be started; from [`Client::start_session`].
    StartSession(StartSessionRequest)
}
takes_request_id!(StartSession);

/// A started session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StartedSession {
    /// As the caller sees it.
    pub session: Session,
    /// False when the customer had an open session: it is that one.
    pub is_new: bool,
    /// The revision that this answer reflects, in the caller's numbering.
    pub revision: u64,
}

impl StartSession {
    pub(crate) fn new(client: Client, queue_id: String) -> Self {
        let acting_for = client.acting();
        let request = StartSessionRequest { request_id: fresh_id(), acting_for, queue_id, ..Default::default() };
        Self { client, request }
    }

    /// The customer's name to show; up to 256 bytes.
    pub fn customer_name(mut self, name: impl Into<String>) -> Self {
        self.request.customer_name = name.into();
        self
    }

    /// The customer's language, a BCP 47 tag.
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.request.language = tag.into();
        self
    }

    /// From −100 to 100; higher goes first. Integrators only. Default 0.
    pub fn priority(mut self, priority: i32) -> Self {
        self.request.priority = priority;
        self
    }

    /// Something that is known of the customer or the case: a name, `[A-Za-z0-9_-]{1,64}`, and up to 4 KiB. Up to 64.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.attributes.push(Attribute { name: name.into(), value: value.into(), verified: false });
        self
    }

    /// An agent to whom it is offered first, if they are ready and have room. Integrators only.
    pub fn agent(mut self, agent_id: impl Into<String>) -> Self {
        self.request.agent_id = agent_id.into();
        self
    }

    /// A skill that is wanted of its agents, at a level of 1 to 100. Up to 20. Integrators only.
    pub fn skill(mut self, skill: impl Into<String>, level: u32) -> Self {
        self.request.skills.push(WantedSkill { skill: skill.into(), level });
        self
    }

    /// The customer writes by a messenger: answers may take hours.
    pub fn by_messenger(mut self) -> Self {
        self.request.channel = Channel::Messenger.to_wire();
        self
    }

    /// Sends it. Refused, among others, with [`Reason::QueueClosed`](crate::Reason::QueueClosed).
    pub async fn send(self) -> Result<StartedSession, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).start_session(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(StartedSession {
            session: Session::from_wire(answer.session.unwrap_or_default()),
            is_new: answer.is_new,
            revision: answer.revision,
        })
    }
}
