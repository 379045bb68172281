//! Between the nodes: messages that are late, lost, or answered too late, and partitions.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use chatsession::{
    center::Incarnation,
    journal::BoxFuture,
    shard::{Done, Elsewhere, Errand, Handle, Unavailable},
};
use tokio::time::{sleep, timeout};

use crate::sim::{chance, millis_below};

thread_local! {
    static NET: RefCell<Net> = RefCell::default();
}

#[derive(Default)]
struct Net {
    /// Who runs, and the way in.
    runs: BTreeMap<Incarnation, (usize, Handle)>,
    /// Nodes that hear nothing and aren't heard.
    cut: BTreeMap<usize, bool>,
    faults: bool,
    pub forwarded: u64,
}

pub fn reset(faults: bool) {
    NET.with_borrow_mut(|net| *net = Net { faults, ..Net::default() });
}

pub fn calm() {
    NET.with_borrow_mut(|net| net.faults = false);
}

pub fn forwarded() -> u64 {
    NET.with_borrow(|net| net.forwarded)
}

pub fn join(run: Incarnation, node: usize, handle: Handle) {
    NET.with_borrow_mut(|net| net.runs.insert(run, (node, handle)));
}

pub fn leave(run: Incarnation) {
    NET.with_borrow_mut(|net| net.runs.remove(&run));
}

pub fn cut(node: usize, cut: bool) {
    NET.with_borrow_mut(|net| net.cut.insert(node, cut));
}

pub fn is_cut(node: usize) -> bool {
    NET.with_borrow(|net| net.cut.get(&node).copied().unwrap_or(false))
}

/// A node's way to the others.
pub struct Post {
    pub node: usize,
}

const PATIENCE: Duration = Duration::from_secs(10);

impl Elsewhere for Post {
    fn ask(&self, whom: Incarnation, errand: Errand) -> BoxFuture<'static, Result<Done, Unavailable>> {
        let from = self.node;
        Box::pin(async move {
            sleep(millis_below(4)).await;
            let (target, faults) = NET.with_borrow_mut(|net| {
                net.forwarded += 1;
                (net.runs.get(&whom).cloned(), net.faults)
            });
            let Some((node, handle)) = target else { return Err(Unavailable::NoLeader) };
            let lost = async {
                sleep(PATIENCE).await;
                Err(Unavailable::Recovering)
            };
            if is_cut(from) || is_cut(node) || (faults && chance(80) == 0) {
                return lost.await;
            }
            // It is carried out whether or not its answer arrives.
            let done = tokio::task::spawn_local(async move { handle.carry_out(errand).await });
            let answered = timeout(PATIENCE, done).await;
            sleep(millis_below(4)).await;
            if is_cut(from) || is_cut(node) || (faults && chance(80) == 0) {
                return lost.await;
            }
            match answered {
                Ok(Ok(done)) => done,
                Ok(Err(_)) | Err(_) => Err(Unavailable::Recovering),
            }
        })
    }
}
