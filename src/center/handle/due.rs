//! What happens by itself when its time has come.

use super::queue::Entering;
use crate::center::{
    AgentChange, Answer, Audience, By, CancelCause, CenterChange, ClosingAction, EndReason, Happened, LeaveReason,
    MaxWaitAction, Moment, Outcome, Queue, QueueCause, QueueId, Refusal, SessionId, Subject, Time, UnqueueReason,
    WrapUpOutcome,
    commit::Commit,
    deadline::{AgentDue, SessionDue},
};

/// Events after which a commit leaves the rest to the next, so that a record stays small.
const MAX_EVENTS: usize = 256;

/// Bytes of text likewise: automatic messages are up to 4 KiB each.
const MAX_TEXT: usize = 64 * 1024;

/// What the customer reads at the end of their wait where the queue has no words of its own.
const WAITED_TOO_LONG: &str = "We are sorry: nobody could take your chat in time. Please try again later.";

/// What they read when the queue closes, likewise.
const CLOSED: &str = "We are sorry: we are closed now. Please come back when we are open again.";

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
                Some((time, Subject::Queue(id))) if time <= commit.now => commit.look_at_hours(&id),
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
        match agent.due(&self.center.settings, &self.center.living, self.now) {
            Some(AgentDue::RampedUp) => self.agent(id, AgentChange::RampedUp),
            Some(AgentDue::Returned) => self.agent(id, AgentChange::Ready),
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
            SessionDue::Inactive => {
                self.announce(id, self.center.settings.inactivity_message.clone());
                self.end_session(id, EndReason::Inactivity);
            }
            SessionDue::WarnInactive => {
                let end = self.get(id).inactivity.as_ref().map_or(self.now, |inactivity| inactivity.end);
                self.warn(id, EndReason::Inactivity, end);
                self.announce(id, self.center.settings.inactivity_warning.clone());
            }
            SessionDue::MaxWait => self.waited_too_long(id),
            SessionDue::Closed => self.queue_closed(id),
            SessionDue::SkipEnded(agent) => self.center(CenterChange::SkipEnded { session: id, agent }),
            SessionDue::NoResponse(agent) => self.send_away(id, &agent, LeaveReason::NoResponse),
            SessionDue::Widen => self.center(CenterChange::Widened { session: id }),
            SessionDue::TellWaiting => self.tell_waiting(id),
            SessionDue::PreferenceEnded => self.center(CenterChange::PreferenceEnded { session: id }),
            SessionDue::AttachmentUnsent(attachment) => {
                self.center(CenterChange::AttachmentDropped { session: id, id: attachment });
            }
        }
    }

    fn announce(&mut self, id: SessionId, words: Option<String>) {
        if let Some(words) = words {
            self.say(id, By::System, Audience::Everyone, &words);
        }
    }

    fn tell_waiting(&mut self, id: SessionId) {
        let session = self.get(id);
        let queue = session.entry.as_ref().and_then(|entry| self.center.queues.get(&entry.queue));
        let words =
            queue.and_then(|queue| Some((queue.id.clone(), queue.words(Moment::Waiting, session.language.as_ref())?)));
        if let Some((queue, words)) = words.map(|(queue, words)| (queue, words.to_owned())) {
            self.queue_says(id, &queue, &words);
        }
        self.center(CenterChange::WaitingTold { session: id });
    }

    fn warn(&mut self, id: SessionId, reason: EndReason, end: Time) {
        self.system(id, Happened::Warned { reason, end });
    }

    fn waited_too_long(&mut self, id: SessionId) {
        let Some(queue) = self.queue_of(id) else { return };
        let action = match &queue.max_wait_action {
            MaxWaitAction::Overflow(other) => Some(other.clone()),
            MaxWaitAction::End => None,
        };
        let language = self.get(id).language.clone();
        let words = queue.words(Moment::MaxWait, language.as_ref()).or(queue.max_wait_message.as_deref());
        let words = words.unwrap_or(WAITED_TOO_LONG).to_owned();
        self.end_wait(id, action, UnqueueReason::MaxWait, EndReason::MaxWait, &words);
    }

    fn queue_closed(&mut self, id: SessionId) {
        let Some(queue) = self.queue_of(id) else { return };
        let action = match &queue.closing_action {
            ClosingAction::Overflow(other) => Some(other.clone()),
            ClosingAction::End | ClosingAction::Keep => None,
        };
        let language = self.get(id).language.clone();
        let words = queue.words(Moment::Closed, language.as_ref()).unwrap_or(CLOSED).to_owned();
        self.end_wait(id, action, UnqueueReason::QueueClosed, EndReason::QueueClosed, &words);
    }

    fn queue_of(&self, id: SessionId) -> Option<Queue> {
        let entry = self.get(id).entry.as_ref()?;
        self.center.queues.get(&entry.queue).cloned()
    }

    /// The wait in a queue is over: who is attended just leaves it, who isn't goes on to a queue that they haven't seen, or ends.
    fn end_wait(&mut self, id: SessionId, to: Option<QueueId>, why: UnqueueReason, end: EndReason, words: &str) {
        let session = self.get(id);
        let Some(queue) = session.entry.as_ref().map(|entry| entry.queue.clone()) else {
            return;
        };
        if session.is_attended() {
            return self.unqueue(id, why, CancelCause::Moved);
        }
        match to.filter(|to| !session.visited.contains(to) && self.center.queues.contains_key(to)) {
            Some(to) => {
                let entering = Entering::new(session, to, QueueCause::Overflowed);
                self.enqueue(id, entering);
                self.greet(id);
            }
            None => {
                self.queue_says(id, &queue, words);
                self.end_session(id, end);
            }
        }
    }
}
