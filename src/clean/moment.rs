//! Dates and times of day, as pages in many languages write them.
//!
//! Takes a folded line and a place in it, gives the places where a date or time that begins there may end.

use unicode_normalization::char::is_combining_mark;

use super::calendar::{DateWord, date_word};
use super::hole::Seen;
use crate::text::{border, char_before, is_word_char};

/// The longest date and time, in bytes: what is longer is a sentence.
const LONGEST_DATE: usize = 80;

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

/// Where a date that begins at `at` may end.
pub(super) fn dates(seen: &Seen, at: usize) -> Vec<usize> {
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

/// Where a time of day that begins at `at` may end.
pub(super) fn times(seen: &Seen, at: usize) -> Vec<usize> {
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

#[cfg(test)]
mod tests {
    use super::super::hole::tests::filled;
    use crate::pack::Hole;
    use crate::text::Case;

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
}
