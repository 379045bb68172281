//! What an event does to its session.

use std::collections::BTreeMap;

use crate::bugs::bug;
use crate::center::{
    AgentId, Away, By, EndReason, EndedOffer, Happened, LeaveReason, Millis, Moment, Outcome, Participant, Queue,
    QueueCause, QueueEntry, QueueId, ReadMark, RequestId, Session, SessionEvent, SessionId, Settings, Started, Time,
    Updated, WrapUp,
    session::{ENDED_OFFERS_KEPT, Ended, FirstResponse, Flag, PostedMessage},
};

impl Session {
    pub(super) fn started(id: SessionId, started: &Started, now: Time) -> Self {
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
            extras: None,
            channel: started.channel,
            skills: started.skills.clone(),
            flag: None,
            first_response: None,
            said: ReadMark::default(),
            keys: Default::default(),
        }
    }

    /// A session as it was after these events, each with its commit's time and number; without what it was before them, they
    /// are its first ones: what is known of it by who sees no more. Limits of time are those of default settings.
    pub fn folded<'a>(
        before: Option<Self>,
        events: impl IntoIterator<Item = (Time, u64, &'a SessionEvent)>,
    ) -> Option<Self> {
        let (mut session, settings) = (before, Settings::default());
        for (time, commit, event) in events {
            if let Happened::Started(started) = &event.what {
                session = Some(Self::started(event.session, started, time));
            }
            session.as_mut()?.follow(time, event, commit, &settings);
        }
        session
    }

    pub(super) fn follow(&mut self, now: Time, event: &SessionEvent, commit: u64, settings: &Settings) {
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
            Happened::Queued { .. } => self.queued(now, event, skip_time),
            Happened::Unqueued { .. } => self.entry = None,
            Happened::OfferMade(offer) => {
                if let Some(entry) = self.entry.as_mut().filter(|_| offer.is_router()) {
                    entry.named = None;
                }
                self.offers.push((**offer).clone());
            }
            Happened::OfferEnded { offer, outcome, .. } => self.offer_ended(*offer, *outcome, now + skip_time),
            Happened::OfferExtended { offer, expire, .. } => {
                for open in self.offers.iter_mut().filter(|open| open.id == *offer) {
                    (open.expire, open.untold) = (*expire, false);
                }
            }
            Happened::Joined { .. } => self.joined(now, event),
            Happened::Left { agent, reason, .. } => self.agent_left(now, commit, agent, *reason, now + skip_time),
            Happened::Posted { message, fingerprint, more, .. } => {
                self.posted(now, event, message, *fingerprint);
                self.posted_more(event.revision, more.as_deref());
            }
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
                self.flag = None;
                self.first_response = None;
                self.leaving.clear();
                self.skipped.clear();
                self.visited.clear();
                self.drop_unsent();
            }
            Happened::WrapUpStarted { agent, expire, disposition_required } => {
                let wrap_up = WrapUp { expire: *expire, disposition_required: *disposition_required };
                self.wrap_ups.insert(agent.clone(), wrap_up);
            }
            Happened::WrapUpCompleted { agent, .. } => {
                self.wrap_ups.remove(agent);
            }
            Happened::DispositionSet { agent, code, .. } => {
                self.dispositions.extend(code.clone().map(|code| (agent.clone(), code)));
            }
            Happened::Closed => self.closed = true,
            Happened::LeavePlanned { agent } => {
                self.leaving.insert(agent.clone());
            }
            Happened::LeavePlanDropped { agent } => {
                self.leaving.remove(agent);
            }
            Happened::Updated(updated) => self.updated(updated),
            Happened::FlagRaised { agent, note } => {
                self.flag = Some(Flag { agent: agent.clone(), time: now, note: *note });
            }
            Happened::FlagCleared => self.flag = None,
            Happened::CapacityOverridden { .. } => {}
        }
        // What an agent who left may see ends with the commit in which they left.
        let leavers = self.participants.iter_mut().filter(|past| past.left_in == Some(commit));
        leavers.for_each(|past| past.sees_until = Some(event.revision));
    }

    fn queued(&mut self, now: Time, event: &SessionEvent, skip_time: Millis) {
        let Happened::Queued { queue, cause, waited_before, expire, priority, skills, language, named, preferred } =
            &event.what
        else {
            return;
        };
        (self.home, self.priority) = (queue.clone(), *priority);
        self.visited.insert(queue.clone());
        if let Some(skills) = skills {
            self.skills = skills.clone();
        }
        if language.is_some() {
            self.language = language.clone();
        }
        if let (QueueCause::Transferred, By::Agent { id, .. }) = (cause, &event.by) {
            self.skipped.insert(id.clone(), now + skip_time);
        }
        self.entry = Some(QueueEntry {
            queue: queue.clone(),
            entered: now,
            waited_before: *waited_before,
            expire: *expire,
            boost: 0,
            wants: self.skills.clone(),
            widen: None,
            closed: None,
            preferred: preferred.clone(),
            named: named.clone(),
            tell_every: 0,
            told: now,
            estimate: None,
        });
    }

    fn joined(&mut self, now: Time, event: &SessionEvent) {
        let Happened::Joined { participant, agent, name, queue, assistant, first_response, .. } = &event.what else {
            return;
        };
        let assistant = assistant.unwrap_or(false);
        if !assistant {
            self.waited = self.waited(now);
            self.unattended_since = None;
            // The queue that it still waits in, if it does, is visited all the same.
            self.visited = self.entry.iter().map(|entry| entry.queue.clone()).collect();
        }
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
            assistant,
        });
        if let Some(due) = first_response {
            self.first_response = Some(FirstResponse { agent: agent.clone(), due: *due });
        }
    }

    fn updated(&mut self, updated: &Updated) {
        self.name = updated.name.or(self.name);
        if updated.language.is_some() {
            self.language = updated.language.clone();
        }
        self.priority = updated.priority.unwrap_or(self.priority);
        if let Some(skills) = &updated.skills {
            self.skills = skills.clone();
        }
        for attribute in &updated.attributes {
            self.attributes.retain(|known| known.name != attribute.name);
            if attribute.value.is_some() {
                self.attributes.push(attribute.clone());
            }
        }
    }

    fn offer_ended(&mut self, id: crate::center::OfferId, outcome: Outcome, skip_until: Time) {
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
            // Who was waited for has had their turn.
            for entry in self.entry.iter_mut().filter(|entry| entry.prefers(&offer.agent)) {
                entry.preferred = None;
            }
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
        if self.first_response.as_ref().is_some_and(|owed| owed.agent == *agent) {
            self.first_response = None;
        }
        let sent_away = matches!(
            reason,
            LeaveReason::Left
                | LeaveReason::Transferred
                | LeaveReason::NoResponse
                | LeaveReason::Removed
                | LeaveReason::TakenOver
        );
        if sent_away {
            self.skipped.insert(agent.clone(), skip_until);
        }
        if !self.is_attended() && self.unattended_since.is_none() {
            self.unattended_since = Some(now);
        }
    }

    fn posted(&mut self, now: Time, event: &SessionEvent, message: &RequestId, fingerprint: Option<u64>) {
        self.said = ReadMark { revision: event.revision, public: event.public.unwrap_or(self.said.public) };
        let sender = match &event.by {
            By::Customer => None,
            By::Agent { id, .. } => Some(id.clone()),
            By::System | By::Queue { .. } => return,
        };
        if event.public.is_some() {
            self.staff_spoke_last = sender.is_some();
            self.inactivity = None;
            if sender.is_some() {
                self.first_response = None;
            }
        }
        if let Some(fingerprint) = fingerprint {
            let posted = PostedMessage { revision: event.revision, public: self.public, fingerprint, time: now };
            self.messages.insert((sender, message.clone()), posted);
        }
    }

    /// Makes the entry what its queue says now of those who wait.
    pub(super) fn suit_queue(&mut self, queues: &BTreeMap<QueueId, Queue>, now: Time) {
        let Some(entry) = &mut self.entry else { return };
        let Some(queue) = queues.get(&entry.queue) else { return };
        let waited = now.since(entry.entered);
        entry.boost = queue.priority;
        entry.wants = queue.wants(&self.skills, waited);
        entry.widen = queue.next_widening(waited).map(|after| entry.entered + after);
        let tells = queue.messages.iter().any(|message| message.moment == Moment::Waiting);
        entry.tell_every = if tells { queue.waiting_interval } else { 0 };
    }
}
