//! Rules that reach farther than is safe: what must also be true is missing.

use super::Lint;
use super::dead::least_words;
use super::scene::{Scene, key};
use super::words;
use crate::pack::{Action, Input, Level, Matches, ProseGuard, Rule};
use crate::text::Case;

/// The most words that a line may have which a prefix or suffix of level 1 takes whole: beyond lies prose.
const WIDE: usize = 20;
/// The share of a document's prose that a cut of level 1 may take with it, in thousandths: a last sentence of a footer.
const SURE_LOSS: u16 = 20;
/// The fewest tokens of a run that is sure without a guard.
const SURE_RUN: usize = 3;

pub(super) const SINGLE_WORD: Lint = Lint {
    name: "single-word",
    why: "one word alone on a line is often a heading or a caption",
    way_out: "add a guard (near, zone, site, input = \"page\"), more words, or level = 2",
    check: single_word,
};

fn single_word(_: &Scene, rule: &Rule) -> Vec<String> {
    let asked = matches!(rule.matches, Matches::Line(_) | Matches::Prefix(_) | Matches::Suffix(_));
    if rule.level != Level::Sure || !asked || !cuts(rule) || is_guarded(rule) || is_list(rule) {
        return Vec::new();
    }
    let bare = single(rule).filter(|phrase| is_bare(&key(rule, phrase)));
    bare.map(|phrase| format!("`{phrase}` is a single word on level 1, and nothing guards it")).collect()
}

/// Whether a folded phrase is a word and nothing else: what stands in brackets or ends in dots is no heading, and no
/// word of a sentence.
fn is_bare(key: &[u8]) -> bool {
    String::from_utf8_lossy(key).chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '{' | '}' | ':'))
}

/// The phrases of `rule` that need no more than one word.
fn single(rule: &Rule) -> impl Iterator<Item = &String> {
    rule.matches.phrases().iter().filter(|phrase| least_words(rule, phrase) + rule.all_of.len() + rule.only.len() < 2)
}

/// Whether something around the line, or about the document, must be true as well.
fn is_guarded(rule: &Rule) -> bool {
    !rule.zones.is_empty() || rule.near.is_some() || rule.input == Some(Input::Page) || !rule.sites.is_empty()
}

/// Whether it takes anything away.
fn cuts(rule: &Rule) -> bool {
    !matches!(rule.action, Action::Keep | Action::Flag(_))
}

/// Whether it is of a plain list, which has lints of its own.
pub(super) fn is_list(rule: &Rule) -> bool {
    let file = rule.place.rsplit_once(':').map_or(rule.place.as_str(), |(file, _)| file);
    std::path::Path::new(file).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("txt"))
}

pub(super) const COMMON_WORD: Lint = Lint {
    name: "common-word",
    why: "articles use it: as a heading of a part, or in every sentence",
    way_out: "drop it, or add a guard (near, zone, site, input = \"page\")",
    check: common_word,
};

fn common_word(_: &Scene, rule: &Rule) -> Vec<String> {
    let asked = !matches!(rule.matches, Matches::Run { .. } | Matches::Pattern(_));
    if !asked || !cuts(rule) || is_guarded(rule) || rule.case == Case::Exact {
        return Vec::new();
    }
    let common = |phrase: &&String| words::is_common(&key(rule, phrase));
    rule.matches
        .phrases()
        .iter()
        .filter(common)
        .map(|phrase| format!("`{phrase}` is a common word or heading"))
        .collect()
}

pub(super) const ARTICLE_TEXT: Lint = Lint {
    name: "article-text",
    why: "an example of another rule shows that this is article text",
    way_out: "narrow the rule: a whole line, a guard, or level = 2",
    check: article_text,
};

fn article_text(scene: &Scene, rule: &Rule) -> Vec<String> {
    // What guards would hold back is for the examples themselves to try.
    if !cuts(rule) || !rule.is_context_free() || rule.input.is_some() || rule.is_scoped() {
        return Vec::new();
    }
    let taken = scene.taken(rule).iter().filter(|(owner, _)| rule.level <= owner.level);
    taken.map(|(owner, text)| format!("it takes `{text}`, an example of {} ({})", owner.id, owner.place)).collect()
}

