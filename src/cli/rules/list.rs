//! `dechaff rules list`: rules, or packs, in a table.

use std::io::Write;

use dechaff::pack::{Input, Level, Pack, Rule};
use serde_json::{Value, json};

use super::args::{ListArgs, ListFormat};
use super::load::{check_names, is_named, whole_packs};
use super::measured::Measurements;
use super::packs::Chosen;
use super::{describe, packs, table};
use crate::cli::args::{InputArg, LevelArg};
use crate::cli::summary::plural;
use crate::cli::{Outcome, escaped};

pub(super) fn list(args: &ListArgs) -> anyhow::Result<Outcome> {
    let all = whole_packs(&args.packs)?;
    check_names(&all, args.select.iter().chain(&args.ignore))?;
    let chosen: Vec<(&Pack, Vec<&Rule>)> = all
        .iter()
        .map(|pack| (pack, pack.rules.iter().filter(|rule| is_wanted(rule, args)).collect()))
        .filter(|(_, rules): &(_, Vec<_>)| !rules.is_empty())
        .collect();
    let measured = args.measured.as_deref().map(Measurements::read).transpose()?;
    let measured = measured.as_ref();
    let shown = match (args.format, args.by_pack) {
        (ListFormat::Json, false) => {
            pretty(&chosen.iter().flat_map(|(_, rules)| rules).map(|rule| as_json(rule)).collect())?
        }
        (ListFormat::Json, true) => pretty(&packs::as_json(&chosen, measured))?,
        (ListFormat::Table, false) => rule_table(&chosen),
        (ListFormat::Table, true) => packs::as_table(&chosen, measured),
        (ListFormat::Markdown, false) => rule_markdown(&chosen),
        (ListFormat::Markdown, true) => packs::as_markdown(&chosen, measured),
    };
    anstream::stdout().lock().write_all(shown.as_bytes())?;
    Ok(Outcome::Done)
}

fn is_wanted(rule: &Rule, args: &ListArgs) -> bool {
    let named = |names: &[String]| names.iter().any(|name| is_named(rule, name));
    let level =
        args.level.is_none_or(|level| rule.level == if level == LevelArg::One { Level::Sure } else { Level::Likely });
    let input = args.input.is_none_or(|input| (input == InputArg::Page) == (rule.input == Some(Input::Page)));
    let kind = args.kind.is_empty() || args.kind.iter().any(|kind| kind.key() == rule.matches.kind());
    level && input && kind && (args.select.is_empty() || named(&args.select)) && !named(&args.ignore)
}

fn pretty(value: &Value) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}

const HEADS: [&str; 8] = ["id", "kind", "cut", "level", "guards", "family", "lang/site", "phrases"];
const NUMBERS: [usize; 2] = [3, 7];

fn rule_table(chosen: &Chosen) -> String {
    let rows = rule_rows(chosen);
    let number = rows.len();
    format!("{}{number} rule{}\n", table::table(&HEADS, &NUMBERS, &rows), plural(number as u64))
}

fn rule_markdown(chosen: &Chosen) -> String {
    let rows = rule_rows(chosen).iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect::<Vec<_>>();
    table::markdown(&HEADS, &NUMBERS, &rows)
}

fn rule_rows(chosen: &Chosen) -> Vec<Vec<String>> {
    let row = |rule: &&Rule| {
        let scope = describe::scope(rule).into_iter().map(|(key, names)| match key {
            "not-lang" | "not-site" => format!("not {}", names.join(" ")),
            _ => names.join(" "),
        });
        vec![
            rule.id.clone(),
            rule.matches.kind().to_owned(),
            rule.action.name().to_owned(),
            rule.level.to_string(),
            describe::brief(rule),
            rule.family.clone().unwrap_or_default(),
            scope.collect::<Vec<_>>().join(", "),
            rule.matches.phrases().len().to_string(),
        ]
    };
    chosen.iter().flat_map(|(_, rules)| rules).map(row).collect()
}

fn as_json(rule: &Rule) -> Value {
    let guards: serde_json::Map<String, Value> =
        describe::guards(rule).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let scope: serde_json::Map<String, Value> =
        describe::scope(rule).into_iter().map(|(key, names)| (key.to_owned(), json!(names))).collect();
    json!({
        "id": rule.id, "pack": rule.pack(), "kind": rule.matches.kind(), "cut": rule.action.name(),
        "level": if rule.level == Level::Sure { 1 } else { 2 }, "family": rule.family, "guards": guards, "scope": scope,
        "phrases": rule.matches.phrases(), "why": rule.why, "place": rule.place,
        "examples": {"strips": rule.strips.len(), "keeps": rule.keeps.len(), "page": rule.pages.len()},
    })
}
