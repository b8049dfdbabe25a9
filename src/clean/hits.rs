//! Finds which rules match where: facts only.
//!
//! A first look tells the few lines that hold anything; the second finds every hit in one of them. What the first look
//! passes over has no hit: it may only err by naming a line too many.

use super::compile::{Active, Pattern, Program};
use super::matcher::{Matcher, Needle, Role};
use super::pattern::LONGEST_LINE;
use crate::text::{
    Case, Fold, Folded, Line, Span, border, char_after, char_before, core_into, count_words, fold_into, is_plain,
    lines_from, trim,
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
    if !program.line_sets.is_empty() {
        let whole = |line: &Line, key: &mut Vec<u8>| {
            program.line_sets.iter().any(|set| !set.find(&text[line.span.range()], key).is_empty())
        };
        found.extend(lines_from(text, begin).filter(|line| whole(line, &mut scratch.key)));
    }
    let by_lines = found.len();
    if let Some(matcher) = &program.verbatim {
        scan_stretch(matcher, text, Span::new(begin, text.len()), &mut found);
    }
    if let Some(matcher) = &program.folded {
        scan_folded(matcher, text, begin, &mut scratch.key, &mut found);
    }
    for &number in &program.unprompted {
        let pattern = &program.patterns[number as usize];
        let fold = program.rules[pattern.rule as usize].fold;
        found.extend(
            lines_from(text, begin).filter(|line| tries(pattern, fold, &text[line.span.range()], &mut scratch.key)),
        );
    }
    if found.len() > by_lines {
        found.sort_unstable_by_key(|line| line.span);
        found.dedup();
    }
    found
}

/// Gives a list of candidates back for the next document.
pub(super) fn recycle(scratch: &mut Scratch, found: Vec<Line>) {
    scratch.found = found;
}

/// Plain lines are scanned as they stand, many at a time; the others are folded one by one.
fn scan_folded(matcher: &Matcher, text: &[u8], begin: usize, key: &mut Vec<u8>, found: &mut Vec<Line>) {
    let mut stretch = Span::new(begin, begin);
    for line in lines_from(text, begin) {
        let content = &text[line.span.range()];
        if is_plain(&content[trim(content).range()]) {
            stretch.end = line.end;
            continue;
        }
        scan_stretch(matcher, text, stretch, found);
        stretch = Span::new(line.end, line.end);
        fold_into(content, Case::Fold, key);
        if matcher.is_match(key) {
            found.push(line);
        }
    }
    scan_stretch(matcher, text, stretch, found);
}

/// Names the lines of a stretch of whole lines in which anything is found.
fn scan_stretch(matcher: &Matcher, text: &[u8], stretch: Span, found: &mut Vec<Line>) {
    let within = &text[..stretch.end];
    let mut at = stretch.start;
    while let Some(end) = matcher.next_end(within, at) {
        let start = memchr::memrchr(b'\n', &text[at..end - 1]).map_or(at, |step| at + step + 1);
        let (stop, next) = memchr::memchr(b'\n', &within[end..])
            .map_or((stretch.end, stretch.end), |step| (end + step, end + step + 1));
        found.push(Line { span: Span::new(start, stop), end: next });
        at = next;
    }
}

fn tries(pattern: &Pattern, fold: Fold, line: &[u8], key: &mut Vec<u8>) -> bool {
    if line.len() > 4 * LONGEST_LINE {
        return false;
    }
    core_into(line, fold, Case::Exact, key);
    key.len() <= LONGEST_LINE && pattern.regex.is_match(key)
}

/// Every hit in `line`, given without its ending, in a document of the language `lang`: sorted, none twice.
pub(super) fn of_line(program: &Program, line: &[u8], lang: Option<&str>, scratch: &mut Scratch) -> Vec<Hit> {
    let mut finder = Finder { program, line, lang, words: None, hits: Vec::new() };
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
        matcher.finds(line, |needle, span| finder.verbatim(needle, span));
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
    /// The folded line, when a guard has asked for it.
    words: Option<Vec<u8>>,
    hits: Vec<Hit>,
}

impl<'p> Finder<'p, '_> {
    fn rule(&self, rule: u32) -> &'p Active {
        &self.program.rules[rule as usize]
    }

    /// Takes a match as a hit if the line is as its rule asks.
    fn hit(&mut self, rule: u32, span: Span) {
        let active = self.rule(rule);
        if active.speaks(self.lang) && self.guards_hold(active) && !span.is_empty() {
            self.hits.push(Hit { rule, span });
        }
    }

    fn guards_hold(&mut self, rule: &Active) -> bool {
        if rule.max_words.is_none() && rule.all_of.is_empty() {
            return true;
        }
        let folded = self.words.get_or_insert_with(|| {
            let mut folded = Vec::new();
            fold_into(self.line, Case::Fold, &mut folded);
            folded
        });
        rule.max_words.is_none_or(|most| count_words(folded) <= most)
            && rule.all_of.iter().all(|word| holds_word(folded, word))
    }

    fn phrases(&mut self, matcher: &Matcher, patterns: &mut Vec<u32>) {
        let folded = Folded::new(self.line, Fold::Full, Case::Fold);
        matcher.finds(folded.text(), |needle, span| match needle.role {
            Role::Literal(number) => patterns.push(number),
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
            Role::Literal(_) => false,
        };
        if stands && has_borders(self.line, span) {
            self.hit(needle.rule, span);
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        let fold = self.rule(pattern.rule).fold;
        if self.line.len() > 4 * LONGEST_LINE {
            return;
        }
        let folded = Folded::new(self.line, fold, Case::Exact);
        let core = folded.core();
        if core.len() > LONGEST_LINE {
            return;
        }
        // One match a line: to go through all of them can take quadratic time on a hostile line.
        let Some(found) = pattern.regex.find(&folded.text()[core.range()]) else { return };
        let span = Span::new(found.start(), found.end()).shifted(core.start);
        let span = if pattern.whole { core } else { span };
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
        Role::Literal(_) => false,
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
