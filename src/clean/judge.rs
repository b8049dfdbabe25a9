//! Turns hits into verdicts.
//!
//! First come the rules that a line alone decides; then those that ask for a zone or reach far; then those that ask for
//! neighbours, which see what the first two cut; last the budget, which may void it all. Exceptions win over every rule of their
//! level or a higher one. Never deletes anything: what is to go is said in spans.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use super::compile::{Active, Program};
use super::first_look;
use super::hits::{Hit, Scratch};
use super::page::Page;
use super::reach::{Held, KeptLine, reach};
use super::scope::About;
use super::settle::{Settled, View, settle};
use super::{Document, Options};
use crate::pack::{Action, Flag, Input, Zone};
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
    /// It would reach too far: the document has too little prose, or too little would be left.
    LittleProseLeft,
    /// It would reach over more prose than its rule allows.
    ProseLost,
    /// The document is marked.
    Flagged(Flag),
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
    /// Sorted, none twice.
    pub flags: Vec<Flag>,
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
    let about = About::new(document.text, document.lang, document.url);
    let mut judge = Judge::new(program, document.text, begin, &about, scratch);
    if judge.lines.iter().any(|open| !open.settled.asking.is_empty()) {
        judge.see_kept_lines(&about, scratch);
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
    let mut judge = Judge::new(program, text, begin, &About::nothing(), scratch);
    for open in &mut judge.lines {
        open.settled.asking.clear();
        open.settled.flags.clear();
    }
    judge.close()
}

struct Judge<'p, 't> {
    program: &'p Program,
    text: &'t [u8],
    begin: usize,
    lines: Vec<Open>,
    /// Stretches that go by rules that reach far, in the order in which they were found.
    far: Vec<FarCut>,
    /// The lines of those stretches: where each ends, and the rule that names its cut, by where it begins.
    covered: BTreeMap<usize, (usize, Hit)>,
    verdicts: Vec<Verdict>,
}

/// A stretch of whole lines that goes.
struct FarCut {
    stretch: Span,
    rule: u32,
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

impl<'p, 't> Judge<'p, 't> {
    /// Settles the lines of `text` that may hold a hit.
    fn new(program: &'p Program, text: &'t [u8], begin: usize, about: &About, scratch: &mut Scratch) -> Self {
        let found = first_look::candidates(program, &program.seek.cuts, text, begin, about, scratch);
        let open = |&line: &Line| {
            let settled = settle(program, &text[line.span.range()], about, scratch);
            Open { line, settled, passed: Vec::new() }
        };
        let lines = found.iter().map(open).collect();
        first_look::recycle(scratch, found);
        Self { program, text, begin, lines, far: Vec::new(), covered: BTreeMap::new(), verdicts: Vec::new() }
    }

    /// Settles the lines that exceptions alone were found in, if a rule asks that reaches over other lines than its own.
    fn see_kept_lines(&mut self, about: &About, scratch: &mut Scratch) {
        let reaches = |hit: &Hit| self.program.rules[hit.rule as usize].action.reaches_far();
        if !self.lines.iter().any(|open| open.settled.asking.iter().any(reaches)) {
            return;
        }
        let found =
            first_look::candidates(self.program, &self.program.seek.keeps, self.text, self.begin, about, scratch);
        let known: HashSet<usize> = self.lines.iter().map(|open| open.line.span.start).collect();
        for &line in found.iter().filter(|line| !known.contains(&line.span.start)) {
            let settled = settle(self.program, &self.text[line.span.range()], about, scratch);
            self.lines.push(Open { line, settled, passed: Vec::new() });
        }
        first_look::recycle(scratch, found);
        self.lines.sort_by_key(|open| open.line.span);
    }

    /// Asks the guards: first those of zones alone, then those of neighbours, which see what went before.
    fn ask(&mut self) {
        let sure = self.lines.iter().filter(|open| !open.settled.whole.is_empty() || !open.settled.parts.is_empty());
        let cut: Vec<usize> = sure.map(|open| open.line.span.start).collect();
        let page = Page::new(self.text, self.begin, &cut);
        self.round(&page, None);
        let own = self.lines.iter().flat_map(|open| open.cutters().map(|rule| (open.line.span.start, rule)));
        let far = self.far.iter().flat_map(|far| page.lines_within(far.stretch).map(|line| (line.start, far.rule)));
        let mut cuts: Vec<(usize, u32)> = own.chain(far).collect();
        cuts.sort_unstable();
        cuts.dedup();
        self.round(&page, Some(&cuts));
        self.cover(&page);
    }

    /// Decides the hits of rules that ask for neighbours, if there are `cuts`, or else of those that do not.
    fn round(&mut self, page: &Page, cuts: Option<&[(usize, u32)]>) {
        let kept: Vec<KeptLine> = self.lines.iter().flat_map(|open| open.kept(self.program, page)).collect();
        for open in &mut self.lines {
            let start = open.line.span.start;
            for hit in open.settled.asking.clone() {
                let rule = &self.program.rules[hit.rule as usize];
                if rule.near.is_some() != cuts.is_some() {
                    continue;
                }
                let mut outcome = match kept[kept.partition_point(|line| line.start < start)..]
                    .iter()
                    .find(|line| line.start == start && rule.level >= line.level)
                {
                    Some(line) => Outcome::Kept(line.keeper),
                    None => asked(rule, start, page, cuts),
                };
                if outcome == Outcome::Cut && rule.action.reaches_far() {
                    match reach(rule.action, rule.level, start, page, &kept) {
                        Ok(stretch) => self.far.push(FarCut { stretch, rule: hit.rule }),
                        Err(held) => outcome = held.into(),
                    }
                }
                match (outcome, rule.action) {
                    (Outcome::Cut, Action::Flag(_)) => open.settled.flags.push(hit),
                    (Outcome::Cut, _) => open.passed.push(hit),
                    _ => self.verdicts.push(Verdict { rule: hit.rule, span: hit.span.shifted(start), outcome }),
                }
            }
        }
    }

