//! Bad records are set aside whole, counted, and the run goes on.

use base64::Engine as _;

use crate::support::{Place, json, records};

const GOOD: &str = "{\"text\": \"One two three four five six seven.\\nShare this\"}";
const LEFT: &str = "{\"text\": \"One two three four five six seven.\"}";

fn long() -> String {
    format!("{{\"text\": \"{}\"}}", "long ".repeat(1000))
}

/// Good and bad records in turn; the bad ones with their causes.
fn mixed(place: &Place) -> Vec<(Vec<u8>, &'static str)> {
    let bad = vec![
        (b"{\"text\": \"not closed".to_vec(), "broken JSON"),
        (b"{\"text\": 12}".to_vec(), "no string but a JSON number"),
        (b"{\"text\": [\"a\"]}".to_vec(), "no string but a JSON array"),
        (b"{\"text\": {\"a\": 1}}".to_vec(), "no string but a JSON object"),
        (b"[1, 2]".to_vec(), "not a JSON object"),
        (b"{\"text\": \"a\"} {\"text\": \"b\"}".to_vec(), "broken JSON"),
        (long().into_bytes(), "larger than --max-record"),
        (b"\xff\xfe\0".to_vec(), "broken JSON"),
        (b"{\"text\": \"tab\there\"}".to_vec(), "broken JSON"),
    ];
    let mut dump = Vec::new();
    for (raw, _) in &bad {
        dump.extend_from_slice(GOOD.as_bytes());
        dump.push(b'\n');
        dump.extend_from_slice(raw);
        dump.push(b'\n');
    }
    dump.extend_from_slice(GOOD.as_bytes());
    place.put("in.jsonl", dump);
    bad
}

#[test]
fn bad_records_are_set_aside_whole_with_their_place_and_cause() {
    let place = Place::new();
    let bad = mixed(&place);
    place.clean("in.jsonl -o out.jsonl --max-record 2000 --summary-json s.json").exits(3).says("set aside");
    let out = String::from_utf8(place.get("out.jsonl")).unwrap();
    assert_eq!(out, format!("{LEFT}\n").repeat(bad.len()) + LEFT);
    let dump = place.get("in.jsonl");
    let told = records(&place.get("out.jsonl.dechaff/quarantine.jsonl"));
    assert_eq!(told.len(), bad.len());
    for (number, ((raw, cause), told)) in bad.iter().zip(&told).enumerate() {
        assert_eq!(told["path"], "in.jsonl");
        assert_eq!(told["record"], 2 * number as u64 + 2, "{told}");
        assert!(told["cause"].as_str().unwrap().contains(cause), "{cause}: {told}");
        let whole = match told["raw"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => base64::engine::general_purpose::STANDARD.decode(told["raw_base64"].as_str().unwrap()).unwrap(),
        };
        assert_eq!(whole, [&raw[..], b"\n"].concat(), "{told}");
        let byte = usize::try_from(told["byte"].as_u64().unwrap()).unwrap();
        assert!(dump[byte..].starts_with(raw), "{told}");
    }
    let summary = json(&place.get("s.json"));
    let (all, bad) = (2 * bad.len() as u64 + 1, bad.len() as u64);
    assert_eq!(summary["records"]["read"], all);
    assert_eq!(summary["records"]["quarantined"], bad);
    assert_eq!(summary["records"]["written"], all - bad);
}

#[test]
fn the_exit_code_depends_on_how_many_bad_records_are_allowed() {
    let place = Place::new();
    let dump = format!("{GOOD}\n{{\n{GOOD}\n{{\n{GOOD}\n");
    place.put("in.jsonl", dump);
    for (most, code) in [("0", 3), ("1", 3), ("2", 0), ("3", 0), ("39%", 3), ("40%", 0), ("0.39", 3), ("100%", 0)] {
        place.clean(&format!("in.jsonl -o out.jsonl --overwrite --max-quarantine {most}")).exits(code);
    }
}

#[test]
fn a_strict_run_stops_at_the_first_bad_record_and_leaves_nothing() {
    let place = Place::new();
    mixed(&place);
    place
        .clean("in.jsonl -o out/ --max-record 2000 --strict")
        .exits(2)
        .says("in.jsonl: record 2 (byte")
        .says("--strict");
    assert_eq!(place.names(".").iter().filter(|name| name.starts_with("out")).count(), 0);
}

#[test]
fn standard_input_needs_a_place_for_bad_records() {
    let place = Place::new();
    let input = format!("{GOOD}\nbroken\n{GOOD}\n");
    place.clean_pipe("", input.as_bytes()).exits(2).says("record 2").says("--quarantine");
    let ended = place.clean_pipe("--quarantine bad.jsonl", input.as_bytes()).exits(3);
    assert_eq!(ended.stdout, format!("{LEFT}\n{LEFT}\n").as_bytes());
    assert_eq!(records(&place.get("bad.jsonl"))[0]["raw"], "broken\n");
}

