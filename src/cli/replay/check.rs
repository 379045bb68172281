//! Whether all was seen by everyone as it was to be said, and the rules held as far as they show outside.

use std::collections::{BTreeMap, HashMap};

use chatsession_sdk::{Client, Event, EventKind, LeaveReason, OfferKind};
use tokio::task::JoinSet;

use super::{
    agent::Seen,
    board::Board,
    customer::Heard,
    fold::Fold,
    order::{self, Ack},
    plan::{Plan, Side},
};
use crate::cli::Failure;

/// Sessions read at once.
const AT_ONCE: usize = 16;
/// Failures that are named.
const NAMED: usize = 20;

/// What was found.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) chats: usize,
    pub(super) events: usize,
    pub(super) desk_events: usize,
    pub(super) messages: usize,
    pub(super) transfers: usize,
    pub(super) invited: usize,
    pub(super) invitations_accepted: usize,
    pub(super) offers: BTreeMap<String, usize>,
    failures: Vec<String>,
}

/// Reads every session as an integrator sees it, and compares.
pub(super) async fn check(
    plan: &Plan,
    client: &Client,
    heard: Vec<Heard>,
    seen: Vec<Seen>,
    board: &Board,
) -> Result<Checked, Failure> {
    let mut by_session: HashMap<String, Vec<(String, Vec<Event>)>> = HashMap::new();
    for Seen { agent, sessions } in seen {
        for (session, events) in sessions {
            by_session.entry(session).or_default().push((agent.clone(), events));
        }
    }
    let mut checked = Checked::default();
    let mut acks = board.acks();
    let mut reading = JoinSet::new();
    let mut left = heard.into_iter();
    loop {
        while reading.len() < AT_ONCE
            && let Some(heard) = left.next()
        {
            let session = client.session(heard.session_id.clone());
            reading.spawn(async move { session.events().page_size(500).pages().all().await.map(|log| (heard, log)) });
        }
        let Some(read) = reading.join_next().await else { return Ok(checked) };
        let (heard, log) = read??;
        let desks = by_session.remove(&heard.session_id).unwrap_or_default();
        let acks = acks.remove(&heard.session_id).unwrap_or_default();
        checked.session(plan, &heard, &log, &desks, &acks);
    }
}

impl Checked {
    fn session(&mut self, plan: &Plan, heard: &Heard, log: &[Event], desks: &[(String, Vec<Event>)], acks: &[Ack]) {
        let planned = &plan.conversations[heard.conversation];
        let mut wrong = Vec::new();
        let turns: Vec<(Side, &str)> = planned.turns.iter().map(|turn| (turn.from, turn.text.as_str())).collect();
        let mut compare = |who: &str, fold: &Fold| {
            let said: Vec<(Side, &str)> = fold.turns.iter().map(|(side, text)| (*side, text.as_str())).collect();
            if said != turns {
                let at = said.iter().zip(&turns).take_while(|(said, turn)| said == turn).count();
                wrong.push(format!("{who}'s transcript differs from the input at turn {at} ({} turns)", said.len()));
            }
        };
        let (fold, mut broken) = rules(log);
        compare("the integrator", &fold);
        let mut customers = Fold::default();
        heard.events.iter().for_each(|event| customers.apply(event));
        compare("the customer", &customers);
        if !customers.ended || !dense(&heard.events) {
            broken.push("the customer's stream has holes or no end".to_owned());
        }
        for (agent, events) in desks {
            self.desk_events += events.len();
            broken.extend(desk(agent, events, log).map(|what| format!("{agent}'s desk: {what}")));
        }
        let joined: Vec<&str> = log.iter().filter_map(joins).collect();
        for agent in joined.iter().filter(|agent| !desks.iter().any(|(desk, _)| desk == *agent)) {
            broken.push(format!("{agent}'s desk never showed the session"));
        }
        broken.extend(order::check(acks, log));
        self.count(&fold, log);
        wrong.append(&mut broken);
        self.failures.extend(wrong.into_iter().map(|what| format!("{} ({}): {what}", planned.id, heard.session_id)));
    }

    fn count(&mut self, fold: &Fold, log: &[Event]) {
        self.chats += usize::from(fold.ended);
        self.events += log.len();
        self.messages += fold.turns.len();
        self.transfers += fold.transfers;
        self.invitations_accepted += fold.invitations_accepted;
        for event in log {
            let EventKind::OfferEnded { outcome, cause, kind, .. } = &event.kind else { continue };
            self.invited += usize::from(*kind == OfferKind::Invitation);
            let kind = if *kind == OfferKind::Router { "router" } else { "invitation" };
            let cause = cause.map(|cause| format!(" ({cause:?})")).unwrap_or_default();
            *self.offers.entry(format!("{kind} {outcome:?}{cause}")).or_default() += 1;
        }
    }

