//! `dechaff rules show`: everything about a rule.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::bail;
use dechaff::lint::Trial;
use dechaff::pack::{Action, Matches, Pack, Rule};
use dechaff::run::printable;

use super::args::ShowArgs;
use super::audit::{Fired, fired};
use super::describe;
use super::load::{nearest, whole_packs};
use crate::cli::{Outcome, style};

/// Samples of an audit that are shown.
const SAMPLES: usize = 5;

pub(super) fn show(args: &ShowArgs) -> anyhow::Result<Outcome> {
    let packs = whole_packs(&args.packs)?;
    let rules = args.ids.iter().map(|id| find(&packs, id)).collect::<anyhow::Result<Vec<_>>>()?;
    let ids: Vec<&str> = rules.iter().map(|(_, rule)| rule.id.as_str()).collect();
    let fired = args.audit.as_deref().map(|audit| fired(audit, &ids)).transpose()?;
    let mut out = String::new();
    for (at, (pack, rule)) in rules.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        shown(rule, pack, &packs, &mut out)?;
        if let Some(fired) = fired.as_ref().and_then(|fired: &HashMap<String, Fired>| fired.get(&rule.id)) {
            told(fired, &mut out);
        }
    }
    anstream::stdout().lock().write_all(out.as_bytes())?;
    Ok(Outcome::Done)
}

/// The rule with this full id, or the only one with this name.
fn find<'p>(packs: &'p [Pack], id: &str) -> anyhow::Result<(&'p Pack, &'p Rule)> {
    let all = || packs.iter().flat_map(|pack| pack.rules.iter().map(move |rule| (pack, rule)));
    if let Some(found) = all().find(|(_, rule)| rule.id == id) {
        return Ok(found);
    }
    let named: Vec<_> = all().filter(|(_, rule)| rule.id.rsplit('/').next() == Some(id)).collect();
    match named.as_slice() {
        [one] => Ok(*one),
        [] => bail!("there is no rule `{id}`{}", nearest(packs, id)),
        several => {
            let ids: Vec<&str> = several.iter().map(|(_, rule)| rule.id.as_str()).collect();
            bail!("which `{id}`: {}?", ids.join(" or "))
        }
    }
}

fn shown(rule: &Rule, pack: &Pack, packs: &[Pack], out: &mut String) -> anyhow::Result<()> {
    let (strong, head) = (style::STRONG, style::RULE);
    put(out, format_args!("{head}{}{head:#}\n", rule.id));
    if !rule.why.is_empty() {
        put(out, format_args!("  {strong}{}{strong:#}\n", printable(&rule.why)));
    }
    let shipped = if pack.source == "shipped" { ", shipped" } else { "" };
    row(out, "defined", &format!("{} (pack {} version {}{shipped})", rule.place, pack.name, pack.version));
    row(out, "level", describe::level(rule.level));
    if let Some(family) = &rule.family {
        row(out, "family", family);
    }
    row(out, rule.matches.kind(), describe::matches(rule));
    rows(out, "", rule.matches.phrases());
    row(out, "goes", describe::goes(rule));
    for (key, value) in describe::guards(rule) {
        row(out, key, &describe::spelled(&value));
    }
    for (key, names) in describe::scope(rule) {
        row(out, key, &names.join(", "));
    }
    rows(out, "strips", &rule.strips);
    rows(out, "keeps", &rule.keeps);
    let pages: Vec<String> = rule.pages.iter().map(|page| format!("{:?} leaves {:?}", page.text, page.left)).collect();
    rows(out, "page", &pages);
    for disable in packs.iter().flat_map(|pack| &pack.disables).filter(|disable| disable.rule == rule.id) {
        let only: Vec<String> =
            disable.langs.iter().cloned().chain(disable.sites.iter().map(ToString::to_string)).collect();
        let only = if only.is_empty() { String::new() } else { format!(" for {}", only.join(", ")) };
        row(out, "disabled", &format!("at {}{only}", disable.place));
    }
    rows(out, "yields to", &keepers(rule, packs)?);
    Ok(())
}

/// The exceptions that protect a line which the rule matches, each with that line.
fn keepers(rule: &Rule, packs: &[Pack]) -> anyhow::Result<Vec<String>> {
    if rule.action == Action::Keep {
        return Ok(Vec::new());
    }
    let keeps = || packs.iter().flat_map(|pack| &pack.rules).filter(|keep| keep.action == Action::Keep);
    let trial = Trial::new(keeps().chain([rule]))?;
    let plain = |rule: &Rule| !matches!(rule.matches, Matches::Pattern(_));
    let phrases = keeps().chain([rule]).filter(|rule| plain(rule)).flat_map(|rule| rule.matches.phrases());
    let examples = keeps().chain([rule]).flat_map(|rule| rule.keeps.iter().chain(&rule.strips));
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for line in phrases.chain(examples) {
        for treated in trial.treat(line).iter().filter(|treated| treated.rule == rule.id) {
            if let Some(keeper) = treated.keeper.filter(|keeper| seen.insert((*keeper).to_owned())) {
                all.push(format!("{keeper}, for example in {line:?}"));
            }
        }
    }
    Ok(all)
}

fn told(fired: &Fired, out: &mut String) {
    row(out, "audit", &format!("{} cuts in {} records, {} bytes", fired.cuts, fired.records, fired.bytes));
    let samples: Vec<String> = fired
        .samples(SAMPLES)
        .iter()
        .map(|(text, cuts, place)| format!("{cuts:>7}  {text:?}, first in {place}"))
        .collect();
    rows(out, "", &samples);
}

fn rows(out: &mut String, name: &str, values: &[String]) {
    for (at, value) in values.iter().enumerate() {
        row(out, if at == 0 { name } else { "" }, value);
    }
}

fn row(out: &mut String, name: &str, value: &str) {
    put(out, format_args!("  {name:<16}  {}\n", printable(value)));
}

fn put(out: &mut String, what: std::fmt::Arguments) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}
