//! One truth through every container.

use crate::support::{Place, Random, document, gzip, records, spelt, unpacked, zstd};

/// Documents that hold everything but the separator line, and what is left of each, told by cleaning it alone.
fn documents(place: &Place, count: usize) -> Vec<(String, Vec<u8>)> {
    let random = &mut Random(11);
    let texts: Vec<String> = (0..count).map(|number| document(random, 4 + number % 30)).collect();
    for (number, text) in texts.iter().enumerate() {
        place.put(format!("texts/{number:03}.txt"), text);
    }
    place.clean("texts -o texts.out").exits(0);
    texts
        .into_iter()
        .enumerate()
        .map(|(number, text)| (text, place.get(format!("texts.out/{number:03}.txt"))))
        .collect()
}

/// Each spelling of JSON, around the same texts.
const AROUND: [(&str, &str, bool, &str); 4] = [
    ("{\"text\": ", "}", false, "\n"),
    ("{\"text\": ", ", \"id\": 12345678901234567890, \"n\": 1.50e+3}", true, "\n"),
    ("  {\"k\":\"\\u00e9\\/\",\"text\" :\t", " ,\"text2\":\"Leave a comment\", \"z\":[ ] } ", true, "\r\n"),
    ("{\"meta\": {\"text\": \"Leave a comment\"}, \"text\": ", ", \"\u{e9}\": \"\u{2028}\"}", false, "\n"),
];

#[test]
fn the_same_documents_are_the_same_through_every_container() {
    let place = Place::new();
    let documents = documents(&place, 120);
    assert!(documents.iter().any(|(text, left)| text.as_bytes() != &left[..]));
    let jsonl: String = documents.iter().map(|(text, _)| format!("{{\"text\": {}}}\n", spelt(text, false))).collect();
    let half = jsonl[..jsonl.len() / 2].rfind('\n').unwrap() + 1;
    let (first, second) = (&jsonl.as_bytes()[..half], &jsonl.as_bytes()[half..]);
    for (name, packed) in [
        ("a.jsonl", jsonl.as_bytes().to_vec()),
        ("a.jsonl.gz", gzip(jsonl.as_bytes())),
        ("two.jsonl.gz", [gzip(first), gzip(b""), gzip(second)].concat()),
        ("within.jsonl.gz", [gzip(&jsonl.as_bytes()[..half - 7]), gzip(&jsonl.as_bytes()[half - 7..])].concat()),
        ("a.jsonl.zst", zstd(jsonl.as_bytes())),
        ("two.jsonl.zst", [&zstd(first)[..], b"\x50\x2a\x4d\x18\x03\0\0\0xyz", &zstd(second)].concat()),
    ] {
        place.put(name, packed);
        place.clean(&format!("{name} -o out-{name}")).exits(0);
        let out = place.get(format!("out-{name}"));
        assert_eq!(out[..2] == place.get(name)[..2], name.contains("zst") || name.contains("gz") || out[0] == b'{');
        let told = records(&out);
        assert_eq!(told.len(), documents.len(), "{name}");
        for (record, (text, left)) in told.iter().zip(&documents) {
            assert_eq!(record["text"].as_str().unwrap().as_bytes(), left, "{name}: {text:?}");
        }
    }
}

#[test]
fn packed_texts_are_the_same_as_plain_ones() {
    let place = Place::new();
    for (number, (text, left)) in documents(&place, 30).into_iter().enumerate() {
        for (name, packed) in [("gz", gzip(text.as_bytes())), ("zst", zstd(text.as_bytes()))] {
            place.put(format!("packed/{number}.txt.{name}"), packed);
            place.put(format!("want/{number}.txt.{name}"), &left);
        }
    }
    place.clean("packed -o out").exits(0);
    let out = place.tree("out").into_iter().map(|(path, packed)| (path, unpacked(&packed))).collect();
    assert!(place.tree("want") == out);
}

#[test]
fn separated_documents_are_the_same_as_files_of_their_own() {
    let place = Place::new();
    let documents = documents(&place, 60);
    for (ending, last) in [("\n", "\n"), ("\r\n", "\r\n"), ("\n", "")] {
        let closed = |text: &str| if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        let mut dump = String::new();
        let mut want = Vec::new();
        for (number, (text, left)) in documents.iter().enumerate() {
            let separator = format!("=== x ==={}", if number + 1 == documents.len() { last } else { ending });
            dump.push_str(&closed(text));
            dump.push_str(&separator);
            want.extend_from_slice(left);
            if !text.ends_with('\n') {
                want.push(b'\n');
            }
            want.extend_from_slice(separator.as_bytes());
        }
        place.put("dump.txt", &dump);
        let mut command = place.command("clean -q --no-shipped --rules rules.toml dump.txt --overwrite -o out.txt");
        command.args(["--separator", "=== x ==="]);
        crate::support::ended(command, None).exits(0);
        let out = place.get("out.txt");
        // What a document without a last line ending loses with its last line is its own affair.
        let same = String::from_utf8_lossy(&out).replace(['\r', '\n'], "")
            == String::from_utf8_lossy(&want).replace(['\r', '\n'], "");
        assert!(same, "{ending:?} {last:?}");
        let count = |bytes: &[u8]| String::from_utf8_lossy(bytes).matches("=== x ===").count();
        assert_eq!(count(&out), documents.len());
    }
}

