//! Reads gzip, member by member.
//!
//! Takes raw bytes, gives decoded ones. Drives the inflater itself instead of using a ready-made reader, because those
//! hide where a member begins and drop what was decoded in the very call that met the fault.

use std::io::{self, Read};

use flate2::{Decompress, DecompressError, FlushDecompress, Status};

use super::codec::{Codec, DecodeError};
use super::intake::Intake;

/// A window of 32 KiB, the only one gzip has.
const WINDOW_BITS: u8 = 15;

/// The decoded bytes of all members of a gzip file.
pub(super) struct Gunzip<'r> {
    intake: Intake<'r>,
    inflate: Decompress,
    place: Place,
}

enum Place {
    /// Before the first member, or after one.
    Between,
    /// Inside the member that begins at this raw byte.
    Member { begins: u64 },
    /// After the last member.
    End,
    /// Nothing more can be read.
    Fault(DecodeError),
}

impl<'r> Gunzip<'r> {
    pub(super) fn new(reader: Box<dyn Read + Send + 'r>) -> Self {
        let inflate = Decompress::new_gzip(WINDOW_BITS);
        Self { intake: Intake::new(reader), inflate, place: Place::Between }
    }

    pub(super) fn consumed(&self) -> u64 {
        self.intake.taken()
    }

    /// Decides what comes after a member: another one, the end, or something that is not gzip.
    fn between(&mut self) -> io::Result<Place> {
        let first = self.intake.taken() == 0;
        loop {
            let head = self.intake.peek()?;
            // Tape drives and some writers pad with zeros; gzip(1) passes over them in silence, and so do we.
            let zeros = head.iter().take_while(|&&byte| byte == 0 && !first).count();
            let next = head.get(zeros).copied();
            let ended = head.is_empty();
            self.intake.take(zeros);
            let at = self.intake.taken();
            match next {
                None if ended && !first => return Ok(Place::End),
                None if ended => {
                    let fault = DecodeError::CutOff { codec: Codec::Gzip, begins: 0, at: 0 };
                    return Ok(Place::Fault(fault));
                }
                None => {}
                Some(0x1f) => {
                    self.inflate.reset(true);
                    return Ok(Place::Member { begins: at });
                }
                Some(_) => {
                    return Ok(Place::Fault(DecodeError::Garbage { codec: Codec::Gzip, at }));
                }
            }
        }
    }

    /// Inflates one block of the member; a fault is kept until everything before it has been given.
    fn inflate(&mut self, begins: u64, out: &mut [u8]) -> io::Result<usize> {
        let input = self.intake.peek()?;
        let ended = input.is_empty();
        let before = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(input, out, FlushDecompress::None);
        let took = narrow(self.inflate.total_in() - before.0);
        let gave = narrow(self.inflate.total_out() - before.1);
        self.intake.take(took);
        match status {
            Ok(Status::StreamEnd) => self.place = Place::Between,
            Ok(_) if gave > 0 || took > 0 => {}
            Ok(_) if ended => self.place = Place::Fault(self.cut_off(begins)),
            Ok(_) => self.place = Place::Fault(self.damaged(begins, "no progress")),
            Err(error) => {
                self.place = Place::Fault(self.damaged(begins, cause_of(&error)));
            }
        }
        Ok(gave)
    }

    fn cut_off(&self, begins: u64) -> DecodeError {
        DecodeError::CutOff { codec: Codec::Gzip, begins, at: self.intake.taken() }
    }

    fn damaged(&self, begins: u64, cause: &str) -> DecodeError {
        let at = self.intake.taken();
        // A second member without a good magic is no member.
        if begins > 0 && at <= begins + 2 {
            return DecodeError::Garbage { codec: Codec::Gzip, at: begins };
        }
        DecodeError::Damaged { codec: Codec::Gzip, begins, at, cause: cause.to_owned() }
    }
}

impl Read for Gunzip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match &self.place {
                Place::Between => self.place = self.between()?,
                Place::End => return Ok(0),
                Place::Fault(fault) => return Err(fault.clone().into()),
                Place::Member { begins } => {
                    let gave = self.inflate(*begins, out)?;
                    if gave > 0 {
                        return Ok(gave);
                    }
                }
            }
        }
    }
}

