//! A cleaner that is slow and plain to see: every rule is tried on every line, nothing is indexed, nothing is skipped.
//!
//! It shares with the engine how a line is folded and what a word is, and nothing else.

use dechaff::clean::Options;
use dechaff::pack::{Action, Input, Matches, Neighbours, Pack, Rule, Side, Zone};
use dechaff::text::{
    Case, Fold, Folded, Span, border, char_after, char_before, count_words, fold_into, is_blank, key_into, prose_words,
    trim,
};
use std::cmp::Reverse;

type Hit<'r> = (Span, &'r Rule);

/// For each byte of `text` the rule that deletes it, if one does. The budget is not its business.
pub fn owners<'r>(packs: &'r [Pack], options: &Options, text: &[u8], stream: bool) -> Vec<Option<&'r str>> {
    let acts = |rule: &&Rule| rule.level <= options.level && (rule.input.is_none() || options.input == Input::Page);
    let mut rules: Vec<&Rule> = packs.iter().flat_map(|pack| &pack.rules).filter(acts).collect();
    rules.sort_by_key(|rule| &rule.id);
    let mut lines: Vec<RefLine> = split(text, options.exact)
        .into_iter()
        .map(|span| RefLine::new(&rules, options, &text[span.range()], span))
        .collect();
    if !stream {
        let prose: Vec<usize> = lines
            .iter()
            .map(|line| if line.is_whole() || !line.cuts.is_empty() { 0 } else { prose_words(&line.content) })
            .collect();
        ask(&mut lines, &prose, false);
        ask(&mut lines, &prose, true);
    }
    let mut owner = vec![None; text.len()];
    let cut: Vec<Option<&str>> = lines.iter_mut().map(|line| line.close(&mut owner)).collect();
    if stream {
        for (line, rule) in lines.iter().zip(&cut).filter(|(_, rule)| rule.is_some()) {
            owner[line.span.start..line.end(text)].fill(*rule);
        }
    } else {
        seams(text, &lines, &cut, &mut owner);
    }
    owner
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
    keep: Option<dechaff::pack::Level>,
    passed: Vec<Hit<'r>>,
}

