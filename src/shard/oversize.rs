//! Records that are too long to be held in memory.
//!
//! Takes a [`PartReader`] that stands at the start of one, gives it as a file set aside or, for streams of lines, as
//! pieces to pass on; leaves the reader at the next record. Never holds more of it than the reader already did.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use memchr::memchr;

use super::ends::Search;
use super::part::{End, Oversize, Part, PartReader, ReadError, Unit};
use super::sniff::Format;

impl<R: Read> PartReader<R> {
    /// What stands in the place of the record at the front, which is longer than the limit.
    pub(super) fn too_long(&mut self) -> Result<Unit, ReadError> {
        match self.options.format {
            Format::Text => Err(ReadError::DocumentTooLarge { limit: self.options.max_record }),
            Format::Jsonl | Format::Separator(_) => self.set_aside().map(Unit::Oversize),
            Format::Lines => {
                self.long_line = Some(0);
                // There are bytes at the front, so there is a piece.
                let piece = self.long_line_piece()?.unwrap_or_else(|| self.piece(0, 0));
                Ok(Unit::Verbatim(piece))
            }
        }
    }

    /// Moves the record at the front to a file, or only measures it, and goes on behind it.
    fn set_aside(&mut self) -> Result<Oversize, ReadError> {
        let (record, offset) = (self.record, self.offset);
        let spooled = |source| ReadError::Spool { record, offset, source };
        let mut spool = Spool::new(self.options.spool_dir.as_deref()).map_err(spooled)?;
        let mut search = Search::new();
        let whole = loop {
            let found = self.ends.next(&self.buf[..self.filled], &mut search);
            let gone = match (found, &self.end) {
                (Some(end), _) => end,
                (None, Some(_)) => self.filled,
                (None, None) => self.ends.spent(search),
            };
            spool.write(&self.buf[..gone]).map_err(spooled)?;
            if found.is_some() || self.end.is_some() {
                self.take_bytes(gone);
                break found.is_some() || matches!(self.end, Some(End::Whole));
            }
            self.drop_front(gone);
            search = search.without(gone);
            self.fill()?;
        };
        self.record += u64::from(whole);
        let (len, raw) = spool.finish().map_err(spooled)?;
        Ok(Oversize { record, offset, len, raw, whole })
    }

    /// The next piece of a line that is too long; none if the reader is not inside one.
    pub(super) fn long_line_piece(&mut self) -> Result<Option<Part>, ReadError> {
        let limit = self.options.part_bytes.max(1);
        while let Some(given) = self.long_line {
            let ahead = &self.buf[given..self.filled];
            let ahead = &ahead[..ahead.len().min(limit)];
            let feed = memchr(b'\n', ahead);
            if let Some(feed) = feed {
                let piece = self.piece(given, given + feed + 1);
                self.leave_long_line(given + feed + 1);
                self.record += 1;
                return Ok(Some(piece));
            }
            if ahead.len() == limit {
                self.long_line = Some(given + limit);
                return Ok(Some(self.piece(given, given + limit)));
            }
            if self.end.is_some() {
                let piece = self.piece(given, self.filled);
                self.leave_long_line(self.filled);
                return Ok(Some(piece).filter(|piece| !piece.bytes.is_empty()));
            }
            self.drop_front(given);
            self.long_line = Some(0);
            self.fill()?;
        }
        Ok(None)
    }

    fn leave_long_line(&mut self, given: usize) {
        self.take_bytes(given);
        self.long_line = None;
    }

    fn piece(&self, from: usize, to: usize) -> Part {
        let offset = self.offset + from as u64;
        Part {
            index: self.index(offset),
            offset,
            first_record: self.number(),
            bytes: self.buf[from..to].to_vec(),
            packed: None,
        }
    }

    fn drop_front(&mut self, gone: usize) {
        self.buf.copy_within(gone..self.filled, 0);
        self.filled -= gone;
        self.offset += gone as u64;
        self.frames.skip(self.offset);
    }
}

/// A file without a name that takes a record, or a counter that only measures it.
struct Spool {
    file: Option<File>,
    len: u64,
}

impl Spool {
    fn new(dir: Option<&Path>) -> io::Result<Self> {
        let file = dir.map(tempfile::tempfile_in).transpose()?;
        Ok(Self { file, len: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.len += bytes.len() as u64;
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn finish(mut self) -> io::Result<(u64, Option<File>)> {
        if let Some(file) = &mut self.file {
            file.rewind()?;
        }
        Ok((self.len, self.file))
    }
}
