//! `chatsession watch`: a session's events as they come, one a line.

use chatsession_sdk::{Event, EventKind, WatchEvent};
use clap::Args;

use super::{
    Failure, client_runtime,
    connect::{ConnectArgs, soon},
    out,
};

/// What is watched.
#[derive(Args)]
pub(crate) struct WatchArgs {
    /// The session's id.
    session: String,
    /// Only what comes after this revision.
    #[arg(long, default_value = "0", value_name = "REVISION")]
    after: u64,
    #[command(flatten)]
    connect: ConnectArgs,
}

pub(super) fn run(args: &WatchArgs) -> Result<(), Failure> {
    client_runtime()?.block_on(async {
        let session = args.connect.client().await?.with_retry(soon()).session(args.session.clone());
        let mut watch = session.watch().after(args.after).open().await?;
        loop {
            let next = tokio::select! {
                next = watch.next() => next,
                _ = tokio::signal::ctrl_c() => return Ok(()),
            };
            match next.transpose()? {
                Some(WatchEvent::Event(event)) => out::line(line(&event)),
                Some(WatchEvent::Ended(why)) => out::line(format!("* the stream ended: {why:?}")),
                Some(_) => {}
                None => return Ok(()),
            }
        }
    })
}

/// The time of day, to the millisecond.
pub(super) fn clock(time: std::time::SystemTime) -> String {
    let stamp = jiff::Timestamp::try_from(time).unwrap_or_default();
    stamp.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S%.3f").to_string()
}

fn line(event: &Event) -> String {
    let time = clock(event.create_time);
    let actor = match (&event.actor.display_name, &event.actor.id) {
        (Some(name), _) => name.clone(),
        (None, Some(id)) => id.clone(),
        (None, None) => format!("{:?}", event.actor.kind).to_lowercase(),
    };
    format!("{:>4}  {time}  {actor:<12}  {}", event.revision, describe(event))
}

/// What happened, in a few words.
pub(super) fn describe(event: &Event) -> String {
    match &event.kind {
        EventKind::SessionStarted { queue_id, .. } => format!("starts a chat into {queue_id}"),
        EventKind::SessionQueued { queue_id, cause, .. } => format!("waits in {queue_id} ({cause:?})"),
        EventKind::SessionUnqueued { queue_id, reason, .. } => format!("no longer waits in {queue_id} ({reason:?})"),
        EventKind::OfferMade { offer, .. } => match (&offer.inviter_agent_id, offer.mode) {
            (Some(inviter), Some(mode)) => format!("{inviter} invites {} ({mode:?})", offer.agent_id),
            _ => format!("rings at {} from {}", offer.agent_id, offer.queue_id),
        },
        EventKind::OfferEnded { agent_id, outcome, cause, .. } => match cause {
            Some(cause) => format!("offer to {agent_id}: {outcome:?} ({cause:?})"),
            None => format!("offer to {agent_id}: {outcome:?}"),
        },
        EventKind::ParticipantJoined { participant, cause, .. } => {
            format!("{} is connected ({cause:?})", participant.display_name)
        }
        EventKind::ParticipantLeft { participant, reason, .. } => {
            format!("{} has left ({reason:?})", participant.display_name)
        }
        EventKind::MessagePosted { text, .. } if is_whisper(event) => format!("whispers: {text}"),
        EventKind::MessagePosted { text, .. } => format!("says: {text}"),
        EventKind::SessionEnded { reason, .. } => format!("the chat has ended ({reason:?})"),
        EventKind::WrapUpStarted { wrap_up, .. } => format!("{} has after-chat work", wrap_up.agent_id),
        EventKind::WrapUpCompleted { agent_id, outcome, disposition, .. } => {
            format!("after-chat work of {agent_id}: {outcome:?}, {}", disposition.as_deref().unwrap_or("none given"))
        }
        EventKind::DispositionSet { disposition, .. } => format!("disposition {}", disposition.code),
        EventKind::SessionClosed => "the chat is closed".to_owned(),
        EventKind::LeavePlanned { agent_id, .. } => format!("{agent_id} leaves when it is taken"),
        other => format!("{other:?}"),
    }
}

fn is_whisper(event: &Event) -> bool {
    event.audience == chatsession_sdk::Audience::Staff
}
