//! `dechaff lines`: the most frequent lines of a dump that no rule takes.

use std::collections::BTreeSet;
use std::io::Write as _;

use dechaff::clean::Cleaner;
use dechaff::report::frequent::Entry;
use dechaff::report::lines::{FrequentLine, LineCounts, LineSurvey, kept_by};
use dechaff::run::{Plan, printable};
use dechaff::text::count_words;
use serde_json::json;

use super::args::MaxQuarantine;
use super::clean::outcome;
use super::plan::to_survey;
use super::rules::load::rules;
use super::summary::{count, percent, plural, put};
use super::survey::{place_json, survey};
use super::survey_args::{LinesArgs, LinesFormat};
use super::{Outcome, say, style, warn};

pub(super) fn lines(args: &LinesArgs) -> anyhow::Result<Outcome> {
    let rules = rules(&args.rules)?;
    let cleaner = Cleaner::new(&rules.packs, &rules.options)?;
    let planned = to_survey(&args.input, args.run.jobs)?;
    let kept = kept_by(&rules.packs, &rules.options)?;
    let counting = LineSurvey { by_site: args.by.is_some(), kept: &kept };
    let (report, found) = survey(&planned, &args.input, &cleaner, &counting, args.run.quiet)?;
    if (args.by.is_some() || args.min_sites > 0) && found.with_site < found.documents {
        let without = found.documents - found.with_site;
        warn(&format!(
            "no site is known of {} of {} document{}: there is no address (--url-key names its key)",
            count(without),
            count(found.documents),
            plural(found.documents)
        ));
    }
    let result = Lines { args, found: &found, plan: &planned.plan };
    let told = match args.format {
        LinesFormat::Table => result.table(),
        LinesFormat::Json => result.json()?,
        LinesFormat::Toml => result.toml(),
    };
    anstream::stdout().lock().write_all(told.as_bytes())?;
    if !args.run.quiet && args.format == LinesFormat::Table {
        result.tell_totals();
    }
    Ok(outcome(&report, MaxQuarantine::Records(0)))
}

struct Lines<'l> {
    args: &'l LinesArgs,
    found: &'l LineCounts,
    plan: &'l Plan,
}

/// The lines of all documents, or of those of one site.
struct Group<'l> {
    /// The site and its documents.
    site: Option<(&'l str, u64)>,
    lines: Vec<&'l Entry<FrequentLine>>,
}

impl<'l> Lines<'l> {
    /// What is shown, group by group; none of them is empty.
    fn groups(&self) -> Vec<Group<'l>> {
        let LinesArgs { top, min_documents, min_sites, .. } = *self.args;
        if self.args.by.is_none() {
            let lines = self.found.top(top, min_documents, min_sites);
            return if lines.is_empty() { Vec::new() } else { vec![Group { site: None, lines }] };
        }
        let mut groups: Vec<Group> =
            self.found.ranked_sites().into_iter().map(|site| Group { site: Some(site), lines: Vec::new() }).collect();
        let at: std::collections::HashMap<&str, usize> =
            groups.iter().enumerate().filter_map(|(at, group)| group.site.map(|(site, _)| (site, at))).collect();
        for line in self.found.top(usize::MAX, min_documents, 0) {
            let group = line.value.site.as_deref().and_then(|site| at.get(site)).map(|&at| &mut groups[at]);
            if let Some(group) = group.filter(|group| group.lines.len() < top) {
                group.lines.push(line);
            }
        }
        groups.retain(|group| !group.lines.is_empty());
        groups
    }

    fn table(&self) -> String {
        let mut out = String::new();
        for (at, group) in self.groups().iter().enumerate() {
            if let Some((site, documents)) = group.site {
                let (gap, strong) = (if at == 0 { "" } else { "\n" }, style::STRONG);
                put(
                    &mut out,
                    format_args!(
                        "{gap}{strong}{}{strong:#}, {} document{}\n",
                        printable(site),
                        count(documents),
                        plural(documents)
                    ),
                );
            }
            let sites = if group.site.is_none() { "   sites" } else { "" };
            put(&mut out, format_args!("documents{sites}  head  body  tail  line\n"));
            for line in &group.lines {
                self.row(line, group.site.is_none(), &mut out);
            }
        }
        out
    }

    fn row(&self, entry: &Entry<FrequentLine>, with_sites: bool, out: &mut String) {
        let line = &entry.value;
        put(out, format_args!("{:>9}", format!("{}{}", count(entry.count), if entry.missed > 0 { "+" } else { "" })));
        if with_sites {
            put(out, format_args!("{:>8}", sites(line)));
        }
        for zone in line.zones {
            let known = line.zones.iter().sum::<u64>() > 0;
            let share = if known { format!("{:.0}%", percent(zone, line.zones.iter().sum())) } else { "-".to_owned() };
            put(out, format_args!("{share:>6}"));
        }
        let faint = style::FAINT;
        let first = line.samples.first().map(|(place, _)| self.plan.told(*place)).unwrap_or_default();
        put(out, format_args!("  {}  {faint}{first}{faint:#}\n", printable(&line.text)));
    }

    /// What the figures are of, and how far they can be trusted.
    fn tell_totals(&self) {
        let LineCounts { documents, lines, kept, table, .. } = self.found;
        let missed = match table.missed() {
            0 => "every count is exact".to_owned(),
            missed => {
                format!(
                    "a count with + may be too low, and a line in up to {} document{} may be missing",
                    count(missed),
                    plural(missed)
                )
            }
        };
        let kept = match kept {
            0 => String::new(),
            kept => format!(", {} of them protected by exceptions and left out", count(*kept)),
        };
        say(&format!(
            "{} line{} of {} document{} that no rule takes{kept}; {missed}",
            count(*lines),
            plural(*lines),
            count(*documents),
            plural(*documents)
        ));
    }

    fn json(&self) -> anyhow::Result<String> {
        let line = |entry: &Entry<FrequentLine>| {
            let line = &entry.value;
            let samples: Vec<_> = line
                .samples
                .iter()
                .map(|(place, text)| json!({"at": place_json(self.plan, *place), "text": text}))
                .collect();
            let [head, body, tail] = line.zones;
            json!({
                "line": line.text, "site": line.site, "documents": entry.count, "documents_missed_at_most": entry.missed,
                "times": line.times, "sites": line.sites.count(), "sites_estimated": line.sites.is_estimate(),
                "head": head, "body": body, "tail": tail, "samples": samples,
            })
        };
        let groups = self.groups();
        let lines: Vec<_> = groups.iter().flat_map(|group| &group.lines).map(|entry| line(entry)).collect();
        let sites: Vec<_> = groups
            .iter()
            .filter_map(|group| group.site)
            .map(|(site, documents)| json!({"site": site, "documents": documents}))
            .collect();
        let mut told = json!({
            "documents": self.found.documents, "documents_with_site": self.found.with_site, "lines_seen": self.found.lines, "lines_kept": self.found.kept,
            "documents_missed_at_most": self.found.table.missed(), "lines": lines,
        });
        if self.args.by.is_some() {
            told["sites"] = sites.into();
        }
        Ok(serde_json::to_string_pretty(&told)? + "\n")
    }

    /// A pack to start from: a rule a line.
    fn toml(&self) -> String {
        let mut out = "pack  = \"mine/lines\"\nabout = \"Frequent lines that no rule took.\"\n".to_owned();
        let mut ids = BTreeSet::new();
        for group in self.groups() {
            for entry in group.lines {
                rule(entry, &mut ids, &mut out);
            }
        }
        out
    }
}

