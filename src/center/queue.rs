//! A service queue: where sessions wait, for how long, what is said to them meanwhile, and who is wanted for them.

use minicbor::{Decode, Encode};

use super::{
    hours::Hours,
    ids::{Code, Label, QueueId},
    time::{HOUR, Millis},
};

/// What becomes of a session that waited too long.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum MaxWaitAction {
    /// A message, then the end.
    #[n(0)]
    End,
    /// It moves to another queue.
    #[n(1)]
    Overflow(#[n(0)] QueueId),
}

/// A service queue.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Queue {
    /// Its id.
    #[n(0)]
    pub id: QueueId,
    /// Its name.
    #[n(1)]
    pub name: Label,
    /// Sent to the customer when an agent transfers a session here.
    #[n(2)]
    pub entry_message: Option<String>,
    /// How long a session may wait here.
    #[n(3)]
    pub max_wait: Millis,
    /// What then.
    #[n(4)]
    pub max_wait_action: MaxWaitAction,
    /// Sent before the end by `max_wait`.
    #[n(5)]
    pub max_wait_message: Option<String>,
    /// After-chat work of who took a session here; 0 is none.
    #[n(6)]
    pub wrap_up_time: Millis,
    /// A wrap-up needs a disposition.
    #[n(7)]
    pub disposition_required: bool,
    /// Sessions waiting before starts are refused; 0 is no limit.
    #[n(8)]
    pub max_length: u32,
    /// Transfers are refused while nobody who serves it is signed in.
    #[n(9)]
    pub refuse_unstaffed: bool,
    /// Customers may start here by themselves.
    #[n(10)]
    pub open_to_customers: bool,
    /// When it is open; none is always.
    #[n(11)]
    pub hours: Option<Hours>,
    /// What becomes of those who wait when it closes.
    #[n(12)]
    #[cbor(default)]
    pub closing_action: ClosingAction,
    /// Where starts go while it is full; none is nowhere.
    #[n(13)]
    pub full_overflow: Option<QueueId>,
    /// Added to the priority of every session that waits here.
    #[n(14)]
    #[cbor(default)]
    pub priority: i32,
    /// What is promised.
    #[n(15)]
    pub service_level: Option<ServiceLevel>,
    /// What is said to those who wait.
    #[n(16)]
    #[cbor(default)]
    pub messages: Vec<QueueMessage>,
    /// How often it is said that they wait; 0 is never.
    #[n(17)]
    #[cbor(default)]
    pub waiting_interval: Millis,
    /// Who is wanted for every session here.
    #[n(18)]
    #[cbor(default)]
    pub skills: Vec<Wanted>,
    /// How the wish gives way with time.
    #[n(19)]
    #[cbor(default)]
    pub widening: Vec<Widening>,
    /// How long the customer's last agent is waited for; 0 is not at all.
    #[n(20)]
    #[cbor(default)]
    pub last_agent_wait: Millis,
    /// How long an agent who took a session may say nothing; 0 is for ever.
    #[n(21)]
    #[cbor(default)]
    pub first_response_time: Millis,
    /// The dispositions to choose from; none is any.
    #[n(22)]
    #[cbor(default)]
    pub dispositions: Vec<Code>,
}

/// What becomes of those who wait when their queue closes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum ClosingAction {
    /// They are served all the same.
    #[default]
    #[n(0)]
    Keep,
    /// A message, then the end.
    #[n(1)]
    End,
    /// They move to another queue.
    #[n(2)]
    Overflow(#[n(0)] QueueId),
}

/// So many of the sessions are answered within a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ServiceLevel {
    /// The time.
    #[n(0)]
    pub within: Millis,
    /// So many of a hundred.
    #[n(1)]
    pub percent: u32,
}

/// When a queue says something by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Moment {
    /// A session has entered.
    #[n(0)]
    Entered,
    /// It still waits, and nobody is connected.
    #[n(1)]
    Waiting,
    /// An agent has taken it.
    #[n(2)]
    Connected,
    /// It has waited too long, and ends.
    #[n(3)]
    MaxWait,
    /// The queue is closed: who waits is told before the end, who would start is told instead.
    #[n(4)]
    Closed,
}

