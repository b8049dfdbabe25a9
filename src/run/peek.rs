//! A first look at an input: how it is packed, and what it holds.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::RunError;
use crate::shard::{Codec, DecodeError, Foreign, Format, decode};

/// Decoded bytes that are looked at.
const LOOK: usize = 64 << 10;
/// A first record that is longer than that is not read for its keys.
const FIRST_RECORD: usize = 8 << 20;

/// What the beginning of an input shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How it is packed, by its first bytes.
    pub codec: Codec,
    /// What it holds, by its first decoded bytes.
    pub format: Format,
    /// What else it is, if it is neither text nor JSON records.
    pub foreign: Option<Foreign>,
    /// The first line that is not blank, if the format is JSONL and the line is not too long.
    pub first_record: Vec<u8>,
    /// Whether it looks like one JSON value over many lines: an array, or an object whose first line ends at its brace.
    pub is_json_document: bool,
    /// Whether there is not a single decoded byte.
    pub is_empty: bool,
}

/// Looks at the file at `path`.
///
/// # Errors
/// When it cannot be opened or read. Damage behind the first bytes is left for the run to find.
pub fn peek(path: &Path) -> Result<Head, RunError> {
    let read = |source| RunError::Read { name: path.display().to_string(), source };
    let mut file = File::open(path).map_err(read)?;
    let mut magic = [0; 8];
    let filled = fill(&mut file, &mut magic).map_err(read)?.bytes;
    let codec = Codec::of_magic(&magic[..filled]);
    look(codec, io::Cursor::new(magic[..filled].to_vec()).chain(file)).map(|(head, _)| head).map_err(read)
}

/// Looks at standard input; gives the raw bytes that it took from it as well.
///
/// # Errors
/// When it cannot be read.
pub fn peek_stdin() -> Result<(Head, Vec<u8>), RunError> {
    let read = |source| RunError::Read { name: "standard input".to_owned(), source };
    let (mut raw, mut stdin) = (Vec::new(), io::stdin().lock());
    loop {
        // Pieces come as their writer sends them: none of them is the whole beginning.
        let from = raw.len();
        raw.resize(from + LOOK.max(from), 0);
        let filled = fill(&mut stdin, &mut raw[from..]).map_err(read)?;
        raw.truncate(from + filled.bytes);
        let (head, settled) = look(Codec::of_magic(&raw), raw.as_slice()).map_err(read)?;
        if settled || filled.ended || raw.len() >= FIRST_RECORD {
            return Ok((head, raw));
        }
    }
}

/// Looks at what `reader` gives; tells too whether more of it could make no difference.
fn look(codec: Codec, reader: impl Read + Send) -> io::Result<(Head, bool)> {
    let mut decoder = decode(codec, reader)?;
    let mut bytes = vec![0; LOOK];
    let mut filled = fill(&mut decoder, &mut bytes)?;
    bytes.truncate(filled.bytes);
    let is_empty = bytes.is_empty();
    let format = Format::of_head(&bytes);
    let foreign = Foreign::of_head(&bytes);
    while format == Format::Jsonl && !filled.ended && first_line(&bytes).is_none() && bytes.len() < FIRST_RECORD {
        let from = bytes.len();
        bytes.resize(2 * from, 0);
        filled = fill(&mut decoder, &mut bytes[from..])?;
        bytes.truncate(from + filled.bytes);
    }
    if filled.ended && !filled.damaged {
        // The last line needs no ending.
        bytes.push(b'\n');
    }
    let first = first_line(&bytes);
    let settled = !filled.ended && (format != Format::Jsonl || first.is_some());
    let trimmed = first.unwrap_or_default().trim_ascii();
    let is_json_document = trimmed.starts_with(b"[") || trimmed == b"{";
    let first_record = if format == Format::Jsonl { first.unwrap_or_default().to_vec() } else { Vec::new() };
    Ok((Head { codec, format, foreign, first_record, is_json_document, is_empty }, settled))
}

/// The first line that is not blank, if its end is there.
fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    let mut lines = bytes.split_inclusive(|&b| b == b'\n');
    lines.find(|line| !crate::text::is_blank(line)).filter(|line| line.ends_with(b"\n"))
}

/// How a buffer was filled.
struct Filled {
    bytes: usize,
    /// Whether nothing came any more.
    ended: bool,
    /// Whether that is because the data is damaged.
    damaged: bool,
}

/// Fills `bytes` as far as there is anything to read; damaged data is an end.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<Filled> {
    let mut filled = Filled { bytes: 0, ended: false, damaged: false };
    while filled.bytes < bytes.len() && !filled.ended {
        match reader.read(&mut bytes[filled.bytes..]) {
            Ok(0) => filled.ended = true,
            Ok(read) => filled.bytes += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if DecodeError::of(&e).is_some() => (filled.ended, filled.damaged) = (true, true),
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
