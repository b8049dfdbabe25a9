//! The sample of a dump that is timed: the first parts of files that lie evenly spread over all its bytes.
//!
//! Takes the shards of a plan, gives pieces of them in memory, both as they stand in their file and as parts. A file
//! that cannot be read, or is damaged, is told and gives what was whole before. Never reads more than it was allowed.

use std::fs::File;
use std::io::{self, Read};
use std::time::Instant;

use crate::run::{Input, Plan, RunOptions, Shard};
use crate::shard::records::records;
use crate::shard::{Codec, DecodeError, Part, PartOptions, PartReader, ReadError, Unit, decode};

/// The most decoded bytes of a sample: it is held in memory.
pub const MOST: u64 = 1 << 30;
/// Fewer files than that say little about a dump, as long as it has them.
const LEAST_FILES: usize = 16;
/// More files than that take more time to open and to sync than to clean.
const MOST_FILES: usize = 1000;
/// Text in packed files is rarely more than so many times as long as they are.
const PACKED: u64 = 8;

/// Of fewer bytes of a part the first ones weigh too much.
const THIN: u64 = 32 << 10;

/// How much of a dump is timed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// About so many decoded bytes.
    Bytes(u64),
    /// About this share of the bytes of the files, from 0 to 1.
    Share(f64),
}

/// The beginning of a file.
pub(super) struct Piece<'p> {
    pub shard: &'p Shard,
    /// The number of the shard in its plan.
    pub number: usize,
    /// The first bytes of the file as they stand in it; they hold the parts and hardly more.
    pub raw: Vec<u8>,
    pub parts: Vec<Part>,
    /// Whether that is all of it.
    pub whole: bool,
}

impl Piece<'_> {
    fn decoded(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes.len() as u64).sum()
    }
}

/// All that is timed.
#[derive(Default)]
pub(super) struct Stock<'p> {
    pub pieces: Vec<Piece<'p>>,
    /// What could not be read: the name of a file and the cause.
    pub faults: Vec<(String, String)>,
    /// Seconds that the first reading of the raw bytes took, and how many there were.
    pub first_read: (f64, u64),
}

impl<'p> Stock<'p> {
    /// Takes about as much as `bound` allows of the shards of `plan`.
    pub(super) fn take(plan: &'p Plan, bound: Bound) -> Self {
        let sizes: Vec<u64> = plan.shards.iter().map(|shard| shard.size.unwrap_or(0)).collect();
        let limits = Limits::new(plan, &sizes, bound);
        let mut stock = Self::default();
        let (mut raw, mut decoded) = (0, 0);
        for (number, hits) in picks(&sizes, limits.picks) {
            if limits.are_reached(raw, decoded) {
                break;
            }
            stock.add(&plan.shards[number], number, &plan.options, &limits.of_file(hits));
            if let Some(piece) = stock.pieces.last().filter(|piece| piece.number == number) {
                raw += piece.raw.len() as u64;
                decoded += piece.decoded();
            }
        }
        stock.pieces.sort_unstable_by_key(|piece| piece.number);
        stock
    }

    /// Bytes of the files, and decoded ones.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.pieces.iter().map(|piece| piece.raw.len() as u64).sum(), self.pieces.iter().map(Piece::decoded).sum())
    }

    /// A smaller sample of about `most` decoded bytes: the first records of parts that are spread evenly.
    pub(super) fn thinned(&self, most: u64) -> Self {
        let parts: usize = self.pieces.iter().map(|piece| piece.parts.len()).sum();
        let wanted = usize::try_from(most / THIN).unwrap_or(usize::MAX).max(1);
        let every = parts.div_ceil(wanted).max(1);
        let each = usize::try_from(most).unwrap_or(usize::MAX) / parts.div_ceil(every).max(1);
        let mut at = 0;
        let mut thin = |piece: &Piece<'p>| {
            let chosen = piece.parts.iter().filter(|_| {
                at += 1;
                (at - 1) % every == 0
            });
            let parts = chosen.map(|part| first_records(piece.shard, part, each)).collect();
            Piece { parts, raw: Vec::new(), whole: false, ..*piece }
        };
        Self { pieces: self.pieces.iter().map(&mut thin).collect(), ..Self::default() }
    }

    fn add(&mut self, shard: &'p Shard, number: usize, options: &RunOptions, limits: &Limits) {
        let Input::File(path) = &shard.input else { return };
        let mut tee = match File::open(path) {
            Ok(file) => Tee { file, bytes: Vec::new(), seconds: 0.0 },
            Err(error) => return self.faults.push((shard.name.clone(), error.to_string())),
        };
        let taken = parts(shard, &mut tee, options, limits);
        self.first_read.0 += tee.seconds;
        self.first_read.1 += tee.bytes.len() as u64;
        match taken {
            Err(error) => self.faults.push((shard.name.clone(), error.to_string())),
            Ok(Taken { parts, whole, fault }) => {
                self.faults.extend(fault.map(|fault| (shard.name.clone(), fault)));
                let mut piece = Piece { shard, number, raw: tee.bytes, parts, whole };
                if piece.parts.is_empty() {
                    return;
                }
                if !piece.whole {
                    let used = raw_bytes(shard.codec, &piece.raw, piece.decoded());
                    piece.raw.truncate(used);
                }
                self.pieces.push(piece);
            }
        }
    }
}

