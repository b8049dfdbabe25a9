//! The parts of the engine, in bytes per second, each beside a floor and a naive way.
//!
//! The floor of every group is a copy of the same bytes.

mod json;
mod made;

use std::collections::HashSet;

use dechaff::clean::{Budget, Cleaner, Document, Options, Scratch};
use dechaff::pack::{Pack, shipped};
use dechaff::text::{Case, Fold, key_into};
use divan::{Bencher, black_box, counter::BytesCount};

fn main() {
    divan::main();
}

const RULES: [usize; 4] = [50, 500, 5000, 50000];
/// More than the cache of one core holds, little enough for many samples.
const BYTES: usize = 4 << 20;
const NOISE: [&str; 6] =
    ["Share this:", "Leave a comment", "Like us on Facebook", "Advertisement", "READ MORE", "Tags: ferry, harbour"];

/// The floor.
fn copy(bencher: Bencher, bytes: &[u8]) {
    let mut target = vec![0; bytes.len()];
    bencher.counter(BytesCount::of_slice(bytes)).bench_local(|| target.copy_from_slice(black_box(bytes)));
}

fn noise() -> Vec<String> {
    NOISE.iter().map(|noise| (*noise).to_owned()).collect()
}

/// A cleaner of these rules alone, without a budget.
fn cleaner(pack: Pack, exact: bool) -> Cleaner {
    Cleaner::new(&[pack], &Options { exact, budget: Budget::NONE, ..Options::default() }).unwrap()
}

/// Times what `cleaner` makes of a stream of lines.
fn stream(bencher: Bencher, text: &[u8], cleaner: &Cleaner) {
    let mut scratch = Scratch::default();
    bencher
        .counter(BytesCount::of_slice(text))
        .bench_local(|| cleaner.clean_lines(black_box(text), true, &mut scratch).text().len());
}

/// Times what `cleaner` makes of documents.
fn documents(bencher: Bencher, documents: &[String], cleaner: &Cleaner) {
    let mut scratch = Scratch::default();
    let bytes: usize = documents.iter().map(String::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut clean = |text: &String| {
            cleaner.clean(&Document { text: text.as_bytes(), ..Document::default() }, &mut scratch).text().len()
        };
        black_box(documents).iter().map(&mut clean).sum::<usize>()
    });
}

/// The lines of `text` that are kept, one after another.
fn kept(text: &[u8], mut is_kept: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let lines = text.split_inclusive(|&b| b == b'\n');
    lines.filter(|line| is_kept(line.strip_suffix(b"\n").unwrap_or(line))).collect::<Vec<_>>().concat()
}

/// A line to its key.
mod fold {
    use super::{Bencher, BytesCount, Case, Fold, black_box, key_into};

    const SCRIPTS: [&str; 3] = ["ascii", "curly", "chinese"];

    fn line(script: &str) -> &'static str {
        match script {
            "curly" => "“It’s late again,” she said – and it was, by an hour…",
            "chinese" => "渡轮已经晚点一周了，码头上没有人能说出原因。",
            _ => {
                "The ferry had been late for a week, and nobody on the quay could say why it was so; there was no notice."
            }
        }
    }

    #[divan::bench(args = SCRIPTS)]
    fn copy(bencher: Bencher, script: &str) {
        super::copy(bencher, line(script).as_bytes());
    }

    #[divan::bench(args = SCRIPTS)]
    fn naive(bencher: Bencher, script: &str) {
        let line = line(script);
        bencher.counter(BytesCount::of_str(line)).bench_local(|| {
            let straight =
                black_box(line).replace(['“', '”'], "\"").replace('’', "'").replace('–', "-").replace('…', "...");
            straight.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
        });
    }

    #[divan::bench(args = SCRIPTS)]
    fn dechaff(bencher: Bencher, script: &str) {
        let (line, mut key) = (line(script), Vec::new());
        bencher.counter(BytesCount::of_str(line)).bench_local(|| {
            key_into(black_box(line.as_bytes()), Fold::Full, Case::Fold, &mut key);
            key.len()
        });
    }
}

/// Whole-line phrases over a stream of lines.
mod lines {
    use super::{
        BYTES, Bencher, BytesCount, Case, Fold, HashSet, Pack, RULES, black_box, cleaner, kept, key_into, made,
    };

    fn text(rules: usize) -> Vec<u8> {
        made::documents(BYTES, &made::lines(rules), &[]).concat().into_bytes()
    }

