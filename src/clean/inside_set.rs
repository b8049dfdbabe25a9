//! Finds texts that may stand anywhere, by rare fragments of theirs.
//!
//! An automaton takes a step for each byte, and its tables leave the cache as texts become many. Here 32 bytes at a time are
//! asked for a few rare fragments, of which each text holds one, or, if it would take many, every fourth place for a gram;
//! where one stands, the bytes around it are asked for in a filter and a table; and what is found there is compared byte
//! for byte. What it costs hardly grows with the number of texts.

use std::collections::BTreeMap;
use std::ops::Range;

use hashbrown::HashTable;

use super::filter::Filter;
use super::fragment::{Cover, LENGTH, cover, hash_of};
use super::grams::{self, Grams};
use crate::simd::Triples;

/// Where the bytes stand that a text is known by, from its fragment on backwards, and how many they are.
const WINDOWS: [(usize, usize); 11] =
    [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (0, 4), (1, 4), (0, 3), (0, 2), (0, 1)];
/// More texts are told apart by their further bytes instead of being tried one by one.
const FEW: usize = 4;
/// The bytes that texts are told apart by at a time.
const STEP: usize = 4;
/// More texts are not worth as many entries as grams.
const MOST_SAMPLED: usize = 8192;
/// Bits of the table that tells which windows are worth a look behind a fragment.
const SLOT_BITS: u32 = 12;

/// Texts that may stand anywhere, each with values.
pub(super) struct InsideSet<T> {
    /// All texts one after another, sorted, and where each begins; one more at the end.
    bytes: Vec<u8>,
    starts: Vec<u32>,
    values: Vec<Vec<T>>,
    front: Front,
    /// By a hash of three bytes, the windows to look at, a bit each.
    slots: Vec<u16>,
    /// Windows to look at whatever the bytes are.
    always: u16,
    filter: Filter,
    groups: HashTable<Group>,
    runs: Vec<Run>,
    nodes: Vec<Node>,
    branches: HashTable<Branch>,
    /// The texts of all nodes, by number.
    members: Vec<u32>,
}

/// How the places are found at which a text may be.
enum Front {
    Triples(Triples),
    Grams(Grams),
}

/// The texts that are known by the same bytes in the same window.
struct Group {
    window: u8,
    bytes: u64,
    runs: Range<u32>,
}

/// Those of a group whose fragment stands at the same place in them.
struct Run {
    offset: u32,
    node: u32,
}

/// Texts that begin alike: some to be compared, the others further on by the bytes at a certain depth.
struct Node {
    members: Range<u32>,
    depth: u32,
}

/// The texts of a node that have these bytes at its depth.
struct Branch {
    node: u32,
    bytes: [u8; STEP],
    next: u32,
}

impl<T: Copy> InsideSet<T> {
    /// Sets of `texts`, none of which is empty, that together hold them all: one, or where texts have little in common one for
    /// the long and one for the short.
    pub(super) fn sets(texts: BTreeMap<Vec<u8>, Vec<T>>) -> Vec<Self> {
        let keys: Vec<&[u8]> = texts.keys().map(Vec::as_slice).collect();
        if keys.is_empty() {
            return Vec::new();
        }
        let all = cover(&keys);
        if all.is_telling || keys.len() > MOST_SAMPLED {
            return vec![Self::covered(texts, all)];
        }
        let (long, short) = texts.into_iter().partition::<BTreeMap<_, _>, _>(|(text, _)| text.len() >= grams::LEAST);
        let keys: Vec<&[u8]> = long.keys().map(Vec::as_slice).collect();
        let (grams, windows) = Grams::new(&keys);
        let places = windows.into_iter().map(|window| window..window + grams::STRIDE).collect();
        let long = (!long.is_empty()).then(|| Self::new(long, Front::Grams(grams), places));
        let keys: Vec<&[u8]> = short.keys().map(Vec::as_slice).collect();
        let cover = cover(&keys);
        let short = (!short.is_empty()).then(|| Self::covered(short, cover));
        long.into_iter().chain(short).collect()
    }

    /// A set of `texts`, each found by its fragment in `cover`.
    fn covered(texts: BTreeMap<Vec<u8>, Vec<T>>, cover: Cover) -> Self {
        let places = cover.offsets.into_iter().map(|offset| offset..offset + 1).collect();
        Self::new(texts, Front::Triples(cover.triples), places)
    }

