//! A line as JSON text.
//!
//! Takes the bytes of a record, gives something a JSON parser can read at the same places, and tells what a line that
//! is no record is instead. Never fails for bytes that are not UTF-8: inside strings they are the text's own affair.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, Visitor};

use crate::text::{BOM, Span};

/// Why a line is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    #[error("blank line")]
    Blank,
    #[error("not a JSON object but {kind}")]
    NotObject { kind: &'static str },
    /// The column counts the bytes of the record from 1.
    #[error("broken JSON at column {column}: {cause}")]
    Syntax { column: usize, cause: String },
}

/// How far a line is a JSON object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Whole,
    /// The beginning of an object with at least the quote of its first key.
    Cut,
    Other,
}

/// What a line that may have been cut at its end looks like.
pub(super) fn shape(line: &[u8]) -> Shape {
    let Ok(line) = Line::of(line) else {
        return Shape::Other;
    };
    let inside = line.text.trim_start().strip_prefix('{').map(str::trim_start);
    match serde_json::from_str::<IgnoredAny>(&line.text) {
        Ok(_) if inside.is_some() => Shape::Whole,
        Err(error) if error.is_eof() && inside.is_some_and(|keys| keys.starts_with('"')) => Shape::Cut,
        _ => Shape::Other,
    }
}

/// A record that can be parsed, byte for byte as long as the original behind its mark.
pub(super) struct Line<'r> {
    text: Cow<'r, str>,
    /// What stands before it in the original.
    skipped: usize,
}

impl<'r> Line<'r> {
    pub(super) fn of(record: &'r [u8]) -> Result<Self, RecordError> {
        let bare = record.strip_prefix(BOM).unwrap_or(record);
        let text = match std::str::from_utf8(bare) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(masked(bare)),
        };
        if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return Err(RecordError::Blank);
        }
        Ok(Self { text, skipped: record.len() - bare.len() })
    }

    /// Lets `visitor` see the object that the whole line must be.
    pub(super) fn parse<'l>(&'l self, visitor: impl Visitor<'l>) -> Result<(), RecordError> {
        if !self.text.trim_start().starts_with('{') {
            serde_json::from_str::<IgnoredAny>(&self.text).map_err(|error| self.syntax(&error))?;
            return Err(RecordError::NotObject { kind: name_of(self.text.trim_start().as_bytes()) });
        }
        let mut parser = serde_json::Deserializer::from_str(&self.text);
        let parsed = parser.deserialize_map(visitor).map(drop).and_then(|()| parser.end());
        parsed.map_err(|error| self.syntax(&error))
    }

    /// Where a piece of the text stands in the original.
    pub(super) fn place(&self, piece: &str) -> Span {
        let start = piece.as_ptr().addr() - self.text.as_ptr().addr() + self.skipped;
        Span::new(start, start + piece.len())
    }

    fn syntax(&self, error: &serde_json::Error) -> RecordError {
        let said = error.to_string();
        let cause = said.rsplit_once(" at line ").map_or(said.as_str(), |(cause, _)| cause);
        // A record is one line, but a caller may hold one that is not.
        let before: usize = self.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        RecordError::Syntax { column: self.skipped + before + error.column(), cause: cause.to_owned() }
    }
}

/// The same bytes with a question mark for each one that is not UTF-8, so that all places stay.
fn masked(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// What JSON calls the value that begins so.
pub(super) fn name_of(json: &[u8]) -> &'static str {
    match json.first() {
        Some(b'"') => "string",
        Some(b'n') => "null",
        Some(b't' | b'f') => "boolean",
        Some(b'[') => "array",
        Some(b'{') => "object",
        _ => "number",
    }
}

/// A key of an object; as bytes, because half a surrogate pair is legal in JSON and in no `str`.
pub(super) struct Key<'l>(pub(super) Cow<'l, [u8]>);

impl<'l> Deserialize<'l> for Key<'l> {
    fn deserialize<D: Deserializer<'l>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'l> Visitor<'l> for Bytes {
            type Value = Key<'l>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_bytes<E>(self, key: &'l [u8]) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_bytes<E>(self, key: &[u8]) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_vec())))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
