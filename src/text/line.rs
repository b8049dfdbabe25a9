//! Lines of a text.
//!
//! A line ends at LF. A CR before it belongs to the line and is a blank to every fold, so that CRLF texts fold like
//! LF texts. U+2028, U+0085 and a lone CR end nothing: inside a line they are blanks, because a tool that splits there
//! would cut records and lines that their writers meant as one.

use super::Span;

/// The UTF-8 byte order mark: at the start of a text it belongs to no line and is never cut.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One line of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The line without its LF; a CR before the LF is inside.
    pub span: Span,
    /// Where the next line begins: the end of the LF, or the end of the text.
    pub end: usize,
}

/// The lines of `text` in order; none of an empty text, and none after a last LF. A byte order mark is before the
/// first line, not in it.
pub fn lines(text: &[u8]) -> impl Iterator<Item = Line> + '_ {
    lines_from(text, after_bom(text))
}

/// The lines of `text` from byte `begin` on, where the first one begins.
pub fn lines_from(text: &[u8], begin: usize) -> impl Iterator<Item = Line> + '_ {
    lines_by(text, begin, memchr::memchr_iter(b'\n', &text[begin..]).map(move |at| begin + at))
}

/// The same, where somebody knows already at which places the line feeds stand.
pub(crate) fn lines_by(
    text: &[u8],
    begin: usize,
    mut feeds: impl Iterator<Item = usize>,
) -> impl Iterator<Item = Line> {
    let mut from = begin;
    std::iter::from_fn(move || {
        let start = from;
        let (stop, end) = match feeds.next() {
            Some(at) => (at, at + 1),
            None if start < text.len() => (text.len(), text.len()),
            None => return None,
        };
        from = end;
        Some(Line { span: Span::new(start, stop), end })
    })
}

/// Where the first line of `text` begins: behind the byte order mark, if there is one.
#[must_use]
pub fn after_bom(text: &[u8]) -> usize {
    if text.starts_with(BOM) { BOM.len() } else { 0 }
}

/// Whether `line` holds nothing that can be seen: blanks of any script, zero-width characters, nothing at all.
#[must_use]
pub fn is_blank(line: &[u8]) -> bool {
    let ascii = line.iter().take_while(|b| b.is_ascii_whitespace()).count();
    if ascii == line.len() {
        return true;
    }
    // A visible ASCII byte decides at once; only what is left is decoded.
    !line[ascii].is_ascii()
        && std::str::from_utf8(&line[ascii..])
            .is_ok_and(|rest| rest.chars().all(|c| c.is_whitespace() || is_zero_width(c)))
}

/// `line` without the ASCII blanks (CR included) at both ends, as a span of it.
#[must_use]
pub fn trim(line: &[u8]) -> Span {
    let start = line.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or(line.len());
    let end = line.iter().rposition(|b| !b.is_ascii_whitespace()).map_or(start, |at| at + 1);
    Span::new(start, end)
}

/// Characters without width and without meaning to a reader: joiners, marks of direction, soft hyphens, variation
/// selectors.
pub(super) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(text: &[u8]) -> Vec<&[u8]> {
        lines(text).map(|line| &text[line.span.range()]).collect()
    }

    #[test]
    fn lines_end_at_line_feeds_alone() {
        assert_eq!(contents(b""), Vec::<&[u8]>::new());
        assert_eq!(contents(b"a"), vec![b"a"]);
        assert_eq!(contents(b"a\n"), vec![b"a"]);
        assert_eq!(contents(b"a\r\n\nb"), vec![&b"a\r"[..], b"", b"b"]);
        assert_eq!(contents("a\u{2028}b\rc\u{85}d".as_bytes()).len(), 1);
    }

    #[test]
    fn a_byte_order_mark_is_in_no_line() {
        assert_eq!(contents(b"\xEF\xBB\xBFa\nb"), vec![b"a", b"b"]);
        assert_eq!(contents(BOM), Vec::<&[u8]>::new());
    }

    #[test]
    fn blank_lines_may_hold_any_blank() {
        for blank in ["", " \t\r", "\u{a0}\u{2003}", " \u{200b}\u{feff}", "\u{2028}"] {
            assert!(is_blank(blank.as_bytes()), "{blank:?}");
        }
        for seen in [&b"a"[..], b" .", b"\xff", b"\0", "\u{a0}x".as_bytes()] {
            assert!(!is_blank(seen), "{seen:?}");
        }
    }
}
