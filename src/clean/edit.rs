//! Turns verdicts into edits, and applies them.
//!
//! An edit deletes bytes and never inserts any. Here it is decided what goes along with a cut: the ending of its line,
//! and of the blank lines around it as many as would otherwise be one paragraph break too many.

use super::judge::{Judgement, LineCut};
use crate::text::{Line, Span, is_blank};

/// Deletes `span` in the name of `rule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// Exactly what goes, blanks and line endings included.
    pub span: Span,
    /// The rule's number: see [`Cleaner::rule_id`](super::Cleaner::rule_id).
    pub rule: u32,
}

/// What goes along with a cut line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seams {
    /// Its ending alone.
    Lines,
    /// What a document does not need any more: of the blank runs before and after a gap the longer stays; at the edges
    /// of the document neither does, and it ends with a newline only if it did.
    Document,
}

/// The edits that `judgement` asks for, sorted and disjoint.
pub(super) fn edits(text: &[u8], judgement: &Judgement, seams: Seams) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut gap: Vec<(Line, u32)> = Vec::new();
    for judged in &judgement.lines {
        match &judged.cut {
            LineCut::Whole(rule) if seams == Seams::Lines => {
                edits.push(Edit { span: Span::new(judged.line.span.start, judged.line.end), rule: *rule });
            }
            LineCut::Whole(rule) => {
                if gap.last().is_some_and(|(last, _)| end_of_blanks(text, last.end).0 < judged.line.span.start) {
                    close_gap(text, judgement.begin, &gap, &mut edits);
                    gap.clear();
                }
                gap.push((judged.line, *rule));
            }
            LineCut::Parts(parts) => {
                close_gap(text, judgement.begin, &gap, &mut edits);
                gap.clear();
                edits.extend(parts.iter().map(|part| Edit { span: part.span, rule: part.rule }));
            }
        }
    }
    close_gap(text, judgement.begin, &gap, &mut edits);
    edits
}

/// Appends `text` without what `edits` delete to `out`.
pub(super) fn append_kept(text: &[u8], edits: &[Edit], out: &mut Vec<u8>) {
    let mut from = 0;
    for edit in edits {
        out.extend_from_slice(&text[from..edit.span.start]);
        from = edit.span.end;
    }
    out.extend_from_slice(&text[from..]);
}

/// Deletes the lines of one gap, which have nothing but blank lines between them, and the blank lines that go along.
fn close_gap(text: &[u8], begin: usize, gap: &[(Line, u32)], edits: &mut Vec<Edit>) {
    let (Some((first, _)), Some((last, _))) = (gap.first(), gap.last()) else { return };
    let (blanks_from, before) = start_of_blanks(text, begin, first.span.start);
    let (blanks_to, after) = end_of_blanks(text, last.end);
    let (from, to) = match (blanks_from == begin, blanks_to == text.len()) {
        (true, _) => (begin, blanks_to),
        (false, true) if text.ends_with(b"\n") => (blanks_from, blanks_to),
        (false, true) => (before_ending(text, blanks_from), blanks_to),
        (false, false) if before >= after => (first.span.start, blanks_to),
        (false, false) => (blanks_from, last.end),
    };
    for (at, (line, rule)) in gap.iter().enumerate() {
        let start = if at == 0 { from } else { line.span.start };
        let end = gap.get(at + 1).map_or(to, |(next, _)| next.span.start);
        edits.push(Edit { span: Span::new(start, end), rule: *rule });
    }
}

/// Where the blank lines that begin at `from` end, and how many they are.
fn end_of_blanks(text: &[u8], from: usize) -> (usize, usize) {
    let (mut end, mut count) = (from, 0);
    for line in text[from..].split_inclusive(|&b| b == b'\n') {
        if !is_blank(line) {
            break;
        }
        end += line.len();
        count += 1;
    }
    (end, count)
}

/// Where the blank lines that end at `to` begin, and how many they are; not before `begin`.
fn start_of_blanks(text: &[u8], begin: usize, to: usize) -> (usize, usize) {
    let (mut start, mut count) = (to, 0);
    while start > begin {
        let from = memchr::memrchr(b'\n', &text[begin..start - 1]).map_or(begin, |at| begin + at + 1);
        if !is_blank(&text[from..start]) {
            break;
        }
        start = from;
        count += 1;
    }
    (start, count)
}

/// The place before the line ending that ends at `at`.
fn before_ending(text: &[u8], at: usize) -> usize {
    let line = &text[..at];
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line).len()
}
