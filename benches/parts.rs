//! The parts of the engine, in bytes per second, each beside a floor and a naive way.

use std::collections::HashSet;

use dechaff::clean::{Budget, Cleaner, Document, Options, Scratch};
use dechaff::pack::{Level, Pack, shipped};
use dechaff::text::{Case, Fold, key_into};
use divan::{Bencher, black_box, counter::BytesCount};

fn main() {
    divan::main();
}

const PARAGRAPH: &str = "The ferry had been late for a week, and nobody on the quay could say why it was so; the harbour \
                         office, which had promised a notice, put up none.";
const CURLY: &str = "“It’s late again,” she said – and it was, by an hour…";
const CHINESE: &str = "渡轮已经晚点一周了，码头上没有人能说出原因。";
const NOISE: [&str; 6] =
    ["Share this:", "Leave a comment", "Like us on Facebook", "Advertisement", "READ MORE", "Tags: ferry, harbour"];

/// Documents of about 4 KB, a fifth of whose lines are noise.
fn dump(bytes: usize) -> Vec<String> {
    let mut documents = Vec::new();
    let (mut size, mut line) = (0, 0_usize);
    while size < bytes {
        let mut document = String::new();
        while document.len() < 4000 {
            line += 1;
            document.push_str(match line % 20 {
                3 | 8 | 12 | 17 => NOISE[line / 20 % NOISE.len()],
                5 => CURLY,
                _ => PARAGRAPH,
            });
            document.push('\n');
        }
        size += document.len();
        documents.push(document);
    }
    documents
}

#[divan::bench(args = ["ascii", "curly", "chinese"])]
fn fold(bencher: Bencher, line: &str) {
    let line = match line {
        "curly" => CURLY,
        "chinese" => CHINESE,
        _ => PARAGRAPH,
    };
    let mut key = Vec::new();
    bencher.counter(BytesCount::of_str(line)).bench_local(|| {
        key_into(black_box(line.as_bytes()), Fold::Full, Case::Fold, &mut key);
        key.len()
    });
}

mod lines {
    use super::{Bencher, Budget, BytesCount, Cleaner, HashSet, NOISE, Options, Pack, Scratch, black_box, dump};

    fn text() -> Vec<u8> {
        dump(4 << 20).concat().into_bytes()
    }

    /// The noise and 500 phrases that do not occur.
    fn list() -> String {
        let others = (0..500).map(|number| format!("Follow outlet {number} on Twitter"));
        NOISE.iter().map(|noise| (*noise).to_owned()).chain(others).collect::<Vec<_>>().join("\n")
    }

    #[divan::bench]
    fn copy(bencher: Bencher) {
        let text = text();
        bencher.counter(BytesCount::of_slice(&text)).bench_local(|| black_box(&text).clone());
    }

    #[divan::bench]
    fn naive(bencher: Bencher) {
        let (text, list) = (text(), list());
        let set: HashSet<&[u8]> = list.lines().map(str::as_bytes).collect();
        bencher.counter(BytesCount::of_slice(&text)).bench_local(|| {
            let kept = black_box(&text).split_inclusive(|&b| b == b'\n');
            let kept = kept.filter(|line| !set.contains(line.strip_suffix(b"\n").unwrap_or(line)));
            kept.collect::<Vec<_>>().concat()
        });
    }

    #[divan::bench(args = [true, false])]
    fn dechaff(bencher: Bencher, exact: bool) {
        let (text, list) = (text(), list());
        let pack = Pack::parse_list(&list, "list", "list").unwrap();
        let options = Options { exact, budget: Budget::NONE, ..Options::default() };
        let cleaner = Cleaner::new(&[pack], &options).unwrap();
        let mut scratch = Scratch::default();
        bencher
            .counter(BytesCount::of_slice(&text))
            .bench_local(|| cleaner.clean_lines(black_box(&text), true, &mut scratch).len());
    }
}

mod documents {
    use super::{Bencher, BytesCount, Cleaner, Document, Level, Options, Scratch, black_box, dump, shipped};

    #[divan::bench]
    fn copy(bencher: Bencher) {
        let dump = dump(1 << 20);
        let bytes: usize = dump.iter().map(String::len).sum();
        bencher.counter(BytesCount::new(bytes)).bench_local(|| black_box(&dump).clone());
    }

    #[divan::bench(args = [1, 2])]
    fn clean(bencher: Bencher, level: usize) {
        let dump = dump(1 << 20);
        let bytes: usize = dump.iter().map(String::len).sum();
        let options = Options { level: Level::from_number(level).unwrap_or_default(), ..Options::default() };
        let cleaner = Cleaner::new(&shipped(), &options).unwrap();
        let mut scratch = Scratch::default();
        bencher.counter(BytesCount::new(bytes)).bench_local(|| {
            let clean = |text: &String| {
                cleaner.clean(&Document { text: text.as_bytes(), ..Document::default() }, &mut scratch).len()
            };
            black_box(&dump).iter().map(clean).sum::<usize>()
        });
    }
}
