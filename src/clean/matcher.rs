//! Finds phrases inside lines, all in one pass.
//!
//! One Aho-Corasick automaton over the folded phrases of every kind that stands in a line: in-line phrases, prefixes,
//! suffixes, and the literals that patterns require. It first tells which lines hold anything at all; only those are
//! looked at closely, by [`Matcher::finds`], with every overlapping find.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, BuildError, Input, MatchKind};

use super::pattern::Anchor;
use crate::text::{Case, Fold, Span, fold_into, key_into};

/// Keys of more bytes than that make a table that leaves the cache, and takes long to build.
const TABLE_KEYS: usize = 64 << 10;

/// What a find of a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Prefix,
    Suffix,
    Inline,
    /// A literal without which, at this place, the pattern of this number cannot match.
    Literal(u32, Anchor),
}

/// One phrase of one rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needle {
    pub rule: u32,
    pub role: Role,
    pub fold: Fold,
    /// The phrase with its capitals, where they count.
    pub exact: Option<Vec<u8>>,
}

/// The phrases that are looked for in lines that are folded, or in lines as they are.
pub(super) struct Matcher {
    automaton: AhoCorasick,
    /// For each key of the automaton, whose it is.
    needles: Vec<Vec<Needle>>,
}

/// Collects the phrases of a [`Matcher`]; the order of insertion does not matter.
#[derive(Default)]
pub(super) struct MatcherBuilder {
    keys: BTreeMap<Vec<u8>, Vec<Needle>>,
}

impl MatcherBuilder {
    /// Adds a phrase of `rule` as it was written.
    pub(super) fn phrase(&mut self, phrase: &str, rule: u32, role: Role, fold: Fold, case: Case) {
        let key = phrase_key(phrase, role, fold, Case::Fold);
        let exact = (case == Case::Exact && fold != Fold::None).then(|| phrase_key(phrase, role, fold, case));
        self.keys.entry(key).or_default().push(Needle { rule, role, fold, exact });
    }

    /// Adds a literal that the pattern `number` requires, folded already.
    pub(super) fn literal(&mut self, literal: Vec<u8>, rule: u32, number: u32, anchor: Anchor) {
        let needle = Needle { rule, role: Role::Literal(number, anchor), fold: Fold::Full, exact: None };
        self.keys.entry(literal).or_default().push(needle);
    }

    /// Builds the matcher; none if there is nothing to look for. `folded` tells whether it will see folded lines (and
    /// plain lines as they are), or lines byte for byte.
    ///
    /// # Errors
    /// When the phrases are too many for one automaton.
    pub(super) fn build(self, folded: bool) -> Result<Option<Matcher>, BuildError> {
        if self.keys.is_empty() {
            return Ok(None);
        }
        // A table for every state is fastest, as long as it is small.
        let bytes: usize = self.keys.keys().map(Vec::len).sum();
        let kind = (bytes <= TABLE_KEYS).then_some(AhoCorasickKind::DFA);
        let automaton = AhoCorasickBuilder::new()
            .kind(kind)
            .match_kind(MatchKind::Standard)
            .ascii_case_insensitive(folded)
            .build(self.keys.keys())?;
        let needles = self.keys.into_values().map(|mut needles| {
            needles.sort();
            needles.dedup();
            needles
        });
        Ok(Some(Matcher { automaton, needles: needles.collect() }))
    }
}

impl Matcher {
    /// Whether `text` holds any phrase.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.automaton.is_match(text)
    }

    /// Where in `text` from byte `from` on the next find ends.
    pub(super) fn next_end(&self, text: &[u8], from: usize) -> Option<usize> {
        self.automaton.find(Input::new(text).range(from..)).map(|found| found.end())
    }

    /// Every phrase that stands in `text`, overlapping ones too, in order of their ends.
    pub(super) fn finds<'m>(&'m self, text: &'m [u8]) -> impl Iterator<Item = (&'m Needle, Span)> {
        self.automaton.find_overlapping_iter(text).flat_map(|found| {
            let span = Span::new(found.start(), found.end());
            self.needles[found.pattern().as_usize()].iter().map(move |needle| (needle, span))
        })
    }
}

/// What is looked for of a phrase. Ornaments go only from the side where the line's edge will be: inside a line they
/// are part of the phrase.
fn phrase_key(phrase: &str, role: Role, fold: Fold, case: Case) -> Vec<u8> {
    let mut key = Vec::new();
    if fold == Fold::None {
        key.extend_from_slice(phrase.as_bytes());
        return key;
    }
    fold_into(phrase.as_bytes(), case, &mut key);
    if fold == Fold::Full && matches!(role, Role::Prefix | Role::Suffix) {
        let mut core = Vec::new();
        key_into(phrase.as_bytes(), fold, case, &mut core);
        let at = memchr::memmem::find(&key, &core).unwrap_or(0);
        if role == Role::Prefix {
            key.drain(..at);
        } else {
            key.truncate(at + core.len());
        }
    }
    key
}
