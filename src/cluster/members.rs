//! Who is there, by what each node says of itself; pure. It decides who should lead a shard, for speed only: that no two do
//! is the log's business.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::{
    center::Incarnation,
    shard::{Role, Standing},
};

/// What a node says of itself, several times a second.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Beat {
    /// Its name.
    #[n(0)]
    pub node: String,
    /// This run of it.
    #[n(1)]
    pub incarnation: Incarnation,
    /// One more with every beat of the run.
    #[n(2)]
    pub number: u64,
    /// Where clients reach it.
    #[n(3)]
    pub address: String,
    /// The version of the program.
    #[n(4)]
    pub version: String,
    /// The newest form of the log that it knows.
    #[n(5)]
    pub format: u32,
    /// It is about to stop: it leads nothing any more.
    #[n(6)]
    pub draining: bool,
    /// How each shard stands there.
    #[n(7)]
    pub shards: Vec<ShardBeat>,
    /// It doesn't hear even itself, and so can't lead: it counts as silent.
    #[n(8)]
    pub deaf: bool,
}

/// A shard at a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct ShardBeat {
    /// The last position that is durable there.
    #[n(0)]
    pub position: u64,
    /// The last leader's number.
    #[n(1)]
    pub epoch: u64,
    /// It leads.
    #[n(2)]
    pub leads: bool,
    /// It could.
    #[n(3)]
    pub caught_up: bool,
}

/// The nodes that were heard of. Times are since some start of its own.
#[derive(Debug)]
pub struct Members {
    own: Incarnation,
    /// A leader that is silent for so long is replaced.
    takeover_after: Duration,
    /// A node that is silent for so long is lost.
    lost_after: Duration,
    heard: BTreeMap<Incarnation, (Duration, Beat)>,
}

impl Members {
    /// Nobody was heard yet.
    pub fn new(own: Incarnation, takeover_after: Duration, lost_after: Duration) -> Self {
        Self { own, takeover_after, lost_after, heard: BTreeMap::new() }
    }

    /// A beat, also one of our own: who doesn't hear itself isn't heard by others either.
    pub fn heard(&mut self, now: Duration, beat: Beat) {
        if self.heard.get(&beat.incarnation).is_some_and(|(_, last)| last.number >= beat.number) {
            return;
        }
        if beat.deaf && beat.incarnation != self.own {
            return;
        }
        // A node that was started again is another run; the one before is over.
        self.heard.retain(|run, (_, other)| other.node != beat.node || *run == beat.incarnation);
        self.heard.insert(beat.incarnation, (now, beat));
    }

    /// Forgets who has been silent for long.
    pub fn forget(&mut self, now: Duration) {
        let lost_after = self.lost_after;
        self.heard.retain(|_, (last, _)| now.saturating_sub(*last) < lost_after);
    }

    /// Everybody who isn't lost.
    pub fn all(&self) -> impl Iterator<Item = &Beat> {
        self.heard.values().map(|(_, beat)| beat)
    }

    /// Whether another node is there that stays.
    pub fn has_others(&self, now: Duration) -> bool {
        self.live(now).any(|beat| beat.incarnation != self.own && !beat.draining)
    }

    /// Everybody who isn't lost, and for how long each has been silent.
    pub fn silences(&self, now: Duration) -> impl Iterator<Item = (&Beat, Duration)> {
        self.heard.values().map(move |(last, beat)| (beat, now.saturating_sub(*last)))
    }

    /// Who was heard a moment ago.
    fn live(&self, now: Duration) -> impl Iterator<Item = &Beat> {
        let fresh = move |last: &Duration| now.saturating_sub(*last) < self.takeover_after;
        self.heard.values().filter(move |(last, _)| fresh(last)).map(|(_, beat)| beat)
    }

    /// Whether this node hears itself, and so is heard.
    pub fn is_connected(&self, now: Duration) -> bool {
        self.live(now).any(|beat| beat.incarnation == self.own)
    }

