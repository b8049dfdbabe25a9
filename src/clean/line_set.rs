//! Finds the rules whose phrase is the whole line.
//!
//! A hash set over folded lines, never an automaton: its cost per line does not depend on how many phrases there are.
//! A bit filter over the first and the last bytes turns most lines away before anything is hashed, and every find is
//! compared byte for byte.

use hashbrown::HashTable;
use smallvec::{SmallVec, smallvec};
use xxhash_rust::xxh3::xxh3_64;

use super::filter::Filter;
use crate::text::{Case, Fold, Span, key_into};

/// The phrases that are folded in one way.
pub(super) struct LineSet {
    fold: Fold,
    case: Case,
    /// Keys, one after another.
    keys: Vec<u8>,
    table: HashTable<Entry>,
    /// Knows the [`mark`] of every key.
    filter: Filter,
    longest: usize,
}

struct Entry {
    start: u32,
    end: u32,
    /// Rules by index, ascending; nearly always one.
    rules: SmallVec<[u32; 2]>,
}

impl LineSet {
    /// The set of phrases by their keys, folded as said: `blocks` of keys with line feeds between them, each with its
    /// rule.
    pub(super) fn new<'p>(fold: Fold, case: Case, blocks: impl Iterator<Item = (&'p str, u32)> + Clone) -> Self {
        let count =
            blocks.clone().map(|(keys, _)| 1 + memchr::memchr_iter(b'\n', keys.as_bytes()).count()).sum::<usize>();
        let bytes = blocks.clone().map(|(keys, _)| keys.len()).sum();
        let (keys, table) = (Vec::with_capacity(bytes), HashTable::with_capacity(count));
        let mut set = Self { fold, case, keys, table, filter: Filter::new(count), longest: 0 };
        for (keys, rule) in blocks {
            for key in keys.split('\n') {
                set.insert(key.as_bytes(), rule);
            }
        }
        set
    }

    fn insert(&mut self, key: &[u8], rule: u32) {
        self.longest = self.longest.max(key.len());
        self.filter.add(mark(key));
        let hash = xxh3_64(key);
        let keys = &self.keys;
        if let Some(entry) = self.table.find_mut(hash, |entry| entry.key(keys) == key) {
            if !entry.rules.contains(&rule) {
                entry.rules.push(rule);
                entry.rules.sort_unstable();
            }
            return;
        }
        let start = narrow(self.keys.len());
        self.keys.extend_from_slice(key);
        let entry = Entry { start, end: narrow(self.keys.len()), rules: smallvec![rule] };
        let keys = &self.keys;
        self.table.insert_unique(hash, entry, |entry| xxh3_64(entry.key(keys)));
    }

    /// Whether a plain line may be in the set whose key is `core`, with its full stop or without. Never wrong when it says no.
    pub(super) fn may_hold(&self, plain: &[u8], core: Span) -> bool {
        match self.fold {
            Fold::Full => self.may_be_key(&plain[core.range()]),
            Fold::NoEdges => self.may_be_key(plain),
            Fold::None => false,
        }
    }

    /// Whether a line that is not plain, `inner` between its blanks, may be in the set, by a look at its ends; `is_plain` tells
    /// that of its bytes. Never wrong when it says no.
    pub(super) fn may_hold_inside(&self, inner: &[u8], is_plain: impl Fn(usize, usize) -> bool) -> bool {
        let may = |inner: &[u8]| sure_ends(inner, &is_plain).is_none_or(|ends| self.filter.has(mark(&ends)));
        self.fold != Fold::None && (may(inner) || inner.strip_suffix(b".").is_some_and(may))
    }

    /// Whether `key`, perhaps without its full stop, may be in the set.
    fn may_be_key(&self, key: &[u8]) -> bool {
        let may = |key: &[u8]| !key.is_empty() && key.len() <= self.longest && self.filter.has(mark(key));
        may(key) || key.strip_suffix(b".").is_some_and(may)
    }

    /// Whether `line` may be in the set, if lines are compared as they are. Never wrong when it says no.
    pub(super) fn may_hold_verbatim(&self, line: &[u8]) -> bool {
        self.fold == Fold::None && !line.is_empty() && line.len() <= self.longest && self.filter.has(mark(line))
    }

    /// The first rule that takes `line` as it is, if lines are compared so.
    pub(super) fn rule_of_verbatim(&self, line: &[u8]) -> Option<u32> {
        if self.may_hold_verbatim(line) { self.find_key(line).first().copied() } else { None }
    }

    /// Whether `line` is short enough for the set: folding shortens it by its ornaments, but what is far longer than every
    /// phrase is no phrase.
    pub(super) fn is_near_length(&self, line: &[u8]) -> bool {
        line.len() <= 3 * self.longest + 64
    }

    /// The rules that take `line`, given without its ending. `folded` is what it was folded to, in small letters;
    /// `stopless` is what of it stands between its edges, without a full stop.
    pub(super) fn rules_of(&self, line: &[u8], folded: &[u8], stopless: Span) -> &[u32] {
        if self.fold == Fold::None {
            return self.find_key(line);
        }
        if !self.is_near_length(line) {
            return &[];
        }
        if self.case == Case::Fold {
            return self.find_key(if self.fold == Fold::Full { &folded[stopless.range()] } else { folded });
        }
        let mut key = Vec::new();
        key_into(line, self.fold, self.case, &mut key);
        self.find_key(&key)
    }

    fn find_key(&self, key: &[u8]) -> &[u32] {
        if key.is_empty() || key.len() > self.longest || !self.filter.has(mark(key)) {
            return &[];
        }
        self.table.find(xxh3_64(key), |entry| entry.key(&self.keys) == key).map_or(&[], |entry| &entry.rules[..])
    }
}

