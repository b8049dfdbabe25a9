//! Phrases that add nothing: another one takes the same lines.

use super::Lint;
use super::scene::{Scene, acts_wherever, asks_no_more, key};
use crate::pack::{Action, Matches, Rule};

pub(super) const REPEATED: Lint = Lint {
    name: "repeated-phrase",
    why: "phrases are compared folded: capitals, quotes, dashes, bullets and blanks do not count",
    way_out: "list it once",
    check: repeated,
};

fn repeated(_: &Scene, rule: &Rule) -> Vec<String> {
    let phrases = rule.matches.phrases();
    let keys: Vec<Vec<u8>> = phrases.iter().map(|phrase| key(rule, phrase)).collect();
    let first = |at: usize| keys[..at].iter().position(|key| *key == keys[at]);
    let twice = (0..phrases.len()).filter_map(|at| Some((&phrases[first(at)?], &phrases[at])));
    twice.map(|(first, again)| format!("`{again}` is the same as `{first}`")).collect()
}

pub(super) const DUPLICATE: Lint = Lint {
    name: "duplicate-phrase",
    why: "another rule takes the same lines wherever this one acts",
    way_out: "leave it to one of the two rules",
    check: duplicate,
};

fn duplicate(scene: &Scene, rule: &Rule) -> Vec<String> {
    if matches!(rule.matches, Matches::Run { .. }) {
        return same_vocabulary(scene, rule);
    }
    let told = |phrase: &String| {
        let mut others =
            scene.sharing(rule, phrase).filter(|other| is_of_one_folder(other, rule) && covers(other, rule));
        // Of two rules that are alike, one is told.
        let other = others.find(|other| !covers(rule, other) || other.id < rule.id)?;
        Some(format!("`{phrase}` is in {} ({}), too", other.id, other.place))
    };
    rule.matches.phrases().iter().filter_map(told).collect()
}

/// Each run has a vocabulary of its own: a token may stand in many, but not all tokens in another one.
fn same_vocabulary(scene: &Scene, rule: &Rule) -> Vec<String> {
    let Some((first, more)) = rule.matches.phrases().split_first() else { return Vec::new() };
    let holds = |other: &&Rule| {
        is_of_one_folder(other, rule)
            && covers(other, rule)
            && more.iter().all(|token| scene.sharing(rule, token).any(|same| same.id == other.id))
    };
    // Of two rules that are alike, one is told.
    let other = scene.sharing(rule, first).filter(holds).find(|other| !covers(rule, other) || other.id < rule.id);
    let told = |other: &Rule| format!("all tokens are in {} ({}), too", other.id, other.place);
    other.map(told).into_iter().collect()
}

/// Whether two rules stand in one folder of packs. The packs of a language are whole by themselves: they may be selected
/// without those of another that has the same words.
pub(super) fn is_of_one_folder(one: &Rule, other: &Rule) -> bool {
    let folder = |rule: &Rule| rule.id.split_once('/').map(|(folder, _)| folder.to_owned());
    folder(one) == folder(other)
}

/// Whether `one`, which has the same phrase, leaves nothing to `other`.
fn covers(one: &Rule, other: &Rule) -> bool {
    one.action == other.action && acts_wherever(one, other) && asks_no_more(one, other) && fewest(one) <= fewest(other)
}

/// How many tokens make a run.
fn fewest(rule: &Rule) -> usize {
    if let Matches::Run { least, .. } = &rule.matches { *least } else { 0 }
}

pub(super) const SHADOWED: Lint = Lint {
    name: "shadowed-phrase",
    why: "a broader rule takes every line that this phrase is for",
    way_out: "drop the phrase, or narrow the other rule",
    check: shadowed,
};

fn shadowed(scene: &Scene, rule: &Rule) -> Vec<String> {
    if rule.action != Action::CutLine || matches!(rule.matches, Matches::Run { .. } | Matches::Pattern(_)) {
        return Vec::new();
    }
    let told = |phrase: &String| {
        // What fills a hole is not known.
        if rule.holes && phrase.contains('{') {
            return None;
        }
        let takers = scene.takers.treat(phrase);
        let mut others = takers.iter().filter_map(|treated| scene.rule(treated.rule));
        let other = others.find(|other| {
            is_of_one_folder(other, rule)
                && is_broader(other, rule)
                && scene.sharing(rule, phrase).all(|same| same.id != other.id)
        })?;
        Some(format!("`{phrase}` is taken by {} ({})", other.id, other.place))
    };
    rule.matches.phrases().iter().filter_map(told).collect()
}

/// Whether `one`, which takes a line that is a phrase of `other`, takes all lines that the phrase is for.
fn is_broader(one: &Rule, other: &Rule) -> bool {
    let reaches = match (&one.matches, &other.matches) {
        // Phrases are found cheaper than by a regex, and say more: both may stand.
        (Matches::Pattern(_), _) => false,
        (_, Matches::Line(_)) => true,
        (Matches::Prefix(_) | Matches::Inline(_), Matches::Prefix(_))
        | (Matches::Suffix(_) | Matches::Inline(_), Matches::Suffix(_))
        | (Matches::Inline(_), Matches::Inline(_)) => asks_no_more(one, other),
        _ => false,
    };
    one.id != other.id && reaches && acts_wherever(one, other)
}
