//! Every lint finds what it is for and passes its neighbour over, and the shipped packs pass them all.

use std::collections::BTreeSet;

use dechaff::lint::{Finding, LINTS, lint};
use dechaff::pack::{Pack, shipped};

/// A lint, rules that it finds something in, and the nearest ones in which it finds nothing.
const CASES: &[(&str, &str, &str)] = &[
    (
        "repeated-phrase",
        "[[rule]]\nid = 'a'\nline = ['Share this', '» SHARE THIS:']",
        "[[rule]]\nid = 'a'\nline = ['Share this', 'Share this!']",
    ),
    (
        "duplicate-phrase",
        "[[rule]]\nid = 'a'\nline = 'Share this'\n[[rule]]\nid = 'b'\nline = 'share this'\nzone = 'tail'",
        "[[rule]]\nid = 'a'\nline = 'Share this'\nzone = 'head'\n[[rule]]\nid = 'b'\nline = 'Share this'\nzone = 'tail'",
    ),
    (
        "duplicate-phrase",
        "[[rule]]\nid = 'a'\ninline = '(opens here)'\n[[rule]]\nid = 'b'\ninline = '(Opens here)'",
        "[[rule]]\nid = 'a'\ninline = '(opens here)'\nlang = 'en'\n[[rule]]\nid = 'b'\ninline = '(Opens here)'\nlang = 'de'",
    ),
    (
        "duplicate-phrase",
        "[[rule]]\nid = 'a'\nrun = ['Share this', 'Tweet this', 'Print this']\n[[rule]]\nid = 'b'\nrun = ['Tweet this', 'Share this']",
        "[[rule]]\nid = 'a'\nrun = ['Share this', 'Tweet this', 'Print this']\n[[rule]]\nid = 'b'\nrun = ['Tweet this', 'Mail this']",
    ),
    (
        "shadowed-phrase",
        "[[rule]]\nid = 'a'\nprefix = 'Share this'\nmax-words = 9\n[[rule]]\nid = 'b'\nline = 'Share this story'",
        "[[rule]]\nid = 'a'\nprefix = 'Share this'\nmax-words = 2\n[[rule]]\nid = 'b'\nline = 'Share this story'",
    ),
    (
        "shadowed-phrase",
        "[[rule]]\nid = 'a'\nrun = ['Tweet this', 'Share this']\n[[rule]]\nid = 'b'\nline = 'Share this | Tweet this'",
        "[[rule]]\nid = 'a'\npattern = 'share .+'\n[[rule]]\nid = 'b'\nline = 'Share this | Tweet this'",
    ),
    (
        "shadowed-phrase",
        "[[rule]]\nid = 'a'\nprefix = 'Share this'\nmax-words = 9\n[[rule]]\nid = 'b'\nprefix = 'Share this story'\nmax-words = 9",
        "[[rule]]\nid = 'a'\nprefix = 'Share this'\nmax-words = 9\n[[rule]]\nid = 'b'\nprefix = 'Share this story'\nmax-words = 10",
    ),
    (
        "over-max-words",
        "[[rule]]\nid = 'a'\nprefix = '{n} people like this'\nmax-words = 3",
        "[[rule]]\nid = 'a'\nprefix = '{n} people like this'\nmax-words = 4",
    ),
    (
        "absent-word",
        "[[rule]]\nid = 'a'\nline = 'We use cookies to browse'\nall-of = ['browse', 'cookie']",
        "[[rule]]\nid = 'a'\nline = 'Use a cookie to browse'\nall-of = ['browse', 'cookie']",
    ),
    (
        "absent-word",
        "[[rule]]\nid = 'a'\nline = 'We use them to browse'\nall-of = 'cookies'",
        "[[rule]]\nid = 'a'\nline = 'We use COOKIES to browse'\nall-of = 'cookies'",
    ),
    (
        "absent-word",
        "[[rule]]\nid = 'a'\nline = 'Print this page'\nonly = ['print', 'page']",
        "[[rule]]\nid = 'a'\nline = 'Print this page'\nonly = ['print', 'page', 'this']",
    ),
    (
        "kept-phrase",
        "[[rule]]\nid = 'a'\nline = 'See also'\n[[keep]]\nid = 'k'\nline = 'See also'",
        "[[rule]]\nid = 'a'\nline = 'See also'\n[[keep]]\nid = 'k'\nline = 'See also'\nzone = 'body'",
    ),
    (
        "kept-phrase",
        "[[rule]]\nid = 'a'\nline = 'See also'\n[[keep]]\nid = 'k'\nprefix = 'See'\nmax-words = 2",
        "[[rule]]\nid = 'a'\nline = 'See also'\n[[keep]]\nid = 'k'\nprefix = 'See'\nmax-words = 2\nlang = 'de'",
    ),
    (
        "idle-neighbours",
        "[[rule]]\nid = 'a'\nline = 'Share this'\nlevel = 2\n[[rule]]\nid = 'b'\nline = 'By mail'\nnear = { rules = ['a'], within = 2 }",
        "[[rule]]\nid = 'a'\nline = 'Share this'\n[[rule]]\nid = 'b'\nline = 'By mail'\nnear = { rules = ['a'], within = 2 }",
    ),
    (
        "idle-neighbours",
        "[[rule]]\nid = 'a'\nline = 'By post'\nnear = { rules = 'cut', within = 1 }\n[[rule]]\nid = 'b'\nline = 'By mail'\nnear = { rules = ['a'], within = 2 }",
        "[[rule]]\nid = 'a'\nline = 'By post'\n[[rule]]\nid = 'b'\nline = 'By mail'\nnear = { rules = ['a'], within = 2 }",
    ),
    (
        "disabled-rule",
        "[[rule]]\nid = 'a'\nline = 'Share this'\n[[disable]]\nrule = 't/a'",
        "[[rule]]\nid = 'a'\nline = 'Share this'\n[[disable]]\nrule = 't/a'\nlang = 'de'",
    ),
    (
        "single-word",
        "[[rule]]\nid = 'a'\nline = ['Facebook', 'Share this']",
        "[[rule]]\nid = 'a'\nline = ['Facebook', 'Share this']\nnear = { rules = 'cut', within = 2 }",
    ),
    (
        "single-word",
        "[[rule]]\nid = 'a'\nline = '» Back:'",
        "[[rule]]\nid = 'a'\nline = ['[Advertisement]', 'Loading...']",
    ),
    (
        "single-word",
        "[[rule]]\nid = 'a'\nprefix = 'Filed'\nmax-words = 4",
        "[[rule]]\nid = 'a'\nprefix = 'Filed'\nmax-words = 4\nall-of = 'under'",
    ),
    (
        "common-word",
        "[[rule]]\nid = 'a'\nline = 'Fazit'\nlevel = 2",
        "[[rule]]\nid = 'a'\nline = 'Impressum'\nlevel = 2",
    ),
    (
        "article-text",
        "[[rule]]\nid = 'a'\ninline = 'a comment'\n[[rule]]\nid = 'b'\nline = 'Add yours'\nkeeps = 'She made a comment.'",
        "[[rule]]\nid = 'a'\nline = 'a comment'\n[[rule]]\nid = 'b'\nline = 'Add yours'\nkeeps = 'She made a comment.'",
    ),
    ("word-in-line", "[[rule]]\nid = 'a'\ninline = 'Advertisement'", "[[rule]]\nid = 'a'\ninline = '(Advertisement)'"),
    (
        "one-word-anchor",
        "[[rule]]\nid = 'a'\nline = 'Comments'\ncut = 'to-end'\nzone = 'tail'",
        "[[rule]]\nid = 'a'\nline = 'Comments'\ncut = 'to-end'\nzone = 'tail'\nlevel = 2",
    ),
    (
        "prose-at-risk",
        "[[rule]]\nid = 'a'\nline = 'More from us'\ncut = 'to-end'\nmax-prose-after = 0.05",
        "[[rule]]\nid = 'a'\nline = 'More from us'\ncut = 'to-end'\nmax-prose-after = 0.05\nlevel = 2",
    ),
    (
        "short-run",
        "[[rule]]\nid = 'a'\nrun = ['Facebook', 'Twitter']",
        "[[rule]]\nid = 'a'\nrun = ['Facebook', 'Twitter']\nmin-tokens = 3",
    ),
    (
        "wide-line",
        "[[rule]]\nid = 'a'\nprefix = 'We use'\nmax-words = 40",
        "[[rule]]\nid = 'a'\nprefix = 'We use'\nmax-words = 40\nonly = ['we', 'use', 'cookies']",
    ),
    (
        "wide-line",
        "[[rule]]\nid = 'a'\nprefix = 'Follow us'\nmax-words = 30",
        "[[rule]]\nid = 'a'\nprefix = 'Follow us'\nmax-words = 12",
    ),
    ("no-literal", "[[rule]]\nid = 'a'\npattern = '[a-z]+ [0-9]+'", "[[rule]]\nid = 'a'\npattern = 'page [0-9]+'"),
    ("large-pattern", "[[rule]]\nid = 'a'\npattern = 'by \\w{18}'", "[[rule]]\nid = 'a'\npattern = 'by [a-z0-9_]{18}'"),
    (
        "idle-allow",
        "[[rule]]\nid = 'a'\nline = 'Share this'\nallow = ['single-word', 'no-why']",
        "[[rule]]\nid = 'a'\nline = 'Share'\nallow = ['single-word', 'no-why']",
    ),
    ("no-why", "[[rule]]\nid = 'a'\nline = 'Share this'", "[[rule]]\nid = 'a'\nwhy = 'A button.'\nline = 'Share this'"),
    (
        "no-strips",
        "[[rule]]\nid = 'a'\nline = 'Share this'",
        "[[keep]]\nid = 'a'\nline = 'See also'\n[[rule]]\nid = 'b'\nline = 'Share this'\nstrips = 'Share this'",
    ),
    (
        "no-keeps",
        "[[rule]]\nid = 'a'\nprefix = 'Share this'\nmax-words = 3",
        "[[rule]]\nid = 'a'\nline = '{n} comments'",
    ),
];

