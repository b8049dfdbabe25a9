//! A unit of a shard made ready to be written: cleaned, and packed as its file is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::RunError;
use super::plan::{Output, RunOptions, Shard};
use super::quarantine::{BadRecord, Raw};
use super::sink::Packed;
use super::survey::Survey;
use super::work::{Bench, Cleaners};
use crate::shard::{Codec, Oversize, Part, PartEncoder, PartSum, Unit};

/// The tools of one worker.
pub(super) struct Packer<'c, S: Survey> {
    bench: Bench<'c, S>,
    encoders: HashMap<Codec, PartEncoder>,
    level: Option<i32>,
}

impl<'c, S: Survey> Packer<'c, S> {
    pub(super) fn new(cleaners: Cleaners<'c>, survey: &'c S, options: &'c RunOptions) -> Self {
        Self { bench: Bench::new(cleaners, survey, options), encoders: HashMap::new(), level: options.compress_level }
    }

    /// Cleans and packs a unit of the shard `number`, in `room`; gives its own buffer back.
    pub(super) fn pack(
        &mut self,
        shard: &Shard,
        number: usize,
        unit: Unit,
        room: Vec<u8>,
    ) -> Result<(Packed<S::Found>, Vec<u8>), RunError> {
        let mut packed = Packed::default();
        let mut as_it_was = None;
        let (plain, used) = match unit {
            Unit::Part(part) => {
                let finished = self.bench.part(shard, number, &part, room);
                packed.notes = finished.notes;
                packed.bad = finished.bad;
                packed.tally = finished.tally;
                packed.found = finished.found;
                packed.dropped_file = finished.dropped_file;
                as_it_was = part.packed.filter(|_| finished.out == part.bytes);
                (finished.out, part.bytes)
            }
            Unit::Verbatim(Part { bytes, .. }) => {
                let len = bytes.len() as u64;
                packed.tally.long_lines = 1;
                packed.tally.bytes_in = len;
                packed.tally.bytes_out = len;
                (bytes, Vec::new())
            }
            Unit::Oversize(long) => {
                packed.tally.records = 1;
                packed.tally.quarantined = 1;
                packed.tally.bytes_in = long.len;
                packed.bad.push(too_long(long));
                (Vec::new(), Vec::new())
            }
        };
        if shard.codec == Codec::Plain || shard.output == Output::Nowhere {
            packed.bytes = plain;
        } else if let Some(frames) = as_it_was {
            packed.sum = PartSum::copied(&plain, &frames);
            packed.bytes = frames;
            return Ok((packed, plain));
        } else {
            let failed = |source| RunError::encode(shard.name.as_ref(), source);
            let encoder = match self.encoders.entry(shard.codec) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(PartEncoder::new(shard.codec, self.level).map_err(failed)?),
            };
            packed.sum = encoder.encode(&plain, &mut packed.bytes).map_err(failed)?;
        }
        Ok((packed, used))
    }
}

fn too_long(long: Oversize) -> BadRecord {
    let cause = format!("larger than --max-record: {} bytes", long.len);
    let raw = long.raw.map_or(Raw::Left(long.len), |file| Raw::File(file, long.len));
    BadRecord { record: long.record, byte: long.offset, cause, cut_off: !long.whole, raw }
}
