//! How often rules fired, as audits tell.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dechaff::shard::{Codec, decode};
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};

/// Different texts that are counted; those that come later are not.
const TEXTS: usize = 10_000;
/// Characters of a text that are looked at.
const SHOWN: usize = 100;

/// What a rule has cut.
#[derive(Debug, Default)]
pub(super) struct Fired {
    pub cuts: u64,
    pub records: u64,
    pub bytes: u64,
    texts: HashMap<String, (u64, String)>,
}

impl Fired {
    /// The texts that were cut most often: how often, and where first.
    pub(super) fn samples(&self, most: usize) -> Vec<(&str, u64, &str)> {
        let mut all: Vec<(&str, u64, &str)> =
            self.texts.iter().map(|(text, (cuts, place))| (text.as_str(), *cuts, place.as_str())).collect();
        all.sort_by_key(|(text, cuts, _)| (std::cmp::Reverse(*cuts), *text));
        all.truncate(most);
        all
    }
}

/// Reads the audit at `path`, a file or a folder of them, for what `rules` have cut.
pub(super) fn fired(path: &Path, rules: &[&str]) -> anyhow::Result<HashMap<String, Fired>> {
    let mut fired: HashMap<String, Fired> = rules.iter().map(|rule| ((*rule).to_owned(), Fired::default())).collect();
    for file in files(path)? {
        read(&file, &mut fired).with_context(|| format!("cannot read the audit `{}`", file.display()))?;
    }
    Ok(fired)
}

fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot read folder `{}`", path.display()))?;
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_file() && [".jsonl", ".jsonl.gz", ".jsonl.zst"].iter().any(|end| name.ends_with(end)) {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        bail!("no audits (.jsonl, .jsonl.gz, .jsonl.zst) in `{}`", path.display());
    }
    Ok(files)
}

fn read(path: &Path, fired: &mut HashMap<String, Fired>) -> anyhow::Result<()> {
    let mut file = BufReader::new(File::open(path)?);
    let codec = Codec::of_magic(file.fill_buf()?);
    let mut lines = BufReader::new(decode(codec, file)?);
    let (mut line, mut number) = (Vec::new(), 0_u64);
    while lines.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        // Most lines tell of other rules; the first one tells whether it is an audit at all.
        if number == 1 || fired.keys().any(|id| memchr::memmem::find(&line, id.as_bytes()).is_some()) {
            let note: Note = serde_json::from_slice(&line)
                .with_context(|| format!("line {number} is not what `dechaff clean --audit` writes"))?;
            count(&note, path, fired);
        }
        line.clear();
    }
    Ok(())
}

fn count(note: &Note, path: &Path, fired: &mut HashMap<String, Fired>) {
    let place = match (note.record, note.line) {
        (Some(record), _) => format!("{} record {record}", path.display()),
        (None, Some(line)) => format!("{} line {line}", path.display()),
        (None, None) => path.display().to_string(),
    };
    for (at, cut) in note.cuts.iter().enumerate() {
        let Some(rule) = fired.get_mut(&cut.rule) else { continue };
        rule.cuts += 1;
        rule.records += u64::from(note.cuts[..at].iter().all(|before| before.rule != cut.rule));
        rule.bytes += cut.end.saturating_sub(cut.start);
        let Some(text) = &cut.text else { continue };
        let text: String = text.trim().chars().take(SHOWN).collect();
        let room = rule.texts.len() < TEXTS;
        match rule.texts.get_mut(&text) {
            Some((cuts, _)) => *cuts += 1,
            None if room => drop(rule.texts.insert(text, (1, place.clone()))),
            None => {}
        }
    }
}

/// A line of an audit, as far as it is of use here.
#[derive(Deserialize)]
struct Note {
    record: Option<u64>,
    line: Option<u64>,
    #[serde(default)]
    cuts: Vec<Cut>,
}

struct Cut {
    rule: String,
    start: u64,
    end: u64,
    text: Option<String>,
}

impl<'de> Deserialize<'de> for Cut {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parts;
        impl<'de> Visitor<'de> for Parts {
            type Value = Cut;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a cut: rule, start, end, and perhaps its text")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Cut, A::Error> {
                let missing = |at| serde::de::Error::invalid_length(at, &"rule, start and end");
                let rule = parts.next_element()?.ok_or_else(|| missing(0))?;
                let start = parts.next_element()?.ok_or_else(|| missing(1))?;
                let end = parts.next_element()?.ok_or_else(|| missing(2))?;
                let text = parts.next_element()?;
                while parts.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Cut { rule, start, end, text })
            }
        }
        deserializer.deserialize_seq(Parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_is_counted_rule_by_rule() {
        let folder = tempfile::tempdir().unwrap();
        let audit = folder.path().join("a.jsonl");
        let lines = "{\"record\": 1, \"cuts\": [[\"x/a\", 0, 5, \"Share\"], [\"x/a\", 7, 12, \"Share\"], [\"x/b\", 20, 21]]}\n\
                     {\"line\": 9, \"cuts\": [[\"x/a\", 3, 9, \"\\u00e9t\\n\", \"w6l0\"]]}\n{\"record\": 3}\n";
        std::fs::write(&audit, lines).unwrap();
        let fired = fired(folder.path(), &["x/a", "x/b", "x/c"]).unwrap();
        let told = |id: &str| (fired[id].cuts, fired[id].records, fired[id].bytes);
        assert_eq!((told("x/a"), told("x/b"), told("x/c")), ((3, 2, 16), (1, 1, 1), (0, 0, 0)));
        let samples = fired["x/a"].samples(5);
        assert_eq!((samples[0].0, samples[0].1, samples[1].0), ("Share", 2, "ét"));
        assert!(samples[1].2.ends_with("a.jsonl line 9"));
    }

    #[test]
    fn what_is_no_audit_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(fired(folder.path(), &["x/a"]).unwrap_err().to_string().contains("no audits"));
        let other = folder.path().join("a.jsonl");
        for (text, line) in [("pack = \"x\"\n", "line 1"), ("{\"cuts\": []}\n{\"cuts\": [\"x/a\"]}\n", "line 2")] {
            std::fs::write(&other, text).unwrap();
            assert!(format!("{:#}", fired(&other, &["x/a"]).unwrap_err()).contains(line));
        }
    }
}
