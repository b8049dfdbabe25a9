//! Plain lists, taken verbatim, do what `LC_ALL=C grep -a -vxFf` does.

use crate::support::{Place, Random};

/// Lines of few letters, so that phrases and lines often meet, with odd bytes between them.
fn line(random: &mut Random, odd: bool) -> Vec<u8> {
    let pieces: &[&[u8]] = if odd {
        &[b"a", b"b", b"A", b" ", b"ab", b".", b"\xc3\xa9", b"\xff", b"\0", b"\r", b"\t", b"**"]
    } else {
        &[b"a", b"b", b"A", b"a b", b"ab", b".", b"\xc3\xa9", b"{n}", b"**", b"\\n"]
    };
    (0..random.below(5)).flat_map(|_| random.of(pieces).to_vec()).collect()
}

/// What `grep -vxFf` leaves: lines that equal no phrase. CR belongs to a line.
fn oracle(text: &[u8], phrases: &[Vec<u8>]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    let stays = |line: &&[u8]| !phrases.iter().any(|phrase| phrase == line.strip_suffix(b"\n").unwrap_or(line));
    lines.filter(stays).flatten().copied().collect()
}

#[test]
fn an_exact_list_is_a_grep_of_whole_lines() {
    let place = Place::new();
    let random = &mut Random(99);
    for round in 0..12 {
        let phrases: Vec<Vec<u8>> = (0..=random.below(30))
            .map(|_| line(random, false))
            .filter(|phrase| !phrase.trim_ascii().is_empty())
            .collect();
        place.put("list.txt", phrases.iter().flat_map(|phrase| [&phrase[..], b"\n"].concat()).collect::<Vec<_>>());
        let mut text = Vec::new();
        // Every third round is more than one part.
        let count = if round % 3 == 0 { 500_000 } else { 3000 };
        for _ in 0..count {
            let odd = random.below(3) == 0;
            text.extend_from_slice(&line(random, odd));
            text.push(b'\n');
        }
        if random.below(2) == 0 {
            text.pop();
        }
        place.put("in.txt", &text);
        place.run("clean -q --lines --exact --no-shipped --rules list.txt in.txt -o out.txt --overwrite").exits(0);
        let want = oracle(&text, &phrases);
        assert!(want.len() < text.len() || phrases.is_empty());
        let out = place.get("out.txt");
        if out != want {
            let differs = out.iter().zip(&want).position(|(a, b)| a != b).unwrap_or(out.len().min(want.len()));
            let show = |bytes: &[u8]| {
                bytes[differs.saturating_sub(20)..(differs + 20).min(bytes.len())].escape_ascii().to_string()
            };
            panic!("round {round}, byte {differs}: {} for {}; phrases {phrases:?}", show(&out), show(&want));
        }
    }
}

#[test]
fn exact_phrases_keep_their_blanks_and_case() {
    let place = Place::new();
    place.put("list.txt", "Share this\n  indented\n\\#tag\n# comment\n***\n");
    let ended = place.pipe(
        "clean -q --lines --exact --no-shipped --rules list.txt",
        b"share this\nShare this\nShare this \nindented\n  indented\n#tag\n\\#tag\n# comment\n***\nShare this\r\nShare this",
    );
    assert_eq!(
        String::from_utf8(ended.exits(0).stdout).unwrap(),
        "share this\nShare this \nindented\n\\#tag\n# comment\nShare this\r\n"
    );
}

#[test]
fn a_list_of_many_phrases_loads_soon() {
    let place = Place::new();
    let list: String = (0..100_000).map(|number| format!("phrase number {number} of many\n")).collect();
    place.put("list.txt", list);
    let began = std::time::Instant::now();
    let input = b"phrase number 99999 of many\nkept\nPhrase  Number 5 of many:\n";
    let ended = place.pipe("clean -q --lines --no-shipped --rules list.txt", input).exits(0);
    assert_eq!(ended.stdout, b"kept\n");
    // A debug build on a busy machine; a release build takes a fraction of a second.
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
}
