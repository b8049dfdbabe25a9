//! The compressors behind [`super::encode`].
//!
//! Takes a part, gives its packed form. Each part is packed as if it were the first: what it becomes is a function of
//! its bytes, the codec and the level. Knows nothing of the file around it.

#[cfg(feature = "gzip")]
pub(super) use flate2::Crc;

use super::codec::Codec;
use super::encode::EncodeError;

/// Packs one part after another; fails with the compressor's own words.
pub(super) trait Pack {
    /// Appends the packed form of `plain`, which is not empty, to `out`.
    fn pack(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), String>;
}

/// The packer of a codec at one of its levels.
#[cfg_attr(
    not(any(feature = "gzip", feature = "zstd")),
    expect(unused_variables, reason = "without a codec there is nothing to level")
)]
pub(super) fn packer(codec: Codec, level: i32) -> Result<Box<dyn Pack + Send>, EncodeError> {
    match codec {
        #[cfg(feature = "gzip")]
        Codec::Gzip => Ok(Box::new(Deflate::new(level))),
        #[cfg(feature = "zstd")]
        Codec::Zstd => match Frames::new(level) {
            Ok(frames) => Ok(Box::new(frames)),
            Err(cause) => Err(EncodeError::Failed { codec, len: 0, cause: cause.to_string() }),
        },
        // Plain bytes are copied by the caller, which has no need of a packer.
        codec => Err(EncodeError::Unsupported { codec }),
    }
}

/// One zstd frame a part, with its size and checksum.
#[cfg(feature = "zstd")]
struct Frames {
    compressor: zstd::bulk::Compressor<'static>,
    scratch: Vec<u8>,
}

#[cfg(feature = "zstd")]
impl Frames {
    fn new(level: i32) -> std::io::Result<Self> {
        let mut compressor = zstd::bulk::Compressor::new(level)?;
        compressor.include_checksum(true)?;
        compressor.include_contentsize(true)?;
        Ok(Self { compressor, scratch: Vec::new() })
    }
}

#[cfg(feature = "zstd")]
impl Pack for Frames {
    fn pack(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        self.scratch.clear();
        self.scratch.reserve(zstd::compress_bound(plain.len()));
        let packed = self.compressor.compress_to_buffer(plain, &mut self.scratch);
        packed.map_err(|cause| cause.to_string().to_lowercase())?;
        out.extend_from_slice(&self.scratch);
        Ok(())
    }
}

/// Raw deflate that ends on a byte, so that the next part can stand behind it.
#[cfg(feature = "gzip")]
struct Deflate {
    compress: flate2::Compress,
    scratch: Vec<u8>,
}

#[cfg(feature = "gzip")]
impl Deflate {
    fn new(level: i32) -> Self {
        let level = flate2::Compression::new(level.unsigned_abs());
        Self { compress: flate2::Compress::new(level, false), scratch: Vec::new() }
    }

    /// Pushes once; gives how much was taken, and how much of the scratch was filled.
    fn push(&mut self, plain: &[u8], room: usize) -> Result<(usize, usize), String> {
        let (ins, outs) = (self.compress.total_in(), self.compress.total_out());
        let scratch = &mut self.scratch[..room];
        let pushed = self.compress.compress(plain, scratch, flate2::FlushCompress::Sync);
        pushed.map_err(|cause| cause.to_string())?;
        let grown = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
        Ok((grown(self.compress.total_in(), ins), grown(self.compress.total_out(), outs)))
    }
}

#[cfg(feature = "gzip")]
impl Pack for Deflate {
    fn pack(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
        // The room is a function of the part's length, and ample: stored blocks (level 0) are cut by the room there is,
        // and a flush that just fits is followed by a second marker.
        let room = plain.len() + plain.len() / 7 + 1024;
        if self.scratch.len() < room {
            self.scratch.resize(room, 0);
        }
        self.compress.reset();
        let mut rest = plain;
        loop {
            let (took, gave) = self.push(rest, room)?;
            out.extend_from_slice(&self.scratch[..gave]);
            rest = &rest[took..];
            if rest.is_empty() && gave < room {
                return Ok(());
            }
        }
    }
}

/// Stands in for the checksum that only gzip needs.
#[cfg(not(feature = "gzip"))]
#[derive(Debug, Default)]
pub(super) struct Crc {
    sum: u32,
}

#[cfg(not(feature = "gzip"))]
impl Crc {
    pub(super) fn update(&mut self, _: &[u8]) {
        self.sum = 0;
    }

    pub(super) fn combine(&mut self, other: &Self) {
        self.sum ^= other.sum;
    }

    pub(super) fn sum(&self) -> u32 {
        self.sum
    }
}
