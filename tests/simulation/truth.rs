//! What is durable, folded event by event, and what must hold of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chatsession::{
    center::*,
    journal::Stored,
    shard::{Committed, State},
};

use crate::{chats, count::Counts, explained, order, rules};

pub type Check = Result<(), String>;

/// An effect of a request: what was remembered, or the revision of what was said.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Remembered(Box<Answer>),
    Said(u32, Option<u32>),
}

/// A message's sender and id, in its session.
pub type Said = (SessionId, Option<AgentId>, RequestId);

#[derive(Default)]
pub struct Truth {
    pub centers: BTreeMap<CenterId, Center>,
    pub folded: State,
    /// Encoded states along the way, to recover from.
    pub snapshots: Vec<Vec<u8>>,
    pub remembered: BTreeMap<(CenterId, Caller, RequestId), (Time, Effect)>,
    pub said: BTreeMap<Said, Effect>,
    /// Messages that were meant for staff.
    pub whispers: BTreeSet<Said>,
    /// How every offer ended, and the session's offers that had ended by then.
    pub outcomes: BTreeMap<OfferId, (AgentId, Outcome)>,
    pub archived: BTreeSet<SessionId>,
    /// Offers that were cut short because somebody took their session by themselves.
    pub cut_short: BTreeSet<OfferId>,
    /// The queue that each session began in.
    pub began: BTreeMap<SessionId, QueueId>,
    /// Down times that a center hasn't been paid yet.
    owed: BTreeMap<CenterId, Millis>,
    last_time: Time,
    /// Times in which a leader didn't run, or there was none.
    pub stalls: Vec<(Time, Time)>,
    pub counts: Counts,
}

impl Truth {
    /// A batch became durable.
    pub fn durable(&mut self, stored: &Stored) -> Result<Arc<Committed>, String> {
        let batch = Committed::decode(stored).map_err(|error| error.to_string())?;
        if let Some(leader) = &batch.leader {
            self.leader(leader)?;
        }
        let decided = batch.records.last().map(|record| record.time);
        for record in &batch.records {
            self.record(record)?;
        }
        if batch.time < self.last_time {
            return Err(format!("9: time goes back, from {:?} to {:?}", self.last_time, batch.time));
        }
        self.last_time = batch.time;
        if let Some(time) = decided {
            let unpaid = |id: &CenterId| self.owed.contains_key(id);
            for center in self.centers.iter().filter(|(id, _)| !unpaid(id)).map(|(_, center)| center) {
                none("9", rules::overdue(center, time))?;
            }
        }
        self.folded.apply(&batch);
        if batch.position.is_multiple_of(16) {
            self.compare()?;
        }
        Ok(Arc::new(batch))
    }

