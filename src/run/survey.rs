//! What a run may learn of a dump beside cleaning it.
//!
//! A [`Survey`] is shown every document, with what was cut from it, on whichever thread cleans it. What it finds are
//! values that add up; they are added in the order of the documents, part by part and shard by shard, so that the sum
//! does not depend on threads even where the order counts. Never writes, and never changes what is written.

use super::plan::{Plan, Shard};
use crate::clean::{Cleaned, Cleaner, Document, Scratch};
use crate::shard::Format;

/// Values that add up.
pub trait Sum {
    /// Adds what was found in the documents that come after.
    fn absorb(&mut self, later: Self);
}

/// Something to be learnt of every document.
pub trait Survey: Sync {
    /// What a thread keeps from document to document; what is in it must not show.
    type Desk: Default;
    /// What is found.
    type Found: Sum + Default + Send;

    /// Whether it looks at documents at all.
    const LOOKS: bool = true;
    /// Whether a record without a text is a bad one.
    const NEEDS_TEXT: bool = false;

    /// Looks at one document.
    ///
    /// # Errors
    /// When it is not what it should be, with the cause: its record is set aside.
    fn look(&self, seen: &Seen, desk: &mut Self::Desk, found: &mut Self::Found) -> Result<(), String>;
}

/// A run that is just a run.
impl Survey for () {
    type Desk = ();
    type Found = ();
    const LOOKS: bool = false;

    fn look(&self, _: &Seen, (): &mut (), (): &mut ()) -> Result<(), String> {
        Ok(())
    }
}

impl Sum for () {
    fn absorb(&mut self, (): Self) {}
}

/// A document as a survey sees it; of a stream of lines, a stretch.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'s> {
    pub shard: &'s Shard,
    /// The shard's number in its plan.
    pub number: usize,
    /// The record's number in its shard, from 1; of a stretch, its first line's.
    pub record: u64,
    /// The JSON record that the text stands in, as it is spelt.
    pub json: Option<&'s [u8]>,
    pub document: &'s Document<'s, 's>,
    pub cleaned: &'s Cleaned<'s>,
    /// Whether a stretch is the first one of its stream.
    pub(super) first: bool,
}

impl Seen<'_> {
    /// Whether it is a stretch of a stream of lines.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.shard.format == Format::Lines
    }

    /// Cleans it by other rules, in the way that it was cleaned.
    #[must_use]
    pub fn clean_by<'t>(&'t self, cleaner: &Cleaner, scratch: &mut Scratch) -> Cleaned<'t> {
        if self.is_stream() {
            cleaner.clean_lines(self.document.text, self.first, scratch)
        } else {
            cleaner.clean(self.document, scratch)
        }
    }

    /// The place of its line number `line`, counted from 0.
    #[must_use]
    pub fn place(&self, line: usize) -> Place {
        let line = line as u64;
        match self.shard.format {
            Format::Lines => Place { shard: self.number, record: 0, line: self.record + line },
            Format::Text => Place { shard: self.number, record: 0, line: line + 1 },
            Format::Jsonl | Format::Separator(_) => Place { shard: self.number, record: self.record, line: line + 1 },
        }
    }
}

/// A line of a dump.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The shard's number in its plan.
    pub shard: usize,
    /// The record in it, from 1; 0 if the shard is one document, or a stream.
    pub record: u64,
    /// The line in that, from 1.
    pub line: u64,
}

impl Plan {
    /// A place in words: `dump/a.jsonl:18422:3`, with the record where there are several.
    #[must_use]
    pub fn told(&self, place: Place) -> String {
        let name = super::printable(&self.shards[place.shard].name);
        match place.record {
            0 => format!("{name}:{}", place.line),
            record => format!("{name}:{record}:{}", place.line),
        }
    }
}
