//! An agent's desk.

use super::{Texts, duration, offer, time};
use crate::{
    center::{Agent, AgentId, Audience, Code, Offer, OfferKind, Session, SessionId, Settings, Status, Text, Time},
    grpc::pb,
};

/// An agent's state and room.
pub(in crate::grpc) fn agent_state(agent: &Agent, settings: &Settings) -> pb::AgentState {
    let (status, reason) = match &agent.status {
        Status::SignedOut => (pb::AgentStatus::SignedOut, None),
        Status::Ready => (pb::AgentStatus::Ready, None),
        Status::NotReady(reason) => (pb::AgentStatus::NotReady, reason.as_ref()),
    };
    let text = |code: Option<&Code>| code.map_or("", |code| code.as_str()).to_owned();
    let next = agent.next.as_ref();
    pb::AgentState {
        agent_id: agent.config.id.to_string(),
        status: status.into(),
        reason: text(reason),
        next_status: next.map_or(pb::AgentStatus::Unspecified, |_| pb::AgentStatus::NotReady).into(),
        next_reason: text(next.and_then(|next| next.reason.as_ref())),
        units: agent.work.units() as i32,
        capacity: agent.capacity(settings) as i32,
        since_time: Some(time(agent.since)),
    }
}

/// After-chat work.
pub(in crate::grpc) fn wrap_up(session: SessionId, agent: &AgentId, expire: Time) -> pb::WrapUp {
    pb::WrapUp { session_id: session.to_string(), agent_id: agent.to_string(), expire_time: Some(time(expire)) }
}

/// An offer as the desk shows it, without its texts: where the customer's are, and the note's.
pub(in crate::grpc) fn desk_offer(
    session: &Session,
    ringing: &Offer,
    inviter_name: String,
    now: Time,
) -> (pb::DeskOffer, Texts, Option<Text>) {
    let (view, texts) = super::session(session, Audience::Staff);
    let inviter_name = if matches!(ringing.kind, OfferKind::Router) { String::new() } else { inviter_name };
    let offer = pb::DeskOffer {
        offer: Some(offer(ringing)),
        session_id: session.id.to_string(),
        note: String::new(),
        customer_name: String::new(),
        language: view.language,
        attributes: view.attributes,
        waited: Some(duration(session.waited(now))),
        server_time: Some(time(now)),
        inviter_name,
    };
    (offer, texts, ringing.note)
}
