//! The work on one part: records in, cleaned records and everything that is told about them out.
//!
//! Each worker has its own [`Bench`]; what comes out depends on the part alone.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_64;

use super::notes::{Noted, note};
use super::plan::{RunOptions, Shard};
use super::quarantine::{BadRecord, Raw};
use super::site::{host_of_path, site_of};
use super::survey::{Seen, Survey};
use super::tally::Tally;
use crate::clean::{Cleaned, Cleaner, Document, Edit, Scratch};
use crate::shard::json::{self, Fields, Kind, RecordError, RecordReader, Value};
use crate::shard::{Format, Part, Record, records::records};
use crate::text::{Span, is_blank};

/// Of so many parts the first is tried at the next level as well.
const TRIAL: u64 = 16;

/// The cleaners of a run.
#[derive(Clone, Copy)]
pub struct Cleaners<'c> {
    pub cleaner: &'c Cleaner,
    /// The same packs at the next level, for the forecast of what it would cut.
    pub next: Option<&'c Cleaner>,
}

/// A finished part.
#[derive(Debug, Default)]
pub(super) struct Finished<F> {
    /// Cleaned, decoded bytes.
    pub out: Vec<u8>,
    pub notes: Vec<u8>,
    pub bad: Vec<BadRecord>,
    pub tally: Tally,
    pub found: F,
    /// Whether anything is to be written at all: a document that is its file may be dropped.
    pub dropped_file: bool,
}

/// What a worker needs for any part of any shard.
pub(super) struct Bench<'c, S: Survey> {
    cleaners: Cleaners<'c>,
    survey: &'c S,
    desk: S::Desk,
    options: &'c RunOptions,
    scratch: Scratch,
}

/// The part and shard that are worked on.
struct Piece<'p, F> {
    shard: &'p Shard,
    number: usize,
    /// The host that the shard's place in the dump names, for documents without an address.
    host: Option<&'p str>,
    part: &'p Part,
    trial: bool,
    finished: Finished<F>,
}

/// The values of a record that change, and what is deleted of their texts.
type Cuts = SmallVec<[(Span, Vec<Edit>); 2]>;

/// What a survey may want to know of a document beside its text.
#[derive(Default)]
struct Context<'r> {
    /// The JSON record that it stands in.
    json: Option<&'r [u8]>,
    /// Whether a stream begins with it.
    first: bool,
}

impl<'c, S: Survey> Bench<'c, S> {
    pub(super) fn new(cleaners: Cleaners<'c>, survey: &'c S, options: &'c RunOptions) -> Self {
        Self { cleaners, survey, desk: S::Desk::default(), options, scratch: Scratch::default() }
    }

    /// Cleans the records of `part`, which is of the shard `number`.
    pub(super) fn part(&mut self, shard: &Shard, number: usize, part: &Part, out: Vec<u8>) -> Finished<S::Found> {
        let trial = part.index.is_multiple_of(TRIAL) && self.cleaners.next.is_some();
        let finished = Finished { out, ..Finished::default() };
        let host = host_of_path(&shard.place);
        let mut piece = Piece { shard, number, host, part, trial, finished };
        piece.finished.tally.bytes_in = part.bytes.len() as u64;
        match &shard.format {
            Format::Lines if self.options.sample.is_none() => self.lines(&mut piece),
            Format::Lines => self.sampled_lines(&mut piece),
            Format::Jsonl => self.jsonl(&mut piece),
            Format::Text | Format::Separator(_) => self.texts(&mut piece),
        }
        let mut finished = piece.finished;
        finished.tally.bytes_out = finished.out.len() as u64;
        finished.tally.quarantined = finished.bad.len() as u64;
        finished
    }

    /// A stretch of a stream, cleaned as one.
    fn lines(&mut self, piece: &mut Piece<S::Found>) {
        let part = piece.part;
        let cleaner = self.cleaners.cleaner;
        match self.guarded(|bench| cleaner.clean_lines(&part.bytes, part.offset == 0, &mut bench.scratch)) {
            Ok(cleaned) => {
                cleaned.append_to(&mut piece.finished.out);
                self.note_lines(piece, &part.bytes, 0, part.first_record, &cleaned.edits);
                piece.finished.tally.documents += u64::from(part.offset == 0);
                let document = Document { text: &part.bytes, ..Document::default() };
                let first = part.offset == 0;
                if let Err(cause) =
                    self.look(piece, part.first_record, &document, &cleaned, Context { first, ..Context::default() })
                {
                    piece.set_aside(0, &part.bytes, cause);
                }
                self.forecast(piece, &part.bytes, &cleaned, |next, scratch| {
                    next.clean_lines(&part.bytes, part.offset == 0, scratch)
                });
            }
            Err(cause) => piece.set_aside(0, &part.bytes, cause),
        }
    }