/// The records of a part that begin in its first `most` bytes.
fn first_records(shard: &Shard, part: &Part, most: usize) -> Part {
    let end = records(&shard.format, &part.bytes).map(|record| record.offset).find(|&offset| offset >= most.max(1));
    Part { bytes: part.bytes[..end.unwrap_or(part.bytes.len())].to_vec(), packed: None, ..*part }
}

/// How much may be taken, of all files or of one.
struct Limits {
    raw: u64,
    decoded: u64,
    picks: usize,
}

impl Limits {
    fn new(plan: &Plan, sizes: &[u64], bound: Bound) -> Self {
        let total: u64 = sizes.iter().sum();
        let likely = |(shard, size): (&Shard, &u64)| size * if shard.codec == Codec::Plain { 1 } else { PACKED };
        let unpacked: u64 = plan.shards.iter().zip(sizes).map(likely).sum();
        let (raw, decoded) = match bound {
            Bound::Bytes(bytes) => (u64::MAX, bytes.min(MOST)),
            Bound::Share(share) => (share_of(total, share), MOST),
        };
        // A dump that fits is taken whole.
        if unpacked <= decoded && raw >= total {
            return Self { raw: u64::MAX, decoded: u64::MAX, picks: 0 };
        }
        let mean = (total / sizes.len().max(1) as u64).max(1);
        let wanted = usize::try_from(raw.min(decoded) / mean).unwrap_or(usize::MAX);
        Self { raw, decoded, picks: wanted.clamp(LEAST_FILES, MOST_FILES) }
    }

    /// What is left for a file that was picked so many times.
    fn of_file(&self, hits: u64) -> Self {
        let share = |all: u64| if all == u64::MAX { all } else { all / self.picks as u64 * hits };
        if self.picks == 0 {
            return Self { ..*self };
        }
        Self { raw: share(self.raw), decoded: share(self.decoded), picks: 0 }
    }

    fn are_reached(&self, raw: u64, decoded: u64) -> bool {
        raw >= self.raw || decoded >= self.decoded
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bound is about right"
)]
fn share_of(total: u64, share: f64) -> u64 {
    ((total as f64 * share) as u64).max(1)
}

/// Which files are looked at, and how often each was picked: those at `count` places that are evenly spread over all
/// bytes, in an order that is evenly spread as far as one goes in it, and behind them the others.
fn picks(sizes: &[u64], count: usize) -> Vec<(usize, u64)> {
    let mut ends = Vec::with_capacity(sizes.len());
    let total = sizes.iter().fold(0, |sum: u64, size| {
        ends.push(sum + size);
        sum + size
    });
    let mut hits = vec![0; sizes.len()];
    let mut order = Vec::new();
    for place in spread(count) {
        let byte = u128::from(total) * (2 * place as u128 + 1) / (2 * count as u128);
        let file = ends.partition_point(|&end| u128::from(end) <= byte);
        if let Some(hit) = hits.get_mut(file) {
            if *hit == 0 {
                order.push(file);
            }
            *hit += 1;
        }
    }
    let rest: Vec<usize> = spread(sizes.len()).filter(|&file| hits[file] == 0).collect();
    order.into_iter().chain(rest).map(|file| (file, hits[file].max(1))).collect()
}

/// The numbers below `count` so that those that come first are spread evenly: halves, quarters, eighths.
fn spread(count: usize) -> impl Iterator<Item = usize> {
    let bits = count.next_power_of_two().trailing_zeros();
    let reversed = move |number: usize| if bits == 0 { 0 } else { number.reverse_bits() >> (usize::BITS - bits) };
    (0..count.next_power_of_two()).map(reversed).filter(move |&number| number < count)
}

