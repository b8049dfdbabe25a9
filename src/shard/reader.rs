//! JSONL records read one after another.
//!
//! Takes a record at a time, gives its fields and its texts unescaped, and makes cuts in it. Nearly all records are
//! read by [`scan`]; the full parser reads those that it leaves. Keeps its room from one record to the next.

use smallvec::SmallVec;

use super::cut::delete_by_marks;
use super::escape::{Done, make_room, unescape_plain};
use super::json::{Fields, Kind, RecordError, fields};
use super::keys::Keys;
use super::scan::scan;
use crate::text::Span;

/// So many bytes of a spelling stand between two marks at least.
const APART: usize = 32;

/// Reads records; holds what was found in the last one.
#[derive(Debug, Default)]
pub struct RecordReader {
    fields: Fields,
    texts: Texts,
}

impl RecordReader {
    /// Reads a record: finds what [`fields`] finds, and unescapes the texts.
    ///
    /// # Errors
    /// Those of [`fields`].
    pub fn read(&mut self, record: &[u8], keys: &Keys) -> Result<&Fields, RecordError> {
        self.texts.clear();
        if scan(record, keys, &mut self.fields, &mut self.texts).is_none() {
            self.texts.clear();
            self.fields = fields(record, keys)?;
        }
        for value in self.fields.text.iter().flatten().filter(|value| value.kind == Kind::String) {
            // A text in an object, and one that the full parser found.
            if self.texts.find(value.span).is_none() {
                self.texts.read(record, value.span.start);
            }
        }
        Ok(&self.fields)
    }

    /// What was found in the last record.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The unescaped text of the value that stands at `span` of the last record; empty if that is no text of it.
    #[must_use]
    pub fn text(&self, span: Span) -> &[u8] {
        self.texts.find(span).map_or(&[], |text| &self.texts.room[text.room.range()])
    }

    /// Appends the raw value at `span` of the last record, `record`, to `out`, without what was cut of its text; as
    /// [`delete`](super::json::delete) does, in less time.
    pub fn delete(&self, record: &[u8], span: Span, cuts: impl IntoIterator<Item = Span>, out: &mut Vec<u8>) {
        let marks = self.texts.find(span).map_or(&[][..], |text| &self.texts.marks[text.marks.range()]);
        delete_by_marks(&record[span.range()], marks, cuts, out);
    }
}

/// The unescaped strings of a record, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Longer than what is in use: it only ever grows.
    room: Vec<u8>,
    used: usize,
    /// Places of escapes, counted within their string.
    marks: Vec<Done>,
    strings: SmallVec<[Text; 2]>,
}

/// Where a string stands in its record, its text in the room, and its marks.
#[derive(Debug)]
struct Text {
    raw: Span,
    room: Span,
    marks: Span,
}

impl Texts {
    fn clear(&mut self) {
        self.used = 0;
        self.marks.clear();
        self.strings.clear();
    }

    fn find(&self, raw: Span) -> Option<&Text> {
        self.strings.iter().find(|text| text.raw == raw)
    }

    /// Reads the string whose quote stands at `start`; gives the place behind its last quote, none if it is broken.
    pub(super) fn read(&mut self, record: &[u8], start: usize) -> Option<usize> {
        let inner = &record[start + 1..];
        make_room(&mut self.room, self.used, inner.len());
        let first = self.marks.len();
        let mut next = 0;
        let marks = &mut self.marks;
        let done = unescape_plain(inner, Done::default(), &mut self.room[self.used..], |escape| {
            if escape.raw >= next {
                next = escape.raw + APART;
                marks.push(escape);
            }
        });
        if inner.get(done.raw) != Some(&b'"') {
            return None;
        }
        let end = start + 1 + done.raw + 1;
        let room = Span::new(self.used, self.used + done.text);
        self.strings.push(Text { raw: Span::new(start, end), room, marks: Span::new(first, self.marks.len()) });
        self.used = room.end;
        Some(end)
    }
}
