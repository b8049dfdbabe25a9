//! What guards ask about the document around a line: its zone, and what was cut close to it.
//!
//! Worked out only for documents in which a rule asks.

use std::cell::OnceCell;

use super::compile::ActiveNear;
use crate::pack::{Side, Zone};
use crate::text::{Span, count_words, is_blank, lines_from, prose_words};

/// The share of the prose words after which the tail begins, in hundredths.
const TAIL: usize = 90;
/// A document with fewer prose lines has no zones.
const LEAST_PROSE_LINES: usize = 3;

/// The lines of a document as guards see them.
pub(super) struct Page<'t> {
    text: &'t [u8],
    lines: Vec<PageLine>,
    /// For each line, the words of all lines before it that are not cut; worked out when somebody asks.
    words: OnceCell<Vec<usize>>,
}

struct PageLine {
    start: usize,
    /// Where the next line begins.
    end: usize,
    is_blank: bool,
    /// Whether it is cut by a rule without context.
    is_cut: bool,
    /// How many lines that are not blank stand before it.
    ordinal: usize,
    prose: usize,
    /// Prose words and prose lines before it.
    words_before: usize,
    prose_before: usize,
}

impl<'t> Page<'t> {
    /// The lines of `text` from byte `begin` on; those that begin at one of `cut` (sorted) are cut already, and no prose.
    pub(super) fn new(text: &'t [u8], begin: usize, cut: &[usize]) -> Self {
        let (mut ordinal, mut words_before, mut prose_before) = (0, 0, 0);
        let mut cut = cut.iter().copied().peekable();
        let all = lines_from(text, begin).map(|line| {
            let content = &text[line.span.range()];
            let is_cut = cut.next_if_eq(&line.span.start).is_some();
            let prose = if is_cut { 0 } else { prose_words(content) };
            let is_blank = !is_cut && prose == 0 && is_blank(content);
            let (start, end) = (line.span.start, line.end);
            let here = PageLine { start, end, is_blank, is_cut, ordinal, prose, words_before, prose_before };
            ordinal += usize::from(!is_blank);
            words_before += prose;
            prose_before += usize::from(prose > 0);
            here
        });
        Self { text, lines: all.collect(), words: OnceCell::new() }
    }

    /// The zone of the line that begins at `start`. Its own words do not count.
    pub(super) fn zone(&self, start: usize) -> Zone {
        let Some(line) = self.line(start).filter(|_| self.has_zones(start)) else { return Zone::Body };
        if line.prose_before == 0 {
            Zone::Head
        } else if line.words_before * 100 >= self.prose_words(start) * TAIL {
            Zone::Tail
        } else {
            Zone::Body
        }
    }

    /// Whether the document has prose enough to be divided, without the line that begins at `start`.
    pub(super) fn has_zones(&self, start: usize) -> bool {
        self.prose_lines_before(start) + self.prose_lines_after(start) >= LEAST_PROSE_LINES
    }

    /// The words of all prose lines but the one that begins at `start`.
    pub(super) fn prose_words(&self, start: usize) -> usize {
        self.prose_words_before(start) + self.prose_words_after(start)
    }

    /// The words of the prose lines before the line that begins at `start`.
    pub(super) fn prose_words_before(&self, start: usize) -> usize {
        self.line(start).map_or(0, |line| line.words_before)
    }

    /// The words of the prose lines after the line that begins at `start`.
    pub(super) fn prose_words_after(&self, start: usize) -> usize {
        let (Some(line), Some(last)) = (self.line(start), self.lines.last()) else { return 0 };
        last.words_before + last.prose - line.words_before - line.prose
    }

    /// The prose lines before the line that begins at `start`.
    pub(super) fn prose_lines_before(&self, start: usize) -> usize {
        self.line(start).map_or(0, |line| line.prose_before)
    }

    /// The prose lines after the line that begins at `start`.
    pub(super) fn prose_lines_after(&self, start: usize) -> usize {
        let (Some(line), Some(last)) = (self.line(start), self.lines.last()) else { return 0 };
        last.prose_before + usize::from(last.prose > 0) - line.prose_before - usize::from(line.prose > 0)
    }

    /// The words between the first prose line and the line that begins at `start`, without those of lines that are cut.
    pub(super) fn words_of_prose_before(&self, start: usize) -> usize {
        let here = self.lines.partition_point(|line| line.start < start);
        let first = self.lines.iter().position(|line| line.prose > 0).unwrap_or(here);
        self.words_between(first, here)
    }

    /// The words between the line that begins at `start` and the last prose line, without those of lines that are cut.
    pub(super) fn words_of_prose_after(&self, start: usize) -> usize {
        let here = self.lines.partition_point(|line| line.start <= start);
        let last = self.lines.iter().rposition(|line| line.prose > 0).map_or(here, |last| last + 1);
        self.words_between(here, last)
    }

