//! Joining a session without an offer: from its queue, or as a supervisor.

use crate::{
    AcceptedOffer as Joined, Error, Session,
    convert::FromWire,
    generated::{
        BargeInRequest, TakeFromQueueRequest, TakeOverRequest, chat_session_client::ChatSessionClient,
        supervision_client::SupervisionClient,
    },
    request::session_mutation,
};

session_mutation! {
    /// Takes a session from its queue, out of order; from [`SessionHandle::take_from_queue`](crate::SessionHandle::take_from_queue).
    TakeFromQueue(TakeFromQueueRequest)
}

session_mutation! {
    /// A supervisor joins; from [`SessionHandle::barge_in`](crate::SessionHandle::barge_in).
    BargeIn(BargeInRequest)
}

session_mutation! {
    /// A supervisor takes a session over; from [`SessionHandle::take_over`](crate::SessionHandle::take_over).
    TakeOver(TakeOverRequest)
}

macro_rules! joins {
    ($name:ident, $stub:ident :: $call:ident) => {
        impl $name {
            /// Also beyond the caller's capacity, with the permission for it.
            pub fn override_capacity(mut self) -> Self {
                self.request.override_capacity = true;
                self
            }

            /// Sends it. Answers the session, the caller connected.
            pub async fn send(self) -> Result<Joined, Error> {
                let call = |channel, request| async move { $stub::new(channel).$call(request).await };
                let answer = self.client.call(self.request, call).await?;
                let session = Session::from_wire(answer.session.unwrap_or_default());
                Ok(Joined { session, revision: answer.revision })
            }
        }
    };
}

joins!(TakeFromQueue, ChatSessionClient::take_from_queue);
joins!(BargeIn, SupervisionClient::barge_in);
joins!(TakeOver, SupervisionClient::take_over);
