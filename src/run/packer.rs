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
    /// Takes the cleaned bytes of parts that are packed afterwards.
    plain: Vec<u8>,
    /// More room is not kept.
    most_room: usize,
}

/// What is left of a unit that was cleaned.
#[derive(Default)]
struct Used {
    bytes: Vec<u8>,
    /// The frames that it came in.
    packed: Option<Vec<u8>>,
}

impl<'c, S: Survey> Packer<'c, S> {
    pub(super) fn new(cleaners: Cleaners<'c>, survey: &'c S, options: &'c RunOptions) -> Self {
        Self {
            bench: Bench::new(cleaners, survey, options),
            encoders: HashMap::new(),
            level: options.compress_level,
            plain: Vec::new(),
            most_room: 4 * options.part_bytes,
        }
    }

    /// Cleans and packs a unit of the shard `number`, into `room`; gives its own buffer back.
    pub(super) fn pack(
        &mut self,
        shard: &Shard,
        number: usize,
        unit: Unit,
        room: Vec<u8>,
    ) -> Result<(Packed<S::Found>, Vec<u8>), RunError> {
        if shard.codec == Codec::Plain || shard.output == Output::Nowhere {
            let (plain, mut packed, used) = self.clean(shard, number, unit, room);
            packed.bytes = plain;
            return Ok((packed, used.bytes));
        }
        let plain = std::mem::take(&mut self.plain);
        let (mut plain, mut packed, used) = self.clean(shard, number, unit, plain);
        if let Some(frames) = used.packed.filter(|_| plain == used.bytes) {
            packed.sum = PartSum::copied(&plain, &frames);
            packed.bytes = frames;
        } else {
            packed.bytes = room;
            let failed = |source| RunError::encode(shard.name.as_ref(), source);
            let encoder = match self.encoders.entry(shard.codec) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(PartEncoder::new(shard.codec, self.level).map_err(failed)?),
            };
            packed.sum = encoder.encode(&plain, &mut packed.bytes).map_err(failed)?;
        }
        if plain.capacity() <= self.most_room {
            plain.clear();
            self.plain = plain;
        }
        Ok((packed, used.bytes))
    }

    /// What is to be written of a unit, in `room` if possible, and everything that is told about it; with what is left
    /// of the unit.
    fn clean(&mut self, shard: &Shard, number: usize, unit: Unit, room: Vec<u8>) -> (Vec<u8>, Packed<S::Found>, Used) {
        let mut packed = Packed::default();
        match unit {
            Unit::Part(part) => {
                let finished = self.bench.part(shard, number, &part, room);
                packed.notes = finished.notes;
                packed.bad = finished.bad;
                packed.tally = finished.tally;
                packed.found = finished.found;
                packed.dropped_file = finished.dropped_file;
                (finished.out, packed, Used { bytes: part.bytes, packed: part.packed })
            }
            Unit::Verbatim(Part { bytes, .. }) => {
                let len = bytes.len() as u64;
                packed.tally.long_lines = 1;
                packed.tally.bytes_in = len;
                packed.tally.bytes_out = len;
                (bytes, packed, Used::default())
            }
            Unit::Oversize(long) => {
                packed.tally.records = 1;
                packed.tally.quarantined = 1;
                packed.tally.bytes_in = long.len;
                packed.bad.push(too_long(long));
                (Vec::new(), packed, Used::default())
            }
        }
    }
}

fn too_long(long: Oversize) -> BadRecord {
    let cause = format!("larger than --max-record: {} bytes", long.len);
    let raw = long.raw.map_or(Raw::Left(long.len), |file| Raw::File(file, long.len));
    BadRecord { record: long.record, byte: long.offset, cause, cut_off: !long.whole, raw }
}
