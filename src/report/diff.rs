//! What two sets of rules make of the same documents.
//!
//! The run cleans by the rules of one side, the survey by those of the other. What only the second side cuts is newly
//! removed, what only the first one cuts is restored; where both cut the same bytes in the name of different rules,
//! nothing has changed. Bytes and lines are counted rule by rule; the changed lines are kept in a [`Frequent`] summary,
//! alike ones together.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::Xxh3;

use super::frequent::{Entry, Frequent};
use crate::clean::{Cleaner, Edit, Scratch};
use crate::pack::Flag;
use crate::run::{Place, Seen, Sum, Survey};
use crate::text::{Line, Span, is_blank, lines};

/// Changed lines that there is room for.
const ROOM: usize = 1 << 13;
/// Characters of an unchanged stretch that are kept on each side of a change.
const CONTEXT: usize = 40;
/// Characters of a changed stretch that are kept at its ends.
const SHOWN: usize = 200;

/// Compares with what another cleaner cuts.
#[derive(Clone, Copy)]
pub struct DiffSurvey<'c> {
    pub to: &'c Cleaner,
}

/// How a stretch of text has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Only the second side's rules cut it.
    Removed,
    /// Only the first side's rules cut it.
    Restored,
}

/// A rule: of the second side where something is removed, of the first where something is restored.
pub type ChangedBy = (Change, u32);

/// How much has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub documents: u64,
    /// Lines of which something that can be seen has changed.
    pub lines: u64,
    pub bytes: u64,
}

/// All differences.
#[derive(Debug, Clone, Default)]
pub struct Differences {
    pub documents: u64,
    pub text_bytes: u64,
    /// Documents that the two sides leave in different form.
    pub changed: u64,
    /// Documents that were left whole for the budget's sake, on each side.
    pub over_budget: (u64, u64),
    /// Documents that only the second side marks, and only the first.
    pub flags: BTreeMap<Flag, (u64, u64)>,
    pub removed: Changes,
    pub restored: Changes,
    pub rules: BTreeMap<ChangedBy, Changes>,
    pub lines: Frequent<ChangedLine, ROOM>,
}

/// A line that a rule has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedLine {
    pub by: ChangedBy,
    /// What is left of the line on either side, stretch by stretch; none is unchanged.
    pub stretches: Vec<(Option<Change>, String)>,
    /// Where it stood first.
    pub first: Place,
}

impl Survey for DiffSurvey<'_> {
    type Desk = Scratch;
    type Found = Differences;

    fn look(&self, seen: &Seen, scratch: &mut Scratch, found: &mut Differences) -> Result<(), String> {
        let to = seen.clean_by(self.to, scratch);
        let from = seen.cleaned;
        found.documents += 1;
        found.text_bytes += seen.document.text.len() as u64;
        found.over_budget.0 += u64::from(from.over_budget);
        found.over_budget.1 += u64::from(to.over_budget);
        for flag in Flag::ALL {
            match (from.flags.contains(&flag), to.flags.contains(&flag)) {
                (false, true) => found.flags.entry(flag).or_default().0 += 1,
                (true, false) => found.flags.entry(flag).or_default().1 += 1,
                _ => {}
            }
        }
        if from.text() != to.text() {
            found.changed += 1;
            let pieces = pieces(&from.edits, &to.edits);
            found.count(seen, &pieces, &from.edits);
        }
        Ok(())
    }
}

/// A stretch of a text that has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    span: Span,
    by: ChangedBy,
}

/// What only one side cuts, in the order of the text.
fn pieces(from: &[Edit], to: &[Edit]) -> Vec<Piece> {
    let mut all = without(to, from, Change::Removed);
    all.extend(without(from, to, Change::Restored));
    all.sort_by_key(|piece| piece.span);
    all
}

/// What `edits` cut and `others` do not.
fn without(edits: &[Edit], others: &[Edit], change: Change) -> Vec<Piece> {
    let mut all = Vec::new();
    let mut others = others;
    for edit in edits {
        others = &others[others.partition_point(|other| other.span.end <= edit.span.start)..];
        let mut from = edit.span.start;
        for other in others.iter().take_while(|other| other.span.start < edit.span.end) {
            if from < other.span.start {
                all.push(Piece { span: Span::new(from, other.span.start), by: (change, edit.rule) });
            }
            from = other.span.end;
        }
        if from < edit.span.end {
            all.push(Piece { span: Span::new(from, edit.span.end), by: (change, edit.rule) });
        }
    }
    all
}

impl Differences {
    /// Counts what has changed in a document; `from` is what the first side cuts.
    fn count(&mut self, seen: &Seen, pieces: &[Piece], from: &[Edit]) {
        let mut here = Document::default();
        for piece in pieces {
            here.count(piece, seen.document.text);
        }
        let text = seen.document.text;
        let (mut pieces, mut from) = (pieces, from);
        for (number, line) in lines(text).enumerate() {
            let changed: Vec<Piece> = within(&mut pieces, &line, |piece| piece.span)
                .iter()
                .filter_map(|piece| piece.seen(text, &line))
                .collect();
            let cut = within(&mut from, &line, |edit| edit.span);
            if changed.is_empty() {
                continue;
            }
            let stretches = stretches(text, &line, &changed, cut);
            for by in here.count_line(&changed) {
                let new = || ChangedLine { by, stretches: stretches.clone(), first: seen.place(number) };
                self.lines.entry(key(by, &stretches), new).count();
            }
        }
        self.removed.absorb(here.removed);
        self.restored.absorb(here.restored);
        for (by, changes) in here.rules {
            self.rules.entry(by).or_default().absorb(changes);
        }
    }

