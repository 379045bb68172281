//! What came of everybody who waited, by queue.

use std::{collections::BTreeMap, fmt::Write};

use chatsession::center::{
    AgentId, Center, CenterChange, EndReason, Event, Happened, JoinCause, Millis, QueueCause, QueueId, Record, SECOND,
    SessionId, Time, UnqueueReason,
};

/// Who leaves sooner didn't really wait.
const SHORT: Millis = 5 * SECOND;

/// The figures of one queue. A chat that enters a queue is offered there, each time that it does.
#[derive(Default)]
struct Figures {
    within: Millis,
    offered: u64,
    answered: u64,
    in_time: u64,
    /// The customer went; `short` of them at once.
    abandoned: u64,
    short: u64,
    /// It waited too long, and went on to another queue.
    overflowed: u64,
    /// It waited too long, and was told so.
    turned_away: u64,
    /// It was attended, and went elsewhere, stayed with its agent or ended there.
    withdrawn: u64,
    waits: Millis,
    longest: Millis,
    /// Entered by an agent's transfer; left by one to a queue, or to a colleague.
    transfers_in: u64,
    transfers_out: u64,
    to_colleagues: u64,
    conferences: u64,
    handled: u64,
    handling: Millis,
}

/// A chat as far as it counts here.
#[derive(Default)]
struct Chat {
    entry: Option<(QueueId, Time)>,
    /// It ended while it waited there; its end says why.
    ended_in: Option<(QueueId, Time)>,
    home: Option<QueueId>,
    /// Who is connected or has after-chat work, for which queue, and since when.
    working: BTreeMap<AgentId, (QueueId, Time)>,
}

/// All queues, from the events alone.
#[derive(Default)]
pub(super) struct Queues {
    queues: BTreeMap<QueueId, Figures>,
    chats: BTreeMap<SessionId, Chat>,
    started: u64,
    ended: u64,
}

impl Queues {
    pub(super) fn follow(&mut self, record: &Record) {
        for event in &record.events {
            match event {
                Event::Session(event) => self.happened(event.session, record.time, &event.what),
                Event::Center(CenterChange::QueuePut(queue)) => {
                    let within = queue.service_level.map_or(0, |level| level.within);
                    self.queues.entry(queue.id.clone()).or_default().within = within;
                }
                _ => {}
            }
        }
    }

    fn happened(&mut self, id: SessionId, now: Time, what: &Happened) {
        let chat = self.chats.entry(id).or_default();
        match what {
            Happened::Started(_) => self.started += 1,
            Happened::Queued { queue, cause, .. } => self.queued(id, now, queue, *cause),
            Happened::Unqueued { reason, .. } => self.unqueued(id, now, *reason),
            Happened::Joined { agent, queue, cause, .. } => {
                chat.working.insert(agent.clone(), (queue.clone(), now));
                let home = chat.home.clone();
                self.figures(queue).handled += 1;
                if let Some(home) = home {
                    self.figures(&home).to_colleagues += u64::from(*cause == JoinCause::Transfer);
                    self.figures(&home).conferences += u64::from(*cause == JoinCause::Conference);
                }
            }
            Happened::Left { agent, .. } | Happened::WrapUpCompleted { agent, .. } => self.worked(id, now, agent),
            Happened::WrapUpStarted { agent, .. } => {
                if let Some((_, since)) = chat.working.get_mut(agent) {
                    *since = now;
                }
            }
            Happened::Ended { reason } => {
                self.ended += 1;
                self.ended_waiting(id, now, *reason);
            }
            Happened::Closed => {
                self.chats.remove(&id);
            }
            _ => {}
        }
    }

    fn figures(&mut self, queue: &QueueId) -> &mut Figures {
        self.queues.entry(queue.clone()).or_default()
    }

    fn chat(&mut self, id: SessionId) -> &mut Chat {
        self.chats.entry(id).or_default()
    }

