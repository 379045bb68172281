//! Who may see what of a session.

use super::{
    Center,
    command::Who,
    event::Audience,
    ids::{AgentId, CustomerKey, SessionId},
    refusal::Refusal,
    session::{ReadMark, Session},
    settings::Permission,
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
        session.seen_by(viewer, self.sees_all(viewer)).map(|access| (session, access))
    }

    /// Whether a viewer sees every session.
    pub fn sees_all(&self, viewer: &Viewer) -> bool {
        match viewer {
            Viewer::All => true,
            Viewer::Agent(agent) => self.is_supervisor(&Who::Agent(agent.clone())),
            Viewer::Customer(..) => false,
        }
    }

    /// Whether an agent may take a session from the queue that it waits in.
    pub(super) fn may_take(&self, agent: &AgentId, session: &Session) -> bool {
        let Some(agent) = self.agents.get(agent) else { return false };
        let queue = session.entry.as_ref().map(|entry| &entry.queue);
        let serves = queue.is_some_and(|queue| agent.config.queues.contains(queue));
        agent.config.supervisor || (serves && agent.may(Permission::TakeFromQueue))
    }

    /// A session that the one who acts may know of, for commands.
    pub(super) fn known(&self, who: &Who, id: SessionId) -> Result<&Session, Refusal> {
        let session = self.sessions.get(&id).ok_or(Refusal::SessionNotFound)?;
        let known = match who {
            Who::Customer(key) => session.customer == *key,
            Who::Agent(agent) => {
                session.participant(agent).is_some()
                    || session.offers.iter().any(|offer| &offer.agent == agent)
                    || self.may_take(agent, session)
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

impl Center {
    /// What it means that somebody in a session has received it up to a revision of their numbering: their number, and the
    /// mark. None for who isn't in it, and for what hasn't happened.
    pub fn received(&self, who: &Who, session: SessionId, revision: u32) -> Option<(u32, ReadMark)> {
        let participant = self.speaks_as(who, session).ok()?;
        let session = self.sessions.get(&session)?;
        let by_customer = participant == 0;
        let last = if by_customer { session.public } else { session.revision };
        if revision > last {
            return None;
        }
        let mark = match by_customer {
            true => ReadMark { revision: session.staff_revision(revision), public: revision },
            false => ReadMark { revision, public: session.public_revision(revision) },
        };
        Some((participant, mark))
    }
}

impl Session {
    /// What a viewer may see of it.
    pub fn seen_by(&self, viewer: &Viewer, sees_all: bool) -> Result<Access, Refusal> {
        let access = |audience, until, ends_on_leaving| Access { audience, until, ends_on_leaving };
        match viewer {
            Viewer::Customer(key, bound) => {
                let own = self.customer == *key && bound.is_none_or(|bound| bound == self.id);
                own.then(|| access(Audience::Everyone, None, false)).ok_or(Refusal::SessionNotFound)
            }
            _ if sees_all => Ok(access(Audience::Staff, None, false)),
            Viewer::All => Err(Refusal::SessionNotFound),
            Viewer::Agent(agent) => match self.participant(agent) {
                Some(participant) => Ok(access(Audience::Staff, participant.sees_until, true)),
                None if self.offer_to(agent).is_some() => Err(Refusal::NotParticipant),
                None => Err(Refusal::SessionNotFound),
            },
        }
    }

    /// The last revision that an agent may see: none before they joined.
    pub(super) fn seen_last_by(&self, agent: &AgentId) -> u32 {
        self.participant(agent).map_or(0, |participant| participant.sees_until.unwrap_or(self.revision))
    }

    /// The last revision of an audience's numbering.
    pub fn last_for(&self, audience: Audience) -> u32 {
        match audience {
            Audience::Staff => self.revision,
            Audience::Everyone => self.public,
        }
    }

    /// Whether an audience will see nothing more of it.
    pub fn is_over_for(&self, audience: Audience) -> bool {
        match audience {
            Audience::Staff => self.closed,
            Audience::Everyone => self.ended.is_some(),
        }
    }
}