    /// Who should lead a shard: rendezvous hashing over those who live and can, so that a node that comes or goes moves no
    /// other's.
    fn owner(&self, now: Duration, shard: u32) -> Option<&Beat> {
        let weight = |beat: &&Beat| {
            let mut hash = Sha256::new();
            hash.update(shard.to_be_bytes());
            hash.update(beat.node.as_bytes());
            hash.finalize()
        };
        let stays = || self.live(now).filter(|beat| !beat.draining);
        let can = |beat: &&Beat| at(beat, shard).caught_up;
        stays().filter(can).max_by_key(weight).or_else(|| stays().max_by_key(weight))
    }

    /// What this node is to be to a shard that stands so here.
    pub fn role(&self, now: Duration, shard: u32, standing: &Standing) -> Role {
        let living: BTreeSet<Incarnation> = self.heard.keys().copied().collect();
        let format = self.all().map(|beat| beat.format).min().unwrap_or(crate::shard::FIRST_FORMAT);
        Role { lead: self.is_to_lead(now, shard, standing), living, format }
    }

    fn is_to_lead(&self, now: Duration, shard: u32, standing: &Standing) -> bool {
        if !self.is_connected(now) {
            return false;
        }
        // Nobody stays to take over: it is led to the end.
        let Some(owner) = self.owner(now, shard) else { return standing.leads };
        let owns = owner.incarnation == self.own;
        let leader = standing.leader.and_then(|leader| self.live(now).find(|beat| beat.incarnation == leader));
        match leader {
            // Handed over to an owner that can go on at once.
            Some(leader) if leader.incarnation == self.own => owns || (standing.leads && !at(owner, shard).caught_up),
            // Left in peace until it lets go.
            Some(leader) if at(leader, shard).leads => false,
            Some(_) | None => owns,
        }
    }
}

