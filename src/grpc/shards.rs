//! Which shard a center is in, and the way to it.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::{center::CenterId, live::Feed, shard::Handle};

/// A shard at this node.
pub struct Shard {
    /// Which one.
    pub number: u32,
    /// The way into it.
    pub handle: Handle,
    /// What is durable of it.
    pub feed: Arc<Feed>,
}

/// All shards. A center is in the same one for ever.
pub struct Shards(Vec<Arc<Shard>>);

impl Shards {
    /// At least one, by their numbers from 0.
    pub fn new(shards: Vec<Shard>) -> Arc<Self> {
        assert!(!shards.is_empty(), "a server has a shard");
        Arc::new(Self(shards.into_iter().map(Arc::new).collect()))
    }

    /// The shard of a center.
    pub fn of(&self, center: &CenterId) -> &Arc<Shard> {
        let [only] = &self.0[..] else { return &self.0[shard_of(center, self.0.len())] };
        only
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Shard>> {
        self.0.iter()
    }
}

/// Where a center is, by a hash that no version may change: it says where its log is.
pub fn shard_of(center: &CenterId, shards: usize) -> usize {
    let hash = Sha256::digest(center.as_str().as_bytes());
    let first = hash.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (first % shards as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centers_stay_where_they_were_and_are_spread() {
        let of = |id: &str| shard_of(&CenterId::parse(id).unwrap(), 16);
        assert_eq!(["acme", "here", "shop", "a"].map(of), [0, 9, 13, 10], "these are where their logs are");
        let mut counts = [0; 16];
        (0..1600).for_each(|center| counts[of(&format!("center-{center}"))] += 1);
        assert!(counts.iter().all(|count| (60..140).contains(count)), "{counts:?}");
    }
}
