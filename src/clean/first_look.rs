//! The first look at a text: which of its lines may hold a hit.
//!
//! Takes a text, gives the few lines that are worth a closer look, or, for lists that do nothing but cut whole lines, the
//! cuts themselves. May err only by naming a line too many.

use std::cell::OnceCell;

use super::compile::Program;
use super::edit::Edit;
use super::hits::{Scratch, at_ends, begins_number};
use super::hole::Seen;
use super::pattern::LONGEST_LINE;
use super::scope::About;
use super::seek::{Probes, What};
use crate::simd::Outline;
use crate::text::{
    Case, Fold, Line, Span, core_into, core_of, count_words, fold_into, is_blank, lines_by, trim, without_stop,
};

/// The lines of `text` from byte `begin` on that may hold a hit of what `probes` stand for, in order.
pub(super) fn candidates(
    program: &Program,
    probes: &Probes,
    text: &[u8],
    begin: usize,
    about: &About,
    scratch: &mut Scratch,
) -> Vec<Line> {
    let Scratch { key, outline, lower, places, finds, found } = scratch;
    let mut found = std::mem::take(found);
    found.clear();
    draw(outline, probes, text);
    finds.clear();
    if let Some(matcher) = &probes.ascii {
        lower.clear();
        lower.extend_from_slice(text);
        lower.make_ascii_lowercase();
        matcher.find(lower, places, |at, whats| finds.extend(whats.iter().map(|&what| (at, what))));
        finds.sort_unstable();
    }
    let mut scan = Scan { program, probes, text, about, outline, finds, places, key };
    if probes.asks_each_line() {
        found.extend(lines_by(text, begin, outline.feeds.iter().copied()).filter(|line| scan.may_be_hit(line)));
    }
    if let Some(matcher) = &probes.verbatim {
        let known = found.len();
        matcher.find(text, places, |at, _| found.extend(line_at(text, begin, &outline.feeds, at)));
        if found.len() > known {
            found.sort_unstable_by_key(|line| line.span);
            found.dedup();
        }
    }
    found
}

/// Draws the outline of `text` as far as `probes` need it.
fn draw(outline: &mut Outline, probes: &Probes, text: &[u8]) {
    if probes.folds {
        outline.draw(text);
    } else {
        outline.draw_feeds(text);
    }
}

/// The line of `text` that byte `at` stands in, if it begins at `begin` or later.
fn line_at(text: &[u8], begin: usize, feeds: &[usize], at: usize) -> Option<Line> {
    let next = feeds.partition_point(|&feed| feed < at);
    let start = next.checked_sub(1).map_or(begin, |before| feeds[before] + 1);
    let (stop, end) = feeds.get(next).map_or((text.len(), text.len()), |&feed| (feed, feed + 1));
    (at >= begin).then_some(Line { span: Span::new(start, stop), end })
}

/// Gives a list of candidates back for the next document.
pub(super) fn recycle(scratch: &mut Scratch, found: Vec<Line>) {
    scratch.found = found;
}

/// The first look at the lines of a text. Plain lines have been searched as they stand, all at once; the others are folded
/// one by one.
struct Scan<'p, 't> {
    program: &'p Program,
    probes: &'p Probes,
    text: &'t [u8],
    about: &'t About<'t>,
    outline: &'t Outline,
    /// What has been found in the text, by where it begins, as far as no line has been asked for it.
    finds: &'t [(usize, What)],
    places: &'t mut Vec<usize>,
    key: &'t mut Vec<u8>,
}

