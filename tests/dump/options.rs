//! Samples, limits, dry runs, and outputs that must not be written over.

use crate::support::{Place, gzip, json, unpacked};

const PROSE: &str = "One two three four five six seven eight.";

fn jsonl(count: usize) -> String {
    (0..count).map(|number| format!("{{\"id\": {number}, \"text\": \"{PROSE}\"}}\n")).collect()
}

#[test]
fn a_limit_takes_the_first_records_of_the_whole_run() {
    let place = Place::new();
    place.put("in/a.jsonl", jsonl(5));
    place.put("in/b.jsonl", jsonl(5));
    place.put("in/c.jsonl", jsonl(5));
    for jobs in [1, 4] {
        place.clean(&format!("in -o out{jobs} --limit 7 -j {jobs}")).exits(0);
        assert_eq!(place.get(format!("out{jobs}/a.jsonl")), jsonl(5).as_bytes());
        assert_eq!(place.get(format!("out{jobs}/b.jsonl")), jsonl(2).as_bytes());
    }
}

#[test]
fn a_limit_counts_lines_and_separated_documents_too() {
    let place = Place::new();
    place.put("a.txt", "one\n--\ntwo\n--\nthree\n");
    place.clean("a.txt --lines --limit 2 -o lines.txt").exits(0);
    assert_eq!(place.get("lines.txt"), b"one\n--\n");
    place.clean("a.txt --separator=-- --limit 2 -o documents.txt").exits(0);
    assert_eq!(place.get("documents.txt"), b"one\n--\ntwo\n--\n");
}

#[test]
fn a_limit_counts_bad_records_too() {
    let place = Place::new();
    let long = format!("{{\"text\": \"{}\"}}\n", "x".repeat(5000));
    place.put("a.jsonl", format!("{}{long}{}", jsonl(1), jsonl(3)));
    place.clean("a.jsonl --limit 3 --max-record 1000 -o out.jsonl --summary-json s.json").exits(3);
    assert_eq!(json(&place.get("s.json"))["records"]["read"], 3);
}

#[test]
fn a_sample_takes_the_same_records_every_time_and_about_its_share() {
    let place = Place::new();
    place.put("in/a.jsonl", jsonl(2000));
    let lines = |name: &str| place.get(name).split(|&byte| byte == b'\n').count() - 1;
    place.clean("in -o one --sample 10% -j 1").exits(0);
    place.clean("in -o two --sample 0.1 -j 3").exits(0);
    assert_eq!(place.get("one/a.jsonl"), place.get("two/a.jsonl"));
    assert!((140..260).contains(&lines("one/a.jsonl")), "{}", lines("one/a.jsonl"));
    place.clean("in -o none --sample 0").exits(0);
    place.clean("in -o all --sample 100%").exits(0);
    assert_eq!((lines("none/a.jsonl"), lines("all/a.jsonl")), (0, 2000));
}

#[test]
fn a_sample_does_not_depend_on_how_the_path_is_written() {
    let place = Place::new();
    place.put("in/a.jsonl", jsonl(400));
    place.clean("in -o one --sample 20%").exits(0);
    place.clean("./in/ -o two --sample 20%").exits(0);
    place.clean(&format!("{} -o three --sample 20%", place.at("in").display())).exits(0);
    assert_eq!(place.get("one/a.jsonl"), place.get("two/a.jsonl"), "./");
    assert_eq!(place.get("one/a.jsonl"), place.get("three/a.jsonl"), "an absolute path");
}

#[test]
fn empty_documents_stay_unless_they_are_to_be_dropped() {
    let place = Place::new();
    place.put("in/a.jsonl", format!("{{\"text\": \"\"}}\n{{\"text\": \" \\n\"}}\n{}", jsonl(1)));
    place.put("in/b.txt", " \n");
    place.put("in/c.txt", PROSE);
    place.clean("in -o kept").exits(0);
    assert!(place.tree("kept") == place.tree("in"));
    place.clean("in -o dropped --drop-empty --summary-json s.json").exits(0);
    assert_eq!(place.get("dropped/a.jsonl"), jsonl(1).as_bytes());
    assert_eq!(place.names("dropped"), ["a.jsonl", "c.txt"]);
    let records = json(&place.get("s.json"))["records"].clone();
    assert_eq!(
        (records["dropped"].clone(), records["written"].clone(), records["read"].clone()),
        (3.into(), 2.into(), 5.into())
    );
}

