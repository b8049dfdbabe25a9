//! Any bytes as a document, cleaned by the shipped English packs and a small list: nothing is left but the text without
//! what the edits delete, and the edits are in order, apart from each other and inside the text.

#![no_main]

use std::sync::LazyLock;

use dechaff::clean::{Budget, Cleaner, Document, Options, Scratch};
use dechaff::pack::{Input, Level, Pack, shipped};
use libfuzzer_sys::fuzz_target;

static CLEANERS: LazyLock<[Cleaner; 2]> = LazyLock::new(|| {
    let list = Pack::parse_list("ad\nShare it now\n{n} comments\né\n", "mine", "mine.txt").expect("the list is sound");
    let packs: Vec<Pack> = shipped().into_iter().filter(|pack| pack.name.starts_with("en/")).chain([list]).collect();
    [Input::Article, Input::Page].map(|input| {
        let options = Options { level: Level::Likely, input, exact: false, budget: Budget::NONE };
        Cleaner::new(&packs, &options).expect("the packs agree")
    })
});

fuzz_target!(|text: &[u8]| {
    for cleaner in CLEANERS.iter() {
        let document = Document { text, ..Document::default() };
        let cleaned = cleaner.clean(&document, &mut Scratch::default());
        let (mut left, mut from) = (Vec::new(), 0);
        for edit in &cleaned.edits {
            assert!(from <= edit.span.start && edit.span.start < edit.span.end && edit.span.end <= text.len());
            left.extend_from_slice(&text[from..edit.span.start]);
            from = edit.span.end;
        }
        left.extend_from_slice(&text[from..]);
        assert_eq!(&*cleaned.text(), &left[..]);
    }
});
