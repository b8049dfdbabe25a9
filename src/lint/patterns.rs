//! Regexes that cost more than they should.

use regex::bytes::RegexBuilder;

use super::Lint;
use super::scene::Scene;
use crate::pack::{Matches, Rule, Sought};
use crate::text::Case;

/// The most that a compiled regex takes before it is called large, in bytes.
const LARGEST: usize = 768 << 10;

pub(super) const NO_LITERAL: Lint = Lint {
    name: "no-literal",
    why: "a regex without a fixed word is tried on every line, and slows every run",
    way_out: "let every match hold a fixed word of three letters or more; or write phrases with holes",
    check: no_literal,
};

fn no_literal(_: &Scene, rule: &Rule) -> Vec<String> {
    let unprompted = rule.sought.iter().filter_map(|sought| match sought {
        Sought::Pattern(pattern) if pattern.keys.is_none() => Some(&pattern.source),
        _ => None,
    });
    unprompted
        .map(|pattern| format!("the pattern {} has no literal that every match must hold", start(pattern)))
        .collect()
}

pub(super) const LARGE: Lint = Lint {
    name: "large-pattern",
    why: "large regexes take memory and time to build, and at 1 MiB a pack is refused",
    way_out: "write [a-z0-9_] for \\w and + for {1,30}, or use phrases with holes",
    check: large,
};

fn large(_: &Scene, rule: &Rule) -> Vec<String> {
    let Matches::Pattern(patterns) = &rule.matches else { return Vec::new() };
    let is_large = |pattern: &&String| {
        let mut builder = RegexBuilder::new(pattern);
        builder.case_insensitive(rule.case == Case::Fold).size_limit(LARGEST).build().is_err()
    };
    let told = |pattern: &String| format!("the pattern {} takes more than {} KiB", start(pattern), LARGEST >> 10);
    patterns.iter().filter(is_large).map(told).collect()
}

/// How a pattern begins, which is enough to know it by.
fn start(pattern: &str) -> String {
    let start: String = pattern.chars().take(40).collect();
    if start.len() < pattern.len() { format!("that begins `{start}`") } else { format!("`{start}`") }
}
