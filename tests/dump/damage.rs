//! Damaged archives: what was whole is written, and the place of the damage is told.

use crate::support::{Place, gzip, unpacked, zstd};

fn jsonl(count: usize) -> String {
    (0..count)
        .map(|number| {
            format!("{{\"id\": {number}, \"text\": \"One two three four five six {number}.\\nShare this\"}}\n")
        })
        .collect()
}

fn cleaned(count: usize) -> String {
    jsonl(count).replace("\\nShare this", "")
}

#[test]
fn what_was_whole_before_a_cut_is_written() {
    let place = Place::new();
    let plain = jsonl(4000);
    for (name, packed) in [("a.jsonl.gz", gzip(plain.as_bytes())), ("b.jsonl.zst", zstd(plain.as_bytes()))] {
        for part in [1, 2, 5, 9] {
            let len = packed.len() * part / 10;
            place.put(name, &packed[..len]);
            place.clean(&format!("{name} -o out-{name} --overwrite")).exits(3).says(&format!("cut off at byte {len}"));
            let out = unpacked(&place.get(format!("out-{name}")));
            assert!(cleaned(4000).as_bytes().starts_with(&out), "{name} {len}");
            assert!(out.is_empty() || out.ends_with(b"\n"));
        }
    }
}

/// Bytes that are left at least, so that the head shows something.
const FIRST: usize = 20;

#[test]
fn an_archive_that_is_cut_in_its_first_bytes_is_told_as_cut() {
    let place = Place::new();
    for (name, packed) in [("a.jsonl.gz", gzip(jsonl(3).as_bytes())), ("b.jsonl.zst", zstd(jsonl(3).as_bytes()))] {
        for len in 4..FIRST {
            place.put(name, &packed[..len]);
            place.clean(&format!("{name} -o out-{name} --overwrite")).exits(3).says("cut off at byte");
        }
    }
}

#[test]
fn no_cut_of_a_small_archive_is_silent() {
    let place = Place::new();
    let plain = jsonl(3);
    let whole = cleaned(3);
    for (name, packed) in [("a.jsonl.gz", gzip(plain.as_bytes())), ("b.jsonl.zst", zstd(plain.as_bytes()))] {
        for len in FIRST..packed.len() {
            place.put(format!("{name}/{len:03}.{name}"), &packed[..len]);
        }
        let ended = place.clean(&format!("{name} -o out-{name} -j 2")).exits(3);
        let told = ended.words().matches("cut off at byte").count();
        assert!(told >= packed.len() - FIRST, "{told} of {} told", packed.len() - FIRST);
        for (path, out) in place.tree(&format!("out-{name}")) {
            if !path.starts_with("_dechaff") {
                let out = unpacked(&out);
                assert!(whole.as_bytes().starts_with(&out), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_damaged_file_does_not_hold_up_the_others() {
    let place = Place::new();
    let packed = gzip(jsonl(500).as_bytes());
    place.put("in/a.jsonl.gz", &packed[..packed.len() - 9]);
    place.put("in/b.jsonl.gz", &packed);
    place.clean("in -o out").exits(3).says("in/a.jsonl.gz");
    assert_eq!(unpacked(&place.get("out/b.jsonl.gz")), cleaned(500).as_bytes());
}

#[test]
fn what_follows_an_archive_is_told_and_what_it_held_is_written() {
    let place = Place::new();
    for (name, packed) in [("a.jsonl.gz", gzip(jsonl(3).as_bytes())), ("b.jsonl.zst", zstd(jsonl(3).as_bytes()))] {
        place.put(name, [&packed[..], b"garbage"].concat());
        let what = format!("from byte {} on", packed.len());
        place.clean(&format!("{name} -o out-{name}")).exits(3).says(&what);
        assert_eq!(unpacked(&place.get(format!("out-{name}"))), cleaned(3).as_bytes());
    }
    let zeros = [&gzip(jsonl(3).as_bytes())[..], &[0; 512]].concat();
    place.put("zeros.jsonl.gz", zeros);
    place.clean("zeros.jsonl.gz -o zeros.out.gz").exits(0);
}

#[test]
fn a_flipped_bit_is_told() {
    let place = Place::new();
    let mut packed = gzip(jsonl(2000).as_bytes());
    let middle = packed.len() / 2;
    packed[middle] ^= 8;
    place.put("a.jsonl.gz", packed);
    place.clean("a.jsonl.gz -o out.jsonl.gz").exits(3).says("a.jsonl.gz");
    unpacked(&place.get("out.jsonl.gz"));
}

#[test]
fn a_cut_text_is_not_written_as_if_it_were_whole() {
    let place = Place::new();
    let packed = gzip("One two three four five six.\n".repeat(500).as_bytes());
    place.put("in/a.txt.gz", &packed[..packed.len() - 9]);
    place.put("in/b.txt", "One two three four five six.\n");
    place.clean("in -o out").exits(3).says("in/a.txt.gz");
    assert!(!place.at("out/a.txt.gz").exists());
    assert!(place.at("out/b.txt").exists());
}

#[test]
fn check_and_a_dry_run_tell_damage_too() {
    let place = Place::new();
    let packed = gzip(jsonl(3).as_bytes());
    place.put("a.jsonl.gz", &packed[..packed.len() - 9]);
    place.run("check -q a.jsonl.gz").exits(3).says("cut off at byte");
    place.clean("a.jsonl.gz --dry-run").exits(3).says("cut off at byte");
}

#[test]
fn a_cut_archive_on_standard_input_gives_what_was_whole() {
    let place = Place::new();
    let packed = gzip(jsonl(4000).as_bytes());
    let ended = place.clean_pipe("", &packed[..packed.len() / 2]).exits(3).says("cut off at byte");
    let out = unpacked(&ended.stdout);
    assert!(out.len() > 1000 && cleaned(4000).as_bytes().starts_with(&out));
}

#[test]
fn a_cut_text_on_standard_input_leaves_no_half_archive() {
    let place = Place::new();
    let packed = gzip("One two three four five six.\n".repeat(500).as_bytes());
    let ended = place.clean_pipe("--quarantine bad.jsonl", &packed[..packed.len() - 9]).exits(3);
    assert_eq!(ended.stdout.escape_ascii().to_string(), "", "neither an archive nor nothing");
}
