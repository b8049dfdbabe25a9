//! Finds which rules match where: facts only.
//!
//! The first look has told the few lines that may hold anything; here every hit in one of them is found.

use std::borrow::Cow;

use super::compile::{Active, Program};
use super::hole::Seen;
use super::pattern::LONGEST_LINE;
use super::scope::About;
use super::seek::{Probes, What};
use crate::pack::Role;
use crate::simd::Outline;
use crate::text::{
    Case, Fold, Folded, Line, Span, border, char_after, char_before, core_of, count_words, fold_into, is_blank, trim,
    without_stop, words_of,
};

/// The longest line that phrases without fixed text are tried on, in folded bytes.
const LONGEST_COUNT: usize = 120;

/// A rule matched these bytes of a line, and everything that the line alone can tell is as the rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub rule: u32,
    /// In the line.
    pub span: Span,
}

/// Buffers that are used again.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) key: Vec<u8>,
    pub(super) outline: Outline,
    /// The text in small letters.
    pub(super) lower: Vec<u8>,
    pub(super) places: Vec<usize>,
    pub(super) finds: Vec<(usize, What)>,
    pub(super) found: Vec<Line>,
}

/// What is looked for and begins or ends as a folded line does; some more than once.
pub(super) fn at_ends<'p>(probes: &'p Probes, folded: &'p [u8], core: Span) -> impl Iterator<Item = What> + 'p {
    let stopless = if probes.ends.is_empty() { core } else { without_stop(folded, core) };
    let starts = [Some(core.start), Some(0).filter(|&start| start < core.start)];
    let ends = [
        Some(core.end),
        Some(stopless.end).filter(|&end| end < core.end),
        Some(folded.len()).filter(|&end| end > core.end),
    ];
    let starts = starts.into_iter().flatten().flat_map(|start| probes.starts.of(&folded[start..]));
    let ends = ends.into_iter().flatten().flat_map(|end| probes.ends.of(&folded[..end]));
    let first = char_after(folded, core.start);
    let is_count = core.len() <= LONGEST_COUNT && first.is_some_and(char::is_numeric);
    let counts = if is_count { probes.counts.as_slice() } else { &[] };
    let numbered = if first.is_some_and(begins_number) { probes.numbered.as_slice() } else { &[] };
    starts.chain(ends).chain(counts.iter().chain(numbered).copied())
}

/// Whether a number may begin with `c`.
pub(super) fn begins_number(c: char) -> bool {
    c.is_numeric() || c == '+'
}

/// Every hit in `line`, given without its ending, in the document that `about` is about: sorted, none twice.
pub(super) fn of_line(program: &Program, line: &[u8], about: &About, scratch: &mut Scratch) -> Vec<Hit> {
    let seek = &program.seek;
    scratch.key.clear();
    if seek.folds {
        fold_into(line, Case::Fold, &mut scratch.key);
    }
    let key = scratch.key.as_slice();
    let core = core_of(key, line);
    let stopless = without_stop(key, core);
    let key_of_line = seek.folds.then_some(key);
    let mut finder =
        Finder { program, line, key: key_of_line, about, words: None, folded: Vec::new(), hits: Vec::new() };
    for set in seek.probes().into_iter().flat_map(|probes| &probes.line_sets) {
        for &rule in set.rules_of(line, key, stopless) {
            finder.hit(rule, trim(line));
        }
    }
    for what in found(program, line, key, core, &mut scratch.places) {
        match what {
            What::Template(number) => finder.template(number),
            What::Run(number) => finder.run(number),
            What::Pattern(number) => finder.pattern(number),
        }
    }
    let mut hits = finder.hits;
    hits.sort_unstable_by_key(|hit| (hit.span, hit.rule));
    hits.dedup();
    hits
}

