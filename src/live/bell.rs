//! A bell for an agent's desk: it rings when something of the agent's changed. What changed is read, not carried.

use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Rings for everyone who listens.
#[derive(Default)]
pub struct Bell {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    rings: u64,
    wakers: Vec<Waker>,
}

impl Bell {
    pub(super) fn ring(&self, wakers: &mut Vec<Waker>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.rings += 1;
        wakers.append(&mut inner.wakers);
    }

    /// Ready with the number of rings once there were more than `heard`.
    pub fn poll(&self, heard: u64, context: &mut Context<'_>) -> Poll<u64> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.rings > heard {
            return Poll::Ready(inner.rings);
        }
        if !inner.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            inner.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// Rings so far.
    pub fn rings(&self) -> u64 {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).rings
    }
}
