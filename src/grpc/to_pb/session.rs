//! A session as an audience sees it. Its texts lie in the log: what is made here has their places, to be filled in.

use super::{duration, end_reason, offer, time};
use crate::{
    center::{Audience, Label, Participant, Session, SessionId, State, Text},
    grpc::pb,
    journal::ReadError,
    live::Feed,
};

/// Where a session's texts are: in the commit in which it started, unless they were changed since.
#[derive(Clone, Debug)]
pub(in crate::grpc) struct Texts {
    session: SessionId,
    customer_id: Option<Text>,
    name: Option<Text>,
    attributes: Vec<Option<Text>>,
}

impl Texts {
    /// Reads the texts of a customer and their attributes.
    pub(in crate::grpc) async fn read(&self, feed: &Feed) -> Result<(pb::Customer, Vec<String>), ReadError> {
        let start = feed.start(self.session).await?;
        let read = async |text: Option<Text>| match text {
            None => Ok(String::new()),
            Some(text) if text.position == start.batch().position => {
                Ok(start.batch().text(text).unwrap_or_default().to_owned())
            }
            Some(text) => feed.text(text).await.map(Option::unwrap_or_default),
        };
        let (customer_id, display_name) = (read(self.customer_id).await?, read(self.name).await?);
        let mut values = Vec::with_capacity(self.attributes.len());
        for text in &self.attributes {
            values.push(read(*text).await?);
        }
        Ok((pb::Customer { customer_id, display_name, away: false }, values))
    }

    /// Fills in what a session was made without.
    pub(in crate::grpc) async fn fill(&self, session: &mut pb::Session, feed: &Feed) -> Result<(), ReadError> {
        let (customer, values) = self.read(feed).await?;
        let away = session.customer.as_ref().is_some_and(|customer| customer.away);
        session.customer = Some(pb::Customer { away, ..customer });
        for (attribute, value) in session.attributes.iter_mut().zip(values) {
            attribute.value = value;
        }
        Ok(())
    }
}

/// Where a session stands, as an audience is told.
pub(in crate::grpc) fn state(session: &Session, audience: Audience) -> pb::SessionState {
    match session.state() {
        State::Waiting => pb::SessionState::Waiting,
        State::Attended => pb::SessionState::Attended,
        State::Closed if audience == Audience::Staff => pb::SessionState::Closed,
        State::Ended | State::Closed => pb::SessionState::Ended,
    }
}

/// A session without its texts, and where they are.
pub(in crate::grpc) fn session(session: &Session, audience: Audience) -> (pb::Session, Texts) {
    let staff = audience == Audience::Staff;
    let texts = Texts {
        session: session.id,
        customer_id: staff.then_some(session.customer_id),
        name: session.name,
        attributes: session.attributes.iter().filter(|_| staff).map(|attribute| attribute.value).collect(),
    };
    let everyone = pb::Session {
        session_id: session.id.to_string(),
        state: state(session, audience).into(),
        revision: u64::from(if staff { session.revision } else { session.public }),
        customer: Some(pb::Customer::default()),
        queue_entry: session.entry.as_ref().map(|entry| pb::QueueEntry {
            queue_id: entry.queue.to_string(),
            enter_time: Some(time(entry.entered)),
            waited_before: Some(duration(entry.waited_before)),
            expire_time: staff.then(|| time(entry.expire)),
            wanted_skills: if staff { super::wanted(&entry.wants) } else { Vec::new() },
            preferred_agent_id: entry
                .preferred
                .as_ref()
                .filter(|_| staff)
                .map_or_else(String::new, |preferred| preferred.agent.to_string()),
            preferred_until_time: entry.preferred.as_ref().filter(|_| staff).map(|preferred| time(preferred.until)),
        }),
        participants: session.participants.iter().map(|it| participant(it, staff)).collect(),
        home_queue_id: session.home.to_string(),
        language: session.language.as_ref().map_or("", Label::as_str).to_owned(),
        create_time: Some(time(session.created)),
        end_time: session.ended.as_ref().map(|ended| time(ended.time)),
        end_reason: session.ended.as_ref().map_or(pb::EndReason::Unspecified, |ended| end_reason(ended.reason)).into(),
        read_marks: read_marks(session, staff),
        ..pb::Session::default()
    };
    (if staff { for_staff(session, everyone) } else { everyone }, texts)
}

fn for_staff(session: &Session, everyone: pb::Session) -> pb::Session {
    let wrap_ups = session.wrap_ups.iter();
    let attributes = session.attributes.iter().map(|attribute| pb::Attribute {
        name: attribute.name.to_string(),
        value: String::new(),
        verified: attribute.verified,
    });
    let dispositions = session.dispositions.iter();
    pb::Session {
        structure_revision: u64::from(session.structure),
        customer: Some(pb::Customer { away: session.away.is_some(), ..pb::Customer::default() }),
        open_offers: session.offers.iter().map(offer).collect(),
        attributes: attributes.collect(),
        priority: session.priority,
        wrap_ups: wrap_ups.map(|(agent, wrap_up)| super::wrap_up(session.id, agent, wrap_up.expire)).collect(),
        leaving_when_taken_agent_ids: session.leaving.iter().map(ToString::to_string).collect(),
        dispositions: dispositions
            .map(|(agent, code)| pb::Disposition { agent_id: agent.to_string(), code: code.to_string() })
            .collect(),
        skills: super::wanted(&session.skills),
        channel: super::channel(session.channel).into(),
        flag: session
            .flag
            .as_ref()
            .map(|flag| pb::Flag { agent_id: flag.agent.to_string(), raise_time: Some(time(flag.time)) }),
        ..everyone
    }
}

fn participant(participant: &Participant, staff: bool) -> pb::Participant {
    pb::Participant {
        participant_id: participant.number.to_string(),
        agent_id: if staff { participant.agent.to_string() } else { String::new() },
        display_name: participant.name.as_str().to_owned(),
        connected: participant.left.is_none(),
        join_time: Some(time(participant.joined)),
        leave_time: participant.left.map(time),
        assistant: participant.assistant,
    }
}

fn read_marks(session: &Session, staff: bool) -> Vec<pb::ReadMark> {
    let marks = session.reads.iter().map(|(participant, mark)| pb::ReadMark {
        participant_id: participant.to_string(),
        revision: u64::from(if staff { mark.revision } else { mark.public }),
    });
    marks.filter(|mark| mark.revision > 0).collect()
}
