//! All rows of a center, and which of them changed when.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use super::row::Row;
use crate::center::{AgentId, Target};

/// The rows. Each change of some of them is a generation.
#[derive(Debug, Default)]
pub(super) struct Rows {
    generation: u64,
    rows: BTreeMap<Target, Row>,
    /// When each row changed last; also of those that went.
    stamps: BTreeMap<Target, u64>,
    by_stamp: BTreeSet<(u64, Target)>,
    /// When what agents like changed last.
    favourites: BTreeMap<AgentId, u64>,
}

impl Rows {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn get(&self, target: &Target) -> Option<&Row> {
        self.rows.get(target)
    }

    /// Rows in order.
    pub(super) fn after(&self, after: Bound<&Target>) -> impl Iterator<Item = &Row> {
        self.rows.range::<Target, _>((after, Bound::Unbounded)).map(|(_, row)| row)
    }

    /// What changed behind a generation.
    pub(super) fn since(&self, generation: u64) -> impl Iterator<Item = &Target> {
        let changed = self.by_stamp.iter().rev().take_while(move |(stamp, _)| *stamp > generation);
        changed.map(|(_, target)| target)
    }

    /// The generation in which an agent's favourites changed last.
    pub(super) fn favoured(&self, agent: &AgentId) -> u64 {
        self.favourites.get(agent).copied().unwrap_or(0)
    }

    /// Takes rows as they are now, none where there is none any more. True when that makes a new generation.
    pub(super) fn put(&mut self, now: BTreeMap<Target, Option<Row>>, favourites: BTreeSet<AgentId>) -> bool {
        let next = self.generation + 1;
        let mut differs = !favourites.is_empty();
        self.favourites.extend(favourites.into_iter().map(|agent| (agent, next)));
        for (target, row) in now {
            if self.rows.get(&target) == row.as_ref() {
                continue;
            }
            differs = true;
            if let Some(stamp) = self.stamps.insert(target.clone(), next) {
                self.by_stamp.remove(&(stamp, target.clone()));
            }
            self.by_stamp.insert((next, target.clone()));
            match row {
                Some(row) => drop(self.rows.insert(target, row)),
                None => drop(self.rows.remove(&target)),
            }
        }
        self.generation += u64::from(differs);
        differs
    }

    /// Everything that is shown.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        self.rows.keys()
    }
}
