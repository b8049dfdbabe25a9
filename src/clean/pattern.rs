//! Regexes of rules.

use std::sync::OnceLock;

use regex::bytes::Regex;

use crate::pack::{PatternSought, compile_pattern};
use crate::text::{Case, Fold, Span};

/// The longest folded line that a regex is tried on, in bytes.
pub(super) const LONGEST_LINE: usize = 4096;

/// One regex of one rule.
pub(super) struct Pattern {
    pub rule: u32,
    pub fold: Fold,
    /// Whether the whole line must match, or a part of it may.
    pub whole: bool,
    /// The longest line that it can match as a whole, in folded bytes.
    pub longest: usize,
    source: String,
    case: Case,
    /// Compiled when a line first asks for it: most runs need few of the shipped patterns.
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// What `sought` describes, for `rule`; its source must be one that can be compiled.
    pub(super) fn new(sought: &PatternSought, rule: u32, fold: Fold, case: Case, whole: bool) -> Self {
        let longest = sought.longest.filter(|_| whole).unwrap_or(LONGEST_LINE).min(LONGEST_LINE);
        Self { rule, fold, whole, longest, source: sought.source.clone(), case, regex: OnceLock::new() }
    }

    /// Where `folded` matches first: one match a line, for going through all of them can take quadratic time.
    pub(super) fn find(&self, folded: &[u8]) -> Option<Span> {
        if folded.len() > self.longest {
            return None;
        }
        let regex = self.regex.get_or_init(|| compile_pattern(&self.source, self.case, self.whole).ok());
        let regex = regex.as_ref()?;
        if self.whole {
            // Where it begins and ends is known; to be asked for it, the automaton would run backwards as well.
            return regex.is_match(folded).then(|| Span::new(0, folded.len()));
        }
        regex.find(folded).map(|found| Span::new(found.start(), found.end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_longer_than_any_match_are_not_tried() {
        let new =
            |source: &str| Pattern::new(&PatternSought::new(source, true, Fold::Full), 0, Fold::Full, Case::Fold, true);
        let pattern = new(r"\d+ comments?|share it");
        assert_eq!(pattern.longest, LONGEST_LINE);
        let pattern = new(r"share (?:this|it)");
        assert_eq!(pattern.longest, "share this".len());
        assert_eq!(pattern.find(b"SHARE it"), Some(Span::new(0, 8)));
        assert_eq!(pattern.find(b"do share it"), None);
    }
}
