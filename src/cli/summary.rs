//! What a run has done: in words, and as JSON.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;
use dechaff::clean::DroppedWhy;
use dechaff::pack::{Action, Pack, shipped_version};
use dechaff::run::{AtomicFile, Report, RuleTally, Tally, Unfinished, printable};
use serde_json::json;

use super::clean::Compiled;
use super::plan::Planned;
use super::style;

/// Rules and texts that are shown, unless all are asked for.
const SHOWN: usize = 10;

/// A run and everything that is told about it.
pub(super) struct Summary<'p> {
    pub compiled: &'p Compiled,
    pub planned: &'p Planned,
    pub report: Report,
    pub seconds: f64,
    /// The files that an interrupt must take away.
    pub unfinished: Unfinished,
}

/// Prints the summary on standard error.
pub(super) fn print(summary: &Summary, verbose: bool) {
    let most = if verbose { usize::MAX } else { SHOWN };
    let mut out = totals(summary);
    rules(summary, most, &mut out);
    texts(summary, most.min(50), &mut out);
    idle(summary, verbose, &mut out);
    next_level(summary, &mut out);
    passed_over(summary, most, &mut out);
    packs(summary, &mut out);
    super::say(out.trim_end());
}

fn totals(summary: &Summary) -> String {
    let tally = &summary.report.tally;
    let mut out = String::new();
    let files = summary.report.done + summary.report.truncated.len();
    let strong = style::STRONG;
    put(
        &mut out,
        format_args!(
            "{strong}{} file{}, {} document{}, {} of text in {:.1} s ({:.1} MB/s): {} cut{} in {} of them, {} removed ({:.2} %){strong:#}\n",
            files,
            plural(files as u64),
            count(tally.documents),
            plural(tally.documents),
            bytes(tally.text_bytes),
            summary.seconds,
            rate(tally.bytes_in, summary.seconds),
            count(tally.cuts),
            plural(tally.cuts),
            count(tally.changed),
            bytes(tally.cut_bytes),
            percent(tally.cut_bytes, tally.text_bytes),
        ),
    );
    let notes = [
        (tally.quarantined, "bad, set aside"),
        (tally.dropped, "left out by --sample or --drop-empty"),
        (tally.without_text, "without the text key, passed unchanged"),
        (tally.null_text, "with null for a text, passed unchanged"),
        (tally.over_budget, "left whole: they would have lost more than the budget"),
        (tally.long_lines, "stretches of lines longer than --max-record, passed unchanged"),
    ];
    for (number, what) in notes.iter().filter(|(number, _)| *number > 0) {
        put(&mut out, format_args!("  {} {what}\n", count(*number)));
    }
    for (flag, documents) in &tally.flags {
        put(&mut out, format_args!("  {} marked as {}\n", count(*documents), flag.name()));
    }
    out
}

fn rules(summary: &Summary, most: usize, out: &mut String) {
    let ranked = ranked(&summary.report.tally);
    if ranked.is_empty() {
        return;
    }
    put(out, format_args!("rules that cut most{}:\n", of(most, ranked.len())));
    for (rule, tally) in ranked.iter().take(most) {
        let id = summary.compiled.cleaner.rule_id(*rule);
        put(out, format_args!("  {:>9} {:>9}  {}\n", count(tally.cuts), bytes(tally.bytes), id));
    }
}

fn ranked(tally: &Tally) -> Vec<(u32, RuleTally)> {
    let mut ranked: Vec<(u32, RuleTally)> = tally.rules.iter().map(|(rule, tally)| (*rule, *tally)).collect();
    ranked.sort_by_key(|(rule, tally)| (std::cmp::Reverse(tally.cuts), *rule));
    ranked
}

fn texts(summary: &Summary, most: usize, out: &mut String) {
    let top = summary.report.tally.texts.top(most);
    if top.is_empty() {
        return;
    }
    out.push_str("texts cut most often (cuts, documents, sites, first at):\n");
    for text in top {
        let shown: String = printable(&text.text).chars().take(70).collect();
        let sites = if text.sites.is_empty() {
            "-".to_owned()
        } else {
            format!("{}{}", text.sites.len(), if text.sites.len() == 64 { "+" } else { "" })
        };
        let documents = if summary.planned.lines { "-".to_owned() } else { count(text.documents) };
        put(
            out,
            format_args!(
                "  {:>9} {:>9} {:>5}  {shown:?}  {}\n",
                count(text.cuts),
                documents,
                sites,
                place(summary, text.sample)
            ),
        );
    }
}

