//! What agents and customers do all day, as far as chance and the time of day let them. They look at the center as it is, and are
//! told nothing but its events.

use chatsession::center::{
    AgentChange, AgentId, Command, CustomerKey, Event, Happened, IfLast, InviteMode, MINUTE, Object, OfferId, QueueId,
    Record, SECOND, SessionId, Settings, StartSession, State, Status, Time, TransferLeave, TransferToQueue, Wanted,
    Who,
};

use super::roster::{self, Shift};
use crate::floor::{Chance, Floor, NODE, Next};

/// Chats that an agent holds at once.
const CAPACITY: u32 = 3;

/// Mean times, in ms.
const TALK: f64 = 7.0 * 60_000.0;
const PATIENCE: f64 = 5.0 * 60_000.0;
const HASTE: f64 = 3_000.0;
const ANSWER: f64 = 4_000.0;
const AFTER_WORK: f64 = 25_000.0;
const OUTAGE: f64 = 30_000.0;

/// Of a hundred customers who close the page as soon as they see that they have to wait.
const HASTY: f64 = 0.03;

/// How long somebody stays for whom work is left at the end of their shift.
const OVERTIME: chatsession::center::Millis = 20 * MINUTE;

pub(super) enum Plan {
    Open,
    Start(u64, QueueId, Vec<Wanted>),
    /// Unless somebody is there, or it waits again since.
    GiveUp(SessionId, Time),
    SignIn(AgentId),
    Break(AgentId, Time),
    Ready(AgentId),
    /// Their shift is over, at this time.
    GoHome(AgentId, Time),
    LoseConnection(AgentId),
    Reconnect(AgentId),
    Accept(AgentId, SessionId, OfferId),
    Decline(AgentId, SessionId, OfferId),
    /// They come to the end of what they have to say.
    Finish(AgentId, SessionId),
    CustomerEnds(SessionId),
    CompleteWrapUp(AgentId, SessionId),
}

pub(super) struct People {
    pub(super) floor: Floor<Plan>,
    chance: Chance,
    agents: Vec<(AgentId, Shift)>,
    /// What was asked and refused: somebody else was quicker.
    pub(super) refused: u64,
}

impl People {
    pub(super) fn new(floor: Floor<Plan>, seed: u64, agents: usize, customers: usize) -> Self {
        let mut people = Self { floor, chance: Chance::new(seed, false), agents: Vec::new(), refused: 0 };
        people.floor.plan_after(0, Plan::Open);
        for at in 0..agents {
            let config = roster::agent(at, &mut people.chance);
            let (id, shift) = (config.id.clone(), roster::shift(at, &mut people.chance));
            people.floor.system(Command::Put(Object::Agent(Box::new(config))));
            people.floor.plan(shift.start, Plan::SignIn(id.clone()));
            for (begin, end) in &shift.breaks {
                people.floor.plan(*begin, Plan::Break(id.clone(), *end));
            }
            people.floor.plan(shift.end, Plan::GoHome(id.clone(), shift.end));
            if people.chance.happens(0.1) {
                let into = (shift.end.since(shift.start) as f64 * people.chance.unit()) as u64;
                people.floor.plan(shift.start + into, Plan::LoseConnection(id.clone()));
            }
            people.agents.push((id, shift));
        }
        for customer in 0..customers as u64 {
            let (at, (queue, skills)) = (roster::arrival(&mut people.chance), roster::wish(&mut people.chance));
            people.floor.plan(at, Plan::Start(customer, queue, skills));
        }
        people
    }

    /// What happens next, already reacted to; nothing once the day is over.
    pub(super) fn next(&mut self, end: Time) -> Option<Vec<Record>> {
        let mut records = match self.floor.next(end)? {
            Next::Due(record) => record.into_iter().collect(),
            Next::Planned(plan) => self.act(plan),
        };
        let mut at = 0;
        while let Some(record) = records.get(at).cloned() {
            record.events.iter().for_each(|event| self.react(event));
            let closed = record.events.iter().filter_map(|event| match event {
                Event::Session(event) if event.what == Happened::Closed => Some(event.session),
                _ => None,
            });
            for session in closed.collect::<Vec<_>>() {
                records.extend(self.floor.system(Command::Archive { session }).record);
            }
            at += 1;
        }
        Some(records)
    }

    fn ask(&mut self, who: Who, command: Command) -> Vec<Record> {
        match self.floor.ask(who, true, command) {
            Ok(decided) => decided.record.into_iter().collect(),
            Err(_) => {
                self.refused += 1;
                Vec::new()
            }
        }
    }

    fn agent(&mut self, id: &AgentId, command: Command) -> Vec<Record> {
        self.ask(Who::Agent(id.clone()), command)
    }

