//! `dechaff rules lint`: what is doubtful about rules, for people, scripts and reviews.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;

use dechaff::lint::{Finding, lint as findings};
use dechaff::run::printable;
use serde_json::{Value, json};

use super::args::{LintArgs, LintFormat};
use super::load::beside_shipped;
use crate::cli::summary::plural;
use crate::cli::{Outcome, style};

pub(super) fn lint(args: &LintArgs) -> anyhow::Result<Outcome> {
    let bench = beside_shipped(&args.files, args.no_shipped)?;
    let mut found = findings(&bench.packs, |pack| bench.is_own(pack))?;
    found.retain(|finding| {
        let named = |names: &[String]| names.iter().any(|name| name == finding.lint.name);
        (args.only.is_empty() || named(&args.only)) && !named(&args.ignore)
    });
    let shown = match args.format {
        LintFormat::Human => human(&found, bench.own().map(|pack| pack.rules.len()).sum()),
        LintFormat::Json => format!("{}\n", serde_json::to_string_pretty(&as_json(&found))?),
        LintFormat::Github => found.iter().map(annotation).collect(),
    };
    anstream::stdout().lock().write_all(shown.as_bytes())?;
    Ok(if found.is_empty() { Outcome::Done } else { Outcome::Found })
}

fn human(found: &[Finding], rules: usize) -> String {
    let mut out = String::new();
    let (label, faint) = (style::WARNING, style::FAINT);
    for finding in found {
        let Finding { lint, rule, place, what } = finding;
        put(&mut out, format_args!("{place}: {label}{}{label:#}: {rule}: {}\n", lint.name, printable(what)));
        put(
            &mut out,
            format_args!("  {faint}why:{faint:#} {}\n  {faint}way out:{faint:#} {}\n", lint.why, lint.way_out),
        );
    }
    let lints: BTreeSet<&str> = found.iter().map(|finding| finding.lint.name).collect();
    let told = match found.len() {
        0 => "nothing doubtful".to_owned(),
        1 => "1 finding".to_owned(),
        number => format!("{number} findings of {} lint{}", lints.len(), plural(lints.len() as u64)),
    };
    put(&mut out, format_args!("{rules} rule{}: {told}\n", plural(rules as u64)));
    out
}

/// File and line of a place.
fn split(place: &str) -> (&str, usize) {
    place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))).unwrap_or((place, 1))
}

fn as_json(found: &[Finding]) -> Value {
    let one = |finding: &Finding| {
        let (file, line) = split(&finding.place);
        json!({
            "lint": finding.lint.name, "rule": finding.rule, "file": file, "line": line, "what": finding.what,
            "why": finding.lint.why, "way_out": finding.lint.way_out,
        })
    };
    found.iter().map(one).collect()
}

/// A line that GitHub shows beside the code.
fn annotation(finding: &Finding) -> String {
    let (file, line) = split(&finding.place);
    let message =
        format!("{}: {}; {} (way out: {})", finding.rule, finding.what, finding.lint.why, finding.lint.way_out);
    format!(
        "::warning file={},line={line},title={}::{}\n",
        escaped(file).replace(':', "%3A").replace(',', "%2C"),
        finding.lint.name,
        escaped(&message)
    )
}

fn escaped(text: &str) -> String {
    printable(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

fn put(out: &mut String, what: std::fmt::Arguments) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use dechaff::lint::LINTS;

    #[test]
    fn an_annotation_is_one_line_that_github_reads() {
        let finding = Finding {
            lint: &LINTS[0],
            rule: "mine/a".to_owned(),
            place: "my, rules:1.toml:7".to_owned(),
            what: "`100 %\nsure`".to_owned(),
        };
        let told = annotation(&finding);
        let start =
            format!("::warning file=my%2C rules%3A1.toml,line=7,title={}::mine/a: `100 %25%0Asure`; ", LINTS[0].name);
        assert!(told.starts_with(&start) && told.matches('\n').count() == 1, "{told}");
    }
}
