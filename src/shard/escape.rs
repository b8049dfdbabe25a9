//! JSON strings: from their spelling to their bytes, and cuts the other way.
//!
//! Takes raw string values with their quotes. A cut is made in the spelling, not by spelling the rest anew, so that
//! every kept byte stays as its writer put it (`\u00e9`, `\/`). Never fails: what is no escape stands for itself.

use std::borrow::Cow;

use memchr::memchr;

use crate::text::Span;

/// The bytes that a raw string value stands for; borrowed when it has no escapes. Half a surrogate pair becomes the
/// three bytes that UTF-8 would give it, so that nothing is lost and both sides agree on offsets.
#[must_use]
pub fn unescape(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = unquoted(raw);
    let Some(first) = memchr(b'\\', inner) else {
        return Cow::Borrowed(inner);
    };
    let mut text = Vec::with_capacity(inner.len());
    text.extend_from_slice(&inner[..first]);
    for piece in Pieces(&inner[first..]) {
        match piece {
            Piece::Plain(bytes) => text.extend_from_slice(bytes),
            Piece::Escape { code, .. } => push(&mut text, code),
        }
    }
    Cow::Owned(text)
}

/// Appends the raw value to `out`, quotes included, without what was cut. The cuts are sorted, apart from each other,
/// and count the bytes of the unescaped text; a char that a cut touches goes whole.
///
/// Unescaped, the result is the text without the cuts, with one exception: the halves of a surrogate pair that a cut
/// brings together are read as the char they make.
pub fn delete(raw: &[u8], cuts: &[Span], out: &mut Vec<u8>) {
    let inner = unquoted(raw);
    let quoted = inner.len() < raw.len();
    out.extend_from_slice(&raw[..usize::from(quoted)]);
    let mut cuts = cuts.iter().peekable();
    let mut at = 0;
    for piece in Pieces(inner) {
        let end = at + piece.len();
        let mut from = at;
        while let Some(cut) = cuts.peek().filter(|cut| cut.start < end) {
            piece.keep(at, from, cut.start, out);
            from = cut.end.max(from);
            if cut.end > end {
                break;
            }
            cuts.next();
        }
        piece.keep(at, from, end, out);
        at = end;
    }
    out.extend_from_slice(&raw[raw.len() - usize::from(quoted)..]);
}

fn unquoted(raw: &[u8]) -> &[u8] {
    match raw {
        [b'"', inner @ .., b'"'] => inner,
        _ => raw,
    }
}

/// A stretch of a raw string.
enum Piece<'r> {
    /// Bytes that stand for themselves.
    Plain(&'r [u8]),
    /// One char (or half a pair) spelt with a backslash.
    Escape { raw: &'r [u8], code: u32 },
}

impl Piece<'_> {
    /// How many bytes it stands for.
    fn len(&self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Escape { code, .. } => match code {
                0..0x80 => 1,
                0x80..0x800 => 2,
                0x800..0x1_0000 => 3,
                _ => 4,
            },
        }
    }

    /// Appends the spelling of what stands in `from..to`, for a piece that begins at `at`.
    fn keep(&self, at: usize, from: usize, to: usize, out: &mut Vec<u8>) {
        match self {
            _ if from >= to => {}
            Self::Plain(bytes) => out.extend_from_slice(&bytes[from - at..to - at]),
            Self::Escape { raw, .. } if from == at && to == at + self.len() => {
                out.extend_from_slice(raw);
            }
            Self::Escape { .. } => {}
        }
    }
}

/// The pieces of a raw string without its quotes.
struct Pieces<'r>(&'r [u8]);

impl<'r> Iterator for Pieces<'r> {
    type Item = Piece<'r>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (len, code) = match self.0 {
            [] => return None,
            [b'\\', after @ ..] => escape(after),
            // Where each letter is spelt `\uXXXX`, looking for the next backslash must cost nothing.
            [_, b'\\', ..] => (1, None),
            bytes => (memchr(b'\\', bytes).unwrap_or(bytes.len()), None),
        };
        let (raw, rest) = self.0.split_at(len);
        self.0 = rest;
        Some(match code {
            None => Piece::Plain(raw),
            Some(code) => Piece::Escape { raw, code },
        })
    }
}

/// The length of an escape with its backslash, and the char it stands for; what is none stands for itself.
#[inline]
fn escape(after: &[u8]) -> (usize, Option<u32>) {
    let code = match after.first() {
        Some(b'u') => return unicode(after),
        Some(b'n') => b'\n',
        Some(b'"') => b'"',
        Some(b'\\') => b'\\',
        Some(b'/') => b'/',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 0x08,
        Some(b'f') => 0x0c,
        _ => return (1, None),
    };
    (2, Some(u32::from(code)))
}

