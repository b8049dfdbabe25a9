//! Differences told: for people, for a review, for programs.

use std::collections::BTreeMap;

use dechaff::pack::Input;
use dechaff::report::diff::{Change, ChangedBy, ChangedLine, Changes};
use dechaff::report::frequent::Entry;
use dechaff::run::printable;
use serde_json::json;

use super::diff::{Comparison, Side};
use super::summary::{bytes, count, plural, put};
use super::survey::place_json;
use super::{escaped, style};

/// A rule, what it newly removes and what it no longer does.
struct RuleChanges<'c> {
    id: &'c str,
    removed: Changes,
    restored: Changes,
    by: Vec<ChangedBy>,
}

/// The rules that change something, those that change most lines first.
fn rules<'c>(comparison: &Comparison<'c>) -> Vec<RuleChanges<'c>> {
    let mut all: BTreeMap<&str, RuleChanges> = BTreeMap::new();
    for (&by, &changes) in &comparison.found.rules {
        let id = match by.0 {
            Change::Removed => comparison.to.cleaner.rule_id(by.1),
            Change::Restored => comparison.from.cleaner.rule_id(by.1),
        };
        let new = || RuleChanges { id, removed: Changes::default(), restored: Changes::default(), by: Vec::new() };
        let rule = all.entry(id).or_insert_with(new);
        match by.0 {
            Change::Removed => rule.removed = changes,
            Change::Restored => rule.restored = changes,
        }
        rule.by.push(by);
    }
    let mut all: Vec<RuleChanges> = all.into_values().collect();
    let weight =
        |rule: &RuleChanges| (rule.removed.lines + rule.restored.lines, rule.removed.bytes + rule.restored.bytes);
    all.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.id.cmp(b.id)));
    all
}

/// Both sides, and what changes between them, in a sentence each.
struct Headline {
    from: String,
    to: String,
    changed: String,
    notes: Vec<String>,
}

fn headline(comparison: &Comparison) -> Headline {
    let found = comparison.found;
    let some =
        |changes: Changes| format!("{} line{} ({})", count(changes.lines), plural(changes.lines), bytes(changes.bytes));
    let changed = format!(
        "{} of {} document{} changed: {} newly removed, {} restored",
        count(found.changed),
        count(found.documents),
        plural(found.documents),
        some(found.removed),
        some(found.restored),
    );
    let mut notes = Vec::new();
    if found.over_budget != (0, 0) {
        let (from, to) = found.over_budget;
        notes.push(format!(
            "left whole, because they would have lost more than the budget: {} before, {} after",
            count(from),
            count(to)
        ));
    }
    for (flag, (added, dropped)) in &found.flags {
        notes.push(format!("marked as {}: {} more, {} no longer", flag.name(), count(*added), count(*dropped)));
    }
    Headline { from: side(comparison.from), to: side(comparison.to), changed, notes }
}

fn side(side: &Side) -> String {
    let packs = &side.rules.packs;
    let shipped = packs.iter().filter(|pack| pack.source == "shipped").count() as u64;
    let mut told = Vec::new();
    if shipped > 0 {
        told.push(format!("{} shipped packs", count(shipped)));
    }
    let own: Vec<&str> =
        packs.iter().filter(|pack| pack.source != "shipped").map(|pack| pack.source.as_str()).collect();
    match own.as_slice() {
        [] if shipped == 0 => told.push("no packs".to_owned()),
        few if few.len() <= 3 => told.extend(few.iter().map(|source| (*source).to_owned())),
        many => told.push(format!("{} packs such as {}", many.len(), many[0])),
    }
    let rules = side.cleaner.rule_ids().len() as u64;
    format!(
        "{}; level {}, {} input, {} rule{}",
        told.join(", "),
        side.rules.options.level,
        input(side),
        count(rules),
        plural(rules)
    )
}

fn input(side: &Side) -> &'static str {
    match side.rules.options.input {
        Input::Article => "article",
        Input::Page => "page",
    }
}

/// For people.
pub(super) fn text(comparison: &Comparison) -> String {
    let Headline { from, to, changed, notes } = headline(comparison);
    let strong = style::STRONG;
    let mut out = format!("from  {}\nto    {}\n\n{strong}{changed}{strong:#}\n", printable(&from), printable(&to));
    for note in notes {
        put(&mut out, format_args!("{note}\n"));
    }
    let rules = rules(comparison);
    table(&rules, &mut out);
    for rule in &rules {
        if comparison.max_samples > 0 {
            let colour = style::RULE;
            put(&mut out, format_args!("\n{colour}{}{colour:#}\n", rule.id));
        }
        for &by in &rule.by {
            for entry in comparison.found.samples(by, comparison.max_samples) {
                let place = comparison.plan.told(entry.value.first);
                put(&mut out, format_args!("  {}{}: {}\n", times(entry), place, painted(&entry.value)));
            }
        }
    }
    out
}

fn table(rules: &[RuleChanges], out: &mut String) {
    if rules.is_empty() {
        return;
    }
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0).max(4);
    put(out, format_args!("\n{:width$}{:>28}  {:>28}\n", "", "newly removed", "restored"));
    let heads = "    lines documents    bytes";
    put(out, format_args!("{:width$}{heads}  {heads}\n", "rule"));
    for RuleChanges { id, removed, restored, .. } in rules {
        put(out, format_args!("{id:width$}{}  {}\n", columns(*removed), columns(*restored)));
    }
}

fn columns(changes: Changes) -> String {
    format!("{:>9} {:>9} {:>8}", count(changes.lines), count(changes.documents), count(changes.bytes))
}

