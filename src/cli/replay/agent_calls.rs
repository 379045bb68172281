//! What an agent asks of the service, and what of its refusals is part of the game.

use chatsession_sdk::{DeskOffer, Error, InviteMode, OfferKind, Reason};
use tokio::time::Instant;

use super::{
    agent::Desk,
    chat::Act,
    order::Ack,
    plan::{CONVERSATION, Reply, Side},
};
use crate::cli::Failure;

impl Desk {
    pub(super) async fn offered(&mut self, shown: DeskOffer) -> Result<(), Failure> {
        let rang = Instant::now();
        if !self.answered.insert(shown.offer.offer_id.clone()) {
            return Ok(());
        }
        let named = shown.attributes.iter().find(|attribute| attribute.name == CONVERSATION);
        let conversation = named.map(|attribute| attribute.value.clone()).unwrap_or_default();
        let nth = self.offers.entry(conversation.clone()).or_default();
        let reply = self.plan.reply(&self.id, &conversation, *nth);
        *nth += 1;
        let session = self.client.session(shown.session_id);
        let answered = match reply {
            Reply::Ignore => return Ok(()),
            Reply::Decline => session.decline(shown.offer.offer_id).send().await.map(|_| ()),
            Reply::Accept => session.accept(shown.offer.offer_id).send().await.map(|_| ()),
        };
        match answered {
            Ok(()) if reply == Reply::Accept && shown.offer.kind == OfferKind::Router => {
                self.board.accepted(rang.elapsed());
                Ok(())
            }
            Ok(()) => Ok(()),
            // It ended before the answer came, or the whole chat did.
            Err(error) => {
                let lost = [Reason::OfferClosed, Reason::OfferNotFound, Reason::SessionEnded, Reason::SessionNotFound];
                self.tolerate(error, &lost)
            }
        }
    }

    pub(super) async fn perform(&mut self, session_id: &str, act: Act) -> Result<(), Failure> {
        let session = self.client.session(session_id);
        // The stream shows what came of it: the agent is no longer in the session, or the customer has ended it.
        let gone = [Reason::NotParticipant, Reason::SessionEnded];
        match act {
            Act::Say(turn) => {
                let Some(conversation) = self.chats.get(session_id).map(|chat| chat.conversation()) else {
                    return Ok(());
                };
                let text = self.plan.conversations[conversation].turns[turn].text.clone();
                let began = Instant::now();
                match session.say(text.as_str()).send().await {
                    Ok(said) => {
                        let (session_id, ended) = (session.id().to_owned(), Instant::now());
                        self.board.said(Ack {
                            session_id,
                            from: Side::Agent,
                            text,
                            began,
                            ended,
                            revision: said.revision,
                        });
                    }
                    Err(error) => self.tolerate(error, &gone)?,
                }
            }
            Act::Transfer(queue) => {
                if let Err(error) = session.transfer_to_queue(queue).stay().send().await {
                    self.tolerate(error, &gone)?;
                }
            }
            Act::Leave => match session.leave().send().await {
                Ok(_) => {}
                Err(error) if error.reason() == Some(&Reason::LastAgent) => {
                    self.board.refused("LAST_AGENT");
                    if let Some(chat) = self.chats.get_mut(session_id) {
                        chat.stays();
                    }
                }
                Err(error) => self.tolerate(error, &gone)?,
            },
            Act::Invite(colleague, mode) => self.invite(session_id, colleague, mode).await?,
            Act::GiveUp(rings) => {
                self.board.gave_up();
                if let Some(offer) = rings
                    && let Err(error) = session.cancel_invitation(offer).send().await
                {
                    self.tolerate(error, &[Reason::OfferClosed, Reason::OfferNotFound, Reason::SessionEnded])?;
                }
            }
            Act::Wait(_) => {}
        }
        Ok(())
    }

    async fn invite(&mut self, session_id: &str, colleague: String, mode: InviteMode) -> Result<(), Failure> {
        let session = self.client.session(session_id);
        let invite = session.invite(colleague).note("Could you join, please?");
        let invite = if mode == InviteMode::Transfer { invite.transfer() } else { invite.conference() };
        let Err(error) = invite.send().await else { return Ok(()) };
        if let Some(chat) = self.chats.get_mut(session_id) {
            chat.not_invited();
        }
        let busy = [
            Reason::AgentAtCapacity,
            Reason::AgentSignedOut,
            Reason::AlreadyOffered,
            Reason::AlreadyParticipant,
            Reason::NotParticipant,
            Reason::SessionEnded,
        ];
        self.tolerate(error, &busy)
    }

    /// Counts a refusal that may happen.
    fn tolerate(&self, error: Error, reasons: &[Reason]) -> Result<(), Failure> {
        match error.reason() {
            Some(reason) if reasons.contains(reason) => {
                self.board.refused(reason.as_str());
                Ok(())
            }
            _ => Err(error.into()),
        }
    }
}
