//! Runs the program in a folder of its own, and makes dumps for it.
//!
//! Every child has a time limit, so that a hang is a failure with a name. Dumps come from a seeded generator.

#![allow(dead_code, reason = "each test program uses its own part of this")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// More than any run here needs on a busy machine, less than a person waits.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Rules of each kind, so that tests do not depend on the shipped packs.
pub const RULES: &str = r#"
pack = "t"

[[rule]]
id = "form"
why = "The form's heading."
line = ["Leave a comment", "Share this", "Schrift größer"]

[[rule]]
id = "credit"
why = "A photo credit."
prefix = "Photo by"
max-words = 6

[[rule]]
id = "enlarge"
why = "A caption of a button."
inline = "(click to enlarge)"

[[rule]]
id = "posted"
why = "A time stamp."
pattern = 'Posted on \d+ May'

[[rule]]
id = "likely"
why = "Seen only at level 2."
line = "Related stories"
level = 2
"#;

/// How a child ended.
pub struct Ended {
    /// None if a signal ended it.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Ended {
    pub fn words(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Asserts the exit code; shows the words if it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stderr: {}", self.words());
        self
    }

    #[track_caller]
    pub fn says(self, what: &str) -> Self {
        let words = self.words();
        assert!(words.contains(what), "not said: {what:?}; stderr: {words}");
        self
    }
}

/// A temp folder with the rules in it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.put("rules.toml", RULES);
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    pub fn put(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    #[track_caller]
    pub fn get(&self, name: impl AsRef<Path>) -> Vec<u8> {
        let path = self.at(name);
        std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// The command in this folder, with its words separated by blanks.
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dechaff"));
        command.current_dir(self.path()).args(words.split_ascii_whitespace());
        for gone in ["CLICOLOR_FORCE", "CLICOLOR", "NO_COLOR", "RUST_BACKTRACE"] {
            command.env_remove(gone);
        }
        command
    }

    /// Runs a command without input.
    #[track_caller]
    pub fn run(&self, words: &str) -> Ended {
        ended(self.command(words), None)
    }

    /// Runs a command with these bytes on standard input.
    #[track_caller]
    pub fn pipe(&self, words: &str, input: &[u8]) -> Ended {
        ended(self.command(words), Some(input.to_vec()))
    }

    /// `clean` with the rules of this place alone.
    #[track_caller]
    pub fn clean(&self, words: &str) -> Ended {
        self.run(&format!("clean -q --no-shipped --rules rules.toml {words}"))
    }

    /// `clean` with the rules of this place alone, of these bytes.
    #[track_caller]
    pub fn clean_pipe(&self, words: &str, input: &[u8]) -> Ended {
        self.pipe(&format!("clean -q --no-shipped --rules rules.toml {words}"), input)
    }

    /// All files below a folder, by relative path.
    pub fn tree(&self, name: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.at(name), Path::new(""), &mut files);
        files
    }

    /// The names of all files below a folder.
    pub fn names(&self, name: &str) -> Vec<String> {
        self.tree(name).into_keys().map(|path| path.to_string_lossy().into_owned()).collect()
    }
}

fn collect(folder: &Path, relative: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let relative = relative.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &relative, files);
        } else {
            files.insert(relative, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// Runs a command to its end, within the limit.
#[track_caller]
pub fn ended(mut command: Command, input: Option<Vec<u8>>) -> Ended {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || {
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            // A child that ends early has closed its end.
            let _ = stdin.write_all(&input);
        }
    });
    let ended = wait(child);
    writer.join().unwrap();
    ended
}

/// Waits for a child, within the limit.
#[track_caller]
pub fn wait(mut child: Child) -> Ended {
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            let said = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
            panic!("it hangs; so far it said: {said}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Ended { code: status.code(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut all).unwrap();
        }
        all
    })
}