#[test]
fn a_dropped_document_leaves_no_half_archive_on_standard_output() {
    let place = Place::new();
    let ended = place.clean_pipe("--drop-empty", &gzip(b" \n")).exits(0);
    assert_eq!(ended.stdout.escape_ascii().to_string(), "");
}

#[test]
fn what_is_dropped_does_not_stay_from_an_earlier_run() {
    let place = Place::new();
    place.put("in/a.txt", " \n");
    place.put("in/b.txt", PROSE);
    place.clean("in -o out").exits(0);
    place.clean("in -o out --overwrite --drop-empty").exits(0);
    assert_eq!(place.names("out"), ["b.txt"]);
}

#[test]
fn a_dry_run_writes_nothing_at_all() {
    let place = Place::new();
    place.put("in/a.txt", format!("{PROSE}\nShare this\n"));
    place.put("in/b.jsonl", "{\"text\": \"a\"}\nbroken\n");
    let before = place.tree(".");
    place.clean("in -o out --audit audit --dry-run").exits(3);
    place.clean("in --dry-run").exits(3);
    place.clean("in/a.txt --dry-run --quarantine q.jsonl").exits(0);
    assert!(place.tree(".") == before);
    assert!(!place.at("out").exists() && !place.at("audit").exists());
}

#[test]
fn a_dry_run_and_a_real_one_count_the_same() {
    let place = Place::new();
    place.put("in/a.txt", format!("{PROSE}\nShare this\n"));
    place.put("in/b.jsonl.gz", gzip(format!("{}broken\n", jsonl(5)).as_bytes()));
    place.clean("in -o out --summary-json real.json").exits(3);
    place.clean("in --dry-run --summary-json dry.json").exits(3);
    let (real, dry) = (json(&place.get("real.json")), json(&place.get("dry.json")));
    for key in ["records", "documents", "bytes", "cuts", "rules", "texts"] {
        assert_eq!(real[key], dry[key], "{key}");
    }
}

#[test]
fn nothing_is_written_over_without_leave() {
    let place = Place::new();
    place.put("in/a.txt", PROSE);
    place.put("in/b.txt", PROSE);
    place.put("out/b.txt", "mine");
    place.clean("in -o out").exits(2).says("out/b.txt").says("--overwrite");
    assert_eq!(place.names("out"), ["b.txt"]);
    assert_eq!(place.get("out/b.txt"), b"mine");
    place.put("cuts.jsonl", "mine");
    place.clean("in/a.txt -o a.txt --audit cuts.jsonl").exits(2).says("cuts.jsonl");
    assert!(!place.at("a.txt").exists());
    place.clean("in -o out --overwrite").exits(0);
    assert_eq!(place.get("out/b.txt"), PROSE.as_bytes());
}

#[test]
fn an_input_is_never_written_to() {
    let place = Place::new();
    let text = format!("{PROSE}\nShare this\n");
    place.put("in/a.txt", &text);
    std::fs::hard_link(place.at("in/a.txt"), place.at("hard.txt")).unwrap();
    std::os::unix::fs::symlink("in/a.txt", place.at("soft.txt")).unwrap();
    for words in [
        "in/a.txt -o in/a.txt",
        "in/a.txt -o ./in/../in/a.txt",
        "in/a.txt -o hard.txt",
        "in/a.txt -o soft.txt",
        "soft.txt -o in/a.txt",
        "in -o in",
        "in/a.txt -o in/",
        "in/a.txt -o x.txt --audit in/a.txt",
        "in/a.txt -o x.txt --quarantine in/a.txt",
        "in/a.txt -o x.txt --summary-json in/a.txt",
    ] {
        place.clean(&format!("{words} --overwrite")).exits(2).says("in/a.txt");
        assert_eq!(place.get("in/a.txt"), text.as_bytes(), "{words}");
    }
}

#[test]
fn a_summary_is_not_written_over_another_file_without_leave() {
    let place = Place::new();
    place.put("a.txt", PROSE);
    place.put("s.json", "mine");
    place.clean("a.txt -o out.txt --summary-json s.json").exits(2).says("s.json").says("--overwrite");
    assert_eq!(place.get("s.json"), b"mine");
    assert!(!place.at("out.txt").exists());
    place.clean("a.txt -o out2.txt --summary-json out2.txt").exits(2).says("out2.txt");
}

