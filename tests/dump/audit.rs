//! The audit explains the output: input minus the cuts that it names is what was written.

use crate::support::{Place, Random, document, gzip, records, spelt, unpacked, without_cuts};

fn texts() -> Vec<String> {
    let random = &mut Random(23);
    (0..90).map(|number| document(random, 4 + number % 25)).collect()
}

fn jsonl(texts: &[String]) -> String {
    texts
        .iter()
        .enumerate()
        .map(|(at, text)| format!("{{\"id\": \"d-{at}\\u0021\", \"text\": {}}}\n", spelt(text, at % 2 == 0)))
        .collect()
}

#[test]
fn input_minus_the_audited_cuts_is_the_output() {
    let place = Place::new();
    let texts = texts();
    place.put("in.jsonl", jsonl(&texts));
    place.clean("in.jsonl -o out.jsonl --audit cuts.jsonl").exits(0);
    let audit = records(&place.get("cuts.jsonl"));
    let out = records(&place.get("out.jsonl"));
    assert!(audit.len() > 40);
    assert!(audit.is_sorted_by_key(|line| line["record"].as_u64()));
    for (number, text) in texts.iter().enumerate() {
        let line = audit.iter().find(|line| line["record"] == number as u64 + 1);
        let left = line.map_or_else(|| text.as_bytes().to_vec(), |line| without_cuts(text.as_bytes(), line));
        assert_eq!(out[number]["text"].as_str().unwrap().as_bytes(), left, "record {}", number + 1);
        if let Some(line) = line {
            assert_eq!(line["id"], format!("d-{number}!"));
        }
    }
}

#[test]
fn an_audit_can_be_packed_and_go_without_texts() {
    let place = Place::new();
    place.put("in.jsonl", jsonl(&texts()));
    place.clean("in.jsonl -o a.jsonl --audit cuts.jsonl").exits(0);
    place.clean("in.jsonl -o b.jsonl --audit cuts.jsonl.gz").exits(0);
    place.clean("in.jsonl -o c.jsonl --audit cuts.jsonl.zst").exits(0);
    let plain = place.get("cuts.jsonl");
    assert_eq!(place.get("cuts.jsonl.gz")[..2], [0x1f, 0x8b]);
    assert_eq!(place.get("cuts.jsonl.zst")[..2], [0x28, 0xb5]);
    assert!(unpacked(&place.get("cuts.jsonl.gz")) == plain);
    assert!(unpacked(&place.get("cuts.jsonl.zst")) == plain);
    place.clean("in.jsonl -o d.jsonl --audit bare.jsonl --audit-text none").exits(0);
    let mut full = records(&plain);
    for cut in full.iter_mut().flat_map(|line| line["cuts"].as_array_mut().unwrap()) {
        cut.as_array_mut().unwrap().truncate(3);
    }
    assert_eq!(records(&place.get("bare.jsonl")), full);
}

#[test]
fn a_folder_has_an_audit_for_each_file() {
    let place = Place::new();
    let text = "One two three four five six seven eight.\nShare this\n";
    place.put("in/a.txt", text);
    place.put("in/sub/b.jsonl.gz", gzip(format!("{{\"text\": {}}}\n", spelt(text, false)).as_bytes()));
    place.put("in/clean.txt", "Nothing to see here.\n");
    place.clean("in -o out --audit audit").exits(0);
    assert_eq!(place.names("audit"), ["a.txt.jsonl", "clean.txt.jsonl", "sub/b.jsonl.gz.jsonl"]);
    let line = "{\"record\": 1, \"cuts\": [[\"t/form\", 41, 52, \"Share this\\n\"]]}\n";
    assert_eq!(place.get("audit/a.txt.jsonl"), line.as_bytes());
    assert_eq!(place.get("audit/sub/b.jsonl.gz.jsonl"), line.as_bytes());
    assert_eq!(place.get("audit/clean.txt.jsonl"), b"");
}

#[test]
fn the_audit_of_a_stream_names_lines_and_places_in_the_file() {
    let place = Place::new();
    let text = document(&mut Random(31), 30_000);
    assert!(text.len() > 1 << 20, "more than one part");
    for (name, packed) in [("a.txt", text.clone().into_bytes()), ("b.txt.gz", gzip(text.as_bytes()))] {
        place.put(name, packed);
        place.clean(&format!("{name} --lines -o out-{name} --audit cuts-{name}.jsonl")).exits(0);
        let out = unpacked(&place.get(format!("out-{name}")));
        let (mut left, mut at, mut line, mut lines) = (Vec::new(), 0, 1, 0);
        for told in records(&place.get(format!("cuts-{name}.jsonl"))) {
            lines += 1;
            for cut in told["cuts"].as_array().unwrap() {
                let place = |at: usize| usize::try_from(cut[at].as_u64().unwrap()).unwrap();
                let (start, end) = (place(1), place(2));
                assert_eq!(cut[3].as_str().unwrap(), &text[start..end]);
                left.extend_from_slice(&text.as_bytes()[at..start]);
                line += text[at..start].matches('\n').count() as u64;
                assert_eq!(told["line"].as_u64(), Some(line), "{told}");
                line += text[start..end].matches('\n').count() as u64;
                at = end;
            }
        }
        left.extend_from_slice(&text.as_bytes()[at..]);
        assert!(lines > 500);
        assert!(left == out, "{name}");
    }
}

#[test]
fn cuts_that_are_not_utf8_can_be_had_back() {
    let place = Place::new();
    place.put("list.txt", "Share this\n");
    let mut text = b"One two three four five six.\n".to_vec();
    text.extend_from_slice(b"\xe2\x80 Share this\nShare this\n");
    place.put("a.txt", &text);
    place.clean("a.txt -o out.txt --audit cuts.jsonl").exits(0);
    let audit = records(&place.get("cuts.jsonl"));
    assert_eq!(without_cuts(&text, &audit[0]), place.get("out.txt"));
}

#[test]
fn several_text_keys_are_told_apart() {
    let place = Place::new();
    let prose = "One two three four five six seven eight.";
    place.put(
        "a.jsonl",
        format!("{{\"b\": \"{prose}\\nShare this\", \"a\": \"Share this\\n{prose}\", \"text\": \"Share this\"}}\n"),
    );
    place.clean("a.jsonl --text-key a --text-key b -o out.jsonl --audit cuts.jsonl").exits(0);
    assert_eq!(
        place.get("out.jsonl"),
        format!("{{\"b\": \"{prose}\", \"a\": \"{prose}\", \"text\": \"Share this\"}}\n").as_bytes()
    );
    let keys: Vec<_> = records(&place.get("cuts.jsonl")).iter().map(|line| line["key"].clone()).collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&"a".into()) && keys.contains(&"b".into()), "{keys:?}");
}

#[test]
fn the_same_text_key_twice_is_as_good_as_once() {
    let place = Place::new();
    place.put("a.jsonl", "{\"text\": \"One two three four five six seven.\\nShare this\"}\n");
    place.clean("a.jsonl --text-key text --text-key text -o out.jsonl").exits(0);
    assert_eq!(place.get("out.jsonl"), b"{\"text\": \"One two three four five six seven.\"}\n");
}
