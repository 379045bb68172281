//! What one commit means to the watchers of one session.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::{
    center::{AgentId, Audience, CenterId, ChatEvent, ChatHappened, Event, Happened, Record, SessionEvent, SessionId},
    shard::Committed,
};

/// Makes bytes of a commit, once for all watchers of an audience.
pub trait Render: Send + Sync + 'static {
    /// The events of one session that an audience may see, those behind `after` in its numbering, as one message.
    fn events(&self, commit: &SessionCommit, audience: Audience, after: u32) -> Bytes;
}

/// One session's part of one commit.
pub struct SessionCommit {
    batch: Arc<Committed>,
    record: usize,
    /// The session.
    pub session: SessionId,
    /// Its last revision in this commit.
    pub last: u32,
    /// The last one for everyone, if there is one here.
    pub public: Option<u32>,
    /// The session ended here.
    pub ended: bool,
    /// Its last wrap-up was done here.
    pub closed: bool,
    /// Agents who left here.
    pub left: Vec<AgentId>,
    staff: OnceLock<Bytes>,
    everyone: OnceLock<Bytes>,
}

impl SessionCommit {
    /// The part of a session in a record that has one.
    pub fn of(batch: &Arc<Committed>, record: usize, session: SessionId) -> Self {
        let mut commit = Self {
            batch: batch.clone(),
            record,
            session,
            last: 0,
            public: None,
            ended: false,
            closed: false,
            left: Vec::new(),
            staff: OnceLock::new(),
            everyone: OnceLock::new(),
        };
        let (mut last, mut public, mut ended, mut closed, mut left) = (0, None, false, false, Vec::new());
        for event in commit.events(Audience::Staff) {
            last = event.revision;
            public = event.public.or(public);
            match &event.what {
                Happened::Ended { .. } => ended = true,
                Happened::Closed => closed = true,
                Happened::Left { agent, .. } => left.push(agent.clone()),
                _ => {}
            }
        }
        for event in commit.chat_events() {
            last = event.revision;
            match &event.what {
                ChatHappened::Left { agent, .. } => left.push(agent.clone()),
                ChatHappened::Closed { .. } => closed = true,
                _ => {}
            }
        }
        (commit.last, commit.public, commit.ended, commit.closed, commit.left) = (last, public, ended, closed, left);
        commit
    }

    /// The batch in which its texts are.
    pub fn batch(&self) -> &Committed {
        &self.batch
    }

    fn record(&self) -> &Record {
        &self.batch.records[self.record]
    }

    /// The center.
    pub fn center(&self) -> &CenterId {
        &self.record().center
    }

    /// The commit's number in its center.
    pub fn seq(&self) -> u64 {
        self.record().seq
    }

    /// When it was decided.
    pub fn time(&self) -> crate::center::Time {
        self.record().time
    }

    /// What an audience may see of it.
    pub fn events(&self, audience: Audience) -> impl Iterator<Item = &SessionEvent> {
        self.record().events.iter().filter_map(move |event| match event {
            Event::Session(event) if event.session == self.session => {
                (audience == Audience::Staff || event.public.is_some()).then_some(event)
            }
            _ => None,
        })
    }

    /// What happened in it in a chat of colleagues, whose id in the log this is: only staff has such.
    pub fn chat_events(&self) -> impl Iterator<Item = &ChatEvent> {
        self.record().events.iter().filter_map(|event| match event {
            Event::Chat(event) if event.chat.log() == self.session => Some(event),
            _ => None,
        })
    }

    /// The first revision here in an audience's numbering.
    pub(super) fn first(&self, audience: Audience) -> Option<u32> {
        let own = self.events(audience).next().map(|event| event.number(audience));
        own.or_else(|| self.chat_events().next().map(|event| event.revision))
    }

    /// The last revision here in an audience's numbering.
    pub fn reaches(&self, audience: Audience) -> Option<u32> {
        match audience {
            Audience::Staff => Some(self.last),
            Audience::Everyone => self.public,
        }
    }

    /// The message for an audience whose reader has everything up to `after`: made once for all who have nothing of it.
    pub fn bytes(&self, audience: Audience, after: u32, render: &dyn Render) -> Bytes {
        if self.first(audience).unwrap_or(0) <= after {
            return render.events(self, audience, after);
        }
        let cell = match audience {
            Audience::Staff => &self.staff,
            Audience::Everyone => &self.everyone,
        };
        cell.get_or_init(|| render.events(self, audience, 0)).clone()
    }
}
