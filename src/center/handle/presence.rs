//! Who is there: agents' desks and customers' watches, counted a node. Only the first and the last are events.

use super::about;
use crate::center::{
    AgentChange, AgentId, Answer, Center, CenterChange, Happened, Incarnation, Millis, Refusal, SessionId,
    commit::Commit,
};

pub(super) fn open_desk(
    center: &Center,
    id: AgentId,
    incarnation: Incarnation,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let agent = center.agent(&id)?;
    if !agent.is_signed_in() {
        return Err(Refusal::NotSignedIn);
    }
    let known = agent.desks.contains(&incarnation);
    Ok(move |commit: &mut Commit<'_>| {
        if !known {
            commit.agent(&id, AgentChange::DeskOpened { incarnation });
        }
        Answer::default()
    })
}

pub(super) fn close_desk(
    center: &Center,
    id: AgentId,
    incarnation: Incarnation,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let known = center.agent(&id)?.desks.contains(&incarnation);
    Ok(move |commit: &mut Commit<'_>| {
        if known {
            let grace = commit.center.settings.lease_grace;
            commit.desk_closed(&id, incarnation, grace);
        }
        Answer::default()
    })
}

pub(super) fn open_customer(
    center: &Center,
    id: SessionId,
    incarnation: Incarnation,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.sessions.get(&id).ok_or(Refusal::SessionNotFound)?;
    let known = !session.is_open() || session.watching.contains(&incarnation);
    Ok(move |commit: &mut Commit<'_>| {
        if !known {
            commit.center(CenterChange::CustomerWatching { session: id, incarnation, open: true });
            if commit.get(id).away.is_some() {
                commit.system(id, Happened::CustomerReturned);
            }
        }
        about(id)
    })
}

pub(super) fn close_customer(
    center: &Center,
    id: SessionId,
    incarnation: Incarnation,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let session = center.sessions.get(&id).ok_or(Refusal::SessionNotFound)?;
    let known = session.is_open() && session.watching.contains(&incarnation);
    Ok(move |commit: &mut Commit<'_>| {
        if known {
            let grace = commit.center.settings.customer_grace;
            commit.watches_closed(id, incarnation, grace);
        }
        about(id)
    })
}

impl Commit<'_> {
    /// The last desk stream at a node is gone.
    pub(super) fn desk_closed(&mut self, id: &AgentId, incarnation: Incarnation, grace: Millis) {
        let grace_end = self.now + grace;
        self.agent(id, AgentChange::DeskClosed { incarnation, grace_end });
    }

    /// The customer's last watch at a node is gone.
    pub(super) fn watches_closed(&mut self, id: SessionId, incarnation: Incarnation, grace: Millis) {
        self.center(CenterChange::CustomerWatching { session: id, incarnation, open: false });
        if self.get(id).watching.is_empty() && self.get(id).is_open() {
            let grace_end = self.now + grace;
            self.system(id, Happened::CustomerAway { grace_end });
        }
    }
}