impl<'t> Scan<'_, 't> {
    /// Whether `line`, which comes after all lines that were asked about before, may hold a hit.
    fn may_be_hit(&mut self, line: &Line) -> bool {
        let content = &self.text[line.span.range()];
        let probes = self.probes;
        let finds = self.finds_until(line.end);
        if probes.line_sets.iter().any(|set| set.may_hold_verbatim(content))
            || probes.unprompted.iter().any(|&number| self.tries(number, content))
        {
            return true;
        }
        let is_of_lines = self.program.seek.is_of_lines;
        if !probes.folds || (is_of_lines && !probes.line_sets.iter().any(|set| set.is_near_length(content))) {
            return false;
        }
        let inner = trim(content).shifted(line.span.start);
        if self.outline.is_plain(inner.start, inner.end) {
            self.is_plain_hit(content, inner, finds)
        } else {
            self.is_folded_hit(content)
        }
    }

    /// What has been found before byte `end` and after what was given before.
    fn finds_until(&mut self, end: usize) -> &'t [(usize, What)] {
        let count = self.finds.iter().take_while(|(at, _)| *at < end).count();
        let (before, after) = self.finds.split_at(count);
        self.finds = after;
        before
    }

    /// Whether a plain line, `inner` between its blanks, may be hit.
    fn is_plain_hit(&mut self, line: &[u8], inner: Span, finds: &[(usize, What)]) -> bool {
        let plain = &self.text[inner.range()];
        let core = core_of(plain, plain);
        let at_ends = self.may_hold(plain, core);
        if !at_ends && finds.is_empty() {
            return false;
        }
        self.key.clear();
        self.key.extend_from_slice(plain);
        self.key.make_ascii_lowercase();
        let look = Look::new(self.program, self.about, self.key, Some(plain), core);
        (at_ends && (self.holds(line, self.key, core) || look.at_ends(self.probes)))
            || finds.iter().any(|&(_, what)| look.is_promising(what))
    }

    /// Whether a line that is not plain may be hit.
    fn is_folded_hit(&mut self, line: &[u8]) -> bool {
        fold_into(line, Case::Fold, self.key);
        let core = core_of(self.key, line);
        let look = Look::new(self.program, self.about, self.key, None, core);
        if self.holds(line, self.key, core) || look.at_ends(self.probes) {
            return true;
        }
        let mut is_promising = false;
        self.probes.inside(self.key, self.places, |whats| {
            is_promising = is_promising || whats.iter().any(|&what| look.is_promising(what));
        });
        is_promising
    }

    /// Whether a plain line may be, begin or end with something that is looked for, by a look at its ends.
    fn may_hold(&self, plain: &[u8], core: Span) -> bool {
        let probes = self.probes;
        let stop = usize::from(plain[core.range()].ends_with(b"."));
        probes.line_sets.iter().any(|set| set.may_hold(plain, core))
            || (probes.asks_for_numbers() && plain.get(core.start).is_some_and(|&byte| begins_number(byte.into())))
            || probes.starts.may_hold(&plain[core.start..])
            || (core.start > 0 && probes.starts.may_hold(plain))
            || probes.ends.may_hold(&plain[..core.end])
            || (stop > 0 && probes.ends.may_hold(&plain[..core.end - stop]))
            || (core.end < plain.len() && probes.ends.may_hold(plain))
    }

    /// Whether the folded line is one that is looked for as a whole; `line` is what it was folded from.
    fn holds(&self, line: &[u8], folded: &[u8], core: Span) -> bool {
        let sets = &self.probes.line_sets;
        if sets.is_empty() {
            return false;
        }
        let stopless = without_stop(folded, core);
        sets.iter().any(|set| !set.rules_of(line, folded, stopless).is_empty())
    }

    /// Whether a pattern that no text stands for matches a line.
    fn tries(&mut self, number: u32, line: &[u8]) -> bool {
        if line.len() > 4 * LONGEST_LINE {
            return false;
        }
        let pattern = &self.program.seek.patterns[number as usize];
        core_into(line, pattern.fold, Case::Exact, self.key);
        pattern.find(self.key).is_some()
    }
}

