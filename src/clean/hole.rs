//! What may fill a hole of a phrase.
//!
//! Takes a folded line and a place in it, gives the places where that which begins there may end, the longest first.
//! Knows nothing of the phrase around the hole.

use unicode_normalization::char::is_combining_mark;

use super::moment::{dates, times};
use crate::pack::Hole;
use crate::text::{
    Fold, Folded, Span, border, char_after, char_before, count_words, is_unspaced, is_word_char, without_stop,
};

/// The words of a name at most, and the characters of one in a script without blanks.
const NAME_WORDS: usize = 5;
const NAME_CHARS: usize = 6;

/// A folded line in which something is looked for.
#[derive(Clone, Copy)]
pub(super) struct Seen<'l> {
    /// The folded line, edges and all.
    pub text: &'l [u8],
    /// What stands between the edges.
    pub core: Span,
    /// The same without the full stop that a phrase of three words or more may overlook.
    pub stopless: Span,
    /// Where the folded bytes come from, for those who ask for capitals.
    source: Option<(&'l Folded, &'l [u8])>,
}

impl<'l> Seen<'l> {
    /// `folded`, which `line` was folded to.
    pub(super) fn new(folded: &'l Folded, line: &'l [u8]) -> Self {
        let (core, stopless) = (folded.core(), folded.core_without_stop());
        Self { text: folded.text(), core, stopless, source: Some((folded, line)) }
    }

    /// A folded line of which no more is known: every letter may have been a capital.
    pub(super) fn bare(text: &'l [u8], core: Span) -> Self {
        Self { text, core, stopless: without_stop(text, core), source: None }
    }

    /// The same line as a rule sees it that folds it as said: without edges all is core.
    pub(super) fn folded_as(mut self, fold: Fold) -> Self {
        if fold != Fold::Full {
            self.core = Span::new(0, self.text.len());
            self.stopless = self.core;
        }
        self
    }

    pub(super) fn char(&self, at: usize) -> Option<char> {
        char_after(self.text, at)
    }

    /// Whether the character at `at` begins a word as names do: with a capital, or in a script that has none.
    fn begins_name(&self, at: usize) -> bool {
        let Some(c) = self.char(at).filter(|c| c.is_alphabetic()) else { return false };
        let Some((folded, line)) = self.source else { return true };
        let origin = folded.origin(Span::new(at, at + c.len_utf8()));
        origin.and_then(|origin| char_after(line, origin.start)).is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
    }

    /// Where the run of characters that `is` accepts ends which begins at `at`.
    pub(super) fn run(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
        let mut end = at;
        while let Some(c) = self.char(end).filter(|&c| is(c)) {
            end += c.len_utf8();
        }
        end
    }
}

/// Where that which fills `hole` from `at` on may end, the longest first.
pub(super) fn ends(hole: Hole, seen: &Seen, at: usize) -> Vec<usize> {
    let mut ends = match hole {
        Hole::Number => numbers(seen, at),
        Hole::Date => dates(seen, at),
        Hole::Time => times(seen, at),
        Hole::Name => names(seen, at),
        Hole::Words { least, most } => words(seen, at, least, most),
        Hole::Handle => handles(seen, at),
        Hole::Url => urls(seen, at),
    };
    ends.sort_unstable_by(|a, b| b.cmp(a));
    ends.dedup();
    ends
}

/// Units that stand behind a shortened number, glued or after a blank.
const UNITS: &[&str] = &[
    "k", "m", "b", "mio", "mln", "mil", "mi", "bn", "tsd", "tys", "tis", "тыс", "тис", "млн", "万", "千", "億", "亿",
    "만", "천", "rb", "jt", "bin", "mn",
];

