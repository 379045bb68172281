//! Watchers over what is durable: cut off and resumed at random, each sees every event of its audience once, in order.

use std::{collections::BTreeMap, sync::Arc};

use chatsession::{
    center::{Audience, Happened, SessionEvent, SessionId},
    live::SessionCommit,
    shard::{Committed, Places, RecordPlace},
};

use crate::{chats::Chats, rng::Rng};

pub struct Watcher {
    audience: Audience,
    /// The last revision taken, in its numbering.
    last: u32,
    connected: bool,
}

#[derive(Default)]
pub struct Watchers {
    pub places: Places,
    batches: Vec<Arc<Committed>>,
    all: BTreeMap<SessionId, Vec<Watcher>>,
    /// What each customer saw, as they saw it.
    pub streams: BTreeMap<SessionId, Vec<String>>,
    pub resumed: u64,
    chats: Chats,
}

impl Watchers {
    pub fn durable(&mut self, batch: &Arc<Committed>) -> Result<(), String> {
        self.places.apply(batch);
        self.batches.push(batch.clone());
        self.chats.durable(batch, &self.places)?;
        for (at, record) in batch.records.iter().enumerate() {
            let mut sessions: Vec<SessionId> = Vec::new();
            for event in &record.events {
                if let chatsession::center::Event::Session(event) = event
                    && !sessions.contains(&event.session)
                {
                    sessions.push(event.session);
                }
            }
            for session in sessions {
                let commit = SessionCommit::of(batch, at, session);
                self.take(session, &commit)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, session: SessionId, commit: &SessionCommit) -> Result<(), String> {
        let fresh =
            || [Audience::Everyone, Audience::Staff].map(|audience| Watcher { audience, last: 0, connected: true });
        let watchers = self.all.entry(session).or_insert_with(|| fresh().into());
        for watcher in watchers.iter_mut().filter(|watcher| watcher.connected) {
            watcher.see(session, commit, self.streams.entry(session).or_default())?;
        }
        Ok(())
    }

    /// A watcher goes, or comes back and resumes where it was.
    pub fn flap(&mut self, rng: &mut Rng) -> Result<(), String> {
        let sessions: Vec<SessionId> = self.all.keys().copied().collect();
        let (Some(session), which) = (rng.pick(&sessions).copied(), rng.below(2) as usize) else { return Ok(()) };
        self.toggle(session, which)
    }

    /// Everyone comes back.
    pub fn settle(&mut self) -> Result<(), String> {
        let cut = |watchers: &Vec<Watcher>| [0, 1].map(|which| !watchers[which].connected);
        let away: Vec<(SessionId, [bool; 2])> = self.all.iter().map(|(session, all)| (*session, cut(all))).collect();
        for (session, cut) in away {
            for which in [0, 1].into_iter().filter(|which| cut[*which]) {
                self.toggle(session, which)?;
            }
        }
        Ok(())
    }

    fn toggle(&mut self, session: SessionId, which: usize) -> Result<(), String> {
        let Some(watcher) = self.all.get_mut(&session).map(|watchers| &mut watchers[which]) else { return Ok(()) };
        watcher.connected = !watcher.connected;
        if !watcher.connected {
            return Ok(());
        }
        self.resumed += 1;
        let places = self.places.of(session);
        if places.is_empty() {
            return Ok(()); // It is archived.
        }
        let reached = match watcher.audience {
            Audience::Staff => places[places.len() - 1].last,
            Audience::Everyone => places[places.len() - 1].public,
        };
        let (audience, after) = (watcher.audience, watcher.last);
        let new = |place: &&RecordPlace| match audience {
            Audience::Staff => place.last > after,
            Audience::Everyone => place.public > after,
        };
        for place in places.iter().filter(new) {
            let batch = &self.batches[place.position as usize - 1];
            let commit = SessionCommit::of(batch, place.record as usize, session);
            if commit.reaches(watcher.audience).is_some_and(|reach| reach > watcher.last) {
                watcher.see(session, &commit, self.streams.entry(session).or_default())?;
            }
        }
        match watcher.last == reached {
            true => Ok(()),
            false => Err(format!("7: a watcher of {session} resumed to {} of {reached}", watcher.last)),
        }
    }
}

impl Watcher {
    fn see(&mut self, session: SessionId, commit: &SessionCommit, stream: &mut Vec<String>) -> Result<(), String> {
        for event in commit.events(self.audience) {
            let number = match self.audience {
                Audience::Staff => event.revision,
                Audience::Everyone => event.public.ok_or("8: a customer was shown a staff event")?,
            };
            if number != self.last + 1 {
                return Err(format!("7: {session}: {number} follows {} for {:?}", self.last, self.audience));
            }
            self.last = number;
            if self.audience == Audience::Everyone {
                stream.push(shown(event, commit));
            }
        }
        Ok(())
    }
}

/// All that a customer can learn from an event.
fn shown(event: &SessionEvent, commit: &SessionCommit) -> String {
    let what = match &event.what {
        Happened::Posted { message, text, quoted, more, .. } => {
            let files = more.iter().flat_map(|more| &more.attachments);
            let files: Vec<_> = files.map(|file| (file.id, commit.batch().text(file.name))).collect();
            let answers = quoted.map(|quoted| quoted.public);
            format!("{message}: {:?} to {answers:?} with {files:?}", commit.batch().text(*text))
        }
        Happened::Read { participant, public, .. } => format!("{participant} read up to {public}"),
        Happened::Updated(updated) => {
            let name = updated.name.map(|name| commit.batch().text(name));
            format!("name {name:?}, language {:?}", updated.language)
        }
        Happened::Started(started) => format!("started in {}", started.queue),
        other => format!("{other:?}"),
    };
    format!("{:?} at {:?} by {:?}: {what}", event.public, commit.time(), event.by)
}
