//! How a file's bytes are packed, and how they are unpacked.
//!
//! Takes raw bytes of a file, gives decoded ones. Reads every gzip member and every zstd frame, and says at which raw
//! byte a fault lies. Never swallows one: what could be decoded comes first, the fault comes after it, and a disk that
//! fails is not mistaken for damaged data.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use super::frames::Frame;
#[cfg(feature = "gzip")]
use super::gunzip::Gunzip;
#[cfg(feature = "zstd")]
use super::unzstd::Unzstd;

/// How the bytes of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    Plain,
    Gzip,
    Zstd,
}

impl Codec {
    /// Every codec there is.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Zstd];

    /// The codec that the first bytes of a file tell; [`Codec::Plain`] when they tell none.
    #[must_use]
    pub fn of_magic(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            // The second is a skippable frame, which parallel writers like to put first.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// The codec that a file's name promises.
    #[must_use]
    pub fn of_name(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("gz") => Self::Gzip,
            Some("zst" | "zstd") => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// Its name in messages.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// What its independent pieces are called.
    fn piece(self) -> &'static str {
        match self {
            Self::Plain => "file",
            Self::Gzip => "member",
            Self::Zstd => "frame",
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Why packed bytes could not be unpacked. Offsets are bytes of the raw file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    #[error("built without {codec} support")]
    Unsupported { codec: Codec },
    #[error("{codec} {} that begins at byte {begins} is cut off at byte {at}", codec.piece())]
    CutOff { codec: Codec, begins: u64, at: u64 },
    #[error("{codec} {} that begins at byte {begins} is damaged before byte {at}: {cause}", codec.piece())]
    Damaged { codec: Codec, begins: u64, at: u64, cause: String },
    #[error("what follows the last {codec} {} from byte {at} on is not {codec}", codec.piece())]
    Garbage { codec: Codec, at: u64 },
}

impl DecodeError {
    /// The raw byte at which reading had to stop.
    #[must_use]
    pub fn raw_offset(&self) -> u64 {
        match self {
            Self::Unsupported { .. } => 0,
            Self::CutOff { at, .. } | Self::Damaged { at, .. } | Self::Garbage { at, .. } => *at,
        }
    }

    /// The decode error that an error from [`Decoder::read`] carries; none if reading itself failed.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<DecodeError> for io::Error {
    fn from(error: DecodeError) -> Self {
        let kind = match error {
            DecodeError::Unsupported { .. } => io::ErrorKind::Unsupported,
            DecodeError::CutOff { .. } => io::ErrorKind::UnexpectedEof,
            DecodeError::Damaged { .. } | DecodeError::Garbage { .. } => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

/// Unpacks what `reader` gives. Wants a reader without a buffer of its own.
///
/// # Errors
/// Only if the program was built without this codec; damaged data shows while reading.
pub fn decode<'r, R: Read + Send + 'r>(codec: Codec, reader: R) -> Result<Decoder<'r>, DecodeError> {
    let reader = Box::new(reader);
    let inner = match codec {
        Codec::Plain => Inner::Plain { reader, taken: 0 },
        #[cfg(feature = "gzip")]
        Codec::Gzip => Inner::Gzip(Box::new(Gunzip::new(reader))),
        #[cfg(feature = "zstd")]
        Codec::Zstd => Inner::Zstd(Box::new(Unzstd::new(reader)?)),
        #[cfg(not(all(feature = "gzip", feature = "zstd")))]
        codec => return Err(DecodeError::Unsupported { codec }),
    };
    Ok(Decoder { inner })
}

/// Reads the decoded bytes of a file; its errors wrap a [`DecodeError`] when the data is at fault.
pub struct Decoder<'r> {
    inner: Inner<'r>,
}

enum Inner<'r> {
    Plain {
        reader: Box<dyn Read + Send + 'r>,
        taken: u64,
    },
    #[cfg(feature = "gzip")]
    Gzip(Box<Gunzip<'r>>),
    #[cfg(feature = "zstd")]
    Zstd(Box<Unzstd<'r>>),
}

impl Decoder<'_> {
    /// The codec that it unpacks.
    #[must_use]
    pub fn codec(&self) -> Codec {
        match &self.inner {
            Inner::Plain { .. } => Codec::Plain,
            #[cfg(feature = "gzip")]
            Inner::Gzip(_) => Codec::Gzip,
            #[cfg(feature = "zstd")]
            Inner::Zstd(_) => Codec::Zstd,
        }
    }

    /// How many bytes of the raw file have been decoded so far.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        match &self.inner {
            Inner::Plain { taken, .. } => *taken,
            #[cfg(feature = "gzip")]
            Inner::Gzip(gunzip) => gunzip.consumed(),
            #[cfg(feature = "zstd")]
            Inner::Zstd(unzstd) => unzstd.consumed(),
        }
    }

    /// Keeps the packed bytes of frames that hold at most so many bytes; at first it keeps none.
    #[cfg_attr(not(feature = "zstd"), expect(unused_variables, clippy::unused_self, reason = "only zstd has frames"))]
    pub(super) fn keep_frames(&mut self, most: usize) {
        #[cfg(feature = "zstd")]
        if let Inner::Zstd(unzstd) = &mut self.inner {
            unzstd.keep_frames(most);
        }
    }

    /// The next frame that has ended in what was read, if the codec has frames.
    pub(super) fn next_frame(&mut self) -> Option<Frame> {
        match &mut self.inner {
            #[cfg(feature = "zstd")]
            Inner::Zstd(unzstd) => unzstd.next_frame(),
            _ => None,
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain { reader, taken } => {
                let got = reader.read(out)?;
                *taken += got as u64;
                Ok(got)
            }
            #[cfg(feature = "gzip")]
            Inner::Gzip(gunzip) => gunzip.read(out),
            #[cfg(feature = "zstd")]
            Inner::Zstd(unzstd) => unzstd.read(out),
        }
    }
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").field("consumed", &self.consumed()).finish_non_exhaustive()
    }
}

/// Everything that could be read of `raw`, `block` bytes at a time, and the fault after it.
#[cfg(test)]
pub(super) fn read_to_fault(codec: Codec, raw: &[u8], block: usize) -> (Vec<u8>, Option<DecodeError>) {
    let mut decoder = decode(codec, raw).unwrap();
    let (mut all, mut buf) = (Vec::new(), vec![0; block]);
    loop {
        match decoder.read(&mut buf) {
            Ok(0) => return (all, None),
            Ok(got) => all.extend_from_slice(&buf[..got]),
            Err(error) => return (all, Some(DecodeError::of(&error).unwrap().clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_bytes_tell_the_codec() {
        for (head, codec) in [
            (&b"\x1f\x8b\x08"[..], Codec::Gzip),
            (b"\x28\xb5\x2f\xfd\x24", Codec::Zstd),
            (b"\x50\x2a\x4d\x18", Codec::Zstd),
            (b"\x5f\x2a\x4d\x18", Codec::Zstd),
            (b"\x60\x2a\x4d\x18", Codec::Plain),
            (b"\x1f", Codec::Plain),
            (b"{\"text\"", Codec::Plain),
            (b"", Codec::Plain),
        ] {
            assert_eq!(Codec::of_magic(head), codec, "{head:?}");
        }
    }

    #[test]
    fn names_promise_a_codec() {
        for (name, codec) in [
            ("a/b.jsonl.gz", Codec::Gzip),
            ("B.TXT.GZ", Codec::Gzip),
            ("b.zst", Codec::Zstd),
            ("b.zstd", Codec::Zstd),
            ("b.gz.txt", Codec::Plain),
            ("gz", Codec::Plain),
            (".gz", Codec::Plain),
        ] {
            assert_eq!(Codec::of_name(Path::new(name)), codec, "{name}");
        }
    }

    #[test]
    fn plain_bytes_pass_and_are_counted() {
        let mut decoder = decode(Codec::Plain, &b"as it is"[..]).unwrap();
        let mut out = String::new();
        decoder.read_to_string(&mut out).unwrap();
        assert_eq!((out.as_str(), decoder.consumed()), ("as it is", 8));
    }

    #[test]
    fn a_failing_disk_is_not_damaged_data() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::from_raw_os_error(5))
            }
        }
        for codec in Codec::ALL {
            let Ok(mut decoder) = decode(codec, Broken) else {
                continue;
            };
            let error = decoder.read(&mut [0; 9]).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(5), "{codec}");
            assert!(DecodeError::of(&error).is_none(), "{codec}");
        }
    }

    #[test]
    fn a_codec_that_was_left_out_is_named() {
        for codec in Codec::ALL {
            if let Err(error) = decode(codec, io::empty()) {
                assert_eq!(error.to_string(), format!("built without {codec} support"));
            }
        }
    }
}