    /// Names the cut of each line that goes by a rule that reaches far: the rule of a site before others, the longest
    /// stretch before shorter ones, then the first id.
    fn cover(&mut self, page: &Page) {
        let best = |far: &&FarCut| self.precedence(far.rule, far.stretch);
        let mut far: Vec<&FarCut> = self.far.iter().collect();
        far.sort_by_key(best);
        let mut covered = BTreeMap::new();
        for cut in far {
            for line in page.lines_within(cut.stretch) {
                covered.entry(line.start).or_insert((line.end, Hit { rule: cut.rule, span: cut.stretch }));
            }
        }
        self.covered = covered;
    }

    /// What names a cut that several rules ask for: the least.
    fn precedence(&self, rule: u32, span: Span) -> (bool, Reverse<usize>, u32) {
        (!self.program.rules[rule as usize].scope.is_of_sites(), Reverse(span.len()), rule)
    }

    /// Closes all lines: what goes from each, and what became of each hit.
    fn close(mut self) -> Judgement {
        let mut judged: Vec<JudgedLine> = Vec::new();
        let mut flags = Vec::new();
        let mut covered = std::mem::take(&mut self.covered);
        for open in &self.lines {
            let (line, settled) = (open.line, &open.settled);
            let verdict =
                |hit: &Hit, outcome| Verdict { rule: hit.rule, span: hit.span.shifted(line.span.start), outcome };
            self.verdicts.extend(settled.held.iter().map(|(hit, keeper)| verdict(hit, Outcome::Kept(*keeper))));
            self.verdicts.extend(
                settled.whole.iter().chain(&settled.parts).chain(&open.passed).map(|hit| verdict(hit, Outcome::Cut)),
            );
            for hit in &settled.flags {
                if let Action::Flag(flag) = self.program.rules[hit.rule as usize].action {
                    flags.push(flag);
                    self.verdicts.push(verdict(hit, Outcome::Flagged(flag)));
                }
            }
            let far = covered.remove(&line.span.start);
            // A rule that matches the line itself names its cut before one that reaches it from elsewhere.
            let cut = match (self.cut(open), far) {
                (Some(LineCut::Whole(rule)), _) => Some(LineCut::Whole(rule)),
                (_, Some((_, hit))) => Some(LineCut::Whole(hit.rule)),
                (cut, None) => cut,
            };
            judged.extend(cut.map(|cut| JudgedLine { line, cut }));
        }
        for (start, (end, hit)) in covered {
            let content = self.text[start..end].strip_suffix(b"\n").map_or(end, |line| start + line.len());
            let line = Line { span: Span::new(start, content), end };
            judged.push(JudgedLine { line, cut: LineCut::Whole(hit.rule) });
        }
        judged.sort_by_key(|judged| judged.line.span);
        self.verdicts.sort_by_key(|verdict| (verdict.span, verdict.rule));
        flags.sort_unstable();
        flags.dedup();
        Judgement { begin: self.begin, lines: judged, verdicts: self.verdicts, flags, over_budget: false }
    }

    /// What goes from a line, if anything does.
    fn cut(&self, open: &Open) -> Option<LineCut> {
        let is_whole = |hit: &&Hit| self.program.rules[hit.rule as usize].action != Action::CutMatch;
        let whole = open.settled.whole.iter().chain(open.passed.iter().filter(is_whole));
        if let Some(best) = whole.min_by_key(|hit| self.precedence(hit.rule, hit.span)) {
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
                    .min_by_key(|part| self.precedence(part.rule, part.span))
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

impl Open {
    /// What protects this line, where it stands.
    fn kept(&self, program: &Program, page: &Page) -> Vec<KeptLine> {
        let start = self.line.span.start;
        let acts = |keeper: u32| program.rules[keeper as usize].zones.contains(&page.zone(start));
        let zoned = self.settled.zoned_keeps.iter().copied().filter(|&(_, keeper)| acts(keeper));
        self.settled.keep.into_iter().chain(zoned).map(|(level, keeper)| KeptLine { start, level, keeper }).collect()
    }
}

impl From<Held> for Outcome {
    fn from(held: Held) -> Self {
        match held {
            Held::LittleProseLeft => Self::LittleProseLeft,
            Held::ProseLost => Self::ProseLost,
            Held::Kept(keeper) => Self::Kept(keeper),
        }
    }
}

/// What becomes of a hit of `rule` in the line that begins at `start`; with `cuts`, its neighbours are asked for too.
fn asked(rule: &Active, start: usize, page: &Page, cuts: Option<&[(usize, u32)]>) -> Outcome {
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
