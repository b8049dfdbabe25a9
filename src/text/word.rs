//! Words and their borders.
//!
//! A word is a run of letters and digits; in scripts that put no blanks between words each character is one.

use unicode_normalization::char::is_combining_mark;

use super::Span;

/// Whether `c` is part of a word: a letter or digit of any script.
#[must_use]
pub fn is_word_char(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        // The blocks of most letters, all of them letters, told faster than by the tables.
        '\u{c0}'..='\u{24f}' => !matches!(c, '×' | '÷'),
        '\u{400}'..='\u{481}' | '\u{3041}'..='\u{3096}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        _ => c.is_alphanumeric(),
    }
}

/// Whether `c` is of a script without blanks between words: Han, kana, Thai, Lao, Khmer.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// How many words `text` holds.
#[must_use]
pub fn count_words(text: &[u8]) -> usize {
    if text.is_ascii() { count_ascii_words(text) } else { words_by_kind(text).0 }
}

/// How many words `text` holds, and how many of them are characters of scripts without blanks.
pub(super) fn words_by_kind(text: &[u8]) -> (usize, usize) {
    let mut counter = WordCounter::default();
    match std::str::from_utf8(text) {
        Ok(text) => counter.add(text),
        Err(_) => {
            for chunk in text.utf8_chunks() {
                counter.add(chunk.valid());
                counter.inside &= chunk.invalid().is_empty();
            }
        }
    }
    (counter.words, counter.unspaced)
}

#[derive(Default)]
struct WordCounter {
    words: usize,
    unspaced: usize,
    /// Whether a word reaches to where has been counted.
    inside: bool,
}

impl WordCounter {
    /// Counts the words of `text`, which goes on where the last one ended.
    fn add(&mut self, mut text: &str) {
        while let Some(c) = text.chars().next() {
            if c.is_ascii() {
                let (run, rest) = text.split_at(ascii_run(text.as_bytes()));
                self.add_ascii(run.as_bytes());
                text = rest;
            } else {
                self.add_char(c);
                text = &text[c.len_utf8()..];
            }
        }
    }

    fn add_ascii(&mut self, run: &[u8]) {
        let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let goes_on = self.inside && is_letter(run.first());
        self.words += count_ascii_words(run) - usize::from(goes_on);
        self.inside = is_letter(run.last());
    }

    fn add_char(&mut self, c: char) {
        if is_word_char(c) {
            if is_unspaced(c) {
                (self.words, self.unspaced, self.inside) = (self.words + 1, self.unspaced + 1, false);
            } else {
                self.words += usize::from(!self.inside);
                self.inside = true;
            }
        } else if !is_combining_mark(c) {
            self.inside = false;
        }
    }
}

/// How many bytes at the start of `text` are ASCII.
fn ascii_run(text: &[u8]) -> usize {
    let (eights, _) = text.as_chunks::<8>();
    let whole = 8 * eights.iter().take_while(|eight| eight.is_ascii()).count();
    whole + text[whole..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Whether `text` holds at least so many words.
#[must_use]
pub(crate) fn has_words(text: &[u8], least: usize) -> bool {
    // The first bytes nearly always tell.
    let start = &text[..text.len().min(64)];
    (start.is_ascii() && count_ascii_words(start) >= least) || words_of(text).take(least).count() == least
}

/// The words of `text`, in order.
pub fn words_of(text: &[u8]) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut word: Option<Span> = None;
        while at < text.len() {
            let Some(c) = char_after(text, at) else {
                // A byte that is not UTF-8 is no letter.
                at += 1;
                if word.is_some() {
                    break;
                }
                continue;
            };
            let here = Span::new(at, at + c.len_utf8());
            let stands_alone = is_unspaced(c) && is_word_char(c);
            if word.is_some() && stands_alone {
                break;
            }
            at = here.end;
            match &mut word {
                None if stands_alone => return Some(here),
                None if is_word_char(c) => word = Some(here),
                Some(word) if is_word_char(c) || is_combining_mark(c) => word.end = here.end,
                Some(_) => break,
                None => {}
            }
        }
        word
    })
}

