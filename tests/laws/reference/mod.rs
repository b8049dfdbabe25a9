//! A cleaner that is slow and plain to see: every rule is tried on every line, nothing is indexed, nothing is skipped.
//!
//! It shares with the engine how a line is folded and what a word is, and nothing else.

mod ask;
mod phrase;

use std::cmp::Reverse;
use std::ops::Range;

use dechaff::clean::{Document, Options};
use dechaff::pack::{Action, Flag, Input, Matches, Pack, Rule};
use dechaff::text::{Case, Fold, Span, is_blank};

use phrase::{key, matches, spelling};

type Hit<'r> = (Span, &'r Rule);

/// What is to become of a text.
pub struct Judged<'r> {
    /// For each byte the rule that deletes it, if one does.
    pub owners: Vec<Option<&'r str>>,
    pub flags: Vec<Flag>,
}

/// Judges a document, or a stream of lines. The budget is not its business.
pub fn judge<'r>(packs: &'r [Pack], options: &Options, document: &Document, stream: bool) -> Judged<'r> {
    let text = document.text;
    let is_for = |rule: &&Rule| {
        let lang = document.lang.filter(|_| !stream);
        let speaks = |langs: &[String]| lang.is_some_and(|lang| langs.iter().any(|one| one == lang));
        (rule.langs.is_empty() || speaks(&rule.langs)) && !speaks(&rule.not_langs)
    };
    let acts = |rule: &&Rule| rule.level <= options.level && (rule.input.is_none() || options.input == Input::Page);
    let mut rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).filter(acts).collect();
    rules.sort_by_key(|rule| &rule.id);
    // How long a line may be is told by all rules, whatever they are for.
    let longest = longest_keys(&rules, options);
    rules.retain(is_for);
    let mut lines: Vec<RefLine> = split(text, options.exact)
        .into_iter()
        .map(|span| RefLine::new(&rules, options, &longest, &text[span.range()], span))
        .collect();
    let far = if stream { Vec::new() } else { ask::ask(&mut lines) };
    let mut flags: Vec<Flag> = lines.iter().filter(|_| !stream).flat_map(RefLine::flags).collect();
    flags.sort();
    flags.dedup();
    let mut owner = vec![None; text.len()];
    let mut cut: Vec<Option<&str>> = lines.iter_mut().map(|line| line.close(&mut owner)).collect();
    for (at, cut) in cut.iter_mut().enumerate().filter(|(at, _)| !is_blank(&lines[*at].content)) {
        let over = far.iter().filter(|(range, _)| range.contains(&at));
        let length = |range: &Range<usize>| lines[range.end - 1].end(text) - lines[range.start].span.start;
        let best = over.min_by_key(|(range, rule)| (Reverse(length(range)), &rule.id));
        *cut = cut.or(best.map(|(_, rule)| rule.id.as_str()));
    }
    for (line, _) in lines.iter().zip(&cut).filter(|(_, cut)| cut.is_some()) {
        owner[line.span.range()].fill(None);
    }
    if stream {
        for (line, rule) in lines.iter().zip(&cut).filter(|(_, rule)| rule.is_some()) {
            owner[line.span.start..line.end(text)].fill(*rule);
        }
    } else {
        seams(text, &lines, &cut, &mut owner);
    }
    Judged { owners: owner, flags }
}

fn split(text: &[u8], exact: bool) -> Vec<Span> {
    let mut at = if !exact && text.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut spans = Vec::new();
    for line in text[at..].split_inclusive(|&b| b == b'\n') {
        spans.push(Span::new(at, at + line.strip_suffix(b"\n").unwrap_or(line).len()));
        at += line.len();
    }
    spans
}

struct RefLine<'r> {
    span: Span,
    content: Vec<u8>,
    /// What is left of the content, each byte with its place.
    left: Vec<(u8, usize)>,
    cuts: Vec<Hit<'r>>,
    whole: Vec<Hit<'r>>,
    asking: Vec<Hit<'r>>,
    marks: Vec<Hit<'r>>,
    /// Exceptions that were hit.
    keeps: Vec<&'r Rule>,
    passed: Vec<Hit<'r>>,
}

