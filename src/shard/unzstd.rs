//! Reads zstd, frame by frame.
//!
//! Takes raw bytes, gives decoded ones. Feeds the decoder no more than its current step (a header, a block, a
//! checksum): a call that fails forgets what it had decoded before it failed, so no call may hold two steps.

use std::collections::VecDeque;
use std::io::{self, Read};

use zstd::zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer, get_error_name};

use super::codec::{Codec, DecodeError};
use super::frames::Frame;
use super::intake::Intake;

/// 128 MiB, which `zstd -d` takes by default; larger windows need `--long` and that much memory.
const WINDOW_LOG_MAX: u32 = 27;
/// With these bytes the decoder can tell how long a frame's header is.
const FRAME_START: usize = 5;
/// The decoder's hints count the next block's header in.
const BLOCK_HEADER: usize = 3;
/// Which byte of a frame says whether it carries a checksum, and by which bit.
const CHECKSUM_FLAG: (usize, u8) = (4, 0b100);

/// The decoded bytes of all frames of a zstd file, skippable ones left out.
pub(super) struct Unzstd<'r> {
    intake: Intake<'r>,
    context: DCtx<'static>,
    place: Place,
    /// How many bytes the decoder would like next.
    hint: usize,
    /// Whether decoded bytes wait for room.
    full: bool,
    /// Bytes decoded so far.
    given: u64,
    keep: Keep,
    ended: VecDeque<Frame>,
}

/// The frame under way, as it stands in the file.
#[derive(Default)]
struct Keep {
    /// Longer frames, packed or not, are not kept.
    most: usize,
    /// How long the one before was: this one is likely to be as long.
    usual: usize,
    packed: Vec<u8>,
    /// How much it has given.
    plain: usize,
    too_long: bool,
}

enum Place {
    /// Before the first frame, or after one.
    Between,
    /// Inside the frame that begins at this raw byte.
    Frame { begins: u64 },
    /// After the last frame.
    End,
    /// Nothing more can be read.
    Fault(DecodeError),
}

impl<'r> Unzstd<'r> {
    pub(super) fn new(reader: Box<dyn Read + Send + 'r>) -> Result<Self, DecodeError> {
        let unusable = |code| damaged(0, 0, get_error_name(code));
        let mut context = DCtx::try_create().ok_or_else(|| damaged(0, 0, "out of memory"))?;
        context.init().map_err(unusable)?;
        context.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX)).map_err(unusable)?;
        let intake = Intake::new(reader);
        Ok(Self {
            intake,
            context,
            place: Place::Between,
            hint: FRAME_START,
            full: false,
            given: 0,
            keep: Keep::default(),
            ended: VecDeque::new(),
        })
    }

    pub(super) fn consumed(&self) -> u64 {
        self.intake.taken()
    }

    pub(super) fn keep_frames(&mut self, most: usize) {
        self.keep.most = most;
    }

    /// The next frame that has ended and was not told of yet.
    pub(super) fn next_frame(&mut self) -> Option<Frame> {
        self.ended.pop_front()
    }

    /// Decides what comes after a frame: another one or the end. The decoder itself knows what is no frame.
    fn between(&mut self) -> io::Result<Place> {
        let ended = self.intake.peek()?.is_empty();
        let begins = self.intake.taken();
        self.hint = FRAME_START;
        Ok(match (ended, begins) {
            (false, _) => Place::Frame { begins },
            (true, 0) => Place::Fault(cut_off(0, 0)),
            (true, _) => Place::End,
        })
    }

    /// Runs one step of the decoder.
    fn step(&mut self, begins: u64, out: &mut [u8]) -> io::Result<usize> {
        let at = self.intake.taken();
        let step = if self.hint > BLOCK_HEADER { self.hint - BLOCK_HEADER } else { self.hint };
        let input = if self.full { &[] } else { self.intake.peek()? };
        let ended = input.is_empty() && !self.full;
        let mut input = InBuffer::around(&input[..step.min(input.len())]);
        let room = out.len();
        let mut output = OutBuffer::around(out);
        let result = self.context.decompress_stream(&mut output, &mut input);
        let (took, gave) = (input.pos(), output.pos());
        self.keep.add(&input.src[..took], gave);
        self.given += gave as u64;
        match result {
            Err(code) => {
                self.place = Place::Fault(fault(begins, at, get_error_name(code)));
                return Ok(0);
            }
            Ok(0) => {
                self.place = Place::Between;
                self.ended.extend(self.keep.finish(self.given));
            }
            Ok(_) if ended && gave == 0 => self.place = Place::Fault(cut_off(begins, at)),
            Ok(hint) => self.hint = hint,
        }
        self.full = gave == room;
        self.intake.take(took);
        Ok(gave)
    }
}

impl Read for Unzstd<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let mut filled = 0;
        loop {
            match &self.place {
                // Goes on only where nothing can fail before what was decoded has been given, and not beyond a frame.
                Place::Frame { .. } if filled > 0 && (filled == out.len() || !self.intake.is_ready()) => {
                    return Ok(filled);
                }
                Place::Frame { begins } => filled += self.step(*begins, &mut out[filled..])?,
                _ if filled > 0 => return Ok(filled),
                Place::Between => self.place = self.between()?,
                Place::End => return Ok(0),
                Place::Fault(fault) => return Err(fault.clone().into()),
            }
        }
    }
}

