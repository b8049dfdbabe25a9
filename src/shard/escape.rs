//! JSON strings: from their spelling to their bytes.
//!
//! Takes raw string values, gives what they stand for and, where that is wanted, marks that lead back from a place in
//! the text to the one in the spelling. Never fails: what is no escape stands for itself.

use std::borrow::Cow;

use memchr::memchr;

use super::plain::{block_at, is_special, special_in};

/// Bytes that must be free behind the last one of a text, so that each char can be written as four.
const SPARE: usize = 4;

/// The bytes that a raw string value stands for; borrowed when it has no escapes. Half a surrogate pair becomes the
/// three bytes that UTF-8 would give it, so that nothing is lost and both sides agree on offsets.
#[must_use]
pub fn unescape(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = unquoted(raw);
    if memchr(b'\\', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = vec![0; inner.len() + SPARE];
    let mut done = unescape_plain(inner, Done::default(), &mut text, |_| {});
    while let Some(&odd) = inner.get(done.raw) {
        text[done.text] = odd;
        done = unescape_plain(inner, done.plus(1), &mut text, |_| {});
    }
    text.truncate(done.text);
    Cow::Owned(text)
}

/// How far a string has been read: a place in its spelling and the same one in its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) raw: usize,
    pub(super) text: usize,
}

impl Done {
    /// After so many bytes more that stand for themselves.
    pub(super) fn plus(self, len: usize) -> Self {
        Self { raw: self.raw + len, text: self.text + len }
    }
}

/// Makes room for the text of `raw` bytes from `at` on.
pub(super) fn make_room(text: &mut Vec<u8>, at: usize, raw: usize) {
    let need = at + raw + SPARE;
    if text.len() < need {
        text.resize(need, 0);
    }
}

/// Writes what `raw` stands for from `done` on into `text`, which must have room for it, up to the end or to what cannot
/// stand in a string: a quote, a control byte, a backslash that begins no escape. Tells `seen` where each escape is.
#[inline]
pub(super) fn unescape_plain(raw: &[u8], mut done: Done, text: &mut [u8], mut seen: impl FnMut(Done)) -> Done {
    loop {
        done = copy_plain(raw, done, text);
        while let Some([b'\\', after @ ..]) = raw.get(done.raw..) {
            if after.first() == Some(&b'u') {
                done = copy_units(raw, done, text, &mut seen);
            }
            if let Some([b'\\', after @ ..]) = raw.get(done.raw..) {
                let (len, Some(code)) = escape(after) else { return done };
                seen(done);
                done = Done { raw: done.raw + len, text: done.text + write(code, text, done.text) };
            }
            // Where each letter is spelt `\uXXXX`, a blank between words must cost nothing.
            if let Some([plain, b'\\']) = raw.get(done.raw..done.raw + 2)
                && !is_special(*plain)
            {
                text[done.text] = *plain;
                done = done.plus(1);
            }
        }
        if raw.get(done.raw).is_none_or(|&byte| is_special(byte)) {
            return done;
        }
    }
}

/// Writes chars that are spelt `\uXXXX`, as far as no halves of pairs are among them.
#[inline]
fn copy_units(raw: &[u8], mut done: Done, text: &mut [u8], seen: &mut impl FnMut(Done)) -> Done {
    while let Some(&[b'\\', b'u', a, b, c, d]) = raw.get(done.raw..).and_then(|ahead| ahead.first_chunk()) {
        let code = number([a, b, c, d]);
        if code >= NO_DIGIT || code & 0xf800 == 0xd800 {
            break;
        }
        seen(done);
        done = Done { raw: done.raw + 6, text: done.text + write(code, text, done.text) };
    }
    done
}

/// Writes what stands for itself.
#[inline]
fn copy_plain(raw: &[u8], mut done: Done, text: &mut [u8]) -> Done {
    // Whole blocks are copied; what was too much is written over.
    while let (Some(block), Some(room)) = (block_at(raw, done.raw), text.get_mut(done.text..)) {
        let Some(room) = room.first_chunk_mut() else { break };
        *room = *block;
        match special_in(block) {
            None => done = done.plus(block.len()),
            Some(step) => return done.plus(step),
        }
    }
    while let Some(&byte) = raw.get(done.raw).filter(|byte| !is_special(**byte)) {
        text[done.text] = byte;
        done = done.plus(1);
    }
    done
}

pub(super) fn unquoted(raw: &[u8]) -> &[u8] {
    match raw {
        [b'"', inner @ .., b'"'] => inner,
        _ => raw,
    }
}

/// The length of an escape with its backslash, and the char it stands for; what is none stands for itself.
#[inline]
pub(super) fn escape(after: &[u8]) -> (usize, Option<u32>) {
    match after.first() {
        Some(b'u') => unicode(after),
        Some(&letter) if SHORT[usize::from(letter)] != 0 => (2, Some(u32::from(SHORT[usize::from(letter)]))),
        _ => (1, None),
    }
}

fn unicode(after: &[u8]) -> (usize, Option<u32>) {
    let Some(code) = hex(after) else {
        return (1, None);
    };
    if !(0xd800..0xdc00).contains(&code) {
        return (6, Some(code));
    }
    let low = match after.get(5..) {
        Some([b'\\', low @ ..]) => hex(low).filter(|low| (0xdc00..0xe000).contains(low)),
        _ => None,
    };
    match low {
        Some(low) => (12, Some(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00))),
        None => (6, Some(code)),
    }
}

/// The number in `uXXXX`.
fn hex(bytes: &[u8]) -> Option<u32> {
    let [b'u', digits @ ..] = bytes else {
        return None;
    };
    Some(number(*digits.first_chunk()?)).filter(|code| *code < NO_DIGIT)
}

