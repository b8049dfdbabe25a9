//! `dechaff check`.

use super::Outcome;
use super::args::{CheckArgs, MaxQuarantine};
use super::clean::{Compiled, execute, outcome, tells};
use super::plan::{tell_keys, to_check};

pub(super) fn check(args: &CheckArgs) -> anyhow::Result<Outcome> {
    let compiled = Compiled::new(&args.rules, tells(&args.run))?;
    let planned = to_check(&args.input, &args.run)?;
    if !args.run.quiet {
        tell_keys(&args.input.source, &planned.plan);
    }
    let summary = execute(&compiled, &planned, &args.run)?;
    Ok(match outcome(&summary.report, MaxQuarantine::Records(0)) {
        Outcome::Done if summary.report.tally.cuts > 0 => Outcome::Found,
        other => other,
    })
}
