//! What `diff`, `lines` and `score` say of whole dumps.

use serde_json::{Value, json};

use crate::support::{Place, Random, document, gzip, json as parsed, spelt, zstd};

/// Files of every kind, of more than one part each.
fn dump(place: &Place) {
    let random = &mut Random(11);
    let mut jsonl = |records: usize| -> Vec<u8> {
        let record = |number| {
            let text = spelt(&document(random, 30), number % 2 == 0);
            format!("{{\"id\": {number}, \"url\": \"https://www.site{}.com/a\", \"text\": {text}}}\n", number % 9)
        };
        (0..records).map(record).collect::<String>().into_bytes()
    };
    place.put("dump/one.jsonl", jsonl(600));
    place.put("dump/two.jsonl.gz", gzip(&jsonl(120)));
    place.put("dump/three.jsonl.zst", zstd(&jsonl(20)));
    for number in 0..40 {
        place.put(format!("dump/texts/{number}.txt"), document(&mut Random(number), 60));
    }
}

#[test]
fn the_number_of_threads_changes_nothing_that_is_told() {
    let place = Place::new();
    dump(&place);
    for words in [
        "diff dump --no-shipped --rules rules.toml --to-level 2 --to-ignore t/credit -q --format json",
        "diff dump --no-shipped --rules rules.toml --to-level 2 -q",
        "lines dump --no-shipped --rules rules.toml -q --format json --top 500",
        "lines dump --no-shipped --rules rules.toml -q --by site",
        "lines dump/texts --no-shipped --rules rules.toml -q --lines --format json",
    ] {
        let run = |jobs: usize| {
            let ended = place.run(&format!("{words} -j {jobs}"));
            (ended.code, ended.stdout)
        };
        let one = run(1);
        assert!(one.1.len() > 300, "{words}");
        assert!(one == run(3), "{words}");
    }
}

/// The differences are those of what the two sides write.
#[test]
fn a_diff_is_what_the_outputs_differ_by() {
    let place = Place::new();
    dump(&place);
    place.clean("dump -o from").exits(0);
    place.clean("dump -o to --level 2 --ignore t/credit").exits(0);
    let told = place
        .run("diff dump --no-shipped --rules rules.toml --to-level 2 --to-ignore t/credit -q --format json")
        .exits(1);
    let told = parsed(&told.stdout);
    let texts = |folder: &str, name: &str| -> Vec<String> {
        let lines = String::from_utf8(place.get(format!("{folder}/{name}"))).unwrap();
        lines.lines().map(|line| parsed(line.as_bytes())["text"].as_str().unwrap().to_owned()).collect()
    };
    let all = |folder: &str| -> Vec<String> {
        let mut all = texts(folder, "one.jsonl");
        for number in 0..40 {
            all.push(String::from_utf8(place.get(format!("{folder}/texts/{number}.txt"))).unwrap());
        }
        all
    };
    let (from, to) = (all("from"), all("to"));
    let changed = from.iter().zip(&to).filter(|(from, to)| from != to).count();
    // The packed files are as the others: counted by a run of their own.
    let packed = "diff dump/two.jsonl.gz dump/three.jsonl.zst --no-shipped --rules rules.toml --to-level 2 --to-ignore t/credit -q --format json";
    let packed = parsed(&place.run(packed).exits(1).stdout);
    assert_eq!(told["changed"], json!(changed as u64 + packed["changed"].as_u64().unwrap()));
    let bytes = |all: &[String]| all.iter().map(String::len).sum::<usize>() as u64;
    let number = |told: &Value, change: &str| told[change]["bytes"].as_u64().unwrap();
    assert_eq!(
        bytes(&from) + number(&told, "restored") - number(&packed, "restored"),
        bytes(&to) + number(&told, "removed") - number(&packed, "removed")
    );
    let rules = told["rules"].as_array().unwrap();
    let ids: Vec<&Value> = rules.iter().map(|rule| &rule["rule"]).collect();
    assert!(ids.contains(&&json!("t/likely")) && ids.contains(&&json!("t/credit")), "{ids:?}");
    let sum = |change: &str| rules.iter().map(|rule| rule[change]["lines"].as_u64().unwrap()).sum::<u64>();
    assert!(sum("removed") >= told["removed"]["lines"].as_u64().unwrap());
}

/// What `lines` writes as rules is a pack, and its examples hold.
#[test]
fn frequent_lines_are_rules_to_paste() {
    let place = Place::new();
    place.put("a.txt", "\tBack to \"top\"\n\\o/ all pages\nMenü\nKontakt & Anfahrt\n12 comments\n» Back to \"top\"\n");
    place.put("b.txt", "Back to \"top\"\n\\o/ all pages\nMENÜ\nKontakt & Anfahrt\n1.204 comments\n");
    let toml = place.run("lines a.txt b.txt --no-shipped -q --format toml").exits(0).stdout;
    assert_eq!(String::from_utf8_lossy(&toml).matches("[[rule]]").count(), 5);
    place.put("lines.toml", toml);
    place.run("rules test --no-shipped lines.toml").exits(0);
    let again = place.run("lines a.txt b.txt --no-shipped --rules lines.toml --level 2 --word-budget 100% -q").exits(0);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "");
}

#[test]
fn bad_records_and_damage_are_told_and_the_rest_is_looked_at() {
    let place = Place::new();
    place.put("a.jsonl", "{\"text\": \"Related stories\"}\n{\"text\": 1}\n{\"text\": \"Related stories\"}\n");
    let diff = "diff a.jsonl --no-shipped --rules rules.toml --to-level 2 --word-budget 100%";
    let told = place.run(diff).exits(3).says("a.jsonl: record 2 (byte 28)");
    assert!(String::from_utf8_lossy(&told.stdout).contains("2 of 2 documents changed"));
    let whole = gzip(&b"{\"text\": \"A line that stands here twice\"}\n".repeat(2000));
    place.put("cut.jsonl.gz", &whole[..whole.len() - 12]);
    place.run("lines cut.jsonl.gz --no-shipped").exits(3).says("cut.jsonl.gz");
    place.run("lines a.jsonl missing.jsonl --no-shipped").exits(2).says("missing.jsonl");
}

/// The place of a score's worst page can be looked up.
#[test]
fn scores_read_packed_files() {
    let place = Place::new();
    let page = |id: u32, first: &str| {
        let lines = json!([{"text": first, "label": "keep"}, {"text": "Share this", "label": "noise"}]);
        json!({"id": id, "text": format!("{first}\nShare this"), "lines": lines}).to_string() + "\n"
    };
    let pages: String = (0..200).map(|id| page(id, if id == 150 { "Share this" } else { "An article." })).collect();
    place.put("pages/a.jsonl.gz", gzip(pages.as_bytes()));
    place.put("pages/b.jsonl.zst", zstd(page(7, "Another one.").as_bytes()));
    let score = "score pages --no-shipped --rules rules.toml --word-budget 100% --by all -q --format json";
    let told = parsed(&place.run(score).exits(0).stdout);
    let all = &told["all"];
    assert_eq!((&all["pages"], &all["hurt"], &all["noise"]), (&json!(201), &json!(1), &json!(1.0)));
    assert_eq!(all["worst_page"], json!({"file": "pages/a.jsonl.gz", "record": 151, "id": "150", "lost": 1.0}));
}
