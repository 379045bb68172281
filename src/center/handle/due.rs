//! What happens by itself when its time has come.

use crate::center::{
    Answer, Audience, By, CancelCause, CenterChange, EndReason, Happened, LeaveReason, MaxWaitAction, Outcome,
    QueueCause, Refusal, SessionId, Subject, Time, UnqueueReason, WrapUpOutcome,
    commit::Commit,
    deadline::{AgentDue, SessionDue},
};

/// Events after which a commit leaves the rest to the next, so that a record stays small.
const MAX_EVENTS: usize = 256;

/// Bytes of text likewise: automatic messages are up to 4 KiB each.
const MAX_TEXT: usize = 64 * 1024;

/// What the customer reads at the end of their wait where the queue has no words of its own.
const WAITED_TOO_LONG: &str = "We are sorry: nobody could take your chat in time. Please try again later.";

/// Everything that is due now, the earliest first, as far as one commit goes.
pub(super) fn due() -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    Ok(|commit: &mut Commit<'_>| {
        if let Some(down_for) = commit.center.down_for {
            let not_before = commit.now + commit.center.settings.recovery_hold;
            commit.center(CenterChange::DeadlinesMoved { by: down_for, not_before });
        }
        while commit.events.len() < MAX_EVENTS && commit.content.bytes() < MAX_TEXT {
            let first = commit.center.index.deadlines.first().cloned();
            match first {
                Some((time, Subject::Session(id))) if time <= commit.now => commit.session_due(id),
                Some((time, Subject::Agent(id))) if time <= commit.now => commit.agent_due(&id),
                Some((time, Subject::Chat(id))) if time <= commit.now => commit.chat_due(id),
                _ => break,
            }
            // Whatever is due next in this commit must not find a session that is nobody's.
            commit.settle();
        }
        Answer::default()
    })
}

impl Commit<'_> {
    fn agent_due(&mut self, id: &crate::center::AgentId) {
        let agent = &self.center.agents[id];
        match agent.due(&self.center.living, self.now) {
            Some(AgentDue::DesksLost(incarnation)) => {
                let settings = &self.center.settings;
                let grace = settings.lease_grace.max(settings.recovery_hold);
                self.desk_closed(id, incarnation, grace);
            }
            Some(AgentDue::Gone) => self.agent_gone(id, LeaveReason::AgentGone),
            None => {}
        }
    }

    fn session_due(&mut self, id: SessionId) {
        let due = self.get(id).due(&self.center.settings, &self.center.living, self.now);
        let Some(due) = due else { return };
        match due {
            SessionDue::TellExtended(offer) => {
                let Some(offer) = self.get(id).offer(offer).cloned() else {
                    return;
                };
                let (offer, expire, agent) = (offer.id, offer.expire, offer.agent);
                self.system(id, Happened::OfferExtended { offer, expire, agent });
            }
            SessionDue::WatchesLost(incarnation) => {
                let settings = &self.center.settings;
                let grace = settings.customer_grace.max(settings.recovery_hold);
                self.watches_closed(id, incarnation, grace);
            }
            SessionDue::OfferExpired(offer) => self.end_offer(id, offer, Outcome::NoAnswer),
            SessionDue::WrapUpExpired(agent) => self.end_wrap_up(id, &agent, WrapUpOutcome::TimedOut),
            SessionDue::TooOld => self.end_session(id, EndReason::AgeLimit),
            SessionDue::WarnTooOld => {
                let end = self.get(id).created + self.center.settings.max_age;
                self.warn(id, EndReason::AgeLimit, end);
            }
            SessionDue::CustomerGone => self.end_session(id, EndReason::CustomerGone),
            SessionDue::CustomerAbsent => self.center(CenterChange::CustomerAbsent { session: id }),
            SessionDue::Inactive => self.end_session(id, EndReason::Inactivity),
            SessionDue::WarnInactive => {
                let end = self.get(id).inactivity.as_ref().map_or(self.now, |inactivity| inactivity.end);
                self.warn(id, EndReason::Inactivity, end);
            }
            SessionDue::MaxWait => self.waited_too_long(id),
            SessionDue::SkipEnded(agent) => self.center(CenterChange::SkipEnded { session: id, agent }),
        }
    }

    fn warn(&mut self, id: SessionId, reason: EndReason, end: Time) {
        self.system(id, Happened::Warned { reason, end });
    }

    fn waited_too_long(&mut self, id: SessionId) {
        let session = self.get(id);
        let Some(queue) = session.entry.as_ref().and_then(|entry| self.center.queues.get(&entry.queue)) else {
            return;
        };
        if session.is_attended() {
            return self.unqueue(id, UnqueueReason::MaxWait, CancelCause::Moved);
        }
        let (priority, message) = (session.priority, queue.max_wait_message.clone());
        match &queue.max_wait_action {
            MaxWaitAction::Overflow(target) if !session.visited.contains(target) => {
                self.enqueue(id, target.clone(), QueueCause::Overflowed, priority);
            }
            MaxWaitAction::Overflow(_) | MaxWaitAction::End => {
                let by: By = self.queue_by(&queue.id.clone());
                self.say(id, by, Audience::Everyone, message.as_deref().unwrap_or(WAITED_TOO_LONG));
                self.end_session(id, EndReason::MaxWait);
            }
        }
    }
}