impl<'r> RefLine<'r> {
    fn new(rules: &[&'r Rule], options: &Options, content: &[u8], span: Span) -> Self {
        let left = content.iter().copied().zip(0..).collect();
        let (cuts, whole, asking, passed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut line = Self { span, content: content.to_vec(), left, cuts, whole, asking, keep: None, passed };
        loop {
            let bytes: Vec<u8> = line.left.iter().map(|&(byte, _)| byte).collect();
            let longest = longest_keys(rules, options);
            let hits: Vec<Hit> = rules
                .iter()
                .flat_map(|rule| matches(rule, options, &bytes, &longest).into_iter().map(move |span| (span, *rule)))
                .collect();
            for (_, rule) in hits.iter().filter(|(_, rule)| rule.action == Action::Keep) {
                line.keep = Some(line.keep.map_or(rule.level, |level| level.min(rule.level)));
            }
            let cutting = hits.iter().filter(|(_, rule)| rule.action != Action::Keep);
            line.asking = cutting.clone().filter(|(_, rule)| !rule.is_context_free()).copied().collect();
            let sure: Vec<Hit> = cutting
                .filter(|(_, rule)| rule.is_context_free() && line.keep.is_none_or(|keep| rule.level < keep))
                .copied()
                .collect();
            let lines = sure.iter().filter(|(_, rule)| rule.action == Action::CutLine);
            line.whole = lines.map(|(span, rule)| (line.origin(*span), *rule)).collect();
            let inside: Vec<Hit> = sure.into_iter().filter(|(_, rule)| rule.action == Action::CutMatch).collect();
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
        let lines = self.passed.iter().filter(|(_, rule)| rule.action == Action::CutLine);
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

fn longest_keys(rules: &[&Rule], options: &Options) -> impl Fn(Fold, Case) -> usize {
    let mut keys = Vec::new();
    for rule in rules {
        if let Matches::Line(phrases) = &rule.matches {
            let (fold, case) = spelling(rule, options);
            keys.extend(phrases.iter().map(|phrase| (fold, case, key(phrase.as_bytes(), fold, case).len())));
        }
    }
    move |fold, case| keys.iter().filter(|key| (key.0, key.1) == (fold, case)).map(|key| key.2).max().unwrap_or(0)
}

fn spelling(rule: &Rule, options: &Options) -> (Fold, Case) {
    if options.exact || rule.fold == Fold::None { (Fold::None, Case::Exact) } else { (rule.fold, rule.case) }
}

fn key(line: &[u8], fold: Fold, case: Case) -> Vec<u8> {
    let mut key = Vec::new();
    key_into(line, fold, case, &mut key);
    key
}

/// Every span of `line` that `rule` matches, if the line is as the rule asks.
fn matches(rule: &Rule, options: &Options, line: &[u8], longest: &impl Fn(Fold, Case) -> usize) -> Vec<Span> {
    let (fold, case) = spelling(rule, options);
    let folded = Folded::new(line, fold, case);
    let text = folded.text();
    let mut plain = Vec::new();
    fold_into(line, Case::Fold, &mut plain);
    if rule.max_words.is_some_and(|most| count_words(&plain) > most) {
        return Vec::new();
    }
    let at_edges = |phrase: &String| {
        let (mut whole, core) = (Vec::new(), key(phrase.as_bytes(), fold, case));
        fold_into(phrase.as_bytes(), case, &mut whole);
        let (text, full) =
            if fold == Fold::None { (phrase.clone().into_bytes(), false) } else { (whole, fold == Fold::Full) };
        let at = if full && !core.is_empty() {
            text.windows(core.len()).position(|part| part == core).unwrap_or(0)
        } else {
            0
        };
        match rule.matches {
            Matches::Prefix(_) if full => text[at..].to_vec(),
            Matches::Suffix(_) if full => text[..at + core.len()].to_vec(),
            _ => text,
        }
    };
    let mut spans = Vec::new();
    for phrase in rule.matches.phrases() {
        if let Matches::Pattern(_) = &rule.matches {
            let folded = Folded::new(line, fold, Case::Exact);
            let core = folded.core();
            let whole = rule.action != Action::CutMatch;
            let found = dechaff::pack::compile_pattern(phrase, case, whole).unwrap().find(&folded.text()[core.range()]);
            let span =
                found.map(|found| if whole { core } else { Span::new(found.start(), found.end()).shifted(core.start) });
            let origin = span.and_then(|span| folded.origin(span));
            spans.extend(origin.filter(|origin| !is_blank(&line[origin.range()])));
            continue;
        }
        if let Matches::Line(_) = &rule.matches {
            if line.len() <= 3 * longest(fold, case) + 64
                && !line.is_empty()
                && key(line, fold, case) == key(phrase.as_bytes(), fold, case)
            {
                spans.push(trim(line));
            }
            continue;
        }
        let wanted = at_edges(phrase);
        for start in 0..=text.len().saturating_sub(wanted.len()) {
            let span = Span::new(start, (start + wanted.len()).min(text.len()));
            let stop = count_words(&wanted) >= 3 && fold == Fold::Full && span.end == folded.core_without_stop().end;
            let stands = match &rule.matches {
                Matches::Prefix(_) => start == if fold == Fold::Full { folded.core().start } else { 0 },
                Matches::Suffix(_) => {
                    stop || span.end == if fold == Fold::Full { folded.core().end } else { text.len() }
                }
                _ => true,
            };
            let borders =
                [span.start, span.end].into_iter().all(|at| border(char_before(text, at), char_after(text, at)));
            if text[span.range()] == wanted && stands && borders {
                spans.extend(folded.origin(span));
            }
        }
    }
    spans
}

/// Lets the rules that ask for zones pass, or those that ask for neighbours.
fn ask(lines: &mut [RefLine], prose: &[usize], near_round: bool) {
    let seen: Vec<usize> = (0..lines.len()).filter(|&at| !is_blank(&lines[at].content)).collect();
    let cutters: Vec<Vec<String>> = lines
        .iter()
        .map(|line| line.whole.iter().chain(&line.cuts).chain(&line.passed).map(|(_, rule)| rule.id.clone()).collect())
        .collect();
    for (at, line) in lines.iter_mut().enumerate() {
        let own = |i: &usize| *i != at && prose[*i] > 0;
        let words = |range: std::ops::Range<usize>| range.filter(own).map(|i| prose[i]).sum::<usize>();
        let all = prose.len();
        let zone = match () {
            () if (0..all).filter(own).count() < 3 => Zone::Body,
            () if (0..at).filter(own).count() == 0 => Zone::Head,
            () if words(0..at) * 10 >= words(0..all) * 9 => Zone::Tail,
            () => Zone::Body,
        };
        let here = seen.iter().position(|&i| i == at).unwrap_or(usize::MAX);
        for (span, rule) in line.asking.clone() {
            let close = rule.near.as_ref().is_none_or(|near| {
                seen.iter().enumerate().any(|(ordinal, &i)| {
                    let side = match near.side {
                        Side::Before => ordinal < here,
                        Side::After => ordinal > here,
                        Side::Both => ordinal != here,
                    };
                    let wanted = |id: &String| match &near.neighbours {
                        Neighbours::Cut => true,
                        Neighbours::Rules(ids) => ids.contains(id),
                    };
                    side && ordinal.abs_diff(here) <= near.within && cutters[i].iter().any(wanted)
                })
            });
            let kept = line.keep.is_some_and(|keep| rule.level >= keep);
            if rule.near.is_some() == near_round
                && close
                && !kept
                && (rule.zones.is_empty() || rule.zones.contains(&zone))
            {
                line.passed.push((span, rule));
            }
        }
        // Asking spans are of what is left; `take` wants them so.
    }
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
