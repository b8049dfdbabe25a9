//! `dechaff rules test`: the examples of rules, tried.

use std::io::Write;

use dechaff::clean::proof::{Prover, examples};
use dechaff::pack::{Pack, shipped};

use super::args::TestArgs;
use super::load::read;
use crate::cli::Outcome;

pub(super) fn test(args: &TestArgs) -> anyhow::Result<Outcome> {
    let mut own = Vec::new();
    for file in &args.files {
        own.extend(read(file)?);
    }
    let mut packs = if args.no_shipped { Vec::new() } else { shipped() };
    let tested: Vec<Pack> = if args.files.is_empty() { packs.clone() } else { own.clone() };
    // A file of a shipped pack stands for that pack.
    packs.retain(|pack| own.iter().all(|own| own.name != pack.name));
    packs.extend(own);
    let prover = Prover::new(&packs)?;
    let (mut held, mut failed) = (0, 0);
    let mut out = anstream::stdout().lock();
    for example in examples(&tested) {
        match prover.prove(&example) {
            Ok(()) => {
                held += 1;
                if args.verbose {
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
    Ok(if failed > 0 { Outcome::Found } else { Outcome::Done })
}
