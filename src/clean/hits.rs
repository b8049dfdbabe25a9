//! Finds which rules match where: facts only.
//!
//! A first look tells the few lines that hold anything; the second finds every hit in one of them. What the first look
//! passes over has no hit: it may only err by naming a line too many.

use std::cell::Cell;

use super::compile::{Active, Program};
use super::matcher::{Matcher, Needle, Role};
use super::pattern::{Anchor, LONGEST_LINE, Pattern};

use crate::text::{
    Case, Fold, Folded, Line, Span, border, char_after, char_before, core_into, core_of, count_words, fold_into,
    is_blank, is_plain, lines_from, trim,
};

/// A rule matched these bytes of a line, and everything that the line alone can tell is as the rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub rule: u32,
    /// In the line.
    pub span: Span,
}

/// Buffers for folding.
#[derive(Default)]
pub(super) struct Scratch {
    key: Vec<u8>,
    found: Vec<Line>,
}

/// The lines of `text` from byte `begin` on that may hold a hit, in order.
pub(super) fn candidates(program: &Program, text: &[u8], begin: usize, scratch: &mut Scratch) -> Vec<Line> {
    let mut found = std::mem::take(&mut scratch.found);
    found.clear();
    let mut scan = Scan { program, text, stretch: Span::new(begin, begin), found };
    let folds = program.folded.is_some() || program.line_sets.iter().any(|set| set.fold() != Fold::None);
    let each_line = folds || !program.line_sets.is_empty() || !program.unprompted.is_empty();
    for line in lines_from(text, begin).take_while(|_| each_line) {
        scan.line(line, folds, &mut scratch.key);
    }
    scan.close_stretch();
    let mut found = scan.found;
    if let Some(matcher) = &program.verbatim {
        add_finds(matcher, text, Span::new(begin, text.len()), |_| true, &mut found);
    }
    found.sort_unstable_by_key(|line| line.span);
    found.dedup();
    found
}

/// Gives a list of candidates back for the next document.
pub(super) fn recycle(scratch: &mut Scratch, found: Vec<Line>) {
    scratch.found = found;
}

/// The first look at a text. Plain lines are scanned as they stand, many at a time; the others are folded one by one.
struct Scan<'p, 't> {
    program: &'p Program,
    text: &'t [u8],
    /// Plain lines that have not been scanned for phrases yet.
    stretch: Span,
    found: Vec<Line>,
}

impl Scan<'_, '_> {
    fn line(&mut self, line: Line, folds: bool, key: &mut Vec<u8>) {
        let content = &self.text[line.span.range()];
        let inner = &content[trim(content).range()];
        let plain = if folds && is_plain(inner) { Some(inner) } else { None };
        let program = self.program;
        let whole = program.line_sets.iter().any(|set| set.may_hold(content, plain, key));
        if whole || program.unprompted.iter().any(|&number| tries(program, number, content, key)) {
            self.found.push(line);
        }
        let Some(matcher) = &program.folded else { return };
        if plain.is_some() {
            self.stretch.end = line.end;
            return;
        }
        self.close_stretch();
        self.stretch = Span::new(line.end, line.end);
        fold_into(content, Case::Fold, key);
        if !whole && matcher.is_match(key) && Look::new(program, key, core_of(key, content)).is_promising(matcher) {
            self.found.push(line);
        }
    }

    fn close_stretch(&mut self) {
        if let Some(matcher) = &self.program.folded {
            let look = |line: &[u8]| {
                let plain = &line[trim(line).range()];
                Look::new(self.program, plain, core_of(plain, plain)).is_promising(matcher)
            };
            add_finds(matcher, self.text, self.stretch, look, &mut self.found);
        }
    }
}

/// Adds the lines of a stretch of whole lines in which anything is found and that look promising.
fn add_finds(matcher: &Matcher, text: &[u8], stretch: Span, look: impl Fn(&[u8]) -> bool, found: &mut Vec<Line>) {
    let within = &text[..stretch.end];
    let mut at = stretch.start;
    while let Some(end) = matcher.next_end(within, at) {
        let start = memchr::memrchr(b'\n', &text[at..end - 1]).map_or(at, |step| at + step + 1);
        let (stop, next) = memchr::memchr(b'\n', &within[end..])
            .map_or((stretch.end, stretch.end), |step| (end + step, end + step + 1));
        if look(&text[start..stop]) {
            found.push(Line { span: Span::new(start, stop), end: next });
        }
        at = next;
    }
}

