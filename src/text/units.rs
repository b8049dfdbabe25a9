//! What folds to what, character by character.
//!
//! Composition and width are those of NFKC (Unicode Standard Annex 15); case is folded by upper-casing and then
//! lower-casing each character, which joins ß with ss and the final sigma with the others, and the four i of Turkish
//! with each other. A character and what combines with it are one unit, and of one origin.

use std::sync::LazyLock;

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfkc_quick};

use super::Span;
use super::fold::Case;
use super::line::is_zero_width;
use super::links::Link;
use crate::simd::plain_run;

/// Takes the folded units of a line.
pub(super) trait Sink {
    /// One unit: its bytes, and where it begins and ends in the line.
    fn unit(&mut self, bytes: &[u8], from: usize, to: usize);
    /// ASCII bytes, each a unit of its own, the first of which stands at `from`.
    fn ascii(&mut self, bytes: &[u8], case: Case, from: usize);
}

impl Sink for Vec<u8> {
    fn unit(&mut self, bytes: &[u8], _: usize, _: usize) {
        self.extend_from_slice(bytes);
    }

    fn ascii(&mut self, bytes: &[u8], case: Case, _: usize) {
        let start = self.len();
        self.extend_from_slice(bytes);
        if case == Case::Fold {
            self[start..].make_ascii_lowercase();
        }
    }
}

/// A folded text whose bytes know where they came from.
#[derive(Default)]
pub(super) struct Mapped {
    pub text: Vec<u8>,
    /// For each byte of `text`, the place in the line of the unit that it belongs to.
    pub from: Vec<u32>,
    pub to: Vec<u32>,
}

impl Sink for Mapped {
    fn unit(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.text.extend_from_slice(bytes);
        self.from.resize(self.text.len(), narrow(from));
        self.to.resize(self.text.len(), narrow(to));
    }

    fn ascii(&mut self, bytes: &[u8], case: Case, from: usize) {
        self.text.ascii(bytes, case, from);
        self.from.extend((from..from + bytes.len()).map(narrow));
        self.to.extend((from..from + bytes.len()).map(|at| narrow(at + 1)));
    }
}

/// Gives the folded units of `line` in order. Blanks at both ends and the brackets and addresses of `links` give none;
/// a run of blanks gives one.
pub(super) fn units(line: &[u8], links: &[Link], case: Case, sink: &mut impl Sink) {
    let mut markers: Vec<Span> = links
        .iter()
        .flat_map(|link| [Span::new(link.whole.start, link.text.start), Span::new(link.text.end, link.whole.end)])
        .collect();
    markers.sort_unstable();
    let mut units = Units { case, sink, blank: None, begun: false };
    let mut at = 0;
    for marker in markers {
        if at < marker.start {
            units.stretch(&line[at..marker.start], at);
        }
        at = at.max(marker.end);
    }
    units.stretch(&line[at..], at);
}

struct Units<'s, S> {
    case: Case,
    sink: &'s mut S,
    /// The run of blanks that waits for something to stand after it.
    blank: Option<Span>,
    begun: bool,
}

impl<S: Sink> Units<'_, S> {
    fn stretch(&mut self, bytes: &[u8], offset: usize) {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.valid(text, offset);
        }
        let mut at = offset;
        for chunk in bytes.utf8_chunks() {
            self.valid(chunk.valid(), at);
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                self.unit(chunk.invalid(), at, at + chunk.invalid().len());
                at += chunk.invalid().len();
            }
        }
    }

    fn valid(&mut self, text: &str, offset: usize) {
        let mut at = 0;
        while at < text.len() {
            let run = simple_run(&text.as_bytes()[at..]);
            if run > 0 {
                self.close_blank();
                self.sink.ascii(&text.as_bytes()[at..at + run], self.case, offset + at);
                at += run;
            } else {
                at = self.beyond(text, at, offset);
            }
        }
    }

    /// Takes what stands at `at`, which is no simple run, up to the next ASCII letter or beyond one cluster; gives where
    /// that ends.
    fn beyond(&mut self, text: &str, mut at: usize, offset: usize) -> usize {
        let mut chars = text[at..].chars().peekable();
        while let Some(c) = chars.next() {
            let next = at + c.len_utf8();
            match simple_fold(c, self.case) {
                Some(folded) if chars.peek().is_none_or(|&next| !extends(next)) => {
                    self.unit(folded.encode_utf8(&mut [0; 4]).as_bytes(), offset + at, offset + next);
                    at = next;
                    if chars.peek().is_some_and(char::is_ascii) {
                        return at;
                    }
                }
                _ => {
                    let end = text[next..].char_indices().find(|&(_, c)| !extends(c));
                    let end = end.map_or(text.len(), |(step, _)| next + step);
                    self.cluster(&text[at..end], offset + at, offset + end);
                    return end;
                }
            }
        }
        at
    }

    /// A character and what combines with it; normalised together, and of one origin.
    fn cluster(&mut self, cluster: &str, from: usize, to: usize) {
        let mut chars = cluster.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && (is_stable(c) || is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes)
        {
            return self.char(c, from, to);
        }
        let mut unit = Vec::with_capacity(cluster.len());
        for c in cluster.nfkc() {
            if c.is_whitespace() || is_zero_width(c) {
                continue;
            }
            push_folded(c, self.case, &mut unit);
        }
        if unit.is_empty() {
            // A blank of another width; what has no width at all leaves no gap.
            if cluster.chars().any(char::is_whitespace) {
                self.see_blank(from, to);
            }
        } else {
            self.unit(&unit, from, to);
        }
    }

    fn char(&mut self, c: char, from: usize, to: usize) {
        if c.is_whitespace() {
            self.see_blank(from, to);
        } else if !is_zero_width(c) {
            let mut unit = [0; 12];
            let mut len = 0;
            for_each_folded(c, self.case, |c| len += c.encode_utf8(&mut unit[len..]).len());
            self.unit(&unit[..len], from, to);
        }
    }

    fn see_blank(&mut self, from: usize, to: usize) {
        self.blank = Some(Span::new(self.blank.map_or(from, |blank| blank.start), to));
    }

    fn unit(&mut self, bytes: &[u8], from: usize, to: usize) {
        self.close_blank();
        self.sink.unit(bytes, from, to);
    }

    fn close_blank(&mut self) {
        if let Some(blank) = self.blank.take().filter(|_| self.begun) {
            self.sink.unit(b" ", blank.start, blank.end);
        }
        self.begun = true;
    }
}