/// The inflater's own words about a header or a checksum. About the data itself they depend on how the bytes came in
/// and help nobody.
fn cause_of(error: &DecompressError) -> &str {
    match error.message() {
        Some(cause) if cause.contains("check") || cause.contains("header") => cause,
        _ => "invalid deflate data",
    }
}

/// A count that cannot pass a buffer's length.
fn narrow(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::codec::read_to_fault;
    use crate::shard::encode::whole_file;
    use proptest::prelude::*;

    fn read_all(raw: &[u8], block: usize) -> (Vec<u8>, Option<DecodeError>) {
        read_to_fault(Codec::Gzip, raw, block)
    }

    fn member(text: &[u8]) -> Vec<u8> {
        whole_file(Codec::Gzip, &[text])
    }

    #[test]
    fn members_are_read_one_after_another() {
        let raw = [member(b"one "), member(b""), member(b"two")].concat();
        assert_eq!(read_all(&raw, 3), (b"one two".to_vec(), None));
    }

    #[test]
    fn zeros_after_the_last_member_are_padding() {
        let raw = [&member(b"one")[..], &[0; 600]].concat();
        assert_eq!(read_all(&raw, 64), (b"one".to_vec(), None));
    }

    #[test]
    fn a_member_after_padding_is_read() {
        let raw = [&member(b"one ")[..], &[0; 7], &member(b"two")[..]].concat();
        assert_eq!(read_all(&raw, 64), (b"one two".to_vec(), None));
    }

    #[test]
    fn garbage_is_named_by_the_byte_where_it_begins() {
        let whole = member(b"one");
        let size = whole.len() as u64;
        for (tail, skipped) in [(&b"junk"[..], 0), (b"\0\0junk", 2), (b"\x1fjunk", 0)] {
            let (text, fault) = read_all(&[&whole[..], tail].concat(), 64);
            assert_eq!(text, b"one");
            let at = size + skipped;
            assert_eq!(fault, Some(DecodeError::Garbage { codec: Codec::Gzip, at }), "{tail:?}");
        }
    }

    #[test]
    fn an_empty_file_is_no_gzip_file() {
        let fault = read_all(b"", 64).1.unwrap();
        assert_eq!(fault.to_string(), "gzip member that begins at byte 0 is cut off at byte 0");
    }

    #[test]
    fn a_member_that_is_cut_off_gives_what_it_has_and_then_an_error() {
        let first = member(b"whole. ");
        let raw = [&first[..], &member(b"cut somewhere in here")[..]].concat();
        for len in first.len() + 1..raw.len() {
            let (text, fault) = read_all(&raw[..len], 5);
            assert!(b"whole. cut somewhere in here".starts_with(&text), "{len}");
            assert!(text.len() >= 7, "{len}");
            let (begins, at) = (first.len() as u64, len as u64);
            assert_eq!(fault, Some(DecodeError::CutOff { codec: Codec::Gzip, begins, at }));
        }
    }

    #[test]
    fn a_flipped_bit_never_changes_the_text_in_silence() {
        let text = b"a line of text\nand a line of text\nand another one\n";
        let raw = member(text);
        for at in 0..raw.len() {
            for bit in 0..8 {
                let mut bad = raw.clone();
                bad[at] ^= 1 << bit;
                // A time in the header and the bits that fill up a byte say nothing about the text.
                let (got, fault) = read_all(&bad, 7);
                assert!(fault.is_some() || got == text, "byte {at} bit {bit}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_members_read_the_same_through_any_buffer(
            text in proptest::collection::vec("[a-d]{0,40}\n", 0..40),
            at in any::<prop::sample::Index>(), bit in 0_u8..8, small in 1_usize..90,
        ) {
            let mut raw = [member(text.concat().as_bytes()), member(b"more\n")].concat();
            let at = at.index(raw.len());
            raw[at] ^= 1_u8 << bit;
            prop_assert_eq!(read_all(&raw, small), read_all(&raw, 1 << 16));
        }
    }
}
