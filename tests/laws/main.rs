//! What is true of every text and every rule set.

mod reference;

use dechaff::clean::{Budget, Cleaner, Document, Edit, Options, Scratch};
use dechaff::pack::{Input, Level, Pack, shipped};
use proptest::prelude::*;
use proptest::sample::select;

const OPEN: Options = Options { level: Level::Likely, input: Input::Page, exact: false, budget: Budget::NONE };

/// Few words, so that random rules match random texts.
const TOKENS: &[&str] = &[
    "ad", "Ad", "AD", "share", "it", "now", "(p)", "[ad](x)", "»", "•", ".", ":", "é", "e\u{301}", "分", "享", "“",
    "\"", "  ", "—", "ß", "ss", "…", "...", "\u{a0}", "\u{200b}", "**", "x", "3", "1,200", "|",
];

/// Those of phrases alone.
const HOLES: &[&str] = &["{n}", "{words:1-2}"];

fn glued(pieces: &[(&str, &str)]) -> String {
    pieces.iter().flat_map(|(token, gap)| [*token, *gap]).collect()
}

/// With literals at either end, inside, and without any.
const PATTERNS: &[&str] =
    &[r"ad(?: it)+", r"(?:share|now) x?", r".* (?:it|ss)", r"\w+", r"\(p\).*", r"[a-z]+ (?:ad|é) ?\w*", r"x+ ?|now"];

fn phrase() -> impl Strategy<Value = String> {
    (proptest::collection::vec((select(TOKENS), select(&[" ", " ", ""][..])), 1..4))
        .prop_map(|pieces| glued(&pieces).trim().to_owned())
}

/// A phrase that may have holes.
fn holed() -> impl Strategy<Value = String> {
    let hole = proptest::option::weighted(0.3, select(HOLES));
    (phrase(), hole, phrase(), any::<bool>()).prop_map(|(before, hole, after, both)| match hole {
        None => before,
        Some(hole) if both => format!("{before} {hole} {after}"),
        Some(hole) => format!("{hole} {after}"),
    })
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::collection::vec((select(TOKENS), select(&[" ", " ", "", "\t"][..])), 0..6)
            .prop_map(|pieces| glued(&pieces)),
        2 => Just(String::new()),
        2 => phrase().prop_map(|end| format!("one two three four five six seven eight nine ten eleven {end} twelve.")),
    ]
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let ending = select(&["\n", "\n", "\n\n", "\r\n", "\n \n", ""][..]);
    let broken = select(vec![vec![], vec![], vec![], vec![0xff], vec![0xe2, 0x82], vec![0]]);
    (any::<bool>(), proptest::collection::vec((line(), broken, ending), 0..14)).prop_map(|(bom, lines)| {
        let mut text = if bom && lines.len() % 5 == 0 { vec![0xEF, 0xBB, 0xBF] } else { Vec::new() };
        for (line, broken, ending) in lines {
            text.extend_from_slice(line.as_bytes());
            text.extend_from_slice(&broken);
            text.extend_from_slice(ending.as_bytes());
        }
        text
    })
}