/// What `line`, folded to `key`, may hold, each once.
fn found(program: &Program, line: &[u8], key: &[u8], core: Span, places: &mut Vec<usize>) -> Vec<What> {
    let mut found = Vec::new();
    for probes in program.seek.probes() {
        found.extend(probes.unprompted.iter().map(|&number| What::Pattern(number)));
        if probes.folds {
            found.extend(at_ends(probes, key, core));
            probes.inside(key, places, |whats| found.extend_from_slice(whats));
        }
        if let Some(matcher) = &probes.verbatim {
            matcher.find(line, places, |_, whats| found.extend_from_slice(whats));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

struct Finder<'p, 'l> {
    program: &'p Program,
    line: &'l [u8],
    /// The line folded in full, if it was.
    key: Option<&'l [u8]>,
    about: &'l About<'l>,
    /// The folded line and its words, when a guard has asked for them.
    words: Option<(Cow<'l, [u8]>, usize)>,
    /// The line in each way of folding that has been asked for.
    folded: Vec<(Fold, Case, Folded)>,
    hits: Vec<Hit>,
}

impl<'p> Finder<'p, '_> {
    fn rule(&self, rule: u32) -> &'p Active {
        &self.program.rules[rule as usize]
    }

    /// Takes a match as a hit if the line and the document are as its rule asks. What cannot be seen is never a hit:
    /// blank lines are for the seams.
    fn hit(&mut self, rule: u32, span: Span) {
        let active = self.rule(rule);
        if self.guards_hold(active) && !is_blank(&self.line[span.range()]) && active.scope.holds(self.about) {
            self.hits.push(Hit { rule, span });
        }
    }

    fn guards_hold(&mut self, rule: &Active) -> bool {
        if rule.scope.is_elsewhere(self.about) {
            return false;
        }
        if rule.max_words.is_none() && rule.all_of.is_empty() && rule.only.is_empty() {
            return true;
        }
        let (folded, words) = self.words.get_or_insert_with(|| {
            let folded = self.key.map_or_else(|| Cow::Owned(folded(self.line)), Cow::Borrowed);
            let words = count_words(&folded);
            (folded, words)
        });
        let is_known = |word: Span| rule.only.contains(&folded[word.range()]);
        rule.max_words.is_none_or(|most| *words <= most)
            && rule.all_of.iter().all(|word| holds_word(folded, word))
            && (rule.only.is_empty() || words_of(folded).all(is_known))
    }

    /// The line folded as said: a place in the list.
    fn folded(&mut self, fold: Fold, case: Case) -> usize {
        let is_same = |(own, spelt, _): &(Fold, Case, Folded)| (*own, *spelt) == (fold, case);
        self.folded.iter().position(is_same).unwrap_or_else(|| {
            self.folded.push((fold, case, Folded::new(self.line, fold, case)));
            self.folded.len() - 1
        })
    }

    fn template(&mut self, number: u32) {
        let template = &self.program.seek.templates[number as usize];
        if !self.guards_hold(self.rule(template.rule)) {
            return;
        }
        let at = self.folded(template.fold, template.case);
        let folded = &self.folded[at].2;
        let spans = template.spans(&Seen::new(folded, self.line));
        let origins: Vec<Span> = if template.role == Role::Line {
            spans.iter().map(|_| trim(self.line)).collect()
        } else {
            spans.into_iter().filter_map(|span| folded.origin(span)).collect()
        };
        for origin in origins {
            self.hit(template.rule, origin);
        }
    }

    fn run(&mut self, number: u32) {
        let run = &self.program.seek.runs[number as usize];
        let at = self.folded(run.fold, Case::Fold);
        if run.span(&Seen::new(&self.folded[at].2, self.line)).is_some() {
            self.hit(run.rule, trim(self.line));
        }
    }

    fn pattern(&mut self, number: u32) {
        let pattern = &self.program.seek.patterns[number as usize];
        if self.line.len() > 4 * LONGEST_LINE || !self.guards_hold(self.rule(pattern.rule)) {
            return;
        }
        let at = self.folded(pattern.fold, Case::Exact);
        let folded = &self.folded[at].2;
        let core = folded.core();
        let Some(found) = pattern.find(&folded.text()[core.range()]) else { return };
        let span = if pattern.whole { core } else { found.shifted(core.start) };
        if let Some(origin) = folded.origin(span) {
            self.hit(pattern.rule, origin);
        }
    }
}

fn folded(line: &[u8]) -> Vec<u8> {
    let mut folded = Vec::new();
    fold_into(line, Case::Fold, &mut folded);
    folded
}

/// Whether `word` stands in `folded`, on word borders.
fn holds_word(folded: &[u8], word: &[u8]) -> bool {
    let is_border = |at: usize| border(char_before(folded, at), char_after(folded, at));
    memchr::memmem::find_iter(folded, word).any(|at| is_border(at) && is_border(at + word.len()))
}