    /// A set of `texts`, each found where one of its `places` stands that `front` tells.
    fn new(texts: BTreeMap<Vec<u8>, Vec<T>>, front: Front, places: Vec<Range<usize>>) -> Self {
        let sorted: Vec<&[u8]> = texts.keys().map(Vec::as_slice).collect();
        let mut slots = vec![0; 1 << SLOT_BITS];
        let mut always = 0;
        let mut keyed = Vec::with_capacity(sorted.len());
        for ((text, places), number) in sorted.iter().zip(places).zip(0..) {
            for offset in places {
                let window = window_of(text.len(), offset);
                match text.get(offset..offset + LENGTH) {
                    Some(fragment) => slots[slot(fragment)] |= 1 << window,
                    None => always |= 1 << window,
                }
                let bytes = bytes_in(text, offset, window).unwrap_or_default();
                keyed.push(((window, bytes), narrow(offset), number));
            }
        }
        keyed.sort_unstable();
        let mut set = Self {
            bytes: sorted.concat(),
            starts: starts(&sorted),
            front,
            slots,
            always,
            filter: Filter::new(keyed.len()),
            groups: HashTable::with_capacity(keyed.len()),
            runs: Vec::new(),
            nodes: Vec::new(),
            branches: HashTable::new(),
            members: Vec::with_capacity(keyed.len()),
            values: texts.into_values().collect(),
        };
        for group in keyed.chunk_by(|(one, ..), (other, ..)| one == other) {
            let runs = narrow(set.runs.len());
            for run in group.chunk_by(|(_, one, _), (_, other, _)| one == other) {
                let members: Vec<u32> = run.iter().map(|(.., text)| *text).collect();
                let node = set.add_nodes(members);
                set.runs.push(Run { offset: run[0].1, node });
            }
            set.add_group(group[0].0, runs..narrow(set.runs.len()));
        }
        set
    }

    /// Adds nodes for `members`, which are sorted by their texts; gives the first one.
    fn add_nodes(&mut self, members: Vec<u32>) -> u32 {
        let first = self.add_node();
        let mut open = vec![(first, members)];
        while let Some((node, members)) = open.pop() {
            let from = narrow(self.members.len());
            let (Some(&least), Some(&most)) = (members.first(), members.last()) else { continue };
            let depth = shared_length(self.text(least), self.text(most));
            let ends = |text: &u32| members.len() <= FEW || self.text(*text).len() < depth + STEP;
            let (here, further): (Vec<u32>, Vec<u32>) = members.iter().partition(|text| ends(text));
            self.members.extend(here);
            self.nodes[node as usize] = Node { members: from..narrow(self.members.len()), depth: narrow(depth) };
            let bytes = |&text: &u32| step(&self.text(text)[depth..]).unwrap_or_default();
            let further: Vec<([u8; STEP], u32)> = further.iter().map(|text| (bytes(text), *text)).collect();
            for branch in further.chunk_by(|(one, _), (other, _)| one == other) {
                let (bytes, next) = (branch[0].0, self.add_node());
                let hash_of = |branch: &Branch| branch_hash(branch.node, branch.bytes);
                self.branches.insert_unique(branch_hash(node, bytes), Branch { node, bytes, next }, hash_of);
                open.push((next, branch.iter().map(|(_, text)| *text).collect()));
            }
        }
        first
    }

    fn add_node(&mut self) -> u32 {
        self.nodes.push(Node { members: 0..0, depth: 0 });
        narrow(self.nodes.len() - 1)
    }

    fn add_group(&mut self, (window, bytes): (usize, u64), runs: Range<u32>) {
        let hash = hash(window, bytes);
        self.filter.add(hash);
        let group = Group { window: u8::try_from(window).unwrap_or(u8::MAX), bytes, runs };
        self.groups.insert_unique(hash, group, |group| self::hash(usize::from(group.window), group.bytes));
    }

    /// Tells where each text stands in `text`: where it begins, and its values; not in order. `places` is room to work in.
    pub(super) fn find(&self, text: &[u8], places: &mut Vec<usize>, mut found: impl FnMut(usize, &[T])) {
        match &self.front {
            Front::Triples(triples) => triples.find(text, places),
            Front::Grams(grams) => grams.find(text, places),
        }
        for &at in &*places {
            let mut windows = self.always | text.get(at..at + LENGTH).map_or(0, |bytes| self.slots[slot(bytes)]);
            while windows != 0 {
                let window = windows.trailing_zeros() as usize;
                windows &= windows - 1;
                self.look(text, at, window, &mut found);
            }
        }
    }

    fn look(&self, text: &[u8], at: usize, window: usize, found: &mut impl FnMut(usize, &[T])) {
        let Some(bytes) = bytes_in(text, at, window) else { return };
        let hash = hash(window, bytes);
        if !self.filter.has(hash) {
            return;
        }
        let is_it = |group: &Group| group.bytes == bytes && usize::from(group.window) == window;
        let Some(group) = self.groups.find(hash, is_it) else { return };
        for run in &self.runs[group.runs.start as usize..group.runs.end as usize] {
            let Some(start) = at.checked_sub(run.offset as usize) else { break };
            self.compare(run.node, &text[start..], |text| found(start, &self.values[text as usize]));
        }
    }

