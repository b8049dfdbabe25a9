//! Packs cleaned parts so that they make one file.
//!
//! Takes parts in any order and on any worker, gives bytes that stand side by side between a [`Container`]'s header and
//! trailer. What a part becomes depends on its bytes, codec and level alone, never on the worker, its earlier parts or
//! the room in a buffer.

use std::fmt;
use std::ops::RangeInclusive;

use super::codec::Codec;
use super::packers::{Crc, Pack, packer};

/// Neither name, time nor system, so that the same text gives the same file.
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// A last block of fixed codes that holds only its end.
const GZIP_LAST_BLOCK: [u8; 2] = [3, 0];
/// A frame of no bytes, with their checksum.
const ZSTD_EMPTY: [u8; 13] = [0x28, 0xb5, 0x2f, 0xfd, 0x24, 0, 1, 0, 0, 0x99, 0xe9, 0xd8, 0x51];

/// Why bytes could not be packed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    #[error("built without {codec} support")]
    Unsupported { codec: Codec },
    #[error("{codec} has no compression level {level}: levels go from {low} to {high}")]
    Level { codec: Codec, level: i32, low: i32, high: i32 },
    #[error("plain output is not compressed, so it has no level {level}")]
    PlainLevel { level: i32 },
    #[error("cannot compress {len} bytes with {codec}: {cause}")]
    Failed { codec: Codec, len: usize, cause: String },
}

/// The compression levels of a codec; none for plain bytes.
#[must_use]
pub fn levels(codec: Codec) -> Option<RangeInclusive<i32>> {
    match codec {
        Codec::Plain => None,
        Codec::Gzip => Some(0..=9),
        Codec::Zstd => Some(1..=22),
    }
}

/// The level that is used when none is asked for.
#[must_use]
pub fn default_level(codec: Codec) -> Option<i32> {
    match codec {
        Codec::Plain => None,
        Codec::Gzip => Some(6),
        Codec::Zstd => Some(3),
    }
}

/// Whether the codec has this level.
///
/// # Errors
/// If it has not; the error names the levels that there are.
pub fn check_level(codec: Codec, level: i32) -> Result<(), EncodeError> {
    match levels(codec) {
        None => Err(EncodeError::PlainLevel { level }),
        Some(legal) if legal.contains(&level) => Ok(()),
        Some(legal) => {
            let (low, high) = legal.into_inner();
            Err(EncodeError::Level { codec, level, low, high })
        }
    }
}

/// What a file must know of one of its parts.
#[derive(Debug, Default)]
pub struct PartSum {
    /// Bytes before packing.
    pub plain: u64,
    /// Bytes after packing.
    pub packed: u64,
    crc: Crc,
}

impl PartSum {
    /// Of a part that is passed on in the frames that it came in.
    #[must_use]
    pub fn copied(plain: &[u8], frames: &[u8]) -> Self {
        Self { plain: plain.len() as u64, packed: frames.len() as u64, crc: Crc::default() }
    }
}

/// Packs parts, one after another, each on its own; one a worker.
pub struct PartEncoder {
    codec: Codec,
    /// None for plain bytes.
    packer: Option<Box<dyn Pack + Send>>,
}

impl PartEncoder {
    /// An encoder for `codec`, at its default level if none is given; plain bytes pass over the level.
    ///
    /// # Errors
    /// If the codec has no such level, or the program was built without it.
    pub fn new(codec: Codec, level: Option<i32>) -> Result<Self, EncodeError> {
        let Some(default) = default_level(codec) else {
            return Ok(Self { codec, packer: None });
        };
        let level = level.unwrap_or(default);
        check_level(codec, level)?;
        Ok(Self { codec, packer: Some(packer(codec, level)?) })
    }

    /// Appends the packed form of `plain` to `out`; a part without bytes appends nothing.
    ///
    /// # Errors
    /// If the compressor fails, which it does only for want of memory; `out` is then as it was.
    pub fn encode(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<PartSum, EncodeError> {
        if plain.is_empty() {
            return Ok(PartSum::default());
        }
        let before = out.len();
        match &mut self.packer {
            None => out.extend_from_slice(plain),
            Some(packer) => packer.pack(plain, out).map_err(|cause| {
                out.truncate(before);
                EncodeError::Failed { codec: self.codec, len: plain.len(), cause }
            })?,
        }
        let mut crc = Crc::default();
        if self.codec == Codec::Gzip {
            crc.update(plain);
        }
        Ok(PartSum { plain: plain.len() as u64, packed: (out.len() - before) as u64, crc })
    }
}

impl fmt::Debug for PartEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartEncoder").field("codec", &self.codec).finish_non_exhaustive()
    }
}

/// What stands around the packed parts of one file.
#[derive(Debug)]
pub struct Container {
    codec: Codec,
    whole: PartSum,
}

