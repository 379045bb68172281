//! What is asked of a shard's task, and how it is told what came of it.

use std::collections::BTreeSet;

use tokio::sync::oneshot;

use super::{
    errand::{Done, Errand},
    handle::Unavailable,
    state::State,
};
use crate::{
    center::{Answer, Asked, Caller, Center, CenterId, Command, Incarnation, Object, Refusal, Time},
    journal::Position,
};

/// A result with the way to tell it, once what it was decided on is durable; or that this isn't known.
pub(super) type Waiting = Box<dyn FnOnce(Result<(), Unavailable>) + Send>;

/// What an undurable decision becomes: called by the engine, tells later.
pub(super) type Reading = Box<dyn FnOnce(&Center, Time) -> Waiting + Send>;

/// As [`Reading`], of all centers.
pub(super) type Surveying = Box<dyn FnOnce(&State, Time) -> Waiting + Send>;

/// How current what is read has to be.
pub(super) enum Need {
    /// As current as this node is.
    Here,
    /// Nothing that was acknowledged before is missing.
    Now,
    /// Until this holds, or nothing is missing.
    Until(Box<dyn FnMut(&Center) -> bool + Send>),
}

/// What is asked of the task.
pub(super) enum Job {
    Command {
        center: CenterId,
        asked: Asked,
        from: From,
        reply: Reply<Answer>,
    },
    Apply {
        center: CenterId,
        caller: Caller,
        objects: Vec<Object>,
        from: From,
        reply: Reply<(u32, u64)>,
    },
    Read {
        center: CenterId,
        need: Need,
        read: Reading,
    },
    Survey {
        read: Surveying,
    },
    /// For another node.
    Confirm {
        reply: oneshot::Sender<Result<Position, Unavailable>>,
    },
    /// Of another node.
    Present {
        told: Vec<(CenterId, Command)>,
        reply: oneshot::Sender<Result<(), Unavailable>>,
    },
}

/// Where a job comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// A caller of this node: it is asked of the leader, wherever that is.
    Caller,
    /// Another node, which takes this one for the leader.
    Node,
}

pub(super) type Reply<T> = oneshot::Sender<Result<Result<T, Refusal>, Unavailable>>;

/// Whose streams a command of presence is about.
pub(super) fn of_incarnation(command: &Command) -> Option<Incarnation> {
    match command {
        Command::OpenDesk { incarnation, .. }
        | Command::CloseDesk { incarnation, .. }
        | Command::OpenCustomer { incarnation, .. }
        | Command::CloseCustomer { incarnation, .. } => Some(*incarnation),
        _ => None,
    }
}

impl Job {
    /// What is asked of the leader.
    pub(super) fn errand(&self) -> Option<Errand> {
        match self {
            Self::Command { center, asked, reply, .. } if !reply.is_closed() => {
                Some(Errand::Command { center: center.clone(), asked: Box::new(asked.clone()) })
            }
            Self::Apply { center, caller, objects, reply, .. } if !reply.is_closed() => {
                Some(Errand::Apply { center: center.clone(), caller: caller.clone(), objects: objects.clone() })
            }
            _ => None,
        }
    }

    /// Whether it takes effect once however often it is asked.
    pub(super) fn is_once(&self) -> bool {
        matches!(self, Self::Command { asked: Asked { request: Some(_), .. }, .. })
    }

    /// Tells what came of it.
    pub(super) fn done(self, result: Result<Done, Unavailable>) {
        // Who asked may be gone.
        match self {
            Self::Command { reply, .. } => {
                let _ = reply.send(result.and_then(|done| match done {
                    Done::Answered(answer) => Ok(Ok(answer)),
                    Done::Refused(refusal) => Ok(Err(refusal)),
                    _ => Err(Unavailable::Recovering),
                }));
            }
            Self::Apply { reply, .. } => {
                let _ = reply.send(result.and_then(|done| match done {
                    Done::Applied(changed, seq) => Ok(Ok((changed, seq))),
                    Done::Refused(refusal) => Ok(Err(refusal)),
                    _ => Err(Unavailable::Recovering),
                }));
            }
            Self::Read { .. } | Self::Survey { .. } | Self::Confirm { .. } | Self::Present { .. } => {}
        }
    }

    /// Tells that it wasn't decided.
    pub(super) fn refuse(self, why: Unavailable) {
        match self {
            Self::Command { reply, .. } => {
                let _ = reply.send(Err(why));
            }
            Self::Apply { reply, .. } => {
                let _ = reply.send(Err(why));
            }
            Self::Confirm { reply } => {
                let _ = reply.send(Err(why));
            }
            Self::Present { reply, .. } => {
                let _ = reply.send(Err(why));
            }
            Self::Read { center, read, .. } => {
                let nothing = Center::new(center, BTreeSet::new());
                read(&nothing, Time::AT_ONCE)(Err(why));
            }
            Self::Survey { read } => read(&State::default(), Time::AT_ONCE)(Err(why)),
        }
    }

    /// Whether what a read waits for is to be seen.
    pub(super) fn holds(&mut self, state: &State) -> bool {
        match self {
            Self::Read { center, need: Need::Until(holds), .. } => state.see(center, holds),
            _ => true,
        }
    }
}
