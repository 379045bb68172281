//! Who is let in: counts of open connections, and of those by address that haven't authenticated.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Connections;

/// Descriptors left for the journal, its projections and the log.
const OTHER_FILES: usize = 256;

/// Counts connections and refuses those over the limits.
#[derive(Debug)]
pub struct Gate {
    total: usize,
    unauthenticated_per_address: usize,
    new_per_second: u32,
    new_per_address: u32,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    open: usize,
    unauthenticated: HashMap<IpAddr, usize>,
    second: Option<Instant>,
    new_in_second: u32,
    /// Of those, by address.
    new_by_address: HashMap<IpAddr, u32>,
    refused: u64,
    told: Option<(Instant, u64)>,
}

impl Gate {
    /// With descriptors left for so many files on their way.
    pub(super) fn new(limits: &Connections, transfers: usize) -> Arc<Self> {
        let allowed = descriptors().map_or(usize::MAX, |all| all.saturating_sub(OTHER_FILES + transfers).max(1));
        Arc::new(Self {
            total: limits.total.min(allowed),
            unauthenticated_per_address: limits.unauthenticated_per_address,
            new_per_second: limits.new_per_second,
            new_per_address: share(limits),
            counts: Mutex::default(),
        })
    }

    /// Connections that are open now.
    pub fn open(&self) -> usize {
        self.counts().open
    }

    /// Connections refused since the start.
    pub fn refused(&self) -> u64 {
        self.counts().refused
    }

