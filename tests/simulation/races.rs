//! Counts what is rare and interesting: things that happen at the same time, and rules that are seldom needed.

use chatsession::center::*;

use crate::count::Counts;

/// A lease this near to its end, in ms, is renewed in the last moment.
const LAST_MOMENT: Millis = 200;

impl Counts {
    /// Follows an event in the state before it.
    pub fn race(&mut self, center: &Center, record: &Record, at: usize) {
        match &record.events[at] {
            Event::Session(event) => {
                if let Some(session) = center.sessions.get(&event.session) {
                    self.session_race(center, record, session, &event.what);
                }
            }
            Event::Agent { agent, change } => {
                if let Some(agent) = center.agents.get(agent) {
                    self.agent_race(record, agent, change);
                }
            }
            Event::Center(change) => self.center_race(center, change),
            Event::Chat(_) => {}
        }
    }

    fn session_race(&mut self, center: &Center, record: &Record, session: &Session, what: &Happened) {
        match what {
            Happened::Joined { cause, agent, .. } => {
                self.joined(*cause);
                let kind = center.agents.get(agent).map(|agent| agent.config.kind);
                self.assisted += u64::from(kind == Some(AgentKind::Assistant));
            }
            Happened::Left { reason, agent, .. } => {
                self.no_response += u64::from(*reason == LeaveReason::NoResponse);
                self.taken_over += u64::from(*reason == LeaveReason::TakenOver);
                let invited = *reason == LeaveReason::Removed && session.has_invitation();
                self.removed_under_an_invitation += u64::from(invited);
                let helped = session.is_alone_with(agent) && session.connected().count() > 1;
                self.left_with_a_helper += u64::from(helped);
            }
            Happened::OfferMade(offer) => {
                let entry = session.entry.as_ref();
                self.named_first += u64::from(entry.is_some_and(|entry| entry.named.as_ref() == Some(&offer.agent)));
                let preferred = entry.and_then(|entry| entry.preferred.as_ref());
                self.preferred_first += u64::from(preferred.is_some_and(|preferred| preferred.agent == offer.agent));
                self.skilled += u64::from(entry.is_some_and(|entry| offer.is_router() && !entry.wants.is_empty()));
            }
            Happened::OfferEnded { outcome: Outcome::Canceled(CancelCause::SessionEnded), router, .. } => {
                self.ended_under_an_invitation += u64::from(!router);
            }
            Happened::OfferEnded { offer, outcome: Outcome::Accepted, .. } => {
                let expired = session.offer(*offer).map(|offer| offer.expire.since(record.time));
                let closed = session.entry.as_ref().is_some_and(|entry| entry.closed.is_some());
                self.accepted_after_closing += u64::from(expired.is_some() && closed);
            }
            Happened::Ended { reason: EndReason::QueueClosed } => self.ended_by_closing += 1,
            Happened::Updated(_) => self.updated += 1,
            Happened::FlagRaised { .. } => self.flags_raised += 1,
            Happened::FlagCleared => self.flags_cleared += 1,
            Happened::CapacityOverridden { .. } => self.overridden += 1,
            Happened::Queued { cause: QueueCause::Reassigned, .. } => self.reassigned_to_a_queue += 1,
            _ => {}
        }
    }

    fn joined(&mut self, cause: JoinCause) {
        match cause {
            JoinCause::TakenFromQueue => self.taken_from_queue += 1,
            JoinCause::BargedIn => self.barged_in += 1,
            JoinCause::TookOver => self.took_over += 1,
            JoinCause::Reassigned => self.reassigned += 1,
            JoinCause::Routed | JoinCause::Conference | JoinCause::Transfer => {}
        }
    }

    fn agent_race(&mut self, record: &Record, agent: &Agent, change: &AgentChange) {
        let id = &agent.config.id;
        match change {
            AgentChange::DeskOpened { .. } => {
                let left = agent.grace_end.map(|end| end.since(record.time));
                self.leases_renewed_at_last += u64::from(left.is_some_and(|left| left <= LAST_MOMENT));
            }
            AgentChange::SignedOut => {
                let forced = |event: &Event| {
                    matches!(event, Event::Center(CenterChange::Audited { what: Audit::AgentForced(forced), .. })
                        if forced == id)
                };
                let forced = record.events.iter().any(forced);
                self.forced_out_with_sessions += u64::from(forced && !agent.work.held.is_empty());
                self.missed_too_often += u64::from(!forced && agent.misses > 2);
            }
            AgentChange::RampedUp => self.ramped_up += 1,
            AgentChange::Ready => {
                let asked = |event: &Event| matches!(event, Event::Center(CenterChange::Remembered { .. }));
                self.rested += u64::from(!record.events.iter().any(asked));
            }
            _ => {}
        }
    }

    fn center_race(&mut self, center: &Center, change: &CenterChange) {
        let rings = |session: &SessionId| center.sessions.get(session).is_some_and(|it| it.router_offer().is_some());
        match change {
            CenterChange::QueueHours { queue, openness } if !openness.open => {
                let mut waiting = center.index().waiting.get(queue).into_iter().flatten();
                self.closed_under_a_ring += u64::from(waiting.any(|place| rings(&place.session)));
            }
            CenterChange::QueueHours { .. } => self.opened += 1,
            CenterChange::Widened { session } => {
                self.widened += 1;
                self.widened_under_a_ring += u64::from(rings(session));
            }
            CenterChange::WaitingTold { .. } => self.told_waiting += 1,
            CenterChange::PreferenceEnded { .. } => self.preferences_ended += 1,
            CenterChange::QueueDeleted(_) => self.queues_deleted += 1,
            CenterChange::AgentDeleted(_) => self.agents_deleted += 1,
            CenterChange::Audited { what: Audit::MonitoringStarted(_), .. } => self.monitored += 1,
            CenterChange::Audited { what: Audit::AgentForced(_), .. } => self.forced += 1,
            _ => {}
        }
    }
}
