//! How everyone else talks to the shard's task.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use minicbor::{Decode, Encode};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    errand::{Done, Errand},
    job::{From, Job, Need, Reading, Surveying},
    role::Standing,
    state::State,
};
use crate::center::{Answer, Asked, Caller, Center, CenterId, Command, Object, Refusal, Time, Who};

/// Why a call wasn't decided. Retrying with the same request id is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Encode, Decode)]
#[cbor(index_only)]
pub enum Unavailable {
    /// The mailbox is full.
    #[error("the server is busy")]
    #[n(0)]
    Overloaded,
    /// The shard recovers; the call may or may not have taken effect.
    #[error("the server recovers; the call may or may not have taken effect")]
    #[n(1)]
    Recovering,
    /// The disk is nearly full: what only adds is refused.
    #[error("the server's disk is full")]
    #[n(2)]
    StorageFull,
    /// The shard has stopped.
    #[error("the server shuts down")]
    #[n(3)]
    Stopped,
    /// No node leads the shard now, or this one can't reach it. The call was not decided.
    #[error("no node leads this part of the service now")]
    #[n(4)]
    NoLeader,
}

/// A job with its place in the mailbox.
pub(super) struct Queued {
    pub(super) job: Job,
    pub(super) _slot: Slot,
}

/// The way into a shard. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(super) jobs: mpsc::Sender<Queued>,
    pub(super) presence: mpsc::UnboundedSender<(CenterId, Command)>,
    pub(super) slots: Arc<Slots>,
    pub(super) storage_full: Arc<AtomicBool>,
    pub(super) standing: watch::Receiver<Standing>,
}

impl Handle {
    /// Asks for something, and waits until the answer, whatever it is, is durable.
    pub async fn command(&self, center: &CenterId, asked: Asked) -> Result<Result<Answer, Refusal>, Unavailable> {
        let adds = adds(&asked.command);
        if adds && self.storage_full.load(Ordering::Relaxed) {
            return Err(Unavailable::StorageFull);
        }
        let (reply, answer) = oneshot::channel();
        self.send(center, Job::Command { center: center.clone(), asked, from: From::Caller, reply })?;
        answer.await.unwrap_or(Err(Unavailable::Recovering))
    }

    /// Does what another node asks, if this one leads.
    pub async fn carry_out(&self, errand: Errand) -> Result<Done, Unavailable> {
        let lost = Unavailable::Recovering;
        match errand {
            Errand::Command { center, asked } => {
                let adds = adds(&asked.command);
                if adds && self.storage_full.load(Ordering::Relaxed) {
                    return Err(Unavailable::StorageFull);
                }
                let (reply, answer) = oneshot::channel();
                let (of, from) = (center.clone(), From::Node);
                self.send(&of, Job::Command { center, asked: *asked, from, reply })?;
                Ok(answer.await.unwrap_or(Err(lost))?.map_or_else(Done::Refused, Done::Answered))
            }
            Errand::Apply { center, caller, objects } => {
                let (reply, answer) = oneshot::channel();
                let (of, from) = (center.clone(), From::Node);
                self.send(&of, Job::Apply { center, caller, objects, from, reply })?;
                let applied = answer.await.unwrap_or(Err(lost))?;
                Ok(applied.map_or_else(Done::Refused, |(changed, seq)| Done::Applied(changed, seq)))
            }
            Errand::Confirm => {
                let (reply, answer) = oneshot::channel();
                self.send_for_nobody(Job::Confirm { reply })?;
                answer.await.unwrap_or(Err(lost)).map(Done::Confirmed)
            }
            Errand::Present { told } => {
                let (reply, answer) = oneshot::channel();
                self.send_for_nobody(Job::Present { told, reply })?;
                answer.await.unwrap_or(Err(lost)).map(|()| Done::Noted)
            }
        }
    }

