//! `dechaff score`: how well rules clean labelled pages.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::bail;
use dechaff::clean::{Cleaner, Options};
use dechaff::pack::{Input, Level, Pack};
use dechaff::report::score::{Label, Labelled, Score, ScoreSurvey, Scores};
use dechaff::run::{Plan, Sum, printable};
use dechaff::shard::Format;
use serde_json::json;

use super::args::{InputArgs, MaxQuarantine, SourceArgs};
use super::clean::outcome;
use super::plan::{Planned, to_survey};
use super::rules::load::{Rules, rules};
use super::summary::{count, plural, put};
use super::survey::{place_json, survey};
use super::survey_args::{ScoreArgs, ScoreBy, ScoreFormat, ShowArg};
use super::{Outcome, style, warn};

pub(super) fn score(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    let rules = rules(&args.rules)?;
    let cleaner = Cleaner::new(&rules.packs, &rules.options)?;
    let input = input(args);
    let planned = plan(&input, args)?;
    let scoring = ScoreSurvey { by: args.by.into(), show: args.show.map(Into::into) };
    let (report, found) = survey(&planned, &input, &cleaner, &scoring, args.run.quiet)?;
    let bad = report.tally.quarantined;
    if bad > 0 {
        bail!(
            "{} record{} no labelled page{}: nothing is scored",
            count(bad),
            if bad == 1 { " is" } else { "s are" },
            plural(bad)
        );
    }
    if found.all.pages == 0 && report.failed.is_empty() {
        bail!("there is no labelled page");
    }
    let result = Result { args, found: &found, plan: &planned.plan, rules: &rules, cleaner: &cleaner };
    let told = match args.format {
        ScoreFormat::Table => result.table(),
        ScoreFormat::Json => result.json()?,
    };
    anstream::stdout().lock().write_all(told.as_bytes())?;
    let unmet = result.unmet();
    for unmet in &unmet {
        warn(unmet);
    }
    Ok(match outcome(&report, MaxQuarantine::Records(0)) {
        Outcome::Done if !unmet.is_empty() => Outcome::Found,
        other => other,
    })
}

/// Labelled pages are JSONL, with keys of fixed names.
fn input(args: &ScoreArgs) -> InputArgs {
    InputArgs { source: SourceArgs::of(args.inputs.clone()), sample: args.sample, limit: args.limit }
}

/// A plan of the JSONL files; other files in folders, such as a readme, are passed over.
fn plan(input: &InputArgs, args: &ScoreArgs) -> anyhow::Result<Planned> {
    let mut planned = to_survey(input, args.run.jobs)?;
    planned.plan.shards.retain(|shard| {
        let is_named =
            args.inputs.iter().any(|path| path.as_os_str() == shard.name.as_str() || path.as_os_str() == "-");
        shard.format == Format::Jsonl || is_named
    });
    match planned.plan.shards.iter().find(|shard| shard.format != Format::Jsonl) {
        Some(shard) => {
            bail!("{} is no JSONL: a labelled page is a JSON record (see `dechaff score --help`)", shard.name)
        }
        None if planned.plan.shards.is_empty() => bail!("there is no JSONL file of labelled pages"),
        None => Ok(planned),
    }
}

struct Result<'r> {
    args: &'r ScoreArgs,
    found: &'r Scores,
    plan: &'r Plan,
    rules: &'r Rules,
    cleaner: &'r Cleaner,
}