impl Entry {
    fn key<'k>(&self, keys: &'k [u8]) -> &'k [u8] {
        &keys[self.start as usize..self.end as usize]
    }
}

/// A hash of the first and last bytes alone, whatever their case.
fn mark(key: &[u8]) -> u64 {
    let eight = |bytes: &[u8]| bytes.first_chunk::<8>().map(|eight| u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020);
    let first = eight(key).unwrap_or_else(|| key.iter().fold(0, |all, &byte| all << 8 | u64::from(byte | 0x20)));
    let last = key.len().checked_sub(8).and_then(|from| eight(&key[from..])).unwrap_or(0);
    (first ^ last.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The first and the last bytes of a line that is not plain, if they are sure to be those of its key: plain themselves and
/// so next to them, nothing at the very ends that is trimmed, no bracket of a link.
fn sure_ends(inner: &[u8], is_plain: impl Fn(usize, usize) -> bool) -> Option<[u8; 16]> {
    let len = inner.len().checked_sub(NEXT).filter(|&len| len >= NEXT)?;
    let (start, end) = (&inner[..NEXT], &inner[len..]);
    let is_sure = (start[0].is_ascii_alphanumeric() || matches!(start[0], b'"' | b'\'' | b'('))
        && (end[NEXT - 1].is_ascii_alphanumeric() || matches!(end[NEXT - 1], b'.' | b'!' | b'?' | b'"' | b'\''))
        && !start.iter().any(|byte| matches!(byte, b'[' | b'!'))
        && !end.contains(&b')')
        && is_plain(0, NEXT)
        && is_plain(len, len + NEXT);
    let mut ends = [0; 16];
    ends[..8].copy_from_slice(&start[..8]);
    ends[8..].copy_from_slice(&end[1..]);
    is_sure.then_some(ends)
}

/// Eight bytes and the one next to them, with which they might combine.
const NEXT: usize = 9;

/// Rule files of 4 GiB are beyond it; what would not fit is cut off and matches nothing.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &LineSet, line: &str) -> Vec<u32> {
        let mut folded = Vec::new();
        crate::text::fold_into(line.as_bytes(), Case::Fold, &mut folded);
        let core = crate::text::core_of(&folded, line.as_bytes());
        let stopless = crate::text::without_stop(&folded, core);
        set.rules_of(line.as_bytes(), &folded, stopless).to_vec()
    }

    #[test]
    fn the_ends_of_a_line_that_is_not_plain_tell_only_if_they_are_sure() {
        let set = LineSet::new(Fold::Full, Case::Fold, [("follow us on “x” and elsewhere", 0)].into_iter());
        let may = |line: &str| {
            let odd = |byte: u8| !(0x20..0x7f).contains(&byte);
            set.may_hold_inside(line.as_bytes(), |from, to| !line.as_bytes()[from..to].iter().any(|&byte| odd(byte)))
        };
        assert!(may("Follow us on “X” and elsewhere") && may("» Follow us on “X” and elsewhere."));
        assert!(!may("Following us on “X” and nowhere at all") && may("“Following us on X and nowhere at all”"));
    }

    #[test]
    fn lines_are_found_by_their_key_alone() {
        let keys = [("leave a comment\nshare", 3), ("leave a comment", 1)];
        let set = LineSet::new(Fold::Full, Case::Fold, keys.into_iter());
        assert_eq!(found(&set, " LEAVE a comment.\r"), [1, 3]);
        assert_eq!(found(&set, "share"), [3]);
        assert!(found(&set, "share it").is_empty() && found(&set, "").is_empty());
        assert!(set.may_hold(b"Share", Span::new(0, 5)) && !set.may_hold(b"Share it", Span::new(0, 8)));
    }

    #[test]
    fn capitals_count_where_they_are_asked_for() {
        let set = LineSet::new(Fold::Full, Case::Exact, [("CHINA TOPIX", 0)].into_iter());
        assert_eq!(found(&set, "» CHINA  TOPIX"), [0]);
        assert!(found(&set, "China Topix").is_empty());
    }

    #[test]
    fn exact_lines_are_compared_verbatim() {
        let keys = [("Share", 0), ("Like us on Facebook now", 1)];
        let set = LineSet::new(Fold::None, Case::Exact, keys.into_iter());
        for (line, rules) in
            [("Share", &[0][..]), ("share", &[]), ("Share ", &[]), ("Share\r", &[]), ("Like us on Facebook now", &[1])]
        {
            assert_eq!(found(&set, line), rules, "{line:?}");
        }
    }
}
