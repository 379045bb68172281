//! A chat as one of its agents sees it, and what that agent does next. Pure: no clock, no network.

use std::time::Duration;

use chatsession_sdk::InviteMode;
use tokio::time::Instant;

use super::{
    fold::Fold,
    plan::{Plan, Side},
};

/// Who transferred to a queue leaves after so long at the latest, so that agents never wait for one another in a ring;
/// an invitation that nobody accepted for so long is given up.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Before another colleague is tried.
const AGAIN: Duration = Duration::from_millis(200);

/// A chat that an agent is in.
pub(super) struct Chat {
    pub(super) fold: Fold,
    conversation: usize,
    /// Turns said by this agent or seen, the unseen included: none is said twice.
    said: usize,
    /// The turn before which the session was transferred.
    transferred: Option<usize>,
    /// Since when the session is seen to wait.
    waits_since: Option<Instant>,
    leaving: bool,
    inviting: Inviting,
}

/// How far an invitation has got.
#[derive(Default)]
struct Inviting {
    since: Option<Instant>,
    next: Option<Instant>,
    attempts: usize,
    /// Asked for, and not seen yet.
    asked: bool,
    given_up: bool,
}

/// What an agent does next.
#[derive(Debug, PartialEq)]
pub(super) enum Act {
    Say(usize),
    Transfer(String),
    Leave,
    Invite(String, InviteMode),
    /// The invitation is given up: it is called off, in case that it still rings.
    GiveUp(Option<String>),
    /// Nothing before then, or before something happens.
    Wait(Option<Instant>),
}

impl Chat {
    pub(super) fn new(fold: Fold) -> Option<Self> {
        let conversation = fold.conversation?;
        let said = fold.turns.len();
        let inviting = Inviting::default();
        Some(Self { fold, conversation, said, transferred: None, waits_since: None, leaving: false, inviting })
    }

    pub(super) fn conversation(&self) -> usize {
        self.conversation
    }

    /// Takes an event in. An invitation that was asked for shows.
    pub(super) fn see(&mut self, event: &chatsession_sdk::Event) {
        if event.revision <= self.fold.revision {
            return;
        }
        self.fold.apply(event);
        if self.fold.invitation().is_some() {
            self.inviting.asked = false;
        }
        self.said = self.said.max(self.fold.turns.len());
    }

    /// A leave was refused, because meanwhile nobody else is there.
    pub(super) fn stays(&mut self) {
        self.leaving = false;
    }

    /// An invitation was refused.
    pub(super) fn not_invited(&mut self) {
        self.inviting.asked = false;
    }

    /// What `me` does now. Counts as done.
    pub(super) fn next(&mut self, me: &str, plan: &Plan, now: Instant) -> Act {
        let turns = &plan.conversations[self.conversation].turns;
        let at = self.fold.turns.len();
        let within_a_commit = self.fold.joining || self.fold.taken_over;
        if self.fold.ended || self.leaving || within_a_commit {
            return Act::Wait(None);
        }
        // Whoever came last goes on; the others have seen that they are connected, and leave.
        if self.fold.connected.last().and_then(|(_, agent)| agent.as_deref()) != Some(me) {
            self.leaving = true;
            return Act::Leave;
        }
        let Some(turn) = turns.get(at).filter(|_| self.said <= at) else { return Act::Wait(None) };
        if self.fold.queue != turn.queue {
            if self.transferred == Some(at) {
                return Act::Wait(None);
            }
            self.transferred = Some(at);
            return Act::Transfer(turn.queue.clone());
        }
        if self.fold.waits {
            let until = *self.waits_since.get_or_insert(now) + PATIENCE;
            self.leaving = now >= until;
            return if self.leaving { Act::Leave } else { Act::Wait(Some(until)) };
        }
        self.waits_since = None;
        if turn.from == Side::Customer {
            return Act::Wait(None);
        }
        if let Some((before, mode)) = plan.invitation(self.conversation)
            && before == at
            && self.fold.invitations_accepted == 0
            && (!self.inviting.given_up || self.fold.invitation().is_some())
        {
            return self.invite(plan, mode, now);
        }
        self.said = at + 1;
        Act::Say(at)
    }

    fn invite(&mut self, plan: &Plan, mode: InviteMode, now: Instant) -> Act {
        let inviting = &mut self.inviting;
        let until = *inviting.since.get_or_insert(now) + PATIENCE;
        let rings = self.fold.invitation().map(str::to_owned);
        if inviting.asked || inviting.given_up {
            return Act::Wait(None);
        }
        if now >= until {
            inviting.given_up = true;
            return Act::GiveUp(rings);
        }
        if rings.is_some() {
            return Act::Wait(Some(until));
        }
        let next = inviting.next.unwrap_or(now);
        if now < next {
            return Act::Wait(Some(next));
        }
        inviting.next = Some(now + AGAIN);
        inviting.attempts += 1;
        inviting.asked = true;
        Act::Invite(plan.colleague(self.conversation, inviting.attempts).to_owned(), mode)
    }
}
