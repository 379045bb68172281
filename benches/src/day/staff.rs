//! What each agent did all day.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use chatsession::center::{AgentChange, AgentId, Center, Event, Happened, Millis, Outcome, Record, SessionId, Time};

use crate::floor::START;

/// What an agent's time goes to; what is further up goes before what is further down.
#[derive(Clone, Copy)]
enum Activity {
    /// Holds a chat, or is asked to.
    Busy,
    /// Only after-chat work.
    WrapUp,
    Ready,
    NotReady,
}

/// One agent's day so far.
struct Figures {
    signed_in: bool,
    ready: bool,
    chats: BTreeMap<SessionId, Time>,
    wrap_ups: BTreeMap<SessionId, Time>,
    ringing: u64,
    /// Up to when their time is accounted for.
    known: Time,
    sign_in: Millis,
    /// By activity.
    spent: [Millis; 4],
    offers: u64,
    accepted: u64,
    declined: u64,
    missed: u64,
    /// Called off, or gone with the agent.
    canceled: u64,
    handled: u64,
    handling: Millis,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            signed_in: false,
            ready: false,
            chats: BTreeMap::new(),
            wrap_ups: BTreeMap::new(),
            ringing: 0,
            known: START,
            sign_in: 0,
            spent: [0; 4],
            offers: 0,
            accepted: 0,
            declined: 0,
            missed: 0,
            canceled: 0,
            handled: 0,
            handling: 0,
        }
    }
}

impl Figures {
    /// What they did since something last changed.
    fn account(&mut self, now: Time) {
        let long = now.since(self.known);
        self.known = now;
        if !self.signed_in {
            return;
        }
        let activity = match () {
            () if !self.chats.is_empty() || self.ringing > 0 => Activity::Busy,
            () if !self.wrap_ups.is_empty() => Activity::WrapUp,
            () if self.ready => Activity::Ready,
            () => Activity::NotReady,
        };
        self.sign_in += long;
        self.spent[activity as usize] += long;
    }

    fn changed(&mut self, change: &AgentChange) {
        match change {
            AgentChange::SignedIn { .. } => (self.signed_in, self.ready) = (true, false),
            AgentChange::SignedOut => self.signed_in = false,
            AgentChange::Ready => self.ready = true,
            AgentChange::NotReady { .. } => self.ready = false,
            AgentChange::NotReadyNext { .. }
            | AgentChange::DeskOpened { .. }
            | AgentChange::DeskClosed { .. }
            | AgentChange::RampedUp => {}
        }
    }

    fn happened(&mut self, id: SessionId, now: Time, what: &Happened) {
        match what {
            Happened::OfferMade(_) => (self.offers, self.ringing) = (self.offers + 1, self.ringing + 1),
            Happened::OfferEnded { outcome, .. } => {
                self.ringing -= 1;
                match outcome {
                    Outcome::Accepted => self.accepted += 1,
                    Outcome::Declined => self.declined += 1,
                    Outcome::NoAnswer => self.missed += 1,
                    Outcome::AgentGone | Outcome::Canceled(_) => self.canceled += 1,
                }
            }
            Happened::Joined { .. } => {
                self.handled += 1;
                self.chats.insert(id, now);
            }
            Happened::Left { .. } => {
                let since = self.chats.remove(&id);
                self.handling += since.map_or(0, |since| now.since(since));
            }
            Happened::WrapUpStarted { .. } => {
                self.wrap_ups.insert(id, now);
            }
            Happened::WrapUpCompleted { .. } => {
                let since = self.wrap_ups.remove(&id);
                self.handling += since.map_or(0, |since| now.since(since));
            }
            _ => {}
        }
    }
}

/// All agents, from the events alone.
#[derive(Default)]
pub(super) struct Staff {
    agents: BTreeMap<AgentId, Figures>,
    /// Memberships that ended, for comparing.
    left: BTreeSet<(SessionId, u32)>,
}

