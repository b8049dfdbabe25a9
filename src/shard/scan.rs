//! The values of a record, found without parsing it.
//!
//! Takes a line, gives where the wanted values stand if the line is JSON as nearly all records are. Says only "these
//! are the values" or "cannot tell", the latter for all that is broken, blank, nested deeply or no object: such lines
//! are for the full parser, which knows what to say of them. What the one finds the other must find as well.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::escape::{escape, unescape};
use super::json::{Fields, Kind, Value};
use super::keys::{KeyPath, Keys};
use super::line::name_of;
use super::plain::plain_end;
use super::reader::Texts;
use crate::text::{BOM, Span};

/// Levels of objects and arrays that are followed.
const DEEPEST: usize = 64;

/// Finds the values that `keys` name and, on the way, reads the texts among them; none where the scan cannot tell.
pub(super) fn scan(record: &[u8], keys: &Keys, fields: &mut Fields, texts: &mut Texts) -> Option<()> {
    let at = if record.starts_with(BOM) { BOM.len() } else { 0 };
    let mut walk = Walk { bytes: record, at };
    let others = [&keys.id, &keys.url, &keys.lang].map(Option::as_ref);
    let mut slots: SmallVec<[Slot; 6]> = keys.text.iter().map(Some).chain(others).map(Slot::new).collect();
    walk.blanks();
    walk.object(DEEPEST, &mut |walk, key| {
        let is_text = keys.text.iter().any(|path| path.as_str().as_bytes() == key);
        let start = walk.at;
        if is_text && walk.peek() == Some(b'"') {
            walk.at = texts.read(walk.bytes, walk.at)?;
        } else {
            walk.value(DEEPEST)?;
        }
        let value = Span::new(start, walk.at);
        slots.iter_mut().for_each(|slot| slot.put(key, value));
        Some(())
    })?;
    walk.blanks();
    if walk.at < record.len() {
        return None;
    }
    let (text, others) = slots.split_at(keys.text.len());
    fields.text.clear();
    for slot in text {
        fields.text.push(slot.value(record).ok()?);
    }
    fields.id = others[0].value(record).ok()?;
    fields.url = others[1].value(record).ok()?;
    fields.lang = others[2].value(record).ok()?;
    Some(())
}

/// A line for the full parser.
struct CannotTell;

/// A wanted path and what was found of it.
struct Slot<'k> {
    path: Option<&'k KeyPath>,
    /// The value of the key that is spelt like the whole path.
    whole: Option<Span>,
    /// The value of the path's first key.
    first: Option<Span>,
}

impl<'k> Slot<'k> {
    fn new(path: Option<&'k KeyPath>) -> Self {
        Self { path, whole: None, first: None }
    }

    #[inline]
    fn put(&mut self, key: &[u8], value: Span) {
        let Some(path) = self.path else { return };
        if key == path.as_str().as_bytes() {
            self.whole = Some(value);
        } else if key == path.first() {
            self.first = Some(value);
        }
    }

    /// The value in `record`, perhaps none.
    fn value(&self, record: &[u8]) -> Result<Option<Value>, CannotTell> {
        let mut span = self.whole;
        if let (None, Some(path)) = (span, self.path) {
            span = self.first;
            for key in path.rest() {
                let Some(object) = span else { break };
                span = member(record, object, key)?;
            }
        }
        Ok(span.map(|span| Value { span, kind: kind_of(&record[span.range()]) }))
    }
}

fn kind_of(json: &[u8]) -> Kind {
    match json.first() {
        Some(b'"') => Kind::String,
        Some(b'n') => Kind::Null,
        _ => Kind::Other(name_of(json)),
    }
}

/// The value of one key of the object that stands at `object`, if it is one and has the key.
fn member(record: &[u8], object: Span, key: &str) -> Result<Option<Span>, CannotTell> {
    let mut walk = Walk { bytes: &record[..object.end], at: object.start };
    let mut found = None;
    if walk.peek() == Some(b'{') {
        let walked = walk.object(DEEPEST, &mut |walk, name| {
            let start = walk.at;
            walk.value(DEEPEST)?;
            if name == key.as_bytes() {
                found = Some(Span::new(start, walk.at));
            }
            Some(())
        });
        walked.ok_or(CannotTell)?;
    }
    Ok(found)
}

/// A walk over JSON; each step is none when what is there is not what must be there.
struct Walk<'r> {
    bytes: &'r [u8],
    at: usize,
}