/// Lints of plain lists: a line that is found, and one that is not.
const LISTS: &[(&str, &str, &str)] =
    &[("list-single-word", "Facebook", "Share this"), ("list-unclear", "{n} comments", "5 comments")];

fn names(pack: Pack) -> BTreeSet<&'static str> {
    let found = lint(&[pack], |_| true).unwrap_or_else(|e| panic!("{e}"));
    found.iter().map(|finding| finding.lint.name).collect()
}

#[test]
fn each_lint_finds_its_own_and_passes_its_neighbour_over() {
    let pack = |rules: &str| Pack::parse(&format!("pack = 't'\n{rules}\n"), "t.toml").unwrap_or_else(|e| panic!("{e}"));
    let list = |line: &str| Pack::parse_list(line, "t", "t.txt").unwrap_or_else(|e| panic!("{e}"));
    let packs = CASES.iter().map(|(name, bad, good)| (name, pack(bad), pack(good)));
    for (name, bad, good) in packs.chain(LISTS.iter().map(|(name, bad, good)| (name, list(bad), list(good)))) {
        assert!(names(bad.clone()).contains(name), "{name} should be found in {:#?}", bad.rules);
        assert!(!names(good.clone()).contains(name), "{name} should not be found in {:#?}", good.rules);
    }
}

#[test]
fn what_a_rule_allows_is_not_told() {
    let rule = |allow: &str| {
        Pack::parse(&format!("pack = 't'\n[[rule]]\nid = 'a'\nline = 'Share'\nallow = [{allow}]\n"), "t.toml").unwrap()
    };
    assert_eq!(names(rule("'single-word'")), ["no-keeps", "no-strips", "no-why"].into());
    assert_eq!(names(rule("'no-why', 'no-such-lint'")), ["idle-allow", "no-keeps", "no-strips", "single-word"].into());
}

#[test]
fn every_lint_has_a_case() {
    let tried: BTreeSet<&str> = CASES.iter().chain(LISTS).map(|(name, ..)| *name).collect();
    assert_eq!(tried, LINTS.iter().map(|lint| lint.name).collect());
}

#[test]
fn the_shipped_packs_have_nothing_doubtful() {
    let found = lint(&shipped(), |_| true).unwrap_or_else(|e| panic!("{e}"));
    let told: Vec<String> = found.iter().map(told).collect();
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), told.join("\n"));
}

fn told(finding: &Finding) -> String {
    format!("{}: {}: {}: {}", finding.place, finding.lint.name, finding.rule, finding.what)
}