impl Keep {
    /// Takes note of a step that took `packed` and gave `plain` bytes.
    fn add(&mut self, packed: &[u8], plain: usize) {
        self.plain += plain;
        self.too_long |= self.plain.max(self.packed.len() + packed.len()) > self.most;
        if self.too_long {
            self.packed = Vec::new();
        } else {
            if self.packed.capacity() == 0 {
                self.packed.reserve(self.usual + self.usual / 8);
            }
            self.packed.extend_from_slice(packed);
        }
    }

    /// The frame that ends where `end` bytes are decoded, unless it holds none.
    fn finish(&mut self, end: u64) -> Option<Frame> {
        let next = Self { most: self.most, usual: self.packed.len(), ..Self::default() };
        let Self { packed, plain, too_long, .. } = std::mem::replace(self, next);
        let (at, bit) = CHECKSUM_FLAG;
        let good = !too_long && packed.get(at).is_some_and(|flags| flags & bit != 0);
        (plain > 0).then(|| Frame { end, packed: good.then_some(packed) })
    }
}

fn cut_off(begins: u64, at: u64) -> DecodeError {
    DecodeError::CutOff { codec: Codec::Zstd, begins, at }
}

fn damaged(begins: u64, at: u64, cause: &str) -> DecodeError {
    let cause = cause.to_lowercase();
    DecodeError::Damaged { codec: Codec::Zstd, begins, at, cause }
}

fn fault(begins: u64, at: u64, cause: &str) -> DecodeError {
    // What does not begin like a frame is no frame, and after a good one that is another message.
    if begins > 0 && cause.eq_ignore_ascii_case("unknown frame descriptor") {
        return DecodeError::Garbage { codec: Codec::Zstd, at: begins };
    }
    damaged(begins, at, cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::codec::read_to_fault;
    use crate::shard::encode::whole_file;
    use proptest::prelude::*;

    fn read_all(raw: &[u8], block: usize) -> (Vec<u8>, Option<DecodeError>) {
        read_to_fault(Codec::Zstd, raw, block)
    }

    fn frame(text: &[u8]) -> Vec<u8> {
        whole_file(Codec::Zstd, &[text])
    }

    /// Text of several blocks that does not compress away.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let step = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            b'a' + (state >> 28) as u8
        };
        std::iter::repeat_with(step).take(len).collect()
    }

    #[test]
    fn frames_are_read_one_after_another_and_skippable_ones_skipped() {
        let skippable = b"\x53\x2a\x4d\x18\x05\x00\x00\x00notes";
        let raw = [skippable, &frame(b"one ")[..], skippable, &frame(b""), &frame(b"two")].concat();
        for block in [1, 2, 3, 64] {
            assert_eq!(read_all(&raw, block), (b"one two".to_vec(), None));
        }
    }

    #[test]
    fn garbage_is_named_by_the_byte_where_it_begins() {
        let whole = frame(b"one");
        let at = whole.len() as u64;
        let (text, fault) = read_all(&[&whole[..], b"garbage"].concat(), 64);
        assert_eq!(text, b"one");
        assert_eq!(fault, Some(DecodeError::Garbage { codec: Codec::Zstd, at }));
    }

    #[test]
    fn a_window_over_the_limit_is_refused() {
        let huge_window = b"\x28\xb5\x2f\xfd\x00\x98\x01\x00\x00";
        let (_, fault) = read_all(huge_window, 64);
        let said = fault.unwrap().to_string();
        assert!(said.contains("too much memory"), "{said}");
    }

    #[test]
    fn a_frame_that_is_cut_off_gives_what_it_has_and_then_an_error() {
        let first = frame(b"whole. ");
        let raw = [&first[..], &frame(b"cut somewhere in here")[..]].concat();
        for len in (1..first.len()).chain(first.len() + 1..raw.len()) {
            let (text, fault) = read_all(&raw[..len], 5);
            assert!(b"whole. cut somewhere in here".starts_with(&text), "{len}");
            let begins = if len < first.len() { 0 } else { first.len() as u64 };
            let at = len as u64;
            assert_eq!(fault, Some(DecodeError::CutOff { codec: Codec::Zstd, begins, at }));
        }
    }

    #[test]
    fn whole_blocks_before_a_fault_are_given() {
        let text = noise(400_000);
        let mut raw = frame(&text);
        let last = raw.len() - 1;
        raw[last] ^= 1;
        for block in [1000, 1 << 20] {
            let (got, fault) = read_all(&raw, block);
            assert!(got == text, "{} of {} bytes", got.len(), text.len());
            assert!(fault.unwrap().to_string().contains("checksum"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damaged_frames_read_the_same_through_any_buffer(
            len in 0_usize..300_000,
            at in any::<prop::sample::Index>(), bit in 0_u8..8, small in 50_usize..90_000,
        ) {
            let text = noise(len);
            let mut raw = [frame(&text), frame(b"more\n")].concat();
            let at = at.index(raw.len());
            raw[at] ^= 1_u8 << bit;
            let (got, fault) = read_all(&raw, small);
            prop_assert_eq!((&got, &fault), (&read_all(&raw, 1 << 20).0, &read_all(&raw, 1 << 20).1));
        }
    }
}