    fn queued(&mut self, id: SessionId, now: Time, queue: &QueueId, cause: QueueCause) {
        let chat = self.chat(id);
        let before = chat.entry.replace((queue.clone(), now));
        let home = chat.home.replace(queue.clone());
        self.figures(queue).offered += 1;
        if cause == QueueCause::Transferred {
            self.figures(queue).transfers_in += 1;
            let from = home.unwrap_or_else(|| queue.clone());
            self.figures(&from).transfers_out += 1;
        }
        if let Some((queue, since)) = before {
            let figures = self.figures(&queue);
            figures.longest = figures.longest.max(now.since(since));
            match cause {
                QueueCause::Overflowed => figures.overflowed += 1,
                _ => figures.withdrawn += 1,
            }
        }
    }

    fn unqueued(&mut self, id: SessionId, now: Time, reason: UnqueueReason) {
        let chat = self.chat(id);
        let Some((queue, since)) = chat.entry.take() else { return };
        if reason == UnqueueReason::Ended {
            chat.ended_in = Some((queue, since));
            return;
        }
        let (figures, wait) = (self.figures(&queue), now.since(since));
        figures.longest = figures.longest.max(wait);
        match reason {
            UnqueueReason::Taken => {
                figures.answered += 1;
                figures.waits += wait;
                figures.in_time += u64::from(wait <= figures.within);
            }
            _ => figures.withdrawn += 1,
        }
    }

    /// The end of a chat says what its wait came to.
    fn ended_waiting(&mut self, id: SessionId, now: Time, reason: EndReason) {
        let Some((queue, since)) = self.chat(id).ended_in.take() else { return };
        let (figures, wait) = (self.figures(&queue), now.since(since));
        figures.longest = figures.longest.max(wait);
        match reason {
            EndReason::Customer | EndReason::Integrator | EndReason::CustomerGone => {
                figures.abandoned += 1;
                figures.short += u64::from(wait < SHORT);
            }
            EndReason::MaxWait | EndReason::QueueClosed | EndReason::AgeLimit => figures.turned_away += 1,
            EndReason::Agent | EndReason::Supervisor | EndReason::Inactivity => figures.withdrawn += 1,
        }
    }

    /// A stretch of an agent's work on a chat is over: the talking, or the after-chat work.
    fn worked(&mut self, id: SessionId, now: Time, agent: &AgentId) {
        let Some((queue, since)) = self.chat(id).working.get_mut(agent) else { return };
        let (queue, long) = (queue.clone(), now.since(*since));
        *since = now;
        self.figures(&queue).handling += long;
    }

    /// Memberships, and the time of all of them that are over.
    pub(super) fn handled(&self) -> (u64, Millis) {
        let all = self.queues.values();
        all.fold((0, 0), |(handled, time), it| (handled + it.handled, time + it.handling))
    }

