//! Packs in a table: what is in each, and what it cut of labelled pages; for people, as Markdown and as JSON.
//!
//! In Markdown the packs of a folder stand together below a row that adds them up, and all of them in the last row.

use dechaff::pack::{Pack, Rule};
use dechaff::run::Sum;
use serde_json::{Value, json};

use super::measured::{Cut, Measurements};
use super::table;
use crate::cli::escaped;
use crate::cli::summary::{count, plural};

/// Packs, each with those of its rules that are listed.
pub(super) type Chosen<'p> = [(&'p Pack, Vec<&'p Rule>)];

/// Stands where nothing was measured.
const NOTHING: &str = "–";
const COUNTS: [&str; 3] = ["rules", "phrases", "examples"];
const MEASURED: [[&str; 4]; 2] =
    [["level 1: noise", "article", "unsure", "precision"], ["level 2: noise", "article", "unsure", "precision"]];

/// What a row adds up.
#[derive(Default)]
struct Figures {
    packs: usize,
    /// Rules, phrases, examples.
    counts: [usize; 3],
    cut: [Cut; 2],
}

impl Figures {
    fn of(pack: &Pack, rules: &[&Rule], measured: Option<&Measurements>) -> Self {
        let cut = measured.map(|measured| measured.of(pack)).unwrap_or_default();
        Self { packs: 1, counts: [rules.len(), phrases(rules), examples(rules)], cut }
    }

    /// The cells of the row behind the first three, the measured ones empty where none are wanted.
    fn cells(&self, is_measured: bool) -> Vec<String> {
        let counts = self.counts.iter().map(|&number| count(number as u64));
        let cut = self.cut.iter().flat_map(|&cut| if is_measured { cut_cells(cut) } else { Default::default() });
        counts.chain(cut).collect()
    }

    /// The packs in words.
    fn packs(&self) -> String {
        format!("{} pack{}", count(self.packs as u64), plural(self.packs as u64))
    }
}

impl Sum for Figures {
    fn absorb(&mut self, later: Self) {
        self.packs += later.packs;
        for (own, more) in self.counts.iter_mut().zip(later.counts) {
            *own += more;
        }
        for (own, more) in self.cut.iter_mut().zip(later.cut) {
            own.absorb(more);
        }
    }
}

fn cut_cells(cut: Cut) -> [String; 4] {
    if cut.is_nothing() {
        return [NOTHING; 4].map(str::to_owned);
    }
    let precision = cut.precision().map(|share| format!("{}.{:02} %", share / 100, share % 100));
    let [noise, article, unsure] = [cut.noise, cut.article, cut.unsure].map(count);
    [noise, article, unsure, precision.unwrap_or_else(|| NOTHING.to_owned())]
}

/// The heads of all columns, and which of them are numbers: all behind the first three are.
fn columns(first: [&'static str; 3], version: usize) -> (Vec<&'static str>, Vec<usize>) {
    let heads: Vec<&str> = first.into_iter().chain(COUNTS).chain(MEASURED.into_iter().flatten()).collect();
    let numbers = [version].into_iter().chain(first.len()..heads.len()).collect();
    (heads, numbers)
}

/// For people.
pub(super) fn as_table(chosen: &Chosen, measured: Option<&Measurements>) -> String {
    let mut all = Figures::default();
    let mut rows = Vec::new();
    for (pack, rules) in chosen {
        let figures = Figures::of(pack, rules, measured);
        let mut row = vec![pack.name.clone(), pack.version.to_string(), format!("{:016x}", pack.hash)];
        row.extend(figures.cells(measured.is_some()));
        rows.push(row);
        all.absorb(figures);
    }
    let (heads, numbers) = columns(["pack", "version", "hash"], 1);
    let table = table::table(&heads, &numbers, &rows);
    let [rules, phrases, examples] = all.counts.map(|number| count(number as u64));
    format!("{table}{}, {rules} rules, {phrases} phrases, {examples} examples\n", all.packs())
}

/// For pages that people read.
pub(super) fn as_markdown(chosen: &Chosen, measured: Option<&Measurements>) -> String {
    let mut sorted: Vec<_> = chosen.iter().collect();
    sorted.sort_by_key(|(pack, _)| (folder(pack), &pack.name));
    let sum_row = |name: &str, sum: &Figures| {
        let mut row = vec![format!("**{}**", escaped(name)), sum.packs(), String::new()];
        row.extend(sum.cells(measured.is_some()));
        row
    };
    let (mut rows, mut all) = (Vec::new(), Figures::default());
    for packs in sorted.chunk_by(|(a, _), (b, _)| folder(a) == folder(b)) {
        let at = rows.len();
        let mut sum = Figures::default();
        for (pack, rules) in packs {
            let figures = Figures::of(pack, rules, measured);
            let mut row = vec![escaped(&pack.name), escaped(&pack.about), pack.version.to_string()];
            row.extend(figures.cells(measured.is_some()));
            rows.push(row);
            sum.absorb(figures);
        }
        rows.insert(at, sum_row(folder(packs[0].0), &sum));
        all.absorb(sum);
    }
    rows.push(sum_row("all", &all));
    let (heads, numbers) = columns(["pack", "about", "version"], 2);
    table::markdown(&heads, &numbers, &rows)
}

/// The folder of a shipped pack, which is its language for most.
fn folder(pack: &Pack) -> &str {
    pack.name.split('/').next().unwrap_or_default()
}

/// For programs.
pub(super) fn as_json(chosen: &Chosen, measured: Option<&Measurements>) -> Value {
    let pack_json = |(pack, rules): &(&Pack, Vec<&Rule>)| {
        let mut told = json!({
            "pack": pack.name, "about": pack.about, "version": pack.version, "hash": format!("{:016x}", pack.hash),
            "source": pack.source, "rules": rules.len(), "phrases": phrases(rules), "examples": examples(rules),
        });
        if let Some(measured) = measured {
            let [level1, level2] = measured.of(pack).map(|cut| (!cut.is_nothing()).then_some(cut));
            told["measured"] = json!({"level1": level1, "level2": level2});
        }
        told
    };
    chosen.iter().map(pack_json).collect()
}

fn phrases(rules: &[&Rule]) -> usize {
    rules.iter().map(|rule| rule.matches.phrases().len()).sum()
}

fn examples(rules: &[&Rule]) -> usize {
    rules.iter().map(|rule| rule.strips.len() + rule.keeps.len() + rule.pages.len()).sum()
}
