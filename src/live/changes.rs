//! Which agents and queues of a center changed since somebody last looked. Only a center that is looked at has such notes.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use crate::center::{AgentChange, AgentId, CenterChange, Event, Happened, QueueId, Record};

/// What has to be looked at again.
#[derive(Debug, Default)]
pub struct Changed {
    /// Agents: their state, their work, what is set for them.
    pub agents: BTreeSet<AgentId>,
    /// Queues: who waits, what is set for them.
    pub queues: BTreeSet<QueueId>,
    /// Agents who like other rows than before.
    pub favourites: BTreeSet<AgentId>,
    /// Everything.
    pub all: bool,
}

/// The notes of one center, for one who looks.
#[derive(Debug, Default)]
pub struct Changes {
    changed: Mutex<Changed>,
    bell: Notify,
}

impl Changes {
    fn lock(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when there may be something to look at, or nobody wants to look any more.
    pub async fn noted(&self) {
        self.bell.notified().await;
    }

    /// Takes what is noted.
    pub fn take(&self) -> Changed {
        std::mem::take(&mut *self.lock())
    }

    /// It couldn't be looked at: notes it again.
    pub fn again(&self, changed: Changed) {
        let mut noted = self.lock();
        noted.agents.extend(changed.agents);
        noted.queues.extend(changed.queues);
        noted.favourites.extend(changed.favourites);
        noted.all |= changed.all;
        drop(noted);
        self.wake();
    }

    /// Everything has to be looked at.
    pub fn all(&self) {
        self.lock().all = true;
        self.wake();
    }

    /// Wakes who looks.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// Follows a commit.
    pub(super) fn note(&self, record: &Record) {
        let mut noted = self.lock();
        let before = noted.len();
        record.events.iter().for_each(|event| noted.event(event));
        if noted.len() > before || noted.all {
            drop(noted);
            self.wake();
        }
    }
}

impl Changed {
    fn len(&self) -> usize {
        self.agents.len() + self.queues.len() + self.favourites.len()
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::Session(event) => self.session(&event.what),
            // Where an agent's desk is open isn't shown.
            Event::Agent { change: AgentChange::DeskOpened { .. } | AgentChange::DeskClosed { .. }, .. } => {}
            Event::Agent { agent, .. } => self.agent(agent),
            Event::Center(change) => self.center(change),
            Event::Chat(_) => {}
        }
    }

    fn agent(&mut self, agent: &AgentId) {
        self.agents.insert(agent.clone());
    }

    fn queue(&mut self, queue: &QueueId) {
        self.queues.insert(queue.clone());
    }

    fn session(&mut self, what: &Happened) {
        match what {
            Happened::OfferMade(offer) => self.agent(&offer.agent),
            Happened::OfferEnded { agent, .. }
            | Happened::Joined { agent, .. }
            | Happened::Left { agent, .. }
            | Happened::WrapUpStarted { agent, .. }
            | Happened::WrapUpCompleted { agent, .. } => self.agent(agent),
            Happened::Queued { queue, .. } | Happened::Unqueued { queue, .. } => self.queue(queue),
            _ => {}
        }
    }

    fn center(&mut self, change: &CenterChange) {
        match change {
            // A setting may be everybody's capacity.
            CenterChange::SettingsPut(_) => self.all = true,
            CenterChange::QueuePut(queue) => self.queue(&queue.id),
            CenterChange::AgentPut(agent) => self.agent(&agent.id),
            CenterChange::QueueHours { queue, .. } | CenterChange::QueueDeleted(queue) => self.queue(queue),
            CenterChange::AgentDeleted(agent) => self.agent(agent),
            CenterChange::FavouritePut { agent, .. } | CenterChange::FavouriteDeleted { agent, .. } => {
                self.favourites.insert(agent.clone());
            }
            _ => {}
        }
    }
}
