//! `dechaff rules test`: the examples of rules, tried.

use std::io::Write;

use dechaff::clean::proof::{Prover, examples};
use dechaff::pack::Pack;

use super::args::TestArgs;
use super::load::{Bench, beside_shipped};
use crate::cli::Outcome;

pub(super) fn test(args: &TestArgs) -> anyhow::Result<Outcome> {
    let bench = beside_shipped(&args.files, args.no_shipped)?;
    Ok(if try_examples(&bench, args.verbose)? { Outcome::Done } else { Outcome::Found })
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
