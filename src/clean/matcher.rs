//! Finds texts that may stand anywhere in a line, all in one pass.
//!
//! One Aho-Corasick automaton over the folded texts of every kind: in-line phrases, and what phrases with holes and
//! patterns must contain. It tells which lines hold anything at all; what that means is decided elsewhere.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, BuildError, Input, MatchKind};

/// Texts of more bytes than that make a table that leaves the cache, and takes long to build.
const TABLE_TEXTS: usize = 8 << 10;

/// Texts that are looked for, each with values.
pub(super) struct Matcher<T> {
    automaton: AhoCorasick,
    /// By the automaton's patterns.
    values: Vec<Vec<T>>,
}

impl<T: Copy + Ord> Matcher<T> {
    /// A matcher of `texts`; none if there are none. `folded` tells whether it will see folded lines (and plain lines as
    /// they are), or lines byte for byte.
    ///
    /// # Errors
    /// When the texts are too many for one automaton.
    pub(super) fn new(texts: BTreeMap<Vec<u8>, Vec<T>>, folded: bool) -> Result<Option<Self>, BuildError> {
        if texts.is_empty() {
            return Ok(None);
        }
        // A table for every state is fastest, as long as it is small.
        let bytes: usize = texts.keys().map(Vec::len).sum();
        let kind = (bytes <= TABLE_TEXTS).then_some(AhoCorasickKind::DFA);
        let automaton = AhoCorasickBuilder::new()
            .kind(kind)
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(folded)
            .build(texts.keys())?;
        Ok(Some(Self { automaton, values: texts.into_values().collect() }))
    }

    /// Where in `text` from byte `from` on the next find ends.
    pub(super) fn next_end(&self, text: &[u8], from: usize) -> Option<usize> {
        self.automaton.find(Input::new(text).range(from..)).map(|found| found.end())
    }

    /// Whether `text` holds any text that is looked for.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.automaton.is_match(text)
    }

    /// The values of all texts that stand in `text`, in order of their ends; some more than once.
    pub(super) fn of<'m>(&'m self, text: &'m [u8]) -> impl Iterator<Item = T> + 'm {
        let finds = self.automaton.find_overlapping_iter(text);
        finds.flat_map(|found| self.values[found.pattern().as_usize()].iter().copied())
    }
}
