//! Laws of parts: what must hold for any bytes, any limits and any way of reading.

use std::io::{self, Read, Seek};

use proptest::prelude::*;

use super::codec::{Codec, DecodeError, decode};
use super::ends::Ends;
use super::part::{PartOptions, PartReader, ReadError, Unit};
use super::records::records;
use super::sniff::Format;

/// Gives at most so many bytes a call.
struct Drip<R>(R, usize);

impl<R: Read> Read for Drip<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let len = out.len().min(self.1);
        self.0.read(&mut out[..len])
    }
}

/// A unit with everything that a caller can see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    kind: &'static str,
    index: u64,
    offset: u64,
    record: u64,
    bytes: Vec<u8>,
}

impl Seen {
    fn of(unit: &Unit) -> Self {
        let (kind, part) = match unit {
            Unit::Part(part) => ("part", part),
            Unit::Verbatim(part) => ("verbatim", part),
            Unit::Oversize(over) => {
                let mut bytes = Vec::new();
                over.raw.as_ref().unwrap().read_to_end(&mut bytes).unwrap();
                over.raw.as_ref().unwrap().rewind().unwrap();
                assert_eq!(bytes.len() as u64, over.len);
                let kind = if over.whole { "oversize" } else { "cut oversize" };
                return Self { kind, index: 0, offset: over.offset, record: over.record, bytes };
            }
        };
        let bytes = part.bytes.clone();
        let record = part.first_record;
        Self { kind, index: part.index, offset: part.offset, record, bytes }
    }
}

/// All units and how the stream ended, reading `step` bytes at a time and giving each buffer back.
fn units(input: impl Read, options: &PartOptions, step: usize) -> (Vec<Seen>, Option<ReadError>) {
    let mut reader = PartReader::new(Drip(input, step), options.clone());
    let mut seen = Vec::new();
    loop {
        let unit = match reader.next() {
            Ok(Some(unit)) => unit,
            Ok(None) => return (seen, None),
            Err(error) => {
                assert!(reader.next().unwrap().is_none());
                return (seen, Some(error));
            }
        };
        seen.push(Seen::of(&unit));
        if let Unit::Part(part) | Unit::Verbatim(part) = unit {
            reader.recycle(part.bytes);
        }
    }
}

fn whole(seen: &[Seen]) -> Vec<u8> {
    seen.iter().flat_map(|seen| seen.bytes.iter().copied()).collect()
}

/// What the parts must be, told without a stream: records by their places, long ones on their own.
fn expected(input: &[u8], options: &PartOptions) -> Vec<Seen> {
    let (mut seen, mut offset, mut number) = (Vec::<Seen>::new(), 0, 1);
    for record in records(&options.format, input) {
        let bytes = [record.body, record.rest].concat();
        let index = offset / options.part_bytes as u64;
        let long = bytes.len() > options.max_record;
        let one =
            |kind, index, offset, bytes: &[u8]| Seen { kind, index, offset, record: number, bytes: bytes.to_vec() };
        match seen.last_mut() {
            _ if long && options.format == Format::Lines => {
                for (nth, piece) in bytes.chunks(options.part_bytes).enumerate() {
                    let offset = offset + (nth * options.part_bytes) as u64;
                    let index = offset / options.part_bytes as u64;
                    seen.push(one("verbatim", index, offset, piece));
                }
            }
            _ if long => seen.push(one("oversize", 0, offset, &bytes)),
            Some(last) if last.kind == "part" && last.index == index => {
                last.bytes.extend_from_slice(&bytes);
            }
            _ => seen.push(one("part", index, offset, &bytes)),
        }
        offset += bytes.len() as u64;
        number += 1;
    }
    seen
}

fn format() -> impl Strategy<Value = Format> {
    prop_oneof![
        Just(Format::Lines),
        Just(Format::Jsonl),
        "-{0,3}".prop_map(|line| Format::Separator(line.into_bytes())),
    ]
}

fn options() -> impl Strategy<Value = PartOptions> {
    (format(), 1_usize..40, 1_usize..60).prop_map(|(format, part_bytes, max_record)| PartOptions {
        part_bytes,
        max_record,
        spool_dir: Some(std::env::temp_dir()),
        count_lines: true,
        ..PartOptions::new(format)
    })
}

fn small(format: Format, part_bytes: usize) -> PartOptions {
    let spool_dir = Some(std::env::temp_dir());
    PartOptions { part_bytes, spool_dir, ..PartOptions::new(format) }
}

