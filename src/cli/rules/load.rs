//! Which rules a run has: packs read, and those rules left out that were not asked for.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use dechaff::clean::{Budget, Options};
use dechaff::pack::{Action, Input, Level, Pack, Rule, retain, shipped, shipped_acting};
use dechaff::text::count_words;

use super::args::PackArgs;
use crate::cli::args::{InputArg, LevelArg, RuleArgs};
use crate::cli::warn;

/// The packs that were asked for, without the rules that were not.
pub(in crate::cli) struct Rules {
    pub packs: Vec<Pack>,
    pub options: Options,
    /// How many rules `--select` and `--ignore` left out.
    pub left_out: usize,
}

/// Reads the packs of a run, without the rules that were not asked for.
pub(in crate::cli) fn rules(args: &RuleArgs) -> anyhow::Result<Rules> {
    chosen(packs(args)?, args)
}

/// Reads the packs of a run.
pub(in crate::cli) fn packs(args: &RuleArgs) -> anyhow::Result<Vec<Pack>> {
    let mut packs = match args.no_shipped {
        true => Vec::new(),
        // Phrases that are taken verbatim are those of the files.
        false if args.exact => shipped(),
        false => shipped_acting(),
    };
    for path in &args.rules {
        packs.extend(read(path)?);
    }
    Ok(packs)
}

/// What `--select` and `--ignore` leave of `packs`.
pub(in crate::cli) fn chosen(mut packs: Vec<Pack>, args: &RuleArgs) -> anyhow::Result<Rules> {
    check_names(&packs, args.select.iter().chain(&args.ignore))?;
    let before = count(&packs);
    retain(&mut packs, |rule| acts(rule, args));
    let left_out = before - count(&packs);
    Ok(Rules { packs, options: options(args), left_out })
}

/// Tells of each plain list how many of its phrases are single words: those are more often a heading than chaff.
pub(in crate::cli) fn tell_single_words(packs: &[Pack]) {
    let is_list = |pack: &&Pack| Path::new(&pack.source).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("txt"));
    for list in packs.iter().filter(is_list) {
        let phrases = list.rules.iter().flat_map(|rule| rule.matches.phrases());
        let single: Vec<&String> = phrases.filter(|phrase| count_words(phrase.as_bytes()) == 1).collect();
        if let Some(first) = single.first() {
            let (all, single) = (list.rules.len(), single.len());
            warn(&format!("{}: {single} of {all} phrases are single words, such as `{first}`", list.source));
        }
    }
}

fn count(packs: &[Pack]) -> usize {
    packs.iter().map(|pack| pack.rules.len()).sum()
}

/// Exceptions are not selected: what they protect is worth protecting from any rules.
fn acts(rule: &Rule, args: &RuleArgs) -> bool {
    let named = |names: &[String]| names.iter().any(|name| is_named(rule, name));
    (args.select.is_empty() || rule.action == Action::Keep || named(&args.select)) && !named(&args.ignore)
}

/// Refuses names that no rule goes by.
pub(super) fn check_names<'n>(packs: &[Pack], mut names: impl Iterator<Item = &'n String>) -> anyhow::Result<()> {
    let is_known = |name: &str| packs.iter().flat_map(|pack| &pack.rules).any(|rule| is_named(rule, name));
    match names.find(|name| !is_known(name)) {
        Some(name) => bail!("there is no rule, pack, family or language `{name}`{}", nearest(packs, name)),
        None => Ok(()),
    }
}

/// Whether `name` is the rule's id, its pack or a folder of packs, its family, or a language of it.
pub(super) fn is_named(rule: &Rule, name: &str) -> bool {
    let folder = |name: &str| rule.id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    folder(name.trim_end_matches('/'))
        || rule.family.as_deref() == Some(name)
        || rule.langs.iter().any(|lang| lang == name)
}

pub(super) fn nearest(packs: &[Pack], name: &str) -> String {
    let rules = || packs.iter().flat_map(|pack| &pack.rules);
    let names = rules()
        .map(|rule| rule.id.as_str())
        .chain(rules().map(Rule::pack))
        .chain(rules().filter_map(|rule| rule.family.as_deref()));
    let best = names.map(|known| (strsim::jaro_winkler(known, name), known)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score > 0.75).map(|(_, known)| format!("; did you mean `{known}`?")).unwrap_or_default()
}

pub(super) fn level(level: LevelArg) -> Level {
    match level {
        LevelArg::One => Level::Sure,
        LevelArg::Two => Level::Likely,
    }
}

pub(super) fn input(input: InputArg) -> Input {
    match input {
        InputArg::Article => Input::Article,
        InputArg::Page => Input::Page,
    }
}

fn options(args: &RuleArgs) -> Options {
    Options {
        level: level(args.level),
        input: input(args.input),
        exact: args.exact,
        budget: Budget { prose: args.prose_budget, words: args.word_budget },
    }
}

/// Packs to try together, and which of them it is about.
pub(super) struct Bench {
    pub packs: Vec<Pack>,
    own: Vec<String>,
}

impl Bench {
    pub(super) fn is_own(&self, pack: &Pack) -> bool {
        self.own.contains(&pack.name)
    }

    pub(super) fn own(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter(|pack| self.is_own(pack))
    }
}

/// The packs in `files` beside the shipped ones, if those are wanted; without files it is about the shipped ones.
pub(super) fn beside_shipped(files: &[PathBuf], no_shipped: bool) -> anyhow::Result<Bench> {
    let mut own = Vec::new();
    for file in files {
        own.extend(read(file)?);
    }
    let mut packs = if no_shipped { Vec::new() } else { shipped() };
    let names = if files.is_empty() { &packs } else { &own }.iter().map(|pack| pack.name.clone()).collect();
    // A file of a shipped pack stands for that pack.
    packs.retain(|pack| own.iter().all(|own| own.name != pack.name));
    packs.extend(own);
    Ok(Bench { packs, own: names })
}

/// The packs that are looked at, with all that their files say.
pub(super) fn whole_packs(args: &PackArgs) -> anyhow::Result<Vec<Pack>> {
    let mut packs = if args.no_shipped { Vec::new() } else { shipped() };
    for path in &args.rules {
        packs.extend(read(path)?);
    }
    Ok(packs)
}

/// The packs of a rule file, or of all rule files in a folder, sorted by path.
pub(in crate::cli) fn read(path: &Path) -> anyhow::Result<Vec<Pack>> {
    if !path.is_dir() {
        return Ok(vec![Pack::read(path)?]);
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot read rule folder `{}`", path.display()))?;
        let is_rules = entry.path().extension().is_some_and(|ext| ext == "toml" || ext == "txt");
        if entry.file_type().is_file() && is_rules {
            files.push(entry.into_path());
        }
    }
    if files.is_empty() {
        bail!("no rule files (.toml or .txt) in `{}`", path.display());
    }
    files.iter().map(|file| Pack::read(file).map_err(Into::into)).collect()
}