    /// Whether there is any difference.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.changed > 0 || !self.flags.is_empty()
    }

    /// The lines that `by` has changed, the most frequent ones first, those of one count in the order of the dump.
    #[must_use]
    pub fn samples(&self, by: ChangedBy, most: usize) -> Vec<&Entry<ChangedLine>> {
        let mut all: Vec<_> =
            self.lines.entries().map(|(_, entry)| entry).filter(|entry| entry.value.by == by).collect();
        let order = |entry: &Entry<ChangedLine>| (std::cmp::Reverse(entry.count), entry.value.first);
        all.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.value.stretches.cmp(&b.value.stretches)));
        all.truncate(most);
        all
    }
}

/// What has changed in one document.
#[derive(Default)]
struct Document {
    removed: Changes,
    restored: Changes,
    rules: BTreeMap<ChangedBy, Changes>,
}

impl Document {
    /// Counts a piece of `text`. Blanks that go or stay with what stands beside them are no rule's doing.
    fn count(&mut self, piece: &Piece, text: &[u8]) {
        let all = self.all(piece.by.0);
        all.documents = 1;
        all.bytes += piece.span.len() as u64;
        if is_blank(&text[piece.span.range()]) {
            return;
        }
        let rule = self.rules.entry(piece.by).or_default();
        rule.documents = 1;
        rule.bytes += piece.span.len() as u64;
    }

    /// Counts a line in which these have changed; gives the rules that did it, each once.
    fn count_line(&mut self, changed: &[Piece]) -> Vec<ChangedBy> {
        let mut rules: Vec<ChangedBy> = changed.iter().map(|piece| piece.by).collect();
        rules.sort_unstable();
        rules.dedup();
        for change in [Change::Removed, Change::Restored] {
            self.all(change).lines += u64::from(rules.iter().any(|(other, _)| *other == change));
        }
        for by in &rules {
            self.rules.entry(*by).or_default().lines += 1;
        }
        rules
    }

    fn all(&mut self, change: Change) -> &mut Changes {
        match change {
            Change::Removed => &mut self.removed,
            Change::Restored => &mut self.restored,
        }
    }
}

impl Piece {
    /// What of it can be seen in `line`.
    fn seen(&self, text: &[u8], line: &Line) -> Option<Self> {
        let span = Span::new(self.span.start.max(line.span.start), self.span.end.min(line.span.end));
        (!is_blank(&text[span.range()])).then_some(Self { span, ..*self })
    }
}

/// Those of `items`, from which what ends before the line is taken away, that reach into the line.
fn within<'i, T>(items: &mut &'i [T], line: &Line, span: impl Fn(&T) -> Span) -> &'i [T] {
    *items = &items[items.partition_point(|item| span(item).end <= line.span.start)..];
    &items[..items.partition_point(|item| span(item).start < line.span.end)]
}

/// A line in stretches: what has changed, and what stays on both sides; what `cut` takes and is not changed goes on
/// both.
fn stretches(text: &[u8], line: &Line, changed: &[Piece], cut: &[Edit]) -> Vec<(Option<Change>, String)> {
    let mut all: Vec<(Option<Change>, String)> = Vec::new();
    let mut add = |change: Option<Change>, span: Span| {
        let spelt = String::from_utf8_lossy(&text[span.range()]);
        match all.last_mut() {
            Some((last, stretch)) if *last == change => stretch.push_str(&spelt),
            _ if spelt.is_empty() => {}
            _ => all.push((change, spelt.into_owned())),
        }
    };
    let mut at = line.span.start;
    let mut changed = changed.iter().peekable();
    while at < line.span.end {
        let next = changed.peek().map_or(line.span.end, |piece| piece.span.start);
        if next > at {
            let gone =
                cut.iter().find(|edit| edit.span.end > at).map(|edit| edit.span).filter(|gone| gone.start < next);
            let (stays, goes) = gone.map_or((next, next), |gone| (gone.start.max(at), gone.end.min(next)));
            add(None, Span::new(at, stays));
            at = goes;
        } else if let Some(piece) = changed.next() {
            add(Some(piece.by.0), piece.span);
            at = piece.span.end;
        }
    }
    shorten(&mut all);
    all
}

/// Leaves of long stretches what is needed to see the change.
fn shorten(all: &mut [(Option<Change>, String)]) {
    let last = all.len().saturating_sub(1);
    for (at, (change, stretch)) in all.iter_mut().enumerate() {
        let (head, tail) = match change {
            Some(_) => (SHOWN, CONTEXT),
            None => (if at == 0 { 0 } else { CONTEXT }, if at == last { 0 } else { CONTEXT }),
        };
        let length = stretch.chars().count();
        if length > head + tail + 1 {
            let first: String = stretch.chars().take(head).collect();
            let rest: String = stretch.chars().skip(length - tail).collect();
            *stretch = format!("{first}…{rest}");
        }
    }
}

