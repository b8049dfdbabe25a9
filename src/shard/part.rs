//! Cuts a decoded stream into parts that hold whole records.
//!
//! Takes a reader, gives parts in order. Which records make a part is a function of the input alone, however small or
//! large the reads were: part k holds the records that begin in the k-th decoded MiB. In a zstd file a part also ends
//! where a frame does, if a record does as well and the part has at least 256 KiB or began inside a frame; the stretches are
//! counted from there on. So the frames that we write are parts again when they are read, and a part that is made of
//! whole frames has its packed form with it. Never holds a record that is longer than the limit, never drops a byte,
//! and gives every whole record before it reports a fault.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::codec::{Codec, DecodeError, Decoder};
use super::ends::{Ends, Search};
use super::frames::{Frame, Frames};
use super::sniff::Format;

/// The stretch of decoded bytes whose records make a part, unless the options say otherwise.
pub const PART_BYTES: usize = 1 << 20;

/// Fewer bytes are not worth a system call.
const READ_MIN: usize = 256 << 10;
/// More bytes at once are no faster.
const READ_MAX: usize = 4 << 20;
/// Read past a part's border, so that its last record is mostly there without a second read. What is too much must be
/// copied to the next part.
const SLACK: usize = 32 << 10;
/// The least share of a stretch that a part holds which ends with a frame.
const LEAST: usize = 4;
/// So many stretches are the longest part that keeps its packed form.
const MOST: usize = 4;
/// Buffers kept for later parts.
const SPARES: usize = 64;

/// How a stream is to be cut.
#[derive(Debug, Clone)]
pub struct PartOptions {
    pub format: Format,
    /// Records that begin in the same stretch of so many bytes are in one part.
    pub part_bytes: usize,
    /// The longest record that is held in memory.
    pub max_record: usize,
    /// Where longer JSONL and separated records are set aside; without it they are only measured.
    pub spool_dir: Option<PathBuf>,
    /// Whether the lines of [`Format::Lines`] are counted; the records of other formats always are.
    pub count_lines: bool,
    /// Whether parts that are made of whole frames keep their packed form.
    pub keep_packed: bool,
    /// The decoded offset of the reader's first record, for a reader that begins inside a file.
    pub first_offset: u64,
    /// The number of the reader's first record.
    pub first_record: u64,
}

impl PartOptions {
    /// The usual options for a format.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self {
            format,
            part_bytes: PART_BYTES,
            max_record: 64 << 20,
            spool_dir: None,
            count_lines: false,
            keep_packed: false,
            first_offset: 0,
            first_record: 1,
        }
    }
}

/// Whole records that stand side by side in the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// In which stretch of [`PartOptions::part_bytes`] bytes its first record begins; never falls, may stay or skip.
    pub index: u64,
    /// The decoded offset of its first byte.
    pub offset: u64,
    /// The number of its first record, from 1; 0 if records are not counted.
    pub first_record: u64,
    pub bytes: Vec<u8>,
    /// The zstd frames that `bytes` were decoded from, if these hold nothing else and were kept; each has a checksum,
    /// which was right.
    pub packed: Option<Vec<u8>>,
}

/// A record that is too long to be held in memory.
#[derive(Debug)]
pub struct Oversize {
    /// Its number, from 1.
    pub record: u64,
    /// The decoded offset of its first byte.
    pub offset: u64,
    pub len: u64,
    /// Its bytes with their ending, in a file without a name that stands at its beginning.
    pub raw: Option<File>,
    /// Whether its end was seen; if not, the next call tells the fault that cut it.
    pub whole: bool,
}

/// What the reader gives.
#[derive(Debug)]
pub enum Unit {
    Part(Part),
    Oversize(Oversize),
    /// A piece of a line that is too long to be looked at; to be passed on as it is.
    Verbatim(Part),
}

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    #[error("cannot read beyond decoded byte {offset}")]
    Io { offset: u64, source: io::Error },
    #[error("record {record} (byte {offset}) is cut")]
    Damaged {
        #[source]
        cause: DecodeError,
        /// The decoded offset at which the cut record begins.
        offset: u64,
        /// The raw byte at which decoding stopped.
        raw_offset: u64,
        /// The number of the cut record, from 1; 0 if records are not counted.
        record: u64,
        /// What could be read of the cut record.
        fragment: Vec<u8>,
    },
    #[error("the document is larger than {limit} bytes")]
    DocumentTooLarge { limit: usize },
    #[error("cannot set aside record {record} (byte {offset})")]
    Spool { record: u64, offset: u64, source: io::Error },
}

