//! Everything that is looked for in lines, in the form in which it is found fastest.
//!
//! Whole lines are in hash sets; phrases, runs and patterns stand behind a text that their lines begin with, end with or hold.
//! Only what has no such text is tried on every line that is short enough.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::BuildError;

use super::calendar::first_words;
use super::end_set::EndSet;
use super::inside_set::InsideSet;
use super::line_set::LineSet;
use super::matcher::Matcher;
use super::pattern::Pattern;
use super::template::Template;
use super::token_run::TokenRun;
use crate::pack::{Action, Key, PatternSought, PhraseSought, Rule, Sought, Spot, sought};
use crate::text::{Case, Fold};

/// Texts of so few bytes are more often a word of their language than a sign of anything.
const LONGEST_COMMON: usize = 3;

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
    /// How lines are found that rules may act on.
    pub cuts: Probes,
    /// How lines are found that exceptions may protect.
    pub keeps: Probes,
    pub templates: Vec<Template>,
    pub runs: Vec<TokenRun>,
    pub patterns: Vec<Pattern>,
}

/// Ways to find lines, the cheapest for each thing that is looked for.
pub(super) struct Probes {
    /// Whether lines must be folded to be looked at.
    pub folds: bool,
    pub line_sets: Vec<LineSet>,
    pub starts: EndSet<What>,
    pub ends: EndSet<What>,
    /// Texts of ASCII alone that may stand anywhere in a folded line: all that plain lines can hold.
    pub ascii: Option<Matcher<What>>,
    /// The other ones; made when the first line holds anything beyond ASCII.
    beyond: Beyond,
    /// Phrases that are compared with lines as they are.
    pub verbatim: Option<Matcher<What>>,
    /// Tried on short lines that begin with a digit.
    pub counts: Vec<What>,
    /// Tried on lines of any length that begin with a number.
    pub numbered: Vec<What>,
    /// Patterns that no text stands for: tried on every line that is short enough.
    pub unprompted: Vec<u32>,
}

/// A set that is made when it is first asked for.
type Beyond = LazyLock<Vec<InsideSet<What>>, Box<dyn FnOnce() -> Vec<InsideSet<What>> + Send>>;

impl Probes {
    /// Tells what texts stand anywhere in a folded line, each by what stands behind it.
    pub(super) fn inside(&self, folded: &[u8], places: &mut Vec<usize>, mut found: impl FnMut(&[What])) {
        if let Some(matcher) = &self.ascii {
            matcher.find(folded, places, |_, whats| found(whats));
        }
        if folded.is_ascii() {
            return;
        }
        self.beyond.iter().for_each(|set| set.find(folded, places, |_, whats| found(whats)));
    }

    /// Whether a line may be hit although no verbatim phrase stands in it.
    pub(super) fn asks_each_line(&self) -> bool {
        self.folds || !self.line_sets.is_empty() || !self.unprompted.is_empty()
    }

    /// Whether anything is tried on lines that begin with a number.
    pub(super) fn asks_for_numbers(&self) -> bool {
        !self.counts.is_empty() || !self.numbered.is_empty()
    }
}

impl Seek {
    /// All that is looked for, in two halves.
    pub(super) fn probes(&self) -> [&Probes; 2] {
        [&self.cuts, &self.keeps]
    }

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
    cuts: ProbesBuilder<'p>,
    keeps: ProbesBuilder<'p>,
    templates: Vec<Template>,
    runs: Vec<TokenRun>,
    patterns: Vec<Pattern>,
}

/// Texts, and what stands behind them.
type Texts = BTreeMap<Vec<u8>, Vec<What>>;

#[derive(Default)]
struct ProbesBuilder<'p> {
    folds: bool,
    lines: BTreeMap<(Fold, Case), Vec<Block<'p>>>,
    starts: Texts,
    ends: Texts,
    inside: Texts,
    verbatim: Texts,
    counts: Vec<What>,
    numbered: Vec<What>,
    unprompted: Vec<u32>,
}

impl<'p> SeekBuilder<'p> {
    /// Adds what the rule of this number looks for.
    pub(super) fn add(&mut self, rule: &'p Rule, number: u32, fold: Fold, case: Case) {
        // Packs bring along what their rules look for when folded as they say.
        if (fold, case) == (rule.fold, rule.case) {
            for one in &rule.sought {
                match one {
                    Sought::Lines(keys) => self.lines(Cow::Borrowed(keys), rule, number, fold, case),
                    one => self.other(one, rule, number, fold, case),
                }
            }
            return;
        }
        for one in sought(rule, fold, case) {
            match one {
                Sought::Lines(keys) => self.lines(Cow::Owned(keys), rule, number, fold, case),
                one => self.other(&one, rule, number, fold, case),
            }
        }
    }

