//! From standard input to standard output, and other inputs that can be read only once.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use crate::support::{Ended, Place, Random, gzip, shell, unpacked, wait, zstd};

const TEXT: &str = "One two three four five six seven eight.\nShare this\n";
const LEFT: &str = "One two three four five six seven eight.\n";
const RECORD: &str = "{\"id\": 1, \"text\": \"One two three four five six seven eight.\\nShare this\\n\"}\n";
const LEFT_RECORD: &str = "{\"id\": 1, \"text\": \"One two three four five six seven eight.\\n\"}\n";

/// Cleans what comes in pieces, with a pause between them.
fn slowly(place: &Place, words: &str, pieces: &[&[u8]]) -> Ended {
    let mut command = place.command(&format!("clean -q --no-shipped --rules rules.toml {words}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for piece in pieces {
        let _ = stdin.write_all(piece).and_then(|()| stdin.flush());
        // There is no other way to make a pipe give its bytes in pieces.
        std::thread::sleep(Duration::from_millis(150));
    }
    drop(stdin);
    wait(child)
}

#[test]
fn texts_and_records_are_told_apart_by_looking() {
    let place = Place::new();
    for words in ["", "-", "--text-key text"] {
        assert_eq!(place.clean_pipe(words, RECORD.as_bytes()).exits(0).stdout, LEFT_RECORD.as_bytes(), "{words}");
    }
    assert_eq!(place.clean_pipe("", TEXT.as_bytes()).exits(0).stdout, LEFT.as_bytes());
    assert_eq!(unpacked(&place.clean_pipe("", &gzip(RECORD.as_bytes())).exits(0).stdout), LEFT_RECORD.as_bytes());
    assert_eq!(unpacked(&place.clean_pipe("", &zstd(RECORD.as_bytes())).exits(0).stdout), LEFT_RECORD.as_bytes());
    assert_eq!(place.clean_pipe("--format text", RECORD.as_bytes()).exits(0).stdout, RECORD.as_bytes());
    assert_eq!(place.clean_pipe("", b"").exits(0).stdout, b"");
}

#[test]
fn a_first_record_that_comes_in_pieces_is_still_one() {
    let place = Place::new();
    for at in [1, 5, 9, 20, RECORD.len() - 2] {
        let (first, second) = RECORD.as_bytes().split_at(at);
        let ended = slowly(&place, "", &[first, second]).exits(0);
        assert_eq!(ended.stdout, LEFT_RECORD.as_bytes(), "{at}");
    }
}

#[test]
fn a_first_record_may_be_longer_than_a_pipe() {
    let place = Place::new();
    let record = RECORD.replace("\"id\": 1", &format!("\"html\": \"{}\"", "x".repeat(300_000)));
    let left = LEFT_RECORD.replace("\"id\": 1", &format!("\"html\": \"{}\"", "x".repeat(300_000)));
    let ended = place.clean_pipe("", record.repeat(3).as_bytes()).exits(0);
    assert!(ended.stdout == left.repeat(3).as_bytes());
}

#[test]
fn packed_records_that_come_slowly_or_in_big_blocks_are_still_records() {
    let place = Place::new();
    let random = &mut Random(1);
    let mut word = || format!("{:x}", random.next());
    let (mut dump, mut left) = (String::new(), String::new());
    for _ in 0..3000 {
        let noise: Vec<String> = (0..10).map(|_| word()).collect();
        dump.push_str(&RECORD.replace("One", &noise.join(" ")));
        left.push_str(&LEFT_RECORD.replace("One", &noise.join(" ")));
    }
    for (name, packed) in [("gz", gzip(dump.as_bytes())), ("zst", zstd(dump.as_bytes()))] {
        let ended = place.clean_pipe("", &packed).exits(0);
        assert!(unpacked(&ended.stdout) == left.as_bytes(), "{name} at once");
        let ended = slowly(&place, "", &[&packed[..20], &packed[20..]]).exits(0);
        assert!(unpacked(&ended.stdout) == left.as_bytes(), "{name} in pieces");
    }
}

#[test]
fn a_named_pipe_is_read_from_its_first_byte() {
    let place = Place::new();
    place.put("in.txt", TEXT.repeat(5000));
    let line = "mkfifo pipe && { timeout 5 sh -c 'cat in.txt > pipe' > /dev/null 2>&1 & } && timeout 20 \"$DECHAFF\" clean -q --no-shipped --rules rules.toml pipe -o out.txt";
    let ended = shell(line, place.path());
    // Either it is read whole, or it is refused.
    if ended.code == Some(0) {
        assert_eq!(place.get("out.txt").len(), LEFT.len() * 5000);
    } else {
        let ended = ended.exits(2).says("pipe");
        assert!(!ended.words().is_empty());
    }
}

#[test]
fn a_pipe_under_a_name_of_the_shell_is_read_from_its_first_byte() {
    let place = Place::new();
    place.put("in.txt", TEXT);
    let line = "cat in.txt | timeout 20 \"$DECHAFF\" clean -q --no-shipped --rules rules.toml /dev/stdin -o out.txt";
    let ended = shell(line, place.path());
    if ended.code == Some(0) {
        assert_eq!(String::from_utf8(place.get("out.txt")).unwrap(), LEFT);
    } else {
        ended.exits(2).says("/dev/stdin");
    }
}

#[test]
fn standard_input_does_not_mix_with_files() {
    let place = Place::new();
    place.put("a.txt", TEXT);
    place.clean_pipe("- a.txt -o out", b"x").exits(2).says("-");
    place.put("list", "a.txt\n");
    place.clean_pipe("- --files-from list -o out", b"x").exits(2).says("-");
    place.clean_pipe("- -o folder/", b"x").exits(2).says("folder/");
}

#[test]
fn a_stream_of_lines_goes_through_a_pipe() {
    let place = Place::new();
    let ended = place.clean_pipe("--lines", TEXT.repeat(60_000).as_bytes()).exits(0);
    assert!(ended.stdout == LEFT.repeat(60_000).as_bytes());
}
