//! What is answered to a command about a session that has left memory: that it is over, as just before when it was closed.

use super::{
    command::{Asked, Command, Who},
    ids::{OfferId, SessionId},
    refusal::Refusal,
    session::Session,
};

/// A command about a session, as far as it matters when that turns out to be archived.
#[derive(Clone, Debug)]
pub struct TooLate {
    /// The session.
    pub session: SessionId,
    /// Who asked.
    pub who: Who,
    /// The offer that it was about.
    offer: Option<OfferId>,
    /// Whether it was about after-chat work.
    wraps_up: bool,
}

impl TooLate {
    /// None for what isn't about a session.
    pub fn of(asked: &Asked) -> Option<Self> {
        let session = about(&asked.command)?;
        let offer = match asked.command {
            Command::AcceptOffer { offer, .. } | Command::DeclineOffer { offer, .. } => Some(offer),
            _ => None,
        };
        let wraps_up = matches!(asked.command, Command::SetDisposition { .. } | Command::CompleteWrapUp { .. });
        Some(Self { session, who: asked.caller.who.clone(), offer, wraps_up })
    }

    /// Why the archived session refuses it; whoever knew nothing of it learns nothing.
    pub fn refusal(&self, session: &Session, is_supervisor: bool) -> Refusal {
        let agent = self.who.agent();
        let mut ended = session.ended_offers.iter();
        if let Some(ended) = ended.find(|ended| self.offer == Some(ended.id) && agent == Some(&ended.agent)) {
            return Refusal::OfferClosed(ended.outcome);
        }
        let took_part = agent.is_some_and(|agent| session.participant(agent).is_some());
        let knows = match &self.who {
            Who::Customer(key) => session.customer == *key,
            Who::Agent(_) => took_part || is_supervisor,
            Who::Supervisor(_) | Who::Service(_) | Who::System => true,
        };
        match knows {
            false => Refusal::SessionNotFound,
            true if self.wraps_up && took_part => Refusal::WrapUpClosed,
            true => Refusal::SessionEnded,
        }
    }
}

/// The session that somebody's command is about.
fn about(command: &Command) -> Option<SessionId> {
    match command {
        Command::TransferToQueue(transfer) => Some(transfer.session),
        Command::Invite { session, .. }
        | Command::CancelInvitation { session, .. }
        | Command::AcceptOffer { session, .. }
        | Command::DeclineOffer { session, .. }
        | Command::WithdrawFromQueue { session, .. }
        | Command::Leave { session, .. }
        | Command::EndSession { session, .. }
        | Command::SendMessage { session, .. }
        | Command::ReadUpTo { session, .. }
        | Command::SetDisposition { session, .. }
        | Command::CompleteWrapUp { session }
        | Command::TakeFromQueue { session, .. }
        | Command::UpdateSession { session, .. }
        | Command::RaiseFlag { session, .. }
        | Command::ClearFlag { session }
        | Command::Monitor { session, .. }
        | Command::BargeIn { session, .. }
        | Command::TakeOver { session, .. }
        | Command::RemoveParticipant { session, .. }
        | Command::Reassign { session, .. }
        | Command::CreateAttachment { session, .. } => Some(*session),
        // Of the system's own nobody is told; the others are about agents, chats of colleagues and what is configured.
        Command::OpenCustomer { .. }
        | Command::CloseCustomer { .. }
        | Command::Archive { .. }
        | Command::FinishUpload { .. }
        | Command::StartSession(_)
        | Command::SignIn
        | Command::SignOut { .. }
        | Command::SetState { .. }
        | Command::OpenDesk { .. }
        | Command::CloseDesk { .. }
        | Command::Put(_)
        | Command::Due
        | Command::ForceAgentState { .. }
        | Command::DeleteQueue { .. }
        | Command::DeleteAgent { .. }
        | Command::PutAlone(_)
        | Command::RevokeCredentials(_)
        | Command::DeleteShared { .. }
        | Command::PutCannedResponse(_)
        | Command::DeleteCannedResponse { .. }
        | Command::PutFavourite { .. }
        | Command::DeleteFavourite { .. }
        | Command::StartChat { .. }
        | Command::SendChatMessage { .. }
        | Command::AddChatMember { .. }
        | Command::LeaveChat { .. }
        | Command::ReadChatUpTo { .. } => None,
    }
}