fn count_ascii_words(text: &[u8]) -> usize {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric();
    let begins = |(&before, &byte): (&u8, &u8)| u8::from(is_letter(byte) & !is_letter(before));
    // Sums that fit into bytes are made many at a time.
    let sum = |(befores, bytes): (&[u8], &[u8])| usize::from(befores.iter().zip(bytes).map(begins).sum::<u8>());
    let Some((&first, rest)) = text.split_first() else { return 0 };
    usize::from(is_letter(first)) + text.chunks(128).zip(rest.chunks(128)).map(sum).sum::<usize>()
}

/// Whether a phrase may end between these two neighbours: not where it would cut a word in two. Between characters of
/// scripts without blanks, and at the edges of a text, every place is a border.
#[must_use]
pub fn border(left: Option<char>, right: Option<char>) -> bool {
    match (left, right) {
        (Some(l), Some(r)) => !(is_word_char(l) && is_word_char(r)) || is_unspaced(l) || is_unspaced(r),
        _ => true,
    }
}

/// The character that ends at byte `at` of `text`; none at the start or after a byte that is not UTF-8.
#[must_use]
pub fn char_before(text: &[u8], at: usize) -> Option<char> {
    let last = *text.get(at.checked_sub(1)?)?;
    if last.is_ascii() {
        return Some(char::from(last));
    }
    let from = (at.saturating_sub(4)..at).rev().find(|&i| text[i] & 0xC0 != 0x80)?;
    std::str::from_utf8(&text[from..at]).ok()?.chars().next_back()
}

/// The character that begins at byte `at` of `text`; none at the end or at a byte that is not UTF-8.
#[must_use]
pub fn char_after(text: &[u8], at: usize) -> Option<char> {
    let first = *text.get(at)?;
    let len = match first {
        0..0x80 => return Some(char::from(first)),
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    std::str::from_utf8(text.get(at..at + len)?).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_every_script() {
        for (text, words) in [
            ("", 0),
            ("Leave a comment", 3),
            ("don't, 3.5", 4),
            ("Füße übers Maß", 3),
            ("分享到微博", 5),
            ("分享 on Facebook", 4),
            ("हिन्दी में", 2),
            ("--- * ---", 0),
        ] {
            assert_eq!(count_words(text.as_bytes()), words, "{text}");
            assert_eq!(words_of(text.as_bytes()).count(), words, "{text}");
        }
        assert_eq!(count_words(b"caf\xe9 ol\xe9"), 2);
    }

    #[test]
    fn letters_are_those_of_the_tables() {
        assert!((char::MIN..=char::MAX).all(|c| is_word_char(c) == c.is_alphanumeric()));
    }

    proptest::proptest! {
        #[test]
        fn words_are_as_many_as_can_be_told_apart(text in "([a-z0-9 .]{0,20}|[éß分ไ\u{301}\u{93f} ]{0,4}){0,12}", cut in 0..9_usize) {
            proptest::prop_assert_eq!(count_words(text.as_bytes()), words_of(text.as_bytes()).count());
            let broken = [&text.as_bytes()[..cut.min(text.len())], b"\xff", text.as_bytes()].concat();
            proptest::prop_assert_eq!(count_words(&broken), words_of(&broken).count());
        }
    }

    #[test]
    fn words_are_told_apart() {
        let text = "Don't stop分享\u{ff21}";
        let words: Vec<&str> = words_of(text.as_bytes()).map(|word| &text[word.range()]).collect();
        assert_eq!(words, ["Don", "t", "stop", "分", "享", "Ａ"]);
        assert_eq!(words_of(b"caf\xe9 ol\xe9").count(), 2);
    }

    #[test]
    fn borders_stand_where_no_word_is_cut() {
        assert!(!border(Some('a'), Some('b')));
        assert!(!border(Some('a'), Some('1')));
        assert!(border(Some('a'), Some(' ')));
        assert!(border(None, Some('a')));
        assert!(border(Some('分'), Some('享')));
        assert!(border(Some('分'), Some('a')));
    }

    #[test]
    fn neighbours_are_read_over_broken_bytes() {
        let text = "aß".as_bytes();
        assert_eq!((char_before(text, 3), char_after(text, 1)), (Some('ß'), Some('ß')));
        assert_eq!((char_before(text, 0), char_after(text, 3)), (None, None));
        assert_eq!((char_before(b"\x80\x80", 2), char_after(b"\xffa", 0)), (None, None));
    }
}
