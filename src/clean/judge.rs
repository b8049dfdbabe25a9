//! Turns hits into verdicts.
//!
//! First come the rules that a line alone decides; then those that ask for a zone; then those that ask for neighbours,
//! which see what the first two cut; last the budget, which may void it all. Exceptions win over every rule of their
//! level or a higher one. Never deletes anything: what is to go is said in spans.

use std::cmp::Reverse;

use super::compile::{Active, Program};
use super::hits::{self, Hit, Scratch};
use super::page::Page;
use super::settle::{Settled, View, settle};
use super::{Document, Options};
use crate::pack::{Action, Input, Zone};
use crate::text::{Line, Span, after_bom, count_words, is_blank, lines, prose_words};

/// What became of one hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub rule: u32,
    /// What the rule matched, in the document.
    pub span: Span,
    pub outcome: Outcome,
}

/// The end that a hit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its line, or its match, goes.
    Cut,
    /// An exception, the rule of this number, protects the line.
    Kept(u32),
    /// The line stands in a zone where the rule does not act.
    OutOfZone(Zone),
    /// Nothing that the rule asks for was cut close by.
    NotNear,
    /// The document would have lost more than the budget.
    OverBudget,
}

/// All that is to go from a document.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// Where the first line begins.
    pub begin: usize,
    /// In order.
    pub lines: Vec<JudgedLine>,
    pub verdicts: Vec<Verdict>,
    pub over_budget: bool,
}

/// What goes from one line.
#[derive(Debug)]
pub(super) struct JudgedLine {
    pub line: Line,
    pub cut: LineCut,
}

#[derive(Debug)]
pub(super) enum LineCut {
    /// All of it, by this rule.
    Whole(u32),
    /// These spans of the document, sorted and disjoint.
    Parts(Vec<Hit>),
}

/// Judges a document.
pub(super) fn judge(program: &Program, options: &Options, document: &Document, scratch: &mut Scratch) -> Judgement {
    let begin = begin(document.text, options);
    let found = hits::candidates(program, document.text, begin, scratch);
    let mut judge = Judge { program, text: document.text, begin, lines: Vec::new(), verdicts: Vec::new() };
    for &line in &found {
        let settled = settle(program, &document.text[line.span.range()], document.lang, scratch);
        judge.lines.push(Open { line, settled, passed: Vec::new() });
    }
    hits::recycle(scratch, found);
    if judge.lines.iter().any(|open| !open.settled.asking.is_empty()) {
        judge.ask();
    }
    let mut judgement = judge.close();
    if !judgement.lines.is_empty() && is_over_budget(document.text, &judgement.lines, options) {
        judgement.over_budget = true;
        judgement.lines.clear();
        for verdict in judgement.verdicts.iter_mut().filter(|verdict| verdict.outcome == Outcome::Cut) {
            verdict.outcome = Outcome::OverBudget;
        }
    }
    judgement
}

/// Where the first line of a document begins. A byte order mark is no part of it, but for those who want bytes compared.
pub(super) fn begin(text: &[u8], options: &Options) -> usize {
    if options.exact { 0 } else { after_bom(text) }
}

/// Judges a stretch of a stream of lines from byte `begin` on, by the rules that need no context.
pub(super) fn judge_lines(program: &Program, text: &[u8], begin: usize, scratch: &mut Scratch) -> Judgement {
    let found = hits::candidates(program, text, begin, scratch);
    let mut judge = Judge { program, text, begin, lines: Vec::new(), verdicts: Vec::new() };
    for &line in &found {
        let mut settled = settle(program, &text[line.span.range()], None, scratch);
        settled.asking.clear();
        judge.lines.push(Open { line, settled, passed: Vec::new() });
    }
    hits::recycle(scratch, found);
    judge.close()
}

struct Judge<'p, 't> {
    program: &'p Program,
    text: &'t [u8],
    begin: usize,
    lines: Vec<Open>,
    verdicts: Vec<Verdict>,
}

/// A line that is still being judged.
struct Open {
    line: Line,
    settled: Settled,
    /// Hits whose guards hold.
    passed: Vec<Hit>,
}

impl Open {
    /// The rules that have cut in it so far.
    fn cutters(&self) -> impl Iterator<Item = u32> + '_ {
        self.settled.whole.iter().chain(&self.settled.parts).chain(&self.passed).map(|hit| hit.rule)
    }
}

impl Judge<'_, '_> {
    /// Asks the guards: first those of zones alone, then those of neighbours, which see what went before.
    fn ask(&mut self) {
        let sure = self.lines.iter().filter(|open| !open.settled.whole.is_empty() || !open.settled.parts.is_empty());
        let cut: Vec<usize> = sure.map(|open| open.line.span.start).collect();
        let page = Page::new(self.text, self.begin, &cut);
        self.round(&page, None);
        let cuts = self.lines.iter().flat_map(|open| open.cutters().map(|rule| (open.line.span.start, rule)));
        let mut cuts: Vec<(usize, u32)> = cuts.collect();
        cuts.sort_unstable();
        cuts.dedup();
        self.round(&page, Some(&cuts));
    }

