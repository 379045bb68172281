//! Sessions of one queue that the router may offer, by what they want of an agent.

use std::collections::{BTreeMap, BTreeSet};

use crate::center::{agent::Agent, ids::Code, queue::Wanted, session::Place};

/// An agent looks at the first session of each wish at most, and only at wishes that begin with a skill of theirs: wants are
/// sorted, so whoever can do all of them can do the first.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    places: BTreeMap<Vec<Wanted>, BTreeSet<Place>>,
    /// The first place of every wish that wants something, by the first skill it wants: an agent stops at one that is behind
    /// the best they have found.
    firsts: BTreeMap<Code, BTreeMap<Place, Wish>>,
}

/// A wish as agents come upon it: most aren't good enough, and the first level tells.
#[derive(Clone, Debug)]
struct Wish {
    level: u32,
    wants: Vec<Wanted>,
}

impl Wishes {
    /// Everybody's places, one wish after another.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.places.values().flatten()
    }

    /// Whether nobody is here.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn insert(&mut self, wants: &[Wanted], place: Place) {
        match self.places.get_mut(wants) {
            Some(places) => {
                let before = places.first().copied();
                places.insert(place);
                if before.is_some_and(|before| before < place) {
                    return;
                }
                self.moved(wants, before, Some(place));
            }
            None => {
                self.places.insert(wants.to_vec(), BTreeSet::from([place]));
                self.moved(wants, None, Some(place));
            }
        }
    }

    pub(super) fn remove(&mut self, wants: &[Wanted], place: &Place) {
        let Some(places) = self.places.get_mut(wants) else { return };
        let before = places.first().copied();
        places.remove(place);
        let after = places.first().copied();
        if after.is_none() {
            self.places.remove(wants);
        }
        if before != after {
            self.moved(wants, before, after);
        }
    }

    /// Another place is a wish's first.
    fn moved(&mut self, wants: &[Wanted], before: Option<Place>, after: Option<Place>) {
        let Some(Wanted { skill, level }) = wants.first() else { return };
        if !self.firsts.contains_key(skill) {
            self.firsts.insert(skill.clone(), BTreeMap::new());
        }
        let Some(firsts) = self.firsts.get_mut(skill) else { return };
        let known = before.and_then(|before| firsts.remove(&before));
        if let Some(after) = after {
            firsts.insert(after, known.unwrap_or_else(|| Wish { level: *level, wants: wants.to_vec() }));
        }
        if firsts.is_empty() {
            self.firsts.remove(skill);
        }
    }

    /// The first place that an agent is good enough for and that `may` says yes to.
    pub(in crate::center) fn first_for(&self, agent: &Agent, may: impl Fn(&Place) -> bool) -> Option<Place> {
        let first = |places: &BTreeSet<Place>| places.iter().find(|place| may(place)).copied();
        let nothing: &[Wanted] = &[];
        let mut best = self.places.get(nothing).and_then(first);
        for (skill, level) in &agent.config.skills {
            for (place, wish) in self.firsts.get(skill).into_iter().flatten() {
                if best.is_some_and(|best| best <= *place) {
                    break;
                }
                // The list is of those that want this skill first: the level says it all of a wish for no other.
                if wish.level > *level || (wish.wants.len() > 1 && !agent.can(&wish.wants)) {
                    continue;
                }
                if may(place) {
                    best = Some(*place);
                    break;
                }
                best = best.into_iter().chain(self.places.get(&wish.wants).and_then(first)).min();
            }
        }
        best
    }
}