    /// What doesn't add up, or isn't what the center itself has counted.
    pub(super) fn mistakes(&self, center: &Center) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut waiting: BTreeMap<&QueueId, u64> = BTreeMap::new();
        for (queue, _) in self.chats.values().filter_map(|chat| chat.entry.as_ref()) {
            *waiting.entry(queue).or_default() += 1;
        }
        for (id, it) in &self.queues {
            let still = waiting.get(id).copied().unwrap_or(0);
            let ends = it.answered + it.abandoned + it.overflowed + it.turned_away + it.withdrawn + still;
            if it.offered != ends {
                wrong.push(format!("{id}: {} offered, and {ends} came to something", it.offered));
            }
            let seen = center.waits.get(id).cloned().unwrap_or_default();
            let there = center.index().waiting.get(id).map_or(0, |places| places.len() as u64);
            let ours = [it.offered, it.answered, it.in_time, it.abandoned, it.short, it.overflowed, it.turned_away];
            let theirs =
                [seen.entered, seen.taken, seen.in_time, seen.abandoned, seen.short, seen.overflowed, seen.turned_away];
            if ours != theirs || (it.withdrawn, it.waits, still) != (seen.withdrawn, seen.waited, there) {
                wrong.push(format!("{id}: the center has counted {seen:?} and {there} who wait"));
            }
        }
        let open = center.sessions.values().filter(|session| session.is_open()).count() as u64;
        if self.started != self.ended + open {
            wrong.push(format!("{} chats started, {} ended, {open} go on", self.started, self.ended));
        }
        let sum = |what: fn(&Figures) -> u64| self.queues.values().map(what).sum::<u64>();
        if sum(|it| it.transfers_in) != sum(|it| it.transfers_out) {
            wrong.push("transfers in and out differ".into());
        }
        wrong
    }

    pub(super) fn table(&self) -> String {
        let mut text = format!(
            "{:<10} {:>7} {:>8} {:>9} {:>6} {:>8} {:>6} {:>6} {:>7} {:>6} {:>7} {:>7} {:>7} {:>8} {:>5} {:>5} {:>6} {:>6}\n",
            "queue",
            "offered",
            "answered",
            "abandoned",
            "short",
            "overflow",
            "turned",
            "withdr",
            "waiting",
            "level",
            "wait",
            "longest",
            "handled",
            "handling",
            "in",
            "out",
            "colleag",
            "confer"
        );
        let mut all = Figures::default();
        for (id, it) in &self.queues {
            let waiting = self.chats.values().filter(|chat| chat.entry.as_ref().is_some_and(|(queue, _)| queue == id));
            line(&mut text, id.as_str(), it, waiting.count());
            all.add(it);
        }
        line(&mut text, "all", &all, self.chats.values().filter(|chat| chat.entry.is_some()).count());
        let _ = writeln!(text, "{} chats started, {} ended", self.started, self.ended);
        text
    }
}

impl Figures {
    fn add(&mut self, it: &Self) {
        let Self { offered, answered, in_time, abandoned, short, overflowed, turned_away, withdrawn, .. } = it;
        self.offered += offered;
        self.answered += answered;
        self.in_time += in_time;
        self.abandoned += abandoned;
        self.short += short;
        self.overflowed += overflowed;
        self.turned_away += turned_away;
        self.withdrawn += withdrawn;
        self.waits += it.waits;
        self.longest = self.longest.max(it.longest);
        self.transfers_in += it.transfers_in;
        self.transfers_out += it.transfers_out;
        self.to_colleagues += it.to_colleagues;
        self.conferences += it.conferences;
        self.handled += it.handled;
        self.handling += it.handling;
    }

    /// Answered in time, of a hundred that waited for it to the end: who went at once, and who was attended, doesn't count.
    fn level(&self) -> f64 {
        let all = self.answered + self.abandoned - self.short + self.overflowed + self.turned_away;
        100.0 * self.in_time as f64 / all.max(1) as f64
    }
}

fn line(text: &mut String, id: &str, it: &Figures, waiting: usize) {
    let mean = |sum: Millis, count: u64| sum as f64 / 1e3 / count.max(1) as f64;
    let (wait, longest, handling) =
        (mean(it.waits, it.answered), it.longest as f64 / 1e3, mean(it.handling, it.handled));
    let _ = writeln!(
        text,
        "{id:<10} {:>7} {:>8} {:>9} {:>6} {:>8} {:>6} {:>6} {waiting:>7} {:>5.1}% {wait:>6.1}s {longest:>6.1}s {:>7} \
         {handling:>7.1}s {:>5} {:>5} {:>7} {:>6}",
        it.offered,
        it.answered,
        it.abandoned,
        it.short,
        it.overflowed,
        it.turned_away,
        it.withdrawn,
        it.level(),
        it.handled,
        it.transfers_in,
        it.transfers_out,
        it.to_colleagues,
        it.conferences,
    );
}
