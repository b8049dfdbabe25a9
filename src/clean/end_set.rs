//! Finds texts that lines begin or end with.
//!
//! Most of what is looked for stands at the beginning or at the end of a line: prefixes, suffixes, runs, most patterns.
//! There a line is asked once, by its first and its last bytes, and what that costs does not grow with the
//! number of phrases.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::filter::Filter;

/// The lengths of the pieces that texts are found by.
const LENGTHS: [usize; 6] = [16, 8, 4, 3, 2, 1];

/// Texts that stand at one end of a line, each with a value.
pub(super) struct EndSet<T> {
    classes: Vec<Class<T>>,
    from_end: bool,
}

/// The texts of at least `length` bytes, by so many of their outer bytes.
struct Class<T> {
    length: usize,
    filter: Filter,
    table: HashMap<u64, Vec<(Vec<u8>, T)>>,
}

impl<T: Copy + Ord> EndSet<T> {
    /// A set of `texts`; `from_end` tells that they stand at the end of lines.
    pub(super) fn new(texts: &BTreeMap<Vec<u8>, Vec<T>>, from_end: bool) -> Self {
        let of_length = |length: usize| {
            let is_here = |text: &[u8]| LENGTHS.into_iter().find(|&length| text.len() >= length) == Some(length);
            let texts: Vec<_> = texts.iter().filter(|(text, _)| is_here(text)).collect();
            (!texts.is_empty()).then(|| Class::new(&texts, length, from_end))
        };
        Self { classes: LENGTHS.into_iter().rev().filter_map(of_length).collect(), from_end }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The values of all texts that `folded` begins or ends with.
    pub(super) fn of<'s>(&'s self, folded: &'s [u8]) -> impl Iterator<Item = T> + 's {
        let stands = |text: &[u8]| if self.from_end { folded.ends_with(text) } else { folded.starts_with(text) };
        let found = self.classes.iter().filter_map(move |class| {
            let piece = piece(folded, class.length, self.from_end, as_is)?;
            if class.has(piece) { class.table.get(&piece) } else { None }
        });
        found.flatten().filter(move |(text, _)| stands(text)).map(|(_, value)| *value)
    }

    /// Whether `line`, plain but for its capitals, may begin or end with a text of the set. Never wrong when it says no.
    pub(super) fn may_hold(&self, line: &[u8]) -> bool {
        self.classes
            .iter()
            .any(|class| piece(line, class.length, self.from_end, lower).is_some_and(|piece| class.has(piece)))
    }
}

impl<T: Copy> Class<T> {
    /// The class of `texts`, all of at least `length` bytes.
    fn new(texts: &[(&Vec<u8>, &Vec<T>)], length: usize, from_end: bool) -> Self {
        let mut class = Self { length, filter: Filter::new(texts.len()), table: HashMap::new() };
        for (text, values) in texts {
            let Some(piece) = piece(text, length, from_end, as_is) else { continue };
            class.filter.add(hash(piece));
            let entry = class.table.entry(piece).or_default();
            entry.extend(values.iter().map(|&value| ((*text).clone(), value)));
        }
        class
    }

    fn has(&self, piece: u64) -> bool {
        self.filter.has(hash(piece))
    }
}

/// The outer `length` bytes of `text` as a number, if it has so many; sixteen are mixed into one. `spell` has the last word on
/// eight of them.
fn piece(text: &[u8], length: usize, from_end: bool, spell: impl Fn(u64) -> u64) -> Option<u64> {
    let from = if from_end { text.len().checked_sub(length)? } else { 0 };
    let outer = text.get(from..from + length)?;
    if let Some((first, rest)) = outer.split_first_chunk::<8>() {
        let first = spell(u64::from_le_bytes(*first));
        return Some(rest.first_chunk::<8>().map_or(first, |second| {
            let second = spell(u64::from_le_bytes(*second));
            first.wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(29) ^ second
        }));
    }
    let mut eight = [0; 8];
    eight[..length].copy_from_slice(outer);
    Some(spell(u64::from_le_bytes(eight)))
}

fn hash(piece: u64) -> u64 {
    piece.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Eight bytes as they are.
fn as_is(eight: u64) -> u64 {
    eight
}

/// Eight ASCII bytes in lower case.
fn lower(eight: u64) -> u64 {
    u64::from_le_bytes(eight.to_le_bytes().map(|byte| byte.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str], from_end: bool) -> EndSet<usize> {
        let numbered = texts.iter().zip(0..).map(|(text, number)| (text.as_bytes().to_vec(), vec![number]));
        EndSet::new(&numbered.collect(), from_end)
    }

    fn found(set: &EndSet<usize>, line: &str) -> Vec<usize> {
        let mut found: Vec<usize> = set.of(line.as_bytes()).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn texts_are_found_at_their_end_of_a_line() {
        let texts = ["by", "by jane", "photo credit: ", "photo credit: x", "©", "x"];
        let starts = set(&texts, false);
        assert_eq!(found(&starts, "by jane doe"), [0, 1]);
        assert_eq!(found(&starts, "photo credit: x"), [2, 3]);
        assert_eq!(found(&starts, "© 2019"), [4]);
        assert_eq!(found(&starts, "x"), [5]);
        assert_eq!(found(&starts, "standby"), [0; 0]);
        let ends = set(&texts, true);
        assert_eq!(found(&ends, "standby"), [0]);
        assert_eq!(found(&ends, "a photo credit: x"), [3, 5]);
        assert!(starts.may_hold(b"BY JANE") && starts.may_hold(b"Photo Credit: me") && !starts.may_hold(b"nothing"));
        assert!(!starts.may_hold(b""));
    }
}
