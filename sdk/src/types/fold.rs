//! A session, brought forward.

use crate::{Event, EventKind, Flag, Participant, QueueEntry, ReadMark, Session, SessionState};

impl Session {
    /// Brings it forward by what happened: a session as it was, with all events since, is the session as it is. What it
    /// reflects already changes nothing, so that events may overlap it.
    ///
    /// Two things are told by no event, and stay as they were until the session is asked for again: how what a queue wants of
    /// its agents relaxes while somebody waits, and for which agent the queue holds them. To customers, who aren't told who is who,
    /// an agent who left and came back is one more participant, beside the one who left.
    ///
    /// ```no_run
    /// # async fn show(session: chatsession_sdk::SessionHandle) -> Result<(), chatsession_sdk::Error> {
    /// use chatsession_sdk::WatchEvent;
    ///
    /// let mut known = None;
    /// let mut watch = session.watch().open().await?;
    /// while let Some(event) = watch.next().await {
    ///     match event? {
    ///         WatchEvent::Opened { session: Some(session), .. } => known = Some(session),
    ///         WatchEvent::Event(event) => {
    ///             if let Some(session) = &mut known {
    ///                 session.apply(&event);
    ///             }
    ///         }
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn apply(&mut self, event: &Event) {
        if event.revision <= self.revision {
            return;
        }
        self.revision = event.revision;
        // Customers have no structure revision, and no event of theirs has the center's number.
        if event.kind.is_structural() && event.center_seq > 0 {
            self.structure_revision = event.revision;
        }
        self.apply_kind(event);
        if matches!(self.state, SessionState::Waiting | SessionState::Attended) {
            let attended = self.participants.iter().any(|participant| participant.connected && !participant.assistant);
            self.state = if attended { SessionState::Attended } else { SessionState::Waiting };
        }
    }

    fn apply_kind(&mut self, event: &Event) {
        match &event.kind {
            EventKind::SessionQueued { .. } => self.queued(event),
            EventKind::SessionUnqueued { .. } => {
                self.queue_entry = None;
                self.leaving_when_taken_agent_ids.clear();
            }
            EventKind::OfferMade { offer, .. } => self.open_offers.push(offer.clone()),
            EventKind::OfferEnded { offer_id, .. } => self.open_offers.retain(|offer| offer.offer_id != *offer_id),
            EventKind::OfferExtended { offer_id, expire_time } => {
                for offer in self.open_offers.iter_mut().filter(|offer| offer.offer_id == *offer_id) {
                    offer.expire_time = *expire_time;
                }
            }
            EventKind::ParticipantJoined { participant, .. } => self.is_there(participant.clone()),
            EventKind::ParticipantLeft { participant, .. } => {
                self.leaving_when_taken_agent_ids.retain(|leaving| participant.agent_id.as_ref() != Some(leaving));
                let known = self.participants.iter().find(|known| known.participant_id == participant.participant_id);
                // A leaving tells when, not since when.
                let join_time = known.map_or(participant.join_time, |known| known.join_time);
                self.is_there(Participant { join_time, ..participant.clone() });
            }
            EventKind::ReadUpTo { participant_id, read_revision } => {
                self.read_marks.retain(|mark| mark.participant_id != *participant_id);
                self.read_marks.push(ReadMark { participant_id: participant_id.clone(), revision: *read_revision });
                self.read_marks.sort_by_key(|mark| number(&mark.participant_id));
            }
            EventKind::CustomerAway => self.customer.away = true,
            EventKind::CustomerReturned => self.customer.away = false,
            EventKind::SessionUpdated { .. } => self.updated(&event.kind),
            EventKind::FlagRaised { agent_id, .. } => {
                self.flag = Some(Flag { agent_id: agent_id.clone(), raise_time: event.create_time });
            }
            EventKind::FlagCleared => self.flag = None,
            EventKind::WrapUpStarted { wrap_up } => {
                self.wrap_ups.retain(|known| known.agent_id != wrap_up.agent_id);
                self.wrap_ups.push(wrap_up.clone());
                self.wrap_ups.sort_by(|one, other| one.agent_id.cmp(&other.agent_id));
            }
            EventKind::WrapUpCompleted { agent_id, .. } => {
                self.wrap_ups.retain(|wrap_up| wrap_up.agent_id != *agent_id);
            }
            EventKind::DispositionSet { disposition, .. } if !disposition.code.is_empty() => {
                self.dispositions.retain(|known| known.agent_id != disposition.agent_id);
                self.dispositions.push(disposition.clone());
                self.dispositions.sort_by(|one, other| one.agent_id.cmp(&other.agent_id));
            }
            EventKind::LeavePlanned { agent_id } => self.leaving_when_taken_agent_ids.push(agent_id.clone()),
            EventKind::LeavePlanDropped { agent_id } => {
                self.leaving_when_taken_agent_ids.retain(|known| known != agent_id);
            }
            EventKind::SessionEnded { reason } => {
                self.state = SessionState::Ended;
                self.end_time = Some(event.create_time);
                self.end_reason = Some(*reason);
                self.queue_entry = None;
                self.open_offers.clear();
                self.flag = None;
            }
            EventKind::SessionClosed => self.state = SessionState::Closed,
            EventKind::SessionStarted { .. }
            | EventKind::MessagePosted { .. }
            | EventKind::EndingWarned { .. }
            | EventKind::DispositionSet { .. }
            | EventKind::CapacityOverridden { .. }
            | EventKind::Unknown => {}
        }
    }

