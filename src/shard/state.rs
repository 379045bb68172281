//! What a shard's log comes to: its centers, and how far it is folded.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::batch::{Committed, FIRST_FORMAT};
use crate::{
    center::{Center, CenterId, Incarnation, Time},
    journal::Position,
};

/// The state of a shard, as of a position of its log.
#[derive(Clone, Debug, Default, Encode, Decode)]
pub struct State {
    /// The last batch folded.
    #[n(0)]
    pub position: Position,
    /// Its time: the shard's clock never shows less.
    #[n(1)]
    pub time: Time,
    /// The last leader's.
    #[n(2)]
    pub epoch: u64,
    /// Runs of nodes whose streams live.
    #[n(3)]
    pub living: BTreeSet<Incarnation>,
    /// The centers.
    #[n(4)]
    pub centers: BTreeMap<CenterId, Center>,
    /// The log's form, once it was raised.
    #[n(5)]
    pub raised: Option<u32>,
    /// The last leader; a snapshot keeps it beside the state.
    #[cbor(skip)]
    pub leader: Option<Incarnation>,
}

impl State {
    /// Folds the next batch.
    pub fn apply(&mut self, batch: &Committed) {
        debug_assert_eq!(batch.position, self.position + 1);
        self.position = batch.position;
        self.time = self.time.max(batch.time);
        if let Some(leader) = &batch.leader {
            self.epoch = leader.epoch;
            self.leader = Some(leader.incarnation);
            self.raised = leader.format.or(self.raised);
            self.living = leader.living.clone();
            self.centers.values_mut().for_each(|center| center.leader_started(leader));
        }
        for record in &batch.records {
            self.center_mut(&record.center).apply(record);
        }
    }

    /// The log's form: what records may be written.
    pub fn format(&self) -> u32 {
        self.raised.unwrap_or(FIRST_FORMAT)
    }

    /// Looks at a center; one that isn't known is empty.
    pub(super) fn see<T>(&self, id: &CenterId, look: impl FnOnce(&Center) -> T) -> T {
        match self.centers.get(id) {
            Some(center) => look(center),
            None => look(&Center::new(id.clone(), self.living.clone())),
        }
    }

    /// A center, made when it isn't known yet.
    pub(super) fn center_mut(&mut self, id: &CenterId) -> &mut Center {
        if !self.centers.contains_key(id) {
            self.centers.insert(id.clone(), Center::new(id.clone(), self.living.clone()));
        }
        self.centers.get_mut(id).expect("it was just put there")
    }

    /// The state as bytes: two folds of one log give the same.
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("a state can always be written to memory")
    }

    /// Reads what `encode` wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        let mut state: Self = minicbor::decode(bytes)?;
        state.restore();
        Ok(state)
    }

    /// Builds what isn't stored.
    pub(super) fn restore(&mut self) {
        self.centers.values_mut().for_each(Center::restore);
    }
}