/// A second look at a folded line in which something was found: whether what was found could be of use. What phrases
/// and patterns begin with are common words now and then.
struct Look<'p, 'l> {
    program: &'p Program,
    about: &'l About<'l>,
    folded: &'l [u8],
    /// The line folded but for its capitals, if that is known.
    spelt: Option<&'l [u8]>,
    core: Span,
    words: OnceCell<usize>,
}

impl<'p, 'l> Look<'p, 'l> {
    fn new(program: &'p Program, about: &'l About<'l>, folded: &'l [u8], spelt: Option<&'l [u8]>, core: Span) -> Self {
        Self { program, about, folded, spelt, core, words: OnceCell::new() }
    }

    /// Whether what it begins or ends with is promising.
    fn at_ends(&self, probes: &Probes) -> bool {
        at_ends(probes, self.folded, self.core).any(|what| self.is_promising(what))
    }

    fn is_promising(&self, what: What) -> bool {
        let seek = &self.program.seek;
        let rule = &self.program.rules[seek.rule_of(what) as usize];
        if rule.scope.is_elsewhere(self.about) {
            return false;
        }
        if rule.max_words.is_some_and(|most| *self.words.get_or_init(|| count_words(self.folded)) > most) {
            return false;
        }
        match what {
            What::Template(number) => {
                let template = &seek.templates[number as usize];
                // Capitals are for a closer look.
                template.case == Case::Exact || !template.spans(&Seen::bare(self.folded, self.core)).is_empty()
            }
            What::Run(number) => seek.runs[number as usize].span(&Seen::bare(self.folded, self.core)).is_some(),
            What::Pattern(number) => {
                let pattern = &seek.patterns[number as usize];
                let core = if pattern.fold == Fold::Full { self.core } else { Span::new(0, self.folded.len()) };
                core.len() <= pattern.longest
                    && self.spelt.is_none_or(|spelt| pattern.find(&spelt[core.range()]).is_some())
            }
        }
    }
}

/// The lines of `text` from byte `begin` on that rules cut, for a program that does nothing else; each in the name of its first rule.
pub(super) fn line_cuts(program: &Program, text: &[u8], begin: usize, scratch: &mut Scratch, edits: &mut Vec<Edit>) {
    let probes = &program.seek.cuts;
    let Scratch { key, outline, .. } = scratch;
    draw(outline, probes, text);
    for line in lines_by(text, begin, outline.feeds.iter().copied()) {
        let content = &text[line.span.range()];
        if content.is_empty() || !probes.line_sets.iter().any(|set| set.is_near_length(content)) {
            continue;
        }
        if let Some(rule) = line_rule(probes, outline, content, line.span.start, key) {
            edits.push(Edit { span: Span::new(line.span.start, line.end), rule });
        }
    }
}

/// The first rule that takes the line `content`, which begins at `start`, as a whole.
fn line_rule(probes: &Probes, outline: &Outline, content: &[u8], start: usize, key: &mut Vec<u8>) -> Option<u32> {
    let verbatim = probes.line_sets.iter().filter_map(|set| set.rule_of_verbatim(content)).min();
    let verbatim = verbatim.filter(|_| !is_blank(content));
    if !probes.folds || is_blank(content) {
        return verbatim;
    }
    let inner = trim(content);
    let plain = &content[inner.range()];
    if outline.is_plain(start + inner.start, start + inner.end) {
        let core = core_of(plain, plain);
        if !probes.line_sets.iter().any(|set| set.may_hold(plain, core)) {
            return verbatim;
        }
    } else {
        let is_plain = |from, to| outline.is_plain(start + inner.start + from, start + inner.start + to);
        if !probes.line_sets.iter().any(|set| set.may_hold_inside(plain, is_plain)) {
            return verbatim;
        }
    }
    fold_into(content, Case::Fold, key);
    let core = core_of(key, content);
    let stopless = without_stop(key, core);
    let folded = probes.line_sets.iter().filter_map(|set| set.rules_of(content, key, stopless).first());
    folded.copied().chain(verbatim).min()
}
