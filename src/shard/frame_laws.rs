//! Laws of parts that follow frames: what must hold for any frames, any limits and any way of reading.

use std::io::Read;

use proptest::prelude::*;

use super::codec::{Codec, Decoder, decode, read_to_fault};
use super::part::{Part, PartOptions, PartReader, Unit};
use super::records::records;
use super::sniff::Format;

/// A frame of a file that is made up.
#[derive(Debug, Clone)]
struct Made {
    plain: Vec<u8>,
    raw: Vec<u8>,
    checksum: bool,
}

fn made(plain: &str, checksum: bool, size: bool) -> Made {
    let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
    compressor.include_checksum(checksum).unwrap();
    compressor.include_contentsize(size).unwrap();
    let raw = compressor.compress(plain.as_bytes()).unwrap();
    Made { plain: plain.as_bytes().to_vec(), raw, checksum }
}

fn skippable() -> Made {
    Made { plain: Vec::new(), raw: b"\x53\x2a\x4d\x18\x05\x00\x00\x00notes".to_vec(), checksum: false }
}

fn file(frames: &[Made]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.raw.iter().copied()).collect()
}

fn plain(frames: &[Made]) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.plain.iter().copied()).collect()
}

/// Gives at most so many bytes a call.
struct Drip<R>(R, usize);

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(self.1);
        self.0.read(&mut out[..len])
    }
}

/// All units and how the stream ended, when the disk gives `disk` bytes at a time and the decoder `step`.
fn units(raw: &[u8], options: &PartOptions, disk: usize, step: usize) -> (Vec<String>, Vec<Part>, String) {
    let mut decoder = decode(Codec::Zstd, Drip(raw, disk)).unwrap();
    decoder.keep_frames(4 * options.part_bytes);
    let next_frame = |drip: &mut Drip<Decoder>| drip.0.next_frame();
    let mut reader = PartReader::framed(Drip(decoder, step), options.clone(), next_frame);
    let (mut told, mut parts) = (Vec::new(), Vec::new());
    loop {
        match reader.next() {
            Ok(Some(unit)) => {
                if let Unit::Oversize(long) = &unit {
                    told.push(format!("{} {} {}", long.record, long.offset, long.len));
                } else {
                    told.push(format!("{unit:?}"));
                }
                if let Unit::Part(part) = unit {
                    reader.recycle(part.bytes.clone());
                    parts.push(part);
                }
            }
            end => return (told, parts, format!("{end:?}")),
        }
    }
}

/// What the parts must be, told without a stream: each with its bytes, and its frames if it may keep them.
fn expected(frames: &[Made], options: &PartOptions) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let (text, stretch) = (plain(frames), options.part_bytes);
    let mut ends = Vec::new();
    for frame in frames.iter().filter(|frame| !frame.plain.is_empty()) {
        ends.push((ends.last().map_or(0, |(end, _)| *end) + frame.plain.len(), frame));
    }
    let (mut parts, mut begins, mut base, mut at_start, mut at) = (Vec::new(), 0, 0, true, 0);
    for record in records(&options.format, &text) {
        at += record.body.len() + record.rest.len();
        let border = begins + stretch - (begins - base) % stretch;
        let is_frame_end = ends.iter().any(|(end, _)| *end == at);
        let with_frame = is_frame_end && (!at_start || at - begins >= stretch / 4);
        if with_frame || at >= border || at == text.len() {
            let inside = || ends.iter().filter(|(end, _)| (begins + 1..=at).contains(end)).map(|(_, frame)| frame);
            let fits = |frame: &&Made| frame.checksum && frame.plain.len().max(frame.raw.len()) <= 4 * stretch;
            let whole = at_start && is_frame_end && at - begins <= 4 * stretch && inside().all(fits);
            let packed: Vec<u8> = inside().flat_map(|frame| frame.raw.iter().copied()).collect();
            let packed = Some(packed).filter(|packed| whole && packed.len() <= 4 * stretch);
            parts.push((text[begins..at].to_vec(), packed));
            (begins, at_start) = (at, is_frame_end);
            base = if is_frame_end { at } else { base };
        }
    }
    parts
}