    fn probes(&mut self, rule: &Rule) -> &mut ProbesBuilder<'p> {
        if rule.action == Action::Keep { &mut self.keeps } else { &mut self.cuts }
    }

    fn lines(&mut self, keys: Cow<'p, str>, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let probes = self.probes(rule);
        probes.folds |= fold != Fold::None;
        probes.lines.entry((fold, case)).or_default().push((keys, number));
    }

    fn other(&mut self, one: &Sought, rule: &Rule, number: u32, fold: Fold, case: Case) {
        match one {
            // Those are for `lines`.
            Sought::Lines(_) => {}
            Sought::Phrase(phrase) => self.phrase(phrase, rule, number, fold, case),
            Sought::Run { tokens, least } => {
                let run = TokenRun::new(tokens, *least, number, fold);
                let what = What::Run(narrow(self.runs.len()));
                run.keys().for_each(|key| self.probes(rule).key(key, what));
                self.runs.push(run);
            }
            Sought::Pattern(pattern) => self.pattern(pattern, rule, number, fold, case),
        }
    }

    fn phrase(&mut self, phrase: &PhraseSought, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let template = Template::new(phrase, number, fold, case);
        let what = What::Template(narrow(self.templates.len()));
        let probes = self.probes(rule);
        if fold == Fold::None {
            probes.verbatim.entry(phrase.key.text.clone().into_bytes()).or_default().push(what);
        } else if template.begins_with_number() && is_common(&phrase.key) {
            probes.folds = true;
            probes.numbered.push(what);
        } else {
            if phrase.key.spot == Spot::Count && template.begins_with_date() {
                for word in first_words() {
                    probes.starts.entry(word.to_vec()).or_default().push(what);
                }
            }
            probes.key(phrase.key.clone(), what);
        }
        self.templates.push(template);
    }

    fn pattern(&mut self, pattern: &PatternSought, rule: &Rule, number: u32, fold: Fold, case: Case) {
        let at = narrow(self.patterns.len());
        self.patterns.push(Pattern::new(pattern, number, fold, case, rule.action != Action::CutMatch));
        let probes = self.probes(rule);
        probes.folds = true;
        match &pattern.keys {
            Some((spot, texts)) => {
                for text in texts {
                    probes.key(Key { spot: *spot, text: text.clone() }, What::Pattern(at));
                }
            }
            None => probes.unprompted.push(at),
        }
    }

    /// # Errors
    /// When the texts are too many for one automaton.
    pub(super) fn build(self) -> Result<Seek, BuildError> {
        let (cuts, keeps) = (self.cuts.build()?, self.keeps.build()?);
        Ok(Seek {
            folds: cuts.folds || keeps.folds,
            is_of_lines: self.templates.is_empty() && self.runs.is_empty() && self.patterns.is_empty(),
            cuts,
            keeps,
            templates: self.templates,
            runs: self.runs,
            patterns: self.patterns,
        })
    }
}

impl ProbesBuilder<'_> {
    fn key(&mut self, key: Key, what: What) {
        self.folds = true;
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

    fn build(self) -> Result<Probes, BuildError> {
        let lines = self.lines.into_iter();
        let line_sets = lines
            .map(|((fold, case), keys)| LineSet::new(fold, case, keys.iter().map(|(keys, rule)| (&**keys, *rule))));
        let (ascii, beyond) = self.inside.into_iter().partition::<Texts, _>(|(text, _)| text.is_ascii());
        Ok(Probes {
            folds: self.folds,
            line_sets: line_sets.collect(),
            starts: EndSet::new(&self.starts, false),
            ends: EndSet::new(&self.ends, true),
            ascii: Matcher::new(ascii)?,
            beyond: LazyLock::new(Box::new(|| InsideSet::sets(beyond))),
            verbatim: Matcher::new(self.verbatim)?,
            counts: self.counts,
            numbered: self.numbered,
            unprompted: self.unprompted,
        })
    }
}

/// Whether a text stands in many a line: the "de" of "{n} de {n}" does.
fn is_common(key: &Key) -> bool {
    key.spot == Spot::Anywhere && key.text.len() <= LONGEST_COMMON
}

/// Numbers of what is looked for; 2^32 of them are beyond every memory.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
