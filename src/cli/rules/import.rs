//! `dechaff rules import`: a plain list made into a pack.
//!
//! Comments stay where they stand, phrases that fold alike become one, single words get a guard, and what is unclear is
//! commented out with the reason: nothing of the list is lost, and nothing that is unsure acts.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use dechaff::lint::unclear;
use dechaff::pack::Pack;
use dechaff::text::{Case, Fold, count_words, key_into};

use super::args::{ImportArgs, ImportKind};
use super::new::{check_pack_name, write_new};
use crate::cli::args::LevelArg;
use crate::cli::{Outcome, say};

/// Phrases that are shown to be taken.
const STRIPS: usize = 3;

pub(super) fn import(args: &ImportArgs) -> anyhow::Result<Outcome> {
    let text = read(&args.list)?;
    let source = args.list.display().to_string();
    // A list that cannot be used as it is shows where.
    Pack::parse_list(&text, "list", &source)?;
    let name = args.pack.clone().unwrap_or_else(|| pack_name(&args.list));
    check_pack_name(&name)?;
    let draft = Draft::new(&text, args);
    if draft.taken.is_empty() && draft.guarded.is_empty() {
        bail!("{source}: no phrase is clear enough to make a rule of{}", draft.first_unclear());
    }
    write_new(args.output.as_deref(), &draft.pack(&name, &source, args))?;
    say(&draft.told(&source));
    Ok(Outcome::Done)
}

fn read(list: &Path) -> anyhow::Result<String> {
    let told = || format!("cannot read `{}`", list.display());
    if list == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(list) }
        .with_context(told)
}

/// A list's pack is called as its file.
fn pack_name(list: &Path) -> String {
    let stem = list.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let legal = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = stem.chars().map(legal).collect();
    let name = name.trim_matches(['-', '.']);
    format!("mine/{}", if name.is_empty() { "list" } else { name })
}

/// What becomes of a list.
#[derive(Default)]
struct Draft<'t> {
    /// The lines of the first rule's list, as TOML.
    body: String,
    taken: Vec<&'t str>,
    /// Single words, for a rule with a guard.
    guarded: Vec<&'t str>,
    /// What is commented out, and why.
    unclear: Vec<(usize, &'t str, String)>,
    duplicates: usize,
}

impl<'t> Draft<'t> {
    fn new(text: &'t str, args: &ImportArgs) -> Self {
        let mut draft = Self::default();
        let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = line.trim();
            if let Some(comment) = line.strip_prefix('#') {
                put(&mut draft.body, format_args!("    #{}\n", printable(comment)));
                continue;
            }
            let phrase = line.strip_prefix('\\').filter(|rest| rest.starts_with('#')).unwrap_or(line);
            if phrase.is_empty() {
                continue;
            }
            if seen.insert(key(phrase), number).is_some() {
                draft.duplicates += 1;
            } else {
                draft.phrase(number, phrase, args);
            }
        }
        draft
    }

    fn phrase(&mut self, number: usize, phrase: &'t str, args: &ImportArgs) {
        let words = count_words(phrase.as_bytes());
        let needs_words = matches!(args.kind, ImportKind::Prefix | ImportKind::Suffix);
        let reason = match unclear(phrase) {
            Some(reason) => reason.to_owned(),
            None if words > 1 && needs_words && words > usize::from(args.max_words) => {
                format!("has {words} words, more than --max-words")
            }
            None if words > 1 || args.kind == ImportKind::Run => {
                put(&mut self.body, format_args!("    {},\n", toml_string(phrase)));
                return self.taken.push(phrase);
            }
            None if args.kind == ImportKind::Line => return self.guarded.push(phrase),
            None => "is a single word, which stands in sentences, too".to_owned(),
        };
        put(&mut self.body, format_args!("    # {reason}: {}\n", toml_string(phrase)));
        self.unclear.push((number, phrase, reason));
    }

    fn pack(&self, name: &str, source: &str, args: &ImportArgs) -> String {
        let level = if args.level == LevelArg::One { 1 } else { 2 };
        let source = printable(source);
        let mut out = format!(
            "# Made of {source}. Say why these are never part of an article, look at what is commented out, and try it:\n\
             # dechaff rules lint, dechaff rules test.\n\n\
             pack     = {}\nversion  = 1\nabout    = {}\ndefaults = {{ level = {level} }}\n",
            toml_string(name),
            toml_string(&format!("Phrases of {source}.")),
        );
        if self.taken.is_empty() {
            out.push_str(&self.body.replace("    #", "#"));
        } else {
            self.rule(args, &mut out);
        }
        if !self.guarded.is_empty() {
            let all: Vec<String> = self.guarded.iter().map(|word| toml_string(word)).collect();
            put(
                &mut out,
                format_args!(
                    "\n[[rule]]\nid     = \"single-words\"\n# why    = \"\"\n\
                     # One word alone is not sure: these go only close to something else that is cut.\n\
                     line   = [\n    {},\n]\nnear   = {{ rules = \"cut\", within = 2 }}\nstrips = [{}]\n\
                     # keeps  = [\"\"]  # the nearest true sentence that must stay\n",
                    all.join(",\n    "),
                    all[..all.len().min(STRIPS)].join(", "),
                ),
            );
        }
        out
    }

    fn rule(&self, args: &ImportArgs, out: &mut String) {
        let kind = args.kind.key();
        let strips = self.strips(args.kind);
        put(out, format_args!("\n[[rule]]\nid     = \"phrases\"\n# why    = \"\"\n{kind:<6} = [\n{}]\n", self.body));
        match args.kind {
            ImportKind::Prefix | ImportKind::Suffix => put(out, format_args!("max-words = {}\n", args.max_words)),
            ImportKind::Run => out.push_str("min-tokens = 3\n"),
            ImportKind::Line | ImportKind::Inline => {}
        }
        put(out, format_args!("strips = [{}]\n", strips.join(", ")));
        if args.kind != ImportKind::Line {
            out.push_str("# keeps  = [\"\"]  # the nearest true sentence that must stay\n");
        }
    }

    fn strips(&self, kind: ImportKind) -> Vec<String> {
        if kind == ImportKind::Run {
            // A run is made of several tokens; the first may come again.
            let row: Vec<&str> = self.taken.iter().cycle().take(self.taken.len().clamp(3, 4)).copied().collect();
            return vec![toml_string(&row.join(" | "))];
        }
        self.taken.iter().take(STRIPS).map(|phrase| toml_string(phrase)).collect()
    }

    fn first_unclear(&self) -> String {
        let first = self.unclear.first();
        first.map(|(line, phrase, reason)| format!(" (line {line}: `{phrase}` {reason})")).unwrap_or_default()
    }

    fn told(&self, source: &str) -> String {
        let mut out = format!(
            "{source}: {} taken, {} guarded (single words), {} left out (the same as another), {} commented out (unclear)",
            self.taken.len(),
            self.guarded.len(),
            self.duplicates,
            self.unclear.len()
        );
        for (line, phrase, reason) in &self.unclear {
            put(&mut out, format_args!("\n  {source}:{line}: `{phrase}` {reason}"));
        }
        printable(&out)
    }
}

fn key(phrase: &str) -> Vec<u8> {
    let mut key = Vec::new();
    key_into(phrase.as_bytes(), Fold::Full, Case::Fold, &mut key);
    key
}

/// `text` as a TOML string; JSON escapes the same signs the same way, but for one.
fn toml_string(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// Comments in TOML hold no control characters, and terminals should see none.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn put(out: &mut String, what: std::fmt::Arguments) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}
