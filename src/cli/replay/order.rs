//! Whether what was acknowledged stands in the log where its answer says, and in the order in which it happened: of two
//! messages, the one that was asked for after the other was answered comes later.

use chatsession_sdk::{Audience, Event, EventKind};
use tokio::time::Instant;

use super::plan::Side;

/// A message that was acknowledged.
#[derive(Clone)]
pub(super) struct Ack {
    pub(super) session_id: String,
    pub(super) from: Side,
    pub(super) text: String,
    pub(super) began: Instant,
    pub(super) ended: Instant,
    /// In its sender's numbering.
    pub(super) revision: u64,
}

/// Where an acknowledgement stands in the log of its session.
fn place<'a>(ack: &Ack, log: &'a [Event]) -> Option<&'a Event> {
    let mut seen = log.iter().filter(|event| ack.from == Side::Agent || event.audience == Audience::Everyone);
    seen.nth(usize::try_from(ack.revision.checked_sub(1)?).ok()?)
}

/// What is wrong with a session's acknowledgements.
pub(super) fn check(acks: &[Ack], log: &[Event]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut placed = Vec::new();
    for ack in acks {
        match place(ack, log) {
            Some(event) if matches!(&event.kind, EventKind::MessagePosted { text, .. } if *text == ack.text) => {
                placed.push((ack, event.revision));
            }
            _ => wrong.push(format!("what was acknowledged as {} isn't there", ack.revision)),
        }
    }
    for (first, before) in &placed {
        let behind = placed.iter().filter(|(then, after)| then.began > first.ended && after < before);
        wrong.extend(behind.map(|(_, after)| format!("{after} was asked for after {before} was answered")));
    }
    wrong
}