proptest! {
    // Each case sets files aside.
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn parts_are_a_function_of_the_input_alone(
        input in "([a\\-]{0,6}(--)?\r?\n){0,40}[a\\-\n]{0,5}", options in options(), step in 1_usize..70
    ) {
        let (seen, error) = units(input.as_bytes(), &options, step);
        prop_assert!(error.is_none());
        prop_assert_eq!(seen, expected(input.as_bytes(), &options));
    }

    #[test]
    fn long_records_stand_in_their_order(
        input in "([a\\-]{0,60}\n?(--)?\n){0,9}[a-]{0,70}", options in options(), step in 1_usize..70
    ) {
        let (seen, error) = units(input.as_bytes(), &options, step);
        prop_assert!(error.is_none());
        prop_assert_eq!(seen, expected(input.as_bytes(), &options));
    }

    #[test]
    fn a_reader_may_begin_inside_a_file(input in "([a\\-]{0,6}\n){1,40}", part_bytes in 1_usize..40) {
        let options = small(Format::Jsonl, part_bytes);
        let (all, _) = units(input.as_bytes(), &options, 7);
        for (nth, from) in all.iter().enumerate() {
            let options = PartOptions { first_offset: from.offset, first_record: from.record, ..options.clone() };
            let rest = &input.as_bytes()[usize::try_from(from.offset).unwrap()..];
            prop_assert_eq!(&units(rest, &options, 7).0[..], &all[nth..]);
        }
    }

    #[test]
    fn damage_comes_after_every_whole_record(
        input in "([a\\-]{0,30}\n(--)?\n){1,9}[a-]{0,20}", options in options(), step in 1_usize..70,
        cut in any::<prop::sample::Index>(),
    ) {
        let cut = cut.index(input.len());
        let fault = DecodeError::CutOff { codec: Codec::Gzip, begins: 0, at: 77 };
        let head = &input.as_bytes()[..cut];
        let (seen, error) = units(head.chain(Fail(fault.clone())), &options, step);
        let Some(ReadError::Damaged { cause, offset, raw_offset, fragment, .. }) = error else {
            return Err(TestCaseError::fail(format!("{error:?}")));
        };
        prop_assert_eq!((cause, raw_offset), (fault, 77));
        prop_assert!(fragment.len() <= options.max_record);
        let given = whole(&seen);
        prop_assert_eq!(offset, given.len() as u64);
        prop_assert_eq!(&[&given[..], &fragment].concat()[..], head);
        let ends = Ends::of(&options.format);
        prop_assert_eq!(ends.last(&fragment), 0);
        if let Some(last) = seen.iter().rfind(|last| last.kind == "part") {
            prop_assert_eq!(ends.last(&last.bytes), last.bytes.len());
        }
    }
}

/// A stream that ends with this fault.
struct Fail(DecodeError);

impl Read for Fail {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.clone().into())
    }
}

#[test]
fn a_packed_file_cut_at_any_byte_gives_whole_records_and_then_an_error() {
    let parts: [&[u8]; 3] = [b"{\"a\": 1}\n{\"b\": 2}\n", b"{\"c\": \"three\"}\n", b"{\"d\": 4}\n"];
    let text = parts.concat();
    for codec in [Codec::Gzip, Codec::Zstd] {
        if decode(codec, io::empty()).is_err() {
            continue;
        }
        let raw = super::encode::whole_file(codec, &parts);
        let mut between = 0;
        for len in 0..raw.len() {
            let input = decode(codec, &raw[..len]).unwrap();
            let (seen, error) = units(input, &small(Format::Jsonl, 1 << 20), 1 << 20);
            let given = whole(&seen);
            assert!(text.starts_with(&given), "{codec} {len}");
            assert!(given.is_empty() || given.ends_with(b"\n"), "{codec} {len}");
            match error {
                Some(ReadError::Damaged { offset, record, fragment, .. }) => {
                    assert_eq!(offset, given.len() as u64);
                    let lines = Ends::Line.count(&given);
                    assert_eq!(record, lines + 1);
                    assert!(text[given.len()..].starts_with(&fragment));
                }
                // Only between two zstd frames is a cut file a whole one.
                None => between += 1,
                Some(error) => panic!("{codec} {len}: {error}"),
            }
        }
        assert_eq!(between, if codec == Codec::Zstd { 2 } else { 0 });
    }
}

#[test]
fn a_text_is_one_part_up_to_the_limit() {
    let options = PartOptions { max_record: 9, ..small(Format::Text, 4) };
    for step in [1, 100] {
        let (seen, error) = units(&b"one\ntwo\nx"[..], &options, step);
        assert!(error.is_none());
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].record, seen[0].bytes.len()), (1, 9));
        let (seen, error) = units(&b"one\ntwo\nxy"[..], &options, step);
        assert!(seen.is_empty());
        assert!(matches!(error, Some(ReadError::DocumentTooLarge { limit: 9 })));
    }
    assert!(units(io::empty(), &options, 1).0.is_empty());
}

#[test]
fn lines_are_counted_only_when_asked_for() {
    for (count_lines, numbers) in [(false, [0, 0]), (true, [1, 3])] {
        let options = PartOptions { count_lines, ..small(Format::Lines, 4) };
        let (seen, _) = units(&b"a\nb\nc\n"[..], &options, 9);
        assert_eq!(seen.iter().map(|seen| seen.record).collect::<Vec<_>>(), numbers);
    }
}

#[test]
fn a_failing_disk_is_told_with_its_place() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    let (_, error) = units((&b"a\nb"[..]).chain(Broken), &small(Format::Jsonl, 100), 9);
    let Some(ReadError::Io { offset, source }) = error else { panic!("{error:?}") };
    assert_eq!((offset, source.raw_os_error()), (3, Some(5)));
}

#[test]
fn without_a_place_for_it_a_long_record_is_only_measured() {
    let options = PartOptions { max_record: 5, spool_dir: None, ..small(Format::Jsonl, 100) };
    let mut reader = PartReader::new(&b"short\nlonger\nlast"[..], options);
    let Ok(Some(Unit::Oversize(over))) = reader.next() else { panic!() };
    assert_eq!((over.record, over.offset, over.len, over.whole), (1, 0, 6, true));
    assert!(over.raw.is_none());
    let Ok(Some(Unit::Oversize(over))) = reader.next() else { panic!() };
    assert_eq!((over.record, over.offset, over.len), (2, 6, 7));
    let Ok(Some(Unit::Part(part))) = reader.next() else { panic!() };
    assert_eq!((part.first_record, &part.bytes[..]), (3, &b"last"[..]));
}