impl Container {
    /// The container of a file that has no part yet.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self { codec, whole: PartSum::default() }
    }

    /// What comes before the first part.
    #[must_use]
    pub fn header(&self) -> &'static [u8] {
        match self.codec {
            Codec::Plain | Codec::Zstd => &[],
            Codec::Gzip => &GZIP_HEADER,
        }
    }

    /// Takes note of the next part; they must come in the file's order.
    pub fn add(&mut self, sum: &PartSum) {
        self.whole.plain += sum.plain;
        self.whole.packed += sum.packed;
        self.whole.crc.combine(&sum.crc);
    }

    /// What comes after the last part.
    #[must_use]
    pub fn trailer(&self) -> Vec<u8> {
        match self.codec {
            Codec::Zstd if self.whole.plain == 0 => ZSTD_EMPTY.to_vec(),
            Codec::Plain | Codec::Zstd => Vec::new(),
            Codec::Gzip => self.gzip_trailer(),
        }
    }

    fn gzip_trailer(&self) -> Vec<u8> {
        let mut trailer = GZIP_LAST_BLOCK.to_vec();
        trailer.extend_from_slice(&self.whole.crc.sum().to_le_bytes());
        // The size is kept modulo 2^32, which is its first four bytes.
        trailer.extend_from_slice(&self.whole.plain.to_le_bytes()[..4]);
        trailer
    }
}

/// A whole file of these parts.
#[cfg(test)]
pub(super) fn whole_file(codec: Codec, parts: &[&[u8]]) -> Vec<u8> {
    let mut encoder = PartEncoder::new(codec, None).unwrap();
    let mut container = Container::new(codec);
    let mut file = container.header().to_vec();
    for part in parts {
        container.add(&encoder.encode(part, &mut file).unwrap());
    }
    file.extend_from_slice(&container.trailer());
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::codec::decode;
    use proptest::prelude::*;
    use std::io::Read;

    fn built() -> impl Iterator<Item = Codec> {
        Codec::ALL.into_iter().filter(|&codec| PartEncoder::new(codec, None).is_ok())
    }

    fn unpack(codec: Codec, file: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        decode(codec, file).unwrap().read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn a_file_without_parts_is_still_a_file() {
        for codec in built() {
            assert_eq!(unpack(codec, &whole_file(codec, &[])), b"", "{codec}");
            assert_eq!(unpack(codec, &whole_file(codec, &[b"", b""])), b"", "{codec}");
        }
    }

    #[cfg(feature = "zstd")]
    #[test]
    fn the_empty_frame_is_what_zstd_writes() {
        let mut compressor = zstd::bulk::Compressor::new(3).unwrap();
        compressor.include_checksum(true).unwrap();
        assert_eq!(compressor.compress(b"").unwrap(), ZSTD_EMPTY);
    }

    #[cfg(feature = "gzip")]
    #[test]
    fn gzip_is_one_member_that_any_reader_takes() {
        let file = whole_file(Codec::Gzip, &[b"one ", b"two ", b"three"]);
        let mut text = String::new();
        let mut single = flate2::bufread::GzDecoder::new(&file[..]);
        single.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two three");
        assert!(single.into_inner().is_empty());
        assert_eq!(&file[..10], &GZIP_HEADER);
    }

    #[test]
    fn a_level_that_there_is_not_is_refused() {
        assert!(check_level(Codec::Gzip, 9).is_ok());
        assert!(check_level(Codec::Zstd, 22).is_ok());
        let said = check_level(Codec::Gzip, 19).unwrap_err().to_string();
        assert_eq!(said, "gzip has no compression level 19: levels go from 0 to 9");
        assert!(check_level(Codec::Plain, 1).is_err());
    }

    #[test]
    fn incompressible_parts_survive_each_level() {
        let mut state = 7_u64;
        let step = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        let noise: Vec<u8> = std::iter::repeat_with(step).take(70_000).collect();
        for codec in built() {
            for level in levels(codec).unwrap_or(0..=0).step_by(4) {
                let mut encoder = PartEncoder::new(codec, Some(level)).unwrap();
                let mut container = Container::new(codec);
                let mut file = container.header().to_vec();
                container.add(&encoder.encode(&noise, &mut file).unwrap());
                file.extend_from_slice(&container.trailer());
                assert!(unpack(codec, &file) == noise, "{codec} {level}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn parts_come_back_in_their_order(
            parts in proptest::collection::vec("[a-c \n]{0,300}", 0..6)
        ) {
            let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
            for codec in built() {
                prop_assert_eq!(unpack(codec, &whole_file(codec, &parts)), parts.concat());
            }
        }

        #[test]
        fn a_part_is_packed_the_same_whatever_came_before(
            first in "[a-z]{0,2000}", part in "[a-z]{1,2000}", room in 0_usize..5000, level in 0_i32..9
        ) {
            for codec in built() {
                let level = levels(codec).map(|legal| level.max(*legal.start()));
                let mut used = PartEncoder::new(codec, level).unwrap();
                used.encode(first.as_bytes(), &mut Vec::new()).unwrap();
                let (mut late, mut early) = (Vec::with_capacity(room), Vec::new());
                used.encode(part.as_bytes(), &mut late).unwrap();
                PartEncoder::new(codec, level).unwrap().encode(part.as_bytes(), &mut early).unwrap();
                prop_assert_eq!(late, early);
            }
        }
    }
}
