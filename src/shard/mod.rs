//! One file of a dump, in and out.
//!
//! Takes a reader, gives parts that hold whole records, and takes cleaned parts back as the bytes of a finished file:
//! codecs ([`codec`], [`encode`]), formats ([`sniff`]), parts ([`part`]), records ([`records`]) and what stands inside
//! a JSONL record ([`json`]). Never opens a thread, never prints, never decides what is chaff: it knows where records
//! begin and end, and that every byte it was given must come out again.

pub mod codec;
pub mod encode;
pub mod json;
pub mod part;
pub mod records;
pub mod sniff;

mod cut;
mod ends;
mod escape;
mod frames;
mod keys;
mod line;
mod oversize;
mod packers;
mod plain;
mod reader;
mod scan;

#[cfg(feature = "gzip")]
mod gunzip;
#[cfg(any(feature = "gzip", feature = "zstd"))]
mod intake;
#[cfg(feature = "zstd")]
mod unzstd;

#[cfg(all(test, feature = "zstd"))]
mod frame_laws;
#[cfg(test)]
mod part_laws;
#[cfg(test)]
mod spelt;

pub use codec::{Codec, DecodeError, Decoder, decode};
pub use encode::{Container, EncodeError, PartEncoder, PartSum};
pub use json::{Fields, KeyPath, Keys, Kind, RecordError, Value};
pub use part::{Oversize, PART_BYTES, Part, PartOptions, PartReader, ReadError, Unit};
pub use records::{Record, Records};
pub use sniff::{Foreign, Format};
