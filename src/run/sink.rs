//! What comes of a shard: its output, its audit and its bad records, written in order.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::RunError;
use super::atomic::{AtomicFile, Unfinished};
use super::plan::{Output, RunOptions, Shard};
use super::quarantine::{BadRecord, Raw};
use super::survey::Sum;
use super::tally::Tally;
use crate::shard::{Codec, Container, PartEncoder, PartSum};

/// A part that is ready to be written.
#[derive(Debug, Default)]
pub(super) struct Packed<F> {
    pub bytes: Vec<u8>,
    pub sum: PartSum,
    pub notes: Vec<u8>,
    pub bad: Vec<BadRecord>,
    pub tally: Tally,
    pub found: F,
    pub dropped_file: bool,
}

/// The open files of one shard.
pub(super) struct Sink<'r, F> {
    shard: &'r Shard,
    options: &'r RunOptions,
    out: Option<Stream>,
    notes: Option<Stream>,
    /// The shard's part of the quarantine, until the shards before it are done.
    bad: Option<File>,
    /// The first of the bad records, told in words.
    told: Vec<String>,
    tally: Tally,
    found: F,
    dropped_file: bool,
}

/// What is left of a shard when it is written.
#[derive(Debug, Default)]
pub(super) struct Written<F> {
    pub tally: Tally,
    pub found: F,
    pub bad: Option<File>,
    pub told: Vec<String>,
}

/// Bad records of a shard that are told in words.
const TOLD: usize = 10;

/// An output that is packed as its name says.
struct Stream {
    to: Target,
    container: Container,
    encoder: Option<PartEncoder>,
    name: String,
    /// Whether the header is written: not before it is sure that anything will be.
    begun: bool,
}

enum Target {
    File(AtomicFile),
    Stdout(io::Stdout),
}

impl<'r, F: Sum + Default> Sink<'r, F> {
    /// Begins the files of `shard`.
    pub(super) fn open(shard: &'r Shard, options: &'r RunOptions, unfinished: &Unfinished) -> Result<Self, RunError> {
        let out = match &shard.output {
            Output::Nowhere => None,
            Output::Stdout => {
                Some(Stream::new(Target::Stdout(io::stdout()), shard.codec, "standard output".to_owned()))
            }
            Output::File(path) => Some(Stream::file(path, shard.codec, unfinished)?),
        };
        let notes = match &shard.notes {
            Some(path) => {
                let codec = Codec::of_name(path);
                let encoder = PartEncoder::new(codec, None).map_err(|source| RunError::encode(path, source))?;
                Some(Stream { encoder: Some(encoder), ..Stream::file(path, codec, unfinished)? })
            }
            None if options.notes_to_stdout => {
                Some(Stream::new(Target::Stdout(io::stdout()), Codec::Plain, "standard output".to_owned()))
            }
            None => None,
        };
        Ok(Self {
            shard,
            options,
            out,
            notes,
            bad: None,
            told: Vec::new(),
            tally: Tally::default(),
            found: F::default(),
            dropped_file: false,
        })
    }

    /// Writes the next part; gives its buffer back.
    pub(super) fn write(&mut self, packed: Packed<F>) -> Result<Vec<u8>, RunError> {
        if let Some(out) = &mut self.out {
            out.container.add(&packed.sum);
            out.write(&packed.bytes)?;
        }
        if let Some(notes) = &mut self.notes {
            notes.pack(&packed.notes)?;
        }
        for bad in packed.bad {
            self.set_aside(bad)?;
        }
        self.tally.absorb(packed.tally);
        self.found.absorb(packed.found);
        self.dropped_file |= packed.dropped_file;
        Ok(packed.bytes)
    }

