//! What an event does to the state: the only code that changes it. It accepts every event that was ever logged.

mod chat;
mod session;

use super::{
    Center, REQUEST_MEMORY, Remembered, Requests,
    agent::{Agent, NextNotReady, Ramp, SIGNED_IN, Status},
    command::Caller,
    event::{
        AgentChange, Audit, CenterChange, Event, Happened, LeaderStarted, QueueCause, Record, SessionEvent,
        UnqueueReason,
    },
    hours::Openness,
    ids::{AgentId, Code, QueueId, SessionId},
    index::Subject,
    mask::Masks,
    offer::Outcome,
    queue::{ClosingAction, Queue},
    session::{QueueEntry, Session},
    settings::Settings,
    time::Time,
    waits::Untaken,
};

/// Requests forgotten with each that is remembered: more than come, so that none is kept for long.
const FORGOTTEN_AT_ONCE: usize = 64;

impl Center {
    /// Folds one commit of the log.
    pub fn apply(&mut self, record: &Record) {
        for event in &record.events {
            self.evolve(record.time, event);
        }
        self.seq = record.seq;
    }

    /// Folds a leader's start: what is owed to persons for the time that nobody led.
    pub fn leader_started(&mut self, started: &LeaderStarted) {
        self.living = started.living.clone();
        self.down_for = Some(self.down_for.unwrap_or(0) + started.down_for);
        self.reindex_all();
    }

    pub(super) fn evolve(&mut self, now: Time, event: &Event) {
        match event {
            Event::Session(event) => self.session_event(now, event),
            Event::Agent { agent, change } => self.agent_change(now, agent, change),
            Event::Center(change) => self.center_change(now, change),
            Event::Chat(event) => self.chat_event(now, event),
        }
    }

    fn session_event(&mut self, now: Time, event: &SessionEvent) {
        if let Happened::Started(started) = &event.what {
            self.sessions.insert(event.session, Session::started(event.session, started, now));
        }
        let Some(session) = self.sessions.get_mut(&event.session) else {
            return;
        };
        let moves = matches!(event.what, Happened::Queued { .. } | Happened::Unqueued { .. });
        let entry = session.entry.as_ref().filter(|_| moves).cloned();
        let touched = match &event.what {
            Happened::OfferMade(offer) => Some(&offer.agent),
            Happened::OfferEnded { agent, .. }
            | Happened::Joined { agent, .. }
            | Happened::Left { agent, .. }
            | Happened::WrapUpStarted { agent, .. }
            | Happened::WrapUpCompleted { agent, .. } => Some(agent),
            _ => None,
        };
        if let Some(agent) = touched.and_then(|agent| self.agents.get_mut(agent)) {
            agent.session_event(now, event, &self.settings);
            self.index.agent(agent, &self.settings, &self.living);
        }
        session.follow(now, event, self.seq + 1, &self.settings);
        if matches!(event.what, Happened::Queued { .. } | Happened::Updated(_)) {
            session.suit_queue(&self.queues, now);
        }
        self.waiting_changed(now, event, entry);
        let Some(session) = self.sessions.get_mut(&event.session) else {
            return;
        };
        self.index.session(session, &self.settings, &self.living);
        if event.what.is_structural() || matches!(event.what, Happened::Updated(_)) {
            self.index.reconsider(session);
        }
        if matches!(event.what, Happened::Queued { .. }) {
            let estimate = self.estimate_at_entry(event.session);
            self.sessions.entry(event.session).and_modify(|session| {
                session.entry.iter_mut().for_each(|entry| entry.estimate = estimate);
            });
        }
    }

