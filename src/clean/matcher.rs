//! Finds texts that may stand anywhere in a line, all in one pass.
//!
//! In-line phrases, and what phrases with holes and patterns must contain. A few texts are found by an Aho-Corasick
//! automaton, whose own prefilter is as fast as anything; many by their rare fragments. Where they stand is told; what that
//! means is decided elsewhere.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, BuildError, Input, MatchKind};

use super::inside_set::InsideSet;

/// Beyond so many texts the automaton has no prefilter, and takes a step for each byte.
const FEW: usize = 16;

/// Texts that are looked for, each with values.
pub(super) enum Matcher<T> {
    /// An automaton, and the values by its patterns.
    Few(AhoCorasick, Vec<Vec<T>>),
    Many(Vec<InsideSet<T>>),
}

impl<T: Copy> Matcher<T> {
    /// A matcher of `texts`, which hold no line feed; none if there are none.
    ///
    /// # Errors
    /// When the automaton cannot be built.
    pub(super) fn new(texts: BTreeMap<Vec<u8>, Vec<T>>) -> Result<Option<Self>, BuildError> {
        if texts.is_empty() {
            return Ok(None);
        }
        if texts.len() > FEW {
            return Ok(Some(Self::Many(InsideSet::sets(texts))));
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(texts.keys())?;
        Ok(Some(Self::Few(automaton, texts.into_values().collect())))
    }

    /// Tells where each text stands in `text`: where it begins, and its values; in no order. `places` is room to work in.
    pub(super) fn find(&self, text: &[u8], places: &mut Vec<usize>, mut found: impl FnMut(usize, &[T])) {
        let (automaton, values) = match self {
            Self::Many(sets) => return sets.iter().for_each(|set| set.find(text, places, &mut found)),
            Self::Few(automaton, values) => (automaton, values),
        };
        // The prefilter helps to the next line that holds something; texts that overlap are then found in that line alone.
        let mut at = 0;
        while let Some(find) = automaton.find(Input::new(text).range(at..)) {
            let start = memchr::memrchr(b'\n', &text[at..find.start()]).map_or(at, |step| at + step + 1);
            let end = memchr::memchr(b'\n', &text[find.end()..]).map_or(text.len(), |step| find.end() + step);
            for find in automaton.find_overlapping_iter(Input::new(text).range(start..end)) {
                found(find.start(), &values[find.pattern().as_usize()]);
            }
            at = end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_texts_are_found_wherever_they_overlap() {
        let texts = ["abc", "bc", "c d"].map(|text| text.as_bytes().to_vec());
        let matcher = Matcher::new(texts.into_iter().zip(0..).map(|(text, number)| (text, vec![number])).collect());
        let matcher = matcher.unwrap().unwrap();
        let mut found = Vec::new();
        matcher.find(b"abc d\nx\nbcbc\n", &mut Vec::new(), |at, values| found.push((at, values[0])));
        assert_eq!(found, [(0, 0), (1, 1), (2, 2), (8, 1), (10, 1)]);
    }
}