    fn queued(&mut self, event: &Event) {
        let EventKind::SessionQueued { queue_id, waited_before, expire_time, priority, skills, language, .. } =
            &event.kind
        else {
            return;
        };
        self.queue_entry = Some(QueueEntry {
            queue_id: queue_id.clone(),
            enter_time: event.create_time,
            waited_before: *waited_before,
            expire_time: *expire_time,
            wanted_skills: skills.clone().unwrap_or_else(|| self.skills.clone()),
            preferred_agent_id: None,
            preferred_until_time: None,
        });
        self.home_queue_id = queue_id.clone();
        self.priority = *priority;
        self.skills = skills.clone().unwrap_or_else(|| self.skills.clone());
        self.language = language.clone().or(self.language.take());
    }

    fn updated(&mut self, kind: &EventKind) {
        let EventKind::SessionUpdated { customer_name, language, priority, skills, attributes } = kind else { return };
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        if let Some(name) = customer_name {
            self.customer.display_name = given(name);
        }
        if let Some(tag) = language {
            self.language = given(tag);
        }
        self.priority = priority.unwrap_or(self.priority);
        if let Some(skills) = skills {
            self.skills = skills.clone();
        }
        self.attributes.retain(|known| attributes.iter().all(|changed| changed.name != known.name));
        self.attributes.extend(attributes.iter().filter(|changed| !changed.value.is_empty()).cloned());
    }

    /// One entry an agent: the last membership counts. Customers aren't told who is who, and know them by their number.
    fn is_there(&mut self, participant: Participant) {
        let is_same = |known: &Participant| {
            known.participant_id == participant.participant_id
                || known.agent_id.is_some() && known.agent_id == participant.agent_id
        };
        self.participants.retain(|known| !is_same(known));
        self.participants.push(participant);
        self.participants.sort_by_key(|participant| number(&participant.participant_id));
    }
}

fn number(participant_id: &str) -> u64 {
    participant_id.parse().unwrap_or(u64::MAX)
}

impl EventKind {
    /// Whether it moves [`Session::structure_revision`].
    fn is_structural(&self) -> bool {
        matches!(
            self,
            Self::SessionQueued { .. }
                | Self::SessionUnqueued { .. }
                | Self::OfferMade { .. }
                | Self::OfferEnded { .. }
                | Self::ParticipantJoined { .. }
                | Self::ParticipantLeft { .. }
                | Self::SessionEnded { .. }
        )
    }
}
