//! Other programs read what is written, and what they write is read.

#![allow(clippy::format_collect, reason = "test data is small, and reads best as it is written")]

#[path = "dump/support.rs"]
mod support;

use support::{Place, Random, document, shell, spelt};

fn dump(place: &Place) -> usize {
    let random = &mut Random(41);
    let count = 1500;
    let jsonl: String = (0..count)
        .map(|id| format!("{{\"id\": {id}, \"text\": {}}}\n", spelt(&document(random, 20), id % 2 == 0)))
        .collect();
    assert!(jsonl.len() > 2 << 20, "several parts");
    place.put("a.jsonl", jsonl);
    place.clean("a.jsonl -o want.jsonl").exits(0);
    count
}

#[track_caller]
fn sh(place: &Place, line: &str) -> String {
    let ended = shell(&format!("set -e; {line}"), place.path()).exits(0);
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
#[ignore = "needs python3, gzip, zstd and jq"]
fn gzip_and_python_read_what_is_written() {
    let place = Place::new();
    let count = dump(&place);
    sh(&place, "gzip -k a.jsonl");
    place.clean("a.jsonl.gz -o out.jsonl.gz").exits(0);
    sh(&place, "gzip -t out.jsonl.gz; gzip -dc out.jsonl.gz | cmp - want.jsonl");
    let python = "import gzip,json;print(sum(1 for line in gzip.open('out.jsonl.gz','rt',encoding='utf-8') if json.loads(line)['text']))";
    assert_eq!(sh(&place, &format!("python3 -c \"{python}\"")).trim(), count.to_string());
    sh(&place, "gzip -l out.jsonl.gz | awk 'NR==2{print $2}' | grep -qx $(wc -c < want.jsonl)");
}

#[test]
#[ignore = "needs python3, gzip, zstd and jq"]
fn zstd_reads_what_is_written() {
    let place = Place::new();
    dump(&place);
    for options in ["-q", "-q --long=27", "-q -19 --no-check", "-q -T2 --rsyncable"] {
        sh(&place, &format!("zstd {options} -f a.jsonl -o a.jsonl.zst"));
        place.clean("a.jsonl.zst -o out.jsonl.zst --overwrite").exits(0);
        sh(&place, "zstd -qt out.jsonl.zst; zstd -qdc out.jsonl.zst | cmp - want.jsonl");
        // Nothing is left to cut, so that each frame is passed on as it is.
        place.clean("out.jsonl.zst -o again.jsonl.zst --overwrite").exits(0);
        sh(&place, "cmp out.jsonl.zst again.jsonl.zst");
    }
}

#[test]
#[ignore = "needs python3, gzip, zstd and jq"]
fn members_and_frames_of_other_writers_are_all_read() {
    let place = Place::new();
    dump(&place);
    sh(
        &place,
        "split -l 100 a.jsonl piece.; for p in piece.*; do gzip -c $p; done > a.jsonl.gz; for p in piece.*; do zstd -qc $p; done > a.jsonl.zst",
    );
    for name in ["a.jsonl.gz", "a.jsonl.zst"] {
        place.clean(&format!("{name} -o out-{name}")).exits(0);
    }
    sh(&place, "gzip -dc out-a.jsonl.gz | cmp - want.jsonl; zstd -qdc out-a.jsonl.zst | cmp - want.jsonl");
    sh(
        &place,
        "bash -c 'cat a.jsonl.zst | \"$DECHAFF\" clean -q --no-shipped --rules rules.toml | zstd -qdc | cmp - want.jsonl'",
    );
}

#[test]
#[ignore = "needs python3, gzip, zstd and jq"]
fn jq_and_python_agree_on_outputs_audits_and_quarantine() {
    let place = Place::new();
    let count = dump(&place);
    place.put("bad.jsonl", [&place.get("a.jsonl")[..], b"broken\n{\"text\": 1}\n"].concat());
    place.clean("bad.jsonl -o out.jsonl --audit cuts.jsonl --summary-json s.json").exits(3);
    assert_eq!(sh(&place, "jq -s length out.jsonl").trim(), count.to_string());
    assert_eq!(sh(&place, "jq -s length out.jsonl.dechaff/quarantine.jsonl").trim(), "2");
    assert_eq!(sh(&place, "jq .records.quarantined s.json").trim(), "2");
    // Python applies the cuts to its own idea of the text's bytes.
    place.put(
        "check.py",
        r#"
import json
cuts = {line["record"]: line["cuts"] for line in map(json.loads, open("cuts.jsonl", encoding="utf-8"))}
left = [json.loads(line) for line in open("out.jsonl", encoding="utf-8", newline="\n")]
for number, line in enumerate(open("a.jsonl", encoding="utf-8", newline="\n"), 1):
    record = json.loads(line)
    text = record["text"].encode("utf-8")
    for rule, start, end, told in reversed(cuts.get(number, [])):
        assert text[start:end].decode("utf-8") == told, (number, rule)
        text = text[:start] + text[end:]
    assert text.decode("utf-8") == left[number - 1]["text"], number
    assert record["id"] == left[number - 1]["id"]
"#,
    );
    sh(&place, "python3 check.py");
}

#[test]
#[ignore = "needs python3, gzip, zstd and jq"]
fn grep_and_an_exact_list_agree() {
    let place = Place::new();
    place.put("in.txt", document(&mut Random(4), 40_000).replace('\r', ""));
    place.put("list.txt", "Leave a comment\nShare this\nPosted on 12 May\n");
    place.run("clean -q --lines --exact --no-shipped --rules list.txt in.txt -o out.txt").exits(0);
    sh(
        &place,
        "LC_ALL=C grep -a -vxFf list.txt in.txt > want.txt; test -n \"$(tail -c1 in.txt)\" && printf '\\n' >> out.txt; cmp out.txt want.txt",
    );
}