fn key(by: ChangedBy, stretches: &[(Option<Change>, String)]) -> u64 {
    let mut hash = Xxh3::new();
    std::hash::Hash::hash(&(by, stretches), &mut hash);
    hash.digest()
}

impl Sum for Changes {
    fn absorb(&mut self, later: Self) {
        self.documents += later.documents;
        self.lines += later.lines;
        self.bytes += later.bytes;
    }
}

impl Sum for Differences {
    fn absorb(&mut self, later: Self) {
        self.documents += later.documents;
        self.text_bytes += later.text_bytes;
        self.changed += later.changed;
        self.over_budget.0 += later.over_budget.0;
        self.over_budget.1 += later.over_budget.1;
        for (flag, (added, dropped)) in later.flags {
            let own = self.flags.entry(flag).or_default();
            *own = (own.0 + added, own.1 + dropped);
        }
        self.removed.absorb(later.removed);
        self.restored.absorb(later.restored);
        for (by, changes) in later.rules {
            self.rules.entry(by).or_default().absorb(changes);
        }
        self.lines.absorb(later.lines);
    }
}

impl Sum for ChangedLine {
    /// The first one stands for all that are alike.
    fn absorb(&mut self, _: Self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edit(start: usize, end: usize, rule: u32) -> Edit {
        Edit { span: Span::new(start, end), rule }
    }

    fn spans(pieces: &[Piece]) -> Vec<(usize, usize, Change)> {
        pieces.iter().map(|piece| (piece.span.start, piece.span.end, piece.by.0)).collect()
    }

    #[test]
    fn what_only_one_side_cuts_has_changed() {
        use Change::{Removed, Restored};
        assert_eq!(spans(&pieces(&[], &[edit(2, 5, 1)])), [(2, 5, Removed)]);
        assert_eq!(spans(&pieces(&[edit(2, 5, 1)], &[edit(2, 5, 9)])), []);
        assert_eq!(
            spans(&pieces(&[edit(0, 4, 1), edit(6, 8, 1)], &[edit(2, 7, 1), edit(9, 10, 2)])),
            [(0, 2, Restored), (4, 6, Removed), (7, 8, Restored), (9, 10, Removed)]
        );
    }

    fn shown(text: &str, from: &[Edit], to: &[Edit]) -> String {
        let line = lines(text.as_bytes()).next().unwrap();
        let all = pieces(from, to);
        stretches(text.as_bytes(), &line, &all, from)
            .into_iter()
            .map(|(change, stretch)| match change {
                None => stretch,
                Some(Change::Removed) => format!("[-{stretch}-]"),
                Some(Change::Restored) => format!("{{+{stretch}+}}"),
            })
            .collect()
    }

    #[test]
    fn a_line_shows_what_has_changed_in_it() {
        let text = "(Photo: A) The bridge. Share this";
        assert_eq!(shown(text, &[edit(0, 11, 1)], &[edit(0, 11, 1), edit(22, 33, 2)]), "The bridge.[- Share this-]");
        assert_eq!(shown(text, &[edit(0, 11, 1)], &[]), "{+(Photo: A) +}The bridge. Share this");
        assert_eq!(shown(text, &[edit(0, 33, 1)], &[edit(0, 11, 1)]), "{+The bridge. Share this+}");
    }

    #[test]
    fn long_stretches_are_shortened() {
        let text = format!("{}Share{}", "a".repeat(300), "b".repeat(300));
        let told = shown(&text, &[], &[edit(300, 305, 1)]);
        assert_eq!(told, format!("…{}[-Share-]{}…", "a".repeat(40), "b".repeat(40)));
    }

    prop_compose! {
        fn edits()(cuts in proptest::collection::vec((0_usize..4, 1_usize..4, 0_u32..3), 0..8)) -> Vec<Edit> {
            let mut at = 0;
            cuts.into_iter().map(|(gap, len, rule)| {
                let span = Span::new(at + gap, at + gap + len);
                at = span.end;
                Edit { span, rule }
            }).collect()
        }
    }

    proptest! {
        /// Byte for byte, whatever the edits: removed is cut by the second side alone, restored by the first alone.
        #[test]
        fn pieces_are_what_differs(from in edits(), to in edits()) {
            let is_cut = |edits: &[Edit], at: usize| edits.iter().any(|edit| edit.span.range().contains(&at));
            let all = pieces(&from, &to);
            for at in 0..64 {
                let here: Vec<Change> = all.iter().filter(|piece| piece.span.range().contains(&at)).map(|piece| piece.by.0).collect();
                let want = match (is_cut(&from, at), is_cut(&to, at)) {
                    (false, true) => vec![Change::Removed],
                    (true, false) => vec![Change::Restored],
                    _ => vec![],
                };
                prop_assert_eq!(here, want);
            }
        }
    }
}