/// How often a line stood, if not once: with `+` if it may be more.
fn times(entry: &Entry<ChangedLine>) -> String {
    match (entry.count, entry.missed) {
        (1, 0) => String::new(),
        (times, 0) => format!("{}x ", count(times)),
        (times, _) => format!("{}+x ", count(times)),
    }
}

/// A line with its changes marked: in colour, and by brackets where there is none.
fn painted(line: &ChangedLine) -> String {
    let (cut, kept) = (style::CUT, style::KEPT);
    let stretch = |(change, text): &(Option<Change>, String)| {
        let text = printable(text.trim_end_matches('\r'));
        match change {
            None => text,
            Some(Change::Removed) => format!("{cut}[-{text}-]{cut:#}"),
            Some(Change::Restored) => format!("{kept}{{+{text}+}}{kept:#}"),
        }
    };
    line.stretches.iter().map(stretch).collect()
}

/// For a review comment: a table, and the lines of each rule folded away.
pub(super) fn markdown(comparison: &Comparison) -> String {
    let Headline { from, to, changed, notes } = headline(comparison);
    let mut out = format!("**{changed}**\n\n- from: {}\n- to: {}\n", escaped(&from), escaped(&to));
    for note in notes {
        put(&mut out, format_args!("- {note}\n"));
    }
    let rules = rules(comparison);
    if !rules.is_empty() {
        out.push_str("\n| rule | lines removed | documents | bytes | lines restored | documents | bytes |\n");
        out.push_str("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    }
    for RuleChanges { id, removed, restored, .. } in &rules {
        let cells = [removed, restored].map(|all| [all.lines, all.documents, all.bytes].map(count).join(" | "));
        put(&mut out, format_args!("| `{id}` | {} |\n", cells.join(" | ")));
    }
    for rule in &rules {
        samples_folded(comparison, rule, &mut out);
    }
    out
}

fn samples_folded(comparison: &Comparison, rule: &RuleChanges, out: &mut String) {
    let lines: Vec<String> = rule
        .by
        .iter()
        .flat_map(|&by| comparison.found.samples(by, comparison.max_samples))
        .map(|entry| diff_line(&entry.value, &times(entry), &comparison.plan.told(entry.value.first)))
        .collect();
    if lines.is_empty() {
        return;
    }
    let lines = lines.join("\n");
    // A fence must be longer than any that stands in a line.
    let longest = lines.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let all = rule.removed.lines + rule.restored.lines;
    put(
        out,
        format_args!(
            "\n<details>\n<summary><code>{}</code>: {} line{}</summary>\n\n{fence}diff\n{lines}\n{fence}\n\n</details>\n",
            rule.id,
            count(all),
            plural(all)
        ),
    );
}

/// A changed line as a diff shows it: what goes after a minus, what comes back after a plus, and where.
fn diff_line(line: &ChangedLine, times: &str, place: &str) -> String {
    let sign = match line.by.0 {
        Change::Removed => '-',
        Change::Restored => '+',
    };
    let whole = line.stretches.len() == 1;
    let text: String = if whole {
        printable(line.stretches[0].1.trim_end_matches('\r'))
    } else {
        anstream::adapter::strip_str(&painted(line)).to_string()
    };
    format!("@@ {times}{place} @@\n{sign} {text}")
}

/// For programs.
pub(super) fn json(comparison: &Comparison) -> anyhow::Result<String> {
    let found = comparison.found;
    let rules: Vec<_> = rules(comparison)
        .iter()
        .map(|rule| {
            let samples = rule.by.iter().flat_map(|&by| found.samples(by, comparison.max_samples));
            let samples: Vec<_> = samples.map(|entry| sample_json(comparison, entry)).collect();
            json!({"rule": rule.id, "removed": changes_json(rule.removed), "restored": changes_json(rule.restored), "samples": samples})
        })
        .collect();
    let flags: serde_json::Map<String, serde_json::Value> = found
        .flags
        .iter()
        .map(|(flag, (added, dropped))| (flag.name().to_owned(), json!({"added": added, "dropped": dropped})))
        .collect();
    let told = json!({
        "from": side_json(comparison.from),
        "to": side_json(comparison.to),
        "documents": found.documents,
        "text_bytes": found.text_bytes,
        "changed": found.changed,
        "over_budget": {"from": found.over_budget.0, "to": found.over_budget.1},
        "flags": flags,
        "removed": changes_json(found.removed),
        "restored": changes_json(found.restored),
        "rules": rules,
    });
    Ok(serde_json::to_string_pretty(&told)? + "\n")
}

fn changes_json(changes: Changes) -> serde_json::Value {
    json!({"documents": changes.documents, "lines": changes.lines, "bytes": changes.bytes})
}

fn sample_json(comparison: &Comparison, entry: &Entry<ChangedLine>) -> serde_json::Value {
    let name = |change: &Option<Change>| match change {
        None => "same",
        Some(Change::Removed) => "removed",
        Some(Change::Restored) => "restored",
    };
    let line = &entry.value;
    let stretches: Vec<_> = line.stretches.iter().map(|(change, text)| json!([name(change), text])).collect();
    json!({
        "change": name(&Some(line.by.0)),
        "times": entry.count,
        "times_missed_at_most": entry.missed,
        "first": place_json(comparison.plan, line.first),
        "line": stretches,
    })
}

fn side_json(side: &Side) -> serde_json::Value {
    let packs: Vec<_> = side
        .rules
        .packs
        .iter()
        .map(|pack| json!({"pack": pack.name, "version": pack.version, "source": pack.source, "hash": format!("{:016x}", pack.hash)}))
        .collect();
    let level: u8 = match side.rules.options.level {
        dechaff::pack::Level::Sure => 1,
        dechaff::pack::Level::Likely => 2,
    };
    json!({"level": level, "input": input(side), "rules": side.cleaner.rule_ids().len(), "packs": packs})
}
