//! The most frequent of any number of things, in bounded memory.
//!
//! A Misra–Gries summary. Each thing has a weight that grows when it is counted; when there are more things than room,
//! the weight of the first one too many is taken from all, and those that have none left are forgotten. With room for
//! k things, whatever was counted more than n / (k + 1) times of n is there. Summaries add up, and the bound holds for
//! the sum (Agarwal et al., *Mergeable summaries*, 2012).

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::run::Sum;

/// Counts things that are known by a hash and have a value to show; room for `ROOM` of them.
#[derive(Debug, Clone)]
pub struct Frequent<V, const ROOM: usize> {
    /// Boxed, so that a table that grows is cheap.
    entries: HashMap<u64, Box<Entry<V>>>,
    taken: u64,
}

/// A thing, and how often it was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<V> {
    pub value: V,
    /// How often it was counted since it is here.
    pub count: u64,
    /// At most so often it was counted before, and then forgotten.
    pub missed: u64,
    weight: u64,
}

impl<V, const ROOM: usize> Default for Frequent<V, ROOM> {
    fn default() -> Self {
        Self { entries: HashMap::new(), taken: 0 }
    }
}

impl<V, const ROOM: usize> Frequent<V, ROOM> {
    /// The thing whose hash is `key`, to be looked at and counted; `new` makes its value if it is not here.
    pub fn entry(&mut self, key: u64, new: impl FnOnce() -> V) -> &mut Entry<V> {
        // Twice the room, so that forgetting is seldom.
        if self.entries.len() >= 2 * ROOM && !self.entries.contains_key(&key) {
            self.forget();
        }
        let missed = self.taken;
        let new = || Box::new(Entry { value: new(), count: 0, missed, weight: 0 });
        self.entries.entry(key).or_insert_with(new)
    }

    /// The thing whose hash is `key`, if it is here.
    #[must_use]
    pub fn get(&self, key: u64) -> Option<&Entry<V>> {
        self.entries.get(&key).map(AsRef::as_ref)
    }

    /// All things that are here, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (u64, &Entry<V>)> {
        self.entries.iter().map(|(key, entry)| (*key, entry.as_ref()))
    }

    /// What is not here was counted at most so often.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.taken
    }

    /// Makes room: at most `ROOM` things stay.
    fn forget(&mut self) {
        if self.entries.len() <= ROOM {
            return;
        }
        let mut weights: Vec<u64> = self.entries.values().map(|entry| entry.weight).collect();
        let (_, least, _) = weights.select_nth_unstable_by(ROOM, |a, b| b.cmp(a));
        let least = *least;
        self.taken += least;
        self.entries.retain(|_, entry| {
            entry.weight = entry.weight.saturating_sub(least);
            entry.weight > 0
        });
    }
}

impl<V> Entry<V> {
    /// Counts it once.
    pub fn count(&mut self) {
        self.count += 1;
        self.weight += 1;
    }
}

impl<V: Sum, const ROOM: usize> Sum for Frequent<V, ROOM> {
    fn absorb(&mut self, later: Self) {
        for (key, entry) in &mut self.entries {
            if !later.entries.contains_key(key) {
                entry.missed += later.taken;
            }
        }
        for (key, mut entry) in later.entries {
            match self.entries.entry(key) {
                Slot::Vacant(slot) => {
                    entry.missed += self.taken;
                    slot.insert(entry);
                }
                Slot::Occupied(mut slot) => {
                    let own = slot.get_mut();
                    own.count += entry.count;
                    own.missed += entry.missed;
                    own.weight += entry.weight;
                    own.value.absorb(entry.value);
                }
            }
        }
        self.taken += later.taken;
        if self.entries.len() > 2 * ROOM {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Small = Frequent<(), 4>;

    fn counted(things: &[u64]) -> Small {
        let mut all = Small::default();
        for &thing in things {
            all.entry(thing, || ()).count();
        }
        all
    }

    #[test]
    fn counts_are_exact_while_there_is_room() {
        let mut all = counted(&[1, 2, 2]);
        all.absorb(counted(&[2, 3]));
        let count = |key| all.get(key).map(|entry| (entry.count, entry.missed));
        assert_eq!((count(1), count(2), count(3), count(4)), (Some((1, 0)), Some((3, 0)), Some((1, 0)), None));
        assert_eq!(all.missed(), 0);
    }

    #[test]
    fn what_is_frequent_stays_among_any_number_of_others() {
        let mut all = Small::default();
        for number in 100..5000 {
            all.absorb(counted(&[7, number]));
        }
        let entry = all.get(7).unwrap();
        assert_eq!((entry.count, entry.missed), (4900, 0));
        assert!(all.entries().count() <= 8);
    }

    proptest! {
        /// However things are dealt out: what is told is true, and the bound holds.
        #[test]
        fn every_count_is_within_its_bounds(parts in proptest::collection::vec(proptest::collection::vec(0_u64..24, 0..60), 1..20)) {
            let mut all = Small::default();
            for part in &parts {
                all.absorb(counted(part));
            }
            let things: Vec<u64> = parts.concat();
            prop_assert!(all.missed() <= things.len() as u64 / 5);
            prop_assert!(all.entries().count() <= 8);
            for thing in 0..24 {
                let true_count = things.iter().filter(|&&other| other == thing).count() as u64;
                let (least, most) = all.get(thing).map_or((0, all.missed()), |entry| (entry.count, entry.count + entry.missed));
                prop_assert!((least..=most).contains(&true_count), "{} is {}, told {}..={}", thing, true_count, least, most);
            }
        }
    }
}
