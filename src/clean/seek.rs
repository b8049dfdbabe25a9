//! Everything that is looked for in lines, in the form in which it is found fastest.
//!
//! Whole lines are in hash sets; phrases, runs and patterns stand behind a text that their lines begin with, end with or hold.
//! Only what has no such text is tried on every line that is short enough.

use std::collections::BTreeMap;

use aho_corasick::BuildError;

use super::calendar::first_words;
use super::line_set::LineSet;
use super::matcher::Matcher;
use super::pattern::{Pattern, required_literals};
use super::spot::{EndSet, Key, Spot};
use super::template::{Role, Template};
use super::token_run::TokenRun;
use crate::pack::{Action, Matches, Rule};
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

    /// Whether lines must be folded to be looked at.
    pub(super) fn folds(&self) -> bool {
        self.line_sets.iter().any(|set| set.fold() != Fold::None)
            || !self.runs.is_empty()
            || !self.patterns.is_empty()
            || self.templates.iter().any(|template| template.fold != Fold::None)
    }
}

/// Collects what is looked for; the order does not matter.
#[derive(Default)]
pub(super) struct SeekBuilder {
    lines: BTreeMap<(Fold, Case), Vec<(String, u32)>>,
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

impl SeekBuilder {
    /// Adds what the rule of this number looks for.
    pub(super) fn add(&mut self, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let holes = rule.holes && fold != Fold::None;
        let role = match &rule.matches {
            Matches::Line(_) => Role::Line,
            Matches::Prefix(_) => Role::Prefix,
            Matches::Suffix(_) => Role::Suffix,
            Matches::Inline(_) => Role::Inline,
            Matches::Run { tokens, least } => {
                let run = TokenRun::new(tokens, *least, number, fold);
                let what = What::Run(narrow(self.runs.len()));
                run.keys().for_each(|key| self.key(key, what));
                self.runs.push(run);
                return;
            }
            Matches::Pattern(all) => {
                for pattern in all {
                    self.pattern(pattern, rule, number, fold, case);
                }
                return;
            }
        };
        for phrase in rule.matches.phrases() {
            if role == Role::Line && !(holes && phrase.contains('{')) {
                self.lines.entry((fold, case)).or_default().push((phrase.clone(), number));
            } else {
                self.template(Template::new(phrase, holes, number, role, fold, case));
            }
        }
    }

    fn template(&mut self, template: Template) {
        let what = What::Template(narrow(self.templates.len()));
        if template.fold == Fold::None {
            self.verbatim.entry(template.verbatim_key()).or_default().push(what);
        } else {
            let key = template.key();
            if key.spot == Spot::Count && template.begins_with_date() {
                for word in first_words() {
                    self.key(Key { spot: Spot::Start, text: word.to_vec() }, what);
                }
            }
            self.key(key, what);
        }
        self.templates.push(template);
    }

    fn pattern(&mut self, pattern: &str, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let at = narrow(self.patterns.len());
        let whole = rule.action != Action::CutMatch;
        self.patterns.push(Pattern::new(pattern, number, fold, case, whole));
        // Places are told for lines whose edges are trimmed.
        match required_literals(pattern, whole && fold == Fold::Full).filter(|_| fold != Fold::None) {
            Some((spot, literals)) => {
                for text in literals {
                    self.key(Key { spot, text }, What::Pattern(at));
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
        texts.entry(key.text).or_default().push(what);
    }

    /// # Errors
    /// When the texts are too many for one automaton.
    pub(super) fn build(self) -> Result<Seek, BuildError> {
        let lines = self.lines.into_iter();
        let line_sets = lines.map(|((fold, case), phrases)| {
            LineSet::new(fold, case, phrases.iter().map(|(phrase, rule)| (phrase.as_str(), *rule)))
        });
        Ok(Seek {
            line_sets: line_sets.collect(),
            starts: EndSet::new(self.starts, false),
            ends: EndSet::new(self.ends, true),
            inside: Matcher::new(self.inside, true)?,
            verbatim: Matcher::new(self.verbatim, false)?,
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
