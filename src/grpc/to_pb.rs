//! From the domain to the wire.

use prost_types::{Duration, Timestamp};

use super::pb;
use crate::center::{
    Audience, By, CancelCause, Channel, EndReason, InviteMode, Millis, Offer, OfferKind, Outcome, ServiceId, Time,
    Wanted,
};

mod canned;
mod chat;
mod config;
mod desk;
mod event;
mod session;

pub(super) use canned::canned_response;
pub(super) use chat::{chat, chat_event};
pub(super) use config::{agent, queue, settings, skills};
pub(super) use desk::{agent_state, desk_offer, wrap_up};
pub use event::Renderer;
pub(super) use event::event;
pub(super) use session::{Texts, session, state};

pub(super) fn time(time: Time) -> Timestamp {
    Timestamp { seconds: (time.0 / 1000) as i64, nanos: (time.0 % 1000) as i32 * 1_000_000 }
}

pub(super) fn duration(length: Millis) -> Duration {
    Duration { seconds: (length / 1000) as i64, nanos: (length % 1000) as i32 * 1_000_000 }
}

/// Customers see names, not ids.
fn actor(by: &By, audience: Audience) -> pb::Actor {
    let (kind, id, name) = match by {
        By::System => (pb::ActorKind::System, "", ""),
        By::Customer => (pb::ActorKind::Customer, "", ""),
        By::Agent { id, name, supervisor: false } => (pb::ActorKind::Agent, id.as_str(), name.as_str()),
        By::Agent { id, name, supervisor: true } => (pb::ActorKind::Supervisor, id.as_str(), name.as_str()),
        By::Queue { id, name } => (pb::ActorKind::Queue, id.as_str(), name.as_str()),
    };
    let id = if audience == Audience::Staff { id } else { "" };
    pb::Actor { kind: kind.into(), id: id.to_owned(), display_name: name.to_owned() }
}

pub(super) fn service(id: &ServiceId) -> pb::Actor {
    pb::Actor { kind: pb::ActorKind::Integrator.into(), id: id.to_string(), display_name: String::new() }
}

pub(super) fn outcome(outcome: Outcome) -> (pb::OfferOutcome, pb::CancelCause) {
    let none = pb::CancelCause::Unspecified;
    match outcome {
        Outcome::Accepted => (pb::OfferOutcome::Accepted, none),
        Outcome::Declined => (pb::OfferOutcome::Declined, none),
        Outcome::NoAnswer => (pb::OfferOutcome::NoAnswer, none),
        Outcome::AgentGone => (pb::OfferOutcome::AgentGone, none),
        Outcome::Canceled(cause) => (
            pb::OfferOutcome::Canceled,
            match cause {
                CancelCause::ByInviter => pb::CancelCause::ByInviter,
                CancelCause::Taken => pb::CancelCause::Taken,
                CancelCause::SessionEnded => pb::CancelCause::SessionEnded,
                CancelCause::Withdrawn => pb::CancelCause::Withdrawn,
                CancelCause::Moved => pb::CancelCause::Moved,
            },
        ),
    }
}

fn end_reason(reason: EndReason) -> pb::EndReason {
    match reason {
        EndReason::Customer => pb::EndReason::Customer,
        EndReason::Agent => pb::EndReason::Agent,
        EndReason::Supervisor => pb::EndReason::Supervisor,
        EndReason::Integrator => pb::EndReason::Integrator,
        EndReason::Inactivity => pb::EndReason::Inactivity,
        EndReason::CustomerGone => pb::EndReason::CustomerGone,
        EndReason::MaxWait => pb::EndReason::MaxWait,
        EndReason::AgeLimit => pb::EndReason::AgeLimit,
        EndReason::QueueClosed => pb::EndReason::QueueClosed,
    }
}

fn offer_kind(router: bool) -> pb::OfferKind {
    if router { pb::OfferKind::Router } else { pb::OfferKind::Invitation }
}

fn offer(offer: &Offer) -> pb::Offer {
    let (mode, inviter) = match &offer.kind {
        OfferKind::Router => (pb::InviteMode::Unspecified, String::new()),
        OfferKind::Invitation { inviter, mode } => {
            let mode = match mode {
                InviteMode::Conference => pb::InviteMode::Conference,
                InviteMode::Transfer => pb::InviteMode::Transfer,
                InviteMode::Reassign => pb::InviteMode::Reassign,
            };
            (mode, inviter.to_string())
        }
    };
    pb::Offer {
        offer_id: offer.id.to_string(),
        kind: offer_kind(offer.is_router()).into(),
        mode: mode.into(),
        agent_id: offer.agent.to_string(),
        inviter_agent_id: inviter,
        queue_id: offer.queue.to_string(),
        expire_time: Some(time(offer.expire)),
        create_time: Some(time(offer.made)),
    }
}

fn wanted(skills: &[Wanted]) -> Vec<pb::WantedSkill> {
    skills.iter().map(|wanted| pb::WantedSkill { skill: wanted.skill.to_string(), level: wanted.level }).collect()
}

fn wanted_whole(skills: &[Wanted]) -> pb::WantedSkills {
    pb::WantedSkills { skills: wanted(skills) }
}

fn channel(channel: Channel) -> pb::Channel {
    match channel {
        Channel::Web => pb::Channel::Web,
        Channel::Messenger => pb::Channel::Messenger,
    }
}