/// A second look at a folded line in which something was found: whether what was found could be of use. Literals of
/// patterns are common words now and then, and prefixes stand in the middle of sentences.
struct Look<'p, 'l> {
    program: &'p Program,
    folded: &'l [u8],
    core: Span,
    words: Cell<Option<usize>>,
}

impl<'p, 'l> Look<'p, 'l> {
    fn new(program: &'p Program, folded: &'l [u8], core: Span) -> Self {
        Self { program, folded, core, words: Cell::new(None) }
    }

    fn is_promising(&self, matcher: &Matcher) -> bool {
        matcher.finds(self.folded).any(|(needle, span)| self.may_be(needle, span))
    }

    fn may_be(&self, needle: &Needle, span: Span) -> bool {
        let rule = &self.program.rules[needle.rule as usize];
        let stands = match needle.role {
            Role::Inline => true,
            Role::Prefix => span.start == if needle.fold == Fold::Full { self.core.start } else { 0 },
            // A full stop may follow.
            Role::Suffix => span.end + 4 > self.core.end,
            Role::Literal(number, anchor) => {
                self.core.len() <= self.program.patterns[number as usize].longest
                    && is_anchored(anchor, span, self.core)
            }
        };
        stands && rule.max_words.is_none_or(|most| self.words() <= most)
    }

    fn words(&self) -> usize {
        self.words.get().unwrap_or_else(|| {
            let words = count_words(self.folded);
            self.words.set(Some(words));
            words
        })
    }
}

/// Whether a literal found at `span` stands where its pattern wants it.
fn is_anchored(anchor: Anchor, span: Span, core: Span) -> bool {
    match anchor {
        Anchor::Anywhere => true,
        Anchor::Start => span.start == core.start,
        Anchor::End => span.end == core.end,
    }
}

/// Whether a pattern that no literal stands for matches a line.
fn tries(program: &Program, number: u32, line: &[u8], key: &mut Vec<u8>) -> bool {
    if line.len() > 4 * LONGEST_LINE {
        return false;
    }
    let pattern = &program.patterns[number as usize];
    core_into(line, program.rules[pattern.rule as usize].fold, Case::Exact, key);
    pattern.find(key).is_some()
}

/// Every hit in `line`, given without its ending, in a document of the language `lang`: sorted, none twice.
pub(super) fn of_line(program: &Program, line: &[u8], lang: Option<&str>, scratch: &mut Scratch) -> Vec<Hit> {
    let mut finder = Finder { program, line, lang, words: None, spelled: Vec::new(), hits: Vec::new() };
    for set in &program.line_sets {
        for &rule in set.find(line, &mut scratch.key) {
            finder.hit(rule, trim(line));
        }
    }
    let mut patterns = program.unprompted.clone();
    if let Some(matcher) = &program.folded {
        fold_into(line, Case::Fold, &mut scratch.key);
        if matcher.is_match(&scratch.key) {
            finder.phrases(matcher, &mut patterns);
        }
    }
    if let Some(matcher) = &program.verbatim {
        matcher.finds(line).for_each(|(needle, span)| finder.verbatim(needle, span));
    }
    patterns.sort_unstable();
    patterns.dedup();
    for number in patterns {
        finder.pattern(&program.patterns[number as usize]);
    }
    let mut hits = finder.hits;
    hits.sort_unstable_by_key(|hit| (hit.span, hit.rule));
    hits.dedup();
    hits
}

struct Finder<'p, 'l> {
    program: &'p Program,
    line: &'l [u8],
    lang: Option<&'l str>,
    /// The folded line and its words, when a guard has asked for them.
    words: Option<(Vec<u8>, usize)>,
    /// The line with its capitals, in each way of folding that a pattern has asked for.
    spelled: Vec<(Fold, Folded)>,
    hits: Vec<Hit>,
}