/// One automatic message.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct QueueMessage {
    /// When it is said.
    #[n(0)]
    pub moment: Moment,
    /// To customers of this language; none is to all others.
    #[n(1)]
    pub language: Option<Label>,
    /// What.
    #[n(2)]
    pub text: String,
}

/// A skill that a session wants of its agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Wanted {
    /// Which.
    #[n(0)]
    pub skill: Code,
    /// At least this well, from 1 to 100.
    #[n(1)]
    pub level: u32,
}

/// From a waiting time on, another level of every wanted skill is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Widening {
    /// The time in this queue.
    #[n(0)]
    pub after: Millis,
    /// The level; 0 is none: whoever serves the queue will do.
    #[n(1)]
    pub level: u32,
}

impl Queue {
    /// A queue of which nothing else is set.
    pub fn new(id: QueueId, name: Label) -> Self {
        Self {
            id,
            name,
            entry_message: None,
            max_wait: HOUR,
            max_wait_action: MaxWaitAction::End,
            max_wait_message: None,
            wrap_up_time: 0,
            disposition_required: false,
            max_length: 0,
            refuse_unstaffed: false,
            open_to_customers: true,
            hours: None,
            closing_action: ClosingAction::Keep,
            full_overflow: None,
            priority: 0,
            service_level: None,
            messages: Vec::new(),
            waiting_interval: 0,
            skills: Vec::new(),
            widening: Vec::new(),
            last_agent_wait: 0,
            first_response_time: 0,
            dispositions: Vec::new(),
        }
    }

    /// Other queues that it names, and the contract's fields that do.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &QueueId)> {
        let max_wait = match &self.max_wait_action {
            MaxWaitAction::Overflow(queue) => Some(("overflow_queue_id", queue)),
            MaxWaitAction::End => None,
        };
        let closing = match &self.closing_action {
            ClosingAction::Overflow(queue) => Some(("closing_overflow_queue_id", queue)),
            ClosingAction::Keep | ClosingAction::End => None,
        };
        let full = self.full_overflow.as_ref().map(|queue| ("full_overflow_queue_id", queue));
        max_wait.into_iter().chain(closing).chain(full)
    }

    /// What it says at a moment to a customer of this language: the words of that very tag, else of its primary language, else
    /// those for everybody.
    pub fn words(&self, moment: Moment, language: Option<&Label>) -> Option<&str> {
        let of = |wanted: Option<&str>| {
            let fits = |message: &&QueueMessage| {
                let tag = message.language.as_ref().map(Label::as_str);
                message.moment == moment
                    && match (tag, wanted) {
                        (Some(tag), Some(wanted)) => tag.eq_ignore_ascii_case(wanted),
                        (tag, wanted) => tag.is_none() && wanted.is_none(),
                    }
            };
            self.messages.iter().find(fits).map(|message| message.text.as_str())
        };
        let language = language.map(Label::as_str);
        let primary = language.and_then(|tag| tag.split('-').next());
        language.and_then(|tag| of(Some(tag))).or_else(|| primary.and_then(|tag| of(Some(tag)))).or_else(|| of(None))
    }

    /// What is wanted of an agent for a session that has waited here so long: its own wishes and the queue's, the higher level of
    /// each, unless a step of the widening says another.
    pub(super) fn wants(&self, own: &[Wanted], waited: Millis) -> Vec<Wanted> {
        let step = self.widening.iter().rfind(|step| step.after <= waited).map(|step| step.level);
        if step == Some(0) {
            return Vec::new();
        }
        let mut wants: Vec<Wanted> = Vec::new();
        for wanted in own.iter().chain(&self.skills) {
            let level = step.unwrap_or(wanted.level);
            match wants.iter_mut().find(|known| known.skill == wanted.skill) {
                Some(known) => known.level = known.level.max(level),
                None => wants.push(Wanted { skill: wanted.skill.clone(), level }),
            }
        }
        wants.sort();
        wants
    }

    /// When the next step of the widening comes, for a session that has waited so long.
    pub(super) fn next_widening(&self, waited: Millis) -> Option<Millis> {
        self.widening.iter().map(|step| step.after).find(|after| *after > waited)
    }
}
