//! Client of the ChatSession live-chat service, for contact centres: customers' chats, and agents who attend, conference,
//! transfer and leave them.
//!
//! ```no_run
//! # async fn first_program(token: String) -> Result<(), chatsession_sdk::Error> {
//! let client = chatsession_sdk::Client::builder("http://127.0.0.1:7700").token(token).connect().await?;
//! let started = client.start_session("sales").customer_name("Ada").send().await?;
//! let session = client.session(started.session.session_id);
//! session.say("Hello").send().await?;
//! let mut watch = session.watch().from_start().open().await?;
//! while let Some(event) = watch.next().await {
//!     println!("{:?}", event?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - A [`Client`] gives handles: a [session](Client::session), an agent's [desk](Client::desk), the center's
//!   [administration](Client::administration). Their methods give requests, and `send` sends them.
//! - Calls are made again when the service can't be reached, with the same request id, so that they take effect once.
//! - [`SessionWatch`] and [`DeskWatch`] are streams that resume by themselves and neither repeat nor leave out an event.
//! - An [`Error`] says what class of failure it is, which rule refused the call, and whether a retry may help.
//!
//! Everything runs on Tokio. Types and enums grow: match with `..` and `_`.
#![deny(missing_docs)]

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The crate's own.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct OwnReadme;

mod administration;
mod availability;
mod builder;
mod chat;
mod client;
mod connection;
mod convert;
mod desk;
mod error;
mod generated;
mod pages;
mod request;
mod retry;
mod session;
mod supervision;
mod token;
mod types;
mod watch;

pub use administration::{
    Administration, Agent, AgentPermission, Applied, CenterSettings, ConfigObject, DeleteAgent, DeleteQueue,
    DeleteSharedCannedResponse, Holder, Hours, Put, Queue, QueueMoment, RevokeCredentials, Weekday,
};
pub use availability::{Availability, GetAvailability};
pub use builder::ClientBuilder;
pub use chat::{
    AddChatMember, ChatEvents, ChatHandle, LeaveChat, ListChats, ReadChatUpTo, SendChatMessage, SentChatMessage,
    StartChat, StartedChat,
};
pub use client::Client;
pub use desk::{
    AgentDesk, DeleteCannedResponse, DeleteFavourite, ListCannedResponses, ListDispositions, ListTargets,
    PutCannedResponse, PutFavourite, SetState, SignIn, SignOut,
};
pub use error::{Error, ErrorKind, FieldViolation, Reason};
pub use pages::Pages;
pub use retry::RetryPolicy;
pub use session::{
    AcceptOffer, AcceptedOffer, AttachmentLink, BargeIn, CancelInvitation, ClearFlag, CompleteWrapUp, CreateAttachment,
    DeclineOffer, EndSession, Events, GetAttachment, GetSession, IfLast, Invitation, Invite, Leave, ListSessions,
    Monitor, NewAttachment, PostedMessage, RaiseFlag, ReadUpTo, Reassign, Reassigned, RemoveParticipant, SendMessage,
    SendTyping, SessionHandle, SetDisposition, StartSession, StartedSession, StopMonitoring, TakeFromQueue, TakeOver,
    TransferToQueue, UpdateSession, WithdrawFromQueue,
};
pub use supervision::{
    AgentStatistics, ExplainRouting, Explanation, ForceAgentState, ListLiveSessions, LiveSession, NotReadyTime,
    QueueStatistics, RoutingCandidate, RoutingHold, RoutingObstacle, RoutingObstacleKind, Supervision,
};
pub use token::{TokenFuture, TokenProvider};
pub use types::{
    Actor, ActorKind, AgentState, AgentStatus, AgentTarget, Attachment, Attribute, Audience, AuditKind, CancelCause,
    CannedResponse, CenterEvent, Channel, Chat, ChatEndReason, ChatEvent, ChatEventKind, ChatMember, ChatState, Commit,
    Customer, Desk, DeskOffer, Disposition, DispositionChoices, EndReason, Event, EventKind, Flag, InviteMode,
    JoinCause, LeaveReason, ListedCannedResponse, Offer, OfferKind, OfferOutcome, Participant, QueueCause, QueueEntry,
    QueueTarget, ReadMark, Session, SessionState, Target, TargetFilter, TargetId, UnqueueReason, WaitChange,
    WaitStatus, WantedSkill, WrapUp, WrapUpOutcome,
};
pub use watch::{
    CenterWatch, DeskEvent, DeskWatch, FeedEvent, SessionWatch, TargetsEvent, TargetsWatch, Watch, WatchCenter,
    WatchDesk, WatchEnd, WatchEvent, WatchSession, WatchTargets,
};
