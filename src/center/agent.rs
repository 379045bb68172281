//! An agent: what is set for them, their state, the work in hand.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::{
    figures::AgentFigures,
    ids::{Code, Incarnation, OfferId, SessionId},
    index::AgentKeys,
    queue::Wanted,
    settings::{AgentConfig, AgentKind, Permission, Settings},
    time::Time,
};

/// The service's reason for an agent who missed an offer.
pub(super) const NO_ANSWER: &str = "no-answer";

/// For one who declined too many.
pub(super) const DECLINED: &str = "declined";

/// For one who took a session and said nothing.
pub(super) const NO_RESPONSE: &str = "no-response";

/// For one who has just signed in.
pub(super) const SIGNED_IN: &str = "signed-in";

/// The service's reasons, which nobody else gives.
pub(super) const OWN_REASONS: [&str; 4] = [NO_ANSWER, DECLINED, NO_RESPONSE, SIGNED_IN];

/// An agent or supervisor of the center.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Agent {
    /// What is set.
    #[n(0)]
    pub config: AgentConfig,
    /// What they are doing.
    #[n(1)]
    pub status: Status,
    /// Since when.
    #[n(2)]
    pub since: Time,
    /// Not ready once the work in hand is done, and why.
    #[n(3)]
    pub next: Option<NextNotReady>,
    /// When they last accepted or became ready: who did longest ago comes first.
    #[n(4)]
    pub idle_since: Time,
    /// Router offers declined in a row.
    #[n(5)]
    pub declines: u32,
    /// Runs of nodes at which a desk stream is open.
    #[n(6)]
    pub desks: BTreeSet<Incarnation>,
    /// While signed in without a desk: until when.
    #[n(7)]
    pub grace_end: Option<Time>,
    /// Router offers missed in a row.
    #[n(8)]
    #[cbor(default)]
    pub misses: u32,
    /// Who has just become ready gets their sessions one after another.
    #[n(9)]
    #[cbor(default)]
    pub ramp: Ramp,
    /// What their time went to.
    #[n(10)]
    #[cbor(default)]
    pub(super) figures: AgentFigures,
    /// The work in hand. Derived from the sessions.
    #[cbor(skip)]
    pub work: Work,
    /// Where the indexes have them. Derived.
    #[cbor(skip)]
    pub(super) keys: AgentKeys,
}

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Status {
    /// Not at work.
    #[n(0)]
    SignedOut,
    /// Takes router offers.
    #[n(1)]
    Ready,
    /// Takes invitations only.
    #[n(2)]
    NotReady(#[n(0)] Option<Code>),
}

/// How far an agent who became ready has got in taking up work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Ramp {
    /// They take whatever fits.
    #[default]
    #[n(0)]
    Over,
    /// They take one session now.
    #[n(1)]
    Open,
    /// They take none before this.
    #[n(2)]
    Until(#[n(0)] Time),
}

/// A state that waits for the work in hand.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct NextNotReady {
    /// Why.
    #[n(0)]
    pub reason: Option<Code>,
}

/// What takes up an agent's units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Sessions that they are connected to.
    pub held: BTreeSet<SessionId>,
    /// Offers ringing at their desk.
    pub ringing: BTreeMap<OfferId, SessionId>,
    /// Sessions of their after-chat work.
    pub wrap_ups: BTreeSet<SessionId>,
}

impl Work {
    /// Units taken.
    pub fn units(&self) -> u32 {
        (self.held.len() + self.ringing.len() + self.wrap_ups.len()) as u32
    }
}

impl Agent {
    /// An agent who was just configured.
    pub(super) fn new(config: AgentConfig, now: Time) -> Self {
        Self {
            config,
            status: Status::SignedOut,
            since: now,
            next: None,
            idle_since: now,
            declines: 0,
            desks: BTreeSet::new(),
            grace_end: None,
            misses: 0,
            ramp: Ramp::Over,
            figures: AgentFigures::default(),
            work: Work::default(),
            keys: AgentKeys::default(),
        }
    }

    /// Whether they are at work.
    pub fn is_signed_in(&self) -> bool {
        self.status != Status::SignedOut
    }

    /// Units they may hold at once.
    pub fn capacity(&self, settings: &Settings) -> u32 {
        self.config.capacity.unwrap_or(settings.capacity)
    }

    /// Whether one unit more fits.
    pub fn has_room(&self, settings: &Settings) -> bool {
        self.work.units() < self.capacity(settings)
    }

    /// Whether the router may offer them a session: ready, not about to stop, at an open desk, with room, no assistant, and not
    /// just starting.
    pub fn is_available(&self, settings: &Settings) -> bool {
        self.status == Status::Ready
            && self.next.is_none()
            && !self.desks.is_empty()
            && self.has_room(settings)
            && self.config.kind != AgentKind::Assistant
            && !matches!(self.ramp, Ramp::Until(_))
    }

    /// Whether they are as good as a session wants.
    pub fn can(&self, wants: &[Wanted]) -> bool {
        wants.iter().all(|wanted| self.config.skills.get(&wanted.skill).is_some_and(|level| *level >= wanted.level))
    }

    /// Whether they may do something that not everybody may.
    pub fn may(&self, permission: Permission) -> bool {
        self.config.permissions.contains(&permission)
    }
}