/// Where a text was cut first.
fn place(summary: &Summary, (shard, record): (usize, u64)) -> String {
    let name = printable(&summary.planned.plan.shards[shard].name);
    if summary.planned.lines { format!("{name} byte {}", record - 1) } else { format!("{name}:{record}") }
}

fn idle(summary: &Summary, verbose: bool, out: &mut String) {
    let cleaner = &summary.compiled.cleaner;
    let mut why: BTreeMap<String, usize> = BTreeMap::new();
    for dropped in cleaner.dropped() {
        *why.entry(dropped_why(dropped.why).to_owned()).or_default() += 1;
    }
    if summary.compiled.rules.left_out > 0 {
        why.insert("left out by --select or --ignore".to_owned(), summary.compiled.rules.left_out);
    }
    let cut: HashSet<u32> = summary.report.tally.rules.keys().copied().collect();
    let keeps = that_cut_nothing(summary.compiled);
    let of_sites = rules_of_sites(summary);
    if summary.report.tally.addressed == 0 && of_sites > 0 && !summary.planned.lines {
        why.insert("are for certain sites, and no address is told".to_owned(), of_sites);
    }
    let silent: Vec<&str> = (0..)
        .zip(cleaner.rule_ids())
        .filter(|(number, id)| !cut.contains(number) && !keeps.contains(id))
        .map(|(_, id)| id)
        .collect();
    if summary.planned.lines {
        let number = (0..).zip(cleaner.rule_ids()).filter(|(number, _)| cleaner.needs_document(*number)).count();
        if number > 0 {
            why.insert("need a document (--lines)".to_owned(), number);
        }
    }
    if silent.is_empty() && why.is_empty() {
        return;
    }
    let why: Vec<String> = why.iter().map(|(why, number)| format!("{} {why}", count(*number as u64))).collect();
    put(
        out,
        format_args!(
            "idle rules: {} found nothing{}{}\n",
            count(silent.len() as u64),
            if why.is_empty() { "" } else { "; " },
            why.join("; ")
        ),
    );
    if verbose {
        for id in silent {
            put(out, format_args!("  {id}\n"));
        }
    }
}

/// The rules that cut nothing even when they act: exceptions, and those that mark documents.
fn that_cut_nothing(compiled: &Compiled) -> HashSet<&str> {
    let rules = compiled.rules.packs.iter().flat_map(|pack| &pack.rules);
    rules.filter(|rule| matches!(rule.action, Action::Keep | Action::Flag(_))).map(|rule| rule.id.as_str()).collect()
}

/// How many of the rules that act are for certain sites.
fn rules_of_sites(summary: &Summary) -> usize {
    let acting: HashSet<&str> = summary.compiled.cleaner.rule_ids().collect();
    let rules = summary.compiled.rules.packs.iter().flat_map(|pack| &pack.rules);
    rules.filter(|rule| !rule.sites.is_empty() && acting.contains(rule.id.as_str())).count()
}

fn dropped_why(why: DroppedWhy) -> &'static str {
    match why {
        DroppedWhy::Level => "are above --level",
        DroppedWhy::Input => "are for --input page",
        DroppedWhy::Disabled => "are disabled by a pack",
    }
}

fn next_level(summary: &Summary, out: &mut String) {
    let next = &summary.report.tally.next_level;
    if summary.compiled.next.is_none() || next.documents == 0 {
        return;
    }
    put(
        out,
        format_args!(
            "--level 2 would remove {:.2} % more, from {:.0} % of the documents (tried on {})\n",
            percent(next.more_bytes, next.text_bytes),
            percent(next.more_documents, next.documents),
            count(next.documents),
        ),
    );
}

fn passed_over(summary: &Summary, most: usize, out: &mut String) {
    let all = &summary.planned.passed_over;
    if all.is_empty() {
        return;
    }
    put(out, format_args!("passed over{}:\n", of(most, all.len())));
    for (path, reason) in all.iter().take(most) {
        put(out, format_args!("  {}: {reason}\n", printable(&path.display().to_string())));
    }
}