/// Reads a decoded stream part by part.
#[derive(Debug)]
pub struct PartReader<R> {
    pub(super) reader: R,
    pub(super) options: PartOptions,
    pub(super) ends: Ends,
    /// Initialised bytes; the first `filled` are input that was not given yet and begin with a record.
    pub(super) buf: Vec<u8>,
    pub(super) filled: usize,
    /// The decoded offset of `buf[0]`.
    pub(super) offset: u64,
    /// The number of the record at `buf[0]`.
    pub(super) record: u64,
    /// The search for the end of the part.
    search: Option<Search>,
    /// Asks the reader for the next frame that has ended, if it reads frames.
    next_frame: Option<fn(&mut R) -> Option<Frame>>,
    pub(super) frames: Frames,
    /// No record that ends before is too long.
    sound: usize,
    /// How the stream ended, once it has.
    pub(super) end: Option<End>,
    /// Inside a line that is too long: how much of `buf` was given already.
    pub(super) long_line: Option<usize>,
    done: bool,
    spare: Vec<Vec<u8>>,
}

#[derive(Debug)]
pub(super) enum End {
    Whole,
    Fault(DecodeError),
}

impl<R: Read> PartReader<R> {
    /// A reader that begins with the first record of `reader`.
    pub fn new(reader: R, options: PartOptions) -> Self {
        let ends = Ends::of(&options.format);
        Self {
            reader,
            ends,
            buf: Vec::new(),
            filled: 0,
            offset: options.first_offset,
            record: options.first_record,
            search: None,
            next_frame: None,
            frames: Frames::new(options.first_offset, MOST * options.part_bytes.max(1)),
            sound: 0,
            end: None,
            long_line: None,
            done: false,
            spare: Vec::new(),
            options,
        }
    }

    /// A reader that asks `reader` for its frames by `next_frame`; they end after so many of the bytes that it gave.
    pub(super) fn framed(reader: R, options: PartOptions, next_frame: fn(&mut R) -> Option<Frame>) -> Self {
        Self { next_frame: Some(next_frame), ..Self::new(reader, options) }
    }

    /// The next part, or what stands in its place; after an error or the end there is none.
    ///
    /// # Errors
    /// If the data is damaged, a document is too large, or a file cannot be read or written.
    #[expect(clippy::should_implement_trait, reason = "an iterator of results hides that an error is the end")]
    pub fn next(&mut self) -> Result<Option<Unit>, ReadError> {
        if self.done {
            return Ok(None);
        }
        let unit = self.advance();
        self.done = !matches!(unit, Ok(Some(_)));
        unit
    }

    /// Takes back the buffer of a part, so that later ones need no new memory. Best with its bytes still in it: what was
    /// cleared must be filled with zeros again.
    pub fn recycle(&mut self, bytes: Vec<u8>) {
        let fits = bytes.capacity() <= 4 * self.options.part_bytes.max(READ_MIN);
        if fits && self.spare.len() < SPARES {
            self.spare.push(bytes);
        }
    }

    /// The reader, to ask it how far it came.
    pub fn get_ref(&self) -> &R {
        &self.reader
    }

    fn advance(&mut self) -> Result<Option<Unit>, ReadError> {
        if let Some(piece) = self.long_line_piece()? {
            return Ok(Some(Unit::Verbatim(piece)));
        }
        loop {
            let cut = self.part_end();
            match self.first_long(cut.unwrap_or(self.filled)) {
                Some(0) => return self.too_long().map(Some),
                Some(before) => {
                    // What is known of the frames beyond depends on what was read.
                    self.frames.skip(self.offset + before as u64);
                    return Ok(Some(Unit::Part(self.take_part(before))));
                }
                None => {}
            }
            if let Some(end) = cut {
                return Ok(Some(Unit::Part(self.take_part(end))));
            }
            if self.end.is_some() {
                return self.finish();
            }
            self.frames.outgrow(self.filled);
            self.fill()?;
        }
    }

    /// Where the part is over, if it has been read so far.
    fn part_end(&mut self) -> Option<usize> {
        let (ends, buf) = (&self.ends, &self.buf);
        let framed = self.frames.part_end(self.options.part_bytes / LEAST, |end| ends.is_over(&buf[..end]));
        match (framed, self.stretch_end()) {
            (Some(framed), Some(end)) => Some(framed.min(end)),
            (framed, end) => framed.or(end),
        }
    }

    /// The first record that begins beyond the part's stretch, if its begin has been read.
    fn stretch_end(&mut self) -> Option<usize> {
        let border = self.border();
        if self.filled < border {
            return None;
        }
        let bytes = &self.buf[..self.filled];
        let before = *self.search.get_or_insert_with(|| Search::starting_at(bytes, border - 1));
        let mut search = before;
        let found = self.ends.next(bytes, &mut search);
        // Only what comes next tells whether a frame ends here as well.
        let is_open = found == Some(self.filled) && self.next_frame.is_some() && self.end.is_none();
        self.search = Some(if is_open { before } else { search });
        found.filter(|_| !is_open)
    }

    /// Where the stretch of `buf[0]` ends, counted from there; at least 1.
    fn border(&self) -> usize {
        let stretch = self.options.part_bytes.max(1);
        let offset = self.offset - self.frames.base();
        stretch - usize::try_from(offset % stretch as u64).unwrap_or(0)
    }

