//! A run gives the same documents and the same audit whatever its parts and threads are.

use std::io::Read;
use std::path::{Path, PathBuf};

use dechaff::clean::{Cleaner, Options};
use dechaff::pack::{Level, shipped};
use dechaff::run::{Cleaners, Input, Output, Plan, Progress, RunOptions, Shard, Unfinished, run};
use dechaff::shard::{Codec, Format, Keys, PartEncoder, decode};

const PROSE: &str = "The ferry had been late for a week, and nobody on the quay could say why it was so.";

/// Documents of several lengths, with chaff in most of them.
fn document(number: usize) -> String {
    let mut lines = vec!["Share this:".to_owned()];
    lines.extend((0..number % 7).map(|line| format!("{PROSE} {line}.")));
    lines.push("Leave a comment".to_owned());
    lines.join("\n\n")
}

fn jsonl() -> String {
    let record = |number| format!("{{\"id\": {number}, \"text\": {:?}}}\n", document(number));
    (0..400).map(record).collect::<Vec<_>>().concat()
}

fn separated() -> String {
    (0..400).map(|number| format!("{}\n====\n", document(number))).collect::<Vec<_>>().concat()
}

fn lines() -> String {
    (0..400).map(|number| document(number) + "\n").collect::<Vec<_>>().concat()
}

/// The output and the audit of one run.
fn cleaned(folder: &Path, input: &Path, format: &Format, part_bytes: usize, threads: usize) -> (Vec<u8>, Vec<u8>) {
    let options = RunOptions { threads, part_bytes, ..RunOptions::default() };
    cleaned_with(folder, input, format, Codec::Plain, options)
}

/// The same for any codec and options.
fn cleaned_with(
    folder: &Path,
    input: &Path,
    format: &Format,
    codec: Codec,
    run_options: RunOptions,
) -> (Vec<u8>, Vec<u8>) {
    let options = Options { level: Level::Likely, ..Options::default() };
    let cleaner = Cleaner::new(&shipped(), &options).unwrap_or_else(|e| panic!("{e}"));
    let (out, notes) = (folder.join("out"), folder.join("notes.jsonl"));
    let keys = Keys { text: vec!["text".parse().unwrap()], id: "id".parse().ok(), ..Keys::default() };
    let shard = Shard {
        name: "in".to_owned(),
        place: "in".to_owned(),
        input: Input::File(input.to_owned()),
        codec,
        format: format.clone(),
        keys,
        output: Output::File(out.clone()),
        notes: Some(notes.clone()),
        size: None,
    };
    let plan = Plan { shards: vec![shard], options: run_options };
    let cleaners = Cleaners { cleaner: &cleaner, next: None };
    let report = run(&plan, cleaners, &Progress::default(), &Unfinished::default()).unwrap();
    assert_eq!(report.done, 1);
    (std::fs::read(out).unwrap(), std::fs::read(notes).unwrap())
}

#[test]
fn the_size_of_parts_and_the_number_of_threads_do_not_show() {
    let folder = tempfile::tempdir().unwrap();
    let dumps =
        [(Format::Jsonl, jsonl()), (Format::Separator(b"====".to_vec()), separated()), (Format::Lines, lines())];
    for (format, dump) in dumps {
        let input: PathBuf = folder.path().join("in");
        std::fs::write(&input, &dump).unwrap();
        let whole = cleaned(folder.path(), &input, &format, 1 << 20, 1);
        assert!(whole.0.len() < dump.len() && !whole.1.is_empty(), "{format:?}: something is cut");
        for part_bytes in [1, 7, 1000, 64 << 10] {
            for threads in [1, 3] {
                let parts = cleaned(folder.path(), &input, &format, part_bytes, threads);
                assert!(parts == whole, "{format:?}: parts of {part_bytes} bytes, {threads} threads");
            }
        }
    }
}

#[cfg(feature = "zstd")]
#[test]
fn frames_without_a_cut_are_passed_on_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in");
    let record = |n: u32| format!("{{\"id\": {n}, \"text\": \"{PROSE}\"}}\n");
    let good = |from: u32| (from..from + 25).map(record).collect::<Vec<_>>().concat();
    let texts: [String; 4] =
        [good(0), jsonl()[..3000].rsplit_once('\n').unwrap().0.to_owned() + "\n", good(100), good(200)];
    // Not the level that we write at.
    let mut encoder = PartEncoder::new(Codec::Zstd, Some(19)).unwrap();
    let mut frame = |text: &String| {
        let mut frame = Vec::new();
        encoder.encode(text.as_bytes(), &mut frame).unwrap();
        frame
    };
    let frames: Vec<Vec<u8>> = texts.iter().map(&mut frame).collect();
    let unpacked = |file: &[u8]| {
        let mut text = Vec::new();
        decode(Codec::Zstd, file).unwrap().read_to_end(&mut text).unwrap();
        text
    };
    std::fs::write(&input, texts.concat()).unwrap();
    let (plain, notes) = cleaned(folder.path(), &input, &Format::Jsonl, 4096, 1);
    std::fs::write(&input, frames.concat()).unwrap();
    for threads in [1, 3] {
        for compress_level in [None, Some(3)] {
            let options = RunOptions { threads, compress_level, part_bytes: 4096, ..RunOptions::default() };
            let out = cleaned_with(folder.path(), &input, &Format::Jsonl, Codec::Zstd, options);
            assert!(unpacked(&out.0) == plain && out.1 == notes, "{threads} threads, {compress_level:?}");
            let is_kept = out.0.starts_with(&frames[0]) && out.0.ends_with(&[&frames[2][..], &frames[3]].concat());
            assert_eq!(is_kept, compress_level.is_none(), "a level that is asked for is for all");
            assert!(!out.0.windows(frames[1].len()).any(|window| window == frames[1]), "something is cut");
        }
    }
}