    fn sampled_lines(&mut self, piece: &mut Piece<S::Found>) {
        for (record, line) in (piece.part.first_record..).zip(records(&Format::Lines, &piece.part.bytes)) {
            piece.finished.tally.records += 1;
            if !self.is_taken(piece, record) {
                continue;
            }
            let bytes = &piece.part.bytes[line.offset..line.offset + line.body.len() + line.rest.len()];
            let first = piece.part.offset == 0 && line.offset == 0;
            let cleaner = self.cleaners.cleaner;
            match self.guarded(|bench| cleaner.clean_lines(bytes, first, &mut bench.scratch)) {
                Ok(cleaned) => {
                    cleaned.append_to(&mut piece.finished.out);
                    piece.finished.tally.written += 1;
                    self.note_lines(piece, bytes, line.offset, record, &cleaned.edits);
                    let document = Document { text: bytes, ..Document::default() };
                    if let Err(cause) =
                        self.look(piece, record, &document, &cleaned, Context { first, ..Context::default() })
                    {
                        piece.set_aside_at(record, line.offset, bytes, cause);
                    }
                }
                Err(cause) => piece.set_aside_at(record, line.offset, bytes, cause),
            }
        }
    }

    /// Counts and tells the cuts in lines that begin at `offset` of the part; the first of them is line `line`.
    fn note_lines(&self, piece: &mut Piece<S::Found>, text: &[u8], offset: usize, mut line: u64, edits: &[Edit]) {
        let place = piece.part.offset + offset as u64;
        for edit in edits {
            piece.count(text, &[*edit], place + edit.span.start as u64 + 1, None);
        }
        piece.finished.tally.text_bytes += text.len() as u64;
        if piece.shard.notes.is_none() && !self.options.notes_to_stdout {
            return;
        }
        let newlines = |from: usize, to: usize| memchr::memchr_iter(b'\n', &text[from..to]).count() as u64;
        let mut at = 0;
        let mut edits = edits;
        while let Some(first) = edits.first() {
            line += newlines(at, first.span.start);
            at = first.span.start;
            let end =
                memchr::memchr(b'\n', &text[first.span.start..]).map_or(text.len(), |step| first.span.start + step + 1);
            let (here, rest) = edits.split_at(edits.partition_point(|edit| edit.span.start < end));
            let noted = Noted {
                path: &piece.shard.name,
                record: line,
                is_line: true,
                is_file: false,
                id: None,
                key: None,
                text,
                offset: place,
            };
            note(self.options.note_style, self.cleaners.cleaner, &noted, (here, &[]), &mut piece.finished.notes);
            edits = rest;
        }
    }

    /// Documents that are texts of their own.
    fn texts(&mut self, piece: &mut Piece<S::Found>) {
        let format = &piece.shard.format;
        for (record, text) in (piece.part.first_record..).zip(records(format, &piece.part.bytes)) {
            piece.finished.tally.records += 1;
            if !self.is_taken(piece, record) {
                piece.finished.dropped_file = *format == Format::Text;
                continue;
            }
            match self.document(piece, record, text.body, None) {
                Err(cause) => {
                    let whole = &piece.part.bytes[text.offset..text.offset + text.body.len() + text.rest.len()];
                    piece.set_aside_at(record, text.offset, whole, cause);
                    piece.finished.dropped_file = *format == Format::Text;
                }
                Ok(cleaned) if self.options.drop_empty && is_blank(&cleaned.text()) => {
                    piece.finished.tally.dropped += 1;
                    piece.finished.dropped_file = *format == Format::Text;
                }
                Ok(cleaned) => {
                    piece.finished.tally.written += 1;
                    cleaned.append_to(&mut piece.finished.out);
                    piece.finished.out.extend_from_slice(text.rest);
                }
            }
        }
    }