    fn pack(rules: usize) -> Pack {
        Pack::parse_list(&made::lines(rules).join("\n"), "list", "list").unwrap()
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        super::copy(bencher, &text(500));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn naive_exact(bencher: Bencher, rules: usize) {
        let (text, phrases) = (text(rules), made::lines(rules));
        let set: HashSet<&[u8]> = phrases.iter().map(String::as_bytes).collect();
        bencher.counter(BytesCount::of_slice(&text)).bench_local(|| kept(black_box(&text), |line| !set.contains(line)));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn naive_folded(bencher: Bencher, rules: usize) {
        let (text, mut key) = (text(rules), Vec::new());
        let mut fold = |line: &[u8]| {
            key_into(line, Fold::Full, Case::Fold, &mut key);
            key.clone()
        };
        let set: HashSet<Vec<u8>> = made::lines(rules).iter().map(|phrase| fold(phrase.as_bytes())).collect();
        bencher
            .counter(BytesCount::of_slice(&text))
            .bench_local(|| kept(black_box(&text), |line| !set.contains(&fold(line))));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn dechaff_exact(bencher: Bencher, rules: usize) {
        super::stream(bencher, &text(rules), &cleaner(pack(rules), true));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn dechaff_folded(bencher: Bencher, rules: usize) {
        super::stream(bencher, &text(rules), &cleaner(pack(rules), false));
    }
}

/// Phrases inside lines, over a stream of lines. The naive way knows no word borders and no seams.
mod inline {
    use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

    use super::{BYTES, Bencher, BytesCount, Pack, RULES, black_box, cleaner, made};

    fn text(rules: usize) -> Vec<u8> {
        made::documents(BYTES, &[], &made::inline(rules)).concat().into_bytes()
    }

    fn pack(rules: usize) -> Pack {
        let phrases = made::inline(rules).join("', '");
        let toml = format!("pack = \"list\"\n[[rule]]\nid = \"list\"\nwhy = \"Listed.\"\ninline = ['{phrases}']\n");
        Pack::parse(&toml, "list").unwrap()
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        super::copy(bencher, &text(500));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn naive_aho_corasick(bencher: Bencher, rules: usize) {
        let text = text(rules);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(made::inline(rules))
            .unwrap();
        bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
            let (mut kept, mut from) = (Vec::with_capacity(text.len()), 0);
            for found in automaton.find_iter(black_box(&text)) {
                kept.extend_from_slice(&text[from..found.start()]);
                from = found.end();
            }
            kept.extend_from_slice(&text[from..]);
            kept
        });
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn dechaff_exact(bencher: Bencher, rules: usize) {
        super::stream(bencher, &text(rules), &cleaner(pack(rules), true));
    }

    #[divan::bench(args = RULES, sample_count = 20)]
    fn dechaff_folded(bencher: Bencher, rules: usize) {
        super::stream(bencher, &text(rules), &cleaner(pack(rules), false));
    }
}

/// Patterns that match whole lines.
mod patterns {
    use regex::bytes::RegexBuilder;

    use super::{BYTES, Bencher, BytesCount, Pack, black_box, cleaner, kept, made, noise};

    const PATTERNS: [&str; 6] = [
        r"share this( article| story)?:?",
        r"(leave|post|add) a comment",
        r"like (us|[a-z ]{2,30}) on facebook",
        r"(read|see) more",
        r"tags: [a-z, ]{2,60}",
        r"(published|updated):? [0-9]{1,2} [a-z]{3,9} [0-9]{4}",
    ];

    fn text() -> Vec<u8> {
        made::documents(BYTES, &noise(), &[]).concat().into_bytes()
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        super::copy(bencher, &text());
    }

    /// One regex after another on every line.
    #[divan::bench(sample_count = 10)]
    fn naive(bencher: Bencher) {
        let text = text();
        let build =
            |pattern: &str| RegexBuilder::new(&format!("^(?:{pattern})$")).case_insensitive(true).build().unwrap();
        let patterns = PATTERNS.map(build);
        bencher
            .counter(BytesCount::of_slice(&text))
            .bench_local(|| kept(black_box(&text), |line| !patterns.iter().any(|pattern| pattern.is_match(line))));
    }

    #[divan::bench(sample_count = 20)]
    fn dechaff(bencher: Bencher) {
        let list = PATTERNS.join("', '");
        let toml = format!("pack = \"list\"\n[[rule]]\nid = \"list\"\nwhy = \"Listed.\"\npattern = ['{list}']\n");
        super::stream(bencher, &text(), &cleaner(Pack::parse(&toml, "list").unwrap(), false));
    }
}

/// Documents of which every second line goes: what the cuts cost when there are many.
mod seams {
    use dechaff::shard::json;
    use dechaff::text::{Span, lines};

    use super::{BYTES, Bencher, BytesCount, Pack, black_box, cleaner, kept, made};

    const LINE: &str = "Advertisement";

    fn texts() -> Vec<String> {
        let between = |text: &String| text.replace('\n', &format!("\n\n{LINE}\n\n"));
        made::documents(BYTES, &[], &[]).iter().map(between).collect()
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        super::copy(bencher, texts().concat().as_bytes());
    }

    /// Neither finds what goes nor mends what stays: the lines are known, and the blank ones go too.
    #[divan::bench(sample_count = 20)]
    fn naive(bencher: Bencher) {
        let texts = texts().concat().into_bytes();
        bencher
            .counter(BytesCount::of_slice(&texts))
            .bench_local(|| kept(black_box(&texts), |line| !line.is_empty() && line != LINE.as_bytes()));
    }

    #[divan::bench(sample_count = 20)]
    fn dechaff(bencher: Bencher) {
        super::documents(bencher, &texts(), &cleaner(Pack::parse_list(LINE, "list", "list").unwrap(), false));
    }

    /// The raw string of one large record, and what goes from its text.
    fn record() -> (String, Vec<Span>) {
        let text = texts().concat();
        let is_line = |span: &Span| &text[span.range()] == LINE;
        let cuts = lines(text.as_bytes()).map(|line| line.span).filter(is_line).collect();
        let raw = serde_json::to_string(&text).unwrap();
        (raw[1..raw.len() - 1].to_owned(), cuts)
    }

    #[divan::bench(sample_count = 20)]
    fn naive_in_json(bencher: Bencher) {
        let (raw, cuts) = record();
        bencher.counter(BytesCount::of_str(&raw)).bench_local(|| {
            let text: String = serde_json::from_str(&format!("\"{}\"", black_box(&raw))).unwrap();
            let (mut kept, mut from) = (String::new(), 0);
            for cut in &cuts {
                kept.push_str(&text[from..cut.start]);
                from = cut.end;
            }
            kept.push_str(&text[from..]);
            serde_json::to_string(&kept).unwrap()
        });
    }

    #[divan::bench(sample_count = 20)]
    fn dechaff_in_json(bencher: Bencher) {
        let ((raw, cuts), mut out) = (record(), Vec::new());
        bencher.counter(BytesCount::of_str(&raw)).bench_local(|| {
            out.clear();
            json::delete(black_box(raw.as_bytes()), cuts.iter().copied(), &mut out);
            out.len()
        });
    }
}

/// Whole documents by the shipped packs.
mod shipped_packs {
    use dechaff::pack::{Level, Matches};

    use super::{
        BYTES, Bencher, BytesCount, Case, Cleaner, Fold, HashSet, Options, black_box, kept, key_into, made, noise,
        shipped,
    };

    fn texts() -> Vec<String> {
        made::documents(BYTES, &noise(), &[])
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        super::copy(bencher, texts().concat().as_bytes());
    }

    /// Their whole-line phrases alone, by a set of folded lines.
    #[divan::bench(sample_count = 20)]
    fn naive_lines(bencher: Bencher) {
        let (text, mut key) = (texts().concat().into_bytes(), Vec::new());
        let mut fold = |line: &[u8]| {
            key_into(line, Fold::Full, Case::Fold, &mut key);
            key.clone()
        };
        let packs = shipped();
        let lines = packs.iter().flat_map(|pack| &pack.rules).filter(|rule| matches!(rule.matches, Matches::Line(_)));
        let set: HashSet<Vec<u8>> =
            lines.flat_map(|rule| rule.matches.phrases()).map(|phrase| fold(phrase.as_bytes())).collect();
        bencher
            .counter(BytesCount::of_slice(&text))
            .bench_local(|| kept(black_box(&text), |line| !set.contains(&fold(line))));
    }

    #[divan::bench(args = [1, 2], sample_count = 20)]
    fn dechaff(bencher: Bencher, level: usize) {
        let options = Options { level: Level::from_number(level).unwrap_or_default(), ..Options::default() };
        super::documents(bencher, &texts(), &Cleaner::new(&shipped(), &options).unwrap());
    }
}