pub(super) const WORD_IN_LINE: Lint = Lint {
    name: "word-in-line",
    why: "an in-line phrase of one word stands in sentences, too",
    way_out: "use more words, all-of, case = \"exact\" or a guard; or match the whole line",
    check: word_in_line,
};

fn word_in_line(_: &Scene, rule: &Rule) -> Vec<String> {
    let asked = matches!(rule.matches, Matches::Inline(_)) && cuts(rule) && rule.case == Case::Fold;
    if !asked || is_guarded(rule) {
        return Vec::new();
    }
    single(rule)
        .filter(|phrase| is_bare(&key(rule, phrase)))
        .map(|phrase| format!("`{phrase}` is a single word in a line"))
        .collect()
}

pub(super) const ONE_WORD_ANCHOR: Lint = Lint {
    name: "one-word-anchor",
    why: "one word decides over the rest of the document",
    way_out: "use more words, or on level 2 a guard (near, zone, input = \"page\")",
    check: one_word_anchor,
};

fn one_word_anchor(_: &Scene, rule: &Rule) -> Vec<String> {
    let far = matches!(rule.action, Action::CutToEnd(_) | Action::CutFromStart(_));
    let held = rule.level == Level::Likely && is_guarded(rule);
    if !far || held || matches!(rule.matches, Matches::Run { .. } | Matches::Pattern(_)) {
        return Vec::new();
    }
    single(rule).map(|phrase| format!("`{phrase}` is a single word with cut = \"{}\"", rule.action.name())).collect()
}

pub(super) const PROSE_AT_RISK: Lint = Lint {
    name: "prose-at-risk",
    why: "level 1 is sure, and prose behind an anchor is article text more often than not",
    way_out: "leave the share of prose at 0.02 or less, or use level = 2",
    check: prose_at_risk,
};

fn prose_at_risk(_: &Scene, rule: &Rule) -> Vec<String> {
    let (Action::CutToEnd(guard) | Action::CutFromStart(guard)) = rule.action else { return Vec::new() };
    let ProseGuard { most_lost, .. } = guard;
    let told = format!("it may take {most_lost} thousandths of a document's prose");
    if rule.level == Level::Sure && most_lost > SURE_LOSS { vec![told] } else { Vec::new() }
}

pub(super) const SHORT_RUN: Lint = Lint {
    name: "short-run",
    why: "two words in a row may be a heading or a name",
    way_out: "set min-tokens = 3, add a guard, or use level = 2",
    check: short_run,
};

fn short_run(_: &Scene, rule: &Rule) -> Vec<String> {
    let Matches::Run { tokens, least } = &rule.matches else { return Vec::new() };
    let words = tokens.iter().map(|token| least_words(rule, token)).min().unwrap_or(0);
    if rule.level != Level::Sure || !cuts(rule) || is_guarded(rule) || *least >= SURE_RUN || words > 1 {
        return Vec::new();
    }
    vec![format!("{least} token{} of one word make a run on level 1", if *least == 1 { "" } else { "s" })]
}

pub(super) const WIDE_LINE: Lint = Lint {
    name: "wide-line",
    why: "a line of so many words may be a sentence that begins or ends so",
    way_out: "lower max-words, add all-of or a guard, or use level = 2",
    check: wide_line,
};

fn wide_line(_: &Scene, rule: &Rule) -> Vec<String> {
    let ends = matches!(rule.matches, Matches::Prefix(_) | Matches::Suffix(_));
    let (Action::CutLine, Level::Sure, true) = (rule.action, rule.level, ends) else { return Vec::new() };
    let most = rule
        .max_words
        .filter(|most| *most > WIDE && rule.all_of.is_empty() && rule.only.is_empty() && !is_guarded(rule));
    most.map(|most| format!("a {} takes lines of up to {most} words", rule.matches.kind())).into_iter().collect()
}
