//! Rules that do not say why, or prove nothing.

use super::Lint;
use super::dead::least_words;
use super::guards::is_list;
use super::scene::Scene;
use crate::pack::{Action, Matches, Rule};

pub(super) const NO_WHY: Lint = Lint {
    name: "no-why",
    why: "who meets a cut wants to know why it is right",
    way_out: "say in `why` why that is never part of an article",
    check: no_why,
};

fn no_why(_: &Scene, rule: &Rule) -> Vec<String> {
    if rule.why.trim().is_empty() { vec!["it does not say why".to_owned()] } else { Vec::new() }
}

pub(super) const NO_STRIPS: Lint = Lint {
    name: "no-strips",
    why: "without an example nobody knows that the rule takes what it is for",
    way_out: "add lines from real pages to `strips`",
    check: no_strips,
};

fn no_strips(_: &Scene, rule: &Rule) -> Vec<String> {
    let needless = rule.action == Action::Keep || is_list(rule) || !rule.strips.is_empty();
    if needless { Vec::new() } else { vec!["it has no `strips`".to_owned()] }
}

pub(super) const NO_KEEPS: Lint = Lint {
    name: "no-keeps",
    why: "a wrong cut costs more than a missed one, and only an example shows that there is none",
    way_out: "add the nearest true sentence to `keeps`",
    check: no_keeps,
};

fn no_keeps(_: &Scene, rule: &Rule) -> Vec<String> {
    let sure = matches!(rule.matches, Matches::Line(_))
        && rule.action == Action::CutLine
        && rule.matches.phrases().iter().all(|phrase| least_words(rule, phrase) >= 2);
    let needless = sure || is_list(rule) || !rule.keeps.is_empty();
    if needless { Vec::new() } else { vec!["it has no `keeps`".to_owned()] }
}
