//! The messages of streams: `WatchResponse` and `WatchDeskResponse`, which share the numbers of what both have.

use prost::Message;

use super::{codec::Frame, pb, to_pb};
use crate::center::Time;

/// Both responses' kinds, by their numbers in the contract (a test holds them to it).
#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(oneof = "Kind", tags = "1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 30")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
#[allow(clippy::large_enum_variant, reason = "made, encoded and dropped: never kept")]
enum Kind {
    #[prost(message, tag = "1")]
    Opened(pb::WatchOpened),
    #[prost(message, tag = "3")]
    CaughtUp(pb::CaughtUp),
    #[prost(message, tag = "4")]
    Heartbeat(pb::Heartbeat),
    #[prost(message, tag = "5")]
    Typing(pb::Typing),
    #[prost(message, tag = "6")]
    Goodbye(pb::Goodbye),
    #[prost(message, tag = "7")]
    State(pb::AgentState),
    #[prost(message, tag = "8")]
    Offer(pb::DeskOffer),
    #[prost(message, tag = "9")]
    OfferEnded(pb::DeskOfferEnded),
    #[prost(message, tag = "10")]
    WrapUp(pb::WrapUp),
    #[prost(message, tag = "11")]
    WrapUpEnded(pb::DeskWrapUpEnded),
    #[prost(message, tag = "20")]
    WaitStatus(pb::WaitStatus),
    #[prost(message, tag = "30")]
    Delivered(pb::Delivered),
}

/// A desk's first message has the same number as a watch's.
#[derive(Clone, PartialEq, Message)]
struct DeskResponse {
    #[prost(message, optional, tag = "1")]
    opened: Option<pb::DeskOpened>,
}

fn frame(kind: Kind) -> Frame {
    Frame::of(&Response { kind: Some(kind) })
}

pub(super) fn opened(opened: pb::WatchOpened) -> Frame {
    frame(Kind::Opened(opened))
}

pub(super) fn desk_opened(opened: pb::DeskOpened) -> Frame {
    Frame::of(&DeskResponse { opened: Some(opened) })
}

pub(super) fn caught_up(revision: u32) -> Frame {
    frame(Kind::CaughtUp(pb::CaughtUp { revision: u64::from(revision) }))
}

pub(super) fn heartbeat(revision: u32) -> Frame {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let server_time = Some(to_pb::time(Time(now.as_millis() as u64)));
    frame(Kind::Heartbeat(pb::Heartbeat { revision: u64::from(revision), server_time }))
}

pub(super) fn typing(session: String, participant: u32) -> Frame {
    frame(Kind::Typing(pb::Typing { session_id: session, participant_id: participant.to_string() }))
}

pub(super) fn delivered(session_id: String, participant: u32, revision: u32) -> Frame {
    let (participant_id, received_revision) = (participant.to_string(), u64::from(revision));
    frame(Kind::Delivered(pb::Delivered { session_id, participant_id, received_revision }))
}

/// How a waiting customer stands.
pub(super) fn wait_status(status: pb::WaitStatus) -> Frame {
    frame(Kind::WaitStatus(status))
}

pub(super) fn goodbye(reason: pb::GoodbyeReason, last: u32) -> Frame {
    frame(Kind::Goodbye(pb::Goodbye { reason: reason.into(), resume_after_revision: u64::from(last) }))
}

pub(super) fn state(state: pb::AgentState) -> Frame {
    frame(Kind::State(state))
}

pub(super) fn offer(offer: pb::DeskOffer) -> Frame {
    frame(Kind::Offer(offer))
}

pub(super) fn offer_ended(ended: pb::DeskOfferEnded) -> Frame {
    frame(Kind::OfferEnded(ended))
}

pub(super) fn wrap_up(wrap_up: pb::WrapUp) -> Frame {
    frame(Kind::WrapUp(wrap_up))
}

pub(super) fn wrap_up_ended(session_id: String) -> Frame {
    frame(Kind::WrapUpEnded(pb::DeskWrapUpEnded { session_id }))
}
