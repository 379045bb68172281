//! What becomes of an offer.

use crate::{
    Error, Session, SessionHandle,
    convert::FromWire,
    generated::{
        AcceptOfferRequest, CancelInvitationRequest, DeclineOfferRequest, chat_session_client::ChatSessionClient,
    },
    request::{answers_revision, session_mutation},
};

session_mutation! {
    /// Calls an invitation off; from [`SessionHandle::cancel_invitation`].
    CancelInvitation(CancelInvitationRequest)
}
answers_revision!(CancelInvitation, ChatSessionClient::cancel_invitation);

session_mutation! {
    /// Takes an offer; from [`SessionHandle::accept`].
    AcceptOffer(AcceptOfferRequest)
}

session_mutation! {
    /// Declines an offer; from [`SessionHandle::decline`]. The revision is 0 for a declined invitation: the invitee
    /// sees nothing of the session.
    DeclineOffer(DeclineOfferRequest)
}
answers_revision!(DeclineOffer, ChatSessionClient::decline_offer);

/// An offer that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedOffer {
    /// The session, the caller connected.
    pub session: Session,
    /// The session's revision after it.
    pub revision: u64,
}

impl CancelInvitation {
    pub(crate) fn of(session: &SessionHandle, offer_id: String) -> Self {
        let mut cancel = Self::new(session);
        cancel.request.offer_id = offer_id;
        cancel
    }
}

impl DeclineOffer {
    pub(crate) fn of(session: &SessionHandle, offer_id: String) -> Self {
        let mut decline = Self::new(session);
        decline.request.offer_id = offer_id;
        decline
    }
}

impl AcceptOffer {
    pub(crate) fn of(session: &SessionHandle, offer_id: String) -> Self {
        let mut accept = Self::new(session);
        accept.request.offer_id = offer_id;
        accept
    }

    /// Sends it. Refused with [`Reason::OfferClosed`](crate::Reason::OfferClosed) when it no longer rings.
    pub async fn send(self) -> Result<AcceptedOffer, Error> {
        let call = |channel, request| async move { ChatSessionClient::new(channel).accept_offer(request).await };
        let answer = self.client.call(self.request, call).await?;
        Ok(AcceptedOffer { session: Session::from_wire(answer.session.unwrap_or_default()), revision: answer.revision })
    }
}
