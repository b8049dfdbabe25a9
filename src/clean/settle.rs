//! Settles one line: what the rules that need no context make of it.
//!
//! A cut inside a line can bring words together that match again, so a line is looked at until nothing more is found;
//! only then does cleaning twice change nothing more. Rules with guards are told what the line then still holds.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::compile::{Active, Program};
use super::hits::{self, Hit, Scratch};
use super::scope::About;
use crate::pack::{Action, Level};
use crate::text::{Span, is_blank};

/// A line that is still cut after so many looks was made to be; it stays as it is.
const LOOKS: usize = 64;

/// What has been found in a line, and what is sure to go.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Hits of rules without context that cut the whole line.
    pub whole: Vec<Hit>,
    /// What goes inside the line, blanks included: disjoint, in order of discovery.
    pub parts: Vec<Hit>,
    /// Hits of rules that mark the document.
    pub flags: Vec<Hit>,
    /// Hits of rules that ask for context, or cut more than the line.
    pub asking: Vec<Hit>,
    /// Hits of rules without context that an exception holds off, with the exception.
    pub held: Vec<(Hit, u32)>,
    /// The exceptions that were hit, and the lowest level that they protect the line from.
    pub keep: Option<(Level, u32)>,
    /// Exceptions that were hit and act in some zones alone, with the level that they protect the line from.
    pub zoned_keeps: Vec<(Level, u32)>,
}

impl Settled {
    /// The exception that protects the line from `rule`, if there is one.
    pub(super) fn keeper(&self, rule: &Active) -> Option<u32> {
        self.keep.filter(|(level, _)| rule.level >= *level).map(|(_, keeper)| keeper)
    }
}

/// Settles `line`, given without its ending.
pub(super) fn settle(program: &Program, line: &[u8], about: &About, scratch: &mut Scratch) -> Settled {
    let mut settled = Settled::default();
    let mut view = View::new(line);
    for _ in 0..LOOKS {
        let hits = hits::of_line(program, &view.text, about, scratch);
        let spans = settled.take(program, &view, hits);
        if !settled.whole.is_empty() || spans.is_empty() {
            return settled;
        }
        view.cut(&spans, &mut settled.parts);
        if is_blank(&view.text) {
            settled
                .whole
                .extend(settled.parts.iter().min_by_key(|part| (Reverse(part.span.len()), part.rule)).copied());
            settled.asking.clear();
            return settled;
        }
    }
    Settled::default()
}

impl Settled {
    /// Sorts the hits of one look; gives those that cut inside the line, with their spans in the view.
    fn take(&mut self, program: &Program, view: &View, hits: Vec<Hit>) -> Vec<Hit> {
        for hit in &hits {
            let rule = &program.rules[hit.rule as usize];
            if rule.action != Action::Keep {
                continue;
            }
            if !rule.zones.is_empty() {
                self.zoned_keeps.push((rule.level, hit.rule));
            } else if self.keep.is_none_or(|(level, _)| rule.level < level) {
                self.keep = Some((rule.level, hit.rule));
            }
        }
        // What asks for context is asked about the line as it is at last, and a mark is of that line, too.
        self.asking.clear();
        self.flags.clear();
        let mut inside = Vec::new();
        for hit in hits {
            let rule = &program.rules[hit.rule as usize];
            let origin = Hit { rule: hit.rule, span: view.origin(hit.span) };
            match (rule.action, self.keeper(rule)) {
                (Action::Keep, _) => {}
                _ if !rule.is_context_free() => self.asking.push(origin),
                (_, Some(keeper)) => self.held.push((origin, keeper)),
                // Whether an exception holds it off depends on where the line stands.
                _ if self.zoned_keeps.iter().any(|(level, _)| rule.level >= *level) => self.asking.push(origin),
                (Action::CutMatch, None) => inside.push(hit),
                (Action::Flag(_), None) => self.flags.push(origin),
                (_, None) => self.whole.push(origin),
            }
        }
        inside
    }
}

/// A line without what has been cut inside it.
pub(super) struct View<'l> {
    pub text: Cow<'l, [u8]>,
    /// Where each piece of the view begins, and where that is in the line.
    pieces: Vec<(usize, usize)>,
}

impl<'l> View<'l> {
    pub(super) fn new(line: &'l [u8]) -> Self {
        Self { text: Cow::Borrowed(line), pieces: vec![(0, 0)] }
    }

    /// The line without `parts`, which are disjoint.
    pub(super) fn without(line: &'l [u8], parts: &[Hit]) -> Self {
        let mut view = Self::new(line);
        let mut spans: Vec<Span> = parts.iter().map(|part| part.span).collect();
        spans.sort_unstable();
        view.remove(&spans);
        view
    }

