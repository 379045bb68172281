//! What the running of a contact centre asks for: supervisors, those who take what waits, who corrects and who configures.

use chatsession::center::*;

use crate::{
    configuration::{agent, queue},
    people::{AGENTS, People, agent_id, person},
};

/// A queue and an agent that come and go.
const TEMPORARY: (&str, &str) = ("popup", "tom");

fn crm() -> ServiceId {
    ServiceId::parse("crm").unwrap()
}

impl People<'_> {
    /// Something beyond the everyday.
    pub fn operation(&mut self, center: &Center) -> Option<(Caller, Command)> {
        match self.rng.below(22) {
            0..4 => self.take(center),
            4 => self.barge_in(center),
            5 | 6 => self.take_over(center),
            7 | 8 => self.remove(center),
            9..12 => self.reassign(center),
            12 => self.force(center),
            13 => self.monitor(center),
            14 | 15 => self.flag(center),
            16 | 17 => self.update(center),
            18 | 19 => self.whisper(center),
            _ => Some(self.configure()),
        }
    }

    /// The supervisor, by their role or by their credential.
    fn sue(&mut self) -> Caller {
        let sue = agent_id("sue");
        person(if self.rng.one_in(2) { Who::Agent(sue) } else { Who::Supervisor(sue) })
    }

    /// Mostly one that rings: what is taken then is taken from somebody.
    fn take(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let ringing = self.rng.one_in(2);
        let session =
            self.session(center, |session| session.entry.is_some() && (!ringing || session.router_offer().is_some()))?;
        let (session, override_capacity) = (session.id, self.rng.one_in(2));
        let taker = ["ann", "dee", "sue", "bob"][self.rng.below(4) as usize];
        Some((person(Who::Agent(agent_id(taker))), Command::TakeFromQueue { session, override_capacity }))
    }

    fn barge_in(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let (session, override_capacity) = (self.session(center, Session::is_open)?.id, self.rng.one_in(2));
        Some((self.sue(), Command::BargeIn { session, override_capacity }))
    }

    fn take_over(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let (session, override_capacity) = (self.session(center, Session::is_open)?.id, self.rng.one_in(2));
        Some((self.sue(), Command::TakeOver { session, override_capacity }))
    }

    /// Mostly from a session to which somebody is invited.
    fn remove(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let inviting = !self.rng.one_in(3);
        let attended = |session: &Session| session.connected().next().is_some();
        let session = self.session(center, |session| attended(session) && (!inviting || session.has_invitation()))?;
        let connected: Vec<AgentId> = session.connected().map(|participant| participant.agent.clone()).collect();
        let (agent, session) = (self.rng.pick(&connected)?.clone(), session.id);
        Some((self.sue(), Command::RemoveParticipant { session, agent }))
    }

    fn reassign(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let session = self.session(center, Session::is_open)?.id;
        let there = |agent: &&Agent| agent.is_signed_in();
        let there: Vec<AgentId> = center.agents.values().filter(there).map(|agent| agent.config.id.clone()).collect();
        let to = match self.rng.one_in(3) {
            true => Successor::Queue(self.queue()),
            false => Successor::Agent(self.rng.pick(&there)?.clone()),
        };
        Some((self.sue(), Command::Reassign { session, to, note: "yours".into() }))
    }

    fn force(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let busy = |agent: &&Agent| !agent.work.held.is_empty();
        let busy: Vec<AgentId> = center.agents.values().filter(busy).map(|agent| agent.config.id.clone()).collect();
        let any = self.agent();
        let agent = self.rng.pick(&busy).cloned().unwrap_or(any);
        let state = match self.rng.below(4) {
            0 => ForcedState::NotReady(Code::parse("meeting")),
            1 => ForcedState::SignedOut,
            _ => ForcedState::Ready,
        };
        Some((self.sue(), Command::ForceAgentState { agent, state }))
    }

    fn monitor(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let (session, on) = (self.session(center, |_| true)?.id, !self.rng.one_in(3));
        Some((self.sue(), Command::Monitor { session, on }))
    }

    /// Who sees a flag mostly takes it down.
    fn flag(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let raised = self.session(center, |session| session.flag.is_some());
        let attended = self.session(center, |session| session.connected().next().is_some());
        let clears = !self.rng.one_in(4);
        let session = raised.filter(|_| clears).or(attended)?;
        let (id, note) = (session.id, if self.rng.one_in(2) { "help" } else { "" }.into());
        let agent = session.connected().next().map(|participant| person(Who::Agent(participant.agent.clone())));
        let agent = agent.filter(|_| !self.rng.one_in(3)).unwrap_or_else(|| self.sue());
        let command = match clears && session.flag.is_some() {
            true => Command::ClearFlag { session: id },
            false => Command::RaiseFlag { session: id, note },
        };
        Some((agent, command))
    }

    /// The supervisor needn't be in the session.
    fn whisper(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let session = self.session(center, |session| session.connected().next().is_some())?;
        let with = self.whispered(session);
        let (session, text, audience) = (session.id, "psst".into(), Audience::Staff);
        Some((self.sue(), Command::SendMessage { session, text, audience, with }))
    }

    /// By whoever may, and by the customer, who may not everything.
    fn update(&mut self, center: &Center) -> Option<(Caller, Command)> {
        let session = self.session(center, Session::is_open)?;
        let (what, whose) = (self.rng.below(6), self.rng.below(4));
        let value = if self.rng.one_in(3) { String::new() } else { "silver".into() };
        let update = match what {
            0 => UpdateSession { name: Some("Lee".into()), ..UpdateSession::default() },
            1 => UpdateSession { language: Some("fr".into()), ..UpdateSession::default() },
            2 => UpdateSession { priority: Some(self.rng.below(3) as i32), ..UpdateSession::default() },
            3 | 4 => UpdateSession { skills: Some(self.wishes()), ..UpdateSession::default() },
            _ => UpdateSession { attributes: vec![(Code::parse("plan")?, value)], ..UpdateSession::default() },
        };
        let customer = Caller { who: Who::Customer(session.customer), via: (whose < 2).then(crm) };
        let agent = session.connected().next().map(|participant| person(Who::Agent(participant.agent.clone())));
        let caller = match whose {
            0..3 => customer,
            _ => agent.unwrap_or_else(|| self.sue()),
        };
        Some((caller, Command::UpdateSession { session: session.id, update: Box::new(update) }))
    }

    /// What an integrator wants of a session's agents.
    pub fn wishes(&mut self) -> Vec<Wanted> {
        let level = [0, 0, 10, 50, 70][self.rng.below(5) as usize];
        let french = Code::parse("french").map(|skill| Wanted { skill, level });
        french.into_iter().filter(|wanted| wanted.level > 0).collect()
    }

    /// Queues and agents change, go, and are there again.
    fn configure(&mut self) -> (Caller, Command) {
        let (popup, tom) = TEMPORARY;
        let change = self.rng.below(3);
        let command = match self.rng.below(10) {
            0 | 1 => Command::DeleteQueue { queue: crate::people::queue_id(popup) },
            2 => Command::DeleteQueue { queue: self.queue() },
            3 | 4 => Command::DeleteAgent { agent: agent_id(tom) },
            5 if self.rng.one_in(4) => Command::DeleteAgent { agent: self.agent() },
            6 => Command::PutAlone(Object::Queue(Box::new(queue(popup, change)))),
            7 => Command::Put(Object::Queue(Box::new(queue(["support", "vip"][self.rng.below(2) as usize], change)))),
            8 => Command::Put(Object::Agent(Box::new(agent(tom, change)))),
            _ => {
                let name = AGENTS[self.rng.below(AGENTS.len() as u64) as usize];
                Command::Put(Object::Agent(Box::new(agent(name, change))))
            }
        };
        (person(Who::Service(crm())), command)
    }
}