    fn act(&mut self, plan: Plan) -> Vec<Record> {
        match plan {
            Plan::Open => {
                let settings = Settings { capacity: CAPACITY, ..Settings::default() };
                let puts = roster::queues().map(|queue| Object::Queue(Box::new(queue)));
                let puts: Vec<Object> = puts.chain([Object::Settings(Box::new(settings))]).collect();
                puts.into_iter().filter_map(|put| self.floor.system(Command::Put(put)).record).collect()
            }
            Plan::Start(customer, queue, skills) => {
                let key = CustomerKey::from_bytes(u128::from(customer).to_be_bytes());
                let start = StartSession { skills, ..StartSession::new(key, format!("customer-{customer}"), queue) };
                self.ask(Who::Customer(key), Command::StartSession(Box::new(start)))
            }
            Plan::GiveUp(session, since) => self.give_up(session, since),
            Plan::CustomerEnds(session) => self.customer_ends(session),
            Plan::Accept(agent, session, offer) => {
                self.answer(&agent, session, offer, Command::AcceptOffer { session, offer })
            }
            Plan::Decline(agent, session, offer) => {
                self.answer(&agent, session, offer, Command::DeclineOffer { session, offer })
            }
            Plan::Finish(agent, session) => self.finish(&agent, session),
            Plan::CompleteWrapUp(agent, session) => {
                let open = self.floor.center.agents[&agent].work.wrap_ups.contains(&session);
                if open { self.agent(&agent, Command::CompleteWrapUp { session }) } else { Vec::new() }
            }
            Plan::SignIn(_)
            | Plan::Break(..)
            | Plan::Ready(_)
            | Plan::GoHome(..)
            | Plan::LoseConnection(_)
            | Plan::Reconnect(_) => self.attend(plan),
        }
    }

    /// Agents come and go.
    fn attend(&mut self, plan: Plan) -> Vec<Record> {
        match plan {
            Plan::SignIn(agent) => self.floor.come(&agent),
            Plan::Ready(agent) if self.not_ready(&agent) => {
                self.agent(&agent, Command::SetState { ready: true, reason: None })
            }
            Plan::Break(agent, end) if self.status(&agent) != Status::SignedOut => {
                self.floor.plan(end, Plan::Ready(agent.clone()));
                self.agent(&agent, Command::SetState { ready: false, reason: None })
            }
            Plan::GoHome(agent, since) => self.go_home(agent, since),
            Plan::LoseConnection(agent) => {
                let outage = SECOND + self.chance.exponential(OUTAGE);
                self.floor.plan_after(outage, Plan::Reconnect(agent.clone()));
                self.floor.system(Command::CloseDesk { agent, incarnation: NODE }).record.into_iter().collect()
            }
            Plan::Reconnect(agent) if self.at_work(&agent) => match self.status(&agent) {
                Status::SignedOut => self.floor.come(&agent),
                Status::Ready | Status::NotReady(_) => {
                    self.ask(Who::System, Command::OpenDesk { agent, incarnation: NODE })
                }
            },
            _ => Vec::new(),
        }
    }

    fn status(&self, agent: &AgentId) -> Status {
        self.floor.center.agents[agent].status.clone()
    }

    /// Whether they have a desk and are resting at it.
    fn not_ready(&self, id: &AgentId) -> bool {
        let agent = &self.floor.center.agents[id];
        let resting = matches!(agent.status, Status::NotReady(_)) || agent.next.is_some();
        resting && !agent.desks.is_empty() && self.at_work(id)
    }

    fn at_work(&self, id: &AgentId) -> bool {
        let shift = self.agents.iter().find(|(agent, _)| agent == id).map(|(_, shift)| shift);
        shift.is_some_and(|shift| (shift.start..shift.end).contains(&self.floor.now))
    }

    /// No new chats; and home once the last one is done, or handed back.
    fn go_home(&mut self, agent: AgentId, since: Time) -> Vec<Record> {
        if self.status(&agent) == Status::SignedOut {
            return Vec::new();
        }
        let late = self.floor.now.since(since) >= OVERTIME;
        if self.floor.center.agents[&agent].work.units() == 0 || late {
            return self.agent(&agent, Command::SignOut { hand_back: true });
        }
        self.floor.plan_after(MINUTE, Plan::GoHome(agent.clone(), since));
        self.agent(&agent, Command::SetState { ready: false, reason: None })
    }

    fn give_up(&mut self, session: SessionId, since: Time) -> Vec<Record> {
        let known = self.floor.center.sessions.get(&session);
        let waits = known.filter(|known| known.state() == State::Waiting && known.unattended_since == Some(since));
        match waits.map(|known| known.customer) {
            Some(customer) => self.end(Who::Customer(customer), session),
            None => Vec::new(),
        }
    }

    fn customer_ends(&mut self, session: SessionId) -> Vec<Record> {
        let known = self.floor.center.sessions.get(&session).filter(|known| known.state() == State::Attended);
        match known.map(|known| known.customer) {
            Some(customer) => self.end(Who::Customer(customer), session),
            None => Vec::new(),
        }
    }

