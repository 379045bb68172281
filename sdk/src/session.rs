//! One session, to do something with.

mod attachment;
mod end;
mod events;
mod invite;
mod join;
mod leave;
mod list;
mod message;
mod offer;
mod queue;
mod read;
mod start;
mod supervise;
mod update;
mod wrap_up;

pub use attachment::{AttachmentLink, CreateAttachment, GetAttachment, NewAttachment};
pub use end::EndSession;
pub use events::Events;
pub use invite::{Invitation, Invite};
pub use join::{BargeIn, TakeFromQueue, TakeOver};
pub use leave::{IfLast, Leave};
pub use list::ListSessions;
pub use message::{PostedMessage, SendMessage, SendTyping};
pub use offer::{AcceptOffer, AcceptedOffer, CancelInvitation, DeclineOffer};
pub use queue::{TransferToQueue, WithdrawFromQueue};
pub use read::{GetSession, ReadUpTo};
pub use start::{StartSession, StartedSession};
pub use supervise::{Monitor, Reassign, Reassigned, RemoveParticipant, StopMonitoring};
pub use update::{ClearFlag, RaiseFlag, UpdateSession};
pub use wrap_up::{CompleteWrapUp, SetDisposition};

use crate::{Audience, Client, generated::reassign_request::To, watch::WatchSession};

/// One session, to do something with; from [`Client::session`]. Its methods give requests; `send` sends them.
#[derive(Clone, Debug)]
pub struct SessionHandle {
    client: Client,
    session_id: String,
}

impl SessionHandle {
    pub(crate) fn new(client: Client, session_id: String) -> Self {
        Self { client, session_id }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The session's id.
    pub fn id(&self) -> &str {
        &self.session_id
    }

    /// The session as the caller may see it, without messages.
    pub fn get(&self) -> GetSession {
        GetSession::new(self)
    }

    /// Invites a colleague who is signed in and has room, to a conference unless said otherwise.
    pub fn invite(&self, agent_id: impl Into<String>) -> Invite {
        Invite::to(self, agent_id.into())
    }

    /// Calls an invitation off.
    pub fn cancel_invitation(&self, offer_id: impl Into<String>) -> CancelInvitation {
        CancelInvitation::of(self, offer_id.into())
    }

    /// Takes an offer: the agent is connected then.
    pub fn accept(&self, offer_id: impl Into<String>) -> AcceptOffer {
        AcceptOffer::of(self, offer_id.into())
    }

    /// Declines an offer.
    pub fn decline(&self, offer_id: impl Into<String>) -> DeclineOffer {
        DeclineOffer::of(self, offer_id.into())
    }

    /// Puts the session into a service queue, where it waits for the next agent. The agent stays unless said otherwise.
    pub fn transfer_to_queue(&self, queue_id: impl Into<String>) -> TransferToQueue {
        TransferToQueue::to(self, queue_id.into())
    }

    /// Takes the session out of its queue again.
    pub fn withdraw_from_queue(&self) -> WithdrawFromQueue {
        WithdrawFromQueue::new(self)
    }

    /// Takes the session from its queue, out of order: with the permission for it, or as a supervisor.
    pub fn take_from_queue(&self) -> TakeFromQueue {
        TakeFromQueue::new(self)
    }

    /// Changes what is known of the session, or wanted for it.
    pub fn update(&self) -> UpdateSession {
        UpdateSession::new(self)
    }

    /// Asks for help.
    pub fn raise_flag(&self) -> RaiseFlag {
        RaiseFlag::new(self)
    }

    /// Help isn't needed any more.
    pub fn clear_flag(&self) -> ClearFlag {
        ClearFlag::new(self)
    }

    /// Says that the supervisor looks into the session; it leaves no trace in it. [`watch`](Self::watch) shows it.
    pub fn monitor(&self) -> Monitor {
        Monitor::new(self)
    }

    /// Looks into it no longer.
    pub fn stop_monitoring(&self) -> StopMonitoring {
        StopMonitoring::new(self)
    }

    /// The supervisor joins.
    pub fn barge_in(&self) -> BargeIn {
        BargeIn::new(self)
    }

    /// The supervisor joins, and everybody else leaves.
    pub fn take_over(&self) -> TakeOver {
        TakeOver::new(self)
    }

    /// Makes an agent leave, as a supervisor.
    pub fn remove_participant(&self, agent_id: impl Into<String>) -> RemoveParticipant {
        RemoveParticipant::of(self, agent_id.into())
    }

    /// Offers the session to another agent, as a supervisor: when they accept, whoever attends it leaves.
    pub fn reassign_to_agent(&self, agent_id: impl Into<String>) -> Reassign {
        Reassign::to(self, To::AgentId(agent_id.into()))
    }

    /// Puts the session into a queue, as a supervisor: when it is taken, whoever attends it leaves.
    pub fn reassign_to_queue(&self, queue_id: impl Into<String>) -> Reassign {
        Reassign::to(self, To::QueueId(queue_id.into()))
    }

    /// The agent leaves. The session lives on when another agent is connected or it is queued; else see
    /// [`Leave::if_last`].
    pub fn leave(&self) -> Leave {
        Leave::new(self)
    }

    /// Ends the session.
    pub fn end(&self) -> EndSession {
        EndSession::new(self)
    }

    /// Says something to everyone: 1 byte to 16 KiB of UTF-8.
    pub fn say(&self, text: impl Into<String>) -> SendMessage {
        SendMessage::to(self, text.into(), Audience::Everyone)
    }

    /// Says something to staff alone.
    pub fn whisper(&self, text: impl Into<String>) -> SendMessage {
        SendMessage::to(self, text.into(), Audience::Staff)
    }

    /// Announces a file to be sent: what it is called, 1 to 255 bytes without slashes; its MIME type, one that the center
    /// allows; and its bytes, up to 25 MiB unless the center says otherwise. Bring the bytes to
    /// [`NewAttachment::upload_url`], then send it by [`SendMessage::attachment`].
    pub fn create_attachment(
        &self,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        size: u64,
    ) -> CreateAttachment {
        CreateAttachment::of(self, file_name.into(), content_type.into(), size)
    }

    /// A link to a file of the session.
    pub fn attachment(&self, attachment_id: impl Into<String>) -> GetAttachment {
        GetAttachment::of(self, attachment_id.into())
    }

    /// Tells the others that the caller is typing. May be lost. Shown for 6 seconds unless repeated.
    pub fn typing(&self) -> SendTyping {
        SendTyping::new(self)
    }

    /// Says that the caller has read everything up to a revision.
    pub fn read_up_to(&self, revision: u64) -> ReadUpTo {
        ReadUpTo::up_to(self, revision)
    }

    /// The session's events by page, oldest first, as far as the caller may see them.
    pub fn events(&self) -> Events {
        Events::new(self)
    }

    /// Says what came of the session, `[A-Za-z0-9_-]{1,64}`, during the chat or in the wrap-up.
    pub fn set_disposition(&self, code: impl Into<String>) -> SetDisposition {
        SetDisposition::to(self, code.into())
    }

    /// Writes notes about the session for colleagues, up to 4 KiB; the disposition stays as it is.
    pub fn set_notes(&self, notes: impl Into<String>) -> SetDisposition {
        SetDisposition::to(self, String::new()).notes(notes)
    }

    /// Ends the caller's wrap-up.
    pub fn complete_wrap_up(&self) -> CompleteWrapUp {
        CompleteWrapUp::new(self)
    }

    /// Everything that happens in the session: from now on unless said otherwise.
    pub fn watch(&self) -> WatchSession {
        WatchSession::new(self)
    }
}
