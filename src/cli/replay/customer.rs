//! A customer: says their turns when it is time to, ends the chat after the last, and remembers what they saw.

use chatsession_sdk::{Event, Reason, WatchEvent};
use tokio::time::Instant;

use super::{
    access::{Access, Who},
    board::Board,
    fold::Fold,
    order::Ack,
    plan::{CONVERSATION, Plan, Side},
};
use crate::cli::Failure;

/// What a customer saw.
pub(super) struct Heard {
    pub(super) conversation: usize,
    pub(super) session_id: String,
    pub(super) events: Vec<Event>,
}

/// A customer's chat from start to end.
pub(super) async fn chat(conversation: usize, plan: &Plan, access: &Access, board: &Board) -> Result<Heard, Failure> {
    let planned = &plan.conversations[conversation];
    let customer = plan.customer(conversation);
    let client = access.client(Who::Customer(&customer)).await?;
    let start = client.start_session(planned.turns[0].queue.as_str()).customer_name(format!("Customer {conversation}"));
    let started = start.attribute(CONVERSATION, conversation.to_string()).send().await?;
    let session = client.session(started.session.session_id.clone());
    board.started(conversation, session.id());
    let mut watch = session.watch().from_start().open().await?;
    let (mut fold, mut events) = (Fold::default(), Vec::new());
    let (mut said, mut ending) = (0, false);
    while let Some(event) = watch.next().await {
        let WatchEvent::Event(event) = event? else { continue };
        fold.apply(&event);
        events.push(*event);
        let at = fold.turns.len();
        board.progress(conversation, at);
        if fold.ended {
            continue;
        }
        if at >= planned.turns.len() && !ending {
            ending = true;
            match session.end().send().await {
                Err(error) if error.reason() != Some(&Reason::SessionEnded) => return Err(error.into()),
                _ => {}
            }
        }
        // The agent goes first to the queue where the turn is said.
        let mine = |turn: &&super::plan::Turn| turn.from == Side::Customer && turn.queue == fold.queue;
        if let Some(turn) = planned.turns.get(at).filter(mine)
            && said <= at
        {
            said = at + 1;
            tokio::time::sleep(plan.pace).await;
            let began = Instant::now();
            let revision = session.say(turn.text.as_str()).send().await?.revision;
            let (session_id, text, ended) = (session.id().to_owned(), turn.text.clone(), Instant::now());
            board.said(Ack { session_id, from: Side::Customer, text, began, ended, revision });
        }
    }
    board.finished(conversation);
    Ok(Heard { conversation, session_id: session.id().to_owned(), events })
}