    /// The first record that is too long among those in `buf[..end]`.
    fn first_long(&mut self, end: usize) -> Option<usize> {
        let limit = self.options.max_record.max(1);
        while end - self.sound > limit {
            // From one sound record's end to the farthest end within reach: what leaps over no gap is sound as well.
            match self.ends.last(&self.buf[self.sound..self.sound + limit]) {
                0 => return Some(self.sound),
                ends => self.sound += ends,
            }
        }
        None
    }

    /// What the end of the stream leaves: the last records, then the record that a fault cut, then nothing.
    fn finish(&mut self) -> Result<Option<Unit>, ReadError> {
        let whole = match &self.end {
            Some(End::Fault(_)) => self.ends.last(&self.buf[..self.filled]),
            _ => self.filled,
        };
        if whole > 0 {
            return Ok(Some(Unit::Part(self.take_part(whole))));
        }
        let Some(End::Fault(cause)) = self.end.take() else {
            return Ok(None);
        };
        let mut fragment = std::mem::take(&mut self.buf);
        fragment.truncate(self.filled);
        Err(ReadError::Damaged {
            raw_offset: cause.raw_offset(),
            cause,
            offset: self.offset,
            record: self.number(),
            fragment,
        })
    }

    fn take_part(&mut self, end: usize) -> Part {
        let (offset, first_record) = (self.offset, self.number());
        let packed = self.frames.finish_part(offset + end as u64);
        let bytes = self.take_bytes(end);
        if self.counts() {
            self.record += self.ends.count(&bytes);
        }
        Part { index: self.index(offset), offset, first_record, bytes, packed }
    }

    /// Takes the first `end` bytes away; what stands behind them moves to a buffer of its own.
    pub(super) fn take_bytes(&mut self, end: usize) -> Vec<u8> {
        let tail = end..self.filled;
        self.filled = tail.len();
        self.offset += end as u64;
        self.frames.skip(self.offset);
        (self.search, self.sound) = (None, 0);
        let mut next = Vec::new();
        if self.end.is_none() {
            next = self.spare.pop().unwrap_or_default();
            grow(&mut next, self.filled + self.wanted());
        } else {
            grow(&mut next, self.filled);
        }
        next[..self.filled].copy_from_slice(&self.buf[tail]);
        let mut bytes = std::mem::replace(&mut self.buf, next);
        bytes.truncate(end);
        bytes
    }

    /// Reads once, and asks which frames ended in what was read.
    pub(super) fn fill(&mut self) -> Result<(), ReadError> {
        let filled = self.fill_buf();
        while let Some(frame) = self.next_frame.and_then(|next| next(&mut self.reader)) {
            self.frames.add(Frame { end: self.options.first_offset + frame.end, ..frame });
        }
        filled
    }

    fn fill_buf(&mut self) -> Result<(), ReadError> {
        let top = self.filled + self.wanted();
        if self.buf.capacity() == 0 {
            self.buf = self.spare.pop().unwrap_or_default();
        }
        grow(&mut self.buf, top);
        loop {
            match self.reader.read(&mut self.buf[self.filled..top]) {
                Ok(0) => self.end = Some(End::Whole),
                Ok(got) => self.filled += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => match error.downcast::<DecodeError>() {
                    Ok(fault) => self.end = Some(End::Fault(fault)),
                    Err(source) => {
                        let offset = self.offset + self.filled as u64;
                        return Err(ReadError::Io { offset, source });
                    }
                },
            }
            return Ok(());
        }
    }

    /// How much to ask for: what the part still lacks, and a little more.
    fn wanted(&self) -> usize {
        match self.ends {
            // A document may be of any length: ask for as much again as there is.
            Ends::Never => self.filled.clamp(READ_MIN, READ_MAX),
            _ => (self.border() + SLACK).saturating_sub(self.filled).clamp(READ_MIN, READ_MAX),
        }
    }

    pub(super) fn index(&self, offset: u64) -> u64 {
        offset / self.options.part_bytes.max(1) as u64
    }

    pub(super) fn number(&self) -> u64 {
        if self.counts() { self.record } else { 0 }
    }

    fn counts(&self) -> bool {
        self.options.count_lines || self.options.format != Format::Lines
    }
}

impl<'r> PartReader<Decoder<'r>> {
    /// A reader whose parts follow the frames of its decoder, if there are any.
    pub fn of_decoder(mut decoder: Decoder<'r>, options: PartOptions) -> Self {
        if options.keep_packed {
            decoder.keep_frames(MOST * options.part_bytes);
        }
        if decoder.codec() == Codec::Zstd {
            Self::framed(decoder, options, Decoder::next_frame)
        } else {
            Self::new(decoder, options)
        }
    }
}

/// Makes at least `len` bytes of `buf` usable. Grows by an eighth and not by doubling, because a record near the limit
/// must not cost twice the limit; memory that is fresh from the system is zero without being written.
fn grow(buf: &mut Vec<u8>, len: usize) {
    if buf.capacity() == 0 {
        *buf = vec![0; len];
    } else if buf.len() < len {
        if buf.capacity() < len {
            buf.reserve_exact(len + len / 8 - buf.len());
        }
        buf.resize(len, 0);
    }
}