impl<'r> Walk<'r> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over this byte.
    #[inline]
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    /// Steps over an object, with `depth` levels below it; `entry` is told each key and steps over its value.
    #[inline]
    fn object(&mut self, depth: usize, entry: &mut impl FnMut(&mut Self, &[u8]) -> Option<()>) -> Option<()> {
        depth.checked_sub(1)?;
        self.eat(b'{')?;
        self.blanks();
        if self.eat(b'}').is_some() {
            return Some(());
        }
        loop {
            let key = self.key()?;
            self.blanks();
            self.eat(b':')?;
            self.blanks();
            entry(self, &key)?;
            self.blanks();
            if self.eat(b',').is_none() {
                return self.eat(b'}');
            }
            self.blanks();
        }
    }

    #[inline]
    fn array(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.eat(b'[')?;
        self.blanks();
        if self.eat(b']').is_some() {
            return Some(());
        }
        loop {
            self.value(depth)?;
            self.blanks();
            if self.eat(b',').is_none() {
                return self.eat(b']');
            }
            self.blanks();
        }
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(depth, &mut |walk, _| walk.value(depth - 1)),
            b'[' => self.array(depth),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            _ => self.number(),
        }
    }

    fn literal(&mut self, word: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.eat(b'-');
        if self.eat(b'0').is_none() {
            self.digits()?;
        } else if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if self.eat(b'.').is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            let _ = self.eat(b'+').or_else(|| self.eat(b'-'));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// Steps over a string; whether it holds escapes.
    #[inline]
    fn string(&mut self) -> Option<bool> {
        self.eat(b'"')?;
        let start = self.at;
        self.at = plain_end(self.bytes, start);
        let escaped = self.peek()? == b'\\';
        while self.eat(b'\\').is_some() {
            let (len, Some(_)) = escape(&self.bytes[self.at..]) else { return None };
            self.at += len - 1;
            if self.peek() != Some(b'\\') {
                self.at = plain_end(self.bytes, self.at);
            }
        }
        self.eat(b'"')?;
        Some(escaped)
    }

    /// Steps over a key; it must be UTF-8, as the parser puts question marks for what is not.
    #[inline]
    fn key(&mut self) -> Option<Cow<'r, [u8]>> {
        let start = self.at + 1;
        let escaped = self.string()?;
        let key = &self.bytes[start..self.at - 1];
        if !key.is_ascii() && std::str::from_utf8(key).is_err() {
            return None;
        }
        Some(if escaped { unescape(key) } else { Cow::Borrowed(key) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::fields;
    use super::super::reader::RecordReader;
    use super::super::spelt::{breaks, broken, keys, record};
    use super::*;
    use proptest::prelude::*;

    fn scanned(record: &[u8], keys: &Keys) -> Option<Fields> {
        let mut found = Fields::default();
        scan(record, keys, &mut found, &mut Texts::default()).map(|()| found)
    }

    #[test]
    fn only_odd_lines_are_left_to_the_parser() {
        for (record, told) in [
            (&br#"{"text": "a\nb", "n": [0, -1.5e+3, {}, [], {"a": null}], "b": [true, false]}"#[..], true),
            (b"\xef\xbb\xbf\t{ }\r", true),
            (b"{\"text\": \"\xff\"}", true),
            (br#"{"\u0074ext": "\ud800"}"#, true),
            (b"{\"\xff\": 1}", false),
            (b"{\"text\": 1} 2", false),
            (b"{\"a\": 01}", false),
            (b"{\"a\": 1.}", false),
            (b"{\"a\": -}", false),
            (b"{\"a\": 1e}", false),
            (b"{\"a\": nul}", false),
            (b"{\"a\": [1,]}", false),
            (b"{\"a\": 1,}", false),
            (b"{\"a\" 1}", false),
            (b"{\"a\": \"\t\"}", false),
            (br#"{"a": "\x"}"#, false),
            (br#"{"text": "\u12g4"}"#, false),
            (br#"{"text": "cut"#, false),
            (br#"{"text": "cut\"#, false),
            (b"[1]", false),
            (b"", false),
        ] {
            assert_eq!(scanned(record, &keys()).is_some(), told, "{}", String::from_utf8_lossy(record));
        }
    }

    #[test]
    fn deep_nesting_is_left_to_the_parser() {
        for (depth, told) in [(DEEPEST, true), (DEEPEST + 1, false), (100_000, false)] {
            let deep = [&b"{\"a\":"[..], &b"[".repeat(depth), &b"]".repeat(depth), b"}"].concat();
            assert_eq!(scanned(&deep, &keys()).is_some(), told);
        }
    }

    proptest! {
        #[test]
        fn records_are_scanned_as_they_are_parsed(record in record()) {
            let record = record.as_bytes();
            prop_assert_eq!(scanned(record, &keys()), fields(record, &keys()).ok());
        }

        #[test]
        fn broken_records_are_left_to_the_parser(record in record(), breaks in breaks()) {
            let record = broken(record.into_bytes(), &breaks);
            if let Some(found) = scanned(&record, &keys()) {
                prop_assert_eq!(Ok(found), fields(&record, &keys()));
            }
        }

        #[test]
        fn a_reader_gives_what_its_parts_give(
            records in proptest::collection::vec((record(), breaks()), 1..4),
            places in proptest::collection::vec(0_usize..80, 0..6),
        ) {
            let mut places = places;
            places.sort_unstable();
            let cuts = || places.chunks_exact(2).map(|pair| Span::new(pair[0], pair[1]));
            let mut reader = RecordReader::default();
            for (record, breaks) in records {
                let record = broken(record.into_bytes(), &breaks);
                let read = reader.read(&record, &keys()).cloned();
                prop_assert_eq!(&read, &fields(&record, &keys()));
                let texts = read.map(|fields| fields.text).unwrap_or_default();
                for value in texts.iter().flatten().filter(|value| value.kind == Kind::String) {
                    let raw = &record[value.span.range()];
                    prop_assert_eq!(reader.text(value.span), &*unescape(raw));
                    let (mut by_marks, mut left) = (Vec::new(), Vec::new());
                    reader.delete(&record, value.span, cuts(), &mut by_marks);
                    super::super::json::delete(raw, cuts(), &mut left);
                    prop_assert_eq!(by_marks, left);
                }
            }
        }
    }
}