    /// Tells which of the texts from `node` on `ahead` begins with.
    fn compare(&self, mut node: u32, ahead: &[u8], mut found: impl FnMut(u32)) {
        loop {
            let Node { members, depth } = &self.nodes[node as usize];
            for &member in &self.members[members.start as usize..members.end as usize] {
                if ahead.starts_with(self.text(member)) {
                    found(member);
                }
            }
            let Some(bytes) = ahead.get(*depth as usize..).and_then(step) else { return };
            let is_it = |branch: &Branch| branch.node == node && branch.bytes == bytes;
            let Some(branch) = self.branches.find(branch_hash(node, bytes), is_it) else { return };
            node = branch.next;
        }
    }

    fn text(&self, number: u32) -> &[u8] {
        let number = number as usize;
        &self.bytes[self.starts[number] as usize..self.starts[number + 1] as usize]
    }
}

/// The window by which a text of so many bytes is known whose fragment stands at `offset`: it holds the fragment, and
/// of the text as much as it can.
fn window_of(len: usize, offset: usize) -> usize {
    let width = [8, 4, 3, 2, 1].into_iter().find(|&width| width <= len).unwrap_or(1);
    let back = (offset + width).saturating_sub(len);
    WINDOWS.iter().position(|&window| window == (back, width)).unwrap_or(0)
}

/// The bytes in a window as a number, if the text reaches so far.
fn bytes_in(text: &[u8], at: usize, window: usize) -> Option<u64> {
    let (back, width) = WINDOWS[window];
    let from = at.checked_sub(back)?;
    if let Some(eight) = text[from..].first_chunk::<8>() {
        return Some(u64::from_le_bytes(*eight) & (u64::MAX >> (64 - 8 * width)));
    }
    let bytes = text.get(from..from + width)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn hash(window: usize, bytes: u64) -> u64 {
    let mixed = (bytes ^ (window as u64).rotate_left(59)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

fn slot(fragment: &[u8]) -> usize {
    usize::try_from(hash_of(fragment) >> (64 - SLOT_BITS)).unwrap_or_default()
}

fn step(text: &[u8]) -> Option<[u8; STEP]> {
    text.first_chunk().copied()
}

fn branch_hash(node: u32, bytes: [u8; STEP]) -> u64 {
    hash(0, u64::from(node) << 32 | u64::from(u32::from_le_bytes(bytes)))
}

fn shared_length(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

fn starts(texts: &[&[u8]]) -> Vec<u32> {
    let mut at = 0;
    let ends = texts.iter().map(|text| {
        at += text.len();
        narrow(at)
    });
    std::iter::once(0).chain(ends).collect()
}

/// Rule files of 4 GiB are beyond it; what would not fit is cut off and matches nothing.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::AhoCorasick;
    use proptest::prelude::*;

    /// Where the texts stand, as an automaton finds them.
    fn by_automaton(texts: &BTreeMap<Vec<u8>, Vec<u32>>, text: &[u8]) -> Vec<(usize, u32)> {
        let automaton = AhoCorasick::new(texts.keys()).unwrap();
        let values: Vec<u32> = texts.values().map(|values| values[0]).collect();
        let finds = automaton.find_overlapping_iter(text);
        let mut all: Vec<_> = finds.map(|find| (find.start(), values[find.pattern().as_usize()])).collect();
        all.sort_unstable();
        all
    }

    fn by_set(texts: &BTreeMap<Vec<u8>, Vec<u32>>, text: &[u8]) -> Vec<(usize, u32)> {
        let mut all = Vec::new();
        for set in InsideSet::sets(texts.clone()) {
            set.find(text, &mut Vec::new(), |at, values| all.extend(values.iter().map(|&value| (at, value))));
        }
        all.sort_unstable();
        all
    }

    fn numbered(texts: Vec<Vec<u8>>) -> BTreeMap<Vec<u8>, Vec<u32>> {
        texts.into_iter().zip(0..).map(|(text, number)| (text, vec![number])).collect()
    }

    #[test]
    fn many_texts_that_begin_alike_are_told_apart() {
        let texts: Vec<Vec<u8>> = (0..500).map(|n| format!("click here to read more about {n}").into_bytes()).collect();
        let texts = numbered(texts);
        let text = b"x click here to read more about 123 and click here to read more about 499";
        assert_eq!(by_set(&texts, text), by_automaton(&texts, text));
        assert_eq!(by_set(&texts, text).len(), 6);
    }

    proptest! {
        #[test]
        fn the_set_finds_what_an_automaton_finds(
            texts in proptest::collection::vec("[ab c]{1,4}|(abc|bca|caab|éa| ){1,6}", 1..80),
            text in "([abc é]|abcabc|caab|bca bca){0,80}",
        ) {
            let texts = numbered(texts.into_iter().map(String::into_bytes).collect());
            prop_assert_eq!(by_set(&texts, text.as_bytes()), by_automaton(&texts, text.as_bytes()));
        }
    }
}