/// The number that four hexadecimal digits spell; at least [`NO_DIGIT`] if one of them is none.
#[inline]
fn number(digits: [u8; 4]) -> u32 {
    let [a, b, c, d] = digits.map(|byte| HEX[usize::from(byte)]);
    (a << 12) | (b << 8) | (c << 4) | d
}

/// What stands for a byte that is no digit: more than four digits can spell.
const NO_DIGIT: u32 = 0x1_0000;

/// The value of each hexadecimal digit.
const HEX: [u32; 256] = {
    let mut table = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        table[digit as usize] = value;
        table[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    table
};

/// What the letter behind a backslash stands for, 0 for bytes that make no escape.
const SHORT: [u8; 256] = {
    let mut table = [0; 256];
    let (letters, meant) = (br#""\/bfnrt"#, b"\"\\/\x08\x0c\n\r\t");
    let mut at = 0;
    while at < letters.len() {
        table[letters[at] as usize] = meant[at];
        at += 1;
    }
    table
};

/// How many bytes a char, or half a surrogate pair, has in the form of UTF-8.
#[inline]
pub(super) fn width(code: u32) -> usize {
    match code {
        0..0x80 => 1,
        0x80..0x800 => 2,
        0x800..0x1_0000 => 3,
        _ => 4,
    }
}

/// Writes a char, or half a surrogate pair, in the form of UTF-8 at `at`, where four bytes are free; gives its width.
#[inline]
fn write(code: u32, text: &mut [u8], at: usize) -> usize {
    let six = |shift: u32| (code >> shift) & 0x3f;
    let (width, bytes) = match code {
        0..0x80 => (1, code),
        0x80..0x800 => (2, 0x80c0 | (code >> 6) | (six(0) << 8)),
        0x800..0x1_0000 => (3, 0x80_80e0 | (code >> 12) | (six(6) << 8) | (six(0) << 16)),
        _ => (4, 0x8080_80f0 | (code >> 18) | (six(12) << 8) | (six(6) << 16) | (six(0) << 24)),
    };
    text[at..at + SPARE].copy_from_slice(&bytes.to_le_bytes());
    width
}

/// A raw string with each char beyond ASCII spelt `\uXXXX`, as Python does by default.
#[cfg(test)]
pub(super) fn ascii(raw: &str) -> String {
    let spell = |unit: u16| format!("\\u{unit:04x}");
    let char = |char: char| {
        if char.is_ascii() {
            return char.to_string();
        }
        char.encode_utf16(&mut [0; 2]).iter().map(|&unit| spell(unit)).collect()
    };
    raw.chars().map(char).collect()
}

/// A raw string of odd spellings, as pieces that are a char each, so that cuts can stand between them.
#[cfg(test)]
pub(super) fn spelling() -> impl proptest::strategy::Strategy<Value = Vec<String>> {
    use proptest::prelude::*;
    let piece = prop_oneof![
        4 => "[ -!#-\\[\\]-~]",
        1 => "[ -!#-\\[\\]-~]{20}",
        2 => "[éß€😀日]",
        1 => r#"\\["\\/bfnrt]"#,
        2 => "[a-zéß€😀]".prop_map(|text: String| ascii(&text)),
        1 => r"\\u[0-9a-cA-C]{4}",
        1 => r"\\ud8[0-9a-f]{2}x",
    ];
    proptest::collection::vec(piece, 0..30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_read() {
        for (raw, text) in [
            (&br#""plain""#[..], &b"plain"[..]),
            (br#""""#, b""),
            (br#""\"\\\/\b\f\n\r\t""#, b"\"\\/\x08\x0c\n\r\t"),
            (br#""\u0041\u00e9\u20AC\ud83d\uDE00""#, "A\u{e9}\u{20ac}\u{1f600}".as_bytes()),
            (br#""\ud800x""#, b"\xed\xa0\x80x"),
            (br#""\ud800\ud83d\ude00""#, b"\xed\xa0\x80\xf0\x9f\x98\x80"),
            (br#""\udc00\ud800""#, b"\xed\xb0\x80\xed\xa0\x80"),
            (br#""\u0000""#, b"\0"),
            (b"\"a\\n\xff\"", b"a\n\xff"),
        ] {
            assert_eq!(&*unescape(raw), text, "{}", String::from_utf8_lossy(raw));
        }
        assert!(matches!(unescape(br#""plain""#), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn bytes_are_read_as_serde_reads_them(pieces in spelling()) {
            let raw = format!("\"{}\"", pieces.concat());
            if let Ok(text) = serde_json::from_str::<String>(&raw) {
                prop_assert_eq!(&*unescape(raw.as_bytes()), text.as_bytes());
            }
        }

        /// Where a backslash begins no escape, it stands for itself.
        #[test]
        fn any_bytes_are_read_one_by_one(
            raw in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'u'), Just(b'"'), any::<u8>()], 0..60),
        ) {
            let (mut text, mut at) = (Vec::new(), 0);
            let inner = unquoted(&raw);
            while let Some(&byte) = inner.get(at) {
                let (len, code) = if byte == b'\\' { escape(&inner[at + 1..]) } else { (1, None) };
                match code {
                    Some(code) => text.extend_from_slice(&written(code)),
                    None => text.push(byte),
                }
                at += len;
            }
            prop_assert_eq!(&*unescape(&raw), &text[..]);
        }

        #[test]
        fn chars_are_written_as_rust_writes_them(char: char) {
            prop_assert_eq!(written(u32::from(char)), char.to_string().into_bytes());
        }
    }

    fn written(code: u32) -> Vec<u8> {
        let mut bytes = vec![0; SPARE];
        let width = write(code, &mut bytes, 0);
        bytes.truncate(width);
        bytes
    }
}