    fn jsonl(&mut self, piece: &mut Piece<S::Found>) {
        let part = &piece.part.bytes;
        piece.finished.out.reserve(part.len());
        let mut reader = RecordReader::default();
        // What stands before `copied` is written or left out; untouched records are copied together.
        let mut copied = 0;
        for (record, line) in (piece.part.first_record..).zip(records(&Format::Jsonl, part)) {
            let whole = Span::new(line.offset, line.offset + line.body.len() + line.rest.len());
            let read = reader.read(line.body, &piece.shard.keys).map(drop);
            if read == Err(RecordError::Blank) {
                continue;
            }
            piece.finished.tally.records += 1;
            let taken = self.is_taken(piece, record);
            let cuts = match read.map_err(|error| error.to_string()) {
                _ if !taken => Ok(None),
                Err(cause) => Err(cause),
                Ok(()) => self.record(piece, record, line.body, &reader),
            };
            if let Ok(Some(cuts)) = cuts {
                piece.finished.tally.written += 1;
                copied = piece.write_cut(copied, &line, &reader, &cuts);
                continue;
            }
            piece.finished.out.extend_from_slice(&part[copied..whole.start]);
            copied = whole.end;
            match cuts {
                Err(cause) => piece.set_aside_at(record, line.offset, &part[whole.range()], cause),
                Ok(_) => piece.finished.tally.dropped += u64::from(taken),
            }
        }
        piece.finished.out.extend_from_slice(&part[copied..]);
    }

    /// Cleans the texts of one JSON record: the values in which something goes, in their order, with what goes of their
    /// texts; none if the record is empty and to be dropped.
    fn record(
        &mut self,
        piece: &mut Piece<S::Found>,
        record: u64,
        body: &[u8],
        reader: &RecordReader,
    ) -> Result<Option<Cuts>, String> {
        let fields = reader.fields();
        let texts = strings(piece, fields, S::NEEDS_TEXT)?;
        let named = fields.text.len() > 1;
        let mut cuts = Cuts::new();
        let mut empty = self.options.drop_empty && !texts.is_empty();
        for (at, span) in texts {
            let key = named.then(|| piece.shard.keys.text[at].as_str());
            let own = self.document(piece, record, reader.text(span), Some((body, fields, key)))?;
            empty = empty && is_blank(&own.text());
            if !own.edits.is_empty() {
                cuts.push((span, own.edits));
            }
        }
        Ok(Some(cuts).filter(|_| !empty))
    }

    /// Cleans one text, counts and tells what goes; `json` is the record that it stands in, with its fields and key.
    fn document<'d>(
        &mut self,
        piece: &mut Piece<S::Found>,
        record: u64,
        text: &'d [u8],
        json: Option<(&[u8], &Fields, Option<&str>)>,
    ) -> Result<Cleaned<'d>, String> {
        let value = |value: Option<Value>| json.and_then(|(body, ..)| value.map(|value| &body[value.span.range()]));
        let (id, url, lang) =
            json.map_or((None, None, None), |(_, fields, _)| (value(fields.id), value(fields.url), value(fields.lang)));
        let (lang, url) = (lang.and_then(string), url.and_then(string));
        let document = Document { text, lang: lang.as_deref(), url: url.as_deref().or(piece.host) };
        let cleaner = self.cleaners.cleaner;
        let cleaned = self.guarded(|bench| cleaner.clean(&document, &mut bench.scratch))?;
        let context = Context { json: json.map(|(body, ..)| body), first: false };
        self.look(piece, record, &document, &cleaned, context)?;
        let tally = &mut piece.finished.tally;
        tally.documents += 1;
        tally.addressed += u64::from(document.url.is_some());
        tally.text_bytes += text.len() as u64;
        tally.changed += u64::from(!cleaned.edits.is_empty());
        tally.over_budget += u64::from(cleaned.over_budget);
        for flag in &cleaned.flags {
            *tally.flags.entry(*flag).or_default() += 1;
        }
        if !cleaned.edits.is_empty() || !cleaned.flags.is_empty() {
            let site = document.url.and_then(site_of).map(|site| xxh3_64(site.as_bytes()));
            piece.count(text, &cleaned.edits, record, site);
            let key = json.and_then(|(.., key)| key);
            let noted = Noted {
                path: &piece.shard.name,
                record,
                is_line: false,
                is_file: piece.shard.format == Format::Text,
                id,
                key,
                text,
                offset: 0,
            };
            if piece.shard.notes.is_some() || self.options.notes_to_stdout {
                let found = (cleaned.edits.as_slice(), cleaned.flags.as_slice());
                note(self.options.note_style, cleaner, &noted, found, &mut piece.finished.notes);
            }
        }
        self.forecast(piece, text, &cleaned, |next, scratch| next.clean(&document, scratch));
        Ok(cleaned)
    }

    /// Shows a document to the survey.
    fn look(
        &mut self,
        piece: &mut Piece<S::Found>,
        record: u64,
        document: &Document,
        cleaned: &Cleaned,
        Context { json, first }: Context,
    ) -> Result<(), String> {
        if !S::LOOKS {
            return Ok(());
        }
        let seen = Seen { shard: piece.shard, number: piece.number, record, json, document, cleaned, first };
        let survey = self.survey;
        self.guarded(|bench| survey.look(&seen, &mut bench.desk, &mut piece.finished.found))?
    }

    /// Tries what the next level would cut, on the parts of the trial.
    fn forecast<'d>(
        &mut self,
        piece: &mut Piece<S::Found>,
        text: &[u8],
        cleaned: &Cleaned,
        clean: impl FnOnce(&Cleaner, &mut Scratch) -> Cleaned<'d>,
    ) {
        let Some(next) = self.cleaners.next.filter(|_| piece.trial) else { return };
        let next = clean(next, &mut self.scratch);
        let more = cleaned.len().saturating_sub(next.len()) as u64;
        let forecast = &mut piece.finished.tally.next_level;
        forecast.documents += 1;
        forecast.text_bytes += text.len() as u64;
        forecast.more_bytes += more;
        forecast.more_documents += u64::from(more > 0);
    }

    /// A panic is a bug of ours; it must not cost more than the document that it happens in.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<T, String> {
        catch_unwind(AssertUnwindSafe(|| work(self))).map_err(|panic| {
            self.scratch = Scratch::default();
            self.desk = S::Desk::default();
            let what =
                panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            format!("internal error: {}", what.unwrap_or("unknown"))
        })
    }

    /// Whether a record is in the sample; counted if it is not.
    fn is_taken(&self, piece: &mut Piece<S::Found>, record: u64) -> bool {
        let taken = self.options.sample.is_none_or(|sample| sample.takes(&piece.shard.place, record));
        piece.finished.tally.dropped += u64::from(!taken);
        taken
    }
}

