//! The stages of a run, one by one and by one thread: read, decode, clean, encode, write.
//!
//! Takes the sample, does to it what a run does, and tells the seconds that each stage took: of wall clock where it waits
//! for a disk, of processor time where it does not. What a run keeps warm (buffers, encoders) is kept warm here as well.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::sample::{Piece, Stock, part_options};
use super::times::{busy, wall};
use crate::clean::Cleaner;
use crate::run::packer::Packer;
use crate::run::{AtomicFile, Cleaners, Input, Output, RunError, RunOptions, Shard, Tally, Unfinished};
use crate::shard::{Codec, Part, PartEncoder, PartReader, Unit, decode};

/// Bytes that are asked for at once; what the part reader asks for.
const READ: usize = 1 << 20;

/// Reads the files of the sample as far as it goes.
pub(super) fn read(stock: &Stock) -> Result<f64, RunError> {
    let mut buffer = vec![0; READ];
    let (read, seconds) = wall(|| stock.pieces.iter().try_for_each(|piece| read_piece(piece, &mut buffer)));
    read.map(|()| seconds)
}

fn read_piece(piece: &Piece, buffer: &mut [u8]) -> Result<(), RunError> {
    let Input::File(path) = &piece.shard.input else { return Ok(()) };
    let failed = |source| RunError::Read { name: piece.shard.name.clone(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mut left = piece.raw.len();
    while left > 0 {
        let most = left.min(buffer.len());
        match file.read(&mut buffer[..most]).map_err(failed)? {
            0 => break,
            got => left -= got,
        }
    }
    Ok(())
}

/// Unpacks the raw bytes of the sample, and cuts them into parts.
pub(super) fn decode_all(stock: &Stock, options: &RunOptions) -> Result<f64, RunError> {
    let decode_piece = |piece: &Piece| {
        let failed = |source| RunError::Codec { name: piece.shard.name.clone(), source };
        let decoder = decode(piece.shard.codec, piece.raw.as_slice()).map_err(failed)?;
        let mut reader = PartReader::new(decoder, part_options(piece.shard, options));
        for _ in 0..piece.parts.len() {
            // Damage that lies behind the parts was told when the sample was taken.
            let Ok(Some(Unit::Part(part))) = reader.next() else { break };
            reader.recycle(part.bytes);
        }
        Ok(())
    };
    let (decoded, seconds) = busy(|| stock.pieces.iter().try_for_each(decode_piece));
    decoded.map(|()| seconds)
}

/// What cleaning gave.
pub(super) struct Cleaned {
    pub seconds: f64,
    pub tally: Tally,
}

/// Cleans the sample, and shows `done` the shard and the cleaned bytes of each.
pub(super) fn clean(
    stock: &mut Stock,
    cleaner: &Cleaner,
    options: &RunOptions,
    mut done: impl FnMut(&Shard, &[u8]),
) -> Result<Cleaned, RunError> {
    let mut packer = Packer::new(Cleaners { cleaner, next: None }, &(), options);
    let (mut seconds, mut tally, mut room) = (0.0, Tally::default(), Vec::new());
    for piece in &mut stock.pieces {
        // Nothing is packed of a shard that goes nowhere.
        debug_assert_eq!(piece.shard.output, Output::Nowhere);
        for part in &mut piece.parts {
            let unit = Unit::Part(Part { bytes: std::mem::take(&mut part.bytes), packed: None, ..*part });
            let (packed, took) = busy(|| packer.pack(piece.shard, piece.number, unit, std::mem::take(&mut room)));
            let (packed, bytes) = packed?;
            seconds += took;
            part.bytes = bytes;
            tally.absorb(packed.tally);
            done(piece.shard, &packed.bytes);
            room = packed.bytes;
            room.clear();
        }
    }
    Ok(Cleaned { seconds, tally })
}

/// Cleaned parts, each with its codec, in the order of the sample.
pub(super) type Parts = Vec<(Codec, Vec<u8>)>;

/// Packs cleaned parts as their files are; gives them back packed, and the seconds that it took.
pub(super) fn encode(parts: &Parts, level: Option<i32>) -> Result<(Vec<Vec<u8>>, f64), RunError> {
    let mut encoders = Vec::new();
    for codec in Codec::ALL {
        if codec != Codec::Plain && parts.iter().any(|(own, _)| *own == codec) {
            encoders
                .push((codec, PartEncoder::new(codec, level).map_err(|e| RunError::encode(Path::new("a part"), e))?));
        }
    }
    let (mut packed, mut seconds) = (Vec::with_capacity(parts.len()), 0.0);
    for (codec, plain) in parts {
        let Some((_, encoder)) = encoders.iter_mut().find(|(own, _)| own == codec) else {
            // A run writes plain parts as they are.
            packed.push(plain.clone());
            continue;
        };
        let mut out = Vec::new();
        let (encoded, took) = busy(|| encoder.encode(plain, &mut out));
        encoded.map_err(|e| RunError::encode(Path::new("a part"), e))?;
        seconds += took;
        packed.push(out);
    }
    Ok((packed, seconds))
}

/// Writes the packed parts of the sample as files in `folder`, as a run does: under another name, synced, renamed.
pub(super) fn write(
    stock: &Stock,
    packed: &[Vec<u8>],
    folder: &Path,
    unfinished: &Unfinished,
) -> Result<f64, RunError> {
    let (mut seconds, mut from) = (0.0, 0);
    let path = folder.join("written");
    for piece in &stock.pieces {
        let parts = &packed[from..from + piece.parts.len()];
        from += piece.parts.len();
        let (written, took) = wall(|| write_file(&path, parts, unfinished));
        written
            .and_then(|()| std::fs::remove_file(&path))
            .map_err(|e| RunError::write(&path.display().to_string(), e))?;
        seconds += took;
    }
    Ok(seconds)
}

pub(super) fn write_file(path: &Path, parts: &[Vec<u8>], unfinished: &Unfinished) -> std::io::Result<()> {
    let mut file = AtomicFile::create(path, unfinished)?;
    for part in parts {
        std::io::Write::write_all(&mut file, part)?;
    }
    file.publish()
}