    /// The run's verdict.
    pub(super) fn verdict(&self, plan: &Plan, board: &Board) -> Result<(), Failure> {
        let mut failures = self.failures.clone();
        if self.chats != plan.conversations.len() {
            failures.push(format!("{} of {} chats ended", self.chats, plan.conversations.len()));
        }
        let planned = (0..plan.conversations.len()).filter(|index| plan.invitation(*index).is_some()).count();
        if planned > 0 && self.invitations_accepted == 0 {
            let gave_up = board.gave_up.load(std::sync::atomic::Ordering::Relaxed);
            failures.push(format!("none of {planned} invitations was accepted, {gave_up} were given up"));
        }
        if failures.is_empty() {
            return Ok(());
        }
        let named = failures.iter().take(NAMED).map(|what| format!("\n  {what}"));
        Err(format!("{} things are not as they should be:{}", failures.len(), named.collect::<String>()).into())
    }
}

fn dense(events: &[Event]) -> bool {
    events.iter().zip(1..).all(|(event, revision)| event.revision == revision)
}

/// Folds a session's whole log, and tells what rules it breaks.
fn rules(log: &[Event]) -> (Fold, Vec<String>) {
    let (mut fold, mut broken) = (Fold::default(), Vec::new());
    if !dense(log) {
        broken.push("revisions have holes".to_owned());
    }
    for (at, event) in log.iter().enumerate() {
        fold.apply(event);
        if fold.router_offers() > 1 {
            broken.push(format!("two router offers ring at revision {}", event.revision));
        }
        if let Some(next) = log.get(at + 1) {
            if next.center_seq == event.center_seq {
                continue;
            }
            if next.center_seq < event.center_seq {
                broken.push(format!("revision {} is of an earlier commit than the one before", next.revision));
            }
        }
        if !fold.ended && fold.connected.is_empty() && !fold.waits && fold.invitation().is_none() {
            broken.push(format!("nobody has the session after revision {}", event.revision));
        }
    }
    if !fold.ended {
        broken.push("it never ended".to_owned());
    } else if fold.waits || !fold.offers.is_empty() || !fold.connected.is_empty() {
        broken.push("it ended with somebody connected, an offer or a queue entry left".to_owned());
    }
    (fold, broken)
}

fn joins(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::ParticipantJoined { participant, .. } => participant.agent_id.as_deref(),
        _ => None,
    }
}

/// What is wrong with what a desk showed: it must be what the log has, all of it from each joining to each leaving, and
/// nothing before the first or after the last.
fn desk(agent: &str, shown: &[Event], log: &[Event]) -> Option<String> {
    if !shown.is_sorted_by(|one, next| one.revision < next.revision) {
        return Some("events repeat, or come out of order".to_owned());
    }
    let shown: BTreeMap<u64, &Event> = shown.iter().map(|event| (event.revision, event)).collect();
    if let Some(revision) = shown.iter().find(|(revision, event)| log.get(**revision as usize - 1) != Some(**event)) {
        return Some(format!("revision {} isn't what the log has", revision.0));
    }
    let (mut inside, mut first, mut last) = (false, None, None);
    for event in log {
        if joins(event) == Some(agent) {
            inside = true;
            first = first.or(Some(event.center_seq));
        }
        if inside && !shown.contains_key(&event.revision) {
            return Some(format!("revision {} is missing", event.revision));
        }
        if let EventKind::ParticipantLeft { participant, reason, .. } = &event.kind
            && participant.agent_id.as_deref() == Some(agent)
        {
            inside = false;
            last = Some((event.center_seq, *reason));
        }
    }
    let outside = |event: &&&Event| {
        let before = first.is_none_or(|first| event.center_seq < first);
        // Closing belongs to the end.
        let after = last.is_some_and(|(last, reason)| reason != LeaveReason::SessionEnded && event.center_seq > last);
        before || after
    };
    let seen = shown.values().find(outside)?;
    Some(format!(
        "revision {} (commit {}, {:?}) is none of theirs, which are of commits {first:?} to {last:?}",
        seen.revision, seen.center_seq, seen.kind
    ))
}
