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
    let filled = fill(&mut file, &mut magic).map_err(read)?;
    let codec = Codec::of_magic(&magic[..filled]);
    look(codec, io::Cursor::new(magic[..filled].to_vec()).chain(file)).map_err(read)
}

/// Looks at standard input; gives the raw bytes that it took from it as well.
///
/// # Errors
/// When it cannot be read.
pub fn peek_stdin() -> Result<(Head, Vec<u8>), RunError> {
    let read = |source| RunError::Read { name: "standard input".to_owned(), source };
    let mut raw = vec![0; LOOK];
    // As much as is there at once: whoever types lines wants to see them cleaned, not to fill a buffer first.
    let mut filled = io::stdin().read(&mut raw).map_err(read)?;
    while filled > 0 && filled < 8 {
        match io::stdin().read(&mut raw[filled..]).map_err(read)? {
            0 => break,
            more => filled += more,
        }
    }
    raw.truncate(filled);
    let codec = Codec::of_magic(&raw);
    let head = look(codec, io::Cursor::new(raw.clone())).map_err(read)?;
    Ok((head, raw))
}

fn look(codec: Codec, reader: impl Read + Send) -> io::Result<Head> {
    let mut decoder = decode(codec, reader)?;
    let mut bytes = vec![0; LOOK];
    let filled = fill(&mut decoder, &mut bytes)?;
    bytes.truncate(filled);
    let format = Format::of_head(&bytes);
    let foreign = Foreign::of_head(&bytes);
    if format == Format::Jsonl {
        let whole = |bytes: &[u8]| first_line(bytes).is_some();
        while !whole(&bytes) && bytes.len() < FIRST_RECORD {
            let from = bytes.len();
            bytes.resize(from + LOOK, 0);
            let filled = fill(&mut decoder, &mut bytes[from..])?;
            bytes.truncate(from + filled);
            if filled == 0 {
                bytes.push(b'\n');
            }
        }
    }
    let first_record =
        if format == Format::Jsonl { first_line(&bytes).unwrap_or_default().to_vec() } else { Vec::new() };
    let first = bytes.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty()).unwrap_or_default();
    let is_json_document = first.starts_with(b"[") || first == b"{";
    Ok(Head { codec, format, foreign, first_record, is_json_document, is_empty: filled == 0 })
}

/// The first line that is not blank, if its end is there.
fn first_line(bytes: &[u8]) -> Option<&[u8]> {
    let mut lines = bytes.split_inclusive(|&b| b == b'\n');
    lines.find(|line| !crate::text::is_blank(line)).filter(|line| line.ends_with(b"\n"))
}

/// Fills `bytes` as far as there is anything to read; damaged data is an end.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < bytes.len() {
        match reader.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if DecodeError::of(&e).is_some() => break,
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
