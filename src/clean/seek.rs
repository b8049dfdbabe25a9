//! Everything that is looked for in lines, in the form in which it is found fastest.
//!
//! Whole lines are in hash sets; phrases, runs and patterns stand behind a text that their lines begin with, end with or hold.
//! Only what has no such text is tried on every line that is short enough.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::BuildError;

use super::calendar::first_words;
use super::end_set::EndSet;
use super::line_set::LineSet;
use super::matcher::Matcher;
use super::pattern::Pattern;
use super::template::Template;
use super::token_run::TokenRun;
use crate::pack::{Action, Key, PatternSought, PhraseSought, Rule, Sought, Spot, sought};
use crate::text::{Case, Fold};

/// What stands behind a text, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Template(u32),
    Run(u32),
    Pattern(u32),
}

/// What is looked for by all rules of a program.
pub(super) struct Seek {
    /// Whether lines must be folded to be looked at.
    pub folds: bool,
    /// Whether nothing but whole lines is looked for.
    pub is_of_lines: bool,
    pub line_sets: Vec<LineSet>,
    pub starts: EndSet<What>,
    pub ends: EndSet<What>,
    /// Texts that may stand anywhere in a folded line.
    pub inside: Option<Matcher<What>>,
    /// The same for phrases that are compared with lines as they are.
    pub verbatim: Option<Matcher<What>>,
    /// Tried on short lines that begin with a digit.
    pub counts: Vec<What>,
    /// Patterns that no text stands for: tried on every line that is short enough.
    pub unprompted: Vec<u32>,
    pub templates: Vec<Template>,
    pub runs: Vec<TokenRun>,
    pub patterns: Vec<Pattern>,
}

impl Seek {
    /// The rule that something stands for.
    pub(super) fn rule_of(&self, what: What) -> u32 {
        match what {
            What::Template(number) => self.templates[number as usize].rule,
            What::Run(number) => self.runs[number as usize].rule,
            What::Pattern(number) => self.patterns[number as usize].rule,
        }
    }
}

/// Keys of whole lines with line feeds between them, and their rule.
type Block<'p> = (Cow<'p, str>, u32);

/// Collects what is looked for; the order does not matter.
#[derive(Default)]
pub(super) struct SeekBuilder<'p> {
    lines: BTreeMap<(Fold, Case), Vec<Block<'p>>>,
    starts: BTreeMap<Vec<u8>, Vec<What>>,
    ends: BTreeMap<Vec<u8>, Vec<What>>,
    inside: BTreeMap<Vec<u8>, Vec<What>>,
    verbatim: BTreeMap<Vec<u8>, Vec<What>>,
    counts: Vec<What>,
    unprompted: Vec<u32>,
    templates: Vec<Template>,
    runs: Vec<TokenRun>,
    patterns: Vec<Pattern>,
}

impl<'p> SeekBuilder<'p> {
    /// Adds what the rule of this number looks for.
    pub(super) fn add(&mut self, rule: &'p Rule, number: u32, fold: Fold, case: Case) {
        // Packs bring along what their rules look for when folded as they say.
        if (fold, case) == (rule.fold, rule.case) {
            for one in &rule.sought {
                match one {
                    Sought::Lines(keys) => self.lines(Cow::Borrowed(keys), number, fold, case),
                    one => self.other(one, rule, number, fold, case),
                }
            }
            return;
        }
        for one in sought(rule, fold, case) {
            match one {
                Sought::Lines(keys) => self.lines(Cow::Owned(keys), number, fold, case),
                one => self.other(&one, rule, number, fold, case),
            }
        }
    }

    fn lines(&mut self, keys: Cow<'p, str>, number: u32, fold: Fold, case: Case) {
        self.lines.entry((fold, case)).or_default().push((keys, number));
    }

    fn other(&mut self, one: &Sought, rule: &Rule, number: u32, fold: Fold, case: Case) {
        match one {
            // Those are for `lines`.
            Sought::Lines(_) => {}
            Sought::Phrase(phrase) => self.phrase(phrase, number, fold, case),
            Sought::Run { tokens, least } => {
                let run = TokenRun::new(tokens, *least, number, fold);
                let what = What::Run(narrow(self.runs.len()));
                run.keys().for_each(|key| self.key(key, what));
                self.runs.push(run);
            }
            Sought::Pattern(pattern) => self.pattern(pattern, rule, number, fold, case),
        }
    }

    fn phrase(&mut self, phrase: &PhraseSought, number: u32, fold: Fold, case: Case) {
        let template = Template::new(phrase, number, fold, case);
        let what = What::Template(narrow(self.templates.len()));
        if fold == Fold::None {
            self.verbatim.entry(phrase.key.text.clone().into_bytes()).or_default().push(what);
        } else {
            if phrase.key.spot == Spot::Count && template.begins_with_date() {
                for word in first_words() {
                    self.starts.entry(word.to_vec()).or_default().push(what);
                }
            }
            self.key(phrase.key.clone(), what);
        }
        self.templates.push(template);
    }

    fn pattern(&mut self, pattern: &PatternSought, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let at = narrow(self.patterns.len());
        self.patterns.push(Pattern::new(pattern, number, fold, case, rule.action != Action::CutMatch));
        match &pattern.keys {
            Some((spot, texts)) => {
                for text in texts {
                    self.key(Key { spot: *spot, text: text.clone() }, What::Pattern(at));
                }
            }
            None => self.unprompted.push(at),
        }
    }

    fn key(&mut self, key: Key, what: What) {
        let texts = match key.spot {
            Spot::Start => &mut self.starts,
            Spot::End => &mut self.ends,
            Spot::Anywhere => &mut self.inside,
            Spot::Count => {
                self.counts.push(what);
                return;
            }
        };
        texts.entry(key.text.into_bytes()).or_default().push(what);
    }

    /// # Errors
    /// When the texts are too many for one automaton.
    pub(super) fn build(self) -> Result<Seek, BuildError> {
        let folds = self.lines.keys().any(|(fold, _)| *fold != Fold::None)
            || !self.runs.is_empty()
            || !self.patterns.is_empty()
            || self.templates.iter().any(|template| template.fold != Fold::None);
        let is_of_lines = self.templates.is_empty() && self.runs.is_empty() && self.patterns.is_empty();
        let lines = self.lines.into_iter();
        let line_sets = lines
            .map(|((fold, case), keys)| LineSet::new(fold, case, keys.iter().map(|(keys, rule)| (&**keys, *rule))));
        Ok(Seek {
            folds,
            is_of_lines,
            line_sets: line_sets.collect(),
            starts: EndSet::new(self.starts, false),
            ends: EndSet::new(self.ends, true),
            inside: Matcher::new(self.inside)?,
            verbatim: Matcher::new(self.verbatim)?,
            counts: self.counts,
            unprompted: self.unprompted,
            templates: self.templates,
            runs: self.runs,
            patterns: self.patterns,
        })
    }
}

/// Numbers of what is looked for; 2^32 of them are beyond every memory.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
