//! The same bytes for any number of threads.

use std::fmt::Write as _;

use crate::support::{Place, Random, document, gzip, json, spelt, zstd};

/// About `len` bytes of JSONL: now and then a record that is bad in one of the known ways.
fn jsonl(random: &mut Random, len: usize, ascii: bool) -> Vec<u8> {
    let mut out = String::new();
    let mut id = 0;
    while out.len() < len {
        id += 1;
        let lines = 4 + random.below(40);
        let text = spelt(&document(random, lines), ascii);
        let _ = match random.below(60) {
            0 => writeln!(out, "{{\"id\": {id}, \"text\": {text}"),
            1 => writeln!(out, "{{\"id\": {id}, \"text\": [{text}]}}"),
            2 => writeln!(out, "{{\"id\": {id}, \"text\": null, \"url\": {text}}}"),
            3 => writeln!(out, "{{\"id\": {id}, \"other\": {text}}}"),
            4 => writeln!(out, " "),
            5 => writeln!(out, "{{\"id\": {id}, \"text\": \"{}\"}}", "long ".repeat(20_000)),
            6 => writeln!(out, "{{\"id\": {id}, \"text\": {text}}}\r"),
            _ => writeln!(out, "{{\"id\": {id}, \"text\": {text}, \"url\": \"http://site{}.org/\"}}", id % 7),
        };
    }
    // The first record has a text, or the whole run would be refused.
    [b"{\"id\": 0, \"text\": \"first\"}\n", out.as_bytes()].concat()
}

fn dump(place: &Place) {
    let random = &mut Random(7);
    place.put("dump/a/one.jsonl", jsonl(random, 2_200_000, false));
    let members = [jsonl(random, 700_000, true), jsonl(random, 300, false), jsonl(random, 600_000, false)];
    place.put("dump/b/members.jsonl.gz", members.iter().flat_map(|part| gzip(part)).collect::<Vec<_>>());
    let frames = [jsonl(random, 900_000, true), jsonl(random, 800_000, false)];
    place.put("dump/b/frames.jsonl.zst", frames.iter().flat_map(|part| zstd(part)).collect::<Vec<_>>());
    let cut = gzip(&jsonl(random, 400_000, false));
    place.put("dump/c/cut.jsonl.gz", &cut[..cut.len() / 2]);
    for number in 0..20 {
        place.put(format!("dump/texts/{number}.txt"), document(random, 300));
    }
    place.put("dump/texts/packed.txt.zst", zstd(document(random, 300).as_bytes()));
    place.put("dump/texts/empty.txt", "");
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let place = Place::new();
    dump(&place);
    let run = |jobs: usize| {
        place
            .clean(&format!(
                "dump -o out{jobs} --audit audit{jobs} --summary-json s{jobs}.json --max-record 64K -j {jobs}"
            ))
            .exits(3);
        let mut summary = json(&place.get(format!("s{jobs}.json")));
        summary["seconds"] = 0.into();
        summary["quarantine"] = "".into();
        (place.tree(&format!("out{jobs}")), place.tree(&format!("audit{jobs}")), summary)
    };
    let (out, audit, summary) = run(1);
    assert!(summary["records"]["quarantined"].as_u64().unwrap() > 20, "{summary}");
    assert!(out.contains_key(std::path::Path::new("_dechaff/quarantine.jsonl")));
    for jobs in [2, 3, 8] {
        let other = run(jobs);
        assert!(out == other.0, "outputs of -j {jobs}");
        assert!(audit == other.1, "audit of -j {jobs}");
        assert_eq!(summary, other.2, "summary of -j {jobs}");
    }
}

#[test]
fn the_number_of_threads_changes_no_byte_of_a_stream_of_lines() {
    let place = Place::new();
    let text = document(&mut Random(3), 60_000);
    assert!(text.len() > 2_500_000);
    place.put("big.txt", &text);
    let run = |jobs: usize| {
        place.clean(&format!("big.txt --lines -o {jobs}.txt --audit {jobs}.jsonl -j {jobs}")).exits(0);
        (place.get(format!("{jobs}.txt")), place.get(format!("{jobs}.jsonl")))
    };
    let one = run(1);
    assert!(one.0.len() < text.len());
    for jobs in [2, 3, 8] {
        assert!(one == run(jobs), "-j {jobs}");
    }
}

#[test]
fn the_cuts_that_check_tells_come_in_the_order_of_the_input() {
    let place = Place::new();
    dump(&place);
    let told = |jobs: usize| {
        let words = format!("check --no-shipped --rules rules.toml dump --max-record 64K -j {jobs}");
        place.run(&words).exits(3).stdout
    };
    let one = told(1);
    assert!(one.len() > 1000);
    assert!(one == told(4));
}

#[test]
fn every_record_is_accounted_for() {
    let place = Place::new();
    dump(&place);
    for (options, name) in [("", "all"), ("--drop-empty --sample 30%", "some")] {
        let words = format!("dump -o {name} --summary-json {name}.json --max-record 64K {options}");
        place.clean(&words).exits(3);
        let summary = json(&place.get(format!("{name}.json")));
        let count = |key: &str| summary["records"][key].as_u64().unwrap();
        assert_eq!(count("read"), count("written") + count("dropped") + count("quarantined"), "{summary}");
        let quarantine = place.get(format!("{name}/_dechaff/quarantine.jsonl"));
        let told = quarantine.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).count();
        assert_eq!(count("quarantined"), told as u64);
    }
}