    /// Puts objects, all or none; tells how many differed and the center's last commit.
    pub async fn apply(
        &self,
        center: &CenterId,
        caller: Caller,
        objects: Vec<Object>,
    ) -> Result<Result<(u32, u64), Refusal>, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let (of, from) = (center.clone(), From::Caller);
        self.send(center, Job::Apply { center: of, caller, objects, from, reply })?;
        answer.await.unwrap_or(Err(Unavailable::Recovering))
    }

    /// Reads a center, with nothing missing that was acknowledged before, and waits until what was read is durable.
    pub async fn read<T: Send + 'static>(
        &self,
        center: &CenterId,
        read: impl FnOnce(&Center, Time) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.read_when(center, Need::Now, read).await
    }

    /// Reads a center as it is known at this node, which may be a moment behind.
    pub async fn read_here<T: Send + 'static>(
        &self,
        center: &CenterId,
        read: impl FnOnce(&Center, Time) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.read_when(center, Need::Here, read).await
    }

    /// Reads a center once something holds of it here; when that takes too long, as [`read`](Self::read).
    pub async fn read_once<T: Send + 'static>(
        &self,
        center: &CenterId,
        holds: impl FnMut(&Center) -> bool + Send + 'static,
        read: impl FnOnce(&Center, Time) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.read_when(center, Need::Until(Box::new(holds)), read).await
    }

    async fn read_when<T: Send + 'static>(
        &self,
        center: &CenterId,
        need: Need,
        read: impl FnOnce(&Center, Time) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let read: Reading = Box::new(move |center, now| {
            let result = read(center, now);
            Box::new(move |durable| drop(reply.send(durable.map(|()| result))))
        });
        self.send(center, Job::Read { center: center.clone(), need, read })?;
        answer.await.unwrap_or(Err(Unavailable::Recovering))
    }

    /// Reads all centers, and waits until what was read is durable. For the leader's housekeeping: it has the mailbox's last
    /// place.
    pub async fn survey<T: Send + 'static>(
        &self,
        read: impl FnOnce(&State, Time) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let read: Surveying = Box::new(move |state, now| {
            let result = read(state, now);
            Box::new(move |durable| drop(reply.send(durable.map(|()| result))))
        });
        let slot = self.slots.housekeeping();
        self.jobs.send(Queued { job: Job::Survey { read }, _slot: slot }).await.map_err(|_| Unavailable::Stopped)?;
        answer.await.unwrap_or(Err(Unavailable::Recovering))
    }

    /// How the shard stands at this node.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.clone()
    }

    /// Tells who came and went. Never refused: there are at most two of these a stream, and streams are limited.
    pub fn presence(&self, center: &CenterId, command: Command) {
        // Nobody is there to hear it once the shard has stopped.
        let _ = self.presence.send((center.clone(), command));
    }

    fn send(&self, center: &CenterId, job: Job) -> Result<(), Unavailable> {
        let slot = self.slots.take(center).ok_or(Unavailable::Overloaded)?;
        self.queue(job, slot)
    }

    fn send_for_nobody(&self, job: Job) -> Result<(), Unavailable> {
        self.queue(job, self.slots.housekeeping())
    }

    fn queue(&self, job: Job, slot: Slot) -> Result<(), Unavailable> {
        self.jobs.try_send(Queued { job, _slot: slot }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unavailable::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Unavailable::Stopped,
        })
    }
}

/// Places in the mailbox: where many centers want one, none gets more than a quarter.
pub(super) struct Slots {
    capacity: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    of: HashMap<CenterId, usize>,
}

impl Slots {
    pub(super) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self { capacity, taken: Mutex::default() })
    }

    /// A place that counts for nobody.
    fn housekeeping(self: &Arc<Self>) -> Slot {
        Slot { center: None, slots: self.clone() }
    }

    fn take(self: &Arc<Self>, center: &CenterId) -> Option<Slot> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.of.get(center).copied().unwrap_or(0);
        let others = taken.of.len() > usize::from(own > 0);
        if taken.all >= self.capacity || (others && own >= self.capacity / 4) {
            return None;
        }
        taken.all += 1;
        *taken.of.entry(center.clone()).or_default() += 1;
        Some(Slot { center: Some(center.clone()), slots: self.clone() })
    }
}

/// A place in the mailbox, free again when dropped.
pub(super) struct Slot {
    center: Option<CenterId>,
    slots: Arc<Slots>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(center) = &self.center else { return };
        let mut taken = self.slots.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(own) = taken.of.get_mut(center) {
            *own -= 1;
            if *own == 0 {
                taken.of.remove(center);
            }
        }
    }
}

/// Whether a command only adds: the first to be refused on a full disk.
fn adds(command: &Command) -> bool {
    matches!(
        command,
        Command::StartSession(_)
            | Command::SendMessage { .. }
            | Command::CreateAttachment { .. }
            | Command::StartChat { .. }
            | Command::SendChatMessage { .. }
    )
}

/// The caller of what the service does by itself.
pub(super) fn system() -> Caller {
    Caller { who: Who::System, via: None }
}