impl<'p> Finder<'p, '_> {
    fn rule(&self, rule: u32) -> &'p Active {
        &self.program.rules[rule as usize]
    }

    /// Takes a match as a hit if the line is as its rule asks. What cannot be seen is never a hit: blank lines are for
    /// the seams.
    fn hit(&mut self, rule: u32, span: Span) {
        let active = self.rule(rule);
        if active.speaks(self.lang) && self.guards_hold(active) && !is_blank(&self.line[span.range()]) {
            self.hits.push(Hit { rule, span });
        }
    }

    fn guards_hold(&mut self, rule: &Active) -> bool {
        if rule.max_words.is_none() && rule.all_of.is_empty() {
            return true;
        }
        let (folded, words) = self.words.get_or_insert_with(|| {
            let mut folded = Vec::new();
            fold_into(self.line, Case::Fold, &mut folded);
            let words = count_words(&folded);
            (folded, words)
        });
        rule.max_words.is_none_or(|most| *words <= most) && rule.all_of.iter().all(|word| holds_word(folded, word))
    }

    fn phrases(&mut self, matcher: &Matcher, patterns: &mut Vec<u32>) {
        let folded = Folded::new(self.line, Fold::Full, Case::Fold);
        matcher.finds(folded.text()).for_each(|(needle, span)| match needle.role {
            Role::Literal(number, anchor) if is_anchored(anchor, span, folded.core()) => patterns.push(number),
            Role::Literal(..) => {}
            role => {
                if stands(role, needle.fold, span, &folded)
                    && has_borders(folded.text(), span)
                    && let Some(origin) = folded.origin(span)
                    && needle.exact.as_ref().is_none_or(|exact| self.spelled(origin, exact))
                {
                    self.hit(needle.rule, origin);
                }
            }
        });
    }

    /// Whether the bytes at `origin` are `exact`, capitals included.
    fn spelled(&self, origin: Span, exact: &[u8]) -> bool {
        let mut folded = Vec::new();
        fold_into(&self.line[origin.range()], Case::Exact, &mut folded);
        folded == exact
    }

    fn verbatim(&mut self, needle: &Needle, span: Span) {
        let stands = match needle.role {
            Role::Prefix => span.start == 0,
            Role::Suffix => span.end == self.line.len(),
            Role::Inline => true,
            // Literals are looked for in folded lines alone.
            Role::Literal(..) => false,
        };
        if stands && has_borders(self.line, span) {
            self.hit(needle.rule, span);
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let rule = self.rule(pattern.rule);
        if self.line.len() > 4 * LONGEST_LINE || !self.guards_hold(rule) {
            return;
        }
        let at = self.spelled.iter().position(|(fold, _)| *fold == rule.fold).unwrap_or_else(|| {
            self.spelled.push((rule.fold, Folded::new(self.line, rule.fold, Case::Exact)));
            self.spelled.len() - 1
        });
        let folded = &self.spelled[at].1;
        let core = folded.core();
        let Some(found) = pattern.find(&folded.text()[core.range()]) else { return };
        let span = if pattern.whole { core } else { found.shifted(core.start) };
        if let Some(origin) = folded.origin(span) {
            self.hit(pattern.rule, origin);
        }
    }
}

/// Whether a phrase found at `span` stands where its role wants it in the folded line.
fn stands(role: Role, fold: Fold, span: Span, folded: &Folded) -> bool {
    let edges = fold == Fold::Full;
    match role {
        Role::Inline => true,
        Role::Prefix => span.start == if edges { folded.core().start } else { 0 },
        Role::Suffix if edges => {
            span.end == folded.core().end
                || (span.end == folded.core_without_stop().end && count_words(&folded.text()[span.range()]) >= 3)
        }
        Role::Suffix => span.end == folded.text().len(),
        Role::Literal(..) => false,
    }
}

/// Whether words end where the phrase at `span` ends; asked only where the phrase's own edge is a letter or digit.
fn has_borders(text: &[u8], span: Span) -> bool {
    border(char_before(text, span.start), char_after(text, span.start))
        && border(char_before(text, span.end), char_after(text, span.end))
}

/// Whether `word` stands in `folded`, on word borders.
fn holds_word(folded: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find_iter(folded, word).any(|at| has_borders(folded, Span::new(at, at + word.len())))
}
