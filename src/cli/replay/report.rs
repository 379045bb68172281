//! What a run tells while it goes on, and at its end.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{board::Board, check::Checked, plan::Plan};
use crate::cli::out;

const EVERY: Duration = Duration::from_secs(2);

/// Tells how far it is, on standard error, until it is dropped.
pub(super) async fn progress(board: Arc<Board>, kills: Option<Arc<AtomicUsize>>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.tick().await;
    let mut before = 0;
    loop {
        ticks.tick().await;
        let messages = board.messages.load(Relaxed);
        let kills = kills.as_ref().map(|kills| kills.load(Relaxed)).filter(|kills| *kills > 0);
        eprintln!(
            "{} chats done, {} going on, {messages} messages, {} a second{}",
            board.finished.load(Relaxed),
            board.running.load(Relaxed),
            (messages - before) as u64 / EVERY.as_secs(),
            kills.map(|kills| format!(", server killed {kills} times")).unwrap_or_default(),
        );
        before = messages;
    }
}

/// The figures.
pub(super) fn print(plan: &Plan, board: &Board, checked: &Checked, took: Duration, kills: Option<Arc<AtomicUsize>>) {
    let seconds = took.as_secs_f64().max(0.001);
    out::line(format!(
        "chats        {} of {} ended, {:.1} a second, {:.1} s in all",
        checked.chats,
        plan.conversations.len(),
        checked.chats as f64 / seconds,
        seconds
    ));
    out::line(format!(
        "messages     {} of {}, {:.0} a second",
        checked.messages,
        plan.turns(),
        checked.messages as f64 / seconds
    ));
    out::line(format!("transfers    {} to queues, {} planned", checked.transfers, plan.changes()));
    out::line(format!(
        "invitations  {} accepted of {} that rang, {} given up",
        checked.invitations_accepted,
        checked.invited,
        board.gave_up.load(Relaxed)
    ));
    for (outcome, count) in &checked.offers {
        out::line(format!("offers       {count:>6}  {outcome}"));
    }
    for (reason, count) in board.refusals() {
        out::line(format!("refused      {count:>6}  {reason}"));
    }
    for (what, [half, most]) in ["send to ack ", "ring to taken"].iter().zip(board.latencies()) {
        out::line(format!("{what} p50 {:.1} ms, p99 {:.1} ms", ms(half), ms(most)));
    }
    let signed_out = board.signed_out.load(Relaxed);
    let kills = kills.map_or(0, |kills| kills.load(Relaxed));
    out::line(format!("server       killed {kills} times; agents signed out {signed_out} times"));
    out::line(format!("compared     {} events of sessions, {} at desks", checked.events, checked.desk_events));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