#[inline]
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
#[inline]
fn hex(bytes: &[u8]) -> Option<u32> {
    let [b'u', digits @ ..] = bytes else {
        return None;
    };
    let &[a, b, c, d] = digits.first_chunk()?;
    let [a, b, c, d] = [a, b, c, d].map(|byte| u32::from(HEX[usize::from(byte)]));
    let legal = (a | b | c | d) < 16;
    legal.then_some((a << 12) | (b << 8) | (c << 4) | d)
}

/// The value of each hexadecimal digit, 255 for all other bytes.
const HEX: [u8; 256] = {
    let mut table = [255; 256];
    let mut value = 0;
    while value < 16 {
        let digit = b"0123456789abcdef"[value as usize];
        table[digit as usize] = value;
        table[digit.to_ascii_uppercase() as usize] = value;
        value += 1;
    }
    table
};

/// Appends a char, or half a surrogate pair, in the form of UTF-8.
#[inline]
fn push(text: &mut Vec<u8>, code: u32) {
    if let Ok(byte) = u8::try_from(code)
        && byte.is_ascii()
    {
        text.push(byte);
    } else if let Some(char) = char::from_u32(code) {
        text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let six = |bits: u32| 0x80 | (bits & 0x3f).to_le_bytes()[0];
        text.extend_from_slice(&[0xed, six(code >> 6), six(code)]);
    }
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

    #[test]
    fn kept_bytes_keep_their_spelling() {
        for (raw, cuts, left) in [
            (&br#""a\u00e9b\/c""#[..], &[(0, 1)][..], &br#""\u00e9b\/c""#[..]),
            (br#""a\u00e9b\/c""#, &[(1, 4)], br#""a\/c""#),
            (br#""one\ntwo\nthree""#, &[(4, 8)], br#""one\nthree""#),
            (br#""\ud83d\ude00\ud83d\ude00""#, &[(0, 4)], br#""\ud83d\ude00""#),
            (br#""abcdef""#, &[(0, 1), (2, 2), (3, 4), (5, 6)], br#""bce""#),
            (br#""abc""#, &[(0, 3)], br#""""#),
            (br#""abc""#, &[], br#""abc""#),
        ] {
            let cuts: Vec<Span> = cuts.iter().map(|&(from, to)| Span::new(from, to)).collect();
            let mut out = b"before ".to_vec();
            delete(raw, &cuts, &mut out);
            assert_eq!(out[7..].escape_ascii().to_string(), left.escape_ascii().to_string());
        }
    }

    /// A raw string of odd spellings, as pieces that are a char each, so that cuts can stand between them.
    fn spelling() -> impl Strategy<Value = Vec<String>> {
        let piece = prop_oneof![
            4 => "[ -!#-\\[\\]-~]",
            2 => "[éß€😀日]",
            1 => r#"\\["\\/bfnrt]"#,
            2 => "[a-zéß€😀]".prop_map(|text| ascii(&text)),
            1 => r"\\u[0-9a-cA-C]{4}",
            1 => r"\\ud8[0-9a-f]{2}x",
        ];
        proptest::collection::vec(piece, 0..30)
    }

    proptest! {
        #[test]
        fn a_cut_in_the_spelling_is_a_cut_in_the_text(
            (pieces, cut) in spelling().prop_flat_map(|pieces| {
                let count = pieces.len();
                (Just(pieces), proptest::collection::vec(any::<bool>(), count))
            })
        ) {
            let (mut cuts, mut kept, mut at) = (Vec::new(), Vec::new(), 0);
            for (piece, &cut) in pieces.iter().zip(&cut) {
                let text = unescape(piece.as_bytes());
                if cut {
                    cuts.push(Span::new(at, at + text.len()));
                } else {
                    kept.extend_from_slice(&text);
                }
                at += text.len();
            }
            let raw = format!("\"{}\"", pieces.concat());
            let mut left = Vec::new();
            delete(raw.as_bytes(), &cuts, &mut left);
            prop_assert_eq!(&*unescape(&left), &kept[..]);
            let spelt = pieces.iter().zip(&cut).filter(|(_, cut)| !**cut);
            let spelt: String = spelt.map(|(piece, _)| piece.as_str()).collect();
            prop_assert_eq!(left, format!("\"{spelt}\"").into_bytes());
        }

        #[test]
        fn bytes_are_read_as_serde_reads_them(pieces in spelling()) {
            let raw = format!("\"{}\"", pieces.concat());
            if let Ok(text) = serde_json::from_str::<String>(&raw) {
                prop_assert_eq!(&*unescape(raw.as_bytes()), text.as_bytes());
            }
        }

        #[test]
        fn no_bytes_can_make_it_fail(
            raw in proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'u'), any::<u8>()], 0..40),
            from in 0_usize..50, len in 0_usize..9,
        ) {
            let _ = unescape(&raw);
            delete(&raw, &[Span::new(from, from + len)], &mut Vec::new());
        }
    }
}