impl<F> Piece<'_, F> {
    fn set_aside(&mut self, record: u64, raw: &[u8], cause: String) {
        self.set_aside_at(record, 0, raw, cause);
    }

    fn set_aside_at(&mut self, record: u64, offset: usize, raw: &[u8], cause: String) {
        let byte = self.part.offset + offset as u64;
        self.finished.bad.push(BadRecord { record, byte, cause, cut_off: false, raw: Raw::Bytes(raw.to_vec()) });
    }

    /// Writes the part from `copied` on up to the last cut in the record `line`, without what is cut; gives that place.
    fn write_cut(&mut self, mut copied: usize, line: &Record, reader: &RecordReader, cuts: &Cuts) -> usize {
        let out = &mut self.finished.out;
        for (span, edits) in cuts {
            out.extend_from_slice(&self.part.bytes[copied..line.offset + span.start]);
            reader.delete(line.body, *span, edits.iter().map(|edit| edit.span), out);
            copied = line.offset + span.end;
        }
        copied
    }

    /// Counts the edits of one document.
    fn count(&mut self, text: &[u8], edits: &[Edit], record: u64, site: Option<u64>) {
        let tally = &mut self.finished.tally;
        for edit in edits {
            let len = edit.span.len() as u64;
            tally.cuts += 1;
            tally.cut_bytes += len;
            tally.rules.entry(edit.rule).or_default().count(len, record);
            tally.texts.add(&text[edit.span.range()], edit.rule, (self.number, record), site);
        }
    }
}

/// The texts of a record, each with the number of its key, in the order of the record; counts those that are not there.
fn strings<F>(piece: &mut Piece<F>, fields: &Fields, needed: bool) -> Result<SmallVec<[(usize, Span); 2]>, String> {
    let mut texts = SmallVec::<[(usize, Span); 2]>::new();
    for (at, value) in fields.text.iter().enumerate() {
        match value {
            Some(Value { kind: Kind::String, span }) => texts.push((at, *span)),
            Some(Value { kind: Kind::Other(kind), .. }) => {
                return Err(format!("the text `{}` is no string but a JSON {kind}", piece.shard.keys.text[at]));
            }
            _ if needed => return Err(format!("it has no string `{}`", piece.shard.keys.text[at])),
            Some(Value { kind: Kind::Null, .. }) => piece.finished.tally.null_text += 1,
            None => piece.finished.tally.without_text += 1,
        }
    }
    texts.sort_by_key(|(_, span)| *span);
    // Two keys may name one value.
    texts.dedup_by_key(|(_, span)| *span);
    Ok(texts)
}

/// A JSON value that is a string, and not an empty one.
fn string(raw: &[u8]) -> Option<Cow<'_, str>> {
    let text = match raw.starts_with(b"\"").then(|| json::unescape(raw))? {
        Cow::Borrowed(text) => Cow::Borrowed(std::str::from_utf8(text).ok()?),
        Cow::Owned(text) => Cow::Owned(String::from_utf8(text).ok()?),
    };
    Some(text).filter(|text| !text.is_empty())
}
