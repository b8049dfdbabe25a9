//! Plain lists: phrases that mean less, or other things, than whoever wrote them may think.

use super::Lint;
use super::guards::is_list;
use super::scene::Scene;
use crate::pack::Rule;
use crate::text::count_words;

pub(super) const SINGLE_WORD: Lint = Lint {
    name: "list-single-word",
    why: "one word alone on a line is often a heading or a caption",
    way_out: "drop it, or make a pack with a guard: dechaff rules import",
    check: single_word,
};

fn single_word(_: &Scene, rule: &Rule) -> Vec<String> {
    let single = rule.matches.phrases().iter().filter(|phrase| is_list(rule) && count_words(phrase.as_bytes()) == 1);
    single.filter(|phrase| unclear(phrase).is_none()).map(|phrase| format!("`{phrase}` is a single word")).collect()
}

pub(super) const UNCLEAR: Lint = Lint {
    name: "list-unclear",
    why: "in a plain list every sign stands for itself, but # at the start",
    way_out: "write the line as it stands on pages, or make a pack of the list: dechaff rules import",
    check: unclear_line,
};

fn unclear_line(_: &Scene, rule: &Rule) -> Vec<String> {
    let told = |phrase: &String| unclear(phrase).map(|what| format!("`{phrase}` {what}"));
    rule.matches.phrases().iter().filter(|_| is_list(rule)).filter_map(told).collect()
}

/// What is unclear about a phrase of a plain list, in which every sign stands for itself; none if nothing is.
#[must_use]
pub fn unclear(phrase: &str) -> Option<&'static str> {
    let phrase = phrase.trim();
    SIGNS.iter().find(|(_, is)| is(phrase)).map(|(what, _)| *what)
}

type Sign = (&'static str, fn(&str) -> bool);

/// What can be unclear, the plainest first.
const SIGNS: &[Sign] = &[
    ("is damaged text", |phrase| phrase.contains('\u{fffd}')),
    ("holds no letter", |phrase| !phrase.chars().any(char::is_alphabetic)),
    ("is a single letter", |phrase| phrase.chars().filter(|c| c.is_alphanumeric()).count() == 1),
    ("looks like a comment, and comments begin with #", |phrase| phrase.starts_with("//") || phrase.starts_with(';')),
    ("has a # behind it, which is part of the phrase", |phrase| phrase.contains(" # ")),
    ("looks like a key or a table of a pack", is_toml),
    ("holds braces: literal in a list, a hole in a pack", |phrase| phrase.contains(['{', '}'])),
    ("holds a backslash, which is part of the phrase", |phrase| phrase.contains('\\')),
    ("looks like a regex, and is taken literally", is_regex),
    ("holds a tag: rules see text, not HTML", is_tagged),
    ("ends in a comma, which is part of the phrase", |phrase| phrase.ends_with([',', '،', '，'])),
    ("stands in quotes, which are part of the phrase", is_quoted),
];

fn is_toml(phrase: &str) -> bool {
    let key = phrase.split_once('=').map(|(key, _)| key.trim());
    phrase.starts_with("[[")
        || key.is_some_and(|key| matches!(key, "line" | "inline" | "prefix" | "suffix" | "pattern"))
}

fn is_regex(phrase: &str) -> bool {
    phrase.starts_with('^')
        || phrase.ends_with('$')
        || [".*", ".+", "(?", "[^", "[a-z", "[0-9"].iter().any(|sign| phrase.contains(sign))
}

fn is_tagged(phrase: &str) -> bool {
    let tag =
        |rest: &str| rest.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic()) && rest.contains('>');
    phrase.split('<').skip(1).any(tag)
}

fn is_quoted(phrase: &str) -> bool {
    let quotes = [('"', '"'), ('\'', '\''), ('“', '”'), ('„', '“'), ('«', '»'), ('‘', '’')];
    quotes.iter().any(|(open, close)| phrase.starts_with(*open) && phrase.ends_with(*close))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_something_else_is_told() {
        for (phrase, what) in [
            ("Share {this}", "braces"),
            ("{n} comments", "braces"),
            ("\\d+ comments", "backslash"),
            ("^Share.*$", "regex"),
            ("<b>Share</b>", "tag"),
            ("\"Share this\"", "quotes"),
            ("« Précédent »", "quotes"),
            ("Share this,", "comma"),
            ("line = \"Share this\"", "key"),
            ("[[rule]]", "table"),
            ("// share bars", "comment"),
            ("Share this # the bar", "behind it"),
            ("***", "no letter"),
            ("12", "no letter"),
            ("x", "single letter"),
            ("Caf\u{fffd}", "damaged"),
        ] {
            assert!(unclear(phrase).is_some_and(|told| told.contains(what)), "{phrase}: {:?}", unclear(phrase));
        }
    }

    #[test]
    fn what_pages_say_is_clear() {
        for phrase in [
            "Share this",
            "Email *",
            "« Previous post",
            "5 < 6 comments",
            "C# news",
            "Q&A: ask us (free)",
            "分享",
            "Nom ?",
        ] {
            assert_eq!(unclear(phrase), None, "{phrase}");
        }
    }
}
