//! An event, for an audience.

use bytes::Bytes;

use super::{actor, duration, end_reason, offer, offer_kind, outcome, service, time};
use crate::{
    center::{
        AgentId, Attribute, Audience, Happened, JoinCause, Label, LeaveReason, PostedAttachment, QueueCause,
        SessionEvent, Started, Text, Time, UnqueueReason, Updated, WrapUpOutcome,
    },
    grpc::{
        codec::Frame,
        pb::{self, event::Kind},
    },
    live::{Render, SessionCommit},
};

/// Makes the messages of watchers.
pub struct Renderer;

impl Render for Renderer {
    fn events(&self, commit: &SessionCommit, audience: Audience, after: u32) -> Bytes {
        if let Some(chat) = super::chat::events(commit, after) {
            return chat;
        }
        let new = commit.events(audience).filter(|it| it.number(audience) > after);
        let events = new.map(|it| event(commit, it, audience)).collect();
        let events = pb::SessionEvents { session_id: commit.session.to_string(), events };
        // Field 2 in both streams' responses, so one frame serves both.
        Frame::of(&Watched { events: Some(events) }).0
    }
}

/// What a stream's response looks like when it holds events.
#[derive(Clone, PartialEq, prost::Message)]
struct Watched {
    #[prost(message, optional, tag = "2")]
    events: Option<pb::SessionEvents>,
}

/// An event as an audience sees it.
pub(in crate::grpc) fn event(commit: &SessionCommit, event: &SessionEvent, audience: Audience) -> pb::Event {
    let staff = audience == Audience::Staff;
    let seen_by = if event.public.is_some() { pb::Audience::Everyone } else { pb::Audience::Staff };
    pb::Event {
        revision: u64::from(if staff { event.revision } else { event.public.unwrap_or(0) }),
        create_time: Some(time(commit.time())),
        actor: Some(actor(&event.by, audience)),
        acting_service: event.via.as_ref().filter(|_| staff).map(service),
        audience: seen_by.into(),
        center_seq: if staff { commit.seq() } else { 0 },
        kind: Some(kind(commit, &event.what, staff)),
    }
}

fn read(commit: &SessionCommit, text: Option<Text>) -> String {
    text.and_then(|text| commit.batch().text(text)).unwrap_or_default().to_owned()
}

fn participant(
    number: u32,
    agent: &AgentId,
    name: &Label,
    staff: bool,
    joined: Option<Time>,
    left: Option<Time>,
) -> pb::Participant {
    pb::Participant {
        participant_id: number.to_string(),
        agent_id: if staff { agent.to_string() } else { String::new() },
        display_name: name.as_str().to_owned(),
        connected: left.is_none(),
        join_time: joined.map(time),
        leave_time: left.map(time),
        assistant: false,
    }
}

fn joined(cause: JoinCause) -> pb::JoinCause {
    match cause {
        JoinCause::Routed => pb::JoinCause::Routed,
        JoinCause::Conference => pb::JoinCause::Conference,
        JoinCause::Transfer => pb::JoinCause::Transfer,
        JoinCause::TakenFromQueue => pb::JoinCause::TakenFromQueue,
        JoinCause::BargedIn => pb::JoinCause::BargedIn,
        JoinCause::TookOver => pb::JoinCause::TookOver,
        JoinCause::Reassigned => pb::JoinCause::Reassigned,
    }
}

