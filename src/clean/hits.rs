//! Finds which rules match where: facts only.
//!
//! A first look tells the few lines that hold anything; the second finds every hit in one of them. What the first look
//! passes over has no hit: it may only err by naming a line too many.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::compile::{Active, Program};
use super::edit::Edit;
use super::hole::Seen;
use super::pattern::LONGEST_LINE;
use super::scope::About;
use super::seek::{Probes, What};
use crate::pack::Role;
use crate::simd::Outline;
use crate::text::{
    Case, Fold, Folded, Line, Span, border, char_after, char_before, core_into, core_of, count_words, fold_into,
    is_blank, trim, without_stop, words_of,
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
    key: Vec<u8>,
    outline: Outline,
    /// The text in small letters.
    lower: Vec<u8>,
    places: Vec<usize>,
    finds: Vec<(usize, What)>,
    found: Vec<Line>,
}

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
    if probes.folds {
        outline.draw(text);
    } else {
        outline.draw_feeds(text);
    }
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
        found.extend(lines_between(text, begin, &outline.feeds).filter(|line| scan.may_be_hit(line)));
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

/// The lines of `text` from byte `begin` on, by its line feeds.
fn lines_between<'t>(text: &'t [u8], begin: usize, feeds: &'t [usize]) -> impl Iterator<Item = Line> + 't {
    let mut from = begin;
    let last = (!text.ends_with(b"\n")).then_some(text.len());
    let ends = feeds.iter().map(|&feed| (feed, feed + 1)).chain(last.map(|end| (end, end)));
    ends.filter_map(move |(stop, end)| {
        let start = std::mem::replace(&mut from, end);
        (start < end).then_some(Line { span: Span::new(start, stop), end })
    })
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
    if probes.folds {
        outline.draw(text);
    } else {
        outline.draw_feeds(text);
    }
    for line in lines_between(text, begin, &outline.feeds) {
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
    if !probes.folds || is_blank(content) {
        return verbatim.filter(|_| !is_blank(content));
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

/// What is looked for and begins or ends as a folded line does; some more than once.
fn at_ends<'p>(probes: &'p Probes, folded: &'p [u8], core: Span) -> impl Iterator<Item = What> + 'p {
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

fn begins_number(c: char) -> bool {
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