fn numbers(seen: &Seen, at: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut end = at + usize::from(seen.char(at) == Some('+'));
    loop {
        let digits = seen.run(end, char::is_numeric);
        if digits == end {
            break;
        }
        ends.push(digits);
        // A separator goes on with the number only if digits follow it; a blank, if three do.
        let Some(gap) = seen.char(digits).filter(|c| matches!(c, '.' | ',' | '\'' | ' ' | '٬' | '٫')) else { break };
        end = digits + gap.len_utf8();
        let group = seen.run(end, char::is_numeric) - end;
        if gap == ' ' && group != 3 {
            break;
        }
    }
    if let Some(&last) = ends.last() {
        let unit = last + usize::from(seen.char(last) == Some(' '));
        let word = seen.run(unit, is_word_char);
        let bare = seen.run(unit, |c| is_word_char(c) && is_unspaced(c));
        let is_unit = |end: usize| UNITS.iter().any(|unit_word| unit_word.as_bytes() == &seen.text[unit..end]);
        ends.extend([word, bare].into_iter().filter(|&end| end > unit && is_unit(end)));
        if seen.char(last) == Some('+') {
            ends.push(last + 1);
        }
    }
    ends
}

/// Particles that stand inside names without a capital.
const PARTICLES: &[&str] = &[
    "de", "da", "di", "du", "do", "dos", "das", "del", "della", "der", "den", "van", "von", "zu", "zur", "la", "le",
    "el", "al", "bin", "ben", "ibn", "y", "e", "ten", "ter", "af", "av", "und", "and", "&", "-", "i",
];

fn names(seen: &Seen, at: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let first = seen.char(at);
    if first.is_some_and(is_unspaced) {
        let mut end = at;
        for count in 1..=NAME_CHARS {
            let Some(c) = seen.char(end).filter(|&c| is_unspaced(c) && is_word_char(c)) else { break };
            end += c.len_utf8();
            ends.extend(Some(end).filter(|_| count >= 2));
        }
        return ends;
    }
    let mut from = at;
    for _ in 0..NAME_WORDS {
        let token =
            seen.run(from, |c| !c.is_whitespace() && !matches!(c, ',' | '/' | '|' | '(' | ')' | '"' | ':' | ';'));
        if token == from {
            break;
        }
        let is_particle = from > at && PARTICLES.iter().any(|particle| particle.as_bytes() == &seen.text[from..token]);
        if seen.begins_name(from) {
            ends.push(token);
            // A full stop may be the end of the sentence instead of an initial's.
            let bare = token - usize::from(seen.text[from..token].ends_with(b"."));
            ends.push(bare);
        } else if !is_particle {
            break;
        }
        if seen.char(token) != Some(' ') {
            break;
        }
        from = token + 1;
    }
    ends
}

fn words(seen: &Seen, at: usize, least: usize, most: usize) -> Vec<usize> {
    let (text, mut ends) = (seen.text, Vec::new());
    if seen.char(at).is_none_or(char::is_whitespace) {
        return ends;
    }
    let mut end = at;
    let mut count = 0;
    let mut counted = at;
    while let Some(c) = char_after(text, end) {
        if ends_sentence(text, at, end) {
            break;
        }
        end += c.len_utf8();
        let next = char_after(text, end);
        if c.is_whitespace() || !border(Some(c), next) || next.is_some_and(is_combining_mark) {
            continue;
        }
        // Words are counted from border to border, so that each byte is looked at once.
        count += count_words(&text[counted..end]);
        counted = end;
        if count > most {
            break;
        }
        if count >= least {
            ends.push(end);
        }
    }
    ends
}

/// Whether a sentence that began at `start` ends before `at`, and something follows it.
fn ends_sentence(text: &[u8], start: usize, at: usize) -> bool {
    if text.get(at) != Some(&b' ') {
        return false;
    }
    match char_before(&text[start..at], at - start) {
        Some('!' | '?' | '…' | '؟') => true,
        Some('.') => {
            let word = text[start..at - 1].rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            // "St. Petersburg", "U.S. troops", "Mrs. Jones".
            let is_short = word.len() <= 2 || !word.iter().any(|byte| b"aeiouy".contains(byte) || !byte.is_ascii());
            !is_short && !word.contains(&b'.')
        }
        _ => false,
    }
}

