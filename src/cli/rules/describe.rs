//! A rule in the words of a rule file: what list and show both say of it.

use dechaff::pack::{Action, Input, Level, Matches, Near, Neighbours, ProseGuard, Rule, Side};
use dechaff::text::{Case, Fold};
use serde_json::{Value, json};

/// What must also be true, by the keys of a rule file.
pub(super) fn guards(rule: &Rule) -> Vec<(&'static str, Value)> {
    let mut guards = Vec::new();
    if let Matches::Run { least, .. } = rule.matches {
        guards.push(("min-tokens", json!(least)));
    }
    match rule.action {
        Action::CutToEnd(guard) => {
            guards.push(("max-prose-after", share(guard.most_lost)));
            guards.push(("min-prose-before", json!(guard.least_left)));
            guards.extend(prose_share(guard));
        }
        Action::CutFromStart(guard) => {
            guards.push(("max-prose-before", share(guard.most_lost)));
            guards.push(("min-prose-after", json!(guard.least_left)));
            guards.extend(prose_share(guard));
        }
        Action::CutBlock { max_lines } => guards.push(("max-lines", json!(max_lines))),
        Action::Flag(flag) => guards.push(("flag", json!(flag.name()))),
        Action::CutLine | Action::CutMatch | Action::Keep => {}
    }
    if let Some(most) = rule.max_words {
        guards.push(("max-words", json!(most)));
    }
    if !rule.all_of.is_empty() {
        guards.push(("all-of", json!(rule.all_of)));
    }
    if !rule.only.is_empty() {
        guards.push(("only", json!(rule.only)));
    }
    if !rule.zones.is_empty() {
        guards.push(("zone", rule.zones.iter().map(|zone| Value::from(zone.to_string())).collect()));
    }
    if let Some(near) = &rule.near {
        guards.push(("near", near_value(near)));
    }
    if rule.input == Some(Input::Page) {
        guards.push(("input", json!("page")));
    }
    if rule.case == Case::Exact {
        guards.push(("case", json!("exact")));
    }
    match rule.fold {
        Fold::Full => {}
        Fold::NoEdges => guards.push(("fold", json!("no-edges"))),
        Fold::None => guards.push(("fold", json!("none"))),
    }
    guards
}

/// The guards and the scope that held where `rule` has cut, by the keys of a rule file; nothing if it has none.
pub(in crate::cli) fn held(rule: &Rule) -> String {
    let is_spelling = |key: &str| matches!(key, "case" | "fold" | "flag");
    let guards = guards(rule).into_iter().map(|(key, _)| key).filter(|key| !is_spelling(key));
    guards.chain(scope(rule).into_iter().map(|(key, _)| key)).collect::<Vec<&str>>().join(", ")
}

/// The documents that it is for, by the keys of a rule file.
pub(super) fn scope(rule: &Rule) -> Vec<(&'static str, Vec<String>)> {
    let sites = |sites: &[dechaff::pack::SiteName]| sites.iter().map(ToString::to_string).collect();
    let all = [
        ("lang", rule.langs.clone()),
        ("not-lang", rule.not_langs.clone()),
        ("site", sites(&rule.sites)),
        ("not-site", sites(&rule.not_sites)),
    ];
    all.into_iter().filter(|(_, names)| !names.is_empty()).collect()
}

fn prose_share(guard: ProseGuard) -> Option<(&'static str, Value)> {
    (guard.least_share > 0).then(|| ("min-prose-share", share(guard.least_share)))
}

fn share(thousandths: u16) -> Value {
    if thousandths == 0 { json!(0) } else { json!(f64::from(thousandths) / 1000.0) }
}

fn near_value(near: &Near) -> Value {
    let rules = match &near.neighbours {
        Neighbours::Cut => json!("cut"),
        Neighbours::Rules(ids) => json!(ids),
    };
    let side = match near.side {
        Side::Before => "before",
        Side::After => "after",
        Side::Both => "both",
    };
    json!({"rules": rules, "within": near.within, "side": side})
}

/// A value as a rule file spells it.
pub(super) fn spelled(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let pairs: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {}", spelled(value))).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
        Value::Array(all) => format!("[{}]", all.iter().map(spelled).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// Guards in a word or two each, for a table.
pub(super) fn brief(rule: &Rule) -> String {
    let word = |(key, value): (&str, Value)| match (key, &value) {
        ("near", Value::Object(table)) => {
            let who = if table["rules"] == "cut" { "cut" } else { "rules" };
            format!("near {who}/{}", table["within"])
        }
        ("zone", Value::Array(zones)) => {
            format!("zone {}", zones.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"))
        }
        (key @ ("all-of" | "only"), Value::Array(words)) => format!("{key} {} words", words.len()),
        (key, Value::String(text)) => format!("{key} {text}"),
        (key, value) => format!("{key} {value}"),
    };
    guards(rule).into_iter().map(word).collect::<Vec<_>>().join(", ")
}

pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Sure => "1, sure",
        Level::Likely => "2, likely",
    }
}

/// What a rule matches, in words.
pub(super) fn matches(rule: &Rule) -> &'static str {
    match rule.matches {
        Matches::Line(_) => "the whole line equals one of",
        Matches::Prefix(_) => "the line begins with one of",
        Matches::Suffix(_) => "the line ends with one of",
        Matches::Inline(_) => "in the line stands one of",
        Matches::Run { .. } => "the line is made only of",
        Matches::Pattern(_) if rule.action == Action::CutMatch => "in the line matches one of",
        Matches::Pattern(_) => "the whole line matches one of",
    }
}

/// What goes, in words.
pub(super) fn goes(rule: &Rule) -> &'static str {
    match rule.action {
        Action::CutLine => "the line",
        Action::CutMatch => "what matches",
        Action::CutToEnd(_) => "the line and all that comes after it",
        Action::CutFromStart(_) => "the line and all that comes before it",
        Action::CutBlock { .. } => "the line and what follows, up to prose or a kept line",
        Action::Flag(_) => "nothing; the document is marked",
        Action::Keep => "nothing; the line is protected",
    }
}
