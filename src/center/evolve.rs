//! What an event does to the state: the only code that changes it. It accepts every event that was ever logged.

mod chat;

use crate::bugs::bug;

use super::{
    Center, REQUEST_MEMORY, Remembered, Requests,
    agent::{Agent, NextNotReady, Status},
    event::{
        AgentChange, By, CenterChange, EndReason, Event, Happened, LeaderStarted, LeaveReason, QueueCause, Record,
        SessionEvent, Started,
    },
    ids::{AgentId, SessionId},
    offer::Outcome,
    session::{
        Away, ENDED_OFFERS_KEPT, Ended, EndedOffer, Participant, PostedMessage, QueueEntry, ReadMark, Session, WrapUp,
    },
    settings::Settings,
    time::{Millis, Time},
};

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
            agent.session_event(now, event);
            self.index.agent(agent, &self.settings, &self.living);
        }
        session.follow(now, event, self.seq + 1, &self.settings);
        self.index.session(session, &self.settings, &self.living);
        if event.what.is_structural() {
            self.index.reconsider(session);
        }
    }

    fn agent_change(&mut self, now: Time, id: &AgentId, change: &AgentChange) {
        let Some(agent) = self.agents.get_mut(id) else {
            return;
        };
        match change {
            AgentChange::SignedIn { grace_end } => {
                agent.enter(Status::NotReady(super::ids::Code::parse("signed-in")), now);
                agent.grace_end = agent.desks.is_empty().then_some(*grace_end);
            }
            AgentChange::SignedOut => {
                agent.enter(Status::SignedOut, now);
                agent.grace_end = None;
                agent.declines = 0;
            }
            AgentChange::Ready => {
                agent.enter(Status::Ready, now);
                agent.idle_since = now;
                agent.declines = 0;
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
        }
        self.index.agent(agent, &self.settings, &self.living);
    }

    fn center_change(&mut self, now: Time, change: &CenterChange) {
        match change {
            CenterChange::SettingsPut(settings) => {
                self.settings = (**settings).clone();
                self.reindex_all();
                // A limit may have kept pairs apart that are possible now.
                self.index.reconsider_all();
            }
            CenterChange::QueuePut(queue) => {
                self.queues.insert(queue.id.clone(), (**queue).clone());
            }
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
            CenterChange::FavouritePut { agent, target } => self.favourite(agent, target, true),
            CenterChange::FavouriteDeleted { agent, target } => self.favourite(agent, target, false),
            CenterChange::ChatRead { chat, agent, revision } => self.chat_read(*chat, agent, *revision),
            CenterChange::ChatForgotten { chat } => self.forget_chat(chat),
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
    fn forget_before(&mut self, time: Time) {
        while let Some((when, caller, request)) = self.by_time.front().filter(|(when, ..)| *when < time) {
            debug_assert!(*when < time);
            if let Some(requests) = self.answers.get_mut(caller) {
                requests.remove(request);
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

    fn session_event(&mut self, now: Time, event: &SessionEvent) {
        let session = event.session;
        match &event.what {
            Happened::OfferMade(offer) => {
                self.work.ringing.insert(offer.id, session);
            }
            Happened::OfferEnded { offer, outcome, router, .. } => {
                self.work.ringing.remove(offer);
                match outcome {
                    Outcome::Declined if *router => self.declines += 1,
                    Outcome::Accepted => (self.declines, self.idle_since) = (0, now),
                    _ => {}
                }
            }
            Happened::Joined { .. } => {
                self.work.held.insert(session);
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

impl Session {
    fn started(id: SessionId, started: &Started, now: Time) -> Self {
        Self {
            id,
            customer: started.customer,
            customer_id: started.customer_id,
            name: started.name,
            language: started.language.clone(),
            attributes: started.attributes.clone(),
            created: now,
            revision: 0,
            public: 0,
            structure: 0,
            priority: started.priority,
            home: started.queue.clone(),
            entry: None,
            visited: Default::default(),
            offers: Vec::new(),
            ended_offers: Default::default(),
            participants: Vec::new(),
            joins: 0,
            unattended_since: Some(now),
            waited: 0,
            leaving: Default::default(),
            skipped: Default::default(),
            watching: Default::default(),
            away: None,
            staff_spoke_last: false,
            inactivity: None,
            age_warned: false,
            wrap_ups: Default::default(),
            dispositions: Default::default(),
            reads: Default::default(),
            messages: Default::default(),
            ended: None,
            closed: false,
            staff_only: Vec::new(),
            keys: Default::default(),
        }
    }

    /// A session as it was after these events, its first ones, each with its commit's time and number: what is known of it by
    /// who sees no more. Limits of time are those of default settings.
    pub fn folded<'a>(events: impl IntoIterator<Item = (Time, u64, &'a SessionEvent)>) -> Option<Self> {
        let (mut session, settings): (Option<Self>, _) = (None, Settings::default());
        for (time, commit, event) in events {
            if let Happened::Started(started) = &event.what {
                session = Some(Self::started(event.session, started, time));
            }
            session.as_mut()?.follow(time, event, commit, &settings);
        }
        session
    }

    fn follow(&mut self, now: Time, event: &SessionEvent, commit: u64, settings: &Settings) {
        self.revision = event.revision;
        match event.public {
            Some(public) => self.public = public,
            None => self.staff_only.push(event.revision),
        }
        if event.what.is_structural() {
            self.structure = event.revision;
        }
        self.event(now, event, commit, settings.skip_time);
        self.settle(settings, now);
    }

    fn event(&mut self, now: Time, event: &SessionEvent, commit: u64, skip_time: Millis) {
        match &event.what {
            Happened::Started(_) | Happened::CustomerReturned => self.away = None,
            Happened::Queued { queue, cause, waited_before, expire, priority } => {
                (self.home, self.priority) = (queue.clone(), *priority);
                self.visited.insert(queue.clone());
                if let (QueueCause::Transferred, By::Agent { id, .. }) = (cause, &event.by) {
                    self.skipped.insert(id.clone(), now + skip_time);
                }
                let (queue, waited_before, expire) = (queue.clone(), *waited_before, *expire);
                self.entry = Some(QueueEntry { queue, entered: now, waited_before, expire });
            }
            Happened::Unqueued { .. } => self.entry = None,
            Happened::OfferMade(offer) => self.offers.push((**offer).clone()),
            Happened::OfferEnded { offer, outcome, .. } => self.offer_ended(*offer, *outcome, now + skip_time),
            Happened::OfferExtended { offer, expire, .. } => {
                for open in self.offers.iter_mut().filter(|open| open.id == *offer) {
                    (open.expire, open.untold) = (*expire, false);
                }
            }
            Happened::Joined { participant, agent, name, queue, .. } => {
                self.waited = self.waited(now);
                self.unattended_since = None;
                // The queue that it still waits in, if it does, is visited all the same.
                self.visited = self.entry.iter().map(|entry| entry.queue.clone()).collect();
                self.skipped.remove(agent);
                self.participants.retain(|past| &past.agent != agent);
                self.joins = *participant;
                self.participants.push(Participant {
                    number: *participant,
                    agent: agent.clone(),
                    name: name.clone(),
                    joined: now,
                    joined_at: event.revision,
                    queue: queue.clone(),
                    left: None,
                    left_in: None,
                    sees_until: None,
                });
            }
            Happened::Left { agent, reason, .. } => self.agent_left(now, commit, agent, *reason, now + skip_time),
            Happened::Posted { message, fingerprint, .. } => self.posted(now, event, message, *fingerprint),
            Happened::Read { participant, revision, public } => {
                self.reads.insert(*participant, ReadMark { revision: *revision, public: *public });
            }
            Happened::CustomerAway { grace_end } => {
                self.away = Some(Away { grace_end: *grace_end, absent: false, end: None });
            }
            Happened::Warned { reason: EndReason::Inactivity, .. } => {
                self.inactivity.iter_mut().for_each(|inactivity| inactivity.warned = true);
            }
            Happened::Warned { .. } => self.age_warned = true,
            Happened::Ended { reason } => {
                self.ended = Some(Ended { reason: *reason, time: now });
                self.away = None;
                self.leaving.clear();
                self.skipped.clear();
                self.visited.clear();
            }
            Happened::WrapUpStarted { agent, expire, disposition_required } => {
                let wrap_up = WrapUp { expire: *expire, disposition_required: *disposition_required };
                self.wrap_ups.insert(agent.clone(), wrap_up);
            }
            Happened::WrapUpCompleted { agent, .. } => {
                self.wrap_ups.remove(agent);
            }
            Happened::DispositionSet { agent, code, .. } => {
                self.dispositions.insert(agent.clone(), code.clone());
            }
            Happened::Closed => self.closed = true,
            Happened::LeavePlanned { agent } => {
                self.leaving.insert(agent.clone());
            }
            Happened::LeavePlanDropped { agent } => {
                self.leaving.remove(agent);
            }
        }
        // What an agent who left may see ends with the commit in which they left.
        let leavers = self.participants.iter_mut().filter(|past| past.left_in == Some(commit));
        leavers.for_each(|past| past.sees_until = Some(event.revision));
    }

    fn offer_ended(&mut self, id: super::OfferId, outcome: Outcome, skip_until: Time) {
        let Some(at) = self.offers.iter().position(|offer| offer.id == id) else {
            return;
        };
        let offer = self.offers.remove(at);
        if bug!(EndedOfferStillRings) && outcome == Outcome::Declined {
            self.offers.push(offer.clone());
        }
        if bug!(LosersNotTold) {
            return;
        }
        if offer.is_router() && matches!(outcome, Outcome::Declined | Outcome::NoAnswer) {
            self.skipped.insert(offer.agent.clone(), skip_until);
        }
        if self.ended_offers.len() == ENDED_OFFERS_KEPT {
            self.ended_offers.pop_front();
        }
        self.ended_offers.push_back(EndedOffer { id, agent: offer.agent, kind: offer.kind, outcome });
    }

    fn agent_left(&mut self, now: Time, commit: u64, agent: &AgentId, reason: LeaveReason, skip_until: Time) {
        for past in self.participants.iter_mut().filter(|past| &past.agent == agent) {
            past.left = Some(now);
            past.left_in = Some(commit);
        }
        self.leaving.remove(agent);
        if matches!(reason, LeaveReason::Left | LeaveReason::Transferred) {
            self.skipped.insert(agent.clone(), skip_until);
        }
        if !self.is_attended() {
            self.unattended_since = Some(now);
        }
    }

    fn posted(&mut self, now: Time, event: &SessionEvent, message: &super::RequestId, fingerprint: Option<u64>) {
        let sender = match &event.by {
            By::Customer => None,
            By::Agent { id, .. } => Some(id.clone()),
            By::System | By::Queue { .. } => return,
        };
        if event.public.is_some() {
            self.staff_spoke_last = sender.is_some();
            self.inactivity = None;
        }
        if let Some(fingerprint) = fingerprint {
            let posted = PostedMessage { revision: event.revision, public: self.public, fingerprint, time: now };
            self.messages.insert((sender, message.clone()), posted);
        }
    }
}
