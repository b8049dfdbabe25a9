//! `dechaff bench` tells figures that hold together, and leaves nothing behind. How large they are is not for tests.
#![cfg(feature = "cli")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use dechaff::shard::{Codec, Container, PartEncoder};
use serde_json::Value;

const RULES: &str = r#"
pack    = "mine"
version = 1
about   = "For tests."

[[rule]]
id     = "share"
why    = "A button."
line   = ["Share this story"]
strips = ["Share this story"]
keeps  = ["He would share this story with nobody."]

[[rule]]
id      = "credit"
why     = "A credit."
pattern = ['\(photo: [a-z ]+\)']
strips  = ["(Photo: Ann Lee)"]
keeps   = ["The photo of Ann Lee hung there."]

[[rule]]
id     = "credit-near"
why    = "Beside a button."
line   = ["Ann Lee"]
near   = { rules = ["share"], within = 2 }
strips = ["Ann Lee"]
keeps  = ["Ann Lee"]
"#;

/// A folder with a dump, rules, and a place for what is written.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dump = folder.path().join("dump");
    std::fs::create_dir(&dump).unwrap();
    std::fs::create_dir(folder.path().join("tmp")).unwrap();
    std::fs::write(folder.path().join("mine.toml"), RULES).unwrap();
    for (name, bytes) in files {
        std::fs::write(dump.join(name), bytes).unwrap();
    }
    folder
}

fn records(count: usize) -> Vec<u8> {
    let mut all = String::new();
    for number in 0..count {
        let text = format!(
            "The talks went on for {number} days.\\nShare this story\\nAnn Lee\\n(Photo: Ann Lee)\\nNobody left.\\n"
        );
        writeln!(all, "{{\"id\": {number}, \"text\": \"{text}\"}}").unwrap();
    }
    all.into_bytes()
}

/// Packed as a gzip file.
fn gzipped(plain: &[u8]) -> Vec<u8> {
    let mut encoder = PartEncoder::new(Codec::Gzip, None).unwrap();
    let mut container = Container::new(Codec::Gzip);
    let mut packed = container.header().to_vec();
    container.add(&encoder.encode(plain, &mut packed).unwrap());
    packed.extend(container.trailer());
    packed
}

fn bench(folder: &Path, args: &[&str]) -> Output {
    let own = ["--no-shipped", "--rules", "mine.toml", "--tmp", "tmp", "--repeat", "1", "-j", "2", "-q"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_dechaff"));
    let output = command.current_dir(folder).arg("bench").args(args).args(own).env("NO_COLOR", "1").output().unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.join("tmp")).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    output
}

fn figures(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

fn names<'v>(figures: &'v Value, list: &str, key: &str) -> Vec<&'v Value> {
    figures.pointer(list).and_then(Value::as_array).unwrap().iter().map(|one| &one[key]).collect()
}

fn sum(figures: &Value, list: &str, key: &str) -> f64 {
    names(figures, list, key).into_iter().map(|share| share.as_f64().unwrap()).sum()
}

#[test]
fn figures_hold_together() {
    let (plain, packed) = (records(7000), gzipped(&records(2500)));
    let folder = folder(&[("a.jsonl", &plain), ("b.jsonl.gz", &packed), ("empty.jsonl", b"")]);
    let output = bench(folder.path(), &["dump", "--format", "json", "--price", "2"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let told = figures(&output);
    assert_eq!(told["sample"]["documents"], 9500);
    assert_eq!(told["sample"]["file_bytes"], plain.len() + packed.len());
    assert_eq!(told["sample"]["of_file_bytes"], plain.len() + packed.len());
    assert_eq!(told["sample"]["bytes"], plain.len() + records(2500).len());
    assert_eq!((&told["sample"]["files"], &told["sample"]["of_files"]), (&2.into(), &3.into()));
    assert_eq!(names(&told, "/stages", "stage"), ["read", "decode", "clean", "encode", "write"]);
    assert_eq!(names(&told, "/stages", "clock"), ["wall", "cpu", "cpu", "cpu", "wall"]);
    assert!((sum(&told, "/stages", "share") - 1.0).abs() < 1e-6, "{told:#}");
    assert_eq!(names(&told, "/threads", "threads"), [1, 2]);
    assert_eq!(told["rules"]["acting"], 3);
    assert_eq!(names(&told, "/kinds/kinds", "kind"), ["line", "pattern"]);
    assert_eq!(names(&told, "/kinds/kinds", "rules"), [2, 1]);
    assert!(names(&told, "/packing", "codec").contains(&&Value::from("zstd")), "{told:#}");
    let price = told["projection"]["cost"].as_f64().unwrap() / told["projection"]["core_hours"].as_f64().unwrap();
    assert!((price - 2.0).abs() < 1e-6, "{told:#}");
    for rule in told["dearest"]["rules"].as_array().unwrap() {
        assert_eq!(rule["cuts"], 9500, "{told:#}");
    }
    assert!(told["dearest"]["rules"].as_array().unwrap().len() <= 3, "{told:#}");
}

#[test]
fn a_sample_is_no_larger_than_was_asked_for_and_comes_from_all_files() {
    let plain = records(12_000);
    let folder = folder(&[("a.jsonl", &plain), ("b.jsonl", &plain)]);
    let output = bench(folder.path(), &["dump", "--format", "json", "--sample", "60%"]);
    let told = figures(&output);
    assert_eq!(told["sample"]["files"], 2, "{told:#}");
    // Of each file at least one part is taken, which holds the records that begin in its first MiB.
    let (part, record) = (told["sample"]["file_bytes"].as_u64().unwrap(), plain.len() as u64 / 10_000);
    assert!((2 << 20..(2 << 20) + 2 * record).contains(&part), "{part} of {}", 2 * plain.len());
}

#[test]
fn lines_are_counted_where_files_are_streams_of_lines() {
    let folder = folder(&[("a.txt", "Share this story\nThe talks went on.\n".repeat(2_000).as_bytes())]);
    let told = figures(&bench(folder.path(), &["dump/a.txt", "--lines", "--format", "json"]));
    assert_eq!(told["sample"]["lines"], 4_000);
    assert!(told["stages"][2]["lines_per_second"].as_f64().is_some_and(|rate| rate > 0.0), "{told:#}");
    assert_eq!(names(&told, "/packing", "codec").len(), 5);
}

#[test]
fn a_damaged_file_is_told_and_the_others_are_timed() {
    let mut broken = gzipped(&records(2500));
    broken.truncate(broken.len() / 2);
    let folder = folder(&[("a.jsonl", &records(100)), ("b.jsonl.gz", &broken)]);
    let output = bench(folder.path(), &["dump", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let told = figures(&output);
    assert_eq!(names(&told, "/sample/faults", "file"), ["dump/b.jsonl.gz"]);
    assert!(told["sample"]["documents"].as_u64().unwrap() >= 100, "{told:#}");
    assert!(told["projection"].is_null() || told["sample"]["bytes"].as_u64() >= Some(1_000_000), "{told:#}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is cut off"), "{output:?}");
}

#[test]
fn an_interrupt_leaves_nothing_behind() {
    let folder = folder(&[("a.jsonl", &records(30_000))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_dechaff"))
        .current_dir(folder.path())
        .args(["bench", "dump", "--no-shipped", "--rules", "mine.toml", "--tmp", "tmp", "--repeat", "100", "-q"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let tmp = folder.path().join("tmp");
    let is_empty = || std::fs::read_dir(&tmp).unwrap().next().is_none();
    while is_empty() && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(is_empty(), "something is left");
}