    /// What queues and the center remember of those who wait and of who served them; `before` is the session's entry until now.
    fn waiting_changed(&mut self, now: Time, event: &SessionEvent, before: Option<QueueEntry>) {
        match (&event.what, before) {
            (Happened::Queued { queue, cause, .. }, before) => {
                if let Some(entry) = before {
                    self.untaken(now, &entry, Untaken::by_move(*cause));
                }
                let waits = self.waits.entry(queue.clone()).or_default();
                waits.entered += 1;
                if !self.index.waiting.contains_key(queue) {
                    waits.begin(now);
                }
                let closed = self.openness.get(queue).is_some_and(|openness| !openness.open);
                let keeps = self.queues.get(queue).is_none_or(|queue| queue.closing_action == ClosingAction::Keep);
                if let Some(session) = self.sessions.get_mut(&event.session)
                    && (closed && !keeps && *cause == QueueCause::Overflowed)
                {
                    session.entry.iter_mut().for_each(|entry| entry.closed = Some(now));
                }
            }
            (Happened::Unqueued { queue, reason: UnqueueReason::Taken, .. }, Some(entry)) => {
                let waits = self.waits.entry(queue.clone()).or_default();
                waits.taken(now, entry.entered, entry.estimate, self.queues.get(queue));
            }
            (Happened::Unqueued { end, .. }, Some(entry)) => {
                self.untaken(now, &entry, end.map_or(Untaken::Withdrawn, Untaken::by_end));
            }
            (Happened::Joined { agent, assistant, .. }, _) if assistant != &Some(true) => {
                if let Some(session) = self.sessions.get(&event.session) {
                    self.last_agents.note(session.customer, agent, now, self.settings.last_agent_memory);
                }
            }
            _ => {}
        }
    }

    fn untaken(&mut self, now: Time, entry: &QueueEntry, how: Untaken) {
        let waits = self.waits.entry(entry.queue.clone()).or_default();
        waits.left(now, entry.entered, how, self.settings.short_abandon_time);
    }

    fn agent_change(&mut self, now: Time, id: &AgentId, change: &AgentChange) {
        let Some(agent) = self.agents.get_mut(id) else {
            return;
        };
        agent.figures.count(now, &agent.status, &agent.work);
        match change {
            AgentChange::SignedIn { grace_end } => {
                agent.enter(Status::NotReady(Code::parse(SIGNED_IN)), now);
                agent.grace_end = agent.desks.is_empty().then_some(*grace_end);
            }
            AgentChange::SignedOut => {
                agent.enter(Status::SignedOut, now);
                agent.grace_end = None;
                (agent.declines, agent.misses, agent.ramp) = (0, 0, Ramp::Over);
            }
            AgentChange::Ready => {
                agent.enter(Status::Ready, now);
                agent.idle_since = now;
                agent.declines = 0;
                agent.ramp = if self.settings.ramp_up_time > 0 { Ramp::Open } else { Ramp::Over };
            }
            AgentChange::NotReady { reason } => agent.enter(Status::NotReady(reason.clone()), now),
            AgentChange::NotReadyNext { reason } => agent.next = Some(NextNotReady { reason: reason.clone() }),
            AgentChange::DeskOpened { incarnation } => {
                agent.desks.insert(*incarnation);
                agent.grace_end = None;
            }
            AgentChange::DeskClosed { incarnation, grace_end } => {
                agent.desks.remove(incarnation);
                agent.grace_end = (agent.is_signed_in() && agent.desks.is_empty()).then_some(*grace_end);
            }
            AgentChange::RampedUp => agent.ramp = Ramp::Open,
        }
        self.index.agent(agent, &self.settings, &self.living);
    }