fn at(beat: &Beat, shard: u32) -> ShardBeat {
    beat.shards.get(shard as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARDS: u32 = 64;

    fn run(number: u8) -> Incarnation {
        Incarnation::from_bytes([number; 16])
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn beat(node: &str, number: u8, at: u64) -> Beat {
        let shards = vec![ShardBeat { caught_up: true, ..ShardBeat::default() }; SHARDS as usize];
        let (node, version) = (node.to_owned(), "1".to_owned());
        let address = String::new();
        Beat {
            node,
            incarnation: run(number),
            number: at,
            address,
            version,
            format: 1,
            draining: false,
            shards,
            deaf: false,
        }
    }

    /// Nodes a, b, c as one of them sees them at a time, all just heard.
    fn given(own: u8, now: u64) -> Members {
        let mut members = Members::new(run(own), secs(1), secs(4));
        for (node, number) in [("a", 1), ("b", 2), ("c", 3)] {
            members.heard(secs(now), beat(node, number, 1));
        }
        members
    }

    fn led_by(leader: Option<u8>) -> Standing {
        Standing { leader: leader.map(run), caught_up: true, ..Standing::default() }
    }

    /// Of all shards, those that a node is to lead when the last leader was so and so.
    fn led(members: &Members, now: u64, leader: Option<u8>) -> BTreeSet<u32> {
        (0..SHARDS).filter(|shard| members.role(secs(now), *shard, &led_by(leader)).lead).collect()
    }

    #[test]
    fn every_shard_has_one_owner_and_all_nodes_have_some() {
        let led: Vec<BTreeSet<u32>> = (1..=3).map(|own| led(&given(own, 5), 5, None)).collect();
        assert_eq!(led.iter().map(BTreeSet::len).sum::<usize>(), SHARDS as usize);
        assert_eq!(led.iter().flatten().collect::<BTreeSet<_>>().len(), SHARDS as usize);
        assert!(led.iter().all(|led| led.len() > 10), "{led:?}");
    }

    #[test]
    fn when_one_falls_silent_the_others_take_over_its_shards_and_keep_theirs() {
        let before = led(&given(1, 5), 5, None);
        let mut members = given(1, 5);
        members.heard(secs(7), beat("a", 1, 2));
        members.heard(secs(7), beat("b", 2, 2));
        let after = led(&members, 7, None);
        assert!(before.is_subset(&after) && after.len() > before.len());
        assert!(members.role(secs(7), 0, &led_by(None)).living.contains(&run(3)), "silent, but not yet lost");
        members.forget(secs(10));
        assert!(!members.role(secs(10), 0, &led_by(None)).living.contains(&run(3)));
    }

    #[test]
    fn a_leader_that_lives_is_left_in_peace_until_it_lets_go() {
        let (mut members, own) = (given(1, 5), led(&given(1, 5), 5, None));
        let shard = *own.first().unwrap();
        let mut leading = beat("b", 2, 2);
        leading.shards[shard as usize].leads = true;
        members.heard(secs(5), leading);
        assert!(!members.role(secs(5), shard, &led_by(Some(2))).lead);
        members.heard(secs(5), beat("b", 2, 3));
        assert!(members.role(secs(5), shard, &led_by(Some(2))).lead, "it has let go");
    }

    #[test]
    fn a_leader_hands_over_only_to_an_owner_that_can_go_on() {
        let owned_by_b = *led(&given(2, 5), 5, None).first().unwrap();
        let mut members = given(1, 5);
        let leads = Standing { leads: true, ..led_by(Some(1)) };
        let mut behind = beat("b", 2, 2);
        behind.shards[owned_by_b as usize].caught_up = false;
        members.heard(secs(5), behind);
        assert!(members.role(secs(5), owned_by_b, &leads).lead);
        members.heard(secs(5), beat("b", 2, 3));
        assert!(!members.role(secs(5), owned_by_b, &leads).lead);
    }

    #[test]
    fn who_only_begins_to_follow_owns_nothing_yet() {
        let mut members = given(1, 5);
        let owned_by_b = *led(&given(2, 5), 5, None).first().unwrap();
        let mut begins = beat("b", 9, 1);
        begins.shards[owned_by_b as usize].caught_up = false;
        members.heard(secs(5), begins);
        assert_eq!(members.owner(secs(5), owned_by_b).map(|owner| owner.node == "b"), Some(false));
    }

    #[test]
    fn a_node_that_hears_nothing_counts_as_silent_for_others_and_not_for_itself() {
        let mut members = given(1, 5);
        members.heard(secs(7), Beat { deaf: true, ..beat("b", 2, 2) });
        members.heard(secs(7), Beat { deaf: true, ..beat("a", 1, 2) });
        assert_eq!(members.live(secs(7)).map(|beat| beat.node.as_str()).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn who_drains_leads_nothing_while_somebody_else_can() {
        let mut members = given(1, 5);
        members.heard(secs(5), Beat { draining: true, ..beat("a", 1, 2) });
        assert_eq!(led(&members, 5, None), BTreeSet::new());
        let leads = Standing { leads: true, ..led_by(Some(1)) };
        members.forget(secs(20));
        members.heard(secs(20), Beat { draining: true, ..beat("a", 1, 3) });
        assert!(members.role(secs(20), 0, &leads).lead, "the last one leads to the end");
    }

    #[test]
    fn who_does_not_hear_itself_leads_nothing() {
        let mut members = given(1, 5);
        members.heard(secs(7), beat("b", 2, 2));
        assert!(!members.is_connected(secs(7)));
        assert_eq!(led(&members, 7, Some(1)), BTreeSet::new());
    }

    #[test]
    fn a_node_that_was_started_again_is_another_run() {
        let mut members = given(1, 5);
        members.heard(secs(5), beat("b", 9, 1));
        let living = members.role(secs(5), 0, &led_by(None)).living;
        assert_eq!(living, BTreeSet::from([run(1), run(3), run(9)]));
    }

    #[test]
    fn the_form_of_the_log_is_what_everybody_knows() {
        let mut members = given(1, 5);
        members.heard(secs(5), Beat { format: 2, ..beat("a", 1, 2) });
        members.heard(secs(5), Beat { format: 2, ..beat("b", 2, 2) });
        assert_eq!(members.role(secs(5), 0, &led_by(None)).format, 1);
        members.heard(secs(5), Beat { format: 2, ..beat("c", 3, 2) });
        assert_eq!(members.role(secs(5), 0, &led_by(None)).format, 2);
    }
}
