//! A session enters a queue, or is taken out of it again.

use std::collections::BTreeSet;

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Audience, Caller, CancelCause, Center, EndReason, Happened, Label, LeaveReason, Moment, Offer,
    Preferred, Queue, QueueCause, QueueId, Refusal, Session, SessionId, TransferLeave, TransferToQueue, UnqueueReason,
    Wanted, commit::Commit,
};

pub(super) fn transfer(
    center: &Center,
    caller: &Caller,
    transfer: TransferToQueue,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let TransferToQueue { session: id, queue, leave, note, priority, expected, skills, language } = transfer;
    let (session, participant) = center.attended_by(caller, id)?;
    session.expect(expected)?;
    let agent = participant.agent.clone();
    let target = center.queues.get(&queue).ok_or(Refusal::QueueNotFound)?;
    if session.entry.as_ref().is_some_and(|entry| entry.queue == queue) {
        return Err(Refusal::AlreadyQueued);
    }
    if !center.is_open(&queue) {
        return Err(Refusal::QueueClosed);
    }
    if !center.is_staffed(target) {
        return Err(Refusal::QueueUnstaffed);
    }
    let entering = Entering { skills, language, ..Entering::new(session, queue, QueueCause::Transferred) };
    let entering = Entering { priority: priority.unwrap_or(entering.priority), ..entering };
    Ok(move |commit: &mut Commit<'_>| {
        commit.enqueue(id, entering);
        let note = commit.masked(note);
        if !note.is_empty() {
            let by = commit.caller_by();
            commit.say(id, by, Audience::Staff, &note);
        }
        commit.greet(id);
        match leave {
            TransferLeave::Stay => {}
            TransferLeave::Now => commit.leave(id, &agent, LeaveReason::Transferred),
            TransferLeave::WhenTaken => commit.session(id, Happened::LeavePlanned { agent }),
        }
        about(id)
    })
}

impl Center {
    /// Whether somebody serves a queue, if it wants that.
    pub(super) fn is_staffed(&self, queue: &Queue) -> bool {
        !queue.refuse_unstaffed || self.index().signed_in.contains_key(&queue.id)
    }
}

pub(super) fn withdraw(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    expected: Option<u32>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, _) = center.attended_by(caller, id)?;
    session.expect(expected)?;
    if session.entry.is_none() {
        return Err(Refusal::NotQueued);
    }
    Ok(move |commit: &mut Commit<'_>| {
        commit.unqueue(id, UnqueueReason::Withdrawn, CancelCause::Withdrawn);
        about(id)
    })
}

/// How a session enters a queue.
pub(super) struct Entering {
    pub(super) queue: QueueId,
    pub(super) cause: QueueCause,
    pub(super) priority: i32,
    pub(super) skills: Option<Vec<Wanted>>,
    pub(super) language: Option<Label>,
    pub(super) named: Option<AgentId>,
}

impl Entering {
    /// As it is.
    pub(super) fn new(session: &Session, queue: QueueId, cause: QueueCause) -> Self {
        Self { queue, cause, priority: session.priority, skills: None, language: None, named: None }
    }
}

impl Commit<'_> {
    /// The session waits in this queue from now on, wherever it waited before.
    pub(super) fn enqueue(&mut self, id: SessionId, entering: Entering) {
        self.cancel_offers(id, CancelCause::Moved, Offer::is_router);
        self.drop_leave_plans(id);
        let Entering { queue, cause, priority, skills, language, named } = entering;
        let max_wait = self.center.queues.get(&queue).map_or(0, |queue| queue.max_wait);
        let (waited_before, expire) = (self.get(id).waited(self.now), self.now + max_wait);
        let preferred = if named.is_some() { None } else { self.preferred(id, &queue, cause) };
        let queued =
            Happened::Queued { queue, cause, waited_before, expire, priority, skills, language, named, preferred };
        match cause {
            QueueCause::Started | QueueCause::Transferred | QueueCause::Reassigned => self.session(id, queued),
            QueueCause::Returned | QueueCause::Overflowed => self.system(id, queued),
        }
    }

    /// Who served the customer last is waited for, if the queue says so and they are at work and serve it.
    fn preferred(&self, id: SessionId, queue: &QueueId, cause: QueueCause) -> Option<Preferred> {
        let wait = self.center.queues.get(queue)?.last_agent_wait;
        if cause != QueueCause::Started || wait == 0 {
            return None;
        }
        let memory = self.center.settings.last_agent_memory;
        let agent = self.center.last_agents.of(&self.get(id).customer, self.now, memory)?;
        let there = self.center.agents.get(agent)?;
        let fits = there.is_signed_in() && there.config.queues.contains(queue);
        fits.then(|| Preferred { agent: agent.clone(), until: self.now + wait })
    }

    /// The queue says what it says to those who enter.
    pub(super) fn greet(&mut self, id: SessionId) {
        let session = self.get(id);
        let Some(queue) = session.entry.as_ref().and_then(|entry| self.center.queues.get(&entry.queue)) else {
            return;
        };
        let transferred = session.is_attended();
        let words = queue.words(Moment::Entered, session.language.as_ref());
        let words = words.or(queue.entry_message.as_deref().filter(|_| transferred));
        if let Some(words) = words.map(str::to_owned) {
            let queue = queue.id.clone();
            self.queue_says(id, &queue, &words);
        }
    }

    /// A message of a queue's, its variables filled.
    pub(super) fn queue_says(&mut self, id: SessionId, queue: &QueueId, words: &str) {
        let text = self.center.filled(id, queue, words);
        let by = self.queue_by(queue);
        self.say(id, by, Audience::Everyone, &text);
    }

    /// The session waits in no queue from now on, without having been taken.
    pub(super) fn unqueue(&mut self, id: SessionId, reason: UnqueueReason, cause: CancelCause) {
        let Some(queue) = self.quit_queue(id, cause) else { return };
        let unqueued = Happened::Unqueued { queue, reason, end: None };
        match reason {
            UnqueueReason::Withdrawn => self.session(id, unqueued),
            UnqueueReason::Taken | UnqueueReason::MaxWait | UnqueueReason::Ended | UnqueueReason::QueueClosed => {
                self.system(id, unqueued)
            }
        }
    }

    /// It waits no more, as it ends.
    pub(super) fn unqueue_ending(&mut self, id: SessionId, why: EndReason) {
        if let Some(queue) = self.quit_queue(id, CancelCause::SessionEnded) {
            self.system(id, Happened::Unqueued { queue, reason: UnqueueReason::Ended, end: Some(why) });
        }
    }

    /// What hangs on an entry goes before it.
    fn quit_queue(&mut self, id: SessionId, cause: CancelCause) -> Option<QueueId> {
        let queue = self.get(id).entry.as_ref()?.queue.clone();
        self.cancel_offers(id, cause, Offer::is_router);
        self.drop_leave_plans(id);
        Some(queue)
    }

    /// The session goes back to the queue that it entered last.
    pub(super) fn return_home(&mut self, id: SessionId) {
        let entering = Entering::new(self.get(id), self.get(id).home.clone(), QueueCause::Returned);
        self.enqueue(id, entering);
    }

    fn drop_leave_plans(&mut self, id: SessionId) {
        if bug!(PlanSurvivesWithdrawal) {
            return;
        }
        let leaving: BTreeSet<AgentId> = self.get(id).leaving.clone();
        for agent in leaving {
            self.system(id, Happened::LeavePlanDropped { agent });
        }
    }
}