fn sites(line: &FrequentLine) -> String {
    format!("{}{}", if line.sites.is_estimate() { "~" } else { "" }, count(line.sites.count()))
}

/// A rule for a line. Its reason is what was measured; that it is never part of an article is for people to say.
fn rule(entry: &Entry<FrequentLine>, ids: &mut BTreeSet<String>, out: &mut String) {
    let line = &entry.value;
    let spelt = line.samples.first().map_or("", |(_, text)| text.as_str());
    if spelt.contains(['{', '}', '\r']) {
        put(
            out,
            format_args!("\n# left out, for a phrase holds no braces and no line endings: {}\n", printable(spelt)),
        );
        return;
    }
    let sites = if line.sites.count() > 0 {
        format!(" of {} site{}", sites(line), plural(line.sites.count()))
    } else {
        String::new()
    };
    let all = line.zones.iter().sum::<u64>();
    let [head, _, tail] = line.zones.map(|zone| percent(zone, all));
    put(out, format_args!("\n[[rule]]\nid     = {}\n", quoted(&id(&line.text, ids))));
    let why = format!(
        "In {} documents{sites}, {head:.0} % of them in the head and {tail:.0} % in the tail. Say why it is never part of an article.",
        count(entry.count)
    );
    put(out, format_args!("why    = {}\nline   = {}\n", quoted(&why), quoted(&line.text)));
    if let Some(site) = &line.site {
        put(out, format_args!("site   = [{}]\n", quoted(site)));
    }
    // One word alone is not sure.
    put(out, format_args!("level  = {}\n", if count_words(line.text.as_bytes()) > 1 { 1 } else { 2 }));
    put(out, format_args!("strips = [{}]\n", quoted(spelt)));
}

/// A name for a line that no other has.
fn id(line: &str, ids: &mut BTreeSet<String>) -> String {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).take(6);
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let name = if name.starts_with(|c: char| c.is_ascii_lowercase()) { name } else { format!("line-{name}") };
    let name = name.trim_end_matches('-').to_owned();
    let mut tried = (1_usize..).map(|number| if number == 1 { name.clone() } else { format!("{name}-{number}") });
    let free = tried.find(|id| !ids.contains(id)).unwrap_or_default();
    ids.insert(free.clone());
    free
}

/// A TOML string: those of JSON are, but for one character.
fn quoted(text: &str) -> String {
    json!(text).to_string().replace('\u{7f}', "\\u007f")
}