impl Staff {
    pub(super) fn follow(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Agent { agent, change } => self.agent(agent, record.time).changed(change),
                Event::Session(event) => {
                    if let Happened::Left { participant, .. } = &event.what {
                        self.left.insert((event.session, *participant));
                    }
                    if let Some(agent) = whose(&event.what) {
                        self.agent(agent, record.time).happened(event.session, record.time, &event.what);
                    }
                }
                Event::Center(_) | Event::Chat(_) => {}
            }
        }
    }

    fn agent(&mut self, id: &AgentId, now: Time) -> &mut Figures {
        let figures = self.agents.entry(id.clone()).or_default();
        figures.account(now);
        figures
    }

    /// The day is over.
    pub(super) fn end(&mut self, now: Time) {
        self.agents.values_mut().for_each(|figures| figures.account(now));
    }

    /// Memberships, and the time of all of them that are over.
    pub(super) fn handled(&self) -> (u64, Millis) {
        let all = self.agents.values();
        all.fold((0, 0), |(handled, time), it| (handled + it.handled, time + it.handling))
    }

    /// What doesn't add up.
    pub(super) fn mistakes(&self, center: &Center, now: Time) -> Vec<String> {
        let mut wrong = Vec::new();
        for (id, it) in &self.agents {
            let seen = center.agents[id].figures_at(now);
            let not_ready: Millis = seen.not_ready.values().sum();
            let same = it.spent == [seen.busy, seen.after_chat, seen.ready, not_ready]
                && [it.offers, it.accepted, it.declined, it.missed, it.handled]
                    == [seen.offered, seen.accepted, seen.declined, seen.missed, seen.joined]
                && it.handling == seen.connected + seen.wrapping_up;
            if !same {
                wrong.push(format!("{id}: the center has counted {seen:?}, and busy to not ready {:?}", it.spent));
            }
            let spent: Millis = it.spent.iter().sum();
            if spent != it.sign_in {
                wrong.push(format!("{id}: signed in for {} ms, of which {spent} ms are known", it.sign_in));
            }
            let ends = it.accepted + it.declined + it.missed + it.canceled + it.ringing;
            if it.offers != ends {
                wrong.push(format!("{id}: {} offers, and {ends} came to something", it.offers));
            }
            // Nobody joins here but by an offer.
            if it.accepted != it.handled {
                wrong.push(format!("{id}: {} offers accepted, {} chats handled", it.accepted, it.handled));
            }
        }
        let connected: usize = self.agents.values().map(|it| it.chats.len()).sum();
        if self.handled().0 != (self.left.len() + connected) as u64 {
            wrong.push(format!("{} chats handled, {} left, {connected} go on", self.handled().0, self.left.len()));
        }
        wrong
    }

    pub(super) fn table(&self, rows: usize) -> String {
        let mut text = format!(
            "{:<10} {:>8} {:>8} {:>9} {:>8} {:>8} {:>6} {:>8} {:>8} {:>6} {:>8} {:>7} {:>8}\n",
            "agent",
            "sign-in",
            "ready",
            "not ready",
            "busy",
            "wrap-up",
            "offers",
            "accepted",
            "declined",
            "missed",
            "canceled",
            "handled",
            "handling"
        );
        let mut all = Figures::default();
        for (at, (id, it)) in self.agents.iter().enumerate() {
            if at < rows {
                line(&mut text, id.as_str(), it);
            }
            all.add(it);
        }
        line(&mut text, "all", &all);
        text
    }
}

impl Figures {
    fn add(&mut self, it: &Self) {
        self.sign_in += it.sign_in;
        self.spent.iter_mut().zip(it.spent).for_each(|(sum, it)| *sum += it);
        self.offers += it.offers;
        self.accepted += it.accepted;
        self.declined += it.declined;
        self.missed += it.missed;
        self.canceled += it.canceled;
        self.handled += it.handled;
        self.handling += it.handling;
    }
}

/// Whom something in a session happens to.
fn whose(what: &Happened) -> Option<&AgentId> {
    match what {
        Happened::OfferMade(offer) => Some(&offer.agent),
        Happened::OfferEnded { agent, .. }
        | Happened::Joined { agent, .. }
        | Happened::Left { agent, .. }
        | Happened::WrapUpStarted { agent, .. }
        | Happened::WrapUpCompleted { agent, .. } => Some(agent),
        _ => None,
    }
}

fn line(text: &mut String, id: &str, it: &Figures) {
    let clock = |time: Millis| format!("{}:{:02}", time / 3_600_000, time / 60_000 % 60);
    let [busy, wrap_up, ready, not_ready] = it.spent.map(clock);
    let handling = it.handling as f64 / 1e3 / it.handled.max(1) as f64;
    let _ = writeln!(
        text,
        "{id:<10} {:>8} {ready:>8} {not_ready:>9} {busy:>8} {wrap_up:>8} {:>6} {:>8} {:>8} {:>6} {:>8} {:>7} \
         {handling:>7.1}s",
        clock(it.sign_in),
        it.offers,
        it.accepted,
        it.declined,
        it.missed,
        it.canceled,
        it.handled,
    );
}
