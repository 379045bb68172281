//! What is asked, in the imperative, and how it is answered.

use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

mod answer;
mod caller;
mod parts;

pub use answer::Answer;
pub use caller::{Caller, Requested, Who};
pub use parts::{
    ForcedState, IfLast, MessageParts, NamedAttachment, Object, StartSession, Successor, TransferLeave,
    TransferToQueue, UpdateSession,
};

use super::{
    canned::CannedResponse,
    event::Audience,
    holder::Holder,
    ids::{AgentId, AttachmentId, ChatId, Code, FileId, Incarnation, Label, OfferId, QueueId, ResponseId, SessionId},
    offer::InviteMode,
    target::Target,
    time::Millis,
};

/// A command as it arrives.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Asked {
    /// Who asks.
    #[n(0)]
    pub caller: Caller,
    /// The request's id; none for the system's own.
    #[n(1)]
    pub request: Option<Requested>,
    /// What is asked.
    #[n(2)]
    pub command: Command,
}

/// What may be asked. Revisions are those of Session.structure_revision.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Command {
    /// A customer's chat begins.
    #[n(0)]
    StartSession(#[n(0)] Box<StartSession>),
    /// A colleague is invited.
    #[n(1)]
    Invite {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The colleague.
        #[n(1)]
        agent: AgentId,
        /// What for.
        #[n(2)]
        mode: InviteMode,
        /// For the colleague, or empty.
        #[n(3)]
        note: String,
        /// How long it rings.
        #[n(4)]
        ring: Option<Millis>,
        /// Guards against a stale view.
        #[n(5)]
        expected: Option<u32>,
    },
    /// An invitation is called off.
    #[n(2)]
    CancelInvitation {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The invitation.
        #[n(1)]
        offer: OfferId,
    },
    /// An offer is taken.
    #[n(3)]
    AcceptOffer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The offer.
        #[n(1)]
        offer: OfferId,
    },
    /// An offer is declined.
    #[n(4)]
    DeclineOffer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The offer.
        #[n(1)]
        offer: OfferId,
    },
    /// The session shall wait in a queue.
    #[n(5)]
    TransferToQueue(#[n(0)] Box<TransferToQueue>),
    /// The session shall wait in no queue.
    #[n(6)]
    WithdrawFromQueue {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Guards against a stale view.
        #[n(1)]
        expected: Option<u32>,
    },
    /// The agent leaves.
    #[n(7)]
    Leave {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Read only when nothing else would remain.
        #[n(1)]
        if_last: Option<IfLast>,
        /// Guards against a stale view.
        #[n(2)]
        expected: Option<u32>,
    },
    /// The session ends for all.
    #[n(8)]
    EndSession {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Also with other agents connected.
        #[n(1)]
        end_for_all: bool,
        /// Guards against a stale view.
        #[n(2)]
        expected: Option<u32>,
    },
    /// Somebody says something; the request's id is the message's.
    #[n(9)]
    SendMessage {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What.
        #[n(1)]
        text: String,
        /// To whom.
        #[n(2)]
        audience: Audience,
        /// What most messages have nothing of.
        #[n(3)]
        with: Option<Box<MessageParts>>,
    },
    /// Somebody has read up to a revision of their numbering.
    #[n(10)]
    ReadUpTo {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The revision.
        #[n(1)]
        revision: u32,
    },
    /// An agent says what came of the session.
    #[n(11)]
    SetDisposition {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The word; none leaves it as it is.
        #[n(1)]
        code: Option<Code>,
        /// For colleagues, or empty.
        #[n(2)]
        notes: String,
    },
    /// An agent's after-chat work is done.
    #[n(12)]
    CompleteWrapUp {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// An agent comes to work.
    #[n(13)]
    SignIn,
    /// An agent goes.
    #[n(14)]
    SignOut {
        /// Sessions are returned.
        #[n(0)]
        hand_back: bool,
    },
    /// An agent wants router offers, or none.
    #[n(15)]
    SetState {
        /// Ready.
        #[n(0)]
        ready: bool,
        /// Why not.
        #[n(1)]
        reason: Option<Code>,
    },
    /// The first desk stream of an agent at a node opened.
    #[n(16)]
    OpenDesk {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The last one closed.
    #[n(17)]
    CloseDesk {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The first watch of a session's customer at a node opened.
    #[n(18)]
    OpenCustomer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// The last one closed.
    #[n(19)]
    CloseCustomer {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The node's run.
        #[n(1)]
        incarnation: Incarnation,
    },
    /// An object is configured; validated with its likes before.
    #[n(20)]
    Put(#[n(0)] Object),
    /// What is due happens.
    #[n(21)]
    Due,
    /// A closed session's transcript is safe elsewhere.
    #[n(22)]
    Archive {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// An agent takes a session from its queue, out of order.
    #[n(23)]
    TakeFromQueue {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond the agent's capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// What is known of a session, or wanted for it, changes.
    #[n(24)]
    UpdateSession {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What.
        #[n(1)]
        update: Box<UpdateSession>,
    },
    /// An agent asks for help.
    #[n(25)]
    RaiseFlag {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// What for, or empty.
        #[n(1)]
        note: String,
    },
    /// Nobody needs help any more.
    #[n(26)]
    ClearFlag {
        /// The session.
        #[n(0)]
        session: SessionId,
    },
    /// A supervisor looks into a session, or no longer does.
    #[n(27)]
    Monitor {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// From now on.
        #[n(1)]
        on: bool,
    },
    /// A supervisor joins.
    #[n(28)]
    BargeIn {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond their capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// A supervisor joins, and everybody else leaves.
    #[n(29)]
    TakeOver {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// Beyond their capacity.
        #[n(1)]
        override_capacity: bool,
    },
    /// A supervisor removes an agent.
    #[n(50)]
    RemoveParticipant {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The agent.
        #[n(1)]
        agent: AgentId,
    },
    /// A supervisor gives a session to somebody else.
    #[n(51)]
    Reassign {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// To whom.
        #[n(1)]
        to: Successor,
        /// For the successor, or empty.
        #[n(2)]
        note: String,
    },
    /// A supervisor sets an agent's state.
    #[n(52)]
    ForceAgentState {
        /// The agent.
        #[n(0)]
        agent: AgentId,
        /// The state.
        #[n(1)]
        state: ForcedState,
    },
    /// A queue shall be no more.
    #[n(53)]
    DeleteQueue {
        /// The queue.
        #[n(0)]
        queue: QueueId,
    },
    /// An agent shall be no more.
    #[n(54)]
    DeleteAgent {
        /// The agent.
        #[n(0)]
        agent: AgentId,
    },
    /// An object of the center's, checked against what is there.
    #[n(55)]
    PutAlone(#[n(0)] Object),
    /// Somebody's credentials, of those issued so far, shall count no more.
    #[n(57)]
    RevokeCredentials(#[n(0)] Holder),
    /// A shared canned response shall be no more.
    #[n(56)]
    DeleteShared {
        /// Which.
        #[n(0)]
        id: ResponseId,
    },
    /// An agent keeps a canned response of their own.
    #[n(30)]
    PutCannedResponse(#[n(0)] Box<CannedResponse>),
    /// An agent deletes one.
    #[n(31)]
    DeleteCannedResponse {
        /// Which.
        #[n(0)]
        id: ResponseId,
    },
    /// Somebody is going to send a file.
    #[n(32)]
    CreateAttachment {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The file's id from now on.
        #[n(1)]
        id: AttachmentId,
        /// What it is called.
        #[n(2)]
        name: String,
        /// Its MIME type.
        #[n(3)]
        content_type: Label,
        /// Bytes.
        #[n(4)]
        size: u64,
    },
    /// A file's bytes are all there.
    #[n(33)]
    FinishUpload {
        /// The session.
        #[n(0)]
        session: SessionId,
        /// The file.
        #[n(1)]
        id: AttachmentId,
        /// Under which name they lie.
        #[n(2)]
        file: FileId,
    },
    /// An agent likes to see somebody or a queue first.
    #[n(40)]
    PutFavourite {
        /// Whom or which.
        #[n(0)]
        target: Target,
    },
    /// An agent no longer does.
    #[n(41)]
    DeleteFavourite {
        /// Whom or which.
        #[n(0)]
        target: Target,
    },
    /// Colleagues chat among themselves: two, who have one open chat at most, or a group.
    #[n(42)]
    StartChat {
        /// The others.
        #[n(0)]
        members: BTreeSet<AgentId>,
        /// A group's name, or empty.
        #[n(1)]
        name: String,
    },
    /// A member says something; the request's id is the message's.
    #[n(43)]
    SendChatMessage {
        /// The chat; where it goes on in another one, that.
        #[n(0)]
        chat: ChatId,
        /// What.
        #[n(1)]
        text: String,
    },
    /// A member adds a colleague to a group.
    #[n(44)]
    AddChatMember {
        /// The chat.
        #[n(0)]
        chat: ChatId,
        /// The colleague.
        #[n(1)]
        agent: AgentId,
    },
    /// A member leaves a group.
    #[n(45)]
    LeaveChat {
        /// The chat.
        #[n(0)]
        chat: ChatId,
    },
    /// A member has read up to a revision.
    #[n(46)]
    ReadChatUpTo {
        /// The chat.
        #[n(0)]
        chat: ChatId,
        /// The revision.
        #[n(1)]
        revision: u32,
    },
}
