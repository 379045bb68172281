//! A colleague is invited, or the invitation is called off.

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, AgentKind, Answer, Caller, CancelCause, Center, Happened, InviteMode, Millis, Offer, OfferId, OfferKind,
    Outcome, Participant, Refusal, Session, SessionId, commit::Commit,
};

#[expect(clippy::too_many_arguments, reason = "one for each field of the command")]
pub(super) fn invite(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    invitee: AgentId,
    mode: InviteMode,
    note: String,
    ring: Option<Millis>,
    expected: Option<u32>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, inviter) = center.attended_by(caller, id)?;
    session.expect(expected)?;
    let inviter = inviter.agent.clone();
    center.check_invitee(session, &invitee, mode, &inviter)?;
    if mode != InviteMode::Conference && center.agents[&invitee].config.kind == AgentKind::Assistant {
        return Err(Refusal::FieldInvalid { field: "mode".into(), why: "an assistant can only join".into() });
    }
    let (queue, ring) = (session.home.clone(), ring.unwrap_or(center.settings.invitation_time));
    Ok(move |commit: &mut Commit<'_>| {
        let (offer, expire) = (OfferId::from_bytes(commit.seed.next(commit.now)), commit.now + ring);
        let (kind, note) = (OfferKind::Invitation { inviter, mode }, commit.note(note));
        let made = Offer { id: offer, agent: invitee, kind, queue, made: commit.now, expire, note, untold: false };
        commit.session(id, Happened::OfferMade(Box::new(made)));
        Answer { offer: Some(offer), expire, ..about(id) }
    })
}

impl Center {
    /// Whether an agent can be asked to join a session.
    pub(super) fn check_invitee(
        &self,
        session: &Session,
        invitee: &AgentId,
        mode: InviteMode,
        inviter: &AgentId,
    ) -> Result<(), Refusal> {
        let target = self.agent(invitee)?;
        if session.connected_as(invitee).is_some() {
            return Err(Refusal::AlreadyParticipant);
        }
        if !target.is_signed_in() {
            return Err(Refusal::AgentSignedOut);
        }
        if session.offer_to(invitee).is_some() {
            return Err(Refusal::AlreadyOffered);
        }
        if !target.has_room(&self.settings) && !bug!(DoubleUnit) {
            return Err(Refusal::AgentAtCapacity);
        }
        let leaves = |other: &&Participant| match mode {
            InviteMode::Conference => false,
            InviteMode::Transfer => other.agent == *inviter,
            InviteMode::Reassign => !other.assistant,
        };
        let stay = session.connected().filter(|other| !leaves(other)).count();
        if stay + session.offers.len() >= self.settings.max_participants as usize {
            return Err(Refusal::LimitReached { limit: "max_participants".into() });
        }
        Ok(())
    }
}

/// For the inviter, also after leaving, any connected agent, a supervisor.
pub(super) fn cancel(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    offer: OfferId,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.known(&caller.who, id)?;
    let agent = caller.who.agent().ok_or(Refusal::RoleNotAllowed)?;
    let open = session.offer(offer).map(|offer| &offer.kind);
    let ended = session.ended_offers.iter().find(|ended| ended.id == offer);
    let kind = open.or(ended.map(|ended| &ended.kind)).ok_or(Refusal::OfferNotFound)?;
    let OfferKind::Invitation { inviter, .. } = kind else {
        return Err(Refusal::OfferNotFound);
    };
    if inviter != agent && session.connected_as(agent).is_none() && !center.is_supervisor(&caller.who) {
        return Err(Refusal::NotParticipant);
    }
    if let (None, Some(ended)) = (open, ended) {
        return Err(Refusal::OfferClosed(ended.outcome));
    }
    Ok(move |commit: &mut Commit<'_>| {
        commit.end_offer(id, offer, Outcome::Canceled(CancelCause::ByInviter));
        about(id)
    })
}
