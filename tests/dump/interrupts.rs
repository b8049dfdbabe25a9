//! Interrupted runs, closed pipes and full disks leave no half file.

use std::io::{Read, Write};
use std::process::{Child, Stdio};

use crate::support::{Place, ended, shell, soon, wait};

const RECORD: &str = "{\"text\": \"One two three four five six seven.\\nShare this\"}\n";

/// A run that has begun to write and waits for more input.
fn begun(place: &Place, words: &str) -> (Child, std::process::ChildStdin) {
    let mut command = place.command(&format!("clean -q --no-shipped --rules rules.toml {words}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(RECORD.repeat(50_000).as_bytes()).unwrap();
    assert!(soon(|| parts(place) > 0), "no part appeared");
    (child, stdin)
}

fn parts(place: &Place) -> usize {
    place.names(".").iter().filter(|name| name.ends_with(".part")).count()
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let place = Place::new();
        let (child, stdin) = begun(&place, "-o new/out.jsonl --audit cuts.jsonl");
        shell(&format!("kill -{signal} {}", child.id()), place.path()).exits(0);
        let ended = wait(child).exits(code);
        drop(stdin);
        assert_eq!(place.names("."), ["rules.toml"], "{signal}: {}", ended.words());
    }
}

#[test]
fn an_interrupted_run_ends_even_if_nobody_reads_its_words() {
    let place = Place::new();
    let mut command = place.command("clean -q --no-shipped --rules rules.toml -o out.jsonl");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(full).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(RECORD.repeat(50_000).as_bytes()).unwrap();
    assert!(soon(|| parts(&place) > 0), "no part appeared");
    shell(&format!("kill -INT {}", child.id()), place.path()).exits(0);
    let ended = soon(|| parts(&place) == 0) && soon_ended(&mut child);
    let _ = child.kill();
    assert!(ended, "it goes on");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdin);
    assert_eq!(place.names("."), ["rules.toml"]);
}

fn soon_ended(child: &mut Child) -> bool {
    for _ in 0..1000 {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    false
}

#[test]
fn an_interrupted_run_keeps_what_was_there() {
    let place = Place::new();
    place.put("out.jsonl", "mine");
    let (child, stdin) = begun(&place, "-o out.jsonl --overwrite");
    shell(&format!("kill -INT {}", child.id()), place.path()).exits(0);
    wait(child).exits(130);
    drop(stdin);
    assert_eq!(place.get("out.jsonl"), b"mine");
    assert_eq!(parts(&place), 0);
}

#[test]
fn a_part_that_a_killed_run_left_is_no_hindrance() {
    let place = Place::new();
    let (mut child, stdin) = begun(&place, "-o out.jsonl");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(stdin);
    assert_eq!(parts(&place), 1);
    place.put("in.jsonl", RECORD);
    place.clean("in.jsonl -o out.jsonl").exits(0);
    assert_eq!(parts(&place), 0);
    assert_eq!(place.get("out.jsonl"), RECORD.replace("\\nShare this", "").as_bytes());
}

#[test]
fn two_runs_do_not_write_the_same_file() {
    let place = Place::new();
    let (child, stdin) = begun(&place, "-o out.jsonl");
    place.put("in.jsonl", RECORD);
    place.clean("in.jsonl -o out.jsonl").exits(2).says("out.jsonl");
    assert_eq!(parts(&place), 1, "the other run's part is its own");
    drop(stdin);
    wait(child).exits(0);
    assert_eq!(place.get("out.jsonl").len(), RECORD.replace("\\nShare this", "").len() * 50_000);
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let place = Place::new();
    place.put("in.jsonl", RECORD.repeat(100_000));
    for words in ["clean --no-shipped --rules rules.toml in.jsonl", "check in.jsonl", "explain in.jsonl --record 5"] {
        let mut command = place.command(words);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 20]).unwrap();
        drop(stdout);
        let ended = wait(child).exits(0);
        assert!(!ended.words().contains("error") && !ended.words().contains("panic"), "{words}: {}", ended.words());
    }
}

#[test]
fn a_full_disk_is_told() {
    let place = Place::new();
    place.put("in.jsonl", RECORD.repeat(1000));
    place.put("small.txt", "no line ending");
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for words in [
        "clean -q --no-shipped --rules rules.toml in.jsonl",
        "clean -q --no-shipped --rules rules.toml small.txt",
        "check in.jsonl",
        "explain in.jsonl",
        "completions bash",
        "rules test",
    ] {
        let mut command = place.command(words);
        let child = command.stdin(Stdio::null()).stdout(full()).stderr(Stdio::piped()).spawn().unwrap();
        let ended = wait(child);
        assert_eq!(ended.code, Some(2), "{words}: {}", ended.words());
        let ended = ended.says("error").says("No space left");
        assert!(!ended.words().contains("panicked"), "{words}");
    }
}

#[test]
fn words_that_nobody_can_read_stop_nothing() {
    let place = Place::new();
    place.put("in.jsonl", format!("{RECORD}broken\n{RECORD}"));
    let mut command = place.command("clean --no-shipped --rules rules.toml in.jsonl -o out.jsonl");
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(full).spawn().unwrap();
    wait(child).exits(3);
    assert!(place.at("out.jsonl").exists());
}

#[test]
fn an_output_that_cannot_be_made_is_told_and_nothing_is_left() {
    let place = Place::new();
    place.put("in/a.txt", "text\n");
    place.put("in/b.txt", "text\n");
    place.put("file", "mine");
    for words in [
        "in/a.txt -o file/out.txt",
        "in -o file",
        "in -o file/out",
        "in -o out --audit file",
        "in/a.txt -o /proc/no/such/out.txt",
        "in/a.txt -o /dev/full/x",
    ] {
        place.clean(words).exits(2).says("error");
        assert_eq!(place.names("."), ["file", "in/a.txt", "in/b.txt", "rules.toml"], "{words}");
    }
}

#[test]
fn a_name_that_is_too_long_for_its_part_is_told() {
    let place = Place::new();
    let name = format!("{}.txt", "n".repeat(251));
    place.put(&name, "text\n");
    let mut command = place.command("clean -q -o out");
    command.arg(&name);
    std::fs::create_dir(place.at("out")).unwrap();
    let ended = ended(command, None);
    if ended.code == Some(0) {
        assert!(place.at("out").join(&name).exists());
    } else {
        ended.exits(2).says("too long");
    }
}
