//! Any bytes as JSONL records: the quick reader finds what the full parser finds, unescapes as it does, and cuts at the
//! same places. The first bytes say where the cuts are.

#![no_main]

use std::sync::LazyLock;

use dechaff::shard::json::{Keys, Kind, RecordReader, delete, fields, unescape};
use dechaff::text::Span;
use libfuzzer_sys::fuzz_target;

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let path = |path: &str| path.parse().ok();
    let text = ["text", "m.text", "t?xt"].into_iter().filter_map(path).collect();
    Keys { text, id: path("id"), url: path("m.url.x"), lang: path("lang") }
});

fuzz_target!(|bytes: &[u8]| {
    let (places, lines) = bytes.split_at(bytes.len().min(4));
    let mut places: Vec<usize> = places.iter().map(|&place| usize::from(place)).collect();
    places.sort_unstable();
    let cuts = || places.chunks_exact(2).map(|pair| Span::new(pair[0], pair[1]));
    let mut reader = RecordReader::default();
    for record in lines.split(|&byte| byte == b'\n') {
        let parsed = fields(record, &KEYS);
        assert_eq!(reader.read(record, &KEYS).cloned(), parsed);
        let texts = parsed.map(|fields| fields.text).unwrap_or_default();
        for value in texts.iter().flatten().filter(|value| value.kind == Kind::String) {
            let raw = &record[value.span.range()];
            assert_eq!(reader.text(value.span), &*unescape(raw));
            let (mut quick, mut plain) = (Vec::new(), Vec::new());
            reader.delete(record, value.span, cuts(), &mut quick);
            delete(raw, cuts(), &mut plain);
            assert_eq!(quick, plain);
        }
    }
});
