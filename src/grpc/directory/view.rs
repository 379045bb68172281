//! What one window shows, and what differs once something changed.

use std::{collections::BTreeSet, ops::Bound};

use super::{filter::Filter, row::Row, rows::Rows};
use crate::{center::Target, grpc::pb};

/// Rows that a window shows at most.
pub(super) const MOST: usize = 100;

/// Rows that a window looks at in one go, when some went and others may take their place.
const LOOKED_AT: usize = 2_000;

/// A window's rows: those of the first ones in order that pass its filter, up to where it has looked.
#[derive(Debug)]
pub(super) struct View {
    filter: Filter,
    favourites: BTreeSet<Target>,
    shown: BTreeSet<Target>,
    /// Of all rows up to this one it's known whether they pass.
    reached: Option<Target>,
    /// There is nothing behind it.
    whole: bool,
    /// What it has seen of the directory.
    generation: u64,
}

/// What has to be told.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Difference {
    pub(super) put: Vec<pb::Target>,
    pub(super) removed: Vec<Target>,
    /// There may be more rows than are shown.
    pub(super) more: bool,
}

impl View {
    /// Looks at all rows once.
    pub(super) fn open(filter: Filter, favourites: BTreeSet<Target>, rows: &Rows) -> (Self, Difference) {
        let (shown, generation) = (BTreeSet::new(), rows.generation());
        let mut view = Self { filter, favourites, shown, reached: None, whole: false, generation };
        view.fill(rows, usize::MAX);
        let difference = Difference { put: view.rows(rows, &view.shown), removed: Vec::new(), more: !view.whole };
        (view, difference)
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there is room for rows that it hasn't looked at yet.
    pub(super) fn is_unfinished(&self) -> bool {
        !self.whole && self.shown.len() < MOST
    }

    /// Looks at what changed, and at nothing else; and at what comes next, where rows went.
    pub(super) fn look(&mut self, rows: &Rows, favourites: Option<BTreeSet<Target>>) -> Difference {
        let mut touched: BTreeSet<Target> = rows.since(self.generation).cloned().collect();
        self.generation = rows.generation();
        if let Some(now) = favourites {
            touched.extend(self.favourites.symmetric_difference(&now).cloned());
            self.favourites = now;
        }
        touched.retain(|target| self.whole || self.reached.as_ref().is_some_and(|reached| target <= reached));
        let before = self.shown.clone();
        for target in &touched {
            match rows.get(target).filter(|row| self.filter.passes(&row.traits, &self.favourites)) {
                Some(_) => self.shown.insert(target.clone()),
                None => self.shown.remove(target),
            };
        }
        while self.shown.len() > MOST {
            self.shown.pop_last();
            (self.reached, self.whole) = (self.shown.last().cloned(), false);
        }
        if self.is_unfinished() {
            self.fill(rows, LOOKED_AT);
        }
        let put = self.shown.iter().filter(|target| touched.contains(target) || !before.contains(target));
        let put = put.cloned().collect();
        let removed = before.into_iter().filter(|target| !self.shown.contains(target)).collect();
        Difference { put: self.rows(rows, &put), removed, more: !self.whole }
    }

    /// Looks at so many of the next rows, until the window is full.
    fn fill(&mut self, rows: &Rows, most: usize) {
        let reached = self.reached.clone();
        let after = reached.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut next = rows.after(after);
        for _ in 0..most {
            if self.shown.len() == MOST {
                return;
            }
            let Some(row) = next.next() else {
                self.whole = true;
                return;
            };
            if self.filter.passes(&row.traits, &self.favourites) {
                self.shown.insert(row.traits.target.clone());
            }
            self.reached = Some(row.traits.target.clone());
        }
    }

    fn rows(&self, rows: &Rows, which: &BTreeSet<Target>) -> Vec<pb::Target> {
        let known = which.iter().filter_map(|target| rows.get(target));
        known.map(|row: &Row| row.shown(self.favourites.contains(&row.traits.target))).collect()
    }
}