    fn leader(&mut self, leader: &LeaderStarted) -> Check {
        let first = self.folded.position == 0;
        if leader.epoch != self.folded.epoch + 1 {
            return Err(format!("epoch {} follows {}", leader.epoch, self.folded.epoch));
        }
        if leader.now < self.last_time {
            return Err(format!("9: a leader starts at {:?}, before {:?}", leader.now, self.last_time));
        }
        if !first && leader.down_for != leader.now.since(self.last_time) {
            return Err(format!("9: down for {} since {:?}", leader.down_for, self.last_time));
        }
        self.counts.leaders += 1;
        self.stalls.push((self.last_time, leader.now));
        for (id, center) in &mut self.centers {
            center.leader_started(leader);
            *self.owed.entry(id.clone()).or_default() += leader.down_for;
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Check {
        let living = self.folded.living.clone();
        let new = || Center::new(record.center.clone(), living);
        let mut center = self.centers.remove(&record.center).unwrap_or_else(new);
        if record.seq != center.seq + 1 || record.time < self.last_time {
            return Err(format!(
                "commit {} at {:?} follows {} at {:?}",
                record.seq, record.time, center.seq, self.last_time
            ));
        }
        self.last_time = record.time;
        self.paid(record)?;
        let before = center.clone();
        let units = units(&center);
        for (at, event) in record.events.iter().enumerate() {
            self.effect(&record.center, record.time, event)?;
            rules::before(&center, record, at, &self.stalls)?;
            order::fair(&center, record.time, event)?;
            chats::before(&center, record, event)?;
            explained::before(&center, record, event)?;
            self.counts.event(&center, record, at);
            self.counts.race(&center, record, at);
            self.by_hand(record, event);
            let seq = if at + 1 == record.events.len() { record.seq } else { record.seq - 1 };
            center.apply(&Record { seq, events: vec![event.clone()], ..record.clone() });
        }
        none("1-3", center.violations(record.time))?;
        none("3", explained::over_capacity(&center, &units, record))?;
        rules::after(&before, &center, record)?;
        chats::after(&center, record)?;
        explained::after(&center, record)?;
        self.centers.insert(record.center.clone(), center);
        Ok(())
    }

    /// Notes what those who come too late, or whose queue is full, are told later.
    fn by_hand(&mut self, record: &Record, event: &Event) {
        let Event::Session(SessionEvent { session: id, what, .. }) = event else { return };
        let joins = |event: &Event| {
            matches!(event, Event::Session(SessionEvent { session, what: Happened::Joined { cause, .. }, .. })
                if session == id && matches!(cause, JoinCause::TakenFromQueue | JoinCause::BargedIn | JoinCause::TookOver))
        };
        match what {
            Happened::Started(started) => {
                self.began.insert(*id, started.queue.clone());
            }
            Happened::OfferEnded { offer, outcome: Outcome::Canceled(CancelCause::Taken), .. }
                if record.events.iter().any(joins) =>
            {
                self.cut_short.insert(*offer);
            }
            _ => {}
        }
    }

    /// The first thing after a leader's start is what the down time owes.
    fn paid(&mut self, record: &Record) -> Check {
        let moved = match record.events.first() {
            Some(Event::Center(CenterChange::DeadlinesMoved { by, .. })) => Some(*by),
            _ => None,
        };
        let owed = self.owed.remove(&record.center);
        match owed == moved {
            true => Ok(()),
            false => Err(format!("9: deadlines moved by {moved:?}, owed is {owed:?}")),
        }
    }

    /// 5 and 8: each request once, each message once and to those it was meant for.
    fn effect(&mut self, id: &CenterId, time: Time, event: &Event) -> Check {
        match event {
            Event::Center(CenterChange::Remembered { caller, request, answer, .. }) => {
                let key = (id.clone(), caller.clone(), request.clone());
                let effect = Effect::Remembered(Box::new(answer.clone()));
                if let Some((first, _)) = self.remembered.insert(key, (time, effect))
                    && time.since(first) <= REQUEST_MEMORY
                {
                    return Err(format!("5: {request} of {caller:?} took effect twice"));
                }
            }
            Event::Session(SessionEvent { session, public, revision, by, what, .. }) => match what {
                Happened::Posted { message, fingerprint: Some(_), .. } => {
                    let sender = match by {
                        By::Agent { id, .. } => Some(id.clone()),
                        By::System | By::Customer | By::Queue { .. } => None,
                    };
                    let key = (*session, sender, message.clone());
                    if public.is_some() == self.whispers.contains(&key) {
                        return Err(format!("8: {message} went to the wrong audience"));
                    }
                    if self.said.insert(key, Effect::Said(*revision, *public)).is_some() {
                        return Err(format!("5: {message} was said twice"));
                    }
                }
                Happened::OfferEnded { offer, agent, outcome, .. } => {
                    let ended = self.outcomes.insert(*offer, (agent.clone(), *outcome));
                    ended.map_or(Ok(()), |before| Err(format!("{offer} ended twice, first by {before:?}")))?;
                }
                _ => {}
            },
            Event::Center(CenterChange::Archived { session }) => {
                self.archived.insert(*session);
            }
            Event::Agent { .. } | Event::Center(_) | Event::Chat(_) => {}
        }
        Ok(())
    }

    /// 11: two folds of one log are the same bytes, and so is what is read back.
    pub fn compare(&mut self) -> Check {
        let bytes = self.folded.encode();
        let again = State::decode(&bytes).map_err(|error| format!("11: {error}"))?;
        if again.encode() != bytes {
            return Err("11: a state read back differs".into());
        }
        for (id, center) in &self.centers {
            let other = self.folded.centers.get(id).ok_or("11: a center is missing")?;
            if minicbor::to_vec(center).ok() != minicbor::to_vec(other).ok() {
                return Err(format!("11: two folds of {id} differ"));
            }
            self.nothing_left_to_do(again.centers[id].clone())?;
        }
        self.snapshots.push(bytes);
        Ok(())
    }

    /// 10: who looks at everything afresh finds nothing more to offer.
    fn nothing_left_to_do(&self, mut center: Center) -> Check {
        let due = center.index().deadlines.first().is_some_and(|(time, _)| *time <= self.last_time);
        if due || self.owed.contains_key(&center.id) {
            return Ok(());
        }
        let asked = Asked { caller: Caller { who: Who::System, via: None }, request: None, command: Command::Due };
        match center.handle(asked, self.last_time, Seed::new([0; 32]), Content::default()) {
            Ok(decided) if decided.record.is_none() => Ok(()),
            Ok(decided) => Err(format!("10: left undone: {:?}", decided.record)),
            Err(refusal) => Err(refusal.to_string()),
        }
    }
}

fn units(center: &Center) -> BTreeMap<AgentId, u32> {
    center.agents.iter().map(|(id, agent)| (id.clone(), agent.work.units())).collect()
}

pub fn none(invariant: &str, wrong: Vec<String>) -> Check {
    if wrong.is_empty() { Ok(()) } else { Err(format!("{invariant}: {wrong:?}")) }
}