/// Rules of every kind as TOML, each in a form that the language allows; `context` allows guards that look around.
fn rule(context: bool) -> impl Strategy<Value = String> {
    let kind = select(&["line", "line", "prefix", "suffix", "inline", "inline", "run", "pattern"][..]);
    let guard = select(if context {
        &[
            "",
            "",
            "zone = [\"tail\"]",
            "zone = [\"head\", \"body\"]",
            "lang = \"en\"",
            "lang = \"de\"",
            "not-lang = \"en\"",
            "near = { rules = \"cut\", within = 1 }",
            "near = { rules = [\"r0\", \"r1\"], within = 2, side = \"before\" }",
        ][..]
    } else {
        &["", "", "all-of = [\"x\"]", "only = [\"ad\", \"share it\", \"x\", \"3\"]"][..]
    });
    let far = select(if context {
        &[
            "",
            "",
            "",
            "cut = \"to-end\"",
            "cut = \"to-end\"\nmax-prose-after = 0.1\nmin-prose-before = 1\nmin-prose-share = 0.5",
            "cut = \"from-start\"\nmax-prose-before = 0.1\nmin-prose-after = 1",
            "cut = \"from-start\"\nmin-prose-share = 0.9",
            "cut = \"block\"\nmax-lines = 1",
            "cut = \"block\"\nmax-lines = 3",
            "cut = \"flag\"\nflag = \"paywalled\"",
        ][..]
    } else {
        &["", "", "", "cut = \"flag\"\nflag = \"truncated\""][..]
    });
    let spelling = select(&["", "", "", "case = \"exact\"", "fold = \"no-edges\"", "fold = \"none\""][..]);
    let phrases = proptest::collection::vec(holed(), 1..3);
    ((kind, far), phrases, 1..9_usize, any::<bool>(), 1..3_u8, guard, spelling, 0..8_u8).prop_map(
        |((kind, far), phrases, words, cut, level, guard, spelling, keep)| {
            let phrases = match kind {
                "pattern" => vec![PATTERNS[words % PATTERNS.len()].to_owned()],
                "run" => ["ad", "x", "share", "it", "3"].map(str::to_owned).to_vec(),
                _ => phrases,
            };
            // Braces of phrases that are compared verbatim are braces.
            let spelling = if kind == "run" { "" } else { spelling };
            let phrases: Vec<String> =
                phrases.iter().map(|phrase| format!("{phrase:?}").replace("\\u{", "\\U{")).collect();
            let cut = match (kind, cut) {
                ("line" | "run", _) | ("inline", false) => far.to_owned(),
                (_, true) if !far.is_empty() => format!("max-words = {words}\n{far}"),
                ("inline", true) => format!("cut = \"line\"\nmax-words = {words}"),
                (_, cut) => format!("max-words = {words}\ncut = {:?}", if cut { "match" } else { "line" }),
            };
            let body = format!("{kind} = [{}]\nlevel = {level}\n{spelling}", phrases.join(", "));
            if keep == 0 {
                let words = if cut.contains("max-words") { format!("max-words = {words}") } else { String::new() };
                let guard = if guard.starts_with("near") { "" } else { guard };
                format!("[[keep]]\nid = ID\n{body}\n{words}\n{guard}\n")
            } else {
                format!("[[rule]]\nid = ID\n{body}\n{cut}\n{guard}\n")
            }
        },
    )
}

/// Packs of those rules that are legal by themselves, in two files.
fn packs(context: bool) -> impl Strategy<Value = Vec<Pack>> {
    proptest::collection::vec(rule(context), 2..7).prop_map(|rules| {
        let legal = |rule: &String| Pack::parse(&format!("pack = \"t\"\n{}", rule.replace("ID", "\"a\"")), "t").is_ok();
        let mut texts = ["pack = \"t\"\n".to_owned(), "pack = \"u\"\n".to_owned()];
        // Neighbours that are asked for are always there.
        texts[0].push_str("[[rule]]\nid = \"r0\"\nline = [\"ad\"]\n[[rule]]\nid = \"r1\"\ninline = [\"(p)\"]\n");
        for (number, rule) in rules.iter().filter(|rule| legal(rule)).enumerate() {
            let rule = rule.replace("ID", &format!("\"n{number}\"")).replace("\"r0\", \"r1\"", "\"t/r0\", \"t/r1\"");
            let rule = rule.replace("id = \"t/r0\", \"t/r1\"", "id = \"r0\"");
            texts[number % 2].push_str(&rule);
        }
        texts.iter().map(|text| Pack::parse(text, "t").unwrap_or_else(|e| panic!("{e}"))).collect()
    })
}

/// How many cases each law is tried on; more for those who ask by `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500)
}

fn clean(cleaner: &Cleaner, text: &[u8]) -> (Vec<u8>, Vec<Edit>) {
    let cleaned = cleaner.clean(&Document { text, ..Document::default() }, &mut Scratch::default());
    (cleaned.text().into_owned(), cleaned.edits)
}

fn without(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut left = Vec::new();
    let mut from = 0;
    for edit in edits {
        assert!(
            edit.span.start >= from && !edit.span.is_empty(),
            "edits are sorted, disjoint and not empty: {edits:?}"
        );
        left.extend_from_slice(&text[from..edit.span.start]);
        from = edit.span.end;
    }
    left.extend_from_slice(&text[from..]);
    left
}