#[test]
fn null_and_missing_texts_pass_unchanged() {
    let place = Place::new();
    let odd = "{\"text\": null}\n{\"other\": \"Share this\"}\n{}\n";
    place.put("in.jsonl", format!("{GOOD}\n{odd}"));
    place.clean("in.jsonl -o out.jsonl --summary-json s.json").exits(0);
    assert_eq!(place.get("out.jsonl"), format!("{LEFT}\n{odd}").as_bytes());
    let summary = json(&place.get("s.json"));
    assert_eq!(
        (summary["records"]["null_text"].clone(), summary["records"]["without_text"].clone()),
        (1.into(), 2.into())
    );
    assert_eq!(summary["records"]["written"], 4);
}

#[test]
fn the_first_record_without_the_text_key_is_told_with_the_keys_that_it_has() {
    let place = Place::new();
    place.put("in.jsonl", "{\"id\": 1, \"txet\": \"a\", \"meta\": {\"x\": 1}}\n");
    place.clean("in.jsonl -o out.jsonl").exits(2).says("`txet`").says("did you mean").says("--text-key");
    assert!(!place.at("out.jsonl").exists());
    place.put("in.jsonl", "{\"id\": 1, \"zzz\": \"a\"}\n");
    let ended = place.clean("in.jsonl -o out.jsonl").exits(2).says("`zzz`");
    assert!(!ended.words().contains(") Name"), "two sentences run together: {}", ended.words());
}

#[test]
fn a_broken_first_record_is_set_aside_like_any_other() {
    let place = Place::new();
    for first in ["{\"id\": 1, \"text", "{\"id\": 1, oops}", "oops"] {
        place.put("in.jsonl", format!("{first}\n{GOOD}\n"));
        place.clean("in.jsonl -o out.jsonl --overwrite").exits(3).says("record 1");
        assert_eq!(place.get("out.jsonl"), format!("{LEFT}\n").as_bytes(), "{first}");
    }
}

#[test]
fn a_text_key_may_lead_into_objects() {
    let place = Place::new();
    let prose = "One two three four five six seven.";
    place.put(
        "in.jsonl",
        format!("{{\"a\": {{\"b\": {{\"c\": \"{prose}\\nShare this\"}}}}, \"text\": \"Share this\"}}\n"),
    );
    place.clean("in.jsonl -o out.jsonl --text-key a.b.c").exits(0);
    assert_eq!(
        place.get("out.jsonl"),
        format!("{{\"a\": {{\"b\": {{\"c\": \"{prose}\"}}}}, \"text\": \"Share this\"}}\n").as_bytes()
    );
}

#[test]
fn a_run_without_bad_records_leaves_no_old_quarantine() {
    let place = Place::new();
    place.put("in.jsonl", format!("{GOOD}\nbroken\n"));
    place.clean("in.jsonl -o out.jsonl").exits(3);
    place.put("in.jsonl", format!("{GOOD}\n"));
    place.clean("in.jsonl -o out.jsonl --overwrite").exits(0);
    assert!(!place.at("out.jsonl.dechaff/quarantine.jsonl").exists(), "it tells of records that are not bad");
}

#[test]
fn a_document_that_is_too_large_is_told_before_a_byte_is_written() {
    let place = Place::new();
    place.put("in/a.txt", "short\n");
    place.put("in/b.txt", "long\n".repeat(1000));
    place.clean("in -o out --max-record 1000").exits(2).says("in/b.txt").says("--separator").says("--lines");
    assert!(!place.at("out").exists());
    place.clean("in -o out --max-record 1000 --lines").exits(0);
    assert_eq!(place.get("out/b.txt"), place.get("in/b.txt"));
}

#[test]
fn a_line_that_is_too_long_passes_through_a_stream_unchanged() {
    let place = Place::new();
    let long = "x".repeat(3_000_000);
    let text = format!("Share this\n{long}\nShare this\n{long}");
    place.put("in.txt", &text);
    place.clean("in.txt --lines --max-record 1M -o out.txt --audit cuts.jsonl --summary-json s.json").exits(0);
    assert!(place.get("out.txt") == format!("{long}\n{long}").as_bytes());
    let lines: Vec<_> = records(&place.get("cuts.jsonl")).iter().map(|cut| cut["line"].as_u64()).collect();
    assert_eq!(lines, [Some(1), Some(3)]);
}

#[test]
fn a_long_record_is_set_aside_in_bounded_memory() {
    let place = Place::new();
    let long = format!("{{\"text\": \"{}\"}}\n", "word ".repeat(4 << 20));
    place.put("in.jsonl", format!("{GOOD}\n{long}{GOOD}\n"));
    place.clean("in.jsonl -o out.jsonl --max-record 1M").exits(3);
    assert_eq!(place.get("out.jsonl"), format!("{LEFT}\n{LEFT}\n").as_bytes());
    let told = &records(&place.get("out.jsonl.dechaff/quarantine.jsonl"))[0];
    let raw = base64::engine::general_purpose::STANDARD.decode(told["raw_base64"].as_str().unwrap()).unwrap();
    assert!(raw == long.as_bytes());
}
