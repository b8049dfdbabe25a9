//! The heart: rules and a document in, the document without its chaff out.
//!
//! Hits are facts (this rule matched these bytes), verdicts are judgements (this goes, because of that rule; guards,
//! exceptions and conflicts are decided there), edits are mechanics (delete these bytes). No file, thread, clock or
//! print; a built [`Cleaner`] cannot fail, and what it says is the same for the same document, whatever came before.

mod calendar;
mod compile;
mod edit;
mod end_set;
mod filter;
mod first_look;
mod fragment;
mod grams;
mod hits;
mod hole;
mod inside_set;
mod judge;
mod language;
mod line_set;
mod matcher;
mod moment;
mod page;
mod pattern;
pub mod proof;
mod reach;
mod scope;
mod seek;
mod settle;
mod template;
mod token_run;

use std::borrow::Cow;

pub use compile::{CompileError, Dropped, DroppedWhy};
pub use edit::Edit;
pub use judge::{Outcome, Verdict};

use crate::pack::{Action, Flag, Input, Level, Pack};
use compile::Program;
pub(crate) use scope::host_of;

/// One text to clean, with what is known about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Document<'t, 'k> {
    pub text: &'t [u8],
    /// Its language as a BCP 47 tag, if it is told; otherwise it is found from the text when a rule asks.
    pub lang: Option<&'k str>,
    /// Its address, or the host alone, if that is told: rules for certain sites ask for it.
    pub url: Option<&'k str>,
}

/// A document after cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned<'d> {
    original: &'d [u8],
    /// What goes, sorted and disjoint, each with its rule.
    pub edits: Vec<Edit>,
    /// What the document is marked as: sorted, none twice.
    pub flags: Vec<Flag>,
    /// Whether the document would have lost more than the budget allows, and so was left whole.
    pub over_budget: bool,
}

impl<'d> Cleaned<'d> {
    /// The text without what the edits delete; borrowed if they delete nothing.
    #[must_use]
    pub fn text(&self) -> Cow<'d, [u8]> {
        if self.edits.is_empty() {
            return Cow::Borrowed(self.original);
        }
        let mut kept = Vec::with_capacity(self.len());
        self.append_to(&mut kept);
        Cow::Owned(kept)
    }

    /// Appends the text without what the edits delete to `out`.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        edit::append_kept(self.original, &self.edits, out);
    }

    /// The length of the text that is left, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.original.len() - self.edits.iter().map(|edit| edit.span.len()).sum::<usize>()
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How rules are applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Rules of higher levels do not act.
    pub level: Level,
    /// What kind of text the documents are.
    pub input: Input,
    /// Every phrase is taken verbatim, as with `fold = "none"`.
    pub exact: bool,
    pub budget: Budget,
}

/// The most that a document may lose, as shares from 0 to 1; one that would lose more stays whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Of the words in its prose lines.
    pub prose: f64,
    /// Of all its words; for article input alone.
    pub words: f64,
}

impl Default for Budget {
    /// Wide enough that on labelled pages they hold back almost no right cut, and narrow enough that a rule which takes
    /// a document apart is stopped.
    fn default() -> Self {
        Self { prose: 0.3, words: 0.6 }
    }
}

impl Budget {
    /// A budget that allows everything.
    pub const NONE: Self = Self { prose: 1.0, words: 1.0 };
}

impl Default for Options {
    fn default() -> Self {
        Self { level: Level::Sure, input: Input::Article, exact: false, budget: Budget::default() }
    }
}

/// Compiled rules, ready for any number of documents and threads.
pub struct Cleaner {
    program: Program,
    options: Options,
}

/// Buffers that a thread reuses from document to document; what is in them never shows.
#[derive(Default)]
pub struct Scratch {
    hits: hits::Scratch,
}

impl Cleaner {
    /// Compiles the rules of `packs` that act under `options`. The order of the packs and of their rules is of no
    /// account.
    ///
    /// # Errors
    /// When rules contradict each other (an id twice, a neighbour or a disabled rule that is not there) or cannot be
    /// compiled (a regex that is too large).
    pub fn new(packs: &[Pack], options: &Options) -> Result<Self, CompileError> {
        Ok(Self { program: Program::new(packs, options)?, options: *options })
    }

    /// Cleans one document.
    #[must_use]
    pub fn clean<'t>(&self, document: &Document<'t, '_>, scratch: &mut Scratch) -> Cleaned<'t> {
        let judgement = judge::judge(&self.program, &self.options, document, &mut scratch.hits);
        let edits = edit::edits(document.text, &judgement, edit::Seams::Document);
        let (flags, over_budget) = (judgement.flags, judgement.over_budget);
        Cleaned { original: document.text, edits, flags, over_budget }
    }

    /// Cleans a stretch of a stream of lines: rules that need a document do not act, a cut line takes its ending and
    /// nothing more. The result for a stream is that of its stretches one after another; `first` tells the one with
    /// which it begins.
    #[must_use]
    pub fn clean_lines<'d>(&self, text: &'d [u8], first: bool, scratch: &mut Scratch) -> Cleaned<'d> {
        let begin = if first { judge::begin(text, &self.options) } else { 0 };
        let mut edits = Vec::new();
        if self.program.cuts_lines_alone {
            first_look::line_cuts(&self.program, text, begin, &mut scratch.hits, &mut edits);
        } else {
            let judgement = judge::judge_lines(&self.program, text, begin, &mut scratch.hits);
            edits = edit::edits(text, &judgement, edit::Seams::Lines);
        }
        Cleaned { original: text, edits, flags: Vec::new(), over_budget: false }
    }

    /// Every hit in the document and what became of it, in the order of the text.
    #[must_use]
    pub fn verdicts(&self, document: &Document) -> Vec<Verdict> {
        judge::judge(&self.program, &self.options, document, &mut hits::Scratch::default()).verdicts
    }

    /// The full id of a rule that an edit or a verdict names.
    ///
    /// # Panics
    /// When the number is of another cleaner.
    #[must_use]
    pub fn rule_id(&self, rule: u32) -> &str {
        &self.program.rules[rule as usize].id
    }

    /// The full ids of all rules that act, by their number.
    #[must_use]
    pub fn rule_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.program.rules.iter().map(|rule| rule.id.as_str())
    }

    /// Whether a rule asks for the document around a line, or for what is known about it.
    #[must_use]
    pub fn needs_document(&self, rule: u32) -> bool {
        let rule = &self.program.rules[rule as usize];
        !rule.is_context_free() || matches!(rule.action, Action::Flag(_)) || !rule.scope.is_everywhere()
    }

    /// The rules of the packs that do not act, and why.
    #[must_use]
    pub fn dropped(&self) -> &[Dropped] {
        &self.program.dropped
    }
}