    fn words_between(&self, first: usize, end: usize) -> usize {
        let words = self.words.get_or_init(|| {
            let mut sum = 0;
            let before = self.lines.iter().map(|line| {
                let before = sum;
                sum += if line.is_cut { 0 } else { count_words(&self.text[line.start..line.end]) };
                before
            });
            let mut words: Vec<usize> = before.collect();
            words.push(sum);
            words
        });
        words[end.max(first)] - words[first]
    }

    /// Where the first line begins.
    pub(super) fn begin(&self) -> usize {
        self.lines.first().map_or(0, |line| line.start)
    }

    /// Where the last line ends.
    pub(super) fn end(&self) -> usize {
        self.lines.last().map_or(0, |line| line.end)
    }

    /// Where the line that begins at `start` ends, its ending included.
    pub(super) fn end_of_line(&self, start: usize) -> usize {
        self.line(start).map_or(start, |line| line.end)
    }

    /// Where the block ends that begins with the line at `start`: before the next prose line, before `stop`, or after `most`
    /// lines that are not blank.
    pub(super) fn end_of_block(&self, start: usize, most: usize, stop: usize) -> usize {
        let first = self.lines.partition_point(|line| line.start < start);
        let others = self.lines[first..].iter().skip(1).filter(|line| !line.is_blank).take(most - 1);
        let block = others.take_while(|line| line.prose == 0 && line.start < stop);
        block.last().map_or(self.end_of_line(start), |line| line.end)
    }

    /// The places where the lines within `stretch` begin that are not blank.
    pub(super) fn lines_within(&self, stretch: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.lines.partition_point(|line| line.start < stretch.start);
        let within = self.lines[first..].iter().take_while(move |line| line.start < stretch.end);
        within.filter(|line| !line.is_blank).map(|line| Span::new(line.start, line.end))
    }

    /// Whether one of `cuts`, lines by their start and the rules that cut them, stands as close to the line that begins
    /// at `start` as `near` asks. `cuts` is sorted by line.
    pub(super) fn is_near(&self, start: usize, near: &ActiveNear, cuts: &[(usize, u32)]) -> bool {
        let Some(here) = self.line(start).map(|line| line.ordinal) else { return false };
        let reach = |side| if near.side == side || near.side == Side::Both { near.within } else { 0 };
        let (before, after) = (reach(Side::Before), reach(Side::After));
        let first = self.lines.partition_point(|line| line.ordinal + before < here);
        let from = self.lines.get(first).map_or(0, |line| line.start);
        let close = |&&(line, _): &&(usize, u32)| self.line(line).is_some_and(|line| line.ordinal <= here + after);
        let first = cuts.partition_point(|&(line, _)| line < from);
        let wanted = |rule: u32| near.rules.as_ref().is_none_or(|rules| rules.contains(&rule));
        cuts[first..].iter().take_while(close).any(|&(line, rule)| line != start && wanted(rule))
    }

    fn line(&self, start: usize) -> Option<&PageLine> {
        self.lines.binary_search_by_key(&start, |line| line.start).ok().map(|at| &self.lines[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROSE: &str = "One two three four five six seven eight nine ten eleven twelve.";

    fn zones(lines: &[&str], cut: &[usize]) -> Vec<Zone> {
        let text = lines.join("\n");
        let starts: Vec<usize> = crate::text::lines(text.as_bytes()).map(|line| line.span.start).collect();
        let cut: Vec<usize> = cut.iter().map(|&line| starts[line]).collect();
        let page = Page::new(text.as_bytes(), 0, &cut);
        starts.iter().map(|&start| page.zone(start)).collect()
    }

    #[test]
    fn zones_are_told_by_prose() {
        use Zone::{Body, Head, Tail};
        assert_eq!(
            zones(&["Menu", PROSE, "x", PROSE, PROSE, PROSE, "Share"], &[]),
            [Head, Head, Body, Body, Body, Tail, Tail]
        );
        assert_eq!(zones(&["Menu", PROSE, PROSE, "Share"], &[]), [Body; 4]);
        // The last prose line is chaff and cut: it is no prose, and two are too few.
        assert_eq!(zones(&["Menu", PROSE, PROSE, PROSE, "Share"], &[3]), [Body; 5]);
    }

    #[test]
    fn neighbours_are_counted_in_lines_that_can_be_seen() {
        let text = b"a\n\n \nb\nc\nd\n";
        let page = Page::new(text, 0, &[0]);
        let near = |side, within| ActiveNear { rules: Some(vec![7]), within, side };
        let cuts = [(0, 7)];
        assert!(page.is_near(5, &near(Side::Both, 1), &cuts));
        assert!(page.is_near(5, &near(Side::Before, 1), &cuts));
        assert!(!page.is_near(5, &near(Side::After, 1), &cuts));
        assert!(!page.is_near(7, &near(Side::Both, 1), &cuts));
        assert!(page.is_near(7, &near(Side::Both, 2), &cuts));
        assert!(!page.is_near(5, &near(Side::Both, 1), &[(0, 8)]));
        assert!(!page.is_near(0, &near(Side::Both, 1), &cuts), "a line is no neighbour of itself");
    }
}