    fn center_change(&mut self, now: Time, change: &CenterChange) {
        match change {
            CenterChange::SettingsPut(settings) => {
                self.settings = (**settings).clone();
                self.masks = Masks::of(settings);
                self.reindex_all();
                // A limit may have kept pairs apart that are possible now.
                self.index.reconsider_all();
            }
            CenterChange::QueuePut(queue) => self.queue_put(now, queue),
            CenterChange::QueueHours { queue, openness } => self.queue_hours(now, queue, *openness),
            CenterChange::QueueDeleted(queue) => {
                self.queues.remove(queue);
                self.waits.remove(queue);
                if let Some(until) = self.openness.remove(queue).and_then(|openness| openness.due()) {
                    self.index.deadlines.remove(&(until, Subject::Queue(queue.clone())));
                }
            }
            CenterChange::AgentDeleted(id) => {
                if let Some(mut agent) = self.agents.remove(id) {
                    self.index.forget_agent(&mut agent);
                }
                // Whoever gets the id next begins with nothing of theirs.
                self.favourites.remove(id);
                self.forget_responses(id);
                self.forget_member(id);
            }
            CenterChange::Audited { by, what } => self.audited(by, what),
            CenterChange::AgentPut(config) => {
                let agent = self.agents.entry(config.id.clone()).or_insert_with(|| Agent::new((**config).clone(), now));
                agent.config = (**config).clone();
                self.index.agent(agent, &self.settings, &self.living);
            }
            CenterChange::Remembered { caller, request, fingerprint, answer } => {
                self.requests.forget_before(Time(now.0.saturating_sub(REQUEST_MEMORY)));
                let remembered = Remembered { fingerprint: *fingerprint, answer: answer.clone() };
                self.requests.answers.entry(caller.clone()).or_default().insert(request.clone(), remembered);
                self.requests.by_time.push_back((now, caller.clone(), request.clone()));
            }
            CenterChange::DeadlinesMoved { by, not_before } => {
                self.down_for = None;
                self.sessions.values_mut().for_each(|session| session.prolong(*by, *not_before));
                self.agents.values_mut().for_each(|agent| agent.prolong(*by, *not_before));
                self.chats.values_mut().for_each(|chat| chat.prolong(*by, *not_before));
                self.reindex_all();
            }
            CenterChange::Archived { session } => {
                if let Some(session) = self.sessions.remove(session) {
                    self.index.forget(&session);
                    self.monitors.retain(|(watched, _)| *watched != session.id);
                }
            }
            CenterChange::CustomerWatching { session, incarnation, open } => self.quietly(session, |session| {
                match open {
                    true => session.watching.insert(*incarnation),
                    false => session.watching.remove(incarnation),
                };
            }),
            CenterChange::CustomerAbsent { session } => self.quietly(session, |session| {
                session.away.iter_mut().for_each(|away| away.absent = true);
            }),
            CenterChange::SkipEnded { session, agent } => self.quietly(session, |session| {
                session.skipped.remove(agent);
            }),
            CenterChange::Widened { session } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.suit_queue(&self.queues, now);
                }
                self.quietly(session, |_| {});
            }
            CenterChange::WaitingTold { session } => self.quietly(session, |session| {
                session.entry.iter_mut().for_each(|entry| entry.told = now);
            }),
            CenterChange::PreferenceEnded { session } => self.quietly(session, |session| {
                session.entry.iter_mut().for_each(|entry| entry.preferred = None);
            }),
            CenterChange::FavouritePut { agent, target } => self.favourite(agent, target, true),
            CenterChange::FavouriteDeleted { agent, target } => self.favourite(agent, target, false),
            CenterChange::ChatRead { chat, agent, revision } => self.chat_read(*chat, agent, *revision),
            CenterChange::ChatForgotten { chat } => self.forget_chat(chat),
            CenterChange::CannedPut(_)
            | CenterChange::CannedDeleted(_)
            | CenterChange::OwnCannedPut { .. }
            | CenterChange::OwnCannedDeleted { .. } => {
                self.canned_change(change);
            }
            CenterChange::AttachmentCreated { .. }
            | CenterChange::AttachmentUploaded { .. }
            | CenterChange::AttachmentDropped { .. } => self.attachment_change(change),
        }
    }

    fn attachment_change(&mut self, change: &CenterChange) {
        let (session, id) = match change {
            CenterChange::AttachmentCreated { session, id, .. }
            | CenterChange::AttachmentUploaded { session, id, .. }
            | CenterChange::AttachmentDropped { session, id } => (session, id),
            _ => return,
        };
        self.quietly(session, |session| {
            session.extras(|extras| match change {
                CenterChange::AttachmentCreated { attachment, .. } => {
                    extras.attachments.insert(*id, (**attachment).clone());
                }
                CenterChange::AttachmentUploaded { file, .. } => {
                    extras.attachments.entry(*id).and_modify(|known| known.file = Some(*file));
                }
                _ => {
                    extras.attachments.remove(id);
                }
            });
        });
    }

    fn queue_put(&mut self, now: Time, queue: &Queue) {
        let before = self.queues.insert(queue.id.clone(), queue.clone());
        let kept = before.is_none_or(|before| before.closing_action == ClosingAction::Keep);
        let keeps = queue.closing_action == ClosingAction::Keep;
        let closed = self.openness.get(&queue.id).is_some_and(|openness| !openness.open);
        for place in self.index.waiting.get(&queue.id).cloned().unwrap_or_default() {
            if let Some(session) = self.sessions.get_mut(&place.session) {
                session.suit_queue(&self.queues, now);
            }
            self.quietly(&place.session, |session| {
                if keeps != kept {
                    // Those who wait in a closed queue are kept from now on, or no longer.
                    session.entry.iter_mut().for_each(|entry| entry.closed = (closed && !keeps).then_some(now));
                }
            });
        }
    }

    fn queue_hours(&mut self, now: Time, id: &QueueId, openness: Openness) {
        let subject = Subject::Queue(id.clone());
        if let Some(until) = self.openness.insert(id.clone(), openness).and_then(|openness| openness.due()) {
            self.index.deadlines.remove(&(until, subject.clone()));
        }
        self.index.deadlines.extend(openness.due().map(|due| (due, subject)));
        let keeps = self.queues.get(id).is_none_or(|queue| queue.closing_action == ClosingAction::Keep);
        let closed = (!openness.open && !keeps).then_some(now);
        for place in self.index.waiting.get(id).cloned().unwrap_or_default() {
            self.quietly(&place.session, |session| {
                session.entry.iter_mut().for_each(|entry| entry.closed = closed);
            });
        }
    }

    fn audited(&mut self, by: &Caller, what: &Audit) {
        let Some(supervisor) = by.who.agent() else { return };
        match what {
            Audit::MonitoringStarted(session) => {
                self.monitors.insert((*session, supervisor.clone()));
            }
            Audit::MonitoringStopped(session) => {
                self.monitors.remove(&(*session, supervisor.clone()));
            }
            Audit::AgentForced(_)
            | Audit::CredentialsRevoked(_)
            | Audit::SettingsPut
            | Audit::QueuePut(_)
            | Audit::AgentPut(_)
            | Audit::CannedPut(_)
            | Audit::CannedDeleted(_)
            | Audit::QueueDeleted(_)
            | Audit::AgentDeleted(_) => {}
        }
    }

    /// Changes a session without a revision.
    fn quietly(&mut self, id: &SessionId, change: impl FnOnce(&mut Session)) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        change(session);
        self.index.session(session, &self.settings, &self.living);
        self.index.reconsider(session);
    }
}