#[test]
fn json_outside_the_text_stays_byte_for_byte_and_what_is_kept_keeps_its_spelling() {
    let place = Place::new();
    let documents = documents(&place, 80);
    let (mut dump, mut want) = (Vec::new(), Vec::new());
    for (number, (text, left)) in documents.iter().enumerate() {
        let (before, after, ascii, ending) = AROUND[number % AROUND.len()];
        let left = std::str::from_utf8(left).unwrap();
        dump.extend_from_slice(format!("{before}{}{after}{ending}", spelt(text, ascii)).as_bytes());
        want.extend_from_slice(format!("{before}{}{after}{ending}", spelt(left, ascii)).as_bytes());
    }
    for tail in [&b""[..], b"\n \n", b"{\"text\": \"the last line is not closed\"}"] {
        let (dump, want) = ([&dump[..], tail].concat(), [&want[..], tail].concat());
        place.put("dump.jsonl", &dump);
        place.clean("dump.jsonl -o out.jsonl --overwrite").exits(0);
        let out = place.get("out.jsonl");
        for (number, (out, want)) in out.split(|&b| b == b'\n').zip(want.split(|&b| b == b'\n')).enumerate() {
            let shown = String::from_utf8_lossy;
            assert_eq!(shown(out), shown(want), "line {}", number + 1);
        }
        assert_eq!(out.len(), want.len());
    }
}

#[test]
fn odd_bytes_of_what_stays_stay() {
    let place = Place::new();
    let prose = "Ten words and some more stand in this line of prose, so that it counts.";
    let odd: &[&[u8]] = &[
        b"\xef\xbb\xbfA mark at the beginning.\n",
        b"caf\xe9 in Latin-1\r\n",
        b"overlong \xc0\xaf, lone \x80, surrogate \xed\xa0\x80, beyond \xf4\x90\x80\x80\n",
        b"\0 a NUL and \0\n",
        "line\u{2028}separator and next\u{85}line\n".as_bytes(),
        b"a lone CR\rin a line\n",
        b"\x0b\x0c\n",
        b"\xe2\x80",
    ];
    let lines: Vec<u8> = odd.iter().flat_map(|odd| [odd, prose.as_bytes(), b"\n"].concat()).collect();
    let chaff = [&lines[..], b"Leave a comment\n\xffLeave a comment\n", prose.as_bytes()].concat();
    let left = [&lines[..], b"\xffLeave a comment\n", prose.as_bytes()].concat();
    place.put("odd.txt", &chaff);
    place.clean("odd.txt -o plain.txt").exits(0);
    assert_eq!(place.get("plain.txt").escape_ascii().to_string(), left.escape_ascii().to_string());
    place.clean("odd.txt --lines -o lines.txt").exits(0);
    assert_eq!(place.get("lines.txt").escape_ascii().to_string(), left.escape_ascii().to_string());
    // The same bytes inside a JSON string that is not UTF-8 itself.
    let inside = |bytes: &[u8]| {
        let mut out = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' => out.extend_from_slice(b"\\n"),
                0..0x20 => out.extend_from_slice(format!("\\u{byte:04X}").as_bytes()),
                _ => out.push(byte),
            }
        }
        [b"{\"text\": \"", &out[..], b"\"}\n"].concat()
    };
    place.put("odd.jsonl", inside(&chaff));
    place.clean("odd.jsonl -o odd.out.jsonl").exits(0);
    assert_eq!(place.get("odd.out.jsonl").escape_ascii().to_string(), inside(&left).escape_ascii().to_string());
}

#[test]
fn a_mark_at_the_beginning_does_not_hide_the_first_record() {
    let place = Place::new();
    place.put("a.jsonl", b"\xef\xbb\xbf{\"text\": \"One two three four five six.\\nShare this\"}\r\n");
    place.clean("a.jsonl -o b.jsonl").exits(0);
    assert_eq!(place.get("b.jsonl"), b"\xef\xbb\xbf{\"text\": \"One two three four five six.\"}\r\n");
}

#[test]
fn empty_files_stay_empty_files() {
    let place = Place::new();
    for (name, bytes) in [
        ("in/a.txt", vec![]),
        ("in/b.jsonl", vec![]),
        ("in/c.jsonl.gz", gzip(b"")),
        ("in/d.txt.zst", zstd(b"")),
        ("in/e.jsonl.gz", vec![]),
        ("in/f.jsonl", b"\n\n".to_vec()),
    ] {
        place.put(name, bytes);
    }
    place.clean("in -o out").exits(0);
    let out: Vec<_> = place.tree("out").into_values().map(|packed| unpacked(&packed)).collect();
    assert_eq!(out, [&b""[..], b"", b"", b"", b"", b"\n\n"]);
}

#[test]
fn the_bytes_count_and_not_the_name() {
    let place = Place::new();
    let text = "One two three four five six seven.\nShare this\n";
    let left = "One two three four five six seven.\n";
    place.put("in/gz.txt", gzip(text.as_bytes()));
    place.put("in/plain.txt.gz", text);
    place.put("in/zst.txt.gz", zstd(text.as_bytes()));
    place.clean("in -o out").exits(0).says("whatever its name says");
    for (name, packed) in place.tree("out") {
        assert_eq!(unpacked(&packed), left.as_bytes(), "{}", name.display());
        assert_eq!(packed[..2], place.get(std::path::Path::new("in").join(&name))[..2], "{}", name.display());
    }
}

#[test]
fn no_rules_copy_every_byte() {
    let place = Place::new();
    let random = &mut Random(5);
    for number in 0..6 {
        let noise: Vec<u8> = (0..5000).map(|_| random.next().to_le_bytes()[0]).collect();
        place.put(format!("in/{number}.txt"), [b"text ", &noise[..]].concat());
    }
    place.put("list.txt", "# nothing\n");
    for options in ["", "--lines"] {
        place.run(&format!("clean -q --no-shipped --rules list.txt in -o out{options} {options}")).exits(0);
        assert!(place.tree("in") == place.tree(&format!("out{options}")), "{options}");
    }
}