fn owners<'c>(cleaner: &'c Cleaner, text: &[u8], edits: &[Edit]) -> Vec<Option<&'c str>> {
    let mut owners = vec![None; text.len()];
    for edit in edits {
        owners[edit.span.range()].fill(Some(cleaner.rule_id(edit.rule)));
    }
    owners
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn the_output_is_the_input_minus_the_edits(packs in packs(true), text in text()) {
        let cleaner = Cleaner::new(&packs, &OPEN).unwrap();
        let (cleaned, edits) = clean(&cleaner, &text);
        prop_assert_eq!(cleaned, without(&text, &edits));
    }

    #[test]
    fn the_engine_does_what_the_reference_does(packs in packs(true), text in text(), exact in any::<bool>()) {
        let options = Options { exact, ..OPEN };
        let cleaner = Cleaner::new(&packs, &options).unwrap();
        let document = Document { text: &text, lang: Some("en"), url: None };
        let cleaned = cleaner.clean(&document, &mut Scratch::default());
        let want = reference::judge(&packs, &options, &document, false);
        prop_assert_eq!(owners(&cleaner, &text, &cleaned.edits), want.owners, "{:?}", String::from_utf8_lossy(&text));
        prop_assert_eq!(cleaned.flags, want.flags);
        let lines = cleaner.clean_lines(&text, true, &mut Scratch::default());
        let want = reference::judge(&packs, &options, &document, true);
        prop_assert_eq!(owners(&cleaner, &text, &lines.edits), want.owners);
    }

    #[test]
    fn cleaning_twice_changes_nothing_more(packs in packs(false), text in text()) {
        let cleaner = Cleaner::new(&packs, &OPEN).unwrap();
        let (once, _) = clean(&cleaner, &text);
        let (twice, edits) = clean(&cleaner, &once);
        prop_assert_eq!(edits, vec![]);
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn the_order_of_packs_and_rules_does_not_matter(packs in packs(true), text in text()) {
        let mut turned: Vec<Pack> = packs.iter().rev().cloned().collect();
        for pack in &mut turned {
            pack.rules.reverse();
        }
        let (one, other) = (Cleaner::new(&packs, &OPEN).unwrap(), Cleaner::new(&turned, &OPEN).unwrap());
        prop_assert_eq!(clean(&one, &text), clean(&other, &text));
    }

    #[test]
    fn a_stream_is_its_stretches(packs in packs(true), one in text(), other in text()) {
        let cleaner = Cleaner::new(&packs, &OPEN).unwrap();
        let lines = |text: &[u8], first| cleaner.clean_lines(text, first, &mut Scratch::default()).text().into_owned();
        let mut first = one;
        first.push(b'\n');
        let whole = [&first[..], &other].concat();
        prop_assert_eq!(lines(&whole, true), [lines(&first, true), lines(&other, false)].concat());
    }

    #[test]
    fn no_rules_copy_bytes(text in text()) {
        let cleaner = Cleaner::new(&[], &OPEN).unwrap();
        prop_assert_eq!(clean(&cleaner, &text), (text, vec![]));
    }

    #[test]
    fn a_dirty_scratch_never_shows(packs in packs(true), one in text(), other in text()) {
        let cleaner = Cleaner::new(&packs, &OPEN).unwrap();
        let mut scratch = Scratch::default();
        let _ = cleaner.clean(&Document { text: &one, ..Document::default() }, &mut scratch);
        let again = cleaner.clean(&Document { text: &other, ..Document::default() }, &mut scratch);
        prop_assert_eq!(again.edits, clean(&cleaner, &other).1);
    }

    #[test]
    fn a_document_never_loses_more_than_its_budget(packs in packs(true), text in text()) {
        let budget = Budget { prose: 0.2, words: 0.3 };
        let cleaner = Cleaner::new(&packs, &Options { budget, input: Input::Article, ..OPEN }).unwrap();
        let cleaned = cleaner.clean(&Document { text: &text, ..Document::default() }, &mut Scratch::default());
        let words = |text: &[u8]| dechaff::text::count_words(text);
        // Words that a cut inside a line brings together or splits may differ by one a cut.
        prop_assert!(words(&text) <= words(&cleaned.text()) + words(&text) * 3 / 10 + cleaned.edits.len());
        prop_assert!(!cleaned.over_budget || cleaned.edits.is_empty());
    }
}

#[test]
fn shipped_packs_make_a_cleaner_at_every_level_and_input() {
    for level in [Level::Sure, Level::Likely] {
        for input in [Input::Article, Input::Page] {
            let options = Options { level, input, ..Options::default() };
            if let Err(e) = Cleaner::new(&shipped(), &options) {
                panic!("{e}");
            }
        }
    }
}
