//! The records of a part, one by one.
//!
//! Takes the bytes of a part and its format, gives each record as its text and what stands behind it (a line ending, a
//! separator line). Put together again, the pieces are the part, byte for byte. Never looks into a record.

use memchr::memchr;

use super::ends::{Ends, Search, split_ending};
use super::sniff::Format;

/// One record of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'p> {
    /// Where it begins in the part.
    pub offset: usize,
    /// A line without its ending; a document with its own, up to the separator line.
    pub body: &'p [u8],
    /// The line ending, or the separator line with its ending; empty where there is none.
    pub rest: &'p [u8],
}

/// The records of a part, in order.
#[must_use]
pub fn records<'p>(format: &'p Format, part: &'p [u8]) -> Records<'p> {
    Records { format, ends: Ends::of(format), part, at: 0 }
}

/// An iterator over the records of a part.
#[derive(Debug)]
pub struct Records<'p> {
    format: &'p Format,
    ends: Ends,
    part: &'p [u8],
    at: usize,
}

impl<'p> Iterator for Records<'p> {
    type Item = Record<'p>;

    fn next(&mut self) -> Option<Self::Item> {
        let (offset, ahead) = (self.at, &self.part[self.at..]);
        if ahead.is_empty() {
            return None;
        }
        let (body, rest) = match self.format {
            Format::Text => (ahead, &ahead[ahead.len()..]),
            Format::Lines | Format::Jsonl => {
                let end = memchr(b'\n', ahead).map_or(ahead.len(), |feed| feed + 1);
                split_ending(&ahead[..end])
            }
            Format::Separator(line) => {
                let end = self.ends.next(ahead, &mut Search::new()).unwrap_or(ahead.len());
                split_separator(&ahead[..end], line)
            }
        };
        self.at += body.len() + rest.len();
        Some(Record { offset, body, rest })
    }
}

/// A document and the separator line at its end; the last line of a file may be one without an ending.
fn split_separator<'p>(unit: &'p [u8], separator: &[u8]) -> (&'p [u8], &'p [u8]) {
    let (bare, _) = split_ending(unit);
    let Some(body) = bare.strip_suffix(separator) else {
        return (unit, &[]);
    };
    if body.is_empty() || body.ends_with(b"\n") {
        return unit.split_at(body.len());
    }
    (unit, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces<'p>(format: &'p Format, part: &'p str) -> Vec<(&'p str, &'p str)> {
        let text = |bytes: &'p [u8]| std::str::from_utf8(bytes).unwrap();
        records(format, part.as_bytes()).map(|record| (text(record.body), text(record.rest))).collect()
    }

    #[test]
    fn lines_come_without_their_endings() {
        assert_eq!(
            pieces(&Format::Jsonl, "{}\r\n\n{\"a\": 1}\nlast\r"),
            [("{}", "\r\n"), ("", "\n"), ("{\"a\": 1}", "\n"), ("last\r", "")]
        );
    }

    #[test]
    fn a_document_keeps_its_last_line_ending() {
        let format = Format::Separator(b"--".to_vec());
        assert_eq!(
            pieces(&format, "one\ntwo\n--\n--\r\nthree\n---\nfour--\n"),
            [("one\ntwo\n", "--\n"), ("", "--\r\n"), ("three\n---\nfour--\n", "")]
        );
        assert_eq!(pieces(&format, "one\n--"), [("one\n", "--")]);
        assert_eq!(pieces(&format, "one--"), [("one--", "")]);
    }

    #[test]
    fn an_empty_separator_is_an_empty_line() {
        let format = Format::Separator(Vec::new());
        assert_eq!(pieces(&format, "a\n\nb\r\n\r\nc"), [("a\n", "\n"), ("b\r\n", "\r\n"), ("c", "")]);
        assert_eq!(pieces(&format, "a\n"), [("a\n", "")]);
    }

    #[test]
    fn a_text_is_one_record() {
        assert_eq!(pieces(&Format::Text, "a\nb\n"), [("a\nb\n", "")]);
        assert!(pieces(&Format::Text, "").is_empty());
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_part(part in "[a\\-\r\n]{0,40}", separator in "-{0,2}") {
            for format in [Format::Text, Format::Lines, Format::Jsonl, Format::Separator(separator.into_bytes())] {
                let mut whole = Vec::new();
                for record in records(&format, part.as_bytes()) {
                    prop_assert_eq!(record.offset, whole.len());
                    whole.extend_from_slice(record.body);
                    whole.extend_from_slice(record.rest);
                }
                prop_assert_eq!(&whole, part.as_bytes());
            }
        }
    }
}