fn kind(commit: &SessionCommit, what: &Happened, staff: bool) -> Kind {
    let now = commit.time();
    match what {
        Happened::Started(started) => Kind::SessionStarted(self::started(commit, started, staff)),
        Happened::Queued { queue, cause, waited_before, expire, priority, skills, language, .. } => {
            Kind::SessionQueued(pb::SessionQueued {
                queue_id: queue.to_string(),
                cause: match cause {
                    QueueCause::Started => pb::QueueCause::Started,
                    QueueCause::Transferred => pb::QueueCause::Transferred,
                    QueueCause::Returned => pb::QueueCause::Returned,
                    QueueCause::Overflowed => pb::QueueCause::Overflowed,
                    QueueCause::Reassigned => pb::QueueCause::Reassigned,
                }
                .into(),
                waited_before: Some(duration(*waited_before)),
                expire_time: staff.then(|| time(*expire)),
                priority: if staff { *priority } else { 0 },
                skills: skills.as_ref().filter(|_| staff).map(|skills| super::wanted_whole(skills)),
                language: language.as_ref().map_or("", Label::as_str).to_owned(),
            })
        }
        Happened::Unqueued { queue, reason, .. } => Kind::SessionUnqueued(pb::SessionUnqueued {
            queue_id: queue.to_string(),
            reason: match reason {
                UnqueueReason::Taken => pb::UnqueueReason::Taken,
                UnqueueReason::Withdrawn => pb::UnqueueReason::Withdrawn,
                UnqueueReason::MaxWait => pb::UnqueueReason::MaxWait,
                UnqueueReason::Ended => pb::UnqueueReason::Ended,
                UnqueueReason::QueueClosed => pb::UnqueueReason::QueueClosed,
            }
            .into(),
        }),
        Happened::OfferMade(made) => {
            Kind::OfferMade(pb::OfferMade { offer: Some(offer(made)), note: read(commit, made.note) })
        }
        Happened::OfferEnded { offer, agent, outcome: ended, router } => {
            let (outcome, cause) = outcome(*ended);
            Kind::OfferEnded(pb::OfferEnded {
                offer_id: offer.to_string(),
                agent_id: agent.to_string(),
                outcome: outcome.into(),
                cause: cause.into(),
                kind: offer_kind(*router).into(),
            })
        }
        Happened::OfferExtended { offer, expire, .. } => {
            Kind::OfferExtended(pb::OfferExtended { offer_id: offer.to_string(), expire_time: Some(time(*expire)) })
        }
        Happened::Joined { participant: number, agent, name, cause, assistant, .. } => {
            let joined = participant(*number, agent, name, staff, Some(now), None);
            Kind::ParticipantJoined(pb::ParticipantJoined {
                participant: Some(pb::Participant { assistant: assistant.unwrap_or(false), ..joined }),
                cause: self::joined(*cause).into(),
            })
        }
        Happened::Left { participant: number, agent, name, reason } => Kind::ParticipantLeft(pb::ParticipantLeft {
            participant: Some(participant(*number, agent, name, staff, None, Some(now))),
            reason: left(*reason).into(),
        }),
        Happened::Posted { message, text, quoted, more, .. } => Kind::MessagePosted(pb::MessagePosted {
            message_id: message.to_string(),
            text: read(commit, Some(*text)),
            redacted: commit.batch().text(*text).is_none(),
            reply_to_revision: quoted.map_or(0, |it| u64::from(if staff { it.revision } else { it.public })),
            attachments: more.iter().flat_map(|more| &more.attachments).map(|it| attachment(commit, it)).collect(),
        }),
        Happened::Read { participant, revision, public } => Kind::ReadUpTo(pb::ReadUpTo {
            participant_id: participant.to_string(),
            read_revision: u64::from(if staff { *revision } else { *public }),
        }),
        Happened::CustomerAway { .. } => Kind::CustomerAway(pb::CustomerAway {}),
        Happened::CustomerReturned => Kind::CustomerReturned(pb::CustomerReturned {}),
        Happened::Warned { reason, end } => {
            Kind::EndingWarned(pb::EndingWarned { reason: end_reason(*reason).into(), end_time: Some(time(*end)) })
        }
        Happened::Ended { reason } => Kind::SessionEnded(pb::SessionEnded { reason: end_reason(*reason).into() }),
        Happened::Updated(updated) => Kind::SessionUpdated(self::updated(commit, updated, staff)),
        Happened::FlagRaised { agent, note } => {
            Kind::FlagRaised(pb::FlagRaised { agent_id: agent.to_string(), note: read(commit, *note) })
        }
        Happened::FlagCleared => Kind::FlagCleared(pb::FlagCleared {}),
        Happened::CapacityOverridden { agent, units, capacity } => Kind::CapacityOverridden(pb::CapacityOverridden {
            agent_id: agent.to_string(),
            units: *units as i32,
            capacity: *capacity as i32,
        }),
        Happened::WrapUpStarted { .. }
        | Happened::WrapUpCompleted { .. }
        | Happened::DispositionSet { .. }
        | Happened::Closed
        | Happened::LeavePlanned { .. }
        | Happened::LeavePlanDropped { .. } => after_chat(commit, what),
    }
}

