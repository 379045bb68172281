//! A session enters a queue, or is taken out of it again.

use std::collections::BTreeSet;

use super::about;
use crate::bugs::bug;
use crate::center::{
    AgentId, Answer, Audience, Caller, CancelCause, Center, Happened, LeaveReason, Offer, QueueCause, QueueId, Refusal,
    SessionId, TransferLeave, UnqueueReason, commit::Commit,
};

#[expect(clippy::too_many_arguments, reason = "one for each field of the command")]
pub(super) fn transfer(
    center: &Center,
    caller: &Caller,
    id: SessionId,
    queue: QueueId,
    leave: TransferLeave,
    note: String,
    priority: Option<i32>,
    expected: Option<u32>,
) -> Result<impl FnOnce(&mut Commit<'_>) -> Answer + use<>, Refusal> {
    let (session, participant) = center.attended_by(caller, id)?;
    session.expect(expected)?;
    let agent = participant.agent.clone();
    let target = center.queues.get(&queue).ok_or(Refusal::QueueNotFound)?;
    if session.entry.as_ref().is_some_and(|entry| entry.queue == queue) {
        return Err(Refusal::AlreadyQueued);
    }
    if target.refuse_unstaffed && !center.index().signed_in.contains_key(&queue) {
        return Err(Refusal::QueueUnstaffed);
    }
    let (priority, greeting) = (priority.unwrap_or(session.priority), target.entry_message.clone());
    Ok(move |commit: &mut Commit<'_>| {
        commit.enqueue(id, queue.clone(), QueueCause::Transferred, priority);
        let note = commit.masked(note);
        if !note.is_empty() {
            let by = commit.caller_by();
            commit.say(id, by, Audience::Staff, &note);
        }
        if let Some(greeting) = greeting {
            let by = commit.queue_by(&queue);
            commit.say(id, by, Audience::Everyone, &greeting);
        }
        match leave {
            TransferLeave::Stay => {}
            TransferLeave::Now => commit.leave(id, &agent, LeaveReason::Transferred),
            TransferLeave::WhenTaken => commit.session(id, Happened::LeavePlanned { agent }),
        }
        about(id)
    })
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

impl Commit<'_> {
    /// The session waits in this queue from now on, wherever it waited before.
    pub(super) fn enqueue(&mut self, id: SessionId, queue: QueueId, cause: QueueCause, priority: i32) {
        self.cancel_offers(id, CancelCause::Moved, Offer::is_router);
        self.drop_leave_plans(id);
        let max_wait = self.center.queues.get(&queue).map_or(0, |queue| queue.max_wait);
        let (waited_before, expire) = (self.get(id).waited(self.now), self.now + max_wait);
        let queued = Happened::Queued { queue, cause, waited_before, expire, priority };
        match cause {
            QueueCause::Started | QueueCause::Transferred => self.session(id, queued),
            QueueCause::Returned | QueueCause::Overflowed => self.system(id, queued),
        }
    }

    /// The session waits in no queue from now on, without having been taken.
    pub(super) fn unqueue(&mut self, id: SessionId, reason: UnqueueReason, cause: CancelCause) {
        let Some(entry) = self.get(id).entry.clone() else {
            return;
        };
        self.cancel_offers(id, cause, Offer::is_router);
        self.drop_leave_plans(id);
        let unqueued = Happened::Unqueued { queue: entry.queue, reason };
        match reason {
            UnqueueReason::Withdrawn => self.session(id, unqueued),
            UnqueueReason::Taken | UnqueueReason::MaxWait | UnqueueReason::Ended => self.system(id, unqueued),
        }
    }

    /// The session goes back to the queue that it entered last.
    pub(super) fn return_home(&mut self, id: SessionId) {
        let (home, priority) = (self.get(id).home.clone(), self.get(id).priority);
        self.enqueue(id, home, QueueCause::Returned, priority);
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
