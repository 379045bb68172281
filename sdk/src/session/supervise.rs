//! What supervisors do to a session without joining it.

use std::time::SystemTime;

use crate::{
    Error, SessionHandle,
    convert::{some, time},
    generated::{
        MonitorRequest, ReassignRequest, RemoveParticipantRequest, StopMonitoringRequest, reassign_request::To,
        supervision_client::SupervisionClient,
    },
    request::{answers_revision, session_mutation},
};

session_mutation! {
    /// Looks into a session; from [`SessionHandle::monitor`].
    Monitor(MonitorRequest)
}
answers_revision!(Monitor, SupervisionClient::monitor);

session_mutation! {
    /// Looks into it no longer; from [`SessionHandle::stop_monitoring`].
    StopMonitoring(StopMonitoringRequest)
}

session_mutation! {
    /// Makes an agent leave; from [`SessionHandle::remove_participant`].
    RemoveParticipant(RemoveParticipantRequest)
}
answers_revision!(RemoveParticipant, SupervisionClient::remove_participant);

session_mutation! {
    /// Gives a session to somebody else; from [`SessionHandle::reassign_to_agent`] and
    /// [`reassign_to_queue`](SessionHandle::reassign_to_queue).
    Reassign(ReassignRequest)
}

/// A session that was given to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reassigned {
    /// The offer; `None` for a queue.
    pub offer_id: Option<String>,
    /// When the offer ends by itself; `None` for a queue.
    pub expire_time: Option<SystemTime>,
    /// The session's revision after it.
    pub revision: u64,
}

impl StopMonitoring {
    /// Sends it.
    pub async fn send(self) -> Result<(), Error> {
        let call = |channel, request| async move { SupervisionClient::new(channel).stop_monitoring(request).await };
        self.client.call(self.request, call).await.map(|_| ())
    }
}

impl RemoveParticipant {
    pub(crate) fn of(session: &SessionHandle, agent_id: String) -> Self {
        let mut remove = Self::new(session);
        remove.request.agent_id = agent_id;
        remove
    }
}

impl Reassign {
    pub(crate) fn to(session: &SessionHandle, to: To) -> Self {
        let mut reassign = Self::new(session);
        reassign.request.to = Some(to);
        reassign
    }

    /// For the successor, up to 4 KiB.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.request.note = note.into();
        self
    }

    /// Sends it.
    pub async fn send(self) -> Result<Reassigned, Error> {
        let call = |channel, request| async move { SupervisionClient::new(channel).reassign(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(Reassigned {
            offer_id: some(answer.offer_id),
            expire_time: answer.expire_time.map(time),
            revision: answer.revision,
        })
    }
}
