//! What customers, agents and integrators ask for: mostly what makes sense to them, sometimes nonsense.

use chatsession::center::*;

use crate::{rng::Rng, truth::Truth};

pub type Wish = (CenterId, Caller, Command);

/// The last two are an assistant, and somebody who comes and goes.
pub const AGENTS: [&str; 7] = ["ann", "bob", "cy", "dee", "sue", "ada", "tom"];
/// The last one comes and goes.
pub const QUEUES: [&str; 4] = ["sales", "support", "vip", "popup"];
const CUSTOMERS: u64 = 7;

pub fn centers() -> [CenterId; 2] {
    ["acme", "zeta"].map(|name| CenterId::parse(name).unwrap())
}

pub fn agent_id(name: &str) -> AgentId {
    AgentId::parse(name).unwrap()
}

pub fn queue_id(name: &str) -> QueueId {
    QueueId::parse(name).unwrap()
}

pub fn any_agent(rng: &mut Rng) -> AgentId {
    agent_id(AGENTS[rng.below(AGENTS.len() as u64) as usize])
}

pub fn person(who: Who) -> Caller {
    Caller { who, via: None }
}

/// What staff may say of a customer and nobody may store.
pub const HIDDEN: &str = "angry";

pub struct People<'a> {
    pub truth: &'a Truth,
    pub rng: &'a mut Rng,
}