impl<'r> RefLine<'r> {
    fn new(
        rules: &[&'r Rule],
        options: &Options,
        longest: &impl Fn(Fold, Case) -> usize,
        content: &[u8],
        span: Span,
    ) -> Self {
        let left = content.iter().copied().zip(0..).collect();
        let (cuts, whole, asking, marks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (keeps, passed, content) = (Vec::new(), Vec::new(), content.to_vec());
        let mut line = Self { span, content, left, cuts, whole, asking, marks, keeps, passed };
        loop {
            let bytes: Vec<u8> = line.left.iter().map(|&(byte, _)| byte).collect();
            let hits: Vec<Hit> = rules
                .iter()
                .flat_map(|rule| matches(rule, options, &bytes, longest).into_iter().map(move |span| (span, *rule)))
                .collect();
            line.keeps.extend(hits.iter().filter(|(_, rule)| rule.action == Action::Keep).map(|(_, rule)| *rule));
            let protects = |rule: &Rule, zoned: bool| {
                line.keeps.iter().any(|keep| rule.level >= keep.level && keep.zones.is_empty() != zoned)
            };
            let (mut sure, mut asking) = (Vec::new(), Vec::new());
            for &(span, rule) in hits.iter().filter(|(_, rule)| rule.action != Action::Keep) {
                if !rule.is_context_free() || (!protects(rule, false) && protects(rule, true)) {
                    asking.push((span, rule));
                } else if !protects(rule, false) {
                    sure.push((span, rule));
                }
            }
            line.asking = asking;
            let of = |action: fn(&Action) -> bool| sure.iter().copied().filter(move |(_, rule)| action(&rule.action));
            line.marks = of(|action| matches!(action, Action::Flag(_))).collect();
            line.whole =
                of(|action| *action == Action::CutLine).map(|(span, rule)| (line.origin(span), rule)).collect();
            let inside: Vec<Hit> = of(|action| *action == Action::CutMatch).collect();
            if line.is_whole() || inside.is_empty() {
                return line;
            }
            line.take(&inside);
            if line.left_blank() {
                line.whole = line.longest_cut();
                line.asking.clear();
                return line;
            }
        }
    }

    fn flags(&self) -> Vec<Flag> {
        let flag = |(_, rule): &Hit| if let Action::Flag(flag) = rule.action { Some(flag) } else { None };
        self.marks.iter().filter_map(flag).collect()
    }

    /// The place in the line of a span of what is left.
    fn origin(&self, span: Span) -> Span {
        Span::new(self.left[span.start].1, self.left[span.end - 1].1 + 1)
    }

    fn is_whole(&self) -> bool {
        !self.whole.is_empty()
    }

    fn end(&self, text: &[u8]) -> usize {
        text.len().min(self.span.end + 1)
    }

    fn left_blank(&self) -> bool {
        is_blank(&self.left.iter().map(|&(byte, _)| byte).collect::<Vec<u8>>())
    }

    fn longest_cut(&self) -> Vec<Hit<'r>> {
        let mut all = self.cuts.clone();
        all.sort_by_key(|(span, rule)| (Reverse(span.len()), &rule.id));
        all.into_iter().take(1).collect()
    }

    /// Takes hits (spans of what is left) out of the line, with the blanks that go along.
    fn take(&mut self, hits: &[Hit<'r>]) {
        let bytes: Vec<u8> = self.left.iter().map(|&(byte, _)| byte).collect();
        let mut owner: Vec<Option<Hit>> = vec![None; bytes.len()];
        for (at, owner) in owner.iter_mut().enumerate() {
            let over = hits.iter().filter(|(span, _)| span.start <= at && at < span.end);
            *owner = over.min_by_key(|(span, rule)| (Reverse(span.len()), &rule.id)).copied();
        }
        // Blanks between two hits go with the one before them.
        for at in 1..bytes.len() {
            let to = (at..bytes.len()).find(|&to| owner[to].is_some()).unwrap_or(at);
            if owner[at].is_none() && owner[at - 1].is_some() && to > at && is_blank(&bytes[at..to]) {
                let before = owner[at - 1];
                owner[at..to].fill(before);
            }
        }
        let taken: Vec<bool> = owner.iter().map(Option::is_some).collect();
        let end = bytes.len() - usize::from(bytes.ends_with(b"\r") && !taken[bytes.len() - 1]);
        for start in 0..bytes.len() {
            if !taken[start] || (start > 0 && taken[start - 1]) {
                continue;
            }
            let stop = (start..bytes.len()).find(|&at| !taken[at]).unwrap_or(bytes.len());
            let blank = |at: usize| matches!(bytes[at], b' ' | b'\t');
            let open = stop >= end || blank(stop) || b".,;:!?)]".contains(&bytes[stop]);
            if start > 0 && blank(start - 1) && open {
                owner[start - 1] = owner[start];
            } else if start == 0 && stop < end && blank(stop) {
                owner[stop] = owner[stop - 1];
            }
        }
        // Runs of one hit are one cut.
        let mut before: Option<(Hit, usize)> = None;
        for (owner, &(_, place)) in owner.iter().zip(&self.left) {
            match (owner, before) {
                (Some(hit), Some((last, end))) if hit.0 == last.0 && std::ptr::eq(hit.1, last.1) && end == place => {
                    let cut = self.cuts.last_mut().expect("a run has begun");
                    cut.0 = Span::new(cut.0.start, place + 1);
                }
                (Some(hit), _) => self.cuts.push((Span::new(place, place + 1), hit.1)),
                (None, _) => {}
            }
            before = owner.map(|hit| (hit, place + 1));
        }
        let mut owner = owner.iter();
        self.left.retain(|_| owner.next().is_some_and(Option::is_none));
    }

    /// Writes what goes inside the line; gives the rule of a line that goes as a whole.
    fn close(&mut self, owner: &mut [Option<&'r str>]) -> Option<&'r str> {
        let lines = self.passed.iter().filter(|(_, rule)| rule.action == Action::CutLine || rule.action.reaches_far());
        let lines: Vec<Hit> = lines.map(|(span, rule)| (self.origin(*span), *rule)).collect();
        let whole = self.whole.iter().chain(&lines).min_by_key(|(span, rule)| (Reverse(span.len()), &rule.id));
        if let Some((_, rule)) = whole {
            return Some(&rule.id);
        }
        if !self.passed.is_empty() {
            self.take(&self.passed.clone());
            if self.left_blank() {
                return self.longest_cut().first().map(|(_, rule)| rule.id.as_str());
            }
        }
        for (span, rule) in &self.cuts {
            owner[self.span.start + span.start..self.span.start + span.end].fill(Some(&rule.id));
        }
        None
    }
}

fn longest_keys(rules: &[&Rule], options: &Options) -> impl Fn(Fold, Case) -> usize + use<> {
    let mut keys = Vec::new();
    for rule in rules {
        if let Matches::Line(phrases) = &rule.matches {
            let (fold, case) = spelling(rule, options);
            let plain = phrases.iter().filter(|phrase| !(rule.holes && fold != Fold::None && phrase.contains('{')));
            keys.extend(plain.map(|phrase| (fold, case, key(phrase.as_bytes(), fold, case).len())));
        }
    }
    move |fold, case| keys.iter().filter(|key| (key.0, key.1) == (fold, case)).map(|key| key.2).max().unwrap_or(0)
}

/// Deletes whole lines with the blank lines that go along.
fn seams<'r>(text: &[u8], lines: &[RefLine], cut: &[Option<&'r str>], owner: &mut [Option<&'r str>]) {
    let blank = |at: usize| cut[at].is_none() && is_blank(&lines[at].content);
    let mut at = 0;
    while at < lines.len() {
        if cut[at].is_none() {
            at += 1;
            continue;
        }
        let before = (0..at).rev().take_while(|&i| blank(i)).count();
        let (mut last, mut next) = (at, at + 1);
        while next < lines.len() && (blank(next) || cut[next].is_some()) {
            last = if cut[next].is_some() { next } else { last };
            next += 1;
        }
        let after = next - last - 1;
        let (from, to) = match (before == at, next == lines.len()) {
            (true, _) | (_, true) => (at - before, next),
            _ if before >= after => (at, next),
            _ => (at - before, last + 1),
        };
        let mut rule = cut[at];
        for i in from..to {
            rule = cut[i].or(rule);
            owner[lines[i].span.start..lines[i].end(text)].fill(rule);
        }
        if next == lines.len() && from > 0 && !text.ends_with(b"\n") {
            let kept = &lines[from - 1];
            owner[kept.span.end - usize::from(kept.content.ends_with(b"\r"))..=kept.span.end].fill(cut[at]);
        }
        at = next;
    }
}
