//! What a desk shows, read from the shard whole; and what differs from what it showed before.

use std::collections::BTreeMap;

use prost::Message;
use tonic::Status;

use super::chats::{self, ShownChat};
use crate::{
    center::{
        AgentId, Audience, CancelCause, Center, ChatId, Incarnation, OfferId, OfferKind, Outcome, Refusal, Session,
        SessionId, Text, Time,
    },
    grpc::{codec::Frame, edge::Call, frames, pb, status, to_pb},
};

/// Bytes of a desk's first message behind which sessions and offers come without their attributes: the rest of as many as an
/// agent can have fits into what clients accept.
const DESK_BYTES: usize = 2 * 1024 * 1024;

/// A desk as it stands.
pub(super) struct DeskView {
    pub(super) signed_in: bool,
    /// A stream at this node counts as the agent's presence.
    pub(super) present: bool,
    pub(super) state: pb::AgentState,
    display_name: String,
    reasons: Vec<String>,
    reason_required: bool,
    pub(super) offers: BTreeMap<OfferId, ShownOffer>,
    pub(super) sessions: BTreeMap<SessionId, ShownSession>,
    wrap_ups: BTreeMap<SessionId, pb::WrapUp>,
    pub(super) chats: BTreeMap<ChatId, ShownChat>,
    /// How offers ended that were shown before.
    ended: BTreeMap<OfferId, Outcome>,
}

/// An offer, without its texts.
pub(super) struct ShownOffer {
    pub(super) session: SessionId,
    expire: Time,
    offer: pb::DeskOffer,
    texts: to_pb::Texts,
    note: Option<Text>,
}

/// A session that the agent is connected to.
pub(super) struct ShownSession {
    pub(super) joined_at: u32,
    /// Its last revision.
    pub(super) last: u32,
    session: pb::Session,
    texts: to_pb::Texts,
}

