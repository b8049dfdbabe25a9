//! Names of files are strangers' words: they must not play tricks on a terminal.

use std::path::Path;

use crate::support::{Ended, Place, ended, gzip, os};

/// A newline, a title for the window, a bell, and bytes that are not UTF-8.
const EVIL: [&[u8]; 3] = [b"new\nerror: line", b"\x1b]0;evil\x07\x1b[2Jtitle", b"caf\xe9\xff\x9b31m"];

#[track_caller]
fn is_harmless(ended: &Ended, what: &str) {
    for stream in [&ended.stderr, &ended.stdout] {
        let words = String::from_utf8_lossy(stream);
        for evil in ["\nerror: line", "\x1b]", "\x07", "\x1b[2J", "\u{9b}"] {
            assert!(!words.contains(evil), "{what}: {evil:?} in {words:?}");
        }
    }
}

/// Runs with colours on, since that is what a terminal gets.
fn run(place: &Place, words: &str, names: &[&Path]) -> Ended {
    let mut command = place.command(words);
    command.args(names).env("CLICOLOR_FORCE", "1");
    ended(command, None)
}

#[test]
fn names_are_told_without_control_characters() {
    for (number, evil) in EVIL.iter().enumerate() {
        let place = Place::new();
        let name = |ending: &str| Path::new(os(&[*evil, ending.as_bytes()].concat())).to_owned();
        let put = |ending: &str, bytes: &[u8]| place.put(Path::new("in").join(name(ending)), bytes);
        put(".jsonl", b"{\"text\": \"a\"}\nbroken\n");
        put(".jsonl.gz", &gzip(b"{\"text\": \"a\"}\n{\"text\": \"b\"}\n")[..30]);
        put(".txt.gz", b"Share this\n");
        put(".bin", b"?");
        put("2.jsonl", b"{\"content\": \"a\"}\n");
        put("3.txt", b"{\"text\": \"a\"}\n");
        let rules = "--no-shipped --rules rules.toml";
        let told = |what: &str, ended: Ended| is_harmless(&ended, &format!("{number}: {what}"));
        told("a folder", run(&place, &format!("clean -v {rules} in -o out"), &[]).exits(3));
        told("there already", run(&place, &format!("clean {rules} in -o out"), &[]).exits(2));
        told("the same", run(&place, &format!("clean {rules} in -o in --overwrite"), &[]).exits(2));
        told("check", run(&place, &format!("check {rules} in"), &[]).exits(3));
        told("strict", run(&place, &format!("clean {rules} in -o strict --strict"), &[]).exits(2));
        let in_ = |ending: &str| Path::new("in").join(name(ending));
        told("missing", run(&place, "clean", &[&in_(".nowhere")]).exits(2));
        told("explain missing", run(&place, "explain", &[&in_(".nowhere")]).exits(2));
        told("rules missing", run(&place, "rules test", &[&in_(".nowhere")]).exits(2));
        told("broken rules", run(&place, "rules test", &[&in_(".jsonl")]).exits(2));
        told("level", run(&place, "clean --compress-level 3 -o x", &[&in_("3.txt")]).exits(2));
        told("one output", run(&place, "clean in -o", &[&in_(".jsonl")]).exits(2));
        told("text key", run(&place, "clean -o y --text-key nope", &[&in_(".jsonl")]).exits(2));
        let out = Path::new(os(evil)).join("x.jsonl.gz");
        told("misnamed", run(&place, "clean in/3.txt -o", &[&out]));
    }
}

#[test]
fn hostile_names_come_through_as_they_are() {
    let place = Place::new();
    for evil in EVIL {
        let name = Path::new("in").join(os(&[evil, b".txt"].concat()));
        place.put(name, "One two three four five six seven.\nShare this\n");
    }
    place.clean("in -o out --audit audit").exits(0);
    for evil in EVIL {
        let name = Path::new("out").join(os(&[evil, b".txt"].concat()));
        assert_eq!(place.get(name), b"One two three four five six seven.\n");
    }
}

#[test]
fn what_a_record_holds_is_told_without_control_characters() {
    let place = Place::new();
    place.put("keys.jsonl", "{\"\\u001b]0;evil\\u0007\": 1, \"\\u001b[2J\": 2}\n");
    let ended = run(&place, "clean keys.jsonl -o out", &[]).exits(2);
    is_harmless(&ended, "keys");
    let ended = run(&place, "explain keys.jsonl", &[]).exits(2);
    is_harmless(&ended, "explain keys");
    place.put("a.txt", "One two three four five six seven.\nShare this \u{1b}]0;evil\u{7}\nx \u{1b}[2J y\n");
    for words in ["explain a.txt --no-shipped --rules rules.toml", "check a.txt --no-shipped --rules rules.toml"] {
        is_harmless(&run(&place, words, &[]), words);
    }
}

#[test]
fn links_are_not_followed_out_of_a_folder_and_loops_end() {
    let place = Place::new();
    place.put("secret/a.txt", "secret");
    place.put("in/b.txt", "text");
    std::os::unix::fs::symlink("../secret", place.at("in/link")).unwrap();
    std::os::unix::fs::symlink("../secret/a.txt", place.at("in/c.txt")).unwrap();
    std::os::unix::fs::symlink(".", place.at("in/loop")).unwrap();
    place.clean("in -o out").exits(0);
    assert_eq!(place.names("out"), ["b.txt"]);
}

#[test]
fn a_list_cannot_lead_out_of_the_output() {
    let place = Place::new();
    place.put("up/x.txt", "text");
    place.put("w/list", "../up/x.txt\n");
    let mut command = place.command("clean -q --files-from list -o out");
    command.current_dir(place.at("w"));
    ended(command, None).exits(0);
    assert_eq!(place.names("w/out"), ["x.txt"]);
    assert_eq!(place.names("up"), ["x.txt"]);
}