impl People<'_> {
    pub fn wish(&mut self, hurry: bool) -> Option<Wish> {
        let id = centers()[usize::from(self.rng.one_in(6))].clone();
        let center = self.truth.centers.get(&id)?;
        let (caller, command) = match self.rng.below(16) {
            _ if hurry => self.about_an_offer(center)?,
            0 if self.rng.one_in(2) => self.nonsense(center)?,
            0 | 1 if self.rng.one_in(2) => self.start(),
            1 if self.rng.one_in(4) => self.canned(),
            2..5 => self.about_an_offer(center)?,
            5 | 6 => self.state(center)?,
            12 if self.rng.one_in(2) => self.among_themselves(center)?,
            13 | 14 => self.operation(center)?,
            _ => self.about_a_session(center)?,
        };
        Some((id, caller, command))
    }

    fn customer(&mut self) -> CustomerKey {
        CustomerKey::from_bytes([self.rng.below(CUSTOMERS) as u8 + 1; 16])
    }

    pub fn agent(&mut self) -> AgentId {
        any_agent(self.rng)
    }

    pub fn queue(&mut self) -> QueueId {
        queue_id(QUEUES[self.rng.below(QUEUES.len() as u64) as usize])
    }

    pub fn session<'c>(&mut self, center: &'c Center, which: impl Fn(&Session) -> bool) -> Option<&'c Session> {
        let some: Vec<&Session> = center.sessions.values().filter(|session| which(session)).collect();
        self.rng.pick(&some).copied()
    }

    fn start(&mut self) -> (Caller, Command) {
        let (customer, queue) = (self.customer(), self.queue());
        let via = self.rng.one_in(3).then(|| ServiceId::parse("crm").unwrap());
        let priority = if via.is_some() { self.rng.below(3) as i32 } else { 0 };
        let (wishes, named) = (self.wishes(), self.rng.one_in(3).then(|| self.agent()));
        let start = StartSession {
            name: "Kim".into(),
            priority,
            skills: if via.is_some() { wishes } else { Vec::new() },
            agent: named.filter(|_| via.is_some()),
            channel: if self.rng.one_in(4) { Channel::Messenger } else { Channel::Web },
            attributes: vec![(Code::parse("plan").unwrap(), "gold".into())],
            ..StartSession::new(customer, format!("c{}", customer.bytes()[0]), queue)
        };
        (Caller { who: Who::Customer(customer), via }, Command::StartSession(Box::new(start)))
    }

    fn about_an_offer(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let late = self.rng.one_in(5);
        let session = self.session(center, |session| match late {
            true => !session.ended_offers.is_empty(),
            false => !session.offers.is_empty(),
        })?;
        let lost = session.ended_offers.iter().rev().filter(|offer| offer.outcome != Outcome::Accepted);
        let ended = lost.take(2).map(|offer| (offer.id, offer.agent.clone()));
        let open = session.offers.iter().map(|offer| (offer.id, offer.agent.clone()));
        let known: Vec<(OfferId, AgentId)> = match late {
            true => ended.collect(),
            false => open.collect(),
        };
        let (offer, agent) = self.rng.pick(&known)?.clone();
        let session = session.id;
        let command = match self.rng.below(10) {
            0..7 => Command::AcceptOffer { session, offer },
            7..9 => Command::DeclineOffer { session, offer },
            _ => {
                let canceler = self.agent();
                return Some((person(Who::Agent(canceler)), Command::CancelInvitation { session, offer }));
            }
        };
        Some((person(Who::Agent(agent)), command))
    }

    fn state(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let idle = |agent: &&Agent| agent.status != Status::Ready;
        let idle: Vec<AgentId> = center.agents.values().filter(idle).map(|agent| agent.config.id.clone()).collect();
        let any = self.agent();
        let id = self.rng.pick(&idle).cloned().filter(|_| !self.rng.one_in(4)).unwrap_or(any);
        let agent = center.agents.get(&id)?;
        let command = match (&agent.status, self.rng.below(12)) {
            (Status::SignedOut, _) => Command::SignIn,
            (_, 0) if self.rng.one_in(3) => Command::SignOut { hand_back: self.rng.one_in(2) },
            (_, 1) => {
                let reason = if self.rng.one_in(5) { "boredom" } else { "lunch" };
                Command::SetState { ready: false, reason: Code::parse(reason) }
            }
            _ => Command::SetState { ready: true, reason: None },
        };
        Some((person(Who::Agent(id)), command))
    }

    fn about_a_session(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let wraps = self.rng.one_in(8);
        let session =
            self.session(center, |session| if wraps { !session.wrap_ups.is_empty() } else { session.is_open() })?;
        let id = session.id;
        if wraps {
            let agents: Vec<AgentId> = session.wrap_ups.keys().cloned().collect();
            let code = Code::parse(if self.rng.one_in(5) { "unheard-of" } else { "sold" })?;
            let command = match self.rng.one_in(2) {
                true => Command::SetDisposition {
                    session: id,
                    code: Some(code).filter(|_| !self.rng.one_in(4)),
                    notes: "a note".into(),
                },
                false => Command::CompleteWrapUp { session: id },
            };
            return Some((person(Who::Agent(self.rng.pick(&agents)?.clone())), command));
        }
        let connected: Vec<AgentId> = session.connected().map(|participant| participant.agent.clone()).collect();
        match self.rng.pick(&connected).cloned() {
            Some(agent) if !self.rng.one_in(3) => {
                let caller = person(Who::Agent(agent));
                let agent = caller.who.agent().cloned();
                Some((caller, self.by_agent(session, agent.as_ref())))
            }
            _ => {
                let command = match self.rng.below(12) {
                    0 if self.rng.one_in(3) => Command::EndSession { session: id, end_for_all: false, expected: None },
                    1..4 => {
                        Command::ReadUpTo { session: id, revision: self.rng.below(session.public as u64 + 1) as u32 }
                    }
                    4 => self.announcement(session, None),
                    _ => {
                        let with = self.parts(session, None);
                        Command::SendMessage { session: id, text: "hi".into(), audience: Audience::Everyone, with }
                    }
                };
                Some((person(Who::Customer(session.customer)), command))
            }
        }
    }

    fn by_agent(&mut self, about: &Session, by: Option<&AgentId>) -> Command {
        let session = about.id;
        let pick = self.rng.below(25);
        let (agent, queue, fourth) = (self.agent(), self.queue(), self.rng.below(4));
        match pick {
            6 if fourth > 0 => {
                let (agent, mode, note) = (agent_id("ada"), InviteMode::Conference, String::new());
                Command::Invite { session, agent, mode, note, ring: None, expected: None }
            }
            0..6 => Command::Invite {
                session,
                agent,
                mode: if fourth < 2 { InviteMode::Transfer } else { InviteMode::Conference },
                note: "please".into(),
                ring: (fourth == 0).then_some(10 * SECOND),
                expected: None,
            },
            6..10 => Command::TransferToQueue(Box::new(TransferToQueue {
                leave: [TransferLeave::Stay, TransferLeave::Now, TransferLeave::WhenTaken, TransferLeave::WhenTaken]
                    [fourth as usize],
                note: if fourth == 1 { HIDDEN.into() } else { String::new() },
                priority: (fourth == 3).then_some(2),
                ..TransferToQueue::new(session, queue)
            })),
            10..12 => Command::WithdrawFromQueue { session, expected: None },
            12..16 => Command::Leave {
                session,
                if_last: [None, Some(IfLast::ReturnToQueue), Some(IfLast::AwaitInvitee), Some(IfLast::AwaitInvitee)]
                    [fourth as usize],
                expected: None,
            },
            16..19 if pick > 16 || fourth > 0 => {
                let some = self.rng.below(about.public as u64 + 1) as u32;
                let known = about.reads.range(1..).next_back().map(|(_, mark)| mark.public);
                let public = known.filter(|_| fourth > 1).unwrap_or(some);
                // Up to an event for everyone, or on through what only staff sees behind it.
                let revision = match fourth {
                    0 | 1 => about.staff_revision(public),
                    _ if public < about.public => about.staff_revision(public + 1) - 1,
                    _ => about.revision,
                };
                Command::ReadUpTo { session, revision }
            }
            16 => Command::EndSession { session, end_for_all: agent == agent_id("ann"), expected: None },
            19..22 => {
                let with = self.whispered(about);
                Command::SendMessage { session, text: "psst".into(), audience: Audience::Staff, with }
            }
            22 => self.announcement(about, by),
            _ => {
                let with = self.parts(about, by);
                Command::SendMessage { session, text: "hello".into(), audience: Audience::Everyone, with }
            }
        }
    }

    /// Whoever, about whatever.
    fn nonsense(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let who = match self.rng.below(6) {
            0 => Who::Customer(self.customer()),
            1 => Who::Supervisor(agent_id("sue")),
            2 => Who::Agent(agent_id("nobody")),
            3 => Who::Service(ServiceId::parse("crm").unwrap()),
            _ => Who::Agent(self.agent()),
        };
        let session = self.session(center, |_| true)?;
        let command = match self.rng.below(6) {
            0 => Command::AcceptOffer { session: session.id, offer: OfferId::from_bytes([7; 16]) },
            1 => Command::StartSession(Box::new(StartSession::new(session.customer, "c0".into(), queue_id("nowhere")))),
            2 => Command::ReadUpTo { session: session.id, revision: 100_000 },
            _ => self.by_agent(session, who.agent()),
        };
        Some((person(who), command))
    }
}
