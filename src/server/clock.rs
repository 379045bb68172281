//! Time, as the rules see it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use crate::{
    center::{Millis, Time},
    shard::Outside,
};

/// What the rules take for the time: offers that ring, graces, waits, hours. The system's, unless a test sets it. Leases,
/// deadlines of calls and the lives of tokens go by the system's in any case.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Against the system's, in milliseconds.
    offset: i64,
    ahead: watch::Sender<Millis>,
}

impl Default for Clock {
    fn default() -> Self {
        Self { offset: 0, ahead: watch::channel(0).0 }
    }
}

impl Clock {
    /// One that shows `time` now, and goes on from there.
    pub fn starting_at(time: SystemTime) -> Self {
        let (asked, now) = (since_epoch(time), since_epoch(SystemTime::now()));
        Self { offset: asked as i64 - now as i64, ..Self::default() }
    }

    /// Puts it ahead: what became due meanwhile is done at once, as after a long silence.
    pub fn advance(&self, by: Duration) {
        self.ahead.send_modify(|ahead| *ahead += super::millis(by));
    }

    /// What it shows.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.wall().0)
    }

    fn wall(&self) -> Time {
        Time(since_epoch(SystemTime::now()).saturating_add_signed(self.offset) + *self.ahead.borrow())
    }

    pub(super) fn outside(&self) -> Outside {
        let (clock, ahead) = (self.clone(), self.ahead.subscribe());
        Outside { ahead, ..Outside::new(move || clock.wall()) }
    }
}

fn since_epoch(time: SystemTime) -> Millis {
    super::millis(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}