#[test]
fn an_output_folder_inside_the_input_is_no_input_of_the_next_run() {
    let place = Place::new();
    place.put("in/a.txt", PROSE);
    place.clean("in -o in/out").exits(0);
    place.clean("in -o in/out --overwrite").exits(0);
    assert_eq!(place.names("in"), ["a.txt", "out/a.txt"]);
}

#[test]
fn side_files_are_no_input_of_a_later_run() {
    let place = Place::new();
    place.put("in/a.jsonl", "{\"text\": \"a\"}\nbroken\n");
    place.clean("in/a.jsonl -o in/b.jsonl").exits(3);
    assert!(place.at("in/b.jsonl.dechaff/quarantine.jsonl").exists());
    place.clean("in -o out").exits(3);
    assert_eq!(place.names("out"), ["_dechaff/quarantine.jsonl", "a.jsonl", "b.jsonl"]);
}

#[test]
fn patterns_lists_and_folders_give_the_same_paths() {
    let place = Place::new();
    for name in ["in/a.txt", "in/sub/b.txt", "in/sub/deep/c.txt.gz"] {
        place.put(name, if name.ends_with("gz") { gzip(PROSE.as_bytes()) } else { PROSE.into() });
    }
    place.put("in/picture.png", b"\x89PNG\r\n\x1a\n");
    place.clean("in -o folder").exits(0);
    assert_eq!(place.names("folder"), ["a.txt", "sub/b.txt", "sub/deep/c.txt.gz"]);
    place.clean("in/**/*.txt* -o pattern").exits(0);
    assert_eq!(place.names("pattern"), ["a.txt", "sub/b.txt", "sub/deep/c.txt.gz"]);
    place.put("list", "in/a.txt\r\nin/sub/b.txt\n\n");
    place.clean("--files-from list -o listed").exits(0);
    assert_eq!(place.names("listed"), ["in/a.txt", "in/sub/b.txt"]);
    let ended = place.clean_pipe("--files-from - -o piped", b"in/a.txt\n").exits(0);
    assert!(ended.stdout.is_empty());
    assert_eq!(place.names("piped"), ["in/a.txt"]);
    for (words, what) in [
        ("in/*.csv -o x", "matches no file"),
        ("nowhere/*.txt -o x", "nowhere"),
        ("--files-from missing -o x", "missing"),
        ("in/picture.png -o x", "PNG"),
    ] {
        place.clean(words).exits(2).says(what);
        assert!(!place.at("x").exists());
    }
}

#[test]
fn a_level_of_compression_makes_other_bytes_of_the_same_text() {
    let place = Place::new();
    place.put("a.jsonl.gz", gzip(jsonl(5000).as_bytes()));
    for level in [0, 1, 9] {
        place.clean(&format!("a.jsonl.gz -o {level}.gz --compress-level {level}")).exits(0);
        assert_eq!(unpacked(&place.get(format!("{level}.gz"))), jsonl(5000).as_bytes());
    }
    assert!(place.get("0.gz").len() > place.get("9.gz").len());
    place.clean("a.jsonl.gz -o x.gz --compress-level 10").exits(2).says("0 to 9");
}

#[test]
fn languages_of_records_are_heeded() {
    let place = Place::new();
    place.put("de.toml", "pack = \"d\"\n[[rule]]\nid = \"a\"\nlang = [\"de\"]\nline = \"Share this\"\n");
    let record = |lang: &str| format!("{{\"lang\": \"{lang}\", \"text\": \"{PROSE}\\nShare this\"}}\n");
    let left = |lang: &str| format!("{{\"lang\": \"{lang}\", \"text\": \"{PROSE}\"}}\n");
    place.put("a.jsonl", record("de") + &record("en") + &record("de-AT"));
    place.run("clean -q --no-shipped --rules de.toml a.jsonl -o out.jsonl").exits(0);
    let want = left("de") + &record("en") + &left("de-AT");
    assert_eq!(String::from_utf8(place.get("out.jsonl")).unwrap(), want);
}