fn handles(seen: &Seen, at: usize) -> Vec<usize> {
    let start = at + usize::from(seen.char(at) == Some('@'));
    let end = seen.run(start, |c| is_word_char(c) || matches!(c, '_' | '.' | '-'));
    let end = end - usize::from(seen.text[start..end].ends_with(b"."));
    if (2..=40).contains(&(end - start)) { vec![end] } else { Vec::new() }
}

fn urls(seen: &Seen, at: usize) -> Vec<usize> {
    let end = seen.run(at, |c| !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '|'));
    let mut token = &seen.text[at..end];
    while let [rest @ .., b'.' | b',' | b')' | b';' | b':'] = token {
        token = rest;
    }
    let host = token.strip_prefix(b"https://").or_else(|| token.strip_prefix(b"http://")).unwrap_or(token);
    let host = host.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let last = host.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_host = host.contains(&b'.') && last.len() >= 2 && last.iter().all(|byte| !byte.is_ascii_digit());
    if is_host { vec![at + token.len()] } else { Vec::new() }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::text::Case;

    /// What of `line` fills `hole`, the longest.
    pub(in crate::clean) fn filled(hole: Hole, line: &str) -> Option<String> {
        let folded = Folded::new(line.as_bytes(), Fold::NoEdges, Case::Fold);
        let seen = Seen::new(&folded, line.as_bytes());
        let end = *ends(hole, &seen, 0).first()?;
        Some(String::from_utf8(folded.text()[..end].to_vec()).unwrap())
    }

    #[test]
    fn numbers_have_separators_and_units() {
        for (line, number) in [
            ("12 comments", Some("12")),
            ("1.2K shares", Some("1.2k")),
            ("3,400 likes", Some("3,400")),
            ("12 345 Kommentare", Some("12 345")),
            ("12 34", Some("12")),
            ("1,2 тыс. просмотров", Some("1,2 тыс")),
            ("3万", Some("3万")),
            ("٣٤ تعليق", Some("34")),
            ("99+", Some("99+")),
            ("5km", Some("5")),
            ("five", None),
        ] {
            let told = filled(Hole::Number, line).map(|told| told.replace('٣', "3").replace('٤', "4"));
            assert_eq!(told.as_deref(), number, "{line}");
        }
    }

    #[test]
    fn names_begin_with_capitals() {
        for (line, name) in [
            ("Jane Doe says", Some("jane doe")),
            ("Ludwig van Beethoven wrote", Some("ludwig van beethoven")),
            ("J. R. Smith, editor", Some("j. r. smith")),
            ("jane doe", None),
            ("安倍晋三", Some("安倍晋三")),
            ("محمد علي", Some("محمد علي")),
            ("AFP", Some("afp")),
        ] {
            assert_eq!(filled(Hole::Name, line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn words_are_so_many_and_of_one_sentence() {
        let words = |least, most| Hole::Words { least, most };
        assert_eq!(filled(words(1, 3), "one two three four").as_deref(), Some("one two three"));
        assert_eq!(filled(words(1, 9), "St. Pauli won. Then").as_deref(), Some("st. pauli won."));
        assert_eq!(filled(words(1, 9), "Really? No").as_deref(), Some("really?"));
        assert_eq!(filled(words(2, 3), "one"), None);
        assert_eq!(filled(words(1, 3), "分享到微博").as_deref(), Some("分享到"));
    }

    #[test]
    fn handles_and_addresses() {
        assert_eq!(filled(Hole::Handle, "@some_body. on").as_deref(), Some("@some_body"));
        assert_eq!(filled(Hole::Handle, "@"), None);
        assert_eq!(filled(Hole::Url, "https://example.com/a?b, x").as_deref(), Some("https://example.com/a?b"));
        assert_eq!(filled(Hole::Url, "www.example.org").as_deref(), Some("www.example.org"));
        assert_eq!(filled(Hole::Url, "3.50"), None);
        assert_eq!(filled(Hole::Url, "word"), None);
    }
}