fn attachment(commit: &SessionCommit, posted: &PostedAttachment) -> pb::Attachment {
    pb::Attachment {
        attachment_id: posted.id.to_string(),
        name: read(commit, Some(posted.name)),
        content_type: posted.content_type.as_str().to_owned(),
        size: posted.size,
    }
}

fn left(reason: LeaveReason) -> pb::LeaveReason {
    match reason {
        LeaveReason::Left => pb::LeaveReason::Left,
        LeaveReason::Transferred => pb::LeaveReason::Transferred,
        LeaveReason::AgentGone => pb::LeaveReason::AgentGone,
        LeaveReason::SignedOut => pb::LeaveReason::SignedOut,
        LeaveReason::SessionEnded => pb::LeaveReason::SessionEnded,
        LeaveReason::NoResponse => pb::LeaveReason::NoResponse,
        LeaveReason::Removed => pb::LeaveReason::Removed,
        LeaveReason::TakenOver => pb::LeaveReason::TakenOver,
    }
}

/// What staff does on its way out.
fn after_chat(commit: &SessionCommit, what: &Happened) -> Kind {
    match what {
        Happened::WrapUpStarted { agent, expire, .. } => {
            Kind::WrapUpStarted(pb::WrapUpStarted { wrap_up: Some(super::wrap_up(commit.session, agent, *expire)) })
        }
        Happened::WrapUpCompleted { agent, outcome, disposition } => Kind::WrapUpCompleted(pb::WrapUpCompleted {
            agent_id: agent.to_string(),
            outcome: match outcome {
                WrapUpOutcome::Completed => pb::WrapUpOutcome::Completed,
                WrapUpOutcome::TimedOut => pb::WrapUpOutcome::TimedOut,
                WrapUpOutcome::Rejoined => pb::WrapUpOutcome::Rejoined,
            }
            .into(),
            disposition: disposition.as_ref().map_or("NONE_GIVEN", |code| code.as_str()).to_owned(),
        }),
        Happened::DispositionSet { agent, code, notes } => Kind::DispositionSet(pb::DispositionSet {
            disposition: Some(pb::Disposition {
                agent_id: agent.to_string(),
                code: code.as_ref().map_or("", |code| code.as_str()).to_owned(),
            }),
            notes: read(commit, *notes),
        }),
        Happened::LeavePlanned { agent } => Kind::LeavePlanned(pb::LeavePlanned { agent_id: agent.to_string() }),
        Happened::LeavePlanDropped { agent } => {
            Kind::LeavePlanDropped(pb::LeavePlanDropped { agent_id: agent.to_string() })
        }
        _ => Kind::SessionClosed(pb::SessionClosed {}),
    }
}

fn attributes(commit: &SessionCommit, attributes: &[Attribute], staff: bool) -> Vec<pb::Attribute> {
    let shown = attributes.iter().filter(|_| staff).map(|attribute| pb::Attribute {
        name: attribute.name.to_string(),
        value: read(commit, attribute.value),
        verified: attribute.verified,
    });
    shown.collect()
}

fn updated(commit: &SessionCommit, updated: &Updated, staff: bool) -> pb::SessionUpdated {
    pb::SessionUpdated {
        customer_name: updated.name.map(|name| read(commit, Some(name))),
        language: updated.language.as_ref().map(|language| language.as_str().to_owned()),
        priority: updated.priority.filter(|_| staff),
        skills: updated.skills.as_ref().filter(|_| staff).map(|skills| super::wanted_whole(skills)),
        attributes: attributes(commit, &updated.attributes, staff),
    }
}

fn started(commit: &SessionCommit, started: &Started, staff: bool) -> pb::SessionStarted {
    pb::SessionStarted {
        customer: Some(pb::Customer {
            customer_id: if staff { read(commit, Some(started.customer_id)) } else { String::new() },
            display_name: read(commit, started.name),
            away: false,
        }),
        queue_id: started.queue.to_string(),
        language: started.language.as_ref().map_or("", Label::as_str).to_owned(),
        priority: if staff { started.priority } else { 0 },
        attributes: attributes(commit, &started.attributes, staff),
        skills: if staff { super::wanted(&started.skills) } else { Vec::new() },
        channel: if staff { super::channel(started.channel) } else { pb::Channel::Unspecified }.into(),
    }
}
