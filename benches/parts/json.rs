//! The text of JSON records: as UTF-8, and `escaped` as Python's `json.dumps` writes them.

use dechaff::shard::{Keys, json};
use serde_json::Value;

use super::{BYTES, Bencher, BytesCount, black_box, made, noise};

const SPELLINGS: [&str; 2] = ["utf8", "escaped"];

fn records(spelling: &str) -> Vec<String> {
    let record = |text: &String| {
        let record =
            serde_json::json!({ "url": "https://example.org/a", "text": text, "date": "2024-05-01" }).to_string();
        if spelling == "escaped" { escaped(&record) } else { record }
    };
    made::documents(BYTES, &noise(), &[]).iter().map(record).collect()
}

fn escaped(record: &str) -> String {
    let spell = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) };
    record.chars().map(spell).collect()
}

fn bytes(records: &[String]) -> BytesCount {
    BytesCount::new(records.iter().map(String::len).sum::<usize>())
}

#[divan::bench(args = SPELLINGS)]
fn copy(bencher: Bencher, spelling: &str) {
    super::copy(bencher, records(spelling).concat().as_bytes());
}

#[divan::bench(args = SPELLINGS, sample_count = 20)]
fn naive_serde_json(bencher: Bencher, spelling: &str) {
    let records = records(spelling);
    bencher.counter(bytes(&records)).bench_local(|| {
        let text =
            |record: &String| serde_json::from_str::<Value>(record).unwrap()["text"].as_str().map_or(0, str::len);
        black_box(&records).iter().map(text).sum::<usize>()
    });
}

#[divan::bench(args = SPELLINGS, sample_count = 20)]
fn dechaff(bencher: Bencher, spelling: &str) {
    let (records, keys) = (records(spelling), keys());
    bencher.counter(bytes(&records)).bench_local(|| {
        let text = |record: &String| {
            let fields = json::fields(record.as_bytes(), &keys).unwrap();
            let value = fields.text[0].as_ref().unwrap();
            json::unescape(&record.as_bytes()[value.span.range()]).len()
        };
        black_box(&records).iter().map(text).sum::<usize>()
    });
}

fn keys() -> Keys {
    Keys { text: vec!["text".parse().unwrap()], id: None, url: None, lang: None }
}
