//! What everybody asked and was told, when; and whether one log explains it all, in the order in which it happened.

use std::collections::{BTreeMap, BTreeSet};

use chatsession::{
    center::*,
    journal::Stored,
    shard::{Committed, State},
};

/// Something that was asked and isn't answered yet.
#[derive(Clone, Debug)]
pub struct Asking {
    pub number: u64,
    pub request: RequestId,
    pub caller: Caller,
    pub command: Command,
    began: u64,
}

/// A read that was begun.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    began: u64,
}

/// A session as it was seen.
struct Seen {
    began: u64,
    ended: u64,
    session: SessionId,
    revision: u32,
    bytes: Vec<u8>,
}

struct Answered {
    asking: Asking,
    ended: u64,
    answer: Answer,
}

#[derive(Default)]
pub struct History {
    /// One more with everything that begins or ends.
    now: u64,
    numbers: u64,
    answered: Vec<Answered>,
    seen: Vec<Seen>,
    /// All that was told, for the digest.
    pub told: Vec<String>,
    pub refused: u64,
    /// Asked, and not answered yet.
    pub open: BTreeMap<u64, String>,
}

/// Where something took effect: the batch, and the commit in it.
type Place = (u64, usize);

/// What a request did: where, with what answer if that is remembered, and what it said.
struct Effect {
    place: Place,
    answer: Option<Answer>,
    said: Option<(SessionId, u32)>,
}

/// The log, read from its beginning.
#[derive(Default)]
struct Model {
    state: State,
    effects: BTreeMap<(String, RequestId), Effect>,
    /// How a session looked at a revision: not everything that changes it is numbered.
    looks: BTreeMap<(SessionId, u32), BTreeSet<Vec<u8>>>,
    /// Where each revision came to be.
    places: BTreeMap<(SessionId, u32), Place>,
}

fn key(caller: &Caller, request: &RequestId) -> (String, RequestId) {
    (format!("{:?}", caller.who), request.clone())
}

fn sender(by: &By) -> String {
    match by {
        By::Agent { id, .. } => format!("{:?}", Who::Agent(id.clone())),
        _ => String::new(),
    }
}

impl Model {
    fn batch(&mut self, stored: &Stored) -> Result<(), String> {
        let batch = Committed::decode(stored).map_err(|error| error.to_string())?;
        let before = self.state.epoch;
        for (at, record) in batch.records.iter().enumerate() {
            self.effects_of(record, (batch.position, at))?;
        }
        if batch.leader.as_ref().is_some_and(|leader| leader.epoch != before + 1) {
            return Err(format!("batch {}: epochs {:?} after {before}", batch.position, batch.leader));
        }
        // A commit at a time, so that each look is seen.
        let empty = Committed { records: Vec::new(), ..batch.clone() };
        self.state.apply(&empty);
        for record in &batch.records {
            self.state.position -= 1;
            self.state.apply(&Committed { records: vec![record.clone()], leader: None, ..batch.clone() });
            self.look();
        }
        self.look();
        for center in self.state.centers.values() {
            let wrong = center.violations(batch.time);
            if !wrong.is_empty() {
                return Err(format!("batch {}: {wrong:?}", batch.position));
            }
        }
        Ok(())
    }

    fn look(&mut self) {
        for session in self.state.centers.values().flat_map(|center| center.sessions.values()) {
            let looks = self.looks.entry((session.id, session.revision)).or_default();
            looks.insert(minicbor::to_vec(session).unwrap());
        }
    }