    /// Decides the hits of rules that ask for neighbours, if there are `cuts`, or else of those that do not.
    fn round(&mut self, page: &Page, cuts: Option<&[(usize, u32)]>) {
        for open in &mut self.lines {
            let start = open.line.span.start;
            for &hit in &open.settled.asking {
                let rule = &self.program.rules[hit.rule as usize];
                if rule.near.is_some() != cuts.is_some() {
                    continue;
                }
                match asked(rule, open, page, cuts) {
                    Outcome::Cut => open.passed.push(hit),
                    outcome => self.verdicts.push(Verdict { rule: hit.rule, span: hit.span.shifted(start), outcome }),
                }
            }
        }
    }

    /// Closes all lines: what goes from each, and what became of each hit.
    fn close(mut self) -> Judgement {
        let mut judged = Vec::new();
        for open in &self.lines {
            let (line, settled) = (open.line, &open.settled);
            let verdict =
                |hit: &Hit, outcome| Verdict { rule: hit.rule, span: hit.span.shifted(line.span.start), outcome };
            self.verdicts.extend(settled.held.iter().map(|(hit, keeper)| verdict(hit, Outcome::Kept(*keeper))));
            self.verdicts.extend(
                settled.whole.iter().chain(&settled.parts).chain(&open.passed).map(|hit| verdict(hit, Outcome::Cut)),
            );
            if let Some(cut) = self.cut(open) {
                judged.push(JudgedLine { line, cut });
            }
        }
        self.verdicts.sort_by_key(|verdict| (verdict.span, verdict.rule));
        Judgement { begin: self.begin, lines: judged, verdicts: self.verdicts, over_budget: false }
    }

    /// What goes from a line, if anything does.
    fn cut(&self, open: &Open) -> Option<LineCut> {
        let is_whole = |hit: &&Hit| self.program.rules[hit.rule as usize].action == Action::CutLine;
        let whole = open.settled.whole.iter().chain(open.passed.iter().filter(is_whole));
        if let Some(best) = whole.min_by_key(|hit| (Reverse(hit.span.len()), hit.rule)) {
            return Some(LineCut::Whole(best.rule));
        }
        let content = &self.text[open.line.span.range()];
        let mut parts = open.settled.parts.clone();
        if !open.passed.is_empty() {
            let mut view = View::without(content, &parts);
            let hits: Vec<Hit> =
                open.passed.iter().map(|hit| Hit { rule: hit.rule, span: view.find(hit.span) }).collect();
            view.cut(&hits, &mut parts);
            if is_blank(&view.text) {
                return parts
                    .iter()
                    .min_by_key(|part| (Reverse(part.span.len()), part.rule))
                    .map(|best| LineCut::Whole(best.rule));
            }
        }
        parts.sort_unstable_by_key(|part| part.span);
        for part in &mut parts {
            part.span = part.span.shifted(open.line.span.start);
        }
        (!parts.is_empty()).then_some(LineCut::Parts(parts))
    }
}

/// What becomes of a hit of `rule` in the line `open`; with `cuts`, its neighbours are asked for too.
fn asked(rule: &Active, open: &Open, page: &Page, cuts: Option<&[(usize, u32)]>) -> Outcome {
    let start = open.line.span.start;
    if let Some(keeper) = open.settled.keeper(rule) {
        return Outcome::Kept(keeper);
    }
    if !rule.zones.is_empty() {
        let zone = page.zone(start);
        if !rule.zones.contains(&zone) {
            return Outcome::OutOfZone(zone);
        }
    }
    match (&rule.near, cuts) {
        (Some(near), Some(cuts)) if !page.is_near(start, near, cuts) => Outcome::NotNear,
        _ => Outcome::Cut,
    }
}

/// Whether `cuts` take more of the document than the budget allows.
fn is_over_budget(text: &[u8], cuts: &[JudgedLine], options: &Options) -> bool {
    let budget = options.budget;
    if budget.prose < 1.0 {
        let lost: usize = cuts.iter().map(|cut| cut.lost(text, prose_words)).sum();
        // Counting the document ends as soon as it is large enough.
        if lost > 0 && is_more(lost, budget.prose, lines(text).map(|line| prose_words(&text[line.span.range()]))) {
            return true;
        }
    }
    if budget.words < 1.0 && options.input == Input::Article {
        let lost: usize = cuts.iter().map(|cut| cut.lost(text, count_words)).sum();
        return lost > 0 && is_more(lost, budget.words, lines(text).map(|line| count_words(&text[line.span.range()])));
    }
    false
}

/// Whether `lost` is more than `share` of the sum of `counts`.
#[expect(clippy::cast_precision_loss, reason = "words of one document are far fewer than 2^52")]
fn is_more(lost: usize, share: f64, counts: impl Iterator<Item = usize>) -> bool {
    let mut sum = 0;
    for count in counts {
        sum += count;
        if lost as f64 <= share * sum as f64 {
            return false;
        }
    }
    true
}

impl JudgedLine {
    /// How much of what `count` counts in a line is lost with it.
    fn lost(&self, text: &[u8], count: impl Fn(&[u8]) -> usize) -> usize {
        let before = count(&text[self.line.span.range()]);
        match &self.cut {
            LineCut::Whole(_) => before,
            LineCut::Parts(_) if before == 0 => 0,
            LineCut::Parts(parts) => {
                parts.iter().map(|part| count_words(&text[part.span.range()])).sum::<usize>().min(before)
            }
        }
    }
}
