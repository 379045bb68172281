//! Who may see what of a session.

use super::{
    Center,
    command::Who,
    event::Audience,
    ids::{AgentId, CustomerKey, SessionId},
    refusal::Refusal,
    session::Session,
};

/// Whose eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// A customer, whose token may be bound to one session.
    Customer(CustomerKey, Option<SessionId>),
    /// An agent: what they take or took part in.
    Agent(AgentId),
    /// A supervisor, an integrator or an operator: everything.
    All,
}

/// What may be seen of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The events, and the numbering.
    pub audience: Audience,
    /// No revision after this, for an agent who has left.
    pub until: Option<u32>,
    /// Seen by their taking part: the view ends when they leave.
    pub ends_on_leaving: bool,
}

impl Center {
    /// Whether an agent is a supervisor.
    pub fn is_supervisor(&self, who: &Who) -> bool {
        match who {
            Who::Supervisor(_) => true,
            Who::Agent(id) => self.agents.get(id).is_some_and(|agent| agent.config.supervisor),
            Who::Customer(_) | Who::Service(_) | Who::System => false,
        }
    }

    /// A session as far as a viewer may see its history. Whoever may see nothing learns nothing.
    pub fn view(&self, viewer: &Viewer, session: SessionId) -> Result<(&Session, Access), Refusal> {
        let session = self.sessions.get(&session).ok_or(Refusal::SessionNotFound)?;
        let everything = Access { audience: Audience::Staff, until: None, ends_on_leaving: false };
        match viewer {
            Viewer::All => Ok((session, everything)),
            Viewer::Customer(key, bound) => {
                let own = session.customer == *key && bound.is_none_or(|bound| bound == session.id);
                let access = Access { audience: Audience::Everyone, until: None, ends_on_leaving: false };
                own.then_some((session, access)).ok_or(Refusal::SessionNotFound)
            }
            Viewer::Agent(agent) if self.is_supervisor(&Who::Agent(agent.clone())) => Ok((session, everything)),
            Viewer::Agent(agent) => match session.participant(agent) {
                Some(participant) => {
                    let until = participant.sees_until;
                    Ok((session, Access { audience: Audience::Staff, until, ends_on_leaving: true }))
                }
                None if session.offer_to(agent).is_some() => Err(Refusal::NotParticipant),
                None => Err(Refusal::SessionNotFound),
            },
        }
    }

    /// A session that the one who acts may know of, for commands.
    pub(super) fn known(&self, who: &Who, id: SessionId) -> Result<&Session, Refusal> {
        let session = self.sessions.get(&id).ok_or(Refusal::SessionNotFound)?;
        let known = match who {
            Who::Customer(key) => session.customer == *key,
            Who::Agent(agent) => {
                session.participant(agent).is_some()
                    || session.offers.iter().any(|offer| &offer.agent == agent)
                    || session.ended_offers.iter().any(|offer| &offer.agent == agent)
                    || self.is_supervisor(who)
            }
            Who::Supervisor(_) | Who::Service(_) | Who::System => true,
        };
        known.then_some(session).ok_or(Refusal::SessionNotFound)
    }
}

impl Center {
    /// The number under which somebody speaks in a session; 0 is the customer.
    pub fn speaks_as(&self, who: &Who, session: SessionId) -> Result<u32, Refusal> {
        let session = self.known(who, session)?;
        if !session.is_open() {
            return Err(Refusal::SessionEnded);
        }
        match who.agent() {
            None => Ok(0),
            Some(agent) => session.connected_as(agent).map(|known| known.number).ok_or(Refusal::NotParticipant),
        }
    }
}