impl Result<'_> {
    /// The rows of the table: pages without a value are of `-`.
    fn rows(&self) -> Vec<(String, &Score)> {
        let name = |name: &String| if name.is_empty() { "-".to_owned() } else { printable(name) };
        self.found.groups.iter().map(|(group, score)| (name(group), score)).collect()
    }

    fn table(&self) -> String {
        let rows = self.rows();
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(4);
        let by = match self.args.by {
            ScoreBy::All => "",
            ScoreBy::File => "file",
            ScoreBy::Source => "source",
            ScoreBy::Lang => "lang",
            ScoreBy::Kind => "kind",
            ScoreBy::Site => "site",
        };
        let strong = style::STRONG;
        let mut out = format!(
            "{strong}{by:width$} {:>5} {:>6} {:>6} {:>6} {:>6} {:>6} {:>7} {:>4} {:>6} {:>6}  worst page{strong:#}\n",
            "pages", "none", "F1", "gap", "noise", "unsure", "lost", "hurt", "worst", "gold"
        );
        for (name, score) in &rows {
            self.row(name, width, score, &mut out);
        }
        if rows.len() > 1 {
            self.row("all", width, &self.found.all, &mut out);
        }
        self.rules(&mut out);
        self.shown(&mut out);
        out
    }

    fn row(&self, name: &str, width: usize, score: &Score, out: &mut String) {
        let percent = |share: f64| format!("{:.1}%", 100.0 * share);
        let gold = score.gold().map_or("-".to_owned(), |gold| format!("{gold:.3}"));
        put(
            out,
            format_args!(
                "{name:width$} {:>5} {:>6.3} {:>6.3} {:>6} {:>6} {:>6} {:>7} {:>4} {:>6} {gold:>6}  {}\n",
                score.pages,
                score.none(),
                score.f1(),
                percent(score.gap()),
                percent(score.share(Label::Noise)),
                percent(score.share(Label::Ambiguous)),
                format!("{:.3}%", 100.0 * score.share(Label::Keep)),
                score.hurt,
                percent(score.worst_share()),
                self.worst(score),
            ),
        );
    }

    /// The worst page by its place and its id.
    fn worst(&self, score: &Score) -> String {
        let Some(worst) = &score.worst else { return "-".to_owned() };
        let place = format!("{}:{}", printable(&self.plan.shards[worst.place.shard].name), worst.place.record);
        match &worst.id {
            Some(id) => format!("{} ({place})", printable(id)),
            None => place,
        }
    }

    fn rules(&self, out: &mut String) {
        let ranked = self.found.ranked_rules();
        if ranked.is_empty() || self.args.top == 0 {
            return;
        }
        let shown = &ranked[..ranked.len().min(self.args.top)];
        let width = shown.iter().map(|(rule, _)| self.cleaner.rule_id(*rule).len()).max().unwrap_or(0);
        let of =
            if ranked.len() > shown.len() { format!(" ({} of {})", shown.len(), ranked.len()) } else { String::new() };
        let strong = style::STRONG;
        put(
            out,
            format_args!(
                "\n{strong}{:width$} {:>8} {:>8} {:>8} {:>8}  tokens cut by each rule{of}{strong:#}\n",
                "rule", "noise", "article", "unsure", "unknown"
            ),
        );
        for (rule, cut) in shown {
            let [keep, noise, ambiguous, unknown] = Label::ALL.map(|label| count(cut.of(label)));
            let id = self.cleaner.rule_id(*rule);
            put(out, format_args!("{id:width$} {noise:>8} {keep:>8} {ambiguous:>8} {unknown:>8}\n"));
        }
    }

    fn shown(&self, out: &mut String) {
        let Some(show) = self.args.show else { return };
        let (strong, faint) = (style::STRONG, style::FAINT);
        let what = match show {
            ShowArg::Lost => "article lines that were cut",
            ShowArg::Missed => "noise lines that stayed",
        };
        put(out, format_args!("\n{strong}{what}{strong:#}\n"));
        for entry in self.found.top_shown(self.args.lines) {
            let rule = entry.value.rule.map(|rule| format!("{}: ", self.cleaner.rule_id(rule))).unwrap_or_default();
            let (text, place) = (printable(&entry.value.text), self.plan.told(entry.value.first));
            put(out, format_args!("{:>5}x  {rule}{text}  {faint}{place}{faint:#}\n", count(entry.count)));
        }
    }

    /// The limits that are not met, in words.
    fn unmet(&self) -> Vec<String> {
        let mut unmet = Vec::new();
        for (name, score) in self.rows() {
            let (lost, noise) = (score.share(Label::Keep), score.share(Label::Noise));
            if let Some(most) = self.args.max_lost.filter(|&most| lost > most) {
                unmet.push(format!("{name}: lost {:.3} %, more than --max-lost {:.3} %", 100.0 * lost, 100.0 * most));
            }
            if let Some(most) = self.args.max_hurt.filter(|&most| score.hurt > most) {
                unmet.push(format!(
                    "{name}: {} page{} hurt, more than --max-hurt {most}",
                    score.hurt,
                    plural(score.hurt)
                ));
            }
            if let Some(least) = self.args.min_noise.filter(|&least| noise < least) {
                unmet.push(format!(
                    "{name}: noise {:.1} %, less than --min-noise {:.1} %",
                    100.0 * noise,
                    100.0 * least
                ));
            }
        }
        unmet
    }

    fn json(&self) -> anyhow::Result<String> {
        let rules: Vec<_> = self
            .found
            .ranked_rules()
            .iter()
            .map(|(rule, cut)| json!({"rule": self.cleaner.rule_id(*rule), "cut": tokens_json(cut)}))
            .collect();
        let rows: Vec<_> = self.rows().iter().map(|(name, score)| self.score_json(name, score)).collect();
        let Options { level, input, .. } = self.rules.options;
        let mut told = json!({
            "level": if level == Level::Sure { 1 } else { 2 }, "input": if input == Input::Page { "page" } else { "article" },
            "rows": rows, "all": self.score_json("all", &self.found.all),
            "packs": self.packs_json(), "rules": rules, "unmet": self.unmet(),
        });
        if self.args.show.is_some() {
            let line = |entry: &dechaff::report::frequent::Entry<dechaff::report::score::ShownLine>| {
                let line = &entry.value;
                json!({"times": entry.count, "rule": line.rule.map(|rule| self.cleaner.rule_id(rule)), "text": line.text,
                       "first": place_json(self.plan, line.first)})
            };
            told["shown"] = self.found.top_shown(self.args.lines).into_iter().map(line).collect();
        }
        Ok(serde_json::to_string_pretty(&told)? + "\n")
    }

    /// The packs that cut something, and which versions of them they are.
    fn packs_json(&self) -> Vec<serde_json::Value> {
        let mut packs: BTreeMap<&str, Labelled> = BTreeMap::new();
        for (rule, cut) in &self.found.rules {
            let (pack, _) = self.cleaner.rule_id(*rule).rsplit_once('/').unwrap_or_default();
            packs.entry(pack).or_default().absorb(*cut);
        }
        let told = |pack: &Pack| {
            let cut = tokens_json(packs.get(pack.name.as_str())?);
            Some(json!({"pack": pack.name, "version": pack.version, "hash": format!("{:016x}", pack.hash), "cut": cut}))
        };
        self.rules.packs.iter().filter_map(told).collect()
    }

    fn score_json(&self, name: &str, score: &Score) -> serde_json::Value {
        let worst = score.worst.as_ref().map(|worst| {
            json!({"file": self.plan.shards[worst.place.shard].name, "record": worst.place.record, "id": worst.id, "lost": worst.lost})
        });
        json!({
            "name": name, "pages": score.pages, "none": score.none(), "F1": score.f1(), "gap": score.gap(),
            "noise": score.share(Label::Noise), "unsure": score.share(Label::Ambiguous), "lost": score.share(Label::Keep),
            "hurt": score.hurt, "worst": score.worst_share(), "worst_page": worst,
            "gold": score.gold(), "pages_with_gold": score.with_gold,
            "tokens": tokens_json(&score.tokens), "cut": tokens_json(&score.cut),
        })
    }
}

fn tokens_json(tokens: &Labelled) -> serde_json::Value {
    let [keep, noise, ambiguous, unknown] = Label::ALL.map(|label| tokens.of(label));
    json!({"keep": keep, "noise": noise, "ambiguous": ambiguous, "unknown": unknown})
}
