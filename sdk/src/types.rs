//! What the service speaks of.

mod agent;
mod attachment;
mod canned;
mod case;
mod cause;
mod chat;
mod commit;
mod desk;
mod event;
mod event_kind;
mod fold;
mod offer;
mod party;
mod session;
mod target;
mod target_filter;

pub use agent::{AgentState, AgentStatus};
pub use attachment::Attachment;
pub use canned::{CannedResponse, ListedCannedResponse};
pub use case::{
    Attribute, Channel, Disposition, DispositionChoices, Flag, QueueEntry, WaitChange, WaitStatus, WantedSkill, WrapUp,
};
pub use cause::{JoinCause, LeaveReason, QueueCause, UnqueueReason, WrapUpOutcome};
pub use chat::{Chat, ChatEndReason, ChatEvent, ChatEventKind, ChatMember, ChatState};
pub use commit::{AuditKind, CenterEvent, Commit};
pub use desk::{Desk, DeskOffer};
pub use event::{Actor, ActorKind, Audience, Event};
pub use event_kind::EventKind;
pub use offer::{CancelCause, InviteMode, Offer, OfferKind, OfferOutcome};
pub use party::{Customer, Participant, ReadMark};
pub use session::{EndReason, Session, SessionState};
pub use target::{AgentTarget, QueueTarget, Target, TargetId};
pub use target_filter::TargetFilter;
