//! A session as its events make it, for who reads them: an agent, the customer, or the one who checks.

use std::collections::BTreeMap;

use chatsession_sdk::{ActorKind, Audience, Event, EventKind, JoinCause, OfferKind, OfferOutcome, QueueCause};

use super::plan::{CONVERSATION, Side};

/// What is known of a session.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub(super) revision: u64,
    pub(super) conversation: Option<usize>,
    /// What customer and agents said to each other.
    pub(super) turns: Vec<(Side, String)>,
    /// The queue that it entered last.
    pub(super) queue: String,
    /// It waits in that queue.
    pub(super) waits: bool,
    /// Who is connected, by number and (for staff) id, in the order of joining.
    pub(super) connected: Vec<(String, Option<String>)>,
    /// Ringing offers: to whom, of what kind. For staff.
    pub(super) offers: BTreeMap<String, (String, OfferKind)>,
    pub(super) transfers: usize,
    pub(super) invitations_accepted: usize,
    /// An offer was accepted, and the event of the joining, of the same commit, is still to come.
    pub(super) joining: bool,
    /// Somebody took over, and the event of the leaving, of the same commit, is still to come.
    pub(super) taken_over: bool,
    pub(super) ended: bool,
}

impl Fold {
    pub(super) fn apply(&mut self, event: &Event) {
        self.revision = event.revision;
        match &event.kind {
            EventKind::SessionStarted { attributes, .. } => {
                let named = attributes.iter().find(|attribute| attribute.name == CONVERSATION);
                self.conversation = named.and_then(|attribute| attribute.value.parse().ok());
            }
            EventKind::SessionQueued { queue_id, cause, .. } => {
                self.queue.clone_from(queue_id);
                self.waits = true;
                self.transfers += usize::from(*cause == QueueCause::Transferred);
            }
            EventKind::SessionUnqueued { .. } => self.waits = false,
            EventKind::OfferMade { offer, .. } => {
                self.offers.insert(offer.offer_id.clone(), (offer.agent_id.clone(), offer.kind));
            }
            EventKind::OfferEnded { offer_id, outcome, kind, .. } => {
                self.offers.remove(offer_id);
                let accepted = *outcome == OfferOutcome::Accepted;
                self.joining |= accepted;
                self.invitations_accepted += usize::from(accepted && *kind == OfferKind::Invitation);
            }
            EventKind::ParticipantJoined { participant, cause, .. } => {
                self.joining = false;
                self.taken_over = *cause == JoinCause::Transfer;
                self.connected.push((participant.participant_id.clone(), participant.agent_id.clone()));
            }
            EventKind::ParticipantLeft { participant, .. } => {
                self.taken_over = false;
                self.connected.retain(|(number, _)| *number != participant.participant_id);
            }
            EventKind::MessagePosted { text, .. } if event.audience == Audience::Everyone => {
                if let Some(side) = side(event.actor.kind) {
                    self.turns.push((side, text.clone()));
                }
            }
            EventKind::SessionEnded { .. } => self.ended = true,
            _ => {}
        }
    }

    /// An invitation rings.
    pub(super) fn invitation(&self) -> Option<&str> {
        let invitation = self.offers.iter().find(|(_, (_, kind))| *kind == OfferKind::Invitation);
        invitation.map(|(offer, _)| offer.as_str())
    }

    /// Router offers that ring.
    pub(super) fn router_offers(&self) -> usize {
        self.offers.values().filter(|(_, kind)| *kind == OfferKind::Router).count()
    }
}

/// Whose turn a message is; queues and the service itself have none.
fn side(kind: ActorKind) -> Option<Side> {
    match kind {
        ActorKind::Customer => Some(Side::Customer),
        ActorKind::Agent | ActorKind::Supervisor => Some(Side::Agent),
        _ => None,
    }
}
