//! Rules and phrases that can never fire.

use super::Lint;
use super::phrases::is_of_one_folder;
use super::scene::{Scene, neighbours};
use crate::pack::{Action, Hole, Matches, Piece, Rule, pieces};
use crate::text::count_words;

pub(super) const OVER_MAX_WORDS: Lint = Lint {
    name: "over-max-words",
    why: "a line that holds the phrase has more words than the rule allows",
    way_out: "raise max-words, or drop the phrase",
    check: over_max_words,
};

fn over_max_words(_: &Scene, rule: &Rule) -> Vec<String> {
    let (Some(most), false) = (rule.max_words, is_loose(rule)) else { return Vec::new() };
    let words = rule.matches.phrases().iter().map(|phrase| (phrase, least_words(rule, phrase)));
    words
        .filter(|(_, words)| *words > most)
        .map(|(phrase, words)| format!("`{phrase}` has {words} words, and max-words is {most}"))
        .collect()
}

/// Whether its phrases do not stand in its lines as they are written.
fn is_loose(rule: &Rule) -> bool {
    matches!(rule.matches, Matches::Pattern(_) | Matches::Run { .. })
}

/// The fewest words of a line that holds `phrase`.
pub(super) fn least_words(rule: &Rule, phrase: &str) -> usize {
    let Some(pieces) = pieces(phrase).ok().filter(|_| rule.holes) else { return count_words(phrase.as_bytes()) };
    let words = |piece: &Piece| match piece {
        Piece::Text(text) => count_words(text.as_bytes()),
        Piece::Hole(Hole::Words { least, .. }) => *least,
        Piece::Hole(_) => 1,
    };
    pieces.iter().map(words).sum()
}

pub(super) const ABSENT_WORD: Lint = Lint {
    name: "absent-word",
    why: "a whole line that is the phrase has the words of the phrase and no others",
    way_out: "drop all-of or only, or match the line by prefix or inline",
    check: absent_word,
};

fn absent_word(scene: &Scene, rule: &Rule) -> Vec<String> {
    let Matches::Line(phrases) = &rule.matches else { return Vec::new() };
    if rule.all_of.is_empty() && rule.only.is_empty() || rule.action == Action::Keep || scene.disable(rule).is_some() {
        return Vec::new();
    }
    let fits = |phrase: &&String| rule.max_words.is_none_or(|most| least_words(rule, phrase) <= most);
    let plain = |phrase: &&String| !(rule.holes && phrase.contains('{'));
    let dead = |phrase: &&String| scene.all.treat(phrase).iter().all(|treated| treated.rule != rule.id);
    let phrases = phrases.iter().filter(fits).filter(plain).filter(dead);
    phrases.map(|phrase| format!("`{phrase}` does not have the words that {} asks for", asked(rule))).collect()
}

/// The keys by which it asks for words.
fn asked(rule: &Rule) -> &'static str {
    match (rule.all_of.is_empty(), rule.only.is_empty()) {
        (false, false) => "all-of or only",
        (true, _) => "only",
        (false, true) => "all-of",
    }
}

pub(super) const KEPT: Lint = Lint {
    name: "kept-phrase",
    why: "an exception protects exactly this line, and exceptions win",
    way_out: "drop the phrase, or disable the exception if it is wrong for your texts",
    check: kept,
};

fn kept(scene: &Scene, rule: &Rule) -> Vec<String> {
    let Matches::Line(phrases) = &rule.matches else { return Vec::new() };
    if rule.action == Action::Keep {
        return Vec::new();
    }
    let told = |phrase: &String| {
        let treated = scene.all.treat(phrase);
        let keeper = treated.iter().find(|treated| treated.rule == rule.id)?.keeper?;
        // What one language protects, another may take where the first is left out.
        let is_near = scene.rule(keeper).is_none_or(|keeper| is_of_one_folder(keeper, rule));
        is_near.then(|| format!("`{phrase}` is kept by {keeper}"))
    };
    phrases.iter().filter_map(told).collect()
}

pub(super) const IDLE_NEIGHBOURS: Lint = Lint {
    name: "idle-neighbours",
    why: "none of the rules that it wants close by ever cuts before it is asked",
    way_out: "name rules that act without near, on this level and input",
    check: idle_neighbours,
};

fn idle_neighbours(scene: &Scene, rule: &Rule) -> Vec<String> {
    let wanted = neighbours(rule);
    let reasons: Vec<String> = wanted
        .iter()
        .filter_map(|id| scene.why_no_neighbour(rule, id).map(|reason| format!("{id} {reason}")))
        .collect();
    if wanted.is_empty() || reasons.len() < wanted.len() {
        return Vec::new();
    }
    vec![reasons.join(", ")]
}

pub(super) const DISABLED: Lint = Lint {
    name: "disabled-rule",
    why: "a pack switches it off for every document",
    way_out: "drop the rule, or the [[disable]]",
    check: disabled,
};

fn disabled(scene: &Scene, rule: &Rule) -> Vec<String> {
    scene.disable(rule).map(|disable| format!("it is disabled at {}", disable.place)).into_iter().collect()
}