    pub(super) fn admit(self: &Arc<Self>, remote: IpAddr, now: Instant) -> Option<Ticket> {
        let network = network(remote);
        let mut counts = self.counts();
        if counts.second.is_none_or(|start| now.duration_since(start) >= Duration::from_secs(1)) {
            counts.second = Some(now);
            counts.new_in_second = 0;
            counts.new_by_address.clear();
        }
        let of_network = counts.unauthenticated.get(&network).copied().unwrap_or(0);
        let new_of_network = counts.new_by_address.get(&network).copied().unwrap_or(0);
        let why = if counts.open >= self.total {
            Some("connections.total")
        } else if of_network >= self.unauthenticated_per_address {
            Some("connections.unauthenticated_per_address")
        } else if new_of_network >= self.new_per_address {
            Some("connections.new_per_second_share_percent")
        } else if counts.new_in_second >= self.new_per_second {
            Some("connections.new_per_second")
        } else {
            None
        };
        if let Some(limit) = why {
            counts.refuse(limit, now);
            return None;
        }
        counts.new_in_second += 1;
        *counts.new_by_address.entry(network).or_default() += 1;
        counts.open += 1;
        counts.unauthenticated.insert(network, of_network + 1);
        Some(Ticket { gate: Arc::clone(self), network, state: AtomicU8::new(UNAUTHENTICATED) })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn refuse(&mut self, limit: &'static str, now: Instant) {
        self.refused += 1;
        let (last, before) = self.told.unwrap_or((now, 0));
        if self.told.is_none() || now.duration_since(last) >= Duration::from_secs(1) {
            tracing::warn!(limit, refused = self.refused - before, open = self.open, "connections refused");
            self.told = Some((now, self.refused));
        }
    }

    fn authenticated(&mut self, network: IpAddr) {
        if let Entry::Occupied(mut count) = self.unauthenticated.entry(network) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

const UNAUTHENTICATED: u8 = 0;
const AUTHENTICATED: u8 = 1;
const RELEASED: u8 = 2;

/// A place among the open connections, given back once.
#[derive(Debug)]
pub(super) struct Ticket {
    gate: Arc<Gate>,
    network: IpAddr,
    state: AtomicU8,
}

impl Ticket {
    /// Counts no more against its address.
    pub(super) fn authenticated(&self) {
        if self.state.compare_exchange(UNAUTHENTICATED, AUTHENTICATED, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.gate.counts().authenticated(self.network);
        }
    }

    pub(super) fn is_authenticated(&self) -> bool {
        self.state.load(Ordering::Relaxed) == AUTHENTICATED
    }

    /// The connection is gone.
    pub(super) fn release(&self) {
        let was = self.state.swap(RELEASED, Ordering::Relaxed);
        if was == RELEASED {
            return;
        }
        let mut counts = self.gate.counts();
        counts.open -= 1;
        if was == UNAUTHENTICATED {
            counts.authenticated(self.network);
        }
    }
}

/// New connections a second that one address may make.
fn share(limits: &Connections) -> u32 {
    let share = u64::from(limits.new_per_second) * u64::from(limits.new_per_second_share_percent) / 100;
    (share as u32).max(1)
}

/// What counts as one address: whoever has one IPv6 address has its whole /64.
fn network(remote: IpAddr) -> IpAddr {
    match remote.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// So many files may be on their way at once, of those that are wanted: most descriptors are for connections.
pub fn transfers(wanted: usize) -> usize {
    descriptors().map_or(wanted, |all| wanted.min(all / 4)).max(1)
}

/// How many files this process may open, where the system tells.
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(total: usize, per_address: usize, per_second: u32) -> Arc<Gate> {
        let limits = Connections {
            total,
            unauthenticated_per_address: per_address,
            new_per_second: per_second,
            new_per_second_share_percent: 100,
            ..Connections::default()
        };
        Gate::new(&limits, 0)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_counts_until_it_authenticates() {
        let (gate, now) = (gate(100, 2, 100), Instant::now());
        let [first, second] = [0, 1].map(|_| gate.admit(address("10.0.0.1"), now).unwrap());
        assert!(gate.admit(address("::ffff:10.0.0.1"), now).is_none());
        let _other = gate.admit(address("10.0.0.2"), now).unwrap();
        first.authenticated();
        first.authenticated();
        let _third = gate.admit(address("10.0.0.1"), now).unwrap();
        assert!(gate.admit(address("10.0.0.1"), now).is_none());
        second.release();
        second.release();
        first.release();
        assert_eq!((gate.open(), gate.refused()), (2, 2));
    }

    #[test]
    fn a_64_is_one_address() {
        let (gate, now) = (gate(100, 1, 100), Instant::now());
        let _one = gate.admit(address("2001:db8::1"), now).unwrap();
        assert!(gate.admit(address("2001:db8::ffff:2"), now).is_none());
        assert!(gate.admit(address("2001:db8:0:1::1"), now).is_some());
    }

    #[test]
    fn a_second_has_room_for_so_many() {
        let (gate, now) = (gate(100, 100, 2), Instant::now());
        let tickets: Vec<_> = (0..5).filter_map(|_| gate.admit(address("10.0.0.1"), now)).collect();
        assert_eq!(tickets.len(), 2);
        assert!(gate.admit(address("10.0.0.1"), now + Duration::from_millis(999)).is_none());
        assert!(gate.admit(address("10.0.0.1"), now + Duration::from_secs(1)).is_some());
    }

    #[test]
    fn one_address_has_its_share_of_a_second() {
        let limits = Connections { new_per_second: 4, new_per_second_share_percent: 50, ..Connections::default() };
        let (gate, now) = (Gate::new(&limits, 0), Instant::now());
        // Given one that opens and closes as fast as it can.
        let come_and_go = |host: &str, now| gate.admit(address(host), now).map(|ticket| ticket.release()).is_some();
        let let_in = (0..100).filter(|_| come_and_go("10.0.0.1", now)).count();
        // Then the others have theirs.
        assert_eq!(let_in, 2);
        assert!(come_and_go("10.0.0.2", now) && come_and_go("10.0.0.3", now));
        assert!(!come_and_go("10.0.0.4", now), "a second has room for so many");
        assert!(come_and_go("10.0.0.1", now + Duration::from_secs(1)));
    }

    #[test]
    fn files_on_their_way_have_descriptors_of_their_own() {
        let Some(all) = descriptors() else { return };
        let few = |transfers| Gate::new(&Connections { total: usize::MAX, ..Connections::default() }, transfers).total;
        assert_eq!(few(0) - few(100), 100.min(all.saturating_sub(OTHER_FILES + 1)));
        assert_eq!(transfers(usize::MAX), (all / 4).max(1));
    }

    #[test]
    fn what_is_gone_leaves_nothing_behind() {
        let (gate, now) = (gate(100, 100, 1000), Instant::now());
        for host in 0..100 {
            let ticket = gate.admit(IpAddr::from([10, 0, 0, host]), now).unwrap();
            if host % 2 == 0 {
                ticket.authenticated();
            }
            ticket.release();
        }
        let counts = gate.counts();
        assert_eq!((counts.open, counts.unauthenticated.len()), (0, 0));
    }
}
