//! What is done to a running simulation: faults, and what people and streams ask of a leader.

use chatsession::center::*;

use crate::{
    node::{Held, Mode},
    people::{People, any_agent, centers, person},
    sim::Sim,
    truth::Check,
};

impl Sim {
    fn leaders(&self) -> Vec<usize> {
        let leads = |at: &usize| {
            let node = &self.nodes[*at];
            matches!(node.mode, Mode::Leading { .. }) && node.paused_until <= self.now
        };
        (0..self.nodes.len()).filter(leads).collect()
    }

    /// Something breaks.
    pub fn fault(&mut self) -> Check {
        let at = self.rng.below(2) as usize;
        let leaders = self.leaders().len();
        self.truth.counts.two_leaders += u64::from(leaders == 2);
        match self.rng.below(if self.plan.seed.is_multiple_of(3) { 120 } else { 400 }) {
            0 => self.crash(at),
            1 => {
                // A takeover, whatever the other one believes.
                if let Mode::Down { until } = &mut self.nodes[1 - at].mode {
                    *until = self.now;
                }
            }
            2 if matches!(self.nodes[at].mode, Mode::Leading { .. }) => {
                let (clock, length) = (self.nodes[at].clock(self.now), self.rng.below(90_000));
                self.nodes[at].paused_until = self.now + length;
                self.truth.stalls.push((clock, clock + length));
            }
            3 => {
                let jump = self.rng.below(5_000);
                let clocks: Vec<Time> = self.nodes.iter().map(|node| node.clock(self.now)).collect();
                self.truth.stalls.extend(clocks.into_iter().map(|clock| (clock, clock + jump)));
                self.now += jump;
            }
            4..20 => self.watchers.flap(&mut self.rng)?,
            _ => {}
        }
        Ok(())
    }

    fn crash(&mut self, at: usize) {
        let long = [200, 5_000, 120_000][self.rng.below(3) as usize];
        let until = self.now + self.rng.below(long);
        let unanswered = self.nodes[at].abandon(until);
        self.incarnations = self.incarnations.wrapping_add(1);
        let node = &mut self.nodes[at];
        (node.incarnation, node.run, node.paused_until) = (Incarnation::from_bytes([self.incarnations; 16]), 0, 0);
        self.asks.unanswered(unanswered, self.now, &mut self.rng, false);
    }

    /// Somebody asks for something, again or anew, or opens or closes a stream.
    pub fn act(&mut self) -> Check {
        let leaders = self.leaders();
        let Some(at) = self.rng.pick(&leaders).copied() else { return Ok(()) };
        if let Some(ask) = self.asks.again(self.now, &mut self.rng) {
            return self.ask(at, ask);
        }
        let (hurry, reconnect) = (std::mem::take(&mut self.hurry), std::mem::take(&mut self.reconnect));
        match self.rng.below(10) {
            0..8 if reconnect => self.open_or_close(at),
            0..2 if !hurry => self.open_or_close(at),
            2 if !hurry && self.rng.one_in(3) => self.look(at),
            _ => {
                let wish = People { truth: &self.truth, rng: &mut self.rng }.wish(hurry);
                let Some(wish) = wish else { return Ok(()) };
                let ask = self.asks.new_ask(wish, &mut self.truth);
                self.ask(at, ask)
            }
        }
    }

    fn open_or_close(&mut self, at: usize) -> Check {
        let Some((center, command)) = self.stream(at) else { return Ok(()) };
        self.decide(at, &center, Asked { caller: person(Who::System), request: None, command }, None)
    }

    fn stream(&mut self, at: usize) -> Option<(CenterId, Command)> {
        let id = centers()[usize::from(self.rng.one_in(6))].clone();
        let center = self.truth.centers.get(&id)?;
        let incarnation = self.nodes[at].incarnation;
        let cut = |agent: &&Agent| agent.is_signed_in() && !agent.desks.contains(&incarnation);
        let cut: Vec<AgentId> = center.agents.values().filter(cut).map(|agent| agent.config.id.clone()).collect();
        let any = any_agent(&mut self.rng);
        let agent = self.rng.pick(&cut).cloned().unwrap_or(any);
        let sessions: Vec<SessionId> = center.sessions.keys().copied().collect();
        let session = self.rng.pick(&sessions).copied();
        let command = match (self.rng.below(12), session) {
            (0, _) if self.rng.one_in(2) => Command::CloseDesk { agent, incarnation },
            (1 | 2, Some(session)) => Command::CloseCustomer { session, incarnation },
            (3, Some(session)) => Command::OpenCustomer { session, incarnation },
            (4, Some(session)) => Command::Archive { session },
            (5 | 6, Some(session)) => {
                let files: Vec<AttachmentId> = center.sessions[&session].attachments().map(|(id, _)| id).collect();
                let file = FileId::from_bytes([self.rng.below(2) as u8; 16]);
                Command::FinishUpload { session, id: *self.rng.pick(&files)?, file }
            }
            _ => Command::OpenDesk { agent, incarnation },
        };
        Some((id, command))
    }

    fn ask(&mut self, at: usize, ask: usize) -> Check {
        let (center, asked) = self.asks.sent(ask);
        let whispered = matches!(asked.command, Command::SendMessage { audience: Audience::Staff, .. });
        if whispered && !self.plan.whispers {
            return Ok(());
        }
        self.decide(at, &center, asked, Some(ask))
    }

    /// A leader decides; 4: what it refuses has changed nothing.
    fn decide(&mut self, at: usize, center: &CenterId, asked: Asked, ask: Option<usize>) -> Check {
        self.work(at)?;
        let (now, seed) = (self.now, self.bytes());
        let clock = self.nodes[at].clock(now);
        let Some(engine) = self.nodes[at].engine() else { return Ok(()) };
        let before = engine.state().centers.get(center).and_then(|center| minicbor::to_vec(center).ok());
        let mut refused = false;
        engine.command(center, asked, clock, seed, |result| {
            refused = result.is_err();
            Held::Answer(ask.unwrap_or(usize::MAX), result)
        });
        let after = engine.state().centers.get(center).and_then(|center| minicbor::to_vec(center).ok());
        if refused && before != after {
            return Err("4: a refused command changed something".into());
        }
        if now % 3 == 0 { Ok(()) } else { self.work(at) }
    }

    /// 6: somebody reads a session.
    fn look(&mut self, at: usize) -> Check {
        let center = &centers()[0];
        let which = self.rng.next();
        let Some(engine) = self.nodes[at].engine() else { return Ok(()) };
        engine.read(center, |state| {
            let sessions = state.sessions.len().max(1) as u64;
            match state.sessions.values().nth((which % sessions) as usize) {
                Some(session) => Held::Shown(state.id.clone(), session.id, session.revision, session.public),
                None => Held::Answer(usize::MAX, Ok(Answer::default())),
            }
        });
        Ok(())
    }
}