/// Reads an agent's desk, with nothing missing.
pub(super) async fn read(call: &Call, agent: &AgentId) -> Result<DeskView, Status> {
    let (agent, node) = (agent.clone(), call.edge.incarnation);
    let none = BTreeMap::new();
    let read = call.shard.handle.read(&call.center, move |center, now| view(center, &agent, node, &none, now));
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

/// Reads it as it is known at this node, whose bell has just rung; `before` names the offers that it showed last.
pub(super) async fn read_again(
    call: &Call,
    agent: &AgentId,
    before: BTreeMap<OfferId, SessionId>,
) -> Result<DeskView, Status> {
    let (agent, node) = (agent.clone(), call.edge.incarnation);
    let read = call.shard.handle.read_here(&call.center, move |center, now| view(center, &agent, node, &before, now));
    read.await.map_err(status::unavailable)?.map_err(status::of)
}

fn view(
    center: &Center,
    id: &AgentId,
    node: Incarnation,
    before: &BTreeMap<OfferId, SessionId>,
    now: Time,
) -> Result<DeskView, Refusal> {
    let agent = center.agent(id)?;
    let mut view = DeskView {
        signed_in: agent.is_signed_in(),
        present: agent.desks.contains(&node),
        state: to_pb::agent_state(agent, &center.settings),
        display_name: agent.config.name.as_str().to_owned(),
        reasons: center.settings.reasons.iter().map(ToString::to_string).collect(),
        reason_required: center.settings.reason_required,
        offers: BTreeMap::new(),
        sessions: BTreeMap::new(),
        wrap_ups: BTreeMap::new(),
        chats: chats::view(center, id),
        ended: BTreeMap::new(),
    };
    for (offer, session) in &agent.work.ringing {
        let Some(session) = center.sessions.get(session) else { continue };
        let Some(ringing) = session.offer(*offer) else { continue };
        let inviter = match &ringing.kind {
            OfferKind::Router => None,
            OfferKind::Invitation { inviter, .. } => center.agents.get(inviter),
        };
        let inviter = inviter.map_or("", |inviter| inviter.config.name.as_str()).to_owned();
        let (shown, texts, note) = to_pb::desk_offer(session, ringing, inviter, now);
        let shown = ShownOffer { session: session.id, expire: ringing.expire, offer: shown, texts, note };
        view.offers.insert(*offer, shown);
    }
    for session in agent.work.held.iter().filter_map(|id| center.sessions.get(id)) {
        let joined_at = session.connected_as(id).map_or(1, |participant| participant.joined_at);
        let (shown, texts) = to_pb::session(session, Audience::Staff);
        view.sessions.insert(session.id, ShownSession { joined_at, last: session.revision, session: shown, texts });
    }
    for session in agent.work.wrap_ups.iter().filter_map(|id| center.sessions.get(id)) {
        if let Some(wrap_up) = session.wrap_ups.get(id) {
            view.wrap_ups.insert(session.id, to_pb::wrap_up(session.id, id, wrap_up.expire));
        }
    }
    for (offer, session) in before.iter().filter(|(offer, _)| !agent.work.ringing.contains_key(offer)) {
        let ended = center.sessions.get(session).into_iter().flat_map(|session| &session.ended_offers);
        let outcome = ended.filter(|ended| ended.id == *offer).map(|ended| ended.outcome).next();
        view.ended.insert(*offer, outcome.unwrap_or(Outcome::Canceled(CancelCause::SessionEnded)));
    }
    Ok(view)
}

/// Of these sessions, those that the agent has left, and up to where they may be seen.
pub(super) async fn ended_for(
    call: &Call,
    agent: &AgentId,
    named: Vec<SessionId>,
) -> Result<BTreeMap<SessionId, u32>, Status> {
    // Of a supervisor's sessions, too, a desk shows what was while they were in them.
    let left = |session: &Session, agent: &AgentId| session.participant(agent)?.sees_until;
    let (who, mut until, mut gone) = (agent.clone(), BTreeMap::new(), Vec::new());
    let read = call.shard.handle.read(&call.center, move |center, _| {
        for id in named {
            match center.sessions.get(&id) {
                Some(session) => until.extend(left(session, &who).map(|until| (id, until))),
                None => gone.push(id),
            }
        }
        (until, gone)
    });
    let (mut until, gone) = read.await.map_err(status::unavailable)?;
    for id in gone {
        let session = Box::pin(call.archived(id)).await?;
        until.extend(session.and_then(|session| left(&session, agent)).map(|until| (id, until)));
    }
    Ok(until)
}

impl DeskView {
    /// Whether this is where the events of one of the desk's chats are.
    pub(super) fn has_chat(&self, log: SessionId) -> bool {
        self.chats.contains_key(&ChatId::from_bytes(log.bytes()))
    }

    /// The desk as the first message shows it.
    pub(super) async fn desk(&self, call: &Call) -> Result<pb::Desk, Status> {
        let mut desk = pb::Desk {
            state: Some(self.state.clone()),
            offers: Vec::new(),
            sessions: Vec::new(),
            wrap_ups: self.wrap_ups.values().cloned().collect(),
            chats: Vec::new(),
            display_name: self.display_name.clone(),
            reasons: self.reasons.clone(),
            reason_required: self.reason_required,
        };
        let mut bytes = 0;
        for offer in self.offers.values() {
            let mut offer = offer.filled(call).await?;
            if bytes + offer.encoded_len() > DESK_BYTES {
                offer.attributes.clear();
            }
            bytes += offer.encoded_len();
            desk.offers.push(offer);
        }
        for shown in self.sessions.values() {
            let mut session = shown.session.clone();
            shown.texts.fill(&mut session, &call.shard.feed).await.map_err(|error| status::unreadable(&error))?;
            if bytes + session.encoded_len() > DESK_BYTES {
                session.attributes.clear();
            }
            bytes += session.encoded_len();
            desk.sessions.push(session);
        }
        Ok(desk)
    }

    /// What has to be said to a desk that showed `before`.
    pub(super) async fn difference(&self, before: &Self, call: &Call) -> Result<Vec<Frame>, Status> {
        let mut said = Vec::new();
        for (id, outcome) in &self.ended {
            let session_id = before.offers.get(id).map(|offer| offer.session.to_string()).unwrap_or_default();
            let (outcome, cause) = to_pb::outcome(*outcome);
            let (outcome, cause) = (outcome.into(), cause.into());
            said.push(frames::offer_ended(pb::DeskOfferEnded { offer_id: id.to_string(), session_id, outcome, cause }));
        }
        if self.state != before.state {
            said.push(frames::state(self.state.clone()));
        }
        for (id, offer) in &self.offers {
            if before.offers.get(id).is_none_or(|known| known.expire != offer.expire) {
                said.push(frames::offer(offer.filled(call).await?));
            }
        }
        for (session, wrap_up) in &self.wrap_ups {
            if before.wrap_ups.get(session) != Some(wrap_up) {
                said.push(frames::wrap_up(wrap_up.clone()));
            }
        }
        for session in before.wrap_ups.keys().filter(|session| !self.wrap_ups.contains_key(session)) {
            said.push(frames::wrap_up_ended(session.to_string()));
        }
        Ok(said)
    }
}

impl ShownOffer {
    async fn filled(&self, call: &Call) -> Result<pb::DeskOffer, Status> {
        let unreadable = |error| status::unreadable(&error);
        let (customer, values) = self.texts.read(&call.shard.feed).await.map_err(unreadable)?;
        let mut offer = self.offer.clone();
        offer.customer_name = customer.display_name;
        for (attribute, value) in offer.attributes.iter_mut().zip(values) {
            attribute.value = value;
        }
        if let Some(note) = self.note {
            offer.note = call.shard.feed.text(note).await.map_err(unreadable)?.unwrap_or_default();
        }
        Ok(offer)
    }
}