fn frame() -> impl Strategy<Value = Made> {
    prop_oneof![
        8 => ("([a-z]{0,9}(--)?\n){0,9}", any::<bool>()).prop_map(|(text, size)| made(&text, true, size)),
        2 => "[a-z\n]{0,40}".prop_map(|text| made(&text, true, true)),
        1 => "([a-z]{0,9}\n){1,9}".prop_map(|text| made(&text, false, true)),
        1 => Just(skippable()),
    ]
}

fn options() -> impl Strategy<Value = PartOptions> {
    (prop_oneof![Just(Format::Lines), Just(Format::Jsonl), Just(Format::Separator(b"--".to_vec()))], 12_usize..150)
        .prop_map(|(format, part_bytes)| PartOptions { part_bytes, count_lines: true, ..PartOptions::new(format) })
}

proptest! {
    #[test]
    fn parts_end_with_frames_and_keep_them(
        frames in proptest::collection::vec(frame(), 1..12), options in options(), disk in 1_usize..90, step in 1_usize..70
    ) {
        let (_, parts, _) = units(&file(&frames), &options, disk, step);
        let parts: Vec<_> = parts.into_iter().map(|part| (part.bytes, part.packed)).collect();
        prop_assert_eq!(&parts, &expected(&frames, &options));
        for (bytes, packed) in parts {
            let Some(packed) = packed else { continue };
            prop_assert_eq!(read_to_fault(Codec::Zstd, &packed, 64), (bytes, None));
        }
    }

    #[test]
    fn units_are_the_same_however_they_are_read(
        frames in proptest::collection::vec(frame(), 1..9), mut options in options(), max_record in 3_usize..60,
        cut in any::<prop::sample::Index>(), flip in any::<Option<prop::sample::Index>>(),
        disk in 1_usize..90, step in 40_usize..200,
    ) {
        options.max_record = max_record;
        let mut raw = file(&frames);
        raw.truncate(1 + cut.index(raw.len()));
        if let Some(at) = flip {
            let at = at.index(raw.len());
            raw[at] ^= 4;
        }
        let all = units(&raw, &options, 1 << 20, 1 << 20);
        // Where a damaged block is found to be one depends on how its bytes came in.
        if flip.is_none() {
            prop_assert_eq!(&units(&raw, &options, disk, 1 << 20), &all);
        }
        prop_assert_eq!(&units(&raw, &options, 1 << 20, step), &all);
        for part in all.1 {
            let Some(packed) = part.packed else { continue };
            prop_assert_eq!(read_to_fault(Codec::Zstd, &packed, 64), (part.bytes, None));
        }
    }
}

#[test]
fn what_we_write_is_read_as_the_parts_that_it_was_written_from() {
    let text: Vec<u8> = (0..40_000).flat_map(|n| format!("{n} {}\n", "x".repeat(n % 90)).into_bytes()).collect();
    let options = PartOptions { part_bytes: 64 << 10, keep_packed: true, ..PartOptions::new(Format::Lines) };
    let parts = |codec, raw: &[u8]| {
        let mut reader = PartReader::of_decoder(decode(codec, Drip(raw, 5000)).unwrap(), options.clone());
        let units = std::iter::from_fn(|| reader.next().unwrap());
        let parts = units.map(|unit| if let Unit::Part(part) = unit { part } else { panic!("{unit:?}") });
        parts.collect::<Vec<_>>()
    };
    let first = parts(Codec::Plain, &text);
    let bytes: Vec<&[u8]> = first.iter().map(|part| &part.bytes[..]).collect();
    let again = parts(Codec::Zstd, &super::encode::whole_file(Codec::Zstd, &bytes));
    assert!(first.len() > 20);
    assert_eq!(again.iter().map(|part| &part.bytes[..]).collect::<Vec<_>>(), bytes);
    assert!(again.iter().all(|part| part.packed.is_some()));
}
