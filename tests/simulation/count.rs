//! Counts what happened, so that a run that proves nothing is noticed.

use chatsession::center::*;

macro_rules! counts {
    ($($name:ident),* $(,)?) => {
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Counts { $(pub $name: u64),* }

        impl Counts {
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)*
            }

            /// What happened less than `least` times.
            pub fn scarce(&self, least: u64) -> Vec<String> {
                let all = [$((stringify!($name), self.$name)),*];
                all.iter().filter(|(_, count)| *count < least).map(|(name, count)| format!("{name}: {count}")).collect()
            }
        }
    };
}

counts!(
    commits,
    leaders,
    accepts_near_expiry,
    accepts_too_late,
    accepts_that_lost,
    accepts_of_moved,
    unattended_and_declined,
    taken_by_plan,
    plans_dropped,
    leases_lost,
    leases_renewed,
    lease_lost_under_an_offer,
    overflowed,
    max_wait_held_by_a_ring,
    ended_by_silence,
    ended_by_absence,
    ended_by_age,
    wrap_ups_timed_out,
    rejoined,
    offers_extended,
    routed,
    signed_in,
    ready,
    offered,
    transfers_taken,
    conferences,
    whispers,
    replies,
    files_sent,
    session_full,
    last_agent,
    refused,
    answered,
    repeated,
    repeated_after_doubt,
    landed_late,
    landed_in_doubt,
    two_leaders,
    deposed_with_answers,
    restored_from_snapshot,
    folded_from_scratch,
    resumed,
    archived,
    chats,
    chats_gone_on,
    chats_quiet,
    chat_messages,
    chat_reads,
    chat_leavings,
    favourites,
    accepts_after_taking,
    accepts_of_ended,
    taken_from_queue,
    barged_in,
    took_over,
    taken_over,
    reassigned,
    reassigned_to_a_queue,
    removed_under_an_invitation,
    ended_under_an_invitation,
    overridden,
    assisted,
    left_with_a_helper,
    no_response,
    named_first,
    preferred_first,
    preferences_ended,
    skilled,
    widened,
    widened_under_a_ring,
    opened,
    closed_under_a_ring,
    accepted_after_closing,
    ended_by_closing,
    sent_on_when_full,
    told_waiting,
    ramped_up,
    rested,
    missed_too_often,
    leases_renewed_at_last,
    forced,
    forced_out_with_sessions,
    monitored,
    updated,
    flags_raised,
    flags_cleared,
    queues_deleted,
    agents_deleted,
);

impl Counts {
    /// Follows an event in the state before it.
    pub fn event(&mut self, center: &Center, record: &Record, at: usize) {
        self.commits += u64::from(at == 0);
        let event = match &record.events[at] {
            Event::Session(event) => event,
            Event::Agent { agent, change: AgentChange::DeskOpened { .. } } => {
                self.leases_renewed += u64::from(center.agents[agent].grace_end.is_some());
                return;
            }
            Event::Agent { change, .. } => {
                self.signed_in += u64::from(matches!(change, AgentChange::SignedIn { .. }));
                self.ready += u64::from(*change == AgentChange::Ready);
                return;
            }
            Event::Center(CenterChange::Archived { .. }) => {
                self.archived += 1;
                return;
            }
            Event::Center(CenterChange::FavouritePut { .. }) => {
                self.favourites += 1;
                return;
            }
            Event::Center(_) => return,
            Event::Chat(event) => return self.chat(&event.what),
        };
        let Some(session) = center.sessions.get(&event.session) else { return };
        match &event.what {
            Happened::OfferEnded { offer, outcome, .. } => {
                let offer = session.offer(*offer);
                let waits = session.entry.as_ref().is_some_and(|entry| entry.expire <= record.time);
                self.max_wait_held_by_a_ring += u64::from(waits);
                match outcome {
                    Outcome::Accepted => {
                        let near = offer.is_some_and(|offer| offer.expire.since(record.time) <= 5);
                        self.accepts_near_expiry += u64::from(near);
                    }
                    Outcome::Declined | Outcome::NoAnswer => {
                        let alone = !session.is_attended() && session.entry.is_none() && session.offers.len() == 1;
                        self.unattended_and_declined += u64::from(alone);
                    }
                    Outcome::AgentGone => self.lease_lost_under_an_offer += 1,
                    Outcome::Canceled(_) => {}
                }
            }
            Happened::Left { agent, reason, .. } => {
                let planned = *reason == LeaveReason::Transferred && session.leaving.contains(agent);
                self.taken_by_plan += u64::from(planned);
                self.leases_lost += u64::from(*reason == LeaveReason::AgentGone);
            }
            Happened::LeavePlanDropped { .. } => self.plans_dropped += 1,
            Happened::Queued { cause: QueueCause::Overflowed, .. } => self.overflowed += 1,
            Happened::Ended { reason: EndReason::Inactivity } => self.ended_by_silence += 1,
            Happened::Ended { reason: EndReason::CustomerGone } => self.ended_by_absence += 1,
            Happened::Ended { reason: EndReason::AgeLimit } => self.ended_by_age += 1,
            Happened::WrapUpCompleted { outcome: WrapUpOutcome::TimedOut, .. } => self.wrap_ups_timed_out += 1,
            Happened::WrapUpCompleted { outcome: WrapUpOutcome::Rejoined, .. } => self.rejoined += 1,
            Happened::OfferExtended { .. } => self.offers_extended += 1,
            Happened::OfferMade(_) => self.offered += 1,
            Happened::Joined { cause: JoinCause::Routed, .. } => self.routed += 1,
            Happened::Joined { cause: JoinCause::Transfer, .. } => self.transfers_taken += 1,
            Happened::Joined { cause: JoinCause::Conference, .. } => self.conferences += 1,
            Happened::Posted { quoted, more, .. } => {
                self.whispers += u64::from(event.public.is_none());
                self.replies += u64::from(quoted.is_some());
                self.files_sent += more.iter().map(|more| more.attachments.len() as u64).sum::<u64>();
            }
            _ => {}
        }
    }

    fn chat(&mut self, what: &ChatHappened) {
        match what {
            ChatHappened::Started(started) => {
                self.chats += 1;
                self.chats_gone_on += u64::from(started.previous.is_some());
            }
            ChatHappened::Posted { .. } => self.chat_messages += 1,
            ChatHappened::Read { .. } => self.chat_reads += 1,
            ChatHappened::Left { .. } => self.chat_leavings += 1,
            ChatHappened::Closed { reason: ChatEndReason::Quiet } => self.chats_quiet += 1,
            ChatHappened::Joined { .. } | ChatHappened::Closed { .. } => {}
        }
    }

    pub fn refusal(&mut self, refusal: &Refusal) {
        self.refused += 1;
        match refusal {
            Refusal::OfferClosed(Outcome::NoAnswer) => self.accepts_too_late += 1,
            Refusal::OfferClosed(Outcome::Canceled(CancelCause::Taken)) => self.accepts_that_lost += 1,
            Refusal::OfferClosed(Outcome::Canceled(CancelCause::Moved | CancelCause::Withdrawn)) => {
                self.accepts_of_moved += 1;
            }
            Refusal::OfferClosed(Outcome::Canceled(CancelCause::SessionEnded)) => self.accepts_of_ended += 1,
            Refusal::SessionFull => self.session_full += 1,
            Refusal::LastAgent(_) => self.last_agent += 1,
            _ => {}
        }
    }
}
