//! `dechaff clean`, and what it shares with `dechaff check`: a run with progress, signals and a summary.

use std::time::Instant;

use dechaff::clean::{Cleaner, Options};
use dechaff::pack::Level;
use dechaff::run::{Cleaners, Output, Progress, Report, RunError, Unfinished, printable, run};

use super::args::{CleanArgs, MaxQuarantine, RuleArgs, RunArgs};
use super::plan::{Planned, tell_keys, to_clean};
use super::rules::load::{Rules, rules, tell_single_words};
use super::summary::Summary;
use super::{Outcome, progress, say, signals, style, summary, warn};

pub(super) fn clean(args: &CleanArgs) -> anyhow::Result<Outcome> {
    // Rules first: they are soonest wrong, and cost nothing to check.
    let compiled = Compiled::new(&args.rules, tells(&args.run))?;
    let planned = to_clean(&args.input, &args.output, &args.run)?;
    if !args.run.quiet {
        tell_keys(&args.input.source, &planned.plan);
    }
    let outcome = outcome(&execute(&compiled, &planned, &args.run)?.report, args.output.max_quarantine);
    // The program ends: to free the rules one by one would take as long as a small dump.
    std::mem::forget(compiled);
    Ok(outcome)
}

/// The rules of a run, compiled.
pub(super) struct Compiled {
    pub rules: Rules,
    pub cleaner: Cleaner,
    /// The same rules with those of the next level, if there are any.
    pub next: Option<Cleaner>,
}

impl Compiled {
    /// Compiles the rules that were asked for; with `forecast` those of the next level, too.
    pub(super) fn new(args: &RuleArgs, forecast: bool) -> anyhow::Result<Self> {
        let rules = rules(args)?;
        let cleaner = Cleaner::new(&rules.packs, &rules.options)?;
        let above = rules.packs.iter().flat_map(|pack| &pack.rules).any(|rule| rule.level > rules.options.level);
        let next = if above && forecast {
            Some(Cleaner::new(&rules.packs, &Options { level: Level::Likely, ..rules.options })?)
        } else {
            None
        };
        Ok(Self { rules, cleaner, next })
    }
}

/// Whether anybody is told what the next level would cut.
pub(super) fn tells(args: &RunArgs) -> bool {
    !args.quiet || args.summary_json.is_some()
}

/// Runs a plan and tells how it went.
pub(super) fn execute<'p>(compiled: &'p Compiled, planned: &'p Planned, args: &RunArgs) -> anyhow::Result<Summary<'p>> {
    let unfinished = Unfinished::default();
    signals::watch(&unfinished)?;
    if !args.quiet {
        tell_single_words(&compiled.rules.packs);
    }
    if planned.lines && !args.quiet {
        tell_idle_in_streams(&compiled.cleaner);
    }
    let progress = Progress::default();
    let cleaners = Cleaners { cleaner: &compiled.cleaner, next: compiled.next.as_ref() };
    let started = Instant::now();
    let result =
        progress::shown(&planned.plan, &progress, args.quiet, || run(&planned.plan, cleaners, &progress, &unfinished));
    let report = match result {
        // The reader has what it wanted: that is an end like any other, and nobody is left to be told.
        Err(RunError::ClosedPipe) => return Err(RunError::ClosedPipe.into()),
        other => other?,
    };
    let summary = Summary { compiled, planned, report, seconds: started.elapsed().as_secs_f64(), unfinished };
    let writes = planned.plan.shards.iter().any(|shard| shard.output != Output::Nowhere);
    tell_faults(&summary.report, writes);
    if !args.quiet {
        summary::print(&summary, args.verbose);
    }
    if let Some(path) = &args.summary_json {
        summary::write_json(&summary, path)?;
    }
    Ok(summary)
}

/// Names the rules that a stream of lines leaves idle.
fn tell_idle_in_streams(cleaner: &Cleaner) {
    let idle: Vec<&str> =
        (0..).zip(cleaner.rule_ids()).filter(|(number, _)| cleaner.needs_document(*number)).map(|(_, id)| id).collect();
    if !idle.is_empty() {
        let shown: Vec<&str> = idle.iter().copied().take(5).collect();
        let more = if idle.len() > shown.len() { ", …" } else { "" };
        warn(&format!(
            "{} rules need a document around a line and do not act with --lines: {}{more}",
            idle.len(),
            shown.join(", ")
        ));
    }
}

/// Tells what went wrong in a run; `writes` tells whether it had outputs.
pub(super) fn tell_faults(report: &Report, writes: bool) {
    for bad in &report.bad {
        warn(&if writes { format!("{bad} (set aside)") } else { bad.clone() });
    }
    let untold = report.tally.quarantined.saturating_sub(report.bad.len() as u64);
    if untold > 0 {
        warn(&format!("{untold} more bad records"));
    }
    if let Some(path) = &report.quarantine {
        say(&format!("bad records: {}", printable(&path.display().to_string())));
    }
    for (name, cause) in &report.truncated {
        warn(&if writes {
            format!("{name}: {cause} (what was whole before that is written)")
        } else {
            format!("{name}: {cause}")
        });
    }
    for error in &report.failed {
        let mut told = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            told = format!("{told}: {source}");
            cause = source.source();
        }
        let label = style::ERROR;
        let fate = if writes { " (its output is not written)" } else { "" };
        say(&format!("{label}error:{label:#} {}{fate}", printable(&told)));
    }
}

/// What a finished run comes to.
pub(super) fn outcome(report: &Report, most: MaxQuarantine) -> Outcome {
    let (bad, records) = (report.tally.quarantined, report.tally.records);
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 53 bits")]
    let over = match most {
        MaxQuarantine::Records(most) => bad > most,
        MaxQuarantine::Share(most) => bad as f64 > most * records as f64,
    };
    if !report.failed.is_empty() {
        Outcome::Failed
    } else if over || !report.truncated.is_empty() {
        Outcome::Incomplete
    } else {
        Outcome::Done
    }
}