impl Requests {
    /// Forgets some of what is older, so that no commit pays for a whole day; who looks up ignores the rest.
    fn forget_before(&mut self, time: Time) {
        for _ in 0..FORGOTTEN_AT_ONCE {
            let Some((when, caller, request)) = self.by_time.front().filter(|(when, ..)| *when < time) else { return };
            if let Some(requests) = self.answers.get_mut(caller) {
                // Unless it was asked anew since.
                if requests.get(request).is_some_and(|known| known.answer.time == *when) {
                    requests.remove(request);
                }
                if requests.is_empty() {
                    self.answers.remove(caller);
                }
            }
            self.by_time.pop_front();
        }
    }
}

impl Agent {
    fn enter(&mut self, status: Status, now: Time) {
        self.next = None;
        self.status = status;
        self.since = now;
    }

    fn session_event(&mut self, now: Time, event: &SessionEvent, settings: &Settings) {
        let session = event.session;
        self.figures.count(now, &self.status, &self.work);
        match &event.what {
            Happened::OfferMade(offer) => {
                self.work.ringing.insert(offer.id, session);
                self.figures.offered += 1;
                if offer.is_router() && self.ramp == Ramp::Open {
                    let full = !self.has_room(settings);
                    self.ramp = if full { Ramp::Over } else { Ramp::Until(now + settings.ramp_up_time) };
                }
            }
            Happened::OfferEnded { offer, outcome, router, .. } => {
                self.work.ringing.remove(offer);
                match outcome {
                    Outcome::Accepted => self.figures.accepted += 1,
                    Outcome::Declined => self.figures.declined += 1,
                    Outcome::NoAnswer => self.figures.missed += 1,
                    Outcome::AgentGone | Outcome::Canceled(_) => {}
                }
                match outcome {
                    Outcome::Declined if *router => (self.declines, self.misses) = (self.declines + 1, 0),
                    Outcome::NoAnswer if *router => self.misses += 1,
                    Outcome::Accepted => (self.declines, self.misses, self.idle_since) = (0, 0, now),
                    _ => {}
                }
            }
            Happened::Joined { .. } => {
                self.work.held.insert(session);
                self.figures.joined += 1;
            }
            Happened::Left { .. } => {
                self.work.held.remove(&session);
            }
            Happened::WrapUpStarted { .. } => {
                self.work.wrap_ups.insert(session);
            }
            Happened::WrapUpCompleted { .. } => {
                self.work.wrap_ups.remove(&session);
            }
            _ => {}
        }
    }
}