    fn end(&mut self, who: Who, session: SessionId) -> Vec<Record> {
        self.ask(who, Command::EndSession { session, end_for_all: false, expected: None })
    }

    /// What an agent does about an offer, if it still rings.
    fn answer(&mut self, agent: &AgentId, session: SessionId, offer: OfferId, command: Command) -> Vec<Record> {
        let known = self.floor.center.sessions.get(&session);
        match known.and_then(|known| known.offer(offer)) {
            Some(_) => self.agent(agent, command),
            None => Vec::new(),
        }
    }

    /// The agent is done with a chat: mostly it ends, sometimes it is somebody else's.
    fn finish(&mut self, agent: &AgentId, session: SessionId) -> Vec<Record> {
        let known = self.floor.center.sessions.get(&session);
        let Some(known) = known.filter(|known| known.is_open() && known.connected_as(agent).is_some()) else {
            return Vec::new();
        };
        let queued = known.entry.is_some() || known.has_invitation();
        let alone = known.is_alone_with(agent);
        let drawn = if queued || !alone { 1.0 } else { self.chance.unit() };
        let again = |people: &mut Self| {
            let talk = people.chance.exponential(TALK / 2.0);
            people.floor.plan_after(2 * MINUTE + talk, Plan::Finish(agent.clone(), session));
        };
        match drawn {
            drawn if drawn < 0.06 => {
                let leave = if self.chance.happens(0.8) { TransferLeave::Now } else { TransferLeave::WhenTaken };
                again(self);
                let queues = roster::queue_ids();
                let queue = queues[self.chance.below(queues.len())].clone();
                let transfer = TransferToQueue { leave, ..TransferToQueue::new(session, queue) };
                self.agent(agent, Command::TransferToQueue(Box::new(transfer)))
            }
            drawn if drawn < 0.14 => {
                again(self);
                let mode = if drawn < 0.1 { InviteMode::Transfer } else { InviteMode::Conference };
                let colleague = self.agents[self.chance.below(self.agents.len())].0.clone();
                self.invite(agent, session, colleague, mode)
            }
            _ => self.agent(agent, Command::Leave { session, if_last: Some(IfLast::End), expected: None }),
        }
    }

    fn invite(&mut self, agent: &AgentId, session: SessionId, colleague: AgentId, mode: InviteMode) -> Vec<Record> {
        let there = &self.floor.center.agents[&colleague];
        if colleague == *agent || !there.is_signed_in() || !there.has_room(&self.floor.center.settings) {
            return Vec::new();
        }
        let invite =
            Command::Invite { session, agent: colleague, mode, note: String::new(), ring: None, expected: None };
        self.agent(agent, invite)
    }

    /// What an event makes people plan.
    fn react(&mut self, event: &Event) {
        match event {
            Event::Session(event) => self.react_in(event.session, &event.what),
            Event::Agent { agent, change: AgentChange::NotReady { reason: Some(reason) } }
                if ["declined", "no-answer"].contains(&reason.as_str()) =>
            {
                self.floor.plan_after(MINUTE, Plan::Ready(agent.clone()));
            }
            _ => {}
        }
    }

    fn react_in(&mut self, session: SessionId, what: &Happened) {
        match what {
            Happened::Started(_) => {
                let mean = if self.chance.happens(HASTY) { HASTE } else { PATIENCE };
                let patience = self.chance.exponential(mean);
                self.floor.plan_after(patience, Plan::GiveUp(session, self.floor.now));
            }
            Happened::OfferMade(offer) => {
                let (agent, offer) = (offer.agent.clone(), offer.id);
                let (drawn, after) = (self.chance.unit(), SECOND + self.chance.exponential(ANSWER));
                match drawn {
                    drawn if drawn < 0.95 => self.floor.plan_after(after, Plan::Accept(agent, session, offer)),
                    drawn if drawn < 0.98 => self.floor.plan_after(after, Plan::Decline(agent, session, offer)),
                    _ => {}
                }
            }
            Happened::Joined { agent, .. } => {
                let talk = MINUTE + self.chance.exponential(TALK);
                self.floor.plan_after(talk, Plan::Finish(agent.clone(), session));
                if self.chance.happens(0.1) {
                    let talk = self.chance.exponential(TALK);
                    self.floor.plan_after(talk, Plan::CustomerEnds(session));
                }
            }
            Happened::Left { .. } => {
                let patience = self.chance.exponential(2.0 * PATIENCE);
                self.floor.plan_after(patience, Plan::GiveUp(session, self.floor.now));
            }
            Happened::WrapUpStarted { agent, .. } => {
                let work = self.chance.exponential(AFTER_WORK);
                self.floor.plan_after(work, Plan::CompleteWrapUp(agent.clone(), session));
            }
            _ => {}
        }
    }
}