    fn set_aside(&mut self, bad: BadRecord) -> Result<(), RunError> {
        let writes = self.shard.output != Output::Nowhere;
        let place = if bad.record == 0 {
            format!("byte {}", bad.byte)
        } else {
            format!("record {} (byte {})", bad.record, bad.byte)
        };
        let words = format!("{}: {place}: {}", self.shard.name, bad.cause);
        if self.options.strict {
            return Err(RunError::Strict { words });
        }
        if self.told.len() < TOLD {
            self.told.push(words.clone());
        }
        if !writes {
            return Ok(());
        }
        let Some(path) = &self.options.quarantine else {
            // What is left of a damaged stream is still in that stream.
            return if bad.cut_off { Ok(()) } else { Err(RunError::NoQuarantine { words }) };
        };
        let failed = |source| RunError::Write { name: path.display().to_string(), source };
        if self.bad.is_none() {
            self.bad = Some(tempfile::tempfile().map_err(failed)?);
        }
        let Some(file) = &mut self.bad else { return Ok(()) };
        let mut file = io::BufWriter::new(file);
        bad.write(&self.shard.name, &mut file).and_then(|()| file.flush()).map_err(failed)
    }

    /// Gives the outputs their names; with `no_output` the output itself does not appear.
    pub(super) fn publish(mut self, no_output: bool) -> Result<Written<F>, RunError> {
        let out = self.out.take().filter(|_| !self.dropped_file && !no_output);
        // Both are on the disk before either has its name, so that no output is without its audit.
        let mut streams: Vec<Stream> = self.notes.take().into_iter().chain(out).collect();
        for stream in &mut streams {
            stream.seal()?;
        }
        if let (Output::File(path), true) = (&self.shard.output, self.dropped_file || no_output) {
            // What stands there is of an earlier run, and would pass for this one's.
            remove(path)?;
        }
        for stream in streams {
            stream.publish()?;
        }
        if let Some(bad) = &mut self.bad {
            bad.seek(SeekFrom::Start(0)).map_err(|source| RunError::Write { name: self.shard.name.clone(), source })?;
        }
        Ok(Written { tally: self.tally, found: self.found, bad: self.bad, told: self.told })
    }

    /// Adds bad records that stand in no part: what is left of a damaged stream, or is too long.
    pub(super) fn add_bad(&mut self, mut bad: BadRecord) -> Result<(), RunError> {
        self.tally.quarantined += 1;
        if self.shard.output == Output::Nowhere {
            bad.raw = Raw::Left(bad.raw.len());
        }
        self.set_aside(bad)
    }

    pub(super) fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }
}

impl Stream {
    fn file(path: &Path, codec: Codec, unfinished: &Unfinished) -> Result<Self, RunError> {
        let name = path.display().to_string();
        let file =
            AtomicFile::create(path, unfinished).map_err(|source| RunError::Write { name: name.clone(), source })?;
        Ok(Self::new(Target::File(file), codec, name))
    }

    fn new(to: Target, codec: Codec, name: String) -> Self {
        Self { to, container: Container::new(codec), encoder: None, name, begun: false }
    }

    fn pack(&mut self, plain: &[u8]) -> Result<(), RunError> {
        let Some(encoder) = &mut self.encoder else { return self.write(plain) };
        let mut packed = Vec::new();
        let sum =
            encoder.encode(plain, &mut packed).map_err(|source| RunError::encode(Path::new(&self.name), source))?;
        self.container.add(&sum);
        self.write(&packed)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if !self.begun {
            self.begun = true;
            self.put(self.container.header())?;
        }
        self.put(bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RunError> {
        let written = match &mut self.to {
            Target::File(file) => file.write_all(bytes),
            // The lock is for this part alone: words for people go elsewhere.
            Target::Stdout(stdout) => stdout.lock().write_all(bytes),
        };
        written.map_err(|source| RunError::write(&self.name, source))
    }

    /// Writes what comes after the last part.
    fn seal(&mut self) -> Result<(), RunError> {
        let trailer = self.container.trailer();
        self.write(&trailer)?;
        match &mut self.to {
            Target::File(file) => file.seal(),
            Target::Stdout(stdout) => stdout.flush(),
        }
        .map_err(|source| RunError::write(&self.name, source))
    }

    fn publish(self) -> Result<(), RunError> {
        match self.to {
            Target::File(file) => file.publish().map_err(|source| RunError::write(&self.name, source)),
            Target::Stdout(_) => Ok(()),
        }
    }
}

/// Removes a file, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), RunError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(RunError::Write { name: path.display().to_string(), source })
        }
        _ => Ok(()),
    }
}
