//! What may fill a hole of a phrase.
//!
//! Takes a folded line and a place in it, gives the places where that which begins there may end, the longest first.
//! Knows nothing of the phrase around the hole.

use unicode_normalization::char::is_combining_mark;

use super::calendar::{DateWord, date_word};
use crate::pack::Hole;
use crate::text::{
    Fold, Folded, Span, border, char_after, char_before, count_words, is_unspaced, is_word_char, without_stop,
};

/// The longest date and time, in bytes: what is longer is a sentence.
const LONGEST_DATE: usize = 80;
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

    fn char(&self, at: usize) -> Option<char> {
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
    fn run(&self, at: usize, is: impl Fn(char) -> bool) -> usize {
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

/// What has been read of a date.
#[derive(Default)]
struct Date {
    /// Numbers without a name or unit: value and digits.
    numbers: Vec<(u32, usize)>,
    /// What stood between the first two of them, and between the next.
    gaps: Vec<char>,
    month: bool,
    year: bool,
    day: bool,
}

impl Date {
    fn number(&mut self, value: u32, digits: usize) -> bool {
        let is_new = if self.month && digits == 4 {
            !std::mem::replace(&mut self.year, (1000..3000).contains(&value))
        } else if digits <= 2 && self.month {
            !std::mem::replace(&mut self.day, (1..=31).contains(&value))
        } else {
            true
        };
        self.numbers.push((value, digits));
        is_new && self.numbers.len() <= 3
    }

    /// Whether what has been read so far is a date.
    fn is_date(&self) -> bool {
        let day = |(value, digits): (u32, usize)| digits <= 2 && (1..=31).contains(&value);
        let year = |(value, digits): (u32, usize)| digits == 4 && (1000..3000).contains(&value);
        let months = |numbers: &[(u32, usize)]| numbers.iter().any(|&(value, _)| value <= 12);
        if self.month {
            return match self.numbers.as_slice() {
                [] => self.day || self.year,
                [one] => day(*one) || year(*one),
                [one, other] => (day(*one) && year(*other)) || (year(*one) && day(*other)),
                _ => false,
            };
        }
        let parted =
            self.gaps.first().is_some_and(|gap| *gap != ' ') && self.gaps.windows(2).all(|two| two[0] == two[1]);
        match self.numbers.as_slice() {
            &[a, b, c] if parted => {
                let short_year = |(_, digits): (u32, usize)| digits == 2;
                (day(a) && day(b) && (year(c) || short_year(c)) && months(&[a, b]))
                    || (year(a) && day(b) && day(c) && months(&[b, c]))
            }
            _ => false,
        }
    }
}

fn dates(seen: &Seen, at: usize) -> Vec<usize> {
    let (mut date, mut ends, mut from) = (Date::default(), Vec::new(), at);
    let mut gap = None;
    while from < seen.text.len().min(at + LONGEST_DATE) {
        let digits = seen.run(from, char::is_numeric);
        if digits > from {
            let count = seen.text[from..digits].utf8_chunks().map(|chunk| chunk.valid().chars().count()).sum();
            let value = value(&seen.text[from..digits]);
            match seen.char(digits) {
                Some('年' | '년') => {
                    date.year = true;
                    from = digits + '年'.len_utf8();
                }
                Some('月' | '월') => {
                    date.month = true;
                    from = digits + '月'.len_utf8();
                }
                Some('日' | '일' | '号' | '號') => {
                    date.day = true;
                    from = digits + '日'.len_utf8();
                }
                _ => {
                    if !date.numbers.is_empty() {
                        date.gaps.extend(gap);
                    }
                    if !date.number(value, count) {
                        break;
                    }
                    from = ordinal(seen, digits);
                }
            }
        } else {
            let word = seen.run(from, |c| is_word_char(c) || c == '\'' || is_combining_mark(c));
            match date_word(&seen.text[from..word]) {
                Some(DateWord::Month) if !date.month => {
                    date.month = true;
                    from = word;
                }
                Some(DateWord::MonthMark) if !date.month => {
                    let digits = seen.run(word + 1, char::is_numeric);
                    if seen.char(word) != Some(' ') || digits == word + 1 {
                        break;
                    }
                    date.month = true;
                    from = digits;
                }
                Some(DateWord::Weekday | DateWord::Filler) => from = word,
                _ => break,
            }
        }
        ends.extend(Some(from).filter(|_| date.is_date()));
        let rest = seen.run(from, |c| matches!(c, ' ' | ',' | '.' | '/' | '-' | '،'));
        gap = seen.char(from).filter(|_| rest > from);
        from = rest;
    }
    ends
}

fn value(digits: &[u8]) -> u32 {
    let digits = std::str::from_utf8(digits).unwrap_or_default();
    digits.chars().take(9).fold(0, |value, c| value * 10 + digit(c))
}

/// The value of a decimal digit of any script: each script's ten digits stand together.
fn digit(c: char) -> u32 {
    let zero = match c {
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '๐'..='๙' => '๐',
        '০'..='৯' => '০',
        _ => '0',
    };
    u32::from(c).wrapping_sub(u32::from(zero)).min(9)
}

/// Behind the ending that makes a number an ordinal.
fn ordinal(seen: &Seen, at: usize) -> usize {
    let end = seen.run(at, |c| is_word_char(c) || c == 'º');
    let ending = &seen.text[at..end];
    let known: [&[u8]; 9] = [b"st", b"nd", b"rd", b"th", b"er", b"e", b"o", "º".as_bytes(), "η".as_bytes()];
    if known.contains(&ending) { end } else { at }
}

/// Words behind a time of day, and zones.
const AFTER_TIME: &[&str] =
    &["am", "pm", "a.m.", "p.m.", "a.m", "p.m", "uhr", "h", "hrs", "hs", "น.", "πμ", "μμ", "π.μ.", "μ.μ.", "ч", "ist"];
const ZONES: &[&str] = &[
    "est", "edt", "et", "cst", "cdt", "ct", "mst", "mdt", "pst", "pdt", "pt", "gmt", "utc", "bst", "ist", "cet",
    "cest", "eet", "eest", "msk", "jst", "kst", "wib", "aest", "aedt", "sgt", "hkt", "pkt", "nzst", "nzdt", "z",
];
const BEFORE_TIME: &[&str] = &["오전", "오후", "午前", "午後", "上午", "下午"];

fn times(seen: &Seen, at: usize) -> Vec<usize> {
    let mark = BEFORE_TIME.iter().find(|mark| seen.text[at..].starts_with(mark.as_bytes()));
    let start = mark.map_or(at, |mark| seen.run(at + mark.len(), |c| c == ' '));
    let hours = seen.run(start, char::is_numeric);
    if !(1..=2).contains(&(hours - start)) || value(&seen.text[start..hours]) > 24 {
        return Vec::new();
    }
    let mut ends = Vec::new();
    let mut end = hours;
    let mut parts = 1;
    while parts < 3 {
        let Some(gap) = seen.char(end).filter(|c| matches!(c, ':' | '.' | 'h' | '時' | '点' | '시')) else { break };
        let next = seen.run(end + gap.len_utf8(), |c| c == ' ' && gap == '시');
        let digits = seen.run(next, char::is_numeric);
        if digits - next != 2 || value(&seen.text[next..digits]) > 59 {
            break;
        }
        parts += 1;
        end = digits;
        end += seen.char(end).filter(|c| matches!(c, '分' | '분' | '秒' | '초')).map_or(0, char::len_utf8);
    }
    if parts > 1 || mark.is_some() {
        ends.push(end);
    }
    // Bare hours are a time only with a word behind them.
    for (words, makes_time) in [(AFTER_TIME, true), (ZONES, false)] {
        let from = end + usize::from(seen.char(end) == Some(' '));
        let longest = words
            .iter()
            .filter(|word| seen.text[from.min(seen.text.len())..].starts_with(word.as_bytes()))
            .map(|word| from + word.len())
            .filter(|&stop| border(char_before(seen.text, stop), seen.char(stop)))
            .max();
        if let Some(stop) = longest.filter(|_| makes_time || !ends.is_empty()) {
            ends.push(stop);
            end = stop;
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
mod tests {
    use super::*;
    use crate::text::Case;

    /// What of `line` fills `hole`, the longest.
    fn filled(hole: Hole, line: &str) -> Option<String> {
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
    fn dates_are_told_in_many_languages() {
        for date in [
            "01/22/2025",
            "22.01.2025",
            "2025-01-22",
            "22.1.25",
            "January 22, 2025",
            "22 January 2025",
            "Jan. 22",
            "Wednesday, January 22nd, 2025",
            "22. Januar 2025",
            "22 de enero de 2025",
            "22 janvier 2025",
            "1er mars 2025",
            "22 января 2025 г",
            "22 stycznia 2025",
            "2025年1月22日",
            "1月22日",
            "2025년 1월 22일",
            "22 tháng 1, 2025",
            "22 มกราคม 2568",
            "22 يناير 2025",
            "۲۲ فروردین ۱۴۰۳",
            "2025. január 22",
            "May 2025",
            "22 Ιανουαρίου 2025",
            "22 בינואר 2025",
            "22 Ocak 2025",
        ] {
            let mut folded = Vec::new();
            crate::text::fold_into(date.as_bytes(), Case::Fold, &mut folded);
            assert_eq!(filled(Hole::Date, &format!("{date} x")), Some(String::from_utf8(folded).unwrap()), "{date}");
        }
        for no_date in ["January", "12", "12 people", "2025", "22/33/2025", "1.2.3.4.5", "may I"] {
            assert_eq!(filled(Hole::Date, no_date), None, "{no_date}");
        }
    }

    #[test]
    fn times_of_day() {
        for time in [
            "01:56:10 am",
            "14:30",
            "2 pm",
            "14.30 Uhr",
            "14h30",
            "6:30 p.m. ET",
            "오후 3:15",
            "15時30分",
            "下午3:15",
            "9:00 GMT",
        ] {
            let told = filled(Hole::Time, &format!("{time} x"));
            assert_eq!(told, Some(time.to_lowercase()), "{time}");
        }
        for no_time in ["12", "99:30", "7 people", "12:75"] {
            assert_eq!(filled(Hole::Time, no_time), None, "{no_time}");
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