    /// The place in the line of a byte of the view.
    fn place(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|&(start, _)| start <= at).saturating_sub(1);
        let (start, origin) = self.pieces[piece];
        origin + (at - start)
    }

    /// The span in the line from the first to the last byte of `span`.
    fn origin(&self, span: Span) -> Span {
        let start = self.place(span.start);
        Span::new(start, if span.is_empty() { start } else { self.place(span.end - 1) + 1 })
    }

    /// The span in the view of a span of the line whose first and last bytes are in the view.
    pub(super) fn find(&self, origin: Span) -> Span {
        let find = |at: usize| {
            let piece = self.pieces.partition_point(|&(_, from)| from <= at).saturating_sub(1);
            let (start, from) = self.pieces[piece];
            start + at.saturating_sub(from)
        };
        Span::new(find(origin.start), find(origin.end.saturating_sub(1)) + 1)
    }

    /// Takes `hits` out of the view, each byte in the name of the longest hit over it, and adds what went to `parts`.
    pub(super) fn cut(&mut self, hits: &[Hit], parts: &mut Vec<Hit>) {
        let named = named(&self.text, hits);
        for cut in &named {
            self.add_origins(*cut, parts);
        }
        let spans: Vec<Span> = named.iter().map(|cut| cut.span).collect();
        self.remove(&spans);
    }

    /// A cut over a place where something has gone before is two cuts in the line.
    fn add_origins(&self, cut: Hit, parts: &mut Vec<Hit>) {
        let mut at = cut.span.start;
        while at < cut.span.end {
            let piece = self.pieces.partition_point(|&(start, _)| start <= at);
            let end = self.pieces.get(piece).map_or(cut.span.end, |&(next, _)| next.min(cut.span.end));
            parts.push(Hit { rule: cut.rule, span: self.origin(Span::new(at, end)) });
            at = end;
        }
    }

    /// Takes sorted, disjoint spans out of the view.
    fn remove(&mut self, spans: &[Span]) {
        if spans.is_empty() {
            return;
        }
        let mut text = Vec::with_capacity(self.text.len());
        let mut pieces = Vec::with_capacity(self.pieces.len() + spans.len());
        let mut from = 0;
        for span in spans.iter().copied().chain([Span::new(self.text.len(), self.text.len())]) {
            // A kept stretch may itself run over pieces.
            while from < span.start {
                let piece = self.pieces.partition_point(|&(start, _)| start <= from);
                let end = self.pieces.get(piece).map_or(span.start, |&(next, _)| next.min(span.start));
                pieces.push((text.len(), self.place(from)));
                text.extend_from_slice(&self.text[from..end]);
                from = end;
            }
            from = span.end;
        }
        if pieces.is_empty() {
            pieces.push((0, 0));
        }
        self.text = Cow::Owned(text);
        self.pieces = pieces;
    }
}

/// What goes for `hits` in `text`, disjoint and in order: hits with nothing but blanks between them go together, and
/// each gap takes one blank beside it if that leaves no two words touching.
fn named(text: &[u8], hits: &[Hit]) -> Vec<Hit> {
    let mut hits = hits.to_vec();
    hits.sort_unstable_by_key(|hit| (hit.span, hit.rule));
    let mut all = Vec::new();
    let mut rest = hits.as_slice();
    while let Some(first) = rest.first() {
        let mut end = first.span.end;
        let joined = |hit: &&Hit, end: usize| hit.span.start <= end || is_blank(&text[end..hit.span.start]);
        let mut count = 0;
        while let Some(hit) = rest.get(count).filter(|hit| joined(hit, end)) {
            end = end.max(hit.span.end);
            count += 1;
        }
        let (gap, after) = rest.split_at(count);
        name_gap(gap, with_blank(text, Span::new(first.span.start, end)), &mut all);
        rest = after;
    }
    all
}

/// `gap` with the one blank beside it that goes too.
fn with_blank(text: &[u8], gap: Span) -> Span {
    let left = &text[..gap.start];
    let right = text[gap.end..].strip_suffix(b"\r").unwrap_or(&text[gap.end..]);
    let blank = |byte: Option<&u8>| byte.is_some_and(|b| matches!(b, b' ' | b'\t'));
    let closes = |byte: &u8| matches!(byte, b' ' | b'\t' | b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b']');
    if blank(left.last()) && right.first().is_none_or(closes) {
        Span::new(gap.start - 1, gap.end)
    } else if left.is_empty() && blank(right.first()) {
        Span::new(gap.start, gap.end + 1)
    } else {
        gap
    }
}

/// Names each byte of `gap` by the longest of `hits` over it, and on a tie by the first id; blanks that no hit covers
/// go with what stands before them.
fn name_gap(hits: &[Hit], gap: Span, named: &mut Vec<Hit>) {
    let mut bounds: Vec<usize> = hits.iter().flat_map(|hit| [hit.span.start, hit.span.end]).collect();
    bounds.sort_unstable();
    bounds.dedup();
    let from = named.len();
    // Hits that have begun, the longest first; those that have ended are dropped when they come up.
    let mut open = BinaryHeap::new();
    let mut coming = hits.iter().peekable();
    for pair in bounds.windows(2) {
        let stretch = Span::new(pair[0], pair[1]);
        while let Some(hit) = coming.next_if(|hit| hit.span.start <= stretch.start) {
            open.push((hit.span.len(), Reverse(hit.rule), Reverse(hit.span)));
        }
        while open.peek().is_some_and(|(.., Reverse(span))| span.end <= stretch.start) {
            open.pop();
        }
        let best = open.peek().map(|&(_, Reverse(rule), Reverse(span))| Hit { rule, span });
        match (best, named[from..].last_mut()) {
            (Some(best), Some(last)) if last.rule == best.rule && best.span.start < stretch.start => {
                last.span.end = stretch.end;
            }
            (Some(best), _) => named.push(Hit { rule: best.rule, span: stretch }),
            (None, Some(last)) => last.span.end = stretch.end,
            (None, None) => {}
        }
    }
    if let Some(first) = named.get_mut(from) {
        first.span.start = gap.start;
    }
    if let Some(last) = named.last_mut() {
        last.span.end = gap.end;
    }
}