/// How many bytes at the start of `text` are visible ASCII with single blanks between, and do not combine with what
/// comes after them.
fn simple_run(text: &[u8]) -> usize {
    if text.first().is_some_and(|byte| !byte.is_ascii_graphic()) {
        return 0;
    }
    let mut end = plain_run(text);
    if text.get(end).is_some_and(|byte| !byte.is_ascii()) {
        // What is not ASCII may combine with the character before it.
        end -= usize::from(end > 0 && text[end - 1] != b' ');
    }
    end - usize::from(end > 0 && text[end - 1] == b' ')
}

/// The one character that `c` folds to whatever stands before it, for the letters that fill most texts beyond ASCII; none
/// for those that need a closer look.
fn simple_fold(c: char, case: Case) -> Option<char> {
    static FOLDED: LazyLock<Vec<char>> = LazyLock::new(|| ('\0'..CASED_END).map(single_fold).collect());
    match c {
        _ if !is_stable(c) => None,
        _ if c < CASED_END && case == Case::Fold => FOLDED.get(c as usize).copied().filter(|&folded| folded != NONE),
        // What stands above is typography, or has no case.
        '\u{2010}'..='\u{2023}' => single_fold_in(c, case),
        _ => Some(c),
    }
}

/// Letters with capitals stand before it, as far as they are stable.
const CASED_END: char = '\u{590}';
/// Stands for a character that does not fold to one.
const NONE: char = '\0';

fn single_fold(c: char) -> char {
    single_fold_in(c, Case::Fold).unwrap_or(NONE)
}

fn single_fold_in(c: char, case: Case) -> Option<char> {
    let (mut folded, mut count) = (NONE, 0);
    for_each_folded(c, case, |c| (folded, count) = (c, count + 1));
    (count == 1).then_some(folded)
}

/// Whether `c` is of the letters that fill most texts beyond ASCII and is its own NFKC form: accented Latin, Greek,
/// Cyrillic, Hebrew, Arabic, kana and Han, and the marks of typography. The tables know the others.
fn is_stable(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{131}' | '\u{141}'..='\u{148}' | '\u{14a}'..='\u{17e}' | '\u{391}'..='\u{3ce}'
        | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{5d0}'..='\u{5ea}' | '\u{621}'..='\u{64a}' | '\u{660}'..='\u{66f}'
        | '\u{2010}' | '\u{2012}'..='\u{2016}' | '\u{2018}'..='\u{2023}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether `c` combines with the character before it: marks, the jamo inside a Hangul syllable, and the half-width
/// voicing marks of kana.
fn extends(c: char) -> bool {
    c >= '\u{300}'
        && !is_stable(c)
        && (is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{ff9e}' | '\u{ff9f}'))
}

fn push_folded(c: char, case: Case, unit: &mut Vec<u8>) {
    for_each_folded(c, case, |c| unit.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()));
}

/// Gives what `c`, already of NFKC, folds to: at most three characters.
fn for_each_folded(c: char, case: Case, mut emit: impl FnMut(char)) {
    let c = match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '‶' | '〝' | '〞' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ => c,
    };
    match c {
        _ if case == Case::Exact => emit(c),
        'İ' | 'I' | 'ı' => emit('i'),
        _ if c.is_ascii() => emit(c.to_ascii_lowercase()),
        _ => c.to_uppercase().flat_map(char::to_lowercase).for_each(emit),
    }
}

/// Lines of 4 GiB are refused before any place in them is asked for.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_letters_are_their_own_normal_form() {
        for c in ('\0'..=char::MAX).filter(|&c| is_stable(c)) {
            assert!(std::iter::once(c).nfkc().eq([c]), "{c} {:x}", u32::from(c));
            assert_eq!(is_nfkc_quick(std::iter::once(c)), IsNormalized::Yes, "{c}");
            assert!(!is_combining_mark(c) && !c.is_whitespace() && !is_zero_width(c), "{c}");
        }
    }
}