    fn effects_of(&mut self, record: &Record, place: Place) -> Result<(), String> {
        for event in &record.events {
            let (key, effect) = match event {
                Event::Center(CenterChange::Remembered { caller, request, answer, .. }) => {
                    (key(caller, request), Effect { place, answer: Some(answer.clone()), said: None })
                }
                Event::Session(event) => {
                    self.places.insert((event.session, event.revision), place);
                    match &event.what {
                        Happened::Posted { message, fingerprint: Some(_), .. } => {
                            let customer = || {
                                let session = self.state.centers[&record.center].sessions.get(&event.session);
                                session
                                    .map_or(String::new(), |session| format!("{:?}", Who::Customer(session.customer)))
                            };
                            let who = Some(sender(&event.by)).filter(|who| !who.is_empty()).unwrap_or_else(customer);
                            let said = Some((event.session, event.revision));
                            ((who, message.clone()), Effect { place, answer: None, said })
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            if self.effects.insert(key.clone(), effect).is_some() {
                return Err(format!("5: {key:?} took effect twice"));
            }
        }
        Ok(())
    }
}

impl History {
    fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    pub fn asks(&mut self, caller: &Caller, command: &Command) -> Asking {
        self.numbers += 1;
        let request = RequestId::parse(&format!("r{}", self.numbers)).unwrap();
        let (caller, command) = (caller.clone(), command.clone());
        self.open.insert(self.numbers, format!("{caller:?} {command:?}"));
        Asking { number: self.numbers, request, caller, command, began: self.tick() }
    }

    pub fn answered(&mut self, asking: Asking, result: &Result<Answer, Refusal>) {
        self.told.push(format!("{}: {result:?}", asking.request));
        self.open.remove(&asking.number);
        let ended = self.tick();
        match result {
            Ok(answer) => self.answered.push(Answered { asking, ended, answer: answer.clone() }),
            Err(_) => self.refused += 1,
        }
    }

    pub fn reads(&mut self) -> Reading {
        Reading { began: self.tick() }
    }

    pub fn seen(&mut self, reading: Reading, session: SessionId, revision: u32, bytes: Vec<u8>) {
        let ended = self.tick();
        self.seen.push(Seen { began: reading.began, ended, session, revision, bytes });
    }

    pub fn answers(&self) -> u64 {
        self.answered.len() as u64
    }

    pub fn reads_seen(&self) -> u64 {
        self.seen.len() as u64
    }

    /// Holds it all against the log.
    pub fn check(&self, log: &[Stored]) -> Result<State, String> {
        let mut model = Model::default();
        log.iter().try_for_each(|stored| model.batch(stored))?;
        let mut placed = Vec::new();
        for Answered { asking, ended, answer } in &self.answered {
            let effect = model.effects.get(&key(&asking.caller, &asking.request));
            let Effect { place, answer: remembered, said } =
                effect.ok_or_else(|| format!("6: {} was acknowledged and is lost", asking.request))?;
            if remembered.as_ref().is_some_and(|remembered| remembered != answer) {
                return Err(format!("5: {} was answered {answer:?}, the log has {remembered:?}", asking.request));
            }
            if asking.is_message() && *said != answer.session.map(|session| (session, answer.revision)) {
                return Err(format!("5: {} was answered {answer:?}, the log has {said:?}", asking.request));
            }
            placed.push((asking, *ended, *place, answer));
        }
        for (first, ended, before, _) in &placed {
            let behind = placed.iter().find(|(then, _, after, _)| then.began > *ended && after < before);
            if let Some((then, _, after, _)) = behind {
                let (first, then) = (&first.request, &then.request);
                return Err(format!(
                    "{then} began after {first} was answered, and stands before it: {after:?}, {before:?}"
                ));
            }
        }
        for seen in &self.seen {
            self.check_read(seen, &model)?;
            for (asking, ended, place, answer) in &placed {
                let about = answer.session == Some(seen.session);
                if about && *ended < seen.began && answer.revision > seen.revision {
                    return Err(format!(
                        "a read missed {}: revision {} of {}",
                        asking.request, seen.revision, answer.revision
                    ));
                }
                let seen_at = model.places.get(&(seen.session, seen.revision));
                if about && asking.began > seen.ended && seen_at.is_some_and(|seen_at| seen_at > place) {
                    return Err(format!("a read saw {} before it was asked", asking.request));
                }
            }
        }
        Ok(model.state)
    }

    fn check_read(&self, seen: &Seen, model: &Model) -> Result<(), String> {
        let looks = model.looks.get(&(seen.session, seen.revision));
        if !looks.is_some_and(|looks| looks.contains(&seen.bytes)) {
            return Err(format!("{} was seen at revision {} as it never was", seen.session, seen.revision));
        }
        let before = self.seen.iter().filter(|other| other.session == seen.session && other.ended < seen.began);
        match before.map(|other| other.revision).max() {
            Some(last) if last > seen.revision => {
                Err(format!("{} was seen at {last}, and later at {}", seen.session, seen.revision))
            }
            _ => Ok(()),
        }
    }
}