/// What the run was done with, so that it can be done again.
fn packs(summary: &Summary, out: &mut String) {
    let packs = &summary.compiled.rules.packs;
    let (shipped, own): (Vec<&Pack>, Vec<&Pack>) = packs.iter().partition(|pack| pack.source == "shipped");
    let mut told = vec![format!("dechaff {}", env!("CARGO_PKG_VERSION"))];
    if !shipped.is_empty() {
        told.push(format!("{} shipped packs {:016x}", shipped.len(), shipped_version()));
    }
    told.extend(own.iter().map(|pack| format!("{} version {} {:016x}", pack.name, pack.version, pack.hash)));
    put(out, format_args!("{}\n", told.join(", ")));
}

fn of(most: usize, all: usize) -> String {
    if all > most { format!(" ({most} of {})", count(all as u64)) } else { String::new() }
}

/// Writes the summary as JSON.
pub(super) fn write_json(summary: &Summary, path: &Path) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(&as_json(summary))?;
    text.push('\n');
    let told = || format!("cannot write `{}`", path.display());
    let mut file = AtomicFile::create(path, &summary.unfinished).with_context(told)?;
    file.write_all(text.as_bytes()).and_then(|()| file.publish()).with_context(told)
}

fn as_json(summary: &Summary) -> serde_json::Value {
    let report = &summary.report;
    let tally = &report.tally;
    let cleaner = &summary.compiled.cleaner;
    let rules: Vec<_> = ranked(tally)
        .iter()
        .map(|(rule, tally)| json!({"rule": cleaner.rule_id(*rule), "cuts": tally.cuts, "bytes": tally.bytes, "documents": tally.documents}))
        .collect();
    let texts: Vec<_> = tally
        .texts
        .top(100)
        .iter()
        .map(|text| {
            json!({"text": text.text, "rule": cleaner.rule_id(text.rule), "cuts": text.cuts, "documents": text.documents,
                   "sites": text.sites.len(), "first": place(summary, text.sample)})
        })
        .collect();
    let packs: Vec<_> = summary
        .compiled
        .rules
        .packs
        .iter()
        .map(|pack| json!({"pack": pack.name, "version": pack.version, "source": pack.source, "rules": pack.rules.len(), "hash": format!("{:016x}", pack.hash)}))
        .collect();
    let dropped: Vec<_> =
        cleaner.dropped().iter().map(|dropped| json!({"rule": dropped.id, "why": dropped_why(dropped.why)})).collect();
    let next = &tally.next_level;
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "shipped_packs": format!("{:016x}", shipped_version()),
        "seconds": summary.seconds,
        "files": {"whole": report.done, "truncated": report.truncated.len(), "failed": report.failed.len()},
        "records": {"read": tally.records, "written": tally.written, "dropped": tally.dropped, "quarantined": tally.quarantined,
                    "without_text": tally.without_text, "null_text": tally.null_text},
        "documents": {"cleaned": tally.documents, "changed": tally.changed, "over_budget": tally.over_budget},
        "flags": tally.flags.iter().map(|(flag, documents)| (flag.name(), *documents)).collect::<BTreeMap<_, _>>(),
        "bytes": {"raw": tally.raw_bytes, "in": tally.bytes_in, "out": tally.bytes_out, "text": tally.text_bytes, "cut": tally.cut_bytes},
        "cuts": tally.cuts,
        "rules": rules,
        "texts": texts,
        "idle": {"dropped": dropped, "left_out": summary.compiled.rules.left_out},
        "level_2": {"documents": next.documents, "text_bytes": next.text_bytes, "more_bytes": next.more_bytes, "more_documents": next.more_documents},
        "packs": packs,
        "truncated": report.truncated.iter().map(|(name, cause)| json!({"file": name, "cause": cause})).collect::<Vec<_>>(),
        "failed": report.failed.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "passed_over": summary.planned.passed_over.iter()
            .map(|(path, why)| json!({"file": path.display().to_string(), "why": why})).collect::<Vec<_>>(),
        "quarantine": report.quarantine.as_ref().map(|path| path.display().to_string()),
    })
}

pub(super) fn put(out: &mut String, what: std::fmt::Arguments) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}

pub(super) fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

pub(super) fn count(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}

pub(super) fn bytes(number: u64) -> String {
    indicatif::DecimalBytes(number).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
fn rate(bytes: u64, seconds: f64) -> f64 {
    bytes as f64 / 1e6 / seconds.max(0.001)
}
