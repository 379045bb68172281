//! What a shard takes from outside itself and its log: time and chance. Handed in, so that a simulator can hand in its own.

use std::sync::Arc;

use rand::RngExt;
use tokio::sync::watch;

use crate::center::{Millis, Time};

/// Fills with random bytes.
pub type Random = dyn Fn(&mut [u8]) + Send + Sync;

/// Time and chance.
#[derive(Clone)]
pub struct Outside {
    /// The wall's clock, which may be wrong.
    pub wall: Arc<dyn Fn() -> Time + Send + Sync>,
    /// By how much the clock was put ahead since the start: by whom who tests what time does.
    pub ahead: watch::Receiver<Millis>,
    /// Ids and salts come from it.
    pub random: Arc<Random>,
}

impl Outside {
    /// A clock, and the system's randomness.
    pub fn new(wall: impl Fn() -> Time + Send + Sync + 'static) -> Self {
        let (_, ahead) = watch::channel(0);
        Self { wall: Arc::new(wall), ahead, random: Arc::new(|bytes| rand::rng().fill(bytes)) }
    }

    pub(super) fn now(&self) -> Time {
        (self.wall)()
    }

    pub(super) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }
}
