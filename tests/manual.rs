//! The rules that the manuals show are rules, and their examples hold.

use dechaff::clean::proof::{Prover, examples};
use dechaff::pack::{Pack, shipped};

/// The fenced blocks of `language` in a Markdown text.
fn blocks<'m>(manual: &'m str, language: &str) -> Vec<&'m str> {
    let fence = format!("```{language}\n");
    manual.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Packs that a manual shows, under names that no other pack has.
fn packs(name: &str, manual: &str) -> Vec<Pack> {
    let blocks = blocks(manual, "toml").into_iter().enumerate();
    let text = |(number, block): (usize, &str)| {
        let rules = block.split_once("[[").map_or(block, |(_, rules)| rules);
        let text = format!("pack = \"{name}/{number}\"\n[[{rules}");
        Pack::parse(&text, name).unwrap_or_else(|e| panic!("{e}"))
    };
    blocks.filter(|(_, block)| block.contains("[[")).map(text).collect()
}

#[test]
fn every_rule_that_a_manual_shows_is_legal_and_holds() {
    let manual = packs("rules/README.md", include_str!("../rules/README.md"));
    let readme = packs("README.md", include_str!("../README.md"));
    assert!(!manual.is_empty() && !readme.is_empty(), "both manuals show rules");
    let shown = [manual, readme].concat();
    let prover = Prover::new(&[shipped(), shown.clone()].concat()).unwrap_or_else(|e| panic!("{e}"));
    for example in examples(&shown) {
        if let Err(cause) = prover.prove(&example) {
            panic!("{}: {cause}", example.name());
        }
    }
}