/// Whether `what` becomes true within some seconds.
pub fn soon(what: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        if what() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

/// Runs a line of shell.
pub fn shell(line: &str, folder: &Path) -> Ended {
    let mut command = Command::new("sh");
    command.arg("-c").arg(line).current_dir(folder).env("DECHAFF", env!("CARGO_BIN_EXE_dechaff"));
    ended(command, None)
}

/// `SplitMix64`: the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    pub fn of<'o, T: ?Sized>(&mut self, options: &[&'o T]) -> &'o T {
        options[self.below(options.len())]
    }
}

const WORDS: [&str; 24] = [
    "river",
    "the",
    "a",
    "talks",
    "café",
    "went",
    "on",
    "minister",
    "日本",
    "naïve",
    "after",
    "years",
    "of",
    "\"quoted\"",
    "back\\slash",
    "tab\there",
    "😀",
    "Straße",
    "and",
    "so",
    "said",
    "line\u{2028}separator",
    "to",
    "from",
];

/// Chaff, and lines that are near to it.
const ODD: [&str; 12] = [
    "Leave a comment",
    "  LEAVE A COMMENT:",
    "Share this",
    "Schrift größer",
    "Photo by Ann Example",
    "Posted on 12 May",
    "Related stories",
    "“Leave a comment,” she told the court.",
    "Photo by an old friend of the family who never learned to hold a camera.",
    "Posted on 12 May and never read by anybody.",
    "",
    "A picture (click to enlarge) of it",
];

/// A document of prose, chaff and near misses; its lines end as its seed will.
pub fn document(random: &mut Random, lines: usize) -> String {
    let ending = random.of(&["\n", "\n", "\n", "\r\n"]);
    let mut text = String::new();
    for number in 0..lines.max(4) {
        if number > 2 && random.below(3) == 0 {
            text.push_str(random.of(&ODD));
        } else {
            for _ in 0..13 + random.below(12) {
                text.push_str(random.of(&WORDS));
                text.push(' ');
            }
            text.push_str("end.");
        }
        text.push_str(ending);
    }
    if random.below(4) == 0 {
        text.truncate(text.trim_end().len());
    }
    text
}

/// A text as a JSON string; with every char beyond ASCII as `\uXXXX` if `ascii`.
pub fn spelt(text: &str, ascii: bool) -> String {
    let raw = serde_json::to_string(text).unwrap();
    if !ascii {
        return raw;
    }
    raw.chars()
        .map(|char| {
            if char.is_ascii() {
                return char.to_string();
            }
            char.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        })
        .collect()
}

pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::encode_all(plain, 1).unwrap()
}

/// The decoded bytes of a whole file, however it is packed.
#[track_caller]
pub fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match packed {
        [0x1f, 0x8b, ..] => {
            flate2::bufread::MultiGzDecoder::new(packed).read_to_end(&mut plain).unwrap();
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => plain = zstd::decode_all(packed).unwrap(),
        _ => plain = packed.to_vec(),
    }
    plain
}

pub fn json(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)))
}

/// The lines of a JSONL file, as values.
pub fn records(bytes: &[u8]) -> Vec<serde_json::Value> {
    unpacked(bytes).split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(json).collect()
}

pub fn os(bytes: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

/// A text without the spans that an audit line names; checks that the audit quotes them rightly.
#[track_caller]
pub fn without_cuts(text: &[u8], audit: &serde_json::Value) -> Vec<u8> {
    let (mut left, mut at) = (Vec::new(), 0);
    for cut in audit["cuts"].as_array().unwrap() {
        let place = |at: usize| usize::try_from(cut[at].as_u64().unwrap()).unwrap();
        let (start, end) = (place(1), place(2));
        assert!(at <= start && start < end && end <= text.len(), "{cut}");
        if let Some(quoted) = cut.get(3) {
            assert_eq!(quoted.as_str().unwrap(), String::from_utf8_lossy(&text[start..end]), "{cut}");
        }
        left.extend_from_slice(&text[at..start]);
        at = end;
    }
    left.extend_from_slice(&text[at..]);
    left
}