struct Taken {
    parts: Vec<Part>,
    whole: bool,
    fault: Option<String>,
}

fn parts(shard: &Shard, tee: &mut Tee, options: &RunOptions, limits: &Limits) -> Result<Taken, DecodeError> {
    let mut reader = PartReader::new(decode(shard.codec, tee)?, part_options(shard, options));
    let mut taken = Taken { parts: Vec::new(), whole: false, fault: None };
    let mut decoded = 0;
    while !limits.are_reached(reader.get_ref().consumed(), decoded) {
        match reader.next() {
            Ok(Some(Unit::Part(part))) => {
                decoded += part.bytes.len() as u64;
                taken.parts.push(part);
            }
            // Beyond a record that is too long to be cleaned nothing is taken.
            Ok(Some(Unit::Oversize(_) | Unit::Verbatim(_))) => break,
            Ok(None) => {
                taken.whole = true;
                break;
            }
            Err(error) => {
                taken.fault = Some(words(&error));
                break;
            }
        }
    }
    Ok(taken)
}

/// How the parts of a shard are cut in a run.
pub(super) fn part_options(shard: &Shard, options: &RunOptions) -> PartOptions {
    PartOptions {
        part_bytes: options.part_bytes,
        max_record: options.max_record,
        ..PartOptions::new(shard.format.clone())
    }
}

fn words(error: &ReadError) -> String {
    match error {
        ReadError::Damaged { cause, .. } => cause.to_string(),
        ReadError::Io { source, .. } => source.to_string(),
        error => error.to_string(),
    }
}

/// How many raw bytes it takes to decode so many.
fn raw_bytes(codec: Codec, raw: &[u8], decoded: u64) -> usize {
    let Ok(decoder) = decode(codec, raw) else { return raw.len() };
    let mut decoder = decoder.take(decoded);
    // They were decoded before.
    let _ = io::copy(&mut decoder, &mut io::sink());
    usize::try_from(decoder.get_ref().consumed()).map_or(raw.len(), |used| used.min(raw.len()))
}

/// Keeps what is read of a file.
struct Tee {
    file: File,
    bytes: Vec<u8>,
    seconds: f64,
}

impl Read for &mut Tee {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let begun = Instant::now();
        let got = self.file.read(out)?;
        self.seconds += begun.elapsed().as_secs_f64();
        self.bytes.extend_from_slice(&out[..got]);
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_comes_first_is_spread() {
        assert_eq!(spread(8).collect::<Vec<_>>(), [0, 4, 2, 6, 1, 5, 3, 7]);
        assert_eq!(spread(5).collect::<Vec<_>>(), [0, 4, 2, 1, 3]);
        assert_eq!(spread(1).collect::<Vec<_>>(), [0]);
        assert_eq!(spread(0).count(), 0);
    }

    #[test]
    fn large_files_are_picked_more_often_and_small_ones_stand_behind() {
        let mut hits = picks(&[10, 0, 980, 10], 16);
        assert_eq!(hits[0], (2, 16));
        hits.sort_unstable();
        assert_eq!(hits, [(0, 1), (1, 1), (2, 16), (3, 1)]);
    }

    #[test]
    fn a_thinned_part_ends_with_a_record() {
        let shard = Shard {
            name: String::new(),
            place: String::new(),
            input: Input::Stdin { head: Vec::new() },
            codec: Codec::Plain,
            format: crate::shard::Format::Lines,
            keys: crate::shard::Keys::default(),
            output: crate::run::Output::Nowhere,
            notes: None,
            size: None,
        };
        let part = Part { index: 0, offset: 0, first_record: 1, bytes: b"one\ntwo\nthree\n".to_vec(), packed: None };
        for (most, lines) in [(0, "one\n"), (4, "one\n"), (5, "one\ntwo\n"), (99, "one\ntwo\nthree\n")] {
            assert_eq!(first_records(&shard, &part, most).bytes, lines.as_bytes(), "{most}");
        }
    }

    proptest! {
        #[test]
        fn every_file_is_picked_once(sizes in proptest::collection::vec(0_u64..1000, 0..40), count in 0_usize..40) {
            let mut files: Vec<usize> = picks(&sizes, count).into_iter().map(|(file, _)| file).collect();
            files.sort_unstable();
            prop_assert_eq!(files, (0..sizes.len()).collect::<Vec<_>>());
        }
    }
}
