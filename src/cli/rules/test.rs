//! `dechaff rules test`: the examples of rules, and text that must stay whole, tried.

use std::io::Write;

use dechaff::clean::proof::{Prover, examples};
use dechaff::clean::{Budget, Cleaner, Options};
use dechaff::pack::Pack;
use dechaff::run::{Cleaners, NoteStyle, Progress, Unfinished, run};

use super::args::TestArgs;
use super::load::{Bench, beside_shipped, input, level};
use crate::cli::Outcome;
use crate::cli::args::{InputArgs, MaxQuarantine, RunArgs, SourceArgs};
use crate::cli::clean::{outcome, tell_faults};
use crate::cli::plan::{tell_keys, to_check};
use crate::cli::summary::plural;

pub(super) fn test(args: &TestArgs) -> anyhow::Result<Outcome> {
    let bench = beside_shipped(&args.files, args.no_shipped)?;
    let held = try_examples(&bench, args.verbose)?;
    let whole = if args.corpus.is_empty() { Outcome::Done } else { try_corpus(&bench.packs, args)? };
    Ok(match whole {
        Outcome::Done if !held => Outcome::Found,
        outcome => outcome,
    })
}

/// Whether all examples hold.
fn try_examples(bench: &Bench, verbose: bool) -> anyhow::Result<bool> {
    let prover = Prover::new(&bench.packs)?;
    let tested: Vec<Pack> = bench.own().cloned().collect();
    let (mut held, mut failed) = (0, 0);
    let mut out = anstream::stdout().lock();
    for example in examples(&tested) {
        match prover.prove(&example) {
            Ok(()) => {
                held += 1;
                if verbose {
                    writeln!(out, "ok   {}", example.name())?;
                }
            }
            Err(cause) => {
                failed += 1;
                writeln!(out, "FAIL {}: {cause}", example.name())?;
            }
        }
    }
    let rules = tested.iter().map(|pack| pack.rules.len()).sum::<usize>();
    writeln!(out, "{held} examples of {rules} rules hold, {failed} do not")?;
    Ok(failed == 0)
}

/// Cleans texts of which nothing may go, without a budget that would hide it, and tells every cut.
fn try_corpus(packs: &[Pack], args: &TestArgs) -> anyhow::Result<Outcome> {
    let options =
        Options { level: level(args.level), input: input(args.input), budget: Budget::NONE, ..Options::default() };
    let cleaner = Cleaner::new(packs, &options)?;
    let (input, how) = (input_args(args), run_args());
    let mut planned = to_check(&input, &how)?;
    planned.plan.options.note_style = NoteStyle::Lines;
    tell_keys(&input.source, &planned.plan);
    let cleaners = Cleaners { cleaner: &cleaner, next: None };
    let report = run(&planned.plan, cleaners, &Progress::default(), &Unfinished::default())?;
    tell_faults(&report, false);
    let (documents, cuts) = (report.tally.documents, report.tally.cuts);
    let (cut, document) = (plural(cuts), plural(documents));
    writeln!(anstream::stdout(), "{cuts} cut{cut} in {documents} document{document} that must stay whole")?;
    Ok(match outcome(&report, MaxQuarantine::Records(0)) {
        Outcome::Done if cuts > 0 => Outcome::Found,
        other => other,
    })
}

fn input_args(args: &TestArgs) -> InputArgs {
    let source = SourceArgs { text_key: args.text_key.clone(), ..SourceArgs::of(args.corpus.clone()) };
    InputArgs { source, sample: None, limit: None }
}

fn run_args() -> RunArgs {
    RunArgs { jobs: None, summary_json: None, quiet: false, verbose: false }
}
