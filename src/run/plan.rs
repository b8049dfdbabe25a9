//! What a run is asked to do: shards, where each goes, and how records are treated.

use std::path::PathBuf;

use super::notes::NoteStyle;
use super::sample::Sample;
use crate::shard::{Codec, Format, Keys, PART_BYTES};

/// A run: shards in the order of their outputs, and what holds for all of them.
#[derive(Debug, Clone)]
pub struct Plan {
    pub shards: Vec<Shard>,
    pub options: RunOptions,
}

/// One file of the dump.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Its name in messages and side files.
    pub name: String,
    /// Its place in the dump, by which samples are drawn, wherever the dump stands.
    pub place: String,
    pub input: Input,
    pub codec: Codec,
    pub format: Format,
    /// What is wanted of JSONL records.
    pub keys: Keys,
    pub output: Output,
    /// Where its cuts are told.
    pub notes: Option<PathBuf>,
    /// Its size in bytes, if it is known: for progress.
    pub size: Option<u64>,
}

/// Where a shard is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    File(PathBuf),
    /// Standard input, behind the bytes that were already taken from it.
    Stdin {
        head: Vec<u8>,
    },
}

/// Where a cleaned shard goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    File(PathBuf),
    Stdout,
    /// It is only looked at.
    Nowhere,
}

/// What holds for all shards.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// How many threads clean.
    pub threads: usize,
    /// Decoded bytes a part. Output bytes do not depend on it but for where compressed frames begin.
    pub part_bytes: usize,
    /// The longest record that is cleaned, in bytes.
    pub max_record: usize,
    /// The level at which outputs are compressed; none is the codec's usual one.
    pub compress_level: Option<i32>,
    /// Only records that are in the sample.
    pub sample: Option<Sample>,
    /// Only so many records of the whole run, the first ones.
    pub limit: Option<u64>,
    /// Documents of which nothing is left are not written.
    pub drop_empty: bool,
    /// The first bad record ends the run.
    pub strict: bool,
    /// Where bad records are set aside; without it, the first one ends the run, but where nothing is written at all.
    pub quarantine: Option<PathBuf>,
    pub note_style: NoteStyle,
    /// Cuts are told on standard output instead of files, shard after shard.
    pub notes_to_stdout: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            threads: 1,
            part_bytes: PART_BYTES,
            max_record: 64 << 20,
            compress_level: None,
            sample: None,
            limit: None,
            drop_empty: false,
            strict: false,
            quarantine: None,
            note_style: NoteStyle::Json { text: true },
            notes_to_stdout: false,
        }
    }
}

impl RunOptions {
    /// Whether shards must be taken one after another, because what happens in one depends on those before it or all
    /// of them share an output.
    pub(super) fn one_by_one(&self) -> bool {
        self.limit.is_some() || self.notes_to_stdout
    }
}
